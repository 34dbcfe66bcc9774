"""Models: an id gets its OpenRouter name where it stands, if it goes nowhere but into requests that are migrated.

If one literal must stay as it is, no other literal that reaches the same slot may move, or one path would get the
prefix twice: the request prefixes what arrives, where that is provably right, or a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.enumerations import is_member_text
from codemod.decisions.expressions import source_of
from codemod.decisions.menus import menu_of_literal
from codemod.decisions.model_sources import DECIDE_MODEL, decide_sources, decide_without_slot, menu_draft
from codemod.decisions.second_life import Notice, SecondLives
from codemod.decisions.slots import ModelRequest, Part, Slot, parts_of, slots_of
from codemod.decisions.targets import Target, availability, fine_tuned_end, is_exact, not_listed, target_of
from codemod.findings import Applicability, Step
from codemod.openrouter.catalogue import FINE_TUNED_PREFIX, PREFIX
from codemod.provenance.facts import Attribute, FileFacts, Name, Template, Text
from codemod.provenance.values import ParameterValue, TextValue
from codemod.records import record
from codemod.rewrites import PrefixExpression, ReplaceExpression, ReplaceText, Rewrite, Span, TextCode


@record
class ModelDecisions:
    """The drafts for the models of all requests, and the literals that reach one of them."""

    drafts: tuple[Draft, ...]
    reached: frozenset[Text]


def decide_models(context: Context, requests: Sequence[ModelRequest]) -> ModelDecisions:
    """Decide on the models of all requests."""
    slots = [slot for each in requests for slot in slots_of(context, each)]
    reached = frozenset(text.node for slot in slots for text in slot.texts)
    return ModelDecisions(tuple(_decide_slots(context, requests, slots)), reached)


def _decide_slots(context: Context, requests: Sequence[ModelRequest], slots: list[Slot]) -> Iterator[Draft]:
    moving = [slot for slot in slots if slot.request.migrated]
    lives = SecondLives(context, {each.request.call: each for each in requests})
    with_slot = {slot.request.request.call for slot in slots}
    for each in requests:
        if each.migrated and each.request.call not in with_slot:
            yield from decide_without_slot(context, each, slots)
    for part in parts_of(moving):
        yield from _decide_part(context, part, lives)
    yield from decide_sources(context, moving, lives)
    yield from _decide_staying(context, slots, lives)


def _decide_part(context: Context, part: Part, lives: SecondLives) -> Iterator[Draft]:
    known: list[tuple[TextValue, Target]] = []
    for text in part.texts:
        target = target_of(context, text.node.value)
        if target is None:
            yield from _no_id(context, text, part)
        else:
            known.append((text, target))
    menus = [(text, menu) for text, _ in known if (menu := menu_of_literal(context, text, part.slots)) is not None]
    if menus:
        yield from (menu_draft(context, part.slots[0], menu, text) for text, menu in menus)
        places = [(menu.file, menu.node.span) for _, menu in menus]
        where = _place(menus[0][1].file, menus[0][1].node.span)
        yield from _stays_beside(known, places, f"it goes with the fixed list in {where}")
        return
    notice = next(filter(None, (lives.of_text(text) for text, _ in known)), None)
    if notice is None:
        reached: dict[TextValue, dict[Slot, None]] = defaultdict(dict)
        for slot in part.slots:
            for text in slot.texts:
                reached[text][slot] = None
        for text, target in known:
            yield from _moved(context, text, target, tuple(reached[text]))
        return
    for slot in part.slots:
        yield from _at_request(context, slot, notice, lives)
    yield from _stays_beside(known, [(slot.file, slot.node.span) for slot in part.slots], _second_life(notice))


def _stays_beside(
    known: list[tuple[TextValue, Target]], spoken_of: list[tuple[FileFacts, Span]], why: str
) -> Iterator[Draft]:
    """The literals that stay, but for those in the places that are spoken of anyway."""
    for text, _ in known:
        if not any(file is text.file and span.contains(text.node.span) for file, span in spoken_of):
            yield _left(text, why)


def _second_life(notice: Notice) -> str:
    return f"the value also {notice.why} ({_place(notice.use.file, notice.use.node.span)})"


def _place(file: FileFacts, span: Span) -> str:
    return f"{file.path.name}:{file.line(span)}"


def _no_id(context: Context, text: TextValue, part: Part) -> Iterator[Draft]:
    """A text that is no OpenAI id: left if it has a vendor's prefix already, else reported."""
    value = text.node.value
    if not value.strip():
        return
    if "/" in value and not value.startswith("ft:"):
        message = f"{value!r} has a vendor's prefix already{not_listed(context, value)}"
        yield draft(text.file, text.node.span, "OR220", Applicability.INFO, message)
        return
    message, remedy = f"{value!r} is no model of OpenAI's that is known", DECIDE_MODEL
    if value.startswith("ft:"):
        message = f"{value!r} is a fine-tuned model, which only OpenAI serves{fine_tuned_end(context, value)}"
        remedy = "Keep these requests on OpenAI, or choose another model."
    slot = part.slots[0]
    yield draft(
        text.file,
        text.node.span,
        "OR206",
        Applicability.MANUAL,
        message,
        remedy,
        trace=slot.trace(context, text),
        member=slot.request.member,
    )


# Literals that move


