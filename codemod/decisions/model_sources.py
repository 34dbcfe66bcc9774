"""Models that are no literal where the request takes them: from the environment, a parameter, a menu, other code.

Nothing is rewritten for them: a person is told what to set, or what to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.menus import Menu, menu_of_value
from codemod.decisions.second_life import SecondLives
from codemod.decisions.slots import ModelRequest, Slot
from codemod.decisions.survey import Request
from codemod.decisions.targets import target_of
from codemod.findings import Applicability, Step
from codemod.provenance.facts import Binding, FileFacts, Template, Text
from codemod.provenance.values import (
    ConstantValue,
    EnumMemberValue,
    EnvironmentValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    LookupValue,
    MappingValue,
    MemberValue,
    OptionValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    SettingValue,
    TemplateValue,
    UnknownValue,
    Value,
)
from codemod.rewrites import Span

# What is no text: None on some way, or something that makes the text when it is asked for it.
_NO_MODEL = (ConstantValue, FunctionValue, InstanceValue)
DECIDE_MODEL = 'Give the request a model id of OpenRouter\'s form, as in "openai/gpt-4o".'


def decide_sources(context: Context, slots: Sequence[Slot], lives: SecondLives) -> Iterator[Draft]:
    """The drafts for all that reaches the slots of migrated requests and is no literal, each once."""
    said: set[object] = set()
    given = {
        slot.request.request.call for slot in slots if not all(isinstance(each, _NO_MODEL) for each in slot.values)
    }
    for slot in slots:
        if slot.request.request.call not in given:
            why = "nothing that the project shows gives the model"
            yield _undecided(slot.file, slot.node.span, why, slot.request)
        for value in slot.values:
            for found in _decide_value(context, slot, value, lives):
                key = (found.finding.path, found.finding.span, found.finding.rule)
                if key not in said:
                    said.add(key)
                    yield found


def decide_without_slot(context: Context, each: ModelRequest, slots: Iterable[Slot]) -> Iterator[Draft]:
    """The drafts for a migrated request that has no slot: its model is given out of sight."""
    request = each.request
    if not request.call.expansions:
        if not _is_given_elsewhere(request, slots):
            yield _undecided(request.file, request.call.span, "no model is given that the project shows", each)
        return
    hiding = list(_hiding(context, request)) or [(request.file, request.call.expansions[0].span)]
    for file, span in hiding:
        yield _undecided(file, span, "the model is given out of sight, by a mapping that is expanded", each)


def _hiding(context: Context, request: Request) -> Iterator[tuple[FileFacts, Span]]:
    """The expansions of a request that are not visible mappings, or what gathers them."""
    for expansion in request.call.expansions:
        values = context.values(request.file, expansion)
        gathered = next(
            (value for value in values if isinstance(value, MappingValue) and isinstance(value.node, Binding)), None
        )
        if gathered is not None:
            yield gathered.file, gathered.node.span
        elif not all(isinstance(value, MappingValue) for value in values):
            yield request.file, expansion.span


def menu_draft(context: Context, slot: Slot, menu: Menu, value: Value) -> Draft:
    """The finding at a fixed list of ids of which one is sent as the model."""
    return draft(
        menu.file,
        menu.node.span,
        "OR207",
        Applicability.MANUAL,
        f"{menu.example!r} stands in a fixed list, and what is chosen from it is sent as the model",
        "Change the list and all that reads it together.",
        trace=(*slot.trace(context, value), *menu.listed),
        member=slot.request.member,
    )


def _is_given_elsewhere(request: Request, slots: Iterable[Slot]) -> bool:
    """Whether a method that is wrapped gets its model in another of the calls that lead to the request."""
    return any(
        slot.request.request.clients == request.clients
        and (slot.request.request.handed_on or request.handed_on)
        and slot.request.request.path == request.path
        for slot in slots
    )


def _decide_value(context: Context, slot: Slot, value: Value, lives: SecondLives) -> Iterator[Draft]:
    menu = menu_of_value(context, value)
    if menu is not None:
        yield menu_draft(context, slot, menu, value)
    elif isinstance(value, EnvironmentValue):
        if not _stays(context, slot, lives):
            yield _deployed(context, slot, value)
    elif isinstance(value, TemplateValue):
        if not _is_prefixed(value.node):
            yield _undecided(value.file, value.node.span, "the model is put together", slot.request)
    elif isinstance(value, ParameterValue):
        if not value.supplied:
            yield _parameter(context, slot, value)
    elif isinstance(value, (OptionValue, SettingValue)):
        if not _stays(context, slot, lives):
            yield _chosen_outside(context, slot, value)
    else:
        yield from _not_followed(context, slot, value)


def _stays(context: Context, slot: Slot, lives: SecondLives) -> bool:
    """Whether a literal that reaches the slot too keeps its text."""
    return any(
        target_of(context, text.node.value) is not None and lives.of_text(text) is not None for text in slot.texts
    )


def _deployed(context: Context, slot: Slot, value: EnvironmentValue) -> Draft:
    name = value.node.name.value
    has_fallback = value.node.default is not None or bool(slot.texts)
    return draft(
        value.file,
        value.node.span,
        "OR210" if has_fallback else "OR205",
        Applicability.MANUAL,
        f"the model comes from the environment variable {name}",
        f'Set {name} to an id of OpenRouter\'s form, as in "openai/gpt-4o", where the program runs.',
        trace=slot.trace(context, value),
        member=slot.request.member,
    )


def _chosen_outside(context: Context, slot: Slot, value: OptionValue | SettingValue) -> Draft:
    """An option of the command line, or a field that the environment fills."""
    if isinstance(value, OptionValue):
        span = value.call.span
        what = f"the option {value.name} of the command line" if value.name else "an option of the command line"
        remedy = 'Give the option as an id of OpenRouter\'s form, as in "openai/gpt-4o", where the program is called.'
    else:
        span = value.binding.span
        what = f"the setting {value.binding.name}, which the environment may fill"
        remedy = 'Set it to an id of OpenRouter\'s form, as in "openai/gpt-4o", where the program runs.'
    return draft(
        value.file,
        span,
        "OR210" if slot.texts else "OR205",
        Applicability.MANUAL,
        f"the model comes from {what}",
        remedy,
        trace=slot.trace(context, value),
        member=slot.request.member,
    )


def _is_prefixed(node: Template) -> bool:
    first = node.parts[0] if node.parts else None
    return isinstance(first, Text) and "/" in first.value


def _parameter(context: Context, slot: Slot, value: ParameterValue) -> Draft:
    """A parameter that the command line, a framework, a callback or code outside the project fills."""
    name, span = value.binding.name, value.binding.span
    trace = slot.trace(context, value)
    if value.binding.value is None:
        message = f"the model is the parameter {name}, which calls that are not followed fill"
        return _undecided(value.file, span, message, slot.request, trace)
    return draft(
        value.file,
        span,
        "OR210",
        Applicability.MANUAL,
        f"calls that are not followed may give another model as {name}",
        f'See that {name} is given as an id of OpenRouter\'s form, as in "openai/gpt-4o".',
        trace=trace,
        member=slot.request.member,
    )


def _not_followed(context: Context, slot: Slot, value: Value) -> Iterator[Draft]:
    file, span = slot.file, slot.node.span
    if isinstance(value, LookupValue):
        file, span = value.file, value.node.span
        message = "the model is looked up in a store"
    elif isinstance(value, UnknownValue):
        if value.node.span.end:
            file, span = value.file, value.node.span
        message = f"the model is not known here: {value.reason}"
    elif isinstance(value, EnumMemberValue):
        message = "the model is a member of an enumeration that is no text"
    elif isinstance(value, (ProductValue, ResultValue)):
        file, span = value.file, value.call.span
        message = "the model comes from code that is not part of the project"
    elif isinstance(value, (MemberValue, ExternalValue)):
        message = "the model comes from code that is not part of the project"
    else:
        return
    yield _undecided(file, span, message, slot.request, slot.trace(context, value))


def _undecided(file: FileFacts, span: Span, message: str, each: ModelRequest, trace: tuple[Step, ...] = ()) -> Draft:
    request = each.request
    where = Step(request.file.path, request.file.line(request.call.span), "request")
    return draft(
        file, span, "OR205", Applicability.MANUAL, message, DECIDE_MODEL, trace=(where, *trace), member=each.member
    )
