"""The SDK's module-level client: ``openai.api_key = …`` and ``openai.chat.completions.create(…)``.

Its base_url needs a trailing slash: without one the SDK calls ``/api/v1chat/completions`` (all versions from 1.x to
3.54.0).
"""

from __future__ import annotations

from collections.abc import Iterator

from codemod import openai_sdk
from codemod.decisions.arguments import Given
from codemod.decisions.carried import carries_host, key_in_headers, leaves_the_program
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.endpoint import arrives_at_openrouter
from codemod.decisions.entries import given_to_request, read_entries
from codemod.decisions.expressions import is_under_condition, source_of
from codemod.decisions.headers import account_header_stays, is_account_header, missing_headers
from codemod.decisions.keys import KeyPlan, plan_key, plan_unfinished_key, secret_draft
from codemod.decisions.method_names import is_of_module
from codemod.decisions.missing_keys import environment_write
from codemod.decisions.served_calls import blocking_draft, blocking_request
from codemod.decisions.survey import Request, Survey
from codemod.findings import Applicability
from codemod.provenance.facts import FileFacts, MemberBinding, Role, RoleKind
from codemod.provenance.values import ConstantValue, ExternalValue, TextValue
from codemod.records import record
from codemod.rewrites import AssignAfter, EnvironmentCode, ReplaceExpression, TextCode

_UNDECIDED = (
    'Set openai.api_key = os.environ["OPENROUTER_API_KEY"] and openai.base_url = "https://openrouter.ai/api/v1/", '
    "or make a client."
)


@record
class Setting:
    """``openai.NAME = value``."""

    file: FileFacts
    binding: MemberBinding

    @property
    def name(self) -> str:
        return self.binding.target.name


@record
class ModuleVerdict:
    """What becomes of the module-level requests of one file.

    ``state`` is "migrate", "report", "leave" or "done"; ``key`` is the assignment that is rewritten.
    """

    state: str
    message: str = ""
    key: Setting | None = None


def module_settings(context: Context) -> tuple[Setting, ...]:
    """The assignments to settings of the SDK's module."""
    found = []
    for file in context.files:
        for name, bindings in file.member_bindings.items():
            if name not in openai_sdk.MODULE_SETTINGS and name not in openai_sdk.PRE_V1_SETTINGS:
                continue
            for binding in bindings:
                if not is_of_module(file, binding.target):
                    continue
                values = context.values(file, binding.target.value)
                if any(isinstance(value, ExternalValue) and value.path in openai_sdk.MODULES for value in values):
                    found.append(Setting(file, binding))
    return tuple(sorted(found, key=lambda each: (each.file.path, each.binding.statement)))


def judge_modules(context: Context, survey: Survey, settings: tuple[Setting, ...]) -> dict[FileFacts, ModuleVerdict]:
    """The verdict for each file that has module-level requests."""
    requests = [each for each in survey.requests if each.module_level]
    if not requests:
        return {}
    project = _project_verdict(context, requests, settings)
    files = dict.fromkeys(each.file for each in requests)
    return {file: project or _file_verdict(context, file, settings) for file in files}


def _project_verdict(context: Context, requests: list[Request], settings: tuple[Setting, ...]) -> ModuleVerdict | None:
    """What holds for all files alike: the module has one client in the whole program."""
    for setting in settings:
        if setting.name in openai_sdk.MODULE_HOST_SETTINGS or setting.name == "api_base":
            return _host_verdict(context, setting)
    held = context.settings_for(requests[0].file.path)
    if held:
        first = held[0]
        what = ": it sends the module to OpenRouter already" if arrives_at_openrouter(context, requests[0].file) else ""
        return ModuleVerdict("report", f"{first.name} is set in {first.path.name}:{first.line}{what}")
    for setting in settings:
        reason = "" if context.is_test(setting.file) else _setting_reason(context, setting)
        if reason:
            return ModuleVerdict("report", reason)
    for given in _extra_headers(context, requests):
        reason = key_in_headers(context, given)
        if reason:
            return ModuleVerdict("report", reason)
    read = _key_read(context)
    if read:
        return ModuleVerdict("report", f"openai.api_key is read in {read}, which may send it to OpenAI")
    blocking = [found for each in requests if (found := blocking_request(context, each)) is not None]
    if blocking:
        places = ", ".join(
            f"{each.method} ({each.file.path.name}:{each.file.line(each.node.span)})" for each in blocking[:3]
        )
        return ModuleVerdict("report", f"the module is also used for calls that OpenRouter does not serve: {places}")
    return None


