"""Forwards into what is assigned to: members, items, and the stores of libraries."""

from __future__ import annotations

from codemod.provenance.asking import key_shown
from codemod.provenance.facts import Attribute, Binding, Call, Expression, FileFacts, Role, Subscript, Text
from codemod.provenance.flows import ANY, Flow, Ground, Keys, Steps, Use, UseKind
from codemod.provenance.reads import items_by_name, reads_by_name, reads_elsewhere, reads_of, reads_of_member
from codemod.provenance.values import (
    ClassValue,
    FunctionValue,
    InstanceValue,
    MappingValue,
    ModuleValue,
    ParameterValue,
    ProductValue,
    SequenceValue,
    UnknownValue,
    library_path,
)


def into_member(ground: Ground, flow: Flow, role: Role, target: Attribute) -> Steps:
    """To the reads of the member that ``target = HERE`` sets: of an object, a class, a module or a store."""
    owners = ground.origins.values(flow.file, target.value)
    followed = False
    for owner in owners:
        if isinstance(owner, (InstanceValue, ClassValue)):
            followed = True
            yield from reads_of_member(ground, owner.file, owner.scope, target.name, flow.path)
        elif isinstance(owner, ModuleValue):
            followed = True
            yield from reads_elsewhere(ground, owner.file, target.name, flow.path)
            for read in owner.file.names.get(target.name, ()):
                meant = owner.file.lookup(read.id, read.scope)
                if meant and meant[0].scope == 0:
                    yield Flow(owner.file, read, flow.path)
        elif isinstance(owner, FunctionValue):
            followed = True
            yield from _function_member_reads(ground, owner, target.name, flow.path)
        elif library_path(owner) in ground.origins.libraries.stores:
            followed = True
            yield from _store_reads(ground, library_path(owner), target.name, flow.path)
    if not followed:
        yield Use(UseKind.STORED, flow.file, flow.node, role, direct=not flow.path)


def into_item(ground: Ground, flow: Flow, role: Role, target: Subscript) -> Steps:
    """To the mapping, sequence or store whose item ``target = HERE`` sets."""
    key = key_shown(ground.origins.world, flow.file, target.key) or ANY
    followed = False
    for holder in ground.origins.values(flow.file, target.value):
        if isinstance(holder, (MappingValue, SequenceValue)):
            followed = True
            yield from from_holder(ground, holder, (key, *flow.path))
        elif library_path(holder) in ground.origins.libraries.stores and isinstance(target.key, Text):
            followed = True
            yield from _store_reads(ground, library_path(holder), target.key.value, flow.path)
    if not followed:
        yield Use(UseKind.STORED, flow.file, flow.node, role, direct=not flow.path)


def into_containers(ground: Ground, file: FileFacts, target: Expression, path: Keys) -> Steps:
    """Into the mappings that ``target`` can be, under the keys of ``path``, or into its sequences, anywhere."""
    for holder in ground.origins.values(file, target):
        if isinstance(holder, MappingValue):
            yield from from_holder(ground, holder, path)
        elif isinstance(holder, SequenceValue):
            yield from from_holder(ground, holder, (ANY, *path[1:]))


def from_holder(ground: Ground, holder: MappingValue | SequenceValue, path: Keys) -> Steps:
    """On from where a mapping or sequence stands, or from the parameter that gathers it."""
    if isinstance(holder.node, Binding):
        yield from reads_of(ground, holder.file, holder.node, path)
    else:
        yield Flow(holder.file, holder.node, path)


def _function_member_reads(ground: Ground, owner: FunctionValue, name: str, path: Keys) -> Steps:
    for facts in ground.origins.world.reading(name, owner.file.path):
        for read, owner_node in reads_by_name(facts, name):
            values = ground.origins.values(facts, owner_node)
            if any(isinstance(value, FunctionValue) and value.scope is owner.scope for value in values):
                yield Flow(facts, read, path)


def _store_reads(ground: Ground, store: str, name: str, path: Keys) -> Steps:
    """The reads of what a library's store keeps under ``name``, as a member or as an item."""
    for facts in ground.origins.world.mentioning(name, None):
        for read, holder in (*reads_by_name(facts, name), *items_by_name(facts, name)):
            owners = ground.origins.values(facts, holder)
            if any(library_path(owner) == store for owner in owners):
                yield Flow(facts, read, path)
            elif any(isinstance(owner, (UnknownValue, ParameterValue)) for owner in owners):
                yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))


def reads_of_cell(ground: Ground, cell: ProductValue, path: Keys) -> Steps:
    """The calls of ``get`` on a ContextVar."""
    role = cell.file.parents.get(cell.call)
    for binding in role.bindings if isinstance(role, Role) else ():
        for facts in ground.origins.world.mentioning(binding.name, cell.file.path):
            for attribute in facts.attributes.get("get", ()):
                call = facts.parents.get(attribute)
                if isinstance(call, Call) and cell in ground.origins.values(facts, attribute.value):
                    yield Flow(facts, call, path)
