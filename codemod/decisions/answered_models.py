"""The model that an answer names: OpenRouter answers with its own ids, which old comparisons and tables do not know.

``response.model`` of a migrated request is followed to where its text matters: comparisons, keys, prices, tokenizers,
names of files. What is only shown, stored or handed on is no concern: the new id is as good there as the old one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from codemod.decisions.consumers import Consumer, consumer_of, stream_again
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.expressions import quoted
from codemod.decisions.guards import is_compared_with_none
from codemod.decisions.slots import ModelRequest
from codemod.decisions.streams import gives_models
from codemod.findings import Applicability, Step
from codemod.provenance.calls import ITEM_METHODS, last_name
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Comparison,
    Expression,
    FileFacts,
    MappingDisplay,
    Opaque,
    Role,
    SequenceDisplay,
    Subscript,
    Template,
    Text,
)
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.values import (
    ExternalValue,
    MappingValue,
    MemberValue,
    ResultValue,
    SequenceValue,
    TextValue,
    Value,
    library_path,
)
from codemod.records import record

# Members of an answer, or of an event of a stream, that give an answer too: as they are, and when they are called.
_ANSWERS = frozenset({"response", "chunk", "snapshot"})
_ANSWERING = frozenset({"parse", "result", "get_final_completion", "get_final_response", "model_copy"})
# What waits for several answers and gives all of them.
_GATHERING = "gather"
# What instructor keeps of the answer beside the caller's own object.
_RAW = "_raw_response"
_WITH_COMPLETION = "create_with_completion"
# Methods of a text whose result tells a prefix, and those that give a text with the same prefix.
_TELLING = frozenset(
    {
        "count",
        "endswith",
        "find",
        "index",
        "partition",
        "removeprefix",
        "removesuffix",
        "rpartition",
        "rsplit",
        "split",
        "startswith",
    }
)
_KEEPING = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "casefold", "title", "replace"})
_LOOKUPS = ITEM_METHODS | {"index", "count"}
_MATCHERS = frozenset({"match", "fullmatch", "search", "findall", "fnmatch", "fnmatchcase", "eq", "contains"})
_MATCHING_PACKAGES = frozenset({"re", "regex", "fnmatch", "operator"})
_FILES = frozenset({"open", "Path", "PurePath", "PosixPath", "join", "makedirs", "mkdir"})
_FILE_PACKAGES = frozenset({"builtins", "io", "os", "pathlib", "aiofiles"})
_TABLES = re.compile(r"(?:^|_)(?:costs?|prices?|pricing|tokens?|tokenizer|encoding|encoder)(?:_|$)")
# ``record_tokens`` and the like store what they are given.
_STORING = re.compile(r"^_*(?:log|record|track|save|store|add|set|update|inc|observe|report)(?:_|$)")


@record
class _Place:
    """Where the text of an answer's model matters; ``what`` is done with it there."""

    file: FileFacts
    node: Expression
    what: str


def decide_answered_models(context: Context, requests: Iterable[ModelRequest]) -> Iterator[Draft]:
    """The drafts for the places where the model that an answer of ``requests`` names is weighed, each once."""
    found = [(each, model) for each in requests for model in dict.fromkeys(answer_members(context, each, "model"))]
    answered = frozenset(node for _, (_, node) in found)
    said: set[Expression] = set()
    for each, (file, node) in found:
        request = each.request
        trace = (
            Step(file.path, file.line(node.span), quoted(file, node)),
            Step(request.file.path, request.file.line(request.call.span), "request"),
        )
        for place in _places(context, file, node, answered):
            if place.node not in said:
                said.add(place.node)
                yield draft(
                    place.file,
                    place.node.span,
                    "OR504",
                    Applicability.MANUAL,
                    f"the model that the answer names is {place.what}, and OpenRouter answers with its own id, as in "
                    "openai/gpt-4o",
                    "See that OpenRouter's ids are known here.",
                    trace=trace,
                    member=each.member,
                )


# Answers


