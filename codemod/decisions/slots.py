"""Slots: the places at which requests take their models, and what can arrive there.

A slot is the argument itself, one side of a choice in it, or an entry of a mapping that is expanded into the call.
Slots and the literals that reach them hang together: they are decided as one part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from codemod.decisions.context import Context
from codemod.decisions.expressions import leaves
from codemod.decisions.items_set import items_set
from codemod.decisions.survey import Request
from codemod.findings import Step
from codemod.provenance.asking import is_nothing
from codemod.provenance.calls import last_name, taken_over
from codemod.provenance.containers import is_container
from codemod.provenance.facts import (
    Binding,
    Call,
    Constant,
    Expression,
    FileFacts,
    ItemBinding,
    MappingDisplay,
    Scope,
    Text,
)
from codemod.provenance.values import EnumMemberValue, MappingValue, TextValue, UnknownValue, Value
from codemod.provenance.world import TooManyFilesError
from codemod.records import record


@record
class ModelRequest:
    """A request with what became of it: ``migrated``, else its models stay; ``reported`` if a person must decide.

    ``served`` is False for a call that OpenRouter does not serve, whatever becomes of its client.
    """

    request: Request
    migrated: bool
    reported: bool
    member: object
    served: bool = True


@record
class Slot:
    """Where a request takes its model from; ``values`` are what can arrive there."""

    request: ModelRequest
    file: FileFacts
    node: Expression
    values: tuple[Value, ...] = field(compare=False)

    @property
    def texts(self) -> tuple[TextValue, ...]:
        return tuple(value for value in self.values if isinstance(value, TextValue))

    @property
    def is_in_call(self) -> bool:
        """Whether the slot stands in the call of the request itself."""
        request = self.request.request
        return self.file is request.file and request.call.span.contains(self.node.span)

    def trace(self, context: Context, value: Value) -> tuple[Step, ...]:
        """The way by which ``value`` comes here."""
        return context.origins.trace(self.file, self.node, value)


@dataclass(slots=True)
class Part:
    """Slots and texts that can only be decided together."""

    slots: list[Slot] = field(default_factory=list)
    texts: list[TextValue] = field(default_factory=list)


def slots_of(context: Context, each: ModelRequest) -> Iterator[Slot]:
    """The slots of a request."""
    request = each.request
    extra = request.call.keyword("extra_body")
    if extra is not None:
        yield from _in_mappings(context, each, request.file, extra, set())
    given = request.model
    if given is not None:
        yield from _at_leaves(context, each, request.file, given)
        return
    for expansion in request.call.expansions:
        yield from _in_mappings(context, each, request.file, expansion, set())


def parts_of(slots: Iterable[Slot]) -> list[Part]:
    """The slots with the texts that reach them: if one text reaches two slots, they are of one part."""
    leader: dict[Slot | TextValue, Slot | TextValue] = {}

    def find(member: Slot | TextValue) -> Slot | TextValue:
        while leader.setdefault(member, member) is not member:
            leader[member] = leader[leader[member]]
            member = leader[member]
        return member

    for slot in slots:
        find(slot)
        for text in slot.texts:
            leader[find(text)] = find(slot)
    parts: dict[Slot | TextValue, Part] = {}
    for member in leader:
        part = parts.setdefault(find(member), Part())
        if isinstance(member, Slot):
            part.slots.append(member)
        else:
            part.texts.append(member)
    return list(parts.values())


def _at_leaves(
    context: Context, each: ModelRequest, file: FileFacts, expression: Expression, *, ids_only: bool = False
) -> Iterator[Slot]:
    """The slots in what is given; with ``ids_only`` nothing but OpenAI's ids counts, as it may be given otherwise."""
    for leaf in leaves(expression):
        values = tuple(_sent(context, context.values(file, leaf)))
        if ids_only:
            values = tuple(value for value in values if _is_id(context, value))
        if values or not ids_only:
            yield Slot(each, file, leaf, values)


def _is_id(context: Context, value: Value) -> bool:
    return isinstance(value, TextValue) and context.catalogue.is_openai_id(value.node.value)


def _sent(context: Context, values: tuple[Value, ...]) -> Iterator[Value]:
    """What is sent where these values are given: members of enumerations of texts are sent as their texts."""
    for value in values:
        if isinstance(value, EnumMemberValue) and is_enumeration_of_texts(value.scope):
            yield from context.origins.bound(value.file, value.binding)
        else:
            yield value


