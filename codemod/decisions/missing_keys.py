"""Where a key may be missing: the SDK then falls back to OPENAI_API_KEY, and raises OpenAIError if that is missing too.

A client that points at OpenRouter must not come to that fallback. Code that catches the SDK's error relies on it:
the migrated read raises KeyError in its place, which such a handler lets through.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemod.decisions.arguments import Given
from codemod.decisions.context import Context
from codemod.decisions.guards import is_never_missing
from codemod.decisions.key_values import key_values
from codemod.decisions.survey import Client
from codemod.provenance.facts import (
    Attribute,
    Call,
    Choice,
    Expression,
    FileFacts,
    Role,
    RoleKind,
)
from codemod.provenance.values import (
    ConstantValue,
    EnvironmentValue,
    ExternalValue,
    LookupValue,
    SettingValue,
    TextValue,
)
from codemod.rewrites import Span

OLD_VARIABLE = "OPENAI_API_KEY"
_CALLERS_ABOVE = 2


def openai_key_reason(context: Context, client: Client, given: Given) -> str:
    """How the client's key, which ``given`` is, may come to be OPENAI_API_KEY; "" if nothing says that it can.

    The SDK falls back to that variable where the key is None; it takes an empty text as it is.
    """
    values = key_values(context, given.file, given.value)
    demanded = [
        value for value in values if isinstance(value, EnvironmentValue) and _is_demanded(context, client, value)
    ]
    excused = [value.node.default for value in demanded]
    for value in values:
        name = ""
        may_be_missing = isinstance(value, ConstantValue) and value.is_none and value.node not in excused
        if isinstance(value, EnvironmentValue):
            name = value.node.name.value
            may_be_missing = value.node.default is None and value not in demanded and not _is_passed_over(value)
        elif isinstance(value, LookupValue):
            name = value.key.value
            may_be_missing = not value.required
        if name == OLD_VARIABLE:
            return f"with {OLD_VARIABLE} as its key"
        if may_be_missing:
            where = f" where {name} is not set" if name else ""
            return f"with a key that may be None{where}: the SDK then falls back to {OLD_VARIABLE}"
    return ""


def _is_demanded(context: Context, client: Client, value: EnvironmentValue) -> bool:
    """Whether the client is only made where the variable is set."""
    if value.node.required:
        return True
    uses = context.uses.of(value.file, value.node)
    return is_never_missing(context, value, uses, [use for use in uses if use.call is client.call])


def _is_passed_over(value: EnvironmentValue) -> bool:
    """Whether an ``or`` takes its next option where the variable is missing."""
    parent = value.file.parents.get(value.node)
    return isinstance(parent, Choice) and parent.kind == "or" and parent.options[-1] is not value.node


def reads_old_variable(context: Context, given: Given | None) -> bool:
    """Whether the key comes from the environment variable that the SDK reads by itself."""
    if given is None:
        return True
    return any(
        isinstance(value, (ConstantValue, SettingValue))
        or (isinstance(value, EnvironmentValue) and value.node.name.value == OLD_VARIABLE)
        for value in key_values(context, given.file, given.value)
    )


def environment_write(context: Context, file: FileFacts) -> str:
    """What is the matter where the program itself sets OPENAI_API_KEY; "" if it does not.

    Looked at are ``file`` and all files but tests that may be parts of one program with it.
    """
    project = context.origins.project
    others = (each for each in context.setting(OLD_VARIABLE) if project.may_run_together(each.path, file.path))
    for each in (file, *others):
        for write in each.environment_writes:
            if write.name == OLD_VARIABLE:
                return f"the program itself sets {OLD_VARIABLE} (line {each.line(write.span)})"
    return ""


# Errors that are caught


def is_caught(context: Context, client: Client) -> bool:
    """Whether a missing key is handled by catching OpenAIError: around the constructor, or a call that leads to it."""
    return _may_be_missing(context, client) and any(
        _handles_openai_errors_alone(context, file, span)
        for file, span in _ways_to(context, client.file, client.call, _CALLERS_ABOVE)
    )


def _may_be_missing(context: Context, client: Client) -> bool:
    key = client.call.keyword("api_key")
    return key is None or not all(
        isinstance(value, (TextValue, LookupValue)) or (isinstance(value, EnvironmentValue) and value.node.required)
        for value in context.values(client.file, key)
    )


def _ways_to(context: Context, file: FileFacts, call: Call, levels: int) -> Iterator[tuple[FileFacts, Span]]:
    """The call, and the visible calls of the function that it stands in, up to ``levels`` functions away."""
    yield file, call.span
    function = next((each for each in file.enclosing(call.scope) if each.is_function), None)
    if function is None or levels == 0:
        return
    owner = file.enclosing_class(function)
    called = owner if owner is not None and function.name == "__init__" else function
    for caller in context.origins.callers(file, called).calls:
        if not context.is_test(caller.file):
            yield from _ways_to(context, caller.file, caller.call, levels - 1)


def _handles_openai_errors_alone(context: Context, file: FileFacts, span: Span) -> bool:
    for handled in file.handled:
        if handled.body.contains(span) and None not in handled.exceptions:
            given = [each for each in handled.exceptions if each is not None]
            if _are_openai_errors_alone(context, file, given):
                return True
    for call in file.calls:
        role = file.parents.get(call)
        if isinstance(role, Role) and role.kind is RoleKind.ENTERED and role.statement.contains(span):
            callees = context.values(file, call.callee)
            suppresses = any(isinstance(each, ExternalValue) and each.path == "contextlib.suppress" for each in callees)
            if suppresses and _are_openai_errors_alone(context, file, [each.value for each in call.arguments]):
                return True
    return False


def _are_openai_errors_alone(context: Context, file: FileFacts, exceptions: list[Expression]) -> bool:
    names = {name for each in exceptions for name in _exception_names(context, file, each)}
    return "OpenAIError" in names and names.isdisjoint(("KeyError", "LookupError", "Exception", "BaseException"))


def _exception_names(context: Context, file: FileFacts, expression: Expression) -> Iterator[str]:
    for each, value in context.listed(file, expression):
        if isinstance(each, Attribute):
            yield each.name
        if isinstance(value, ExternalValue):
            yield value.path.rsplit(".", 1)[-1]
