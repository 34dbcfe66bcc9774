"""Forwards through the parts of expressions: members, items, displays and comprehensions."""

from __future__ import annotations

from codemod.provenance.asking import key_shown
from codemod.provenance.calls import ITEM_METHODS, KEEPING_METHODS, copied_by
from codemod.provenance.facts import (
    Attribute,
    Call,
    Clause,
    Comprehension,
    Constant,
    Expression,
    MappingDisplay,
    Opaque,
    SequenceDisplay,
    Subscript,
    Text,
)
from codemod.provenance.flows import ANY, Flow, Ground, Keys, Steps, Use, UseKind, path_behind
from codemod.provenance.reads import reads_of
from codemod.provenance.values import EnumMemberValue

_GIVE_COPY = frozenset({"copy", "deepcopy"})
_NO_EFFECT_ON_ITEMS = frozenset({"update", "keys", "clear", "append", "extend", "setdefault"})


def from_attribute(ground: Ground, flow: Flow, parent: Attribute) -> Steps:
    """From what a member is read of, or a method of containers called."""
    call = flow.file.parents.get(parent)
    if not flow.path:
        keeps = parent.name in KEEPING_METHODS and isinstance(call, Call) and not call.arguments
        if keeps and isinstance(call, Call) and call.callee is parent:
            yield Flow(flow.file, call, ())
        elif parent.name in ("value", "_value_") and _is_member(ground, flow):
            yield Flow(flow.file, parent, ())
        else:
            yield Use(UseKind.MEMBER, flow.file, flow.node, parent)
        return
    if isinstance(call, Call) and call.callee is parent:
        key = call.arguments[0].value if call.arguments else None
        if parent.name == "items":
            comprehension = flow.file.parents.get(call)
            if isinstance(comprehension, Comprehension) and copied_by(comprehension) is flow.node:
                yield Flow(flow.file, comprehension, flow.path)
            else:
                yield Flow(flow.file, call, (ANY, 1, *flow.path[1:]))
            return
        if parent.name == "values":
            yield Flow(flow.file, call, (ANY, *flow.path[1:]))
            return
        if parent.name in ITEM_METHODS and flow.path[0] != ANY and isinstance(key, Text):
            if key.value == flow.path[0]:
                yield Flow(flow.file, call, flow.path[1:])
            return
        if parent.name in ITEM_METHODS:
            yield Flow(flow.file, call, flow.path[1:])
            return
        if parent.name in _GIVE_COPY:
            yield Flow(flow.file, call, flow.path)
            return
        if parent.name in _NO_EFFECT_ON_ITEMS:
            return
    yield Use(UseKind.CONTAINED, flow.file, flow.node, parent, direct=False)


def _is_member(ground: Ground, flow: Flow) -> bool:
    """Whether the flow has come to a member of an enumeration, whose ``value`` is the value itself."""
    return any(isinstance(each, EnumMemberValue) for each in ground.origins.values(flow.file, flow.node))


def from_subscript(flow: Flow, parent: Subscript) -> Steps:
    """From what an item is read of, or from the key that it is read under."""
    if flow.node is parent.key:
        yield Use(UseKind.KEYED, flow.file, flow.node, parent)
    elif not flow.path:
        yield Use(UseKind.ITEM, flow.file, flow.node, parent)
    elif path_behind(flow.path, (_key_of(parent),)) is not None:
        yield Flow(flow.file, parent, flow.path[1:])


def into_entry(ground: Ground, flow: Flow, parent: MappingDisplay) -> Steps:
    """Into a mapping in which the value stands, is a key, or is unpacked."""
    for entry in parent.entries:
        if entry.key is flow.node:
            yield Use(UseKind.KEYED, flow.file, flow.node, parent)
        elif entry.value is flow.node and entry.key is not None:
            yield Flow(flow.file, parent, (key_shown(ground.origins.world, flow.file, entry.key) or ANY, *flow.path))
        elif entry.value is flow.node and flow.path:
            yield Flow(flow.file, parent, flow.path)


def into_comprehension(ground: Ground, flow: Flow, parent: Comprehension) -> Steps:
    """Into what a comprehension gives, or under the names that go over the value."""
    file, node, path = flow.file, flow.node, flow.path
    for clause in parent.clauses:
        if clause.iterable is node:
            yield from _over(ground, flow, parent, clause)
            return
        if node in clause.conditions:
            yield Use(UseKind.TESTED, file, node, parent)
            return
    if len(parent.elements) == 2 and node is parent.elements[0]:
        yield Use(UseKind.KEYED, file, node, parent)
    else:
        yield Flow(file, parent, (ANY, *path))


def _over(ground: Ground, flow: Flow, parent: Comprehension, clause: Clause) -> Steps:
    """The elements of the value, under the names of the clause that goes over it."""
    if not flow.path:
        yield Use(UseKind.ITERATED, flow.file, flow.node, parent)
        return
    bindings = flow.file.scopes[parent.scope].bindings
    targets = [clause.target] if clause.target is not None else list(clause.unpacked)
    for name in targets:
        for binding in bindings.get(name, ()) if name is not None else ():
            behind = path_behind(flow.path, binding.route or (None,))
            if behind is not None:
                yield from reads_of(ground, flow.file, binding, behind)
    if not targets:
        yield Use(UseKind.CONTAINED, flow.file, flow.node, parent, direct=False)


def _key_of(node: Subscript) -> str | int | None:
    """The key or position that a subscript names; None: any. Positions from the end count as any."""
    if isinstance(node.key, Text):
        return node.key.value
    if isinstance(node.key, Constant) and isinstance(node.key.value, int):
        return node.key.value
    return None


def in_sequence(parent: SequenceDisplay, node: Expression, path: Keys) -> Keys:
    """The path to a value that stands in a display, or, behind a star, in what the display takes over."""
    if isinstance(node, Opaque) and node.what == "*":
        return (ANY, *path[1:])
    starred = any(isinstance(each, Opaque) and each.what == "*" for each in parent.items)
    return (ANY if starred else parent.items.index(node), *path)
