"""The entries of a mapping that the SDK sends along, headers or query: what they are named, and whether all is shown.

Followed are names, spreads, ``dict()``, copies, ``|``, keys that are constants, and entries that are set later on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from codemod.decisions.arguments import Given
from codemod.decisions.context import Context
from codemod.decisions.items_set import items_set
from codemod.decisions.survey import ClientUses
from codemod.provenance.calls import taken_over
from codemod.provenance.facts import (
    Attribute,
    Binding,
    Call,
    Comprehension,
    Expression,
    FileFacts,
    ItemBinding,
    MappingDisplay,
    Opaque,
    Text,
)
from codemod.provenance.values import (
    ConstantValue,
    ExternalValue,
    MappingValue,
    ParameterValue,
    ProductValue,
    TextValue,
    UnknownValue,
    Value,
)
from codemod.provenance.world import TooManyFilesError
from codemod.records import record

_LEFT_OUT = frozenset({"NOT_GIVEN", "NotGiven", "Omit", "not_given", "omit"})


@record
class Entry:
    """One entry; ``display`` is the mapping display that shows it under a literal name, None if it is set otherwise."""

    file: FileFacts
    name: str
    place: Expression
    value: Expression
    display: MappingDisplay | None = None


@record
class Entries:
    """``hidden`` if there may be entries that the project does not show."""

    shown: tuple[Entry, ...] = ()
    hidden: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names in lower case: those of headers have no case."""
        return frozenset(entry.name.lower() for entry in self.shown)


def read_entries(context: Context, given: Given) -> Entries:
    """The entries of the mapping that ``given`` can be."""
    reader = _Reader(context)
    reader.read(given.file, given.value)
    return Entries(tuple(reader.shown), reader.hidden)


def given_to_request(context: Context, file: FileFacts, call: Call, name: str) -> tuple[Given, ...]:
    """The argument ``name`` of a request, by keyword or in a visible mapping that is expanded into it."""
    value = call.keyword(name)
    if value is not None:
        return (Given(file, value),)
    found: list[Given] = []
    for expansion in call.expansions:
        for holder in context.values(file, expansion):
            if isinstance(holder, MappingValue):
                items = context.origins.item(holder.file, holder.node, name)
                found += [
                    Given(item.file, item.node)
                    for item in items
                    if isinstance(item, MappingValue) and not isinstance(item.node, Binding)
                ]
    return tuple(found)


def header_arguments(uses: ClientUses) -> Iterator[tuple[FileFacts, Call, str]]:
    """The calls that may be given headers after the client is made, each with the argument for them."""
    for file, call in uses.options:
        for name in ("default_headers", "set_default_headers"):
            yield file, call, name
    for _, file, _, request in uses.methods:
        if request is not None:
            yield file, request, "extra_headers"


@dataclass(slots=True)
class _Reader:
    context: Context
    shown: list[Entry] = field(default_factory=list)
    hidden: bool = False
    seen: set[Expression | Binding] = field(default_factory=set)

    def read(self, file: FileFacts, expression: Expression) -> None:
        values = self.context.values(file, expression)
        fills = any(isinstance(value, MappingValue) for value in values)
        for value in values:
            # Where the project shows what a parameter is given, nobody else is thought of.
            if not (fills and isinstance(value, ParameterValue) and value.supplied):
                self.read_value(value)
        self.hidden |= not values

    def read_value(self, value: Value) -> None:
        if isinstance(value, MappingValue):
            self.read_mapping(value)
        elif isinstance(value, UnknownValue) and isinstance(value.node, Opaque) and value.node.what == "|":
            for part in value.node.parts:
                self.read(value.file, part)
        elif isinstance(value, UnknownValue) and isinstance(value.node, Call) and _copied(value.node) is not None:
            self.read_copy(value.file, value.node)
        elif not _is_nothing(value):
            self.hidden = True

    def read_copy(self, file: FileFacts, call: Call) -> None:
        copied = _copied(call)
        if call not in self.seen and copied is not None:
            self.seen.add(call)
            self.read(file, copied)
            self.read_items(file, call)

    def read_mapping(self, value: MappingValue) -> None:
        file, node = value.file, value.node
        if node in self.seen:
            return
        self.seen.add(node)
        if isinstance(node, MappingDisplay):
            for entry in node.entries:
                if entry.key is None:
                    self.read(file, entry.value)
                else:
                    self.add(file, entry.key, entry.value, node)
        elif isinstance(node, Call):
            for taken in taken_over(node):
                self.read(file, taken)
            for argument in node.arguments:
                if argument.keyword is not None:
                    self.shown.append(Entry(file, argument.keyword, argument.value, argument.value))
        elif isinstance(node, (Opaque, Comprehension)) and taken_over(node):
            for taken in taken_over(node):
                self.read(file, taken)
        else:
            self.hidden = True
        self.read_items(file, node)

    def read_items(self, file: FileFacts, node: Expression | Binding) -> None:
        """Entries that are set in the mapping after it is made."""
        done: set[ItemBinding] = set()
        try:
            for each, item, asked in items_set(self.context, file, node, None):
                if item not in done and (asked is None or self.is_mapping(each, asked, node)):
                    done.add(item)
                    self.read_item(each, item)
        except TooManyFilesError:
            self.hidden = True

    def read_item(self, file: FileFacts, item: ItemBinding) -> None:
        if item.spread:
            self.read(file, item.value)
        else:
            self.add(file, item.target.key, item.value, None)

    def is_mapping(self, file: FileFacts, holder: Expression, node: Expression | Binding) -> bool:
        values = self.context.values(file, holder)
        return any(isinstance(value, (MappingValue, UnknownValue)) and value.node is node for value in values)

    def add(self, file: FileFacts, key: Expression, value: Expression, display: MappingDisplay | None) -> None:
        if isinstance(key, Text):
            self.shown.append(Entry(file, key.value, key, value, display))
            return
        names = self.context.values(file, key)
        self.shown += [Entry(file, name.node.value, key, value) for name in names if isinstance(name, TextValue)]
        self.hidden |= not names or not all(isinstance(name, TextValue) for name in names)


def _copied(call: Call) -> Expression | None:
    callee = call.callee
    is_copy = isinstance(callee, Attribute) and callee.name == "copy" and not call.arguments
    return callee.value if isinstance(callee, Attribute) and is_copy else None


def _is_nothing(value: Value) -> bool:
    if isinstance(value, ConstantValue):
        return value.is_none
    if isinstance(value, (ExternalValue, ProductValue)):
        return value.path.startswith("openai.") and value.path.rsplit(".", 1)[-1] in _LEFT_OUT
    return False