def answer_members(context: Context, each: ModelRequest, name: str) -> Iterator[tuple[FileFacts, Expression]]:
    """Where the member ``name`` of an answer is read: ``response.model``, ``chunk.model`` of a stream."""
    request = each.request
    is_raw = not gives_models(context, request)
    pending = [(use, is_raw) for use in context.uses.of(request.file, request.call)]
    seen: set[Use] = set()
    while pending:
        use, is_answer = pending.pop(0)
        if use in seen:
            continue
        seen.add(use)
        read = _read_of(context, use)
        if read is not None and read[0] == name and is_answer:
            yield use.file, read[1]
        elif read is not None and (is_answer or read[0] == _RAW):
            pending += [(onward, True) for onward in _answers_in(context, use.file, *read)]
        elif is_answer and (again := stream_again(context, use)) is not None:
            pending += [(onward, True) for onward in context.uses.of(use.file, again)]
        elif is_answer and use.call is not None and last_name(use.call.callee) == _GATHERING:
            gathered = context.uses.of(use.file, use.call)
            pending += [(onward, True) for each_use in gathered for onward in _elements(context, each_use)]
        elif is_answer:
            for consumer in consumer_of(context, use):
                pending += [(onward, True) for onward in _chunk_uses(context, consumer)]
        elif last_name(request.call.callee) == _WITH_COMPLETION and isinstance(use.parent, Role):
            for binding in use.parent.bindings:
                if binding.route == (1,):
                    pending += [(onward, True) for onward in context.uses.of_binding(use.file, binding)]


def _read_of(context: Context, use: Use) -> tuple[str, Expression] | None:
    """The member that is read of an answer: ``answer.name``, ``getattr(answer, "name")``."""
    if use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute):
        return use.parent.name, use.parent
    if use.kind is UseKind.ARGUMENT and use.call is not None and len(use.call.arguments) > 1:
        name = use.call.arguments[1].value
        if isinstance(name, Text) and use.call.arguments[0].value is use.node:
            paths = {library_path(value) for value in context.values(use.file, use.call.callee)}
            return (name.value, use.call) if paths == {"builtins.getattr"} else None
    return None


def _answers_in(context: Context, file: FileFacts, name: str, node: Expression) -> tuple[Use, ...]:
    """The uses of the answer that the member ``name`` of an answer or event gives."""
    call = file.parents.get(node)
    if name in _ANSWERING and isinstance(call, Call) and call.callee is node:
        return context.uses.of(file, call)
    return context.uses.of(file, node) if name in _ANSWERS or name == _RAW else ()


def _elements(context: Context, use: Use) -> Iterator[Use]:
    """The uses of the elements of a sequence of answers."""
    if use.kind is UseKind.ITEM and isinstance(use.parent, Subscript):
        yield from context.uses.of(use.file, use.parent)
    elif use.kind is UseKind.ITERATED:
        for consumer in consumer_of(context, use):
            yield from _chunk_uses(context, consumer)
        for binding in use.parent.bindings if isinstance(use.parent, Role) else ():
            if binding.kind is BindingKind.UNPACKED and len(binding.route) == 1:
                yield from context.uses.of_binding(use.file, binding)


def _chunk_uses(context: Context, consumer: Consumer) -> Iterator[Use]:
    """The uses of the chunks or events that a loop or a comprehension reads."""
    place = consumer.loop or consumer.comprehension
    if place is None or consumer.chunk is None:
        return
    for binding in _bindings_of(consumer, place.scope):
        yield from context.uses.of_binding(consumer.file, binding)


def _bindings_of(consumer: Consumer, scope: int) -> Iterator[Binding]:
    assert consumer.chunk is not None
    for binding in consumer.file.scopes[scope].bindings.get(consumer.chunk, ()):
        if binding.kind in (BindingKind.LOOP, BindingKind.UNPACKED) and binding.value is consumer.node:
            yield binding


# Places


def _places(context: Context, file: FileFacts, node: Expression, answered: frozenset[Expression]) -> Iterator[_Place]:
    """Where the text of the model matters; ``answered`` are the models that answers name."""
    pending: list[tuple[FileFacts, Expression, bool]] = [(file, node, False)]
    seen = {node}
    while pending:
        here, each, is_part = pending.pop(0)
        for use in context.uses.of(here, each):
            onward = _same_text(context, use, is_part=is_part)
            if onward is not None:
                if onward[0] not in seen:
                    seen.add(onward[0])
                    pending.append((use.file, *onward))
                continue
            place = _place(context, use, answered, is_part=is_part)
            if place is not None:
                yield place


def _same_text(context: Context, use: Use, *, is_part: bool) -> tuple[Expression, bool] | None:
    """The expression that gives the text again, and whether it stands in another text there."""
    if use.kind in (UseKind.FORMATTED, UseKind.OPERATED) and isinstance(use.parent, (Template, Opaque)):
        is_put_in = isinstance(use.parent, Template) or use.parent.what in ("+", "%")
        return (use.parent, True) if is_put_in else None
    if use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute) and use.parent.name in _KEEPING:
        call = use.file.parents.get(use.parent)
        return (call, is_part) if isinstance(call, Call) and call.callee is use.parent else None
    if use.kind is UseKind.ARGUMENT and use.call is not None and use.direct:
        paths = {library_path(value) for value in context.values(use.file, use.call.callee)}
        is_put_in = isinstance(use.call.callee, Attribute) and use.call.callee.name == "format"
        if paths == {"builtins.str"} or is_put_in:
            return use.call, is_part or is_put_in
    return None


