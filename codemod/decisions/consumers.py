"""What reads the stream that a request gives: loops, comprehensions, functions, or something out of reach.

A stream may be handed on before it is read: by ``iter``, by an ``await`` with a time limit, out of a raw answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemod.decisions.context import Context
from codemod.decisions.speaking import SHOWING
from codemod.decisions.survey import Request
from codemod.provenance.facts import (
    Attribute,
    Call,
    Clause,
    Comprehension,
    Expression,
    FileFacts,
    Loop,
    Opaque,
    Scope,
)
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.values import ExternalValue
from codemod.records import record

# What may be done with a stream without reading it.
_QUIET = frozenset({UseKind.TESTED, UseKind.DISCARDED, UseKind.COMPARED, UseKind.FORMATTED, UseKind.MAYBE})
# Members of a stream, or of a raw answer, that give its chunks one by one.
_GIVE_STREAM = frozenset({"parse", "__iter__", "__aiter__"})
_GIVE_CHUNKS = frozenset({"__next__", "__anext__", "iter_lines", "iter_text", "iter_bytes", "iter_raw"})


@record
class Consumer:
    """What reads a stream: a loop or a comprehension, or, with neither, something out of reach.

    ``stream`` is what it reads and ``node`` what it iterates over: the same, or ``enumerate(stream)``. ``chunk`` is
    the name that it gives a chunk, None if there is none. ``certain`` if nothing but a stream can be read like that.
    """

    file: FileFacts
    node: Expression
    stream: Expression
    certain: bool
    loop: Loop | None = None
    comprehension: Comprehension | None = None
    chunk: str | None = None


def consumers_of(context: Context, request: Request) -> tuple[list[Consumer], set[Call]]:
    """What reads the stream of a request, and the calls that give it."""
    found: list[Consumer] = []
    pending: list[tuple[FileFacts, Call]] = [(request.file, request.call)]
    seen: set[Call] = set()
    while pending:
        file, call = pending.pop(0)
        if call in seen:
            continue
        seen.add(call)
        for use in context.uses.of(file, call):
            given = stream_again(context, use)
            generator = _generator(use)
            if given is not None:
                pending.append((use.file, given))
            elif generator is not None:
                callers = context.origins.callers(use.file, generator)
                pending += ((caller.file, caller.call) for caller in callers.calls)
                if not callers.are_all_shown:
                    found.append(Consumer(use.file, use.node, use.node, certain=True))
            else:
                found += consumer_of(context, use)
    return found, seen


def _generator(use: Use) -> Scope | None:
    """The generator whose calls give the stream again: ``yield from stream``."""
    if use.kind is not UseKind.ITERATED or not isinstance(use.parent, Opaque) or use.parent.what != "yield from":
        return None
    return next((scope for scope in use.file.scopes if use.node in scope.delegates), None)


def stream_again(context: Context, use: Use) -> Call | None:
    """The call that gives the stream again: ``iter(stream)``, ``asyncio.wait_for(request, 30)``, ``raw.parse()``."""
    if use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute) and use.parent.name in _GIVE_STREAM:
        call = use.file.parents.get(use.parent)
        return call if isinstance(call, Call) and call.callee is use.parent else None
    if use.kind is UseKind.ARGUMENT and use.call is not None:
        callee = use.call.callee
        is_awaited = isinstance(callee, Attribute) and callee.name in ("wait_for", "shield")
        if is_awaited or _builtin(context, use.file, use.call) in ("iter", "aiter"):
            return use.call
    return None


def consumer_of(context: Context, use: Use) -> Iterator[Consumer]:
    """What reads a stream where it is used; nothing if the use leaves it alone."""
    if use.kind is UseKind.ITERATED:
        yield _reader(use.file, use.node, use.node, None)
    elif use.kind is UseKind.MEMBER:
        if isinstance(use.parent, Attribute) and use.parent.name in _GIVE_CHUNKS:
            yield Consumer(use.file, use.node, use.node, certain=True)
    elif use.kind is UseKind.ARGUMENT and use.call is not None:
        name = _builtin(context, use.file, use.call)
        plain = [argument.value for argument in use.call.arguments if not argument.keyword and not argument.expansion]
        if name in ("enumerate", "zip") and use.node in plain:
            yield _reader(use.file, use.call, use.node, plain.index(use.node) + (name == "enumerate"))
        elif name not in SHOWING:
            yield Consumer(use.file, use.node, use.node, certain=bool(name))
    elif use.kind not in _QUIET:
        yield Consumer(use.file, use.node, use.node, certain=False)


def _reader(file: FileFacts, node: Expression, stream: Expression, position: int | None) -> Consumer:
    """The consumer that iterates over ``node``, whose items are chunks, or have one at ``position``."""
    parent = file.parents.get(node)
    if isinstance(parent, Comprehension):
        clause = next((each for each in parent.clauses if each.iterable is node), None)
        if clause is not None:
            chunk = _target(clause, position)
            return Consumer(file, node, stream, certain=True, comprehension=parent, chunk=chunk)
    loop = next((each for each in file.loops if each.iterable is node), None)
    chunk = None if loop is None else _target(loop, position)
    return Consumer(file, node, stream, certain=True, loop=loop, chunk=chunk)


def _target(place: Loop | Clause, position: int | None) -> str | None:
    if position is None:
        return place.target
    return place.unpacked[position] if position < len(place.unpacked) else None


def _builtin(context: Context, file: FileFacts, call: Call) -> str:
    """The name of the built-in function that is called, "" if it is something else."""
    for value in context.values(file, call.callee):
        if isinstance(value, ExternalValue) and value.path.startswith("builtins."):
            return value.path.removeprefix("builtins.")
    return ""
