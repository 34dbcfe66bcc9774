"""Models: an id gets its OpenRouter name where it stands, if it goes nowhere but into requests that are migrated.

If one literal must stay as it is, no other literal that reaches the same slot may move, or one path would get the
prefix twice: the request prefixes what arrives, where that is provably right, or a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.expressions import source_of
from codemod.decisions.menus import Menu, menu_of_text, menu_on_the_way
from codemod.decisions.model_sources import DECIDE_MODEL, decide_sources, decide_without_slot, menu_draft
from codemod.decisions.second_life import Notice, SecondLives
from codemod.decisions.slots import ModelRequest, Part, Slot, parts_of, slots_of
from codemod.decisions.targets import Target, availability, fine_tuned_end, is_exact, not_listed, target_of
from codemod.findings import Applicability, Step
from codemod.openrouter.catalogue import PREFIX
from codemod.provenance.facts import Attribute, Name, Template
from codemod.provenance.values import ParameterValue, TextValue
from codemod.rewrites import PrefixExpression, ReplaceExpression, ReplaceText, Rewrite, TextCode


def decide_models(context: Context, requests: tuple[ModelRequest, ...]) -> Iterator[Draft]:
    """The drafts for the models of all requests."""
    slots = [slot for each in requests for slot in slots_of(context, each)]
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
    menus = [(text, menu) for text, _ in known if (menu := _menu(context, text, part)) is not None]
    if menus:
        yield from (menu_draft(context, part.slots[0], menu, text) for text, menu in menus)
        return
    notice = next(filter(None, (lives.of_text(text) for text, _ in known)), None)
    if notice is None:
        for text, target in known:
            yield from _moved(context, text, target, part)
        return
    for slot in part.slots:
        yield from _at_request(context, slot, notice, lives)


def _menu(context: Context, text: TextValue, part: Part) -> Menu | None:
    """The menu that a literal belongs to, by its own place or by one that it passes on its way."""
    own = menu_of_text(text)
    if own is not None:
        return own
    for slot in part.slots:
        for question in context.origins.path(slot.file, slot.node, text):
            found = menu_on_the_way(question)
            if found is not None:
                return found
    return None


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


def _moved(context: Context, text: TextValue, target: Target, part: Part) -> Iterator[Draft]:
    """The literal itself gets its OpenRouter id."""
    old, new = text.node.value, target.text
    slots = [slot for slot in part.slots if text in slot.values]
    if new == old:
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
    if not isinstance(slot.node, (Name, Attribute)):
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
    said: set[TextValue] = set()
    for slot in slots:
        if slot.request.migrated:
            continue
        for text in slot.texts:
            if text not in said and text not in moving:
                said.add(text)
                yield from _staying(context, slot, text, lives)


def _staying(context: Context, slot: Slot, text: TextValue, lives: SecondLives) -> Iterator[Draft]:
    old, target = text.node.value, target_of(context, text.node.value)
    if target is None:
        return
    if not slot.request.reported:
        message = f"{old!r} stays: its client is left as it is"
        yield draft(text.file, text.node.span, "OR220", Applicability.INFO, message)
    elif lives.only_waits(text):
        yield draft(
            text.file,
            text.node.span,
            "OR208",
            Applicability.MANUAL,
            f"{old!r} becomes {target.text!r} once its client is migrated",
            "Decide on the client first.",
            trace=slot.trace(context, text),
        )
