"""Streams: OpenRouter's last chunk has no choices, which code written for OpenAI has never seen.

The usage chunk comes whether or not it was asked for (see "Streams" in the README). A loop over a migrated stream
gets a guard, in the group of the client, unless all that it does with a chunk is harmless or guarded already: the
old program never saw what the guard passes over, so a guard too many changes nothing. Two kinds of loops get none:
one that has seen the usage chunk, because it was asked for, would miss it; and one that may read other things than
chunks would fail for want of ``choices``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto

from codemod import openai_sdk
from codemod.decisions.arguments import literal_argument
from codemod.decisions.chunks import Chunk, read_chunk
from codemod.decisions.consumers import Consumer, consumers_of
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.empty_choices import reads_in
from codemod.decisions.expressions import outward
from codemod.decisions.method_names import CHAT
from codemod.decisions.slots import ModelRequest
from codemod.decisions.survey import Request
from codemod.findings import Applicability
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Expression,
    FileFacts,
    Loop,
    Template,
)
from codemod.provenance.values import (
    ConstantValue,
    ExternalValue,
    MappingValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    UnknownValue,
    Value,
)
from codemod.records import record
from codemod.rewrites import FilterEmptyChunks, SkipEmptyChunks, Span

_EVENTS = ("chat", "completions", "stream")


class _Usage(Enum):
    """Whether a stream was asked to end with a usage chunk: ELSEWHERE if another one with the same consumer was."""

    ASKED = auto()
    NOT_ASKED = auto()
    ELSEWHERE = auto()
    UNDECIDED = auto()


@record
class _Stream:
    request: ModelRequest
    usage: _Usage
    certain: bool
    events: bool


def decide_streams(context: Context, requests: tuple[ModelRequest, ...]) -> Iterator[Draft]:
    """The drafts for the consumers of migrated streams, each once."""
    streams = [stream for each in requests if (stream := _stream(context, each)) is not None]
    calls = {each.request.call for each in requests if _gives_chunks(context, each.request)}
    consumers: dict[_Stream, list[Consumer]] = {}
    for stream in streams:
        consumers[stream], given = consumers_of(context, stream.request.request)
        calls |= given
    prepared = {each.node for stream in streams if stream.usage is _Usage.ASKED for each in consumers[stream]}
    said: set[tuple[object, ...]] = set()
    for stream, found in consumers.items():
        if not stream.request.migrated or stream.usage is _Usage.ASKED:
            continue
        for consumer in found:
            usage = _Usage.ELSEWHERE if consumer.node in prepared else stream.usage
            for each in _decide_consumer(context, replace(stream, usage=usage), consumer, calls):
                key = (each.finding.path, each.finding.span, each.member)
                if key not in said:
                    said.add(key)
                    yield each


# Streams


def _stream(context: Context, each: ModelRequest) -> _Stream | None:
    """The stream of chunks or of events that a request gives, or may give; None if it gives none."""
    request = each.request
    if request.before_v1 or gives_models(context, request):
        return None
    usage = _usage(context, request)
    if request.path[-3:] == _EVENTS:
        return _Stream(each, usage, certain=True, events=True)
    values = literal_argument(context, request.file, request.call, "stream")
    is_off = all(_is_constant(value, truth=False) for value in values) and not _may_be_overridden(context, request)
    if request.path[-3:] != CHAT or is_off:
        return None
    certain = any(_is_constant(value, truth=True) for value in values)
    return _Stream(each, usage, certain, events=False)


def _may_be_overridden(context: Context, request: Request) -> bool:
    """Whether the flag is a parameter, which callers that nobody sees may set: a guard costs nothing."""
    given = request.call.keyword("stream")
    return given is not None and any(isinstance(value, ParameterValue) for value in context.values(request.file, given))


def _gives_chunks(context: Context, request: Request) -> bool:
    """Whether iterating over what a request gives, if that is possible, gives chunks."""
    return request.path[-3:] == CHAT and not gives_models(context, request)


def gives_models(context: Context, request: Request) -> bool:
    """instructor's streams give the caller's own objects."""
    callee = request.call.callee
    if isinstance(callee, Attribute) and callee.name in openai_sdk.INSTRUCTOR_METHODS - {"create"}:
        return True
    unseen = () if request.call.keyword("response_model") else (ParameterValue, UnknownValue)
    values = literal_argument(context, request.file, request.call, "response_model")
    return not all((isinstance(each, ConstantValue) and each.is_none) or isinstance(each, unseen) for each in values)


def _is_constant(value: Value, *, truth: bool) -> bool:
    return isinstance(value, ConstantValue) and bool(value.node.value) is truth


def _usage(context: Context, request: Request) -> _Usage:
    options = literal_argument(context, request.file, request.call, "stream_options")
    found = {_usage_in(context, value) for value in options}
    for expansion in request.call.expansions:
        if not all(isinstance(value, MappingValue) for value in context.values(request.file, expansion)):
            found.add(_Usage.UNDECIDED)
    return next((usage for usage in (_Usage.ASKED, _Usage.UNDECIDED) if usage in found), _Usage.NOT_ASKED)


def _usage_in(context: Context, options: Value) -> _Usage:
    if isinstance(options, MappingValue):
        asked = context.origins.item(options.file, options.node, "include_usage")
        if any(_is_constant(value, truth=True) for value in asked):
            return _Usage.ASKED
        return _Usage.NOT_ASKED if all(_is_constant(value, truth=False) for value in asked) else _Usage.UNDECIDED
    is_missing = (isinstance(options, ConstantValue) and options.is_none) or (
        isinstance(options, ExternalValue) and options.path.rsplit(".", 1)[-1] in ("NOT_GIVEN", "omit")
    )
    return _Usage.NOT_ASKED if is_missing else _Usage.UNDECIDED


# Decisions


@record
class _Place:
    """Where chunks are read: what is done with them ``inside`` the loop and ``behind`` it, and the ``guard`` that
    can be put there, if one can."""

    span: Span
    guard: SkipEmptyChunks | FilterEmptyChunks | None
    inside: Chunk
    behind: Chunk | None = None


def _decide_consumer(context: Context, stream: _Stream, consumer: Consumer, calls: set[Call]) -> Iterator[Draft]:
    file, node, name = consumer.file, consumer.node, consumer.chunk
    if name is None:
        if not stream.events and (stream.certain or consumer.certain):
            yield _unguarded(stream, file, node)
        return
    place = _place(consumer, name, events=stream.events)
    reads_usage = place.inside.reads_usage()
    risky = () if stream.usage is _Usage.ELSEWHERE and reads_usage else place.inside.risky()
    may_lose_usage = stream.usage is not _Usage.NOT_ASKED and (reads_usage or place.inside.is_handed_on(risky))
    can_guard = (
        not stream.events
        and not may_lose_usage
        and (_gives_only_chunks(context, consumer, calls) or place.inside.must_have_choices(risky))
    )
    if risky and place.guard is not None and can_guard:
        yield draft(
            file,
            place.span,
            "OR501",
            Applicability.SAFE,
            "chunks without choices are passed over: OpenRouter ends a stream with one",
            rewrites=[place.guard],
            member=stream.request.member,
        )
    elif risky:
        yield _unguarded(stream, file, risky[0])
    behind = () if place.behind is None else place.behind.risky()
    if behind:
        yield _unguarded(stream, file, behind[0])


def _place(consumer: Consumer, name: str, *, events: bool) -> _Place:
    file, node, loop = consumer.file, consumer.node, consumer.loop
    if loop is not None:
        rest = Span(loop.body.end, file.scopes[0].span.end)
        return _Place(
            span=Span(loop.statement.start, node.span.end),
            guard=None if loop.on_one_line else SkipEmptyChunks(loop.statement, name),
            inside=read_chunk(file, reads_in(file, name, loop.scope, loop.body), loop.body, events),
            behind=read_chunk(file, _reads_after(file, name, loop, rest), rest, events),
        )
    whole = consumer.comprehension
    assert whole is not None
    in_template = any(isinstance(each, Template) for each in outward(file, whole))
    return _Place(
        span=node.span,
        guard=None if in_template else FilterEmptyChunks(node.span, name),
        inside=read_chunk(file, reads_in(file, name, whole.scope, whole.span), whole.span, events),
    )


def _gives_only_chunks(context: Context, consumer: Consumer, calls: set[Call]) -> bool:
    """Whether all that the consumer may read, as far as the project shows, are streams of chunks."""
    for value in context.values(consumer.file, consumer.stream):
        is_aside = (isinstance(value, ParameterValue) and value.supplied) or (
            isinstance(value, ConstantValue) and value.is_none
        )
        if not is_aside and not (isinstance(value, (ResultValue, ProductValue)) and value.call in calls):
            return False
    return True


def _unguarded(stream: _Stream, file: FileFacts, node: Expression) -> Draft:
    request = stream.request.request
    return draft(
        request.file,
        request.call.span,
        "OR502",
        Applicability.MANUAL,
        f"the stream is consumed where no guard can be put ({file.path.name}:{file.line(node.span)})",
        "Make sure that the consumer passes over the last chunk, whose choices are empty; a loop on one line has to "
        "be broken into lines first.",
        member=stream.request.member,
    )


def _reads_after(file: FileFacts, name: str, loop: Loop, rest: Span) -> Iterator[Expression]:
    """Where the name of the last chunk is read in the ``rest`` of the file."""
    others = [each for each in file.lookup(name, loop.scope) if each.span.start >= rest.start]
    for read in reads_in(file, name, loop.scope, rest):
        if not any(_is_bound_anew(each, read.span) for each in others):
            yield read


def _is_bound_anew(binding: Binding, read: Span) -> bool:
    is_around = binding.kind is not BindingKind.ASSIGNMENT and binding.span.contains(read)
    return is_around or binding.span.end <= read.start