def _moved(context: Context, text: TextValue, target: Target, slots: Sequence[Slot]) -> Iterator[Draft]:
    """The literal itself gets its OpenRouter id; ``slots`` are those that it reaches."""
    old, new = text.node.value, target.text
    if new == old:
        yield draft(text.file, text.node.span, "OR220", Applicability.INFO, f"{old!r} is the id to use there as well")
        return
    if not text.node.editable and not _is_rewritable(text):
        for slot in slots:
            yield _shared(context, slot, text, "the literal is written in pieces or inside another text")
        return
    members = list(dict.fromkeys(slot.request.member for slot in slots))
    for member in members:
        yield draft(
            text.file,
            text.node.span,
            target.rule(old),
            Applicability.SAFE,
            target.message(old),
            rewrites=[_respelled(text, new)],
            trace=slots[0].trace(context, text) if member is members[0] else (),
            member=member,
        )
    yield from availability(context, text, target, members[0])


def _is_rewritable(text: TextValue) -> bool:
    """Implicit concatenation outside a template can be written anew as one literal."""
    parent = text.file.parents.get(text.node)
    source = source_of(text.file, text.node)
    return not isinstance(parent, Template) and "\n" not in source and "#" not in source and source[0] in "\"'"


def _respelled(text: TextValue, new: str) -> Rewrite:
    if text.node.editable:
        return ReplaceText(text.node.span, new)
    return ReplaceExpression(text.node.span, TextCode(new))


# Literals that stay


def _at_request(context: Context, slot: Slot, notice: Notice, lives: SecondLives) -> Iterator[Draft]:
    """The definition stays; the request prefixes where that is provably right."""
    targets = [(text, target) for text in slot.texts if (target := target_of(context, text.node.value)) is not None]
    if not targets:
        return
    use, why = notice.use, notice.why
    place = Step(use.file.path, use.file.line(use.node.span), why, aside=True)
    if not _can_prefix(context, slot, lives):
        why = f"the value also {why} ({use.file.path.name}:{place.line})"
        yield _shared(context, slot, slot.texts[0], why, place)
        return
    yield draft(
        slot.file,
        slot.node.span,
        "OR203",
        Applicability.SAFE,
        f"prefixed here: the value also {why}",
        rewrites=[PrefixExpression(slot.node.span, PREFIX)],
        trace=(*slot.trace(context, slot.texts[0]), place),
        member=slot.request.member,
    )
    for text, target in targets:
        yield from availability(context, text, target, slot.request.member)


def _can_prefix(context: Context, slot: Slot, lives: SecondLives) -> bool:
    """Whether the prefix is right for every text that can arrive, and nobody but the request gets what is prefixed."""
    if not isinstance(slot.node, (Name, Attribute)) or any(is_member_text(text) for text in slot.texts):
        return False
    arriving = [value for value in slot.values if not (isinstance(value, ParameterValue) and value.supplied)]
    return all(is_exact(context, value) for value in arriving) and (
        slot.is_in_call or lives.of(slot.file, slot.node) is None
    )


def _shared(context: Context, slot: Slot, text: TextValue, why: str, *places: Step) -> Draft:
    request = slot.request.request
    return draft(
        request.file,
        slot.node.span if slot.is_in_call else request.call.span,
        "OR204",
        Applicability.MANUAL,
        f"this request needs an OpenRouter id for {text.node.value!r}, but {why}",
        "Give the request its own id, and keep the other value as it is.",
        trace=(*slot.trace(context, text), *places),
        member=slot.request.member,
    )


# Models of requests that are not migrated


def _decide_staying(context: Context, slots: list[Slot], lives: SecondLives) -> Iterator[Draft]:
    """The ids that stay, or wait for the decision on their client, each once."""
    moving = {text for slot in slots if slot.request.migrated for text in slot.texts}
    waiting: dict[TextValue, Slot] = {}
    for slot in sorted(slots, key=_urgency):
        for text in slot.texts if not slot.request.migrated else ():
            if text not in moving:
                waiting.setdefault(text, slot)
    for text, slot in waiting.items():
        yield from _staying(context, slot, text, lives)


def _urgency(slot: Slot) -> int:
    """Requests that a person decides on come first."""
    return 0 if slot.request.served and slot.request.reported else 1


def _staying(context: Context, slot: Slot, text: TextValue, lives: SecondLives) -> Iterator[Draft]:
    asking = slot.request
    if asking.served and asking.reported:
        yield from _waiting(context, slot, text, lives)
    elif target_of(context, text.node.value) is not None:
        method = ".".join(asking.request.path)
        yield _left(text, "its client is left as it is" if asking.served else f"OpenRouter does not serve {method}")


def _waiting(context: Context, slot: Slot, text: TextValue, lives: SecondLives) -> Iterator[Draft]:
    """A model of a request that waits for the decision on its client."""
    old, target = text.node.value, target_of(context, text.node.value)
    request, notice = slot.request.request, lives.beside_waiting(text)
    is_seen = bool(request.clients) or request.module_level
    if target is not None:
        message = f"{old!r} becomes {target.text!r} once its client is migrated"
    elif old.startswith(FINE_TUNED_PREFIX):
        message = f"{old!r} is a fine-tuned model, which only OpenAI serves"
    elif is_seen and notice is None and old.strip() and "/" not in old:
        message = f"{old!r} is no model of OpenAI's that is known, and waits for its client"
    else:
        return
    remedy = "Decide on the client first."
    if notice is not None and not is_seen:
        yield _left(text, f"its client is not seen, and {_second_life(notice)}")
        return
    if notice is not None:
        message += f", but {_second_life(notice)}"
        remedy = "Decide on the client first, then give the request its own id and keep the other value."
    trace = slot.trace(context, text)
    yield draft(text.file, text.node.span, "OR208", Applicability.MANUAL, message, remedy, trace=trace)


def _left(text: TextValue, why: str) -> Draft:
    return draft(text.file, text.node.span, "OR220", Applicability.INFO, f"{text.node.value!r} stays: {why}")
