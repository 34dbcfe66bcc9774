"""What sets the items of containers, as far as one file shows it without a question.

A file may set thousands of items, and each container of it is asked for what sets its own: most names of holders are
plain ones, which are bound to displays alone, and of those that are not many mean the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from codemod.provenance.facts import (
    Binding,
    BindingKind,
    Choice,
    Comparison,
    Comprehension,
    Constant,
    Expression,
    FileFacts,
    FunctionExpression,
    ItemBinding,
    MappingDisplay,
    Name,
    Opaque,
    ParameterKind,
    SequenceDisplay,
    Template,
    Text,
    Wrapped,
)

_CONTAINERS = (MappingDisplay, SequenceDisplay, Comprehension)
_NO_CONTAINERS = (Constant, Text, Template, Comparison, FunctionExpression)
_GATHERING = (ParameterKind.KEYWORDS, ParameterKind.VARIADIC)
# Names of names that are followed to what they stand for.
_MOST_ALIASES = 4


@dataclass(slots=True)
class Setters:
    """What sets items in one file, in its order.

    ``known`` are the positions of those whose holder can only be the container, ``asked`` what nobody knows the holder
    of without asking: the position, what sets the item, and an expression that has the same values as the holder.
    ``keys`` are those under which the latter set items of mappings, None among them if one is not fixed.
    """

    items: tuple[ItemBinding, ...]
    known: dict[Expression | Binding, list[int]] = field(default_factory=lambda: defaultdict(list))
    asked: list[tuple[int, Expression]] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)

    def may_set(self, key: str | None) -> bool:
        """Whether something sets an item ``key``, or may, in a mapping that is not one of the file for certain."""
        return bool(self.keys) if key is None else not self.keys.isdisjoint((key, None))

    def of(self, container: Expression | Binding) -> Iterator[tuple[ItemBinding, Expression | None]]:
        """What may set items of ``container``, each with the expression to ask for; None: it does so."""
        known = self.known.get(container, ())
        places = sorted([*((position, None) for position in known), *self.asked], key=lambda each: each[0])
        is_sequence = _is_sequence(container)
        for position, holder in places:
            item = self.items[position]
            if _is_for_mapping(item) if is_sequence else item.is_for_sequence:
                continue
            yield item, holder


def setters_of(file: FileFacts) -> Setters:
    """What sets items in ``file``."""
    found = Setters(file.item_bindings)
    same: dict[object, Expression] = {}
    for position, item in enumerate(file.item_bindings):
        holder = item.target.value
        containers = list(_containers(file, holder, _MOST_ALIASES))
        if None in containers:
            found.asked.append((position, same.setdefault(_meant(file, holder), holder)))
            if not item.is_for_sequence:
                found.keys.add(item.key)
        else:
            for container in dict.fromkeys(containers):
                if container is not None:
                    found.known[container].append(position)
    return found


def _is_sequence(container: Expression | Binding) -> bool:
    if isinstance(container, Binding):
        return container.parameter is ParameterKind.VARIADIC
    if isinstance(container, Comprehension):
        return len(container.elements) == 1
    return isinstance(container, SequenceDisplay) or (isinstance(container, Opaque) and container.what == "+")


def _is_for_mapping(item: ItemBinding) -> bool:
    """Whether no sequence has such an item: a text is no position."""
    return isinstance(item.target.key, Text)


def _meant(file: FileFacts, holder: Expression) -> object:
    """What is the same for holders that have the same values."""
    if isinstance(holder, Name):
        return tuple(file.lookup(holder.id, holder.scope)) or holder
    return holder


def _containers(file: FileFacts, holder: Expression, aliases: int) -> Iterator[Expression | Binding | None]:
    """The containers that an expression can be; None among them if nobody knows without asking."""
    if isinstance(holder, _CONTAINERS):
        yield holder
    elif isinstance(holder, Wrapped):
        yield from _containers(file, holder.value, aliases)
    elif isinstance(holder, Choice):
        for option in holder.options[-1:] if holder.kind == "and" else holder.options:
            yield from _containers(file, option, aliases)
    elif isinstance(holder, Name) and aliases:
        bindings = file.lookup(holder.id, holder.scope)
        # Other files may assign a global name.
        if not bindings or bindings[0].scope == 0:
            yield None
        for binding in bindings:
            yield from _bound(file, binding, aliases)
    elif not isinstance(holder, _NO_CONTAINERS):
        yield None


def _bound(file: FileFacts, binding: Binding, aliases: int) -> Iterator[Expression | Binding | None]:
    if binding.kind is BindingKind.ASSIGNMENT and binding.value is not None:
        yield from _containers(file, binding.value, aliases - 1)
    elif binding.parameter in _GATHERING and file.scopes[binding.scope].parameters[0] is not binding:
        yield binding
    elif binding.kind not in (BindingKind.ANNOTATION, BindingKind.MERGED):
        yield None
