"""Whether a program sends the same requests after its migration as before."""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

from codemod.openrouter.catalogue import FINE_TUNED_PREFIX, PREFIX, embedded
from codemod.records import record
from codemod.verify.openrouter_api import SPEECH, refuses_content
from codemod.verify.traffic import Api, Json, KeyKind, Seen

_SHOWN = 3  # differences of one request
_SHORT = 40  # characters of a value

# What no two runs of one program share: ids that were drawn or came with an answer, and the time.
_VOLATILE = re.compile(
    r"(?P<id>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b(?:gen-|chatcmpl-|cmpl-|call_|fc_|msg_|resp_|modr-)[0-9]{12}\b)"
    r"|(?P<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)",
    re.IGNORECASE,
)


@record
class Pair:
    """A request before, the one that takes its place, and how they differ beyond the migration.

    One of the two is None where the other has no counterpart.
    """

    before: Seen | None
    after: Seen | None
    differences: tuple[str, ...]


@record
class Comparison:
    """The pairs in the order of the migrated program, then what that no longer sends.

    ``reordered``: the order differs where the requests were not made at once.
    """

    pairs: tuple[Pair, ...]
    reordered: bool

    @property
    def equivalent(self) -> int:
        """How many requests of the migrated program do what their counterpart did, and nothing is wrong with them."""
        return sum(is_equivalent(pair) for pair in self.pairs)


def is_equivalent(pair: Pair) -> bool:
    return pair.before is not None and pair.after is not None and not pair.differences and not wrong(pair.after)


def wrong(seen: Seen) -> tuple[str, ...]:
    """What is wrong with a request of a migrated program, one line for each problem."""
    still = (f"host: still goes to {seen.host}, although OpenRouter serves it",) if _still_on_openai(seen) else ()
    return (*still, *(f"{each.about.value}: {each.text}" for each in seen.problems if not each.is_note), *_leak(seen))


def notes(seen: Seen) -> tuple[str, ...]:
    """What is worth knowing about a request and is not wrong."""
    return tuple(f"{each.about.value}: {each.text}" for each in seen.problems if each.is_note)


def _still_on_openai(seen: Seen) -> bool:
    """Whether the request should have been migrated: OpenRouter serves it as it is."""
    if seen.api is not Api.OPENAI or seen.status == 0:
        return False
    content = seen.body if isinstance(seen.body, dict) else {}
    fine_tuned = (seen.model or "").startswith(FINE_TUNED_PREFIX)
    # The beta form of responses has the same path; OpenRouter has no betas of OpenAI.
    is_beta = "beta=true" in seen.query
    return not fine_tuned and not is_beta and not refuses_content(seen.method, seen.endpoint, content)


def _leak(seen: Seen) -> Iterator[str]:
    if seen.api is Api.OTHER and seen.key is KeyKind.OPENROUTER:
        yield f"key: {seen.host} is sent a key of OpenRouter"


def compare(before: Sequence[Seen], after: Sequence[Seen], models: Mapping[str, str]) -> Comparison:
    """Match the requests of two runs. ``models`` is the table of ``--map``.

    Equal ones are matched first, then those to one endpoint in their order, whose differences are then named.
    """
    partner: dict[int, int] = {}
    for key in (_with_model, _signature, _place):
        partner = _matched(before, after, key, partner)
    pairs = [
        _pair(before[partner[index]], seen, models)
        if index in partner
        else Pair(None, seen, ("was not sent before the migration",))
        for index, seen in enumerate(after)
    ]
    gone = [seen for index, seen in enumerate(before) if index not in partner.values()]
    pairs += [Pair(seen, None, ("is no longer sent",)) for seen in gone]
    return Comparison(tuple(pairs), _is_reordered(before, after, partner))


def _matched(
    before: Sequence[Seen], after: Sequence[Seen], key: Callable[[Seen], Hashable], known: Mapping[int, int]
) -> dict[int, int]:
    """The counterpart of each request after: the first one before with the same key that is still free."""
    free: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    taken = set(known.values())
    for index, seen in enumerate(before):
        if index not in taken:
            free[key(seen)].append(index)
    found = dict(known)
    for index, seen in enumerate(after):
        if index not in found and free[key(seen)]:
            found[index] = free[key(seen)].popleft()
    return found


