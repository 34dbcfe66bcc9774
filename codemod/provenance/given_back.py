"""Forwards out of a function: to what its calls give, and to those who enter or iterate over it."""

from __future__ import annotations

from codemod.provenance.calls import is_decorated
from codemod.provenance.facts import (
    Binding,
    Call,
    Comparison,
    FileFacts,
    Opaque,
    Role,
    RoleKind,
    Scope,
    SequenceDisplay,
    Subscript,
    Text,
)
from codemod.provenance.flows import ANY, ENTERED, Flow, Ground, Keys, Steps, Use, UseKind
from codemod.provenance.reads import reads_elsewhere, reads_of, reads_of_member


def from_return(ground: Ground, flow: Flow, role: Role) -> Steps:
    """Out of a function that returns the value: to its calls, or to the reads of what it is a property of."""
    file = flow.file
    function = next((each for each in file.enclosing(role.scope) if each.is_function), None)
    if function is None:
        return
    owner = file.enclosing_class(function)
    if owner is not None and is_decorated(function, "property", "cached_property"):
        yield from reads_of_member(ground, file, owner, function.name, flow.path)
        return
    if function.name == "__getattr__" and function.parent == 0:
        for name in _compared_names(file, function):
            yield from reads_elsewhere(ground, file, name, flow.path)
        return
    if owner is not None and function.name in ("__enter__", "__aenter__"):
        for caller in ground.origins.callers(file, owner).calls:
            yield Flow(caller.file, caller.call, (ENTERED, *flow.path))
        return
    yield from _given_by(ground, file, function, flow.path, flow.path)
    callers = ground.origins.callers(file, function)
    for each in callers.properties:
        yield from reads_of_member(ground, each.file, each.scope, each.name, flow.path)
    if callers.handed_on or callers.more or not (callers.calls or callers.properties):
        yield Use(UseKind.RETURNED, file, flow.node, role, direct=not flow.path)


def from_yield(ground: Ground, flow: Flow, parent: Opaque) -> Steps:
    """Out of a generator: to those who enter it as a context, iterate over it, or have it called for them."""
    file = flow.file
    function = next((each for each in file.scopes if flow.node in (*each.yields, *each.delegates)), None)
    if function is None:
        return
    if parent.what == "yield from" and not flow.path:
        yield Use(UseKind.ITERATED, file, flow.node, parent)
        return
    path = flow.path if parent.what == "yield" else flow.path[1:]
    marker = ENTERED if is_decorated(function, "contextmanager", "asynccontextmanager") else ANY
    yield from _given_by(ground, file, function, (marker, *path), path)
    callers = ground.origins.callers(file, function)
    if callers.handed_on or callers.properties or callers.more or not callers.calls:
        yield Use(UseKind.YIELDED, file, flow.node, parent, direct=not flow.path)


def _given_by(ground: Ground, file: FileFacts, function: Scope, path: Keys, provided: Keys) -> Steps:
    """What a function gives, at its calls; ``provided`` leads to the value where a framework calls the function."""
    callers = ground.origins.callers(file, function)
    for caller in callers.calls:
        bindings = _annotated_with(ground, caller.file, caller.call)
        for facts, binding in bindings:
            yield from reads_of(ground, facts, binding, provided)
        if caller.gives and not bindings:
            invoked = caller.arguments is not caller.call.arguments
            yield Flow(caller.file, caller.call, provided if invoked else path)
    for caller in callers.maybe:
        yield Use(UseKind.MAYBE, caller.file, caller.call, caller.file.parents.get(caller.call))


def _annotated_with(ground: Ground, file: FileFacts, call: Call) -> list[tuple[FileFacts, Binding]]:
    """The parameters that are annotated with ``Annotated[…, call]``, under the name of an alias too."""
    items = file.parents.get(call)
    annotation = file.parents.get(items) if isinstance(items, SequenceDisplay) else None
    if not isinstance(annotation, Subscript):
        return []
    role = file.parents.get(annotation)
    if not isinstance(role, Role):
        return []
    if role.kind is RoleKind.ANNOTATION:
        return [(file, binding) for binding in role.bindings]
    found: list[tuple[FileFacts, Binding]] = []
    for alias in role.bindings:
        for read in reads_of(ground, file, alias, ()):
            taken = read.file.parents.get(read.node) if isinstance(read, Flow) else None
            if isinstance(taken, Role) and taken.kind is RoleKind.ANNOTATION:
                found += [(read.file, binding) for binding in taken.bindings]
    return found


def _compared_names(file: FileFacts, function: Scope) -> list[str]:
    """The names that a module's ``__getattr__`` compares its parameter with."""
    found: list[str] = []
    for name in file.names.get(function.parameters[0].name, ()) if function.parameters else ():
        comparison = file.parents.get(name)
        if isinstance(comparison, Comparison) and any(each is function for each in file.enclosing(name.scope)):
            for operand in comparison.operands:
                texts = operand.items if isinstance(operand, SequenceDisplay) else (operand,)
                found += [text.value for text in texts if isinstance(text, Text)]
    return found