def _place(context: Context, use: Use, answered: frozenset[Expression], *, is_part: bool) -> _Place | None:
    """The place, if the text of the model matters to a use of it; ``is_part`` if it stands in another text there."""
    file, node, parent = use.file, use.node, use.parent
    if use.kind is UseKind.COMPARED and isinstance(parent, Comparison):
        others = [operand for operand in parent.operands if operand is not node and operand not in answered]
        is_known = all(_knows_prefix(context, file, operand) for operand in others)
        return None if is_known or is_compared_with_none(use) else _Place(file, parent, "compared here")
    if use.kind is UseKind.KEYED:
        holder = parent.value if isinstance(parent, Subscript) else None
        if holder is not None and _knows_prefix(context, file, holder):
            return None
        return _Place(file, parent if isinstance(parent, Subscript) else node, "used as a key here")
    if use.kind is UseKind.ITEM and not is_part and isinstance(parent, Subscript):
        return _Place(file, parent, "cut into pieces here")
    if use.kind is UseKind.OPERATED and isinstance(parent, Opaque) and parent.what == "operator":
        return _Place(file, parent, "part of a file's name here")
    if use.kind is UseKind.MEMBER and not is_part and isinstance(parent, Attribute) and parent.name in _TELLING:
        call = file.parents.get(parent)
        if not isinstance(call, Call) or _all_know_prefix(context, file, call):
            return None
        return _Place(file, call, "compared here" if parent.name.endswith("with") else "cut into pieces here")
    if use.kind is UseKind.ARGUMENT and use.call is not None and use.direct:
        what = _done_by_call(context, use, use.call, is_part=is_part)
        return None if what is None else _Place(file, use.call, what)
    return None


def _done_by_call(context: Context, use: Use, call: Call, *, is_part: bool) -> str | None:
    """What a call that is not followed does with the model; None if its text does not matter there."""
    values = context.values(use.file, call.callee)
    packages = {library_path(value).split(".")[0] for value in values}
    name = last_name(call.callee)
    if name in _FILES and packages & _FILE_PACKAGES:
        return "part of a file's name here"
    if _looks_up(context, use, call, values, is_part=is_part):
        return "looked up here"
    if is_part:
        return None
    if (name in _MATCHERS and packages & _MATCHING_PACKAGES) or name.startswith("assert"):
        return "compared here"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    if "tiktoken" in packages or (_TABLES.search(words) and not _STORING.match(words)):
        return f"given to {quoted(use.file, call.callee)}()"
    return None


def _looks_up(context: Context, use: Use, call: Call, values: tuple[Value, ...], *, is_part: bool) -> bool:
    """``PRICES.get(HERE)``, ``NAMES.index(HERE)``; a text put together is given to libraries for other ends too."""
    callee = call.callee
    if not isinstance(callee, Attribute) or callee.name not in _LOOKUPS or call.arguments[0].value is not use.node:
        return False
    foreign = (ExternalValue, MemberValue, ResultValue) if is_part else (ExternalValue,)
    return not any(isinstance(value, foreign) for value in values) and not _knows_prefix(
        context, use.file, callee.value
    )


def _all_know_prefix(context: Context, file: FileFacts, call: Call) -> bool:
    return bool(call.arguments) and all(_knows_prefix(context, file, each.value) for each in call.arguments)


def _knows_prefix(context: Context, file: FileFacts, expression: Expression) -> bool:
    """Whether a text, or each text in a container, is made for ids with a vendor's prefix."""
    values = context.values(file, expression)
    return bool(values) and all(_is_prefixed(value) for value in values)


def _is_prefixed(value: Value) -> bool:
    if isinstance(value, TextValue):
        return "/" in value.node.value
    parts: tuple[Expression | None, ...] = ()
    if isinstance(value, SequenceValue) and isinstance(value.node, SequenceDisplay):
        parts = value.node.items
    elif isinstance(value, MappingValue) and isinstance(value.node, MappingDisplay):
        parts = tuple(entry.key for entry in value.node.entries)
    return bool(parts) and all(isinstance(part, Text) and "/" in part.value for part in parts)
