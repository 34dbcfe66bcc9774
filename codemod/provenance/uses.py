"""Where a value goes to: forwards through bindings, members, arguments, returns and containers."""

from __future__ import annotations

from collections.abc import Iterator

from codemod.provenance.expressions import from_attribute, from_subscript, in_sequence, into_comprehension, into_entry
from codemod.provenance.facts import (
    Attribute,
    Binding,
    Call,
    Choice,
    Comparison,
    Comprehension,
    EnvironmentRead,
    Expression,
    FileFacts,
    MappingDisplay,
    Opaque,
    Role,
    RoleKind,
    SequenceDisplay,
    Subscript,
    Template,
    Wrapped,
)
from codemod.provenance.flows import ANY, ENTERED, Flow, Ground, Keys, Steps, Use, UseKind, path_behind
from codemod.provenance.given_back import from_return, from_yield
from codemod.provenance.handed_in import into_call
from codemod.provenance.origins import Origins
from codemod.provenance.reads import reads_of
from codemod.provenance.targets import into_containers, into_item, into_member
from codemod.provenance.world import TooManyFilesError

# A value that stands so deep in containers, in more places than this, is not followed: those that hold each other have
# no end of places.
_DEEP = 3
_MOST_DEEP = 1_000


class Uses:
    """Answers where values go to."""

    def __init__(self, origins: Origins) -> None:
        self.origins = origins
        self._ground = Ground(origins)
        self._known: dict[tuple[FileFacts, Expression], tuple[Use, ...]] = {}
        self._stepped: dict[Flow, tuple[Flow | Use, ...]] = {}

    def of(self, file: FileFacts, node: Expression) -> tuple[Use, ...]:
        """All ends of the value that ``node`` stands for, each once, in the order they are reached."""
        key = (file, node)
        if key not in self._known:
            self._known[key] = tuple(self._follow([Flow(file, node, ())]))
        return self._known[key]

    def of_binding(self, file: FileFacts, binding: Binding) -> tuple[Use, ...]:
        """All ends of the value that ``binding`` gives its name."""
        starts = list(self._reads_as_far_as_followed(file, binding))
        flows = [each for each in starts if isinstance(each, Flow)]
        return tuple(each for each in starts if isinstance(each, Use)) + tuple(self._follow(flows))

    def _reads_as_far_as_followed(self, file: FileFacts, binding: Binding) -> Steps:
        try:
            yield from reads_of(self._ground, file, binding, ())
        except TooManyFilesError:
            for node in (binding.value, *file.names.get(binding.name, ())):
                if node is not None:
                    yield Use(UseKind.STORED, file, node, file.parents.get(node))
                    return

    def _follow(self, pending: list[Flow]) -> Iterator[Use]:
        seen: set[Flow] = set(pending)
        said: set[Use] = set()
        starts = tuple(pending)
        deep = 0
        pending.reverse()
        while pending:
            flow = pending.pop()
            for step in self._steps_from(flow):
                if isinstance(step, Use):
                    if step not in said:
                        said.add(step)
                        yield step
                elif step not in seen and len(step.path) < 8:
                    seen.add(step)
                    pending.append(step)
                    deep += len(step.path) >= _DEEP
            if deep > _MOST_DEEP:
                yield from map(_lost, starts)
                return

    def _steps_from(self, flow: Flow) -> tuple[Flow | Use, ...]:
        """Where a flow gets to next; many values get to the same places."""
        if flow not in self._stepped:
            self._stepped[flow] = tuple(self._steps(flow))
        return self._stepped[flow]

    def _steps(self, flow: Flow) -> Steps:
        """Where a flow gets to next; what is read under a name that too many files mention is not followed."""
        try:
            yield from self._step(flow)
        except TooManyFilesError:
            yield _lost(flow)

    def _step(self, flow: Flow) -> Steps:
        file, node, path = flow.file, flow.node, flow.path
        parent = file.parents.get(node)
        if parent is None:
            return
        if isinstance(parent, Role):
            yield from self._role(flow, parent)
        elif isinstance(parent, Wrapped):
            yield Flow(file, parent, path)
            for binding in parent.bindings:
                yield from reads_of(self._ground, file, binding, path)
        elif isinstance(parent, Choice):
            if node is parent.test:
                yield Use(UseKind.TESTED, file, node, parent)
            else:
                yield Flow(file, parent, path)
        elif isinstance(parent, Attribute):
            yield from from_attribute(self._ground, flow, parent)
        elif isinstance(parent, Call):
            yield from into_call(self._ground, flow, parent)
        elif isinstance(parent, MappingDisplay):
            yield from into_entry(self._ground, flow, parent)
        elif isinstance(parent, SequenceDisplay):
            yield Flow(file, parent, in_sequence(parent, node, path))
        elif isinstance(parent, Template):
            yield Use(UseKind.FORMATTED, file, node, parent)
        elif isinstance(parent, EnvironmentRead):
            if node is parent.default:
                yield Flow(file, parent, path)
        elif isinstance(parent, Subscript):
            yield from from_subscript(flow, parent)
        elif isinstance(parent, Comparison):
            yield Use(UseKind.COMPARED, file, node, parent)
        elif isinstance(parent, Comprehension):
            yield from into_comprehension(self._ground, flow, parent)
        elif isinstance(parent, Opaque) and parent.what == "not":
            yield Use(UseKind.TESTED, file, node, parent)
        elif isinstance(parent, Opaque) and (parent.what == "*" or (parent.what == "|" and path)):
            yield Flow(file, parent, path)
        elif isinstance(parent, Opaque) and parent.what == "+" and path and path[0] != ENTERED:
            yield Flow(file, parent, (ANY, *path[1:]))
        elif isinstance(parent, Opaque) and parent.what in ("yield", "yield from"):
            yield from from_yield(self._ground, flow, parent)
        else:
            yield Use(UseKind.OPERATED, file, node, parent)

    def _role(self, flow: Flow, role: Role) -> Steps:
        file, node, path = flow.file, flow.node, flow.path
        kind = role.kind
        if kind in (RoleKind.BOUND, RoleKind.DEFAULT, RoleKind.ENTERED):
            if kind is RoleKind.ENTERED and path and path[0] == ENTERED:
                path = path[1:]
            for binding in role.bindings:
                yield from self._bound(flow, role, binding, path)
            for target in role.targets:
                if isinstance(target, Attribute):
                    yield from into_member(self._ground, flow, role, target)
                elif isinstance(target, Subscript):
                    yield from into_item(self._ground, flow, role, target)
            if kind is RoleKind.BOUND and not role.bindings and not role.targets:
                yield Use(UseKind.CONTAINED, file, node, role, direct=not path)
        elif kind is RoleKind.RETURNED:
            yield from from_return(self._ground, flow, role)
        elif kind is RoleKind.ITERATED:
            if path:
                for binding in role.bindings:
                    yield from self._bound(flow, role, binding, path if binding.route else path[1:])
                if not role.bindings:
                    yield Use(UseKind.CONTAINED, file, node, role)
            else:
                yield Use(UseKind.ITERATED, file, node, role)
        elif kind is RoleKind.MERGED and role.target is not None and path:
            yield from into_containers(self._ground, file, role.target, path)
        elif kind is RoleKind.MERGED:
            yield Use(UseKind.OPERATED, file, node, role)
        elif kind is RoleKind.TARGET and role.targets and not path:
            yield Use(UseKind.EXTENDED, file, node, role)
        elif kind in _ENDS:
            yield Use(_ENDS[kind], file, node, role)

    def _bound(self, flow: Flow, role: Role, binding: Binding, path: Keys) -> Steps:
        """The reads of a name that takes the value, or the part of it that the binding's route leads to."""
        behind = path_behind(path, binding.route)
        if behind is not None:
            yield from reads_of(self._ground, flow.file, binding, behind)
        elif len(path) < len(binding.route):
            yield Use(UseKind.ITERATED, flow.file, flow.node, role)


def _lost(flow: Flow) -> Use:
    """The end of a flow that is not followed any further."""
    return Use(UseKind.STORED, flow.file, flow.node, flow.file.parents.get(flow.node), direct=not flow.path)


_ENDS = {
    RoleKind.TESTED: UseKind.TESTED,
    RoleKind.RAISED: UseKind.RAISED,
    RoleKind.YIELDED: UseKind.YIELDED,
    RoleKind.DISCARDED: UseKind.DISCARDED,
    RoleKind.OTHER: UseKind.OPERATED,
    RoleKind.DECORATOR: UseKind.OPERATED,
}