def _host_verdict(context: Context, setting: Setting) -> ModuleVerdict:
    """What follows from a setting that sends the module somewhere."""
    values = context.values(setting.file, setting.binding.value)
    texts = [value.node.value for value in values if isinstance(value, TextValue)]
    if setting.name == "base_url" and texts and all("openrouter.ai" in text for text in texts):
        return ModuleVerdict("done", "the module points at OpenRouter already")
    if setting.name == "base_url" and texts and all("api.openai.com" not in text for text in texts):
        return ModuleVerdict("leave", "the module points at another host: left as it is")
    if setting.name.startswith(("azure", "api_type", "api_version")):
        return ModuleVerdict("leave", "the module is set up for another host: left as it is")
    return ModuleVerdict("report", f"openai.{setting.name} is set in the code")


def _setting_reason(context: Context, setting: Setting) -> str:
    """Why a setting beside the key keeps the module from moving; "" if it does not."""
    given = Given(setting.file, setting.binding.value)
    if setting.name == "default_headers":
        return key_in_headers(context, given)
    if setting.name in ("http_client", "default_query") and carries_host(context, given, setting.name):
        line = setting.file.line(setting.binding.statement)
        place = f"{setting.file.path.name}:{line}"
        return f"openai.{setting.name} may carry a host, a key or an api version ({place})"
    return ""


def _extra_headers(context: Context, requests: list[Request]) -> Iterator[Given]:
    for request in requests:
        yield from given_to_request(context, request.file, request.call, "extra_headers")


def _key_read(context: Context) -> str:
    """Where the module's key is read back, to be sent by other means."""
    for file in context.files:
        for read in file.attributes.get("api_key", ()):
            role = file.parents.get(read)
            if (isinstance(role, Role) and role.kind is RoleKind.TARGET) or not is_of_module(file, read):
                continue
            owners = context.values(file, read.value)
            of_sdk = any(isinstance(value, ExternalValue) and value.path in openai_sdk.MODULES for value in owners)
            if of_sdk and leaves_the_program(context, file, read):
                return f"{file.path.name}:{file.line(read.span)}"
    return ""


def _file_verdict(context: Context, file: FileFacts, settings: tuple[Setting, ...]) -> ModuleVerdict:
    assigned = [each for each in settings if each.name == "api_key"]
    own = [each for each in assigned if each.file is file]
    others = [each for each in assigned if not context.is_test(each.file)]
    candidates = own or others
    if not candidates:
        return ModuleVerdict("report", "the module is set up through the environment alone")
    if len(candidates) > 1:
        return ModuleVerdict("report", "openai.api_key is set in several places")
    setting = candidates[0]
    if is_under_condition(setting.file, setting.binding.statement):
        return ModuleVerdict("report", "openai.api_key is set under a condition only")
    plan = _key_plan(context, setting)
    if plan.undecided:
        return ModuleVerdict("report", plan.undecided)
    written = environment_write(context, setting.file)
    if written:
        return ModuleVerdict("report", written)
    return ModuleVerdict("migrate", key=setting)


def decide_modules(
    context: Context,
    survey: Survey,
    verdicts: dict[FileFacts, ModuleVerdict],
    settings: tuple[Setting, ...],
) -> Iterator[Draft]:
    """The drafts for the settings and calls of the module-level client."""
    for setting in dict.fromkeys(each.key for each in verdicts.values() if each.key is not None):
        yield from _migrated(context, setting)
    for setting in settings:
        if setting.name in openai_sdk.PRE_V1_SETTINGS:
            yield draft(
                setting.file,
                setting.binding.statement,
                "OR603",
                Applicability.MANUAL,
                f"openai.{setting.name} is a setting of the SDK before 1.0",
                "Move to openai 1.0 or newer first.",
            )
    reported: set[tuple[FileFacts, str]] = set()
    for request in survey.requests:
        if not request.module_level:
            continue
        verdict = verdicts[request.file]
        found = blocking_request(context, request)
        if found is not None and verdict.state == "report":
            yield blocking_draft(found)
        key = (request.file, verdict.message)
        if verdict.state == "report" and key not in reported:
            reported.add(key)
            own = next((each for each in settings if each.file is request.file and each.name == "api_key"), None)
            span = request.call.span if own is None else own.binding.statement
            yield draft(request.file, span, "OR602", Applicability.MANUAL, verdict.message, _UNDECIDED)
        elif verdict.state in ("leave", "done") and key not in reported:
            reported.add(key)
            yield draft(request.file, request.call.span, "OR120", Applicability.INFO, verdict.message)
    if any(verdict.state == "done" for verdict in verdicts.values()):
        yield from _unfinished_keys(context, settings)
    if any(verdict.state == "migrate" for verdict in verdicts.values()):
        yield from _account_settings(context, settings)
        yield from _account_headers(context, survey, settings)
        yield from _attribution(context, survey, settings)


