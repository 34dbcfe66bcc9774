"""Code around migrated requests that acts differently after the move: on errors, ids of answers and limits."""

from __future__ import annotations

from collections.abc import Iterator

from codemod.decisions.account_variables import decide_account_variables
from codemod.decisions.answered_models import answer_members
from codemod.decisions.around import MOVING
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.error_handling import decide_error_handling
from codemod.decisions.expressions import quoted
from codemod.decisions.slots import ModelRequest
from codemod.decisions.told_texts import texts_of
from codemod.findings import Applicability, Step
from codemod.provenance.calls import last_name
from codemod.provenance.facts import Attribute, Call, Comparison, Expression, FileFacts, Subscript
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.values import library_path

# What the ids of OpenAI's chat completions begin with.
_OPENAI_ID = "chatcmpl"
# Methods of a text whose result still tells what it begins with.
_KEEPING = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "casefold", "split", "partition", "rsplit", "removeprefix"}
)
# Functions of libraries, and methods of patterns, that look for one text in another.
_MATCHERS = frozenset({"match", "fullmatch", "search", "findall", "finditer", "fnmatch", "fnmatchcase"})
_LIMITS = "x-ratelimit"
# Members of a raw answer that have headers too, and what makes another mapping of the headers.
_ANSWERS = frozenset({"http_response"})
_COPYING = frozenset({"builtins.dict", "httpx.Headers"})
_LOOKUPS = frozenset({"get", "get_list", "pop", "__getitem__", "__contains__"})


def decide_behaviour(context: Context, requests: tuple[ModelRequest, ...], drafts: list[Draft]) -> Iterator[Draft]:
    """The drafts for the code around those of ``requests`` whose clients ``drafts`` move, each place once."""
    members = {each.member for each in drafts if each.finding.rewrites and each.finding.rule in MOVING}
    moved = [each for each in requests if each.migrated and each.member in members]
    yield from decide_error_handling(context, moved)
    said: set[Expression] = set()
    for each in moved:
        for found in (*_compared_ids(context, each), *_read_limits(context, each)):
            file, node, rule, message, remedy = found
            if node in said:
                continue
            said.add(node)
            request = each.request
            trace = (
                Step(file.path, file.line(node.span), quoted(file, node)),
                Step(request.file.path, request.file.line(request.call.span), "request"),
            )
            yield draft(file, node.span, rule, Applicability.MANUAL, message, remedy, trace=trace, member=each.member)
    if members:
        yield from decide_account_variables(context)


_Found = tuple[FileFacts, Expression, str, str, str]


# Ids


def _compared_ids(context: Context, each: ModelRequest) -> Iterator[_Found]:
    """Where the id of an answer is held against the beginning of OpenAI's ids."""
    for start, read in dict.fromkeys(answer_members(context, each, "id")):
        pending = [(start, read)]
        seen: set[Expression] = set()
        while pending:
            file, node = pending.pop(0)
            if node in seen:
                continue
            seen.add(node)
            for use in context.uses.of(file, node):
                given = _text_again(context, use)
                if given is not None:
                    pending.append((use.file, given))
                place = _weighs_id(context, use)
                if place is not None:
                    yield (
                        use.file,
                        place,
                        "OR508",
                        f"OpenRouter's ids begin with gen-, not with {_OPENAI_ID}-",
                        "Do not tell answers by the beginning of their id, or know gen- too.",
                    )


def _text_again(context: Context, use: Use) -> Expression | None:
    """The expression that gives the text, or a piece of it, again."""
    if use.kind is UseKind.ITEM and isinstance(use.parent, Subscript):
        return use.parent
    if use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute) and use.parent.name in _KEEPING:
        call = use.file.parents.get(use.parent)
        return call if isinstance(call, Call) and call.callee is use.parent else None
    if use.kind is UseKind.ARGUMENT and use.call is not None and use.direct:
        paths = {library_path(value) for value in context.values(use.file, use.call.callee)}
        return use.call if paths == {"builtins.str"} else None
    return None


def _weighs_id(context: Context, use: Use) -> Expression | None:
    """The comparison, or the call of a text's method or of a pattern's, that looks for OpenAI's beginning."""
    place: Expression | None = None
    others: list[Expression] = []
    if use.kind is UseKind.COMPARED and isinstance(use.parent, Comparison):
        place = use.parent
        others = [operand for operand in use.parent.operands if operand is not use.node]
    elif use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute):
        call = use.file.parents.get(use.parent)
        if isinstance(call, Call) and call.callee is use.parent:
            place = call
            others = [argument.value for argument in call.arguments]
    elif use.kind is UseKind.ARGUMENT and use.call is not None and last_name(use.call.callee) in _MATCHERS:
        place = use.call
        others = [argument.value for argument in use.call.arguments if argument.value is not use.node]
        if isinstance(use.call.callee, Attribute):
            others.append(use.call.callee.value)
    told = (text for other in others for text in texts_of(context, use.file, other))
    return place if any(text.lstrip("^").startswith(_OPENAI_ID) for text in told) else None


# Limits


def _read_limits(context: Context, each: ModelRequest) -> Iterator[_Found]:
    """Where the limits are read from the headers of a raw answer."""
    pending: list[tuple[FileFacts, Expression, bool]] = [(each.request.file, each.request.call, False)]
    seen: set[Expression] = set()
    while pending:
        file, node, is_headers = pending.pop(0)
        if node in seen:
            continue
        seen.add(node)
        if is_headers and (copy := _copy_of(context, file, node)) is not None:
            pending.append((file, copy, True))
        for use in context.uses.of(file, node):
            onward = None if is_headers else _towards_headers(use)
            if onward is not None:
                pending.append((use.file, *onward))
            elif is_headers and (place := _reads_limit(context, use)) is not None:
                yield (
                    use.file,
                    place,
                    "OR509",
                    "OpenRouter sends X-RateLimit headers with refused requests (429) only, never with an answer",
                    "Do without this header, or read the limits of the key from /api/v1/key.",
                )


def _towards_headers(use: Use) -> tuple[Expression, bool] | None:
    """The headers of an answer, or the answer on the way to them, and whether it is the headers."""
    if use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute):
        if use.parent.name == "headers":
            return use.parent, True
        return (use.parent, False) if use.parent.name in _ANSWERS else None
    return None


def _copy_of(context: Context, file: FileFacts, headers: Expression) -> Expression | None:
    """The call that makes a mapping of its own of the headers: ``dict(raw.headers)``."""
    call = file.parents.get(headers)
    if not isinstance(call, Call) or call.callee is headers:
        return None
    paths = {library_path(value) for value in context.values(file, call.callee)}
    return call if paths and paths <= _COPYING else None


def _reads_limit(context: Context, use: Use) -> Expression | None:
    """The read of a header whose name is one of OpenAI's limits."""
    place: Expression | None = None
    names: list[Expression] = []
    if use.kind is UseKind.ITEM and isinstance(use.parent, Subscript):
        place, names = use.parent, [use.parent.key]
    elif use.kind is UseKind.COMPARED and isinstance(use.parent, Comparison):
        place = use.parent
        names = [operand for operand in use.parent.operands if operand is not use.node]
    elif use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute) and use.parent.name in _LOOKUPS:
        call = use.file.parents.get(use.parent)
        if isinstance(call, Call) and call.callee is use.parent and call.arguments:
            place, names = call, [call.arguments[0].value]
    told = (text for name in names for text in texts_of(context, use.file, name))
    return place if any(text.lower().startswith(_LIMITS) for text in told) else None
