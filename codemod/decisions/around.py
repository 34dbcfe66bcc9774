"""What stands around the clients: guards and tests that the move will break, and answers that change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from codemod.decisions.answered_models import decide_answered_models
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.expressions import outward, source_of
from codemod.decisions.guards import only_decides
from codemod.decisions.missing_keys import OLD_VARIABLE
from codemod.decisions.other_sdks import path_of
from codemod.decisions.slots import ModelRequest
from codemod.decisions.speaking import only_says
from codemod.decisions.targets import target_of
from codemod.findings import Applicability
from codemod.provenance.calls import last_name
from codemod.provenance.facts import (
    Attribute,
    BindingKind,
    Call,
    Comparison,
    Comprehension,
    Expression,
    FileFacts,
    MappingDisplay,
    Name,
    ParameterKind,
    Role,
    RoleKind,
    Scope,
    SequenceDisplay,
    Text,
)
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.values import ClassValue, FunctionValue, Value
from codemod.rewrites import Span

# The edits that move a client.
MOVING = ("OR101", "OR102", "OR601")
# The findings that leave a client to a person.
_DECIDING = ("OR110", "OR111", "OR113", "OR303", "OR602")
_READING = ("os.getenv", "os.environ.get")
_REPLACING = ("setattr", "patch", "object")
_REQUIRED = ("require", "expected", "mandatory", "needed", "env_vars", "env_keys")


def decide_around(context: Context, requests: tuple[ModelRequest, ...], drafts: list[Draft]) -> Iterator[Draft]:
    """The drafts for the surroundings of what ``drafts`` already change."""
    edited = [each for each in drafts if each.finding.rewrites]
    yield from _environment_writes(context, _places(edited, "OR102"))
    if not edited:
        yield from _waiting_guards(context, drafts)
        return
    renamed = _places(edited, "OR102")
    moved = _places(edited, "OR101", "OR601")
    old_ids = _old_texts(edited)
    for file in context.files:
        if context.is_test(file):
            yield from _tests(context, file, old_ids)
        yield from _guards(context, file, renamed, moved)
    members = {each.member for each in edited if each.finding.rule in MOVING}
    yield from decide_answered_models(context, [each for each in requests if each.migrated and each.member in members])


def _waiting_guards(context: Context, drafts: list[Draft]) -> Iterator[Draft]:
    """Code that asks for the old variable where a person is to decide on each client first."""
    waiting = _places(drafts, *_DECIDING)
    for file in context.files if waiting else ():
        if not context.is_test(file):
            for each in _guards(context, file, frozenset(), waiting):
                message = f"this asks for {OLD_VARIABLE}, which the client no longer reads once it is moved"
                yield replace(each, finding=replace(each.finding, message=message))


def _places(edited: list[Draft], *rules: str) -> frozenset[tuple[Path, Span]]:
    return frozenset((each.finding.path, each.finding.span) for each in edited if each.finding.rule in rules)


def _environment_writes(context: Context, renamed: frozenset[tuple[Path, Span]]) -> Iterator[Draft]:
    """Code that sets the old variable; not where an edit gives the variable its new name."""
    for file in context.setting(OLD_VARIABLE):
        spans = [span for path, span in renamed if path == file.path]
        for write in file.environment_writes:
            if write.name == OLD_VARIABLE and not any(write.span.contains(span) for span in spans):
                yield draft(
                    file,
                    write.span,
                    "OR114",
                    Applicability.MANUAL,
                    f"the program sets {OLD_VARIABLE} itself",
                    "Set OPENROUTER_API_KEY in its place, with an OpenRouter key.",
                )


def _guards(
    context: Context,
    file: FileFacts,
    renamed: frozenset[tuple[Path, Span]],
    moved: frozenset[tuple[Path, Span]],
) -> Iterator[Draft]:
    """Code that asks for the old variable: ``renamed`` are the reads that no longer do, ``moved`` the clients."""
    for read in file.environment_reads:
        if read.name.value != OLD_VARIABLE or (file.path, read.span) in renamed:
            continue
        uses = context.uses.of(file, read)
        demands = [use for use in uses if _demands(_role_around(use.file, use.node)) and use.kind in _ASKING]
        for use in () if _serves_others(context, uses, moved) else demands:
            yield _guard(use.file, use.node)
        if not demands and moved and _decides_for(context, uses, moved):
            yield _guard(file, read)
    for text in file.texts:
        if text.value == OLD_VARIABLE:
            asks = _asks_by_name(file, text, said_of_environment=bool(moved))
            if asks is None and (file.path, text.span) not in renamed and _is_asked_for(context, file, text):
                asks = text
            if asks is not None:
                yield _guard(file, asks)


_ASKING = (UseKind.TESTED, UseKind.COMPARED)


# Ends of a flow that may need the key itself.
_TAKING = (UseKind.ARGUMENT, UseKind.STORED, UseKind.RETURNED, UseKind.CONTAINED, UseKind.YIELDED)


def _serves_others(context: Context, uses: tuple[Use, ...], moved: frozenset[tuple[Path, Span]]) -> bool:
    """Whether something that stays as it is still takes the value, so that it is still asked for with reason."""
    return any(
        use.kind in _TAKING
        and (use.file.path, _span_of_taker(use)) not in moved
        and not only_decides(context, use)
        and not (use.call is not None and only_says(context, use.file, use.call))
        for use in uses
    )


def _span_of_taker(use: Use) -> Span:
    """The call that takes the value, or the statement that stores it."""
    if use.call is not None:
        return use.call.span
    return use.parent.statement if isinstance(use.parent, Role) else use.node.span


def _demands(role: Role | None) -> bool:
    return role is not None and role.test is not None and role.test.exits in ("raise", "exit", "assert")


def _decides_for(context: Context, uses: tuple[Use, ...], moved: frozenset[tuple[Path, Span]]) -> bool:
    """Whether a value is asked for its presence, and serves nothing else or a client that has moved away from it."""
    asking = [use for use in uses if use.kind is UseKind.COMPARED or only_decides(context, use)]
    serves = any(use.call is not None and (use.file.path, use.call.span) in moved for use in uses)
    return bool(asking) and (serves or len(asking) == len(uses))


def _asks_by_name(file: FileFacts, text: Text, *, said_of_environment: bool) -> Expression | None:
    """The expression that looks for the variable by its name: ``NAME in os.environ``, a list of required names."""
    parent = file.parents.get(text)
    if isinstance(parent, Comparison) and parent.operators[0] in ("In", "NotIn") and parent.operands[0] is text:
        holder = parent.operands[1]
        of_environment = (
            said_of_environment and isinstance(holder, (Attribute, Name)) and "environ" in source_of(file, holder)
        )
        return parent if of_environment or _demands(_role_around(file, parent)) else None
    if isinstance(parent, SequenceDisplay):
        holder_of_list = file.parents.get(parent)
        if isinstance(holder_of_list, Comprehension):
            return parent if _reads_environment(file, holder_of_list.span) else None
        if isinstance(holder_of_list, Role):
            names = [binding.name.lower() for binding in holder_of_list.bindings]
            required = any(word in name for name in names for word in _REQUIRED)
            looped = holder_of_list.kind is RoleKind.ITERATED and _reads_environment(file, holder_of_list.statement)
            return parent if required or looped else None
    return None


def _is_asked_for(context: Context, file: FileFacts, text: Text) -> bool:
    """Whether the name travels to a test of the environment: ``if not os.getenv(name)``."""
    return any(
        use.kind is UseKind.ARGUMENT
        and use.call is not None
        and _role_around(use.file, use.call) is not None
        and any(path_of(callee) in _READING for callee in context.values(use.file, use.call.callee))
        for use in context.uses.of(file, text)
    )


def _reads_environment(file: FileFacts, span: Span) -> bool:
    text = file.text[span.start : span.end]
    return "environ" in text or "getenv" in text


def _guard(file: FileFacts, node: Expression) -> Draft:
    return draft(
        file,
        node.span,
        "OR114",
        Applicability.MANUAL,
        f"this asks for {OLD_VARIABLE}, which the migrated program no longer reads",
        "Ask for OPENROUTER_API_KEY here.",
    )


def _role_around(file: FileFacts, node: Expression) -> Role | None:
    """The role of the condition that ``node`` is part of; None if it is part of none."""
    return next((each for each in outward(file, node) if isinstance(each, Role) and each.kind is RoleKind.TESTED), None)


# Tests


def _old_texts(edited: list[Draft]) -> frozenset[str]:
    """The model ids that edits replace."""
    return frozenset(
        each.finding.message.split(" is ", 1)[0] for each in edited if each.finding.rule in ("OR201", "OR202")
    )


def _tests(context: Context, file: FileFacts, old_ids: frozenset[str]) -> Iterator[Draft]:
    sets_old = f"this sets {OLD_VARIABLE}, which the migrated code no longer reads"
    for text in file.texts:
        parent = file.parents.get(text)
        if text.value == OLD_VARIABLE and isinstance(parent, Call) and _is_environment_patch(parent, text):
            yield _test(file, parent, sets_old)
        elif text.value == OLD_VARIABLE and isinstance(parent, MappingDisplay):
            call = file.parents.get(parent)
            if isinstance(call, Call) and isinstance(call.callee, Attribute) and call.callee.name == "dict":
                yield _test(file, call, sets_old)
        elif isinstance(parent, (Call, Comparison)) and target_of(context, text.value) is not None:
            if text.value in old_ids and _expects(file, parent):
                yield _test(file, parent, f"this expects {text.value!r}, which the migrated code no longer sends")
            elif isinstance(parent, Call) and _replaces_member(parent, text):
                yield _test(file, parent, f"this puts in {text.value!r}, which is no id of OpenRouter's form")
    for write in file.environment_writes:
        if write.name == OLD_VARIABLE:
            yield draft(file, write.span, "OR115", Applicability.MANUAL, sets_old, "Adapt the test.")
    for call in file.calls:
        yield from _double(context, file, call)


def _expects(file: FileFacts, node: Call | Comparison) -> bool:
    """``assert x == TEXT``, ``mock.assert_called_with(model=TEXT)``, ``assertEqual(x, TEXT)``, ``call(model=TEXT)``."""
    if isinstance(node, Call):
        name = last_name(node.callee)
        return name.startswith("assert") or name == "call"
    role = _role_around(file, node)
    return role is not None and role.test is not None and role.test.exits == "assert"


def _replaces_member(call: Call, text: Text) -> bool:
    """``patch("conf.MODEL", TEXT)``, ``monkeypatch.setattr(conf, "MODEL", TEXT)``."""
    return last_name(call.callee) in _REPLACING and not any(
        argument.value is text for argument in call.arguments[:1] if argument.keyword is None
    )


def _is_environment_patch(call: Call, text: Text) -> bool:
    return (
        isinstance(call.callee, Attribute)
        and call.callee.name in ("setenv", "delenv")
        and bool(call.arguments)
        and call.arguments[0].value is text
    )


def _double(context: Context, file: FileFacts, call: Call) -> Iterator[Draft]:
    """``monkeypatch.setattr("app.OpenAI", Fake)`` where Fake does not take base_url."""
    if last_name(call.callee) not in _REPLACING:
        return
    texts = [each.value for each in call.arguments if isinstance(each.value, Text)]
    if not any(text.value.rsplit(".", 1)[-1] in ("OpenAI", "AsyncOpenAI") for text in texts):
        return
    for argument in call.arguments:
        for value in context.values(file, argument.value):
            scope = _constructor(value)
            if scope is not None and not _accepts(scope, "base_url"):
                yield _test(file, call, "this stand-in for the client does not take base_url")
                return


def _constructor(value: Value) -> Scope | None:
    if isinstance(value, FunctionValue):
        return value.scope
    if isinstance(value, ClassValue):
        for binding in value.scope.bindings.get("__init__", ()):
            if binding.kind is BindingKind.FUNCTION and binding.defines is not None:
                return value.file.scopes[binding.defines]
    return None


def _accepts(scope: Scope, keyword: str) -> bool:
    return any(each.name == keyword or each.parameter is ParameterKind.KEYWORDS for each in scope.parameters)


def _test(file: FileFacts, node: Expression, message: str) -> Draft:
    return draft(file, node.span, "OR115", Applicability.MANUAL, message, "Adapt the test.")
