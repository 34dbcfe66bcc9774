"""Code that sets OPENAI_API_KEY itself before a client reads it.

The assignment is renamed with the client where it is the only one, its value is the deployer's, and nothing else that
runs in the program can be waiting for the old variable.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from codemod import openai_sdk
from codemod.decisions.context import Context
from codemod.decisions.key_lookups import Lookup, lookup_at
from codemod.decisions.key_names import renamed
from codemod.decisions.key_values import key_origins, key_uses, key_values
from codemod.decisions.missing_keys import OLD_VARIABLE, environment_write
from codemod.decisions.setting_fields import Edit, Readers
from codemod.provenance.calls import last_name
from codemod.provenance.facts import (
    Call,
    EnvironmentRead,
    EnvironmentWrite,
    Expression,
    FileFacts,
    Import,
    Role,
    RoleKind,
    Subscript,
    Text,
)
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.values import EnvironmentValue, ExternalValue
from codemod.records import record
from codemod.rewrites import ReplaceText

# Packages that read no key of OpenAI's from the environment by themselves, beside the standard library.
_HARMLESS_PACKAGES = frozenset(
    {
        *("openai", "dotenv", "google", "streamlit", "gradio", "numpy", "pandas", "matplotlib", "seaborn", "scipy"),
        *("sklearn", "requests", "httpx", "aiohttp", "tqdm", "rich", "click", "typer", "pydantic", "yaml", "bs4"),
        *("PIL", "IPython", "tiktoken", "tenacity", "flask", "fastapi", "uvicorn", "starlette", "jinja2", "pytest"),
        *("boto3", "redis", "sqlalchemy", "psycopg2", "loguru", "discord", "telegram", "slack_bolt", "slack_sdk"),
    }
)
# Modules that start other programs, which get the environment too, or that import what no file names.
_STARTING = frozenset({"subprocess", "importlib", "runpy"})
_STARTING_MEMBERS = ("system", "popen", "execv", "execvp", "execve", "spawnl", "spawnv", "create_subprocess_exec")
_RESOURCES = ("chat", "completions", "responses", "embeddings", "audio", "images", "moderations", "models", "files")


@record
class WritePlan:
    """``edits`` give the variable that the program sets its new name; ``undecided`` is why they are not to be made.

    ``source`` is the name under which the program finds the key.
    """

    edits: tuple[Edit, ...] = ()
    source: str = ""
    undecided: str = ""


def plan_write(context: Context, file: FileFacts, readers: Readers, wanted: str) -> WritePlan:
    """What is to be done about the program setting the old variable itself, for a client of ``file`` that reads it."""
    reason = environment_write(context, file)
    if not reason:
        return WritePlan()
    return _renamed_write(context, readers, wanted) or WritePlan(undecided=reason)


def _renamed_write(context: Context, readers: Readers, wanted: str) -> WritePlan | None:
    writes = [
        (file, write)
        for file in context.setting(OLD_VARIABLE)
        for write in file.environment_writes
        if write.name == OLD_VARIABLE
    ]
    if len(writes) != 1:
        return None
    ((file, write),) = writes
    target = _target(file, write)
    source = _source(context, file, write, wanted)
    if target is None or source is None or not any(call in readers for call in file.calls):
        return None
    key, name = source
    if next(_waiting(context, file, key, readers), None) is not None:
        return None
    edits: tuple[Edit, ...] = (
        (file, target, ReplaceText(target.span, wanted)),
        (file, key, ReplaceText(key.span, name)),
    )
    return WritePlan(edits, source=name)


def _target(file: FileFacts, write: EnvironmentWrite) -> Text | None:
    """The text that names the variable in ``os.environ["NAME"] = value``; None for other ways to set it."""
    for text in file.texts:
        item = file.parents.get(text)
        if text.value == write.name and write.span.contains(text.span) and isinstance(item, Subscript):
            role = file.parents.get(item)
            if isinstance(role, Role) and role.kind is RoleKind.TARGET and text.editable:
                return text
    return None


def _source(context: Context, file: FileFacts, write: EnvironmentWrite, wanted: str) -> tuple[Text, str] | None:
    """The text that names the deployer's secret in the value itself, and its new name."""
    value = write.value
    origins = () if value is None else key_origins(context, file, value)
    if len(origins) != 1:
        return None
    origin = origins[0].value
    key: Text | None = None
    if isinstance(origin, EnvironmentValue):
        key = origin.node.name if origin.node.default is None else None
    else:
        lookup: Lookup | None = lookup_at(context, origins[0], ())
        key = lookup.key if lookup is not None and lookup.required else None
    if value is None or key is None or not key.editable or not write.span.contains(key.span):
        return None
    read = origin.node if isinstance(origin, EnvironmentValue) else value
    if any(not _is_stored_by(use, write) for use in key_uses(context, file, read)):
        return None
    name = renamed(key.value, wanted)
    return None if name is None else (key, name)