def _in_mappings(
    context: Context, each: ModelRequest, file: FileFacts, expression: Expression, seen: set[Expression | Binding]
) -> Iterator[Slot]:
    """The slots in the mappings that ``expression`` can be, apart from those ``seen``: mappings may fill each other."""
    for value in context.values(file, expression):
        if isinstance(value, MappingValue) and value.node not in seen:
            seen.add(value.node)
            yield from _in_mapping(context, each, file, value, seen)


def _in_mapping(
    context: Context, each: ModelRequest, reader: FileFacts, holder: MappingValue, seen: set[Expression | Binding]
) -> Iterator[Slot]:
    """The slots in a mapping that ``reader`` expands."""
    file, node, name = holder.file, holder.node, each.request.model_keyword
    if isinstance(node, Binding):
        yield from _at_callers(context, each, file, node, seen)
    items, why = _items_set(context, reader, holder, name)
    if why and not isinstance(node, Binding):
        yield Slot(each, file, node, (UnknownValue(file, node, why),))
    spreads, entries = _shown(node)
    taken = [(file, spread) for spread in spreads] + [(facts, item.value) for facts, item in items if item.spread]
    for facts, spread in taken:
        yield from _in_mappings(context, each, facts, spread, seen)
        if not all(_is_visible(context, value) for value in context.values(facts, spread)):
            why = "it may come with a mapping that is not visible"
            yield Slot(each, facts, spread, (UnknownValue(facts, spread, why),))
    given = [(file, key, value) for key, value in entries]
    given += [(facts, item.target.key, item.value) for facts, item in items if not item.spread]
    for facts, key, entry in given:
        named = _is_named(context, facts, key, name)
        if named is not False:
            yield from _at_leaves(context, each, facts, entry, ids_only=named is None)


def _is_visible(context: Context, value: Value) -> bool:
    """Whether the project shows all that a mapping is given where it is made."""
    if not isinstance(value, MappingValue) or not isinstance(value.node, Binding):
        return isinstance(value, MappingValue) or is_nothing(value)
    callers = context.origins.callers(value.file, value.file.called(value.file.scopes[value.node.scope]))
    return callers.are_all_shown


def _shown(node: Expression | Binding) -> tuple[list[Expression], list[tuple[Expression | str, Expression]]]:
    """The mappings whose items a mapping takes over, and the entries that it shows, with their keys."""
    if isinstance(node, Binding):
        return [], []
    spreads = list(taken_over(node))
    if isinstance(node, MappingDisplay):
        return spreads, [(entry.key, entry.value) for entry in node.entries if entry.key is not None]
    if isinstance(node, Call):
        return spreads, [(each.keyword, each.value) for each in node.arguments if each.keyword is not None]
    return spreads, []


def _is_named(context: Context, file: FileFacts, key: Expression | str, name: str) -> bool | None:
    """Whether a key is ``name``; None if it may be."""
    if isinstance(key, str):
        return key == name
    if isinstance(key, Text):
        return key.value == name
    if isinstance(key, Constant):
        return False
    known = {value.node.value if isinstance(value, TextValue) else None for value in context.values(file, key)}
    if known == {name}:
        return True
    return None if known & {name, None} else False


def is_enumeration_of_texts(scope: Scope) -> bool:
    """Whether members of an enumeration are texts themselves: ``class M(str, Enum)``, ``class M(StrEnum)``."""
    names = {last_name(base) for base in scope.bases}
    return "StrEnum" in names or "str" in names


def _items_set(
    context: Context, reader: FileFacts, holder: MappingValue, name: str
) -> tuple[list[tuple[FileFacts, ItemBinding]], str]:
    """What sets the entry ``name`` of the mapping, or may do so, after it is made; and why that is not all, or ""."""
    found: dict[tuple[FileFacts, ItemBinding], None] = {}
    try:
        for file, item, asked in list(items_set(context, holder.file, holder.node, name, reader)):
            if item.may_set(name):
                holders = (holder,) if asked is None else context.values(file, asked)
                if any(is_container(value, holder.node) for value in holders):
                    found[file, item] = None
    except TooManyFilesError as error:
        return list(found), str(error)
    return list(found), ""


def _at_callers(
    context: Context, each: ModelRequest, file: FileFacts, binding: Binding, seen: set[Expression | Binding]
) -> Iterator[Slot]:
    """What callers give to the ``**`` parameter that the request passes on."""
    for caller in context.origins.callers(file, file.called(file.scopes[binding.scope])).calls:
        named = [argument.value for argument in caller.arguments if argument.keyword == each.request.model_keyword]
        for given in named:
            yield from _at_leaves(context, each, caller.file, given)
        for expansion in () if named else (a.value for a in caller.arguments if a.expansion == "**"):
            yield from _in_mappings(context, each, caller.file, expansion, seen)
