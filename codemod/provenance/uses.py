"""Where a value goes to: forwards through bindings, members, arguments, returns and containers.

A flow is followed as a worklist of (expression, path): ``path`` are the keys that lead from what the expression
holds to the value (``{"model": X}`` holds X under ("model",)); "*" stands for any key. What ends a flow is a Use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from codemod.provenance.calls import ITEM_METHODS, argument_at, argument_for, is_decorated
from codemod.provenance.facts import (
    Argument,
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
    ParameterKind,
    Role,
    RoleKind,
    Scope,
    ScopeKind,
    SequenceDisplay,
    Subscript,
    Template,
    Text,
    Wrapped,
)
from codemod.provenance.origins import Origins
from codemod.provenance.values import (
    ClassValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    MappingValue,
    ModuleValue,
    ParameterValue,
    SequenceValue,
    UnknownValue,
    Value,
)

ANY = "*"
_GIVE_COPY = frozenset({"copy", "deepcopy"})
_DUMPING_METHODS = ("model_dump", "model_dump_json", "dict", "json", "_asdict", "__dict__")
_DUMPING_FUNCTIONS = ("asdict", "astuple", "vars", "dump", "dumps")
_NO_EFFECT_ON_ITEMS = frozenset({"update", "keys", "clear", "append", "extend", "setdefault"})


class UseKind(Enum):
    MEMBER = auto()
    CALLED = auto()
    ARGUMENT = auto()
    COMPARED = auto()
    KEYED = auto()
    FORMATTED = auto()
    TESTED = auto()
    STORED = auto()
    CONTAINED = auto()
    RETURNED = auto()
    RAISED = auto()
    YIELDED = auto()
    OPERATED = auto()
    ITEM = auto()
    ITERATED = auto()
    DISCARDED = auto()
    # A read of the same name on something that is not known.
    MAYBE = auto()
    # A file that mentions the name and cannot be processed.
    HIDDEN = auto()


@dataclass(frozen=True, slots=True)
class Use:
    """One end of a flow.

    ``node`` is the expression that holds the value there and ``parent`` what takes it. For ARGUMENT, ``call`` takes
    it as ``keyword`` ("" for a position); ``direct`` is False if the value is inside a container there.
    """

    kind: UseKind
    file: FileFacts
    node: Expression
    parent: Expression | Role | None
    call: Call | None = None
    keyword: str = ""
    direct: bool = True


@dataclass(frozen=True, slots=True)
class _Flow:
    file: FileFacts
    node: Expression
    path: tuple[str, ...]


class Uses:
    """Answers where values go to."""

    def __init__(self, origins: Origins) -> None:
        self.origins = origins
        self.project = origins.project
        self._known: dict[tuple[FileFacts, Expression], tuple[Use, ...]] = {}

    def of(self, file: FileFacts, node: Expression) -> tuple[Use, ...]:
        """All ends of the value that ``node`` stands for, each once, in the order they are reached."""
        key = (file, node)
        if key not in self._known:
            self._known[key] = tuple(self._follow([_Flow(file, node, ())]))
        return self._known[key]

    def of_binding(self, file: FileFacts, binding: Binding) -> tuple[Use, ...]:
        """All ends of the value that ``binding`` gives its name."""
        starts = list(self._reads(file, binding, ()))
        flows = [each for each in starts if isinstance(each, _Flow)]
        return tuple(each for each in starts if isinstance(each, Use)) + tuple(self._follow(flows))

    def _follow(self, pending: list[_Flow]) -> Iterator[Use]:
        seen: set[_Flow] = set(pending)
        said: set[Use] = set()
        pending.reverse()
        while pending:
            flow = pending.pop()
            for step in self._step(flow):
                if isinstance(step, Use):
                    if step not in said:
                        said.add(step)
                        yield step
                elif step not in seen and len(step.path) < 8:
                    seen.add(step)
                    pending.append(step)

    def _step(self, flow: _Flow) -> Iterator[_Flow | Use]:
        file, node, path = flow.file, flow.node, flow.path
        parent = file.parents.get(node)
        if parent is None:
            return
        if isinstance(parent, Role):
            yield from self._role(flow, parent)
        elif isinstance(parent, Wrapped):
            yield _Flow(file, parent, path)
            for binding in parent.bindings:
                yield from self._reads(file, binding, path)
        elif isinstance(parent, Choice):
            if node is parent.test:
                yield Use(UseKind.TESTED, file, node, parent)
            else:
                yield _Flow(file, parent, path)
        elif isinstance(parent, Attribute):
            yield from self._attribute(flow, parent)
        elif isinstance(parent, Call):
            yield from self._call(flow, parent)
        elif isinstance(parent, MappingDisplay):
            yield from self._entry(flow, parent)
        elif isinstance(parent, SequenceDisplay):
            yield _Flow(file, parent, (ANY, *path))
        elif isinstance(parent, Template):
            yield Use(UseKind.FORMATTED, file, node, parent)
        elif isinstance(parent, EnvironmentRead):
            if node is parent.default:
                yield _Flow(file, parent, path)
        elif isinstance(parent, Subscript):
            yield from self._subscript(flow, parent)
        elif isinstance(parent, Comparison):
            yield Use(UseKind.COMPARED, file, node, parent)
        elif isinstance(parent, Comprehension):
            yield from self._comprehension(flow, parent)
        elif isinstance(parent, Opaque) and parent.what == "not":
            yield Use(UseKind.TESTED, file, node, parent)
        elif isinstance(parent, Opaque) and parent.what == "*":
            yield _Flow(file, parent, path)
        elif isinstance(parent, Opaque) and parent.what == "yield":
            yield Use(UseKind.YIELDED, file, node, parent, direct=not path)
        else:
            yield Use(UseKind.OPERATED, file, node, parent)

    # Statements

    def _role(self, flow: _Flow, role: Role) -> Iterator[_Flow | Use]:
        file, node, path = flow.file, flow.node, flow.path
        kind = role.kind
        if kind in (RoleKind.BOUND, RoleKind.DEFAULT, RoleKind.ENTERED):
            for binding in role.bindings:
                yield from self._reads(file, binding, path)
            for target in role.targets:
                if isinstance(target, Attribute):
                    yield from self._into_member(flow, role, target)
                elif isinstance(target, Subscript):
                    yield from self._into_item(flow, role, target)
            if kind is RoleKind.BOUND and not role.bindings and not role.targets:
                yield Use(UseKind.CONTAINED, file, node, role, direct=not path)
        elif kind is RoleKind.RETURNED:
            yield from self._returned(flow, role)
        elif kind is RoleKind.ITERATED:
            if path:
                for binding in role.bindings:
                    yield from self._reads(file, binding, path[1:])
                if not role.bindings:
                    yield Use(UseKind.CONTAINED, file, node, role)
            else:
                yield Use(UseKind.ITERATED, file, node, role)
        elif kind in _ENDS:
            yield Use(_ENDS[kind], file, node, role)

    def _reads(self, file: FileFacts, binding: Binding, path: tuple[str, ...]) -> Iterator[_Flow | Use]:
        """The reads of a bound name: in its file and, for a module's or class's name, wherever it is reached from."""
        for name in file.names.get(binding.name, ()):
            meant = file.lookup(name.id, name.scope)
            if meant and meant[0].scope == binding.scope and file.parents.get(name) is not None:
                yield _Flow(file, name, path)
        home = file.scopes[binding.scope]
        if home.kind is ScopeKind.MODULE:
            yield from self._reads_elsewhere(file, binding.name, path, frozenset())
            for unreadable in self.project.unreadable_mentioning(binding.name, file.path):
                hidden = binding.value or file.names.get(binding.name, (None,))[0]
                if hidden is not None and unreadable != file.path:
                    yield Use(UseKind.HIDDEN, file, hidden, None, keyword=unreadable.name)
        elif home.kind is ScopeKind.CLASS:
            yield from self._member_reads(file, home, binding.name, path)

    def _reads_elsewhere(
        self, file: FileFacts, name: str, path: tuple[str, ...], through: frozenset[FileFacts]
    ) -> Iterator[_Flow | Use]:
        yield from self._through_stars(file, name, path, through)
        for facts in self.project.facts_mentioning(name):
            if facts is not file:
                for binding in facts.imports.get(name, ()):
                    if (
                        binding.imported is not None
                        and binding.imported.name
                        and self._names_module(facts, binding, file)
                    ):
                        yield from self._reads(facts, binding, path)
            if facts is not file and facts not in through and self._stars(facts, file):
                for starred in facts.names.get(name, ()):
                    if not facts.lookup(name, starred.scope):
                        yield _Flow(facts, starred, path)
            for read, owner_node in _reads_by_name(facts, name):
                owners = self.origins.values(facts, owner_node)
                if any(isinstance(owner, ModuleValue) and owner.file is file for owner in owners):
                    yield _Flow(facts, read, path)
                elif name.isupper() and any(isinstance(owner, (ExternalValue, UnknownValue)) for owner in owners):
                    yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))

    def _through_stars(
        self, file: FileFacts, name: str, path: tuple[str, ...], through: frozenset[FileFacts]
    ) -> Iterator[_Flow | Use]:
        """The reads behind modules that hand all names of ``file`` on, which need not mention the name themselves."""
        for facts in self.project.facts_mentioning("import *"):
            if facts is not file and facts not in through and self._stars(facts, file):
                yield from self._reads_elsewhere(facts, name, path, through | {file})

    def _names_module(self, facts: FileFacts, binding: Binding, file: FileFacts) -> bool:
        assert binding.imported is not None
        return self.project.resolve(facts.path, binding.imported) == file.path

    def _stars(self, facts: FileFacts, file: FileFacts) -> bool:
        return any(self._names_module(facts, binding, file) for binding in facts.scopes[0].bindings.get("*", ()))

    def _into_member(self, flow: _Flow, role: Role, target: Attribute) -> Iterator[_Flow | Use]:
        owners = self.origins.values(flow.file, target.value)
        followed = False
        for owner in owners:
            if isinstance(owner, (InstanceValue, ClassValue)):
                followed = True
                yield from self._member_reads(owner.file, owner.scope, target.name, flow.path)
            elif isinstance(owner, ModuleValue):
                followed = True
                yield from self._reads_elsewhere(owner.file, target.name, flow.path, frozenset())
                for read in owner.file.names.get(target.name, ()):
                    meant = owner.file.lookup(read.id, read.scope)
                    if meant and meant[0].scope == 0:
                        yield _Flow(owner.file, read, flow.path)
        if not followed:
            yield Use(UseKind.STORED, flow.file, flow.node, role, direct=not flow.path)

    def _into_item(self, flow: _Flow, role: Role, target: Subscript) -> Iterator[_Flow | Use]:
        key = target.key.value if isinstance(target.key, Text) else ANY
        followed = False
        for holder in self.origins.values(flow.file, target.value):
            if isinstance(holder, MappingValue):
                followed = True
                path = (key, *flow.path)
                if isinstance(holder.node, Binding):
                    yield from self._reads(holder.file, holder.node, path)
                else:
                    yield _Flow(holder.file, holder.node, path)
        if not followed:
            yield Use(UseKind.STORED, flow.file, flow.node, role, direct=not flow.path)

    def _member_reads(self, file: FileFacts, scope: Scope, name: str, path: tuple[str, ...]) -> Iterator[_Flow | Use]:
        family = self._family(file, scope)
        for facts in self.project.facts_mentioning(name):
            for read, owner_node in _reads_by_name(facts, name):
                owners = self.origins.values(facts, owner_node)
                if any(isinstance(owner, (InstanceValue, ClassValue)) and owner.scope in family for owner in owners):
                    yield _Flow(facts, read, path)
                elif not owners or any(isinstance(owner, (UnknownValue, ParameterValue)) for owner in owners):
                    yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))
        yield from self._dumps(scope, family)

    def _dumps(self, scope: Scope, family: set[Scope]) -> Iterator[Use]:
        """Where a whole object of the class is turned into a mapping, a tuple or a text."""
        for facts in self.project.facts_mentioning(scope.name):
            for name in _DUMPING_METHODS:
                for attribute in facts.attributes.get(name, ()):
                    if self._is_of(facts, attribute.value, family):
                        yield Use(UseKind.CONTAINED, facts, attribute, facts.parents.get(attribute), direct=False)
            for name in _DUMPING_FUNCTIONS:
                reads: list[Expression] = [*facts.names.get(name, ()), *facts.attributes.get(name, ())]
                for read in reads:
                    call = facts.parents.get(read)
                    is_call = isinstance(call, Call) and call.callee is read and bool(call.arguments)
                    if isinstance(call, Call) and is_call and self._is_of(facts, call.arguments[0].value, family):
                        yield Use(UseKind.CONTAINED, facts, read, call, direct=False)

    def _is_of(self, facts: FileFacts, expression: Expression, family: set[Scope]) -> bool:
        owners = self.origins.values(facts, expression)
        return any(isinstance(owner, InstanceValue) and owner.scope in family for owner in owners)

    def _family(self, file: FileFacts, scope: Scope) -> set[Scope]:
        """The class, those it derives from and those that derive from it."""
        family = {scope}
        pending = [ClassValue(file, scope)]
        while pending:
            each = pending.pop()
            for subclass in self.origins.subclasses(each.file, each.scope):
                if subclass.scope not in family:
                    family.add(subclass.scope)
                    pending.append(subclass)
        pending = [ClassValue(file, scope)]
        while pending:
            each = pending.pop()
            for base in each.scope.bases:
                for value in self.origins.values(each.file, base):
                    if isinstance(value, ClassValue) and value.scope not in family:
                        family.add(value.scope)
                        pending.append(value)
        return family

    def _returned(self, flow: _Flow, role: Role) -> Iterator[_Flow | Use]:
        file = flow.file
        function = next((each for each in file.enclosing(role.scope) if each.is_function), None)
        if function is None:
            return
        owner = file.enclosing_class(function)
        if owner is not None and is_decorated(function, "property", "cached_property"):
            yield from self._member_reads(file, owner, function.name, flow.path)
            return
        callers = self.origins.callers(file, function)
        for caller in callers.calls:
            yield _Flow(caller.file, caller.call, flow.path)
        for caller in callers.maybe:
            yield Use(UseKind.MAYBE, caller.file, caller.call, caller.file.parents.get(caller.call))
        if callers.handed_on or callers.more or not callers.calls:
            yield Use(UseKind.RETURNED, file, flow.node, role, direct=not flow.path)

    # Expressions

    def _attribute(self, flow: _Flow, parent: Attribute) -> Iterator[_Flow | Use]:
        if not flow.path:
            yield Use(UseKind.MEMBER, flow.file, flow.node, parent)
            return
        call = flow.file.parents.get(parent)
        if isinstance(call, Call) and call.callee is parent:
            key = call.arguments[0].value if call.arguments else None
            if parent.name in ITEM_METHODS and flow.path[0] != ANY and isinstance(key, Text):
                if key.value == flow.path[0]:
                    yield _Flow(flow.file, call, flow.path[1:])
                return
            if parent.name in ITEM_METHODS:
                yield _Flow(flow.file, call, flow.path[1:])
                return
            if parent.name in _GIVE_COPY:
                yield _Flow(flow.file, call, flow.path)
                return
            if parent.name in _NO_EFFECT_ON_ITEMS:
                return
        yield Use(UseKind.CONTAINED, flow.file, flow.node, parent, direct=False)

    def _subscript(self, flow: _Flow, parent: Subscript) -> Iterator[_Flow | Use]:
        if flow.node is parent.key:
            yield Use(UseKind.KEYED, flow.file, flow.node, parent)
        elif not flow.path:
            yield Use(UseKind.ITEM, flow.file, flow.node, parent)
        elif flow.path[0] == ANY or not isinstance(parent.key, Text) or parent.key.value == flow.path[0]:
            yield _Flow(flow.file, parent, flow.path[1:])

    def _entry(self, flow: _Flow, parent: MappingDisplay) -> Iterator[_Flow | Use]:
        for entry in parent.entries:
            if entry.key is flow.node:
                yield Use(UseKind.KEYED, flow.file, flow.node, parent)
            elif entry.value is flow.node and entry.key is None:
                if flow.path:
                    yield _Flow(flow.file, parent, flow.path)
            elif entry.value is flow.node:
                key = entry.key.value if isinstance(entry.key, Text) else ANY
                yield _Flow(flow.file, parent, (key, *flow.path))

    def _comprehension(self, flow: _Flow, parent: Comprehension) -> Iterator[_Flow | Use]:
        for clause in parent.clauses:
            if clause.iterable is flow.node:
                if not flow.path:
                    yield Use(UseKind.ITERATED, flow.file, flow.node, parent)
                elif clause.target is None:
                    yield Use(UseKind.CONTAINED, flow.file, flow.node, parent, direct=False)
                else:
                    for binding in flow.file.scopes[parent.scope].bindings.get(clause.target, ()):
                        yield from self._reads(flow.file, binding, flow.path[1:])
                return
            if flow.node in clause.conditions:
                yield Use(UseKind.TESTED, flow.file, flow.node, parent)
                return
        yield Use(UseKind.CONTAINED, flow.file, flow.node, parent, direct=not flow.path)

    # Calls

    def _call(self, flow: _Flow, call: Call) -> Iterator[_Flow | Use]:
        if call.callee is flow.node:
            if not flow.path:
                yield Use(UseKind.CALLED, flow.file, flow.node, call)
            return
        argument = next(each for each in call.arguments if each.value is flow.node)
        if self._is_fallback(flow, call, argument):
            yield _Flow(flow.file, call, flow.path)
        if isinstance(call.callee, Attribute) and call.callee.name == "append":
            sequences = [
                holder
                for holder in self.origins.values(flow.file, call.callee.value)
                if isinstance(holder, SequenceValue)
            ]
            for sequence in sequences:
                yield _Flow(sequence.file, sequence.node, (ANY, *flow.path))
            if sequences:
                return
        if isinstance(call.callee, Attribute) and call.callee.name in ("update", "setdefault"):
            holders = self.origins.values(flow.file, call.callee.value)
            mappings = [holder for holder in holders if isinstance(holder, MappingValue)]
            if mappings:
                for holder in mappings:
                    yield from self._into_mapping(flow, call, argument, holder)
                return
        elif self._is_fallback(flow, call, argument):
            return
        callees = self.origins.values(flow.file, call.callee)
        if not callees:
            yield self._argument_use(flow, call, argument)
        for callee in callees:
            yield from self._into_callee(flow, call, argument, callee)

    def _into_mapping(self, flow: _Flow, call: Call, argument: Argument, holder: MappingValue) -> Iterator[_Flow | Use]:
        """``mapping.update(key=HERE)``, ``mapping.update({"key": HERE})``, ``mapping.setdefault("key", HERE)``."""
        assert isinstance(call.callee, Attribute)
        path = flow.path
        if call.callee.name == "setdefault":
            key = call.arguments[0].value
            if argument is call.arguments[0]:
                yield Use(UseKind.KEYED, flow.file, flow.node, call)
                return
            path = (key.value if isinstance(key, Text) else ANY, *path)
        elif argument.keyword is not None:
            path = (argument.keyword, *path)
        if not path:
            return
        if isinstance(holder.node, Binding):
            yield from self._reads(holder.file, holder.node, path)
        else:
            yield _Flow(holder.file, holder.node, path)

    def _is_fallback(self, flow: _Flow, call: Call, argument: Argument) -> bool:
        """``settings.get("model", HERE)`` gives it back if the mapping is one of the project."""
        if not (isinstance(call.callee, Attribute) and call.callee.name in ITEM_METHODS):
            return False
        if len(call.arguments) < 2 or call.arguments[1] is not argument:
            return False
        holders = self.origins.values(flow.file, call.callee.value)
        return any(isinstance(holder, MappingValue) for holder in holders)

    def _argument_use(self, flow: _Flow, call: Call, argument: Argument) -> Use:
        keyword, direct = argument.keyword or "", not flow.path
        if argument.expansion == "**" and flow.path:
            keyword, direct = flow.path[0], len(flow.path) == 1
        return Use(UseKind.ARGUMENT, flow.file, flow.node, call, call, keyword, direct)

    def _into_callee(self, flow: _Flow, call: Call, argument: Argument, callee: Value) -> Iterator[_Flow | Use]:
        if isinstance(callee, FunctionValue):
            yield from self._into_function(flow, call, argument, callee.file, callee.scope, bound=callee.bound)
        elif isinstance(callee, ClassValue):
            yield from self._into_class(flow, call, argument, callee)
        elif isinstance(callee, ExternalValue) and callee.path == "builtins.dict":
            if argument.keyword is not None:
                yield _Flow(flow.file, call, (argument.keyword, *flow.path))
            elif flow.path:
                yield _Flow(flow.file, call, flow.path)
        elif isinstance(callee, ExternalValue) and self._gives_back(callee.path, call, argument):
            yield _Flow(flow.file, call, flow.path)
        else:
            yield self._argument_use(flow, call, argument)

    def _gives_back(self, path: str, call: Call, argument: Argument) -> bool:
        wrapped = self.origins.libraries.wrappers.get(path)
        return wrapped is not None and argument_at(call, *wrapped) is argument.value

    def _into_class(self, flow: _Flow, call: Call, argument: Argument, owner: ClassValue) -> Iterator[_Flow | Use]:
        initialiser = self._initialiser(owner)
        if initialiser is not None:
            file, scope = initialiser
            yield from self._into_function(flow, call, argument, file, scope, bound=True)
            return
        name = argument.keyword
        if argument.expansion == "**" and flow.path:
            name = flow.path[0]
        fields = self._fields(owner)
        if name is None and not argument.expansion:
            plain = [each for each in call.arguments if each.keyword is None]
            position = plain.index(argument)
            name = fields[position] if position < len(fields) else None
        if name is not None and name in fields:
            path = flow.path[1:] if argument.expansion == "**" else flow.path
            yield from self._member_reads(owner.file, owner.scope, name, path)
        else:
            yield self._argument_use(flow, call, argument)

    def _fields(self, owner: ClassValue) -> list[str]:
        """The declared fields of a class, those of its base classes first."""
        found: list[str] = []
        for base in owner.scope.bases:
            for value in self.origins.values(owner.file, base):
                if isinstance(value, ClassValue) and value != owner:
                    found += self._fields(value)
        found += [each for each, bound in owner.scope.bindings.items() if any(b.annotation is not None for b in bound)]
        return list(dict.fromkeys(found))

    def _initialiser(self, owner: ClassValue) -> tuple[FileFacts, Scope] | None:
        pending, seen = [owner], {owner}
        while pending:
            each = pending.pop(0)
            for binding in each.scope.bindings.get("__init__", ()):
                if binding.defines is not None:
                    return each.file, each.file.scopes[binding.defines]
            for base in each.scope.bases:
                for value in self.origins.values(each.file, base):
                    if isinstance(value, ClassValue) and value not in seen:
                        seen.add(value)
                        pending.append(value)
        return None

    def _into_function(
        self, flow: _Flow, call: Call, argument: Argument, file: FileFacts, scope: Scope, *, bound: bool
    ) -> Iterator[_Flow | Use]:
        path = flow.path
        if argument.expansion == "**":
            if not path:
                return
            keyword, path = path[0], path[1:]
            taken = next((each for each in scope.parameters if each.name == keyword), None)
        elif argument.expansion == "*":
            yield self._argument_use(flow, call, argument)
            return
        else:
            keyword = argument.keyword or ""
            taken = next(
                (each for each in scope.parameters if argument_for(scope, each, call, bound=bound) is argument), None
            )
        if taken is None:
            rest = ParameterKind.KEYWORDS if keyword else ParameterKind.VARIADIC
            taken = next((each for each in scope.parameters if each.parameter is rest), None)
            path = (keyword or ANY, *path)
        if taken is None:
            yield self._argument_use(flow, call, argument)
        else:
            yield from self._reads(file, taken, path)


def _reads_by_name(facts: FileFacts, name: str) -> Iterator[tuple[Expression, Expression]]:
    """The reads of a member called ``name``, each with what it is read from: ``x.name``, ``getattr(x, "name")``."""
    for attribute in facts.attributes.get(name, ()):
        yield attribute, attribute.value
    for call in facts.named_reads.get(name, ()):
        yield call, call.arguments[0].value


_ENDS = {
    RoleKind.TESTED: UseKind.TESTED,
    RoleKind.RAISED: UseKind.RAISED,
    RoleKind.YIELDED: UseKind.YIELDED,
    RoleKind.DISCARDED: UseKind.DISCARDED,
    RoleKind.OTHER: UseKind.OPERATED,
    RoleKind.DECORATOR: UseKind.OPERATED,
}