def _is_stored_by(use: Use, write: EnvironmentWrite) -> bool:
    return use.kind is UseKind.STORED and isinstance(use.parent, Role) and use.parent.statement == write.span


def _waiting(context: Context, home: FileFacts, source: Text, readers: Readers) -> Iterator[str]:
    """What else in the program may read the old variable."""
    for file in context.origins.project.facts_mentioning("import", home.path):
        if context.is_test(file):
            continue
        for module in _imported(context, file):
            package = module.split(".")[0]
            known = package in sys.stdlib_module_names or package in _HARMLESS_PACKAGES
            is_google = package == "google" and not module.startswith("google.colab")
            if package in _STARTING or not known or is_google:
                yield module
        yield from (name for name in _STARTING_MEMBERS if name in file.attributes)
        for read in file.environment_reads:
            if read.name.value == OLD_VARIABLE and read.name is not source and not _is_key(file, read, readers):
                yield OLD_VARIABLE
        for call in file.calls:
            if call not in readers and _reads_variable(context, file, call):
                yield "a client"
        for name in _RESOURCES:
            for attribute in file.attributes.get(name, ()):
                if _is_module(context, file, attribute.value):
                    yield "the module's own client"


def _imported(context: Context, file: FileFacts) -> Iterator[str]:
    """The modules outside of the project that a file imports."""
    project = context.origins.project
    stars = file.scopes[0].bindings.get("*", ())
    for binding in dict.fromkeys(each for found in (*file.imports.values(), stars) for each in found):
        imported = binding.imported
        if imported is not None and not imported.level and project.resolve(file.path, imported) is None:
            dotted = f"{imported.module}.{imported.name}" if imported.name else imported.module
            if project.resolve(file.path, Import(dotted, None, 0)) is None:
                yield dotted


def _is_key(file: FileFacts, read: EnvironmentRead, readers: Readers) -> bool:
    """Whether a read stands as the key in the call of a client that moves, and goes with it."""
    parent = file.parents.get(read)
    return isinstance(parent, Call) and parent in readers and parent.keyword("api_key") is read


def _reads_variable(context: Context, file: FileFacts, call: Call) -> bool:
    """Whether a call makes a client that stays as it is and reads the old variable."""
    if not any(last_name(call.callee) == path.rpartition(".")[2] for path in openai_sdk.CLIENT_CLASSES):
        return False
    made = context.values(file, call.callee)
    if not any(isinstance(each, ExternalValue) and each.path in openai_sdk.CLIENT_CLASSES for each in made):
        return False
    key = call.keyword("api_key")
    return key is None or any(
        not isinstance(value, EnvironmentValue) or value.node.name.value == OLD_VARIABLE
        for value in key_values(context, file, key)
    )


def _is_module(context: Context, file: FileFacts, holder: Expression) -> bool:
    values = context.values(file, holder)
    return any(isinstance(value, ExternalValue) and value.path in openai_sdk.MODULES for value in values)