def _place(seen: Seen) -> tuple[str, ...]:
    """Where a request goes; a migration changes that from OpenAI to OpenRouter."""
    return (seen.host if seen.api is Api.OTHER else "", seen.method, seen.endpoint)


def _signature(seen: Seen) -> tuple[str, ...]:
    return (*_place(seen), _stable(seen.query), json.dumps(_comparable(seen), sort_keys=True))


def _with_model(seen: Seen) -> tuple[str, ...]:
    """The signature, and the model without its prefix: of several equal bodies the right two are to be matched."""
    return (*_signature(seen), (seen.model or "").rpartition("/")[2])


def _comparable(seen: Seen) -> Any:
    body = _stable_value(seen.body)
    if seen.endpoint == SPEECH and isinstance(body, dict):
        # What OpenAI takes where nothing is said has to be said to OpenRouter.
        return {"response_format": "mp3", **body}
    return body


def _stable(text: str) -> str:
    return _VOLATILE.sub(lambda match: "<time>" if match["time"] else "<id>", text)


def _stable_value(value: Any) -> Any:
    if isinstance(value, str):
        return _stable(value)
    if isinstance(value, list):
        return [_stable_value(each) for each in value]
    if isinstance(value, dict):
        return {_stable(name): _stable_value(each) for name, each in value.items()}
    return value


def _pair(before: Seen, after: Seen, models: Mapping[str, str]) -> Pair:
    found = list(_differences(_comparable(before), _comparable(after), ""))
    if _stable(before.query) != _stable(after.query):
        found.append(f"query: {_short(before.query)} became {_short(after.query)}")
    if not _is_counterpart(before, after, models):
        found.append(f"model: {before.model} became {after.model}")
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return Pair(before, after, (*found[:_SHOWN], *more))


def _is_counterpart(before: Seen, after: Seen, models: Mapping[str, str]) -> bool:
    """Whether the model of ``after`` is what a migration may make of that of ``before``."""
    if before.model is None or before.model == after.model:
        return before.model == after.model
    known = embedded().openai_model(before.model)
    allowed = {models.get(before.model, PREFIX + before.model)}
    if known and before.model not in models:
        # An id that is gone may have been replaced.
        allowed |= {known.openrouter_id} | ({known.replacement} if known.replacement and not known.listed else set())
    return after.model in allowed


def _differences(before: Any, after: Any, place: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _in_objects(before, after, place)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, f"{place}[{index}]")
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield f"{place or 'body'}: {_short(before)} became {_short(after)}"


def _in_objects(before: Json, after: Json, place: str) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        inner = f"{place}.{name}" if place else name
        if name not in after:
            yield f"{inner}: {_short(before[name])} is gone"
        elif name not in before:
            yield f"{inner}: {_short(after[name])} is new"
        else:
            yield from _differences(before[name], after[name], inner)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


# The order. Requests that overlap are made at once, and so is a chain of them; such a batch has no order in itself.


def _is_reordered(before: Sequence[Seen], after: Sequence[Seen], partner: Mapping[int, int]) -> bool:
    old, new = _batches(before), _batches(after)
    latest = -1
    waiting = -1
    current = None
    for old_batch, new_batch in sorted((old[index], new[place]) for place, index in partner.items()):
        if old_batch != current:
            latest, current = max(latest, waiting), old_batch
        if new_batch < latest:
            return True
        waiting = max(waiting, new_batch)
    return False


def _batches(requests: Sequence[Seen]) -> list[int]:
    """The number of the batch of each request; ``requests`` are in the order in which they began."""
    numbers: list[int] = []
    end = float("-inf")
    for seen in requests:
        numbers.append((numbers[-1] if numbers else 0) + (seen.started >= end))
        end = max(end, seen.ended)
    return numbers