def _migrated(context: Context, setting: Setting) -> Iterator[Draft]:
    file, binding = setting.file, setting.binding
    name = context.config.api_key_env
    plan = _key_plan(context, setting)
    for origin_file, node, rewrite in plan.rewrites:
        yield draft(
            origin_file,
            node.span,
            "OR102",
            Applicability.SAFE,
            f"the key is read from {name}",
            rewrites=[rewrite],
            member=binding,
        )
    if plan.in_place:
        yield draft(
            file,
            binding.statement,
            "OR102",
            Applicability.SAFE,
            f"the key is read from {name}",
            rewrites=[ReplaceExpression(binding.value.span, EnvironmentCode(name))],
            member=binding,
        )
    yield from (secret_draft(text) for text in plan.literals)
    module = source_of(file, binding.target.value)
    yield draft(
        file,
        binding.statement,
        "OR601",
        Applicability.SAFE,
        "the module's base_url points at OpenRouter; it needs the slash at its end",
        rewrites=[AssignAfter(binding.statement, f"{module}.base_url", TextCode(f"{context.config.base_url}/"))],
        member=binding,
    )


def _unfinished_keys(context: Context, settings: tuple[Setting, ...]) -> Iterator[Draft]:
    """Keys in other files that an interrupted run has left as they were."""
    for setting in settings:
        if setting.name != "api_key":
            continue
        given = Given(setting.file, setting.binding.value)
        plan = plan_unfinished_key(context, given, frozenset({setting.binding.target}))
        for file, node, rewrite in () if plan is None else plan.rewrites:
            message = f"the key is read from {context.config.api_key_env}"
            yield draft(
                file,
                node.span,
                "OR102",
                Applicability.SAFE,
                message,
                rewrites=[rewrite],
                member=setting.binding,
            )


def _attribution(context: Context, survey: Survey, settings: tuple[Setting, ...]) -> Iterator[Draft]:
    """The module's own client is given no headers: said once, at the first of its requests."""
    first = next(each for each in survey.requests if each.module_level)
    given = (Given(each.file, each.binding.value) for each in settings if each.name == "default_headers")
    present = frozenset(name for each in given for name in read_entries(context, each).names)
    missing = missing_headers(context, present)
    if missing:
        names = " and ".join(name for name, _ in missing)
        yield draft(
            first.file,
            first.call.span,
            "OR104",
            Applicability.MANUAL,
            f"{names} {'is' if len(missing) == 1 else 'are'} not added to the module's own client",
            f"Set openai.default_headers to {dict(missing)!r}, or make a client.",
        )


def _account_headers(context: Context, survey: Survey, settings: tuple[Setting, ...]) -> Iterator[Draft]:
    given = [Given(each.file, each.binding.value) for each in settings if each.name == "default_headers"]
    given += _extra_headers(context, [each for each in survey.requests if each.module_level])
    for each in given:
        yield from (
            account_header_stays(entry, "the settings of the module are not edited")
            for entry in read_entries(context, each).shown
            if is_account_header(entry)
        )


def _key_plan(context: Context, setting: Setting) -> KeyPlan:
    return plan_key(context, Given(setting.file, setting.binding.value), frozenset({setting.binding.target}))


def _account_settings(context: Context, settings: tuple[Setting, ...]) -> Iterator[Draft]:
    for setting in settings:
        values = context.values(setting.file, setting.binding.value)
        cleared = values and all(isinstance(value, ConstantValue) and value.is_none for value in values)
        if setting.name in ("organization", "project") and not cleared:
            yield draft(
                setting.file,
                setting.binding.statement,
                "OR103",
                Applicability.MANUAL,
                f"openai.{setting.name} means nothing to OpenRouter, and is sent with every request",
                "Remove the assignment.",
            )
