"""Where a client sends its requests: to OpenAI, to OpenRouter, to another host, or nobody can tell.

Its base_url decides; where it has none, the settings of the project do, which the SDK reads from the environment.
Only a client of OpenAI's own host moves.
"""

from __future__ import annotations

from enum import Enum, auto
from urllib.parse import urlsplit

from codemod import openai_sdk
from codemod.config import Config
from codemod.decisions.arguments import Arguments
from codemod.decisions.context import Context
from codemod.decisions.verdicts import Reason, Verdict, endpoint_undecided, left
from codemod.provenance.facts import FileFacts, Template, Text
from codemod.provenance.values import ConstantValue, TemplateValue, TextValue, Value


class Host(Enum):
    """What a base_url means; NONE is base_url=None, which leaves the choice to the settings."""

    OPENAI = auto()
    OPENROUTER = auto()
    FOREIGN = auto()
    NONE = auto()
    UNDECIDED = auto()


def endpoint_reason(context: Context, arguments: Arguments) -> Reason | None:
    """Why a client with these arguments does not move, for where it sends its requests; None if it talks to OpenAI."""
    if arguments.given("provider") is not None:
        return left("provider= sends this client to another host: left as it is")
    given = arguments.given("base_url")
    if given is None:
        return _settings_reason(context, arguments.file)
    values = context.values(given.file, given.value)
    hosts = {_host_of_value(context.config, value) for value in values} or {Host.UNDECIDED}
    if hosts <= {Host.OPENAI, Host.NONE}:
        return _settings_reason(context, arguments.file) if Host.NONE in hosts else None
    if hosts == {Host.OPENROUTER}:
        return Reason(Verdict.DONE, "OR120", "points at OpenRouter already")
    if hosts == {Host.FOREIGN}:
        return left("its base_url is another host's: left as it is")
    if Host.UNDECIDED not in hosts:
        where_none = "; where it is None, that is OpenAI" if Host.NONE in hosts else ""
        return endpoint_undecided(f"its base_url can be that of several hosts{where_none}")
    return endpoint_undecided(
        "its base_url is not fixed in the code: the endpoint is a setting already",
        f"Set that setting to {context.config.base_url} and the key to OpenRouter's where the program runs.",
    )


def arrives_at_openrouter(context: Context, file: FileFacts) -> bool:
    """Whether the settings that hold for ``file`` send the SDK to OpenRouter, wherever they send it."""
    settings = context.settings_for(file.path)
    return bool(settings) and all(
        setting.name != "OPENAI_API_TYPE" and _host_of_url(context.config, setting.value) is Host.OPENROUTER
        for setting in settings
    )


def _settings_reason(context: Context, file: FileFacts) -> Reason | None:
    settings = context.settings_for(file.path)
    if not settings:
        return None
    first = settings[0]
    place = f"{first.name} is set in {first.path.name}:{first.line}"
    if arrives_at_openrouter(context, file):
        return endpoint_undecided(
            f"{place}: it sends this client to OpenRouter already",
            f'What is left are its key, os.environ["{context.config.api_key_env}"], and its models.',
        )
    return endpoint_undecided(
        f"{place}, so this client may not talk to OpenAI",
        f"Set it to {context.config.base_url}, or remove it and run again.",
    )


def _host_of_value(config: Config, value: Value) -> Host:
    if isinstance(value, ConstantValue) and value.is_none:
        return Host.NONE
    if isinstance(value, TextValue):
        return _host_of_url(config, value.node.value)
    if isinstance(value, TemplateValue):
        return _host_of_template(config, value.node)
    return Host.UNDECIDED


def _host_of_url(config: Config, url: str) -> Host:
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return Host.FOREIGN
    if host in openai_sdk.HOSTS:
        return Host.OPENAI
    if host == "openrouter.ai" or host.endswith(".openrouter.ai") or host == urlsplit(config.base_url).hostname:
        return Host.OPENROUTER
    return Host.FOREIGN


def _host_of_template(config: Config, node: Template) -> Host:
    """The host of a template whose literal beginning holds all of it: ``f"http://localhost:{port}/v1"``."""
    first = node.parts[0] if node.parts else None
    if not isinstance(first, Text) or "://" not in first.value:
        return Host.UNDECIDED
    rest = first.value.split("://", 1)[1]
    if not rest or (rest[-1] != ":" and "/" not in rest and ":" not in rest):
        return Host.UNDECIDED
    return _host_of_url(config, first.value.rstrip(":"))
