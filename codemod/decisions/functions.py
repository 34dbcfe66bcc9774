"""Function calling in the form that OpenAI had before tools, which OpenRouter does not know.

``functions`` and ``function_call`` become ``tools`` and ``tool_choice`` where the call shows them whole. The answer
then holds ``tool_calls`` in the place of ``function_call``: what reads it, and what sends the outcome back, is left to
a person, so the edit is not a safe one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.given_parameters import given_parameter, place_of
from codemod.decisions.slots import ModelRequest
from codemod.findings import Applicability
from codemod.openrouter.parameters import FUNCTIONS
from codemod.provenance.facts import (
    Attribute,
    Call,
    Constant,
    Expression,
    FileFacts,
    MappingDisplay,
    Name,
    Role,
    RoleKind,
    SequenceDisplay,
    Subscript,
    Text,
)
from codemod.rewrites import NestExpression, RenameArgument, Rewrite

_KIND, _FUNCTION = "type", "function"
_ANSWER = "function_call"
_MESSAGE = f"{FUNCTIONS.message} (as of {FUNCTIONS.as_of})"


def decide_functions(context: Context, requests: Sequence[ModelRequest], mixed: Set[FileFacts]) -> Iterator[Draft]:
    """The drafts for the function calls of migrated chat requests, and for what belongs to them in the same file.

    ``mixed`` are files with chat requests that are not migrated: whose messages and answers stand in them is not
    known.
    """
    for each in requests:
        file, call = each.request.file, each.request.call
        named = (given_parameter(context, each.request, name) for name in ("functions", _ANSWER))
        given = next(filter(None, named), None)
        if given is None:
            continue
        rewrites = () if any(_role_entries(file)) else tuple(_as_tools(call))
        unsure = Applicability.MANUAL if given.shown else Applicability.INFO
        yield draft(
            file,
            place_of(each.request, given.name),
            FUNCTIONS.rule,
            Applicability.UNSAFE if rewrites else unsure,
            _MESSAGE,
            FUNCTIONS.remedy,
            rewrites=rewrites,
            member=each.member,
        )
    first = {each.request.file: each for each in reversed(requests) if each.request.file not in mixed}
    for file, each in first.items():
        yield from _beside(file, each)


def _beside(file: FileFacts, each: ModelRequest) -> Iterator[Draft]:
    """The messages that carry the outcome of a function, and the reads of a function call from an answer."""
    for text in _role_entries(file):
        message = f"OpenRouter knows no message of the role function (as of {FUNCTIONS.as_of})"
        remedy = "Send a message of the role tool with the tool_call_id of the call that it answers."
        yield draft(file, text.span, FUNCTIONS.rule, Applicability.MANUAL, message, remedy, member=each.member)
    for read in _reads(file):
        message = f"OpenRouter answers with tool_calls, never with function_call (as of {FUNCTIONS.as_of})"
        remedy = "Read the function from message.tool_calls, which is None where the model calls none."
        yield draft(file, read.span, FUNCTIONS.rule, Applicability.MANUAL, message, remedy, member=each.member)


def _role_entries(file: FileFacts) -> Iterator[Text]:
    """The texts of ``{"role": "function"}``."""
    for text in file.texts:
        display = file.parents.get(text)
        if text.value == _FUNCTION and isinstance(display, MappingDisplay):
            for entry in display.entries:
                if entry.value is text and isinstance(entry.key, Text) and entry.key.value == "role":
                    yield text


def _reads(file: FileFacts) -> Iterator[Expression]:
    """The reads of ``message.function_call`` and ``delta.function_call``."""
    for attribute in file.attributes.get(_ANSWER, ()):
        owner = attribute.value
        role = file.parents.get(attribute)
        name = owner.name if isinstance(owner, Attribute) else owner.id if isinstance(owner, Name) else ""
        is_target = isinstance(role, Role) and role.kind is RoleKind.TARGET
        if not is_target and any(word in name.lower() for word in ("message", "msg", "delta", "choice", "response")):
            yield attribute


def _as_tools(call: Call) -> Iterator[Rewrite]:
    """The rewrites that give the call tools; none where it does not show its functions whole."""
    functions, choice = call.keyword("functions"), call.keyword(_ANSWER)
    taken = {argument.keyword for argument in call.arguments}
    if not isinstance(functions, SequenceDisplay) or not functions.items or call.expansions:
        return
    if taken & {"tools", "tool_choice"} or not all(_is_whole(item) for item in functions.items):
        return
    if choice is not None and not _is_choice(choice):
        return
    yield RenameArgument(call.span, "functions", "tools")
    yield from (NestExpression(item.span, _KIND, _FUNCTION) for item in functions.items)
    if choice is not None:
        yield RenameArgument(call.span, _ANSWER, "tool_choice")
    if isinstance(choice, MappingDisplay):
        yield NestExpression(choice.span, _KIND, _FUNCTION)


def _is_whole(item: Expression) -> bool:
    return isinstance(item, (MappingDisplay, Name, Attribute, Call, Subscript))


def _is_choice(choice: Expression) -> bool:
    if isinstance(choice, MappingDisplay):
        return _keys(choice.entries) == ["name"]
    return isinstance(choice, Text) or (isinstance(choice, Constant) and choice.value is None)


def _keys(entries: Iterable[object]) -> list[str | None]:
    keys = [getattr(entry, "key", None) for entry in entries]
    return [key.value if isinstance(key, Text) else None for key in keys]
