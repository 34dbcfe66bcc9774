"""Calls that do nothing with a text but show it to somebody: print, log, help texts."""

from __future__ import annotations

from codemod.decisions.context import Context
from codemod.decisions.expressions import dotted
from codemod.decisions.other_sdks import path_of
from codemod.provenance.calls import last_name
from codemod.provenance.facts import Attribute, Call, FileFacts, ScopeKind
from codemod.provenance.values import ParameterValue, UnknownValue

# Built-in functions that look at an object without using it.
SHOWING = frozenset({"print", "repr", "str", "type", "id", "isinstance", "hasattr", "callable"})
_SPEAKING = frozenset(
    {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "echo", "secho", "trace"}
)
_PACKAGES = frozenset({"builtins", "logging", "loguru", "structlog", "rich", "click", "typer", "warnings"})
_SPEAKERS = frozenset({"logger", "log", "logging", "console"})
_HELP_ARGUMENTS = frozenset({"help", "description", "epilog", "metavar"})
_COMMAND_PACKAGES = frozenset({"argparse", "click", "typer"})


def only_says(context: Context, file: FileFacts, call: Call) -> bool:
    """Whether ``call`` shows its arguments to a reader and does nothing else with them."""
    if _words_an_exception(file, call):
        return True
    names = dotted(call.callee)
    if names[-1] not in _SPEAKING or call.keyword("file") is not None:
        return False
    values = context.values(file, call.callee)
    if all(isinstance(value, (UnknownValue, ParameterValue)) for value in values):
        return len(names) > 1 and names[-2].lstrip("_") in _SPEAKERS
    return all(path_of(value).split(".")[0] in _PACKAGES for value in values)


def _words_an_exception(file: FileFacts, call: Call) -> bool:
    """``super().__init__(text)`` in the project's own class of exceptions."""
    callee = call.callee
    if not (isinstance(callee, Attribute) and callee.name == "__init__" and isinstance(callee.value, Call)):
        return False
    owner = next((each for each in file.enclosing(call.scope) if each.kind is ScopeKind.CLASS), None)
    names = [last_name(base) for base in owner.bases] if owner is not None else []
    return any(name.endswith(("Error", "Exception")) for name in names)


def is_help(context: Context, file: FileFacts, call: Call, keyword: str) -> bool:
    """Whether the argument ``keyword`` of ``call`` is a help text of a command line."""
    return keyword in _HELP_ARGUMENTS and any(
        path_of(value).split(".")[0] in _COMMAND_PACKAGES for value in context.values(file, call.callee)
    )
