"""Where a value goes to: forwards through bindings, members, arguments, returns and containers.

A flow is followed as a worklist of (expression, path): ``path`` are the keys that lead from what the expression
holds to the value: ``{"model": X}`` holds X under ("model",), ``["a", X]`` under (1,). What ends a flow is a Use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum, auto

from codemod.provenance.asking import TooManyFilesError, glanced
from codemod.provenance.callers import argument_of, handed
from codemod.provenance.calls import (
    ITEM_METHODS,
    KEEPING_METHODS,
    Passed,
    argument_at,
    arguments_for,
    copied_by,
    is_decorated,
    last_name,
    passed_through,
    positional_arguments,
    positional_parameters,
)
from codemod.provenance.commands import command_parameters, option_names
from codemod.provenance.containers import ONE_ELEMENT, SAME_ELEMENTS, declared_fields
from codemod.provenance.dumping import dumped_in, dumping_of
from codemod.provenance.facts import (
    Argument,
    Attribute,
    Binding,
    BindingKind,
    Call,
    Choice,
    Clause,
    Comparison,
    Comprehension,
    Constant,
    EnvironmentRead,
    Expression,
    FileFacts,
    MappingDisplay,
    Name,
    Opaque,
    ParameterKind,
    Role,
    RoleKind,
    Route,
    Scope,
    ScopeKind,
    SequenceDisplay,
    Subscript,
    Template,
    Text,
    Wrapped,
)
from codemod.provenance.members import FIELDS, REPLACING, REPLACING_METHODS, root_of
from codemod.provenance.origins import Origins
from codemod.provenance.questions import Values
from codemod.provenance.results import ENTERING
from codemod.provenance.values import (
    ClassValue,
    EnumMemberValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    MappingValue,
    MemberValue,
    ModuleValue,
    ParameterValue,
    ProductValue,
    SequenceValue,
    UnknownValue,
    Value,
    library_path,
)
from codemod.records import record

Keys = tuple["str | int", ...]
# Stands for any key or position in a path.
ANY = "*"
# Stands for what entering a context gives.
ENTERED = "<entered>"
_GIVE_COPY = frozenset({"copy", "deepcopy"})
_LOOKING_AT_CONTAINERS = frozenset(f"builtins.{name}" for name in ("len", "any", "all", "bool", "isinstance", "type"))
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


@record
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


@record
class _Flow:
    file: FileFacts
    node: Expression
    path: Keys


class Uses:
    """Answers where values go to."""

    def __init__(self, origins: Origins) -> None:
        self.origins = origins
        self.project = origins.project
        self._known: dict[tuple[FileFacts, Expression], tuple[Use, ...]] = {}
        self._names: dict[tuple[FileFacts, str], Mapping[int, Sequence[Name]]] = {}
        self._stepped: dict[_Flow, tuple[_Flow | Use, ...]] = {}
        self._dumped: dict[Scope, tuple[Use, ...]] = {}

    def of(self, file: FileFacts, node: Expression) -> tuple[Use, ...]:
        """All ends of the value that ``node`` stands for, each once, in the order they are reached."""
        key = (file, node)
        if key not in self._known:
            self._known[key] = tuple(self._follow([_Flow(file, node, ())]))
        return self._known[key]

    def of_binding(self, file: FileFacts, binding: Binding) -> tuple[Use, ...]:
        """All ends of the value that ``binding`` gives its name."""
        starts = list(self._reads_as_far_as_followed(file, binding))
        flows = [each for each in starts if isinstance(each, _Flow)]
        return tuple(each for each in starts if isinstance(each, Use)) + tuple(self._follow(flows))

    def _reads_as_far_as_followed(self, file: FileFacts, binding: Binding) -> Iterator[_Flow | Use]:
        try:
            yield from self._reads(file, binding, ())
        except TooManyFilesError:
            for node in (binding.value, *file.names.get(binding.name, ())):
                if node is not None:
                    yield Use(UseKind.STORED, file, node, file.parents.get(node))
                    return

    def _follow(self, pending: list[_Flow]) -> Iterator[Use]:
        seen: set[_Flow] = set(pending)
        said: set[Use] = set()
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

    def _steps_from(self, flow: _Flow) -> tuple[_Flow | Use, ...]:
        """Where a flow gets to next; many values get to the same places."""
        if flow not in self._stepped:
            self._stepped[flow] = tuple(self._steps(flow))
        return self._stepped[flow]

    def _steps(self, flow: _Flow) -> Iterator[_Flow | Use]:
        """Where a flow gets to next; what is read under a name that too many files mention is not followed."""
        try:
            yield from self._step(flow)
        except TooManyFilesError:
            yield Use(UseKind.STORED, flow.file, flow.node, flow.file.parents.get(flow.node), direct=not flow.path)

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
            yield _Flow(file, parent, _in_sequence(parent, node, path))
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
        elif isinstance(parent, Opaque) and (parent.what == "*" or (parent.what == "|" and path)):
            yield _Flow(file, parent, path)
        elif isinstance(parent, Opaque) and parent.what == "+" and path and path[0] != ENTERED:
            yield _Flow(file, parent, (ANY, *path[1:]))
        elif isinstance(parent, Opaque) and parent.what in ("yield", "yield from"):
            yield from self._yielded(flow, parent)
        else:
            yield Use(UseKind.OPERATED, file, node, parent)

    # Statements

    def _role(self, flow: _Flow, role: Role) -> Iterator[_Flow | Use]:
        file, node, path = flow.file, flow.node, flow.path
        kind = role.kind
        if kind in (RoleKind.BOUND, RoleKind.DEFAULT, RoleKind.ENTERED):
            if kind is RoleKind.ENTERED and path and path[0] == ENTERED:
                path = path[1:]
            for binding in role.bindings:
                yield from self._bound(flow, role, binding, path)
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
                    yield from self._bound(flow, role, binding, path if binding.route else path[1:])
                if not role.bindings:
                    yield Use(UseKind.CONTAINED, file, node, role)
            else:
                yield Use(UseKind.ITERATED, file, node, role)
        elif kind is RoleKind.MERGED and role.target is not None:
            yield from self._into_containers(file, role.target, path)
        elif kind in _ENDS:
            yield Use(_ENDS[kind], file, node, role)

    def _bound(self, flow: _Flow, role: Role, binding: Binding, path: Keys) -> Iterator[_Flow | Use]:
        """The reads of a name that takes the value, or the part of it that the binding's route leads to."""
        behind = _behind(path, binding.route)
        if behind is not None:
            yield from self._reads(flow.file, binding, behind)
        elif len(path) < len(binding.route):
            yield Use(UseKind.ITERATED, flow.file, flow.node, role)

    def _into_containers(self, file: FileFacts, target: Expression, path: Keys) -> Iterator[_Flow | Use]:
        """Into the mappings that ``target`` can be, under the keys of ``path``, or into its sequences, anywhere."""
        for holder in self.origins.values(file, target) if path else ():
            if isinstance(holder, MappingValue):
                yield from self._from_holder(holder, path)
            elif isinstance(holder, SequenceValue):
                yield from self._from_holder(holder, (ANY, *path[1:]))

    def _from_holder(self, holder: MappingValue | SequenceValue, path: Keys) -> Iterator[_Flow | Use]:
        if isinstance(holder.node, Binding):
            yield from self._reads(holder.file, holder.node, path)
        else:
            yield _Flow(holder.file, holder.node, path)

    def _reads(self, file: FileFacts, binding: Binding, path: Keys) -> Iterator[_Flow | Use]:
        """The reads of a bound name: in its file and, for a module's or class's name, wherever it is reached from."""
        for name in self._names_in(file, binding.name).get(binding.scope, ()):
            yield _Flow(file, name, path)
        home = file.scopes[binding.scope]
        if home.kind is ScopeKind.MODULE:
            yield from self._reads_elsewhere(file, binding.name, path)
            for unreadable in self.project.unreadable_mentioning(binding.name, file.path):
                hidden = binding.value or file.names.get(binding.name, (None,))[0]
                if hidden is not None and unreadable != file.path:
                    yield Use(UseKind.HIDDEN, file, hidden, None, keyword=unreadable.name)
        elif home.kind is ScopeKind.CLASS:
            yield from self._member_reads(file, home, binding.name, path)

    def _names_in(self, file: FileFacts, name: str) -> Mapping[int, Sequence[Name]]:
        """The reads of ``name``, by the scope that binds it: many functions of a file have the same names."""
        key = (file, name)
        if key not in self._names:
            found: dict[int, list[Name]] = defaultdict(list)
            for read in file.names.get(name, ()):
                meant = file.lookup(read.id, read.scope)
                if meant and file.parents.get(read) is not None:
                    found[meant[0].scope].append(read)
            self._names[key] = found
        return self._names[key]

    def _reads_elsewhere(self, file: FileFacts, name: str, path: Keys) -> Iterator[_Flow | Use]:
        for module in (*self._handing_on(file), file):
            yield from self._reads_of_module(module, name, path)

    def _reads_of_module(self, file: FileFacts, name: str, path: Keys) -> Iterator[_Flow | Use]:
        """The reads of what the module ``file`` calls ``name``, in other files."""
        yield from self._reads_by_any_name(file)
        for facts in self.origins.world.mentioning(name, self.origins.world.home(file, name)):
            if facts is not file:
                for binding in facts.imports.get(name, ()):
                    if (
                        binding.imported is not None
                        and binding.imported.name
                        and self._names_module(facts, binding, file)
                    ):
                        yield from self._reads(facts, binding, path)
            if facts is not file and self._stars(facts, file):
                for starred in facts.names.get(name, ()):
                    if not facts.lookup(name, starred.scope):
                        yield _Flow(facts, starred, path)
            for found in self._items_of_modules(facts, name, file):
                yield _Flow(facts, found, path)
            for read, owner_node in _reads_by_name(facts, name):
                owners = self._owners(facts, owner_node, lambda owner: self._is_names_of(owner, file))
                if any(self._is_names_of(owner, file) for owner in owners):
                    yield _Flow(facts, read, path)
                elif name.isupper() and any(isinstance(owner, (ExternalValue, UnknownValue)) for owner in owners):
                    yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))

    def _reads_by_any_name(self, file: FileFacts) -> Iterator[Use]:
        """``getattr(module, name)`` by a name that is not fixed, and ``vars(module)``."""
        stem = file.path.parent.name if file.path.stem == "__init__" else file.path.stem
        for word in ("getattr", "vars", "__dict__"):
            for facts in self.project.facts_mentioning_all((word, stem), file.path):
                for read, holder in _reads_of_any_name(facts):
                    if any(self._is_names_of(owner, file) for owner in self.origins.values(facts, holder)):
                        yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))

    def _is_names_of(self, owner: Value, file: FileFacts) -> bool:
        """Whether the members of ``owner`` are the names of the module ``file``."""
        if isinstance(owner, ExternalValue):
            return file in self.origins.world.settings_modules(owner.path)
        return isinstance(owner, ModuleValue) and owner.file is file

    def _items_of_modules(self, facts: FileFacts, name: str, file: FileFacts) -> Iterator[Expression]:
        """``globals()["NAME"]`` and ``vars(module)["NAME"]`` of the module ``file``."""
        for item, holder in _items_by_name(facts, name):
            for value in self.origins.values(facts, holder):
                if isinstance(value, ProductValue) and value.path in ("builtins.globals", "builtins.vars"):
                    given = value.call.arguments
                    modules = self.origins.values(value.file, given[0].value) if given else (ModuleValue(value.file),)
                    if any(isinstance(module, ModuleValue) and module.file is file for module in modules):
                        yield item

    def _handing_on(self, file: FileFacts) -> list[FileFacts]:
        """The modules that hand all names of ``file`` on, which need not mention them themselves."""
        found: list[FileFacts] = []
        pending, seen = [file], {file}
        while pending:
            each = pending.pop(0)
            starring = self.origins.world.starring(each.path)
            fresh = [facts for facts in starring if facts not in seen and self._stars(facts, each)]
            seen.update(fresh)
            found += fresh
            pending += fresh
        return found

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
                yield from self._reads_elsewhere(owner.file, target.name, flow.path)
                for read in owner.file.names.get(target.name, ()):
                    meant = owner.file.lookup(read.id, read.scope)
                    if meant and meant[0].scope == 0:
                        yield _Flow(owner.file, read, flow.path)
            elif isinstance(owner, FunctionValue):
                followed = True
                yield from self._function_member_reads(owner, target.name, flow.path)
            elif library_path(owner) in self.origins.libraries.stores:
                followed = True
                yield from self._store_reads(library_path(owner), target.name, flow.path)
        if not followed:
            yield Use(UseKind.STORED, flow.file, flow.node, role, direct=not flow.path)

    def _into_item(self, flow: _Flow, role: Role, target: Subscript) -> Iterator[_Flow | Use]:
        key = target.key.value if isinstance(target.key, Text) else ANY
        followed = False
        for holder in self.origins.values(flow.file, target.value):
            if isinstance(holder, (MappingValue, SequenceValue)):
                followed = True
                yield from self._from_holder(holder, (key, *flow.path))
            elif library_path(holder) in self.origins.libraries.stores and isinstance(target.key, Text):
                followed = True
                yield from self._store_reads(library_path(holder), target.key.value, flow.path)
        if not followed:
            yield Use(UseKind.STORED, flow.file, flow.node, role, direct=not flow.path)

    def _function_member_reads(self, owner: FunctionValue, name: str, path: Keys) -> Iterator[_Flow | Use]:
        for facts in self.origins.world.reading(name, owner.file.path):
            for read, owner_node in _reads_by_name(facts, name):
                values = self.origins.values(facts, owner_node)
                if any(isinstance(value, FunctionValue) and value.scope is owner.scope for value in values):
                    yield _Flow(facts, read, path)

    def _store_reads(self, store: str, name: str, path: Keys) -> Iterator[_Flow | Use]:
        """The reads of what a library's store keeps under ``name``, as a member or as an item."""
        for facts in self.origins.world.mentioning(name, None):
            for read, holder in (*_reads_by_name(facts, name), *_items_by_name(facts, name)):
                owners = self.origins.values(facts, holder)
                if any(library_path(owner) == store for owner in owners):
                    yield _Flow(facts, read, path)
                elif any(isinstance(owner, (UnknownValue, ParameterValue)) for owner in owners):
                    yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))

    def _cell_reads(self, cell: ProductValue, path: Keys) -> Iterator[_Flow | Use]:
        """The calls of ``get`` on a ContextVar."""
        role = cell.file.parents.get(cell.call)
        for binding in role.bindings if isinstance(role, Role) else ():
            for facts in self.origins.world.mentioning(binding.name, cell.file.path):
                for attribute in facts.attributes.get("get", ()):
                    call = facts.parents.get(attribute)
                    if isinstance(call, Call) and cell in self.origins.values(facts, attribute.value):
                        yield _Flow(facts, call, path)

    def _member_reads(self, file: FileFacts, scope: Scope, name: str, path: Keys) -> Iterator[_Flow | Use]:
        family = self._family(file, scope)

        def is_member(owner: Value) -> bool:
            return isinstance(owner, (InstanceValue, ClassValue)) and owner.scope in family

        for facts in self.origins.world.reading(name, file.path):
            for read, owner_node in _reads_by_name(facts, name):
                owners = self._owners(facts, owner_node, is_member)
                if any(map(is_member, owners)):
                    yield _Flow(facts, read, path)
                elif not owners or any(isinstance(owner, (UnknownValue, ParameterValue)) for owner in owners):
                    yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))
        yield from self._dumps(file, scope, family)
        yield from self._unpackings(file, scope, family, name, path)

    def _owners(self, file: FileFacts, expression: Expression, is_wanted: Callable[[Value], bool]) -> Values:
        seen = glanced(self.origins.world, file, expression, is_wanted)
        return self.origins.values(file, expression) if seen is None else seen

    def _unpackings(
        self, file: FileFacts, scope: Scope, family: Mapping[Scope, FileFacts], name: str, path: Keys
    ) -> Iterator[_Flow | Use]:
        """``model, temperature = config``, where config is a named tuple."""
        if not any(last_name(base) == "NamedTuple" for base in scope.bases) or name not in declared_fields(scope):
            return
        position = declared_fields(scope).index(name)
        names = {scope.name}
        for caller in self.origins.callers(file, scope).calls:
            role = caller.file.parents.get(caller.call)
            names |= {binding.name for binding in role.bindings} if isinstance(role, Role) else set()
        mentioning = (self.origins.world.mentioning(wanted, file.path) for wanted in sorted(names))
        for facts in dict.fromkeys(each for found in mentioning for each in found):
            for binding in (each for holder in facts.scopes for found in holder.bindings.values() for each in found):
                if binding.kind is BindingKind.UNPACKED and binding.value is not None:
                    behind = _behind((position, *path), binding.route)
                    if behind is not None and self._is_of(facts, binding.value, family):
                        yield from self._reads(facts, binding, behind)

    def _dumps(self, file: FileFacts, scope: Scope, family: Mapping[Scope, FileFacts]) -> tuple[Use, ...]:
        """Where a whole object of the class is turned into a mapping, a tuple or a text."""
        if scope not in self._dumped:
            dumping = dumping_of(self.origins, file, scope, family)
            self._dumped[scope] = tuple(
                Use(UseKind.CONTAINED, facts, read, facts.parents.get(read), direct=False)
                for facts in self.origins.world.mentioning_with(scope.name, dumping.words, file.path)
                for read, dumped in dumped_in(self.origins, facts, dumping)
                if self._is_of(facts, dumped, family)
            )
        return self._dumped[scope]

    def _is_of(self, facts: FileFacts, expression: Expression, family: Mapping[Scope, FileFacts]) -> bool:
        def is_member(owner: Value) -> bool:
            return isinstance(owner, InstanceValue) and owner.scope in family

        return any(map(is_member, self._owners(facts, expression, is_member)))

    def _family(self, file: FileFacts, scope: Scope) -> Mapping[Scope, FileFacts]:
        """The class, those it derives from and those that derive from it, each with its file."""
        family = {scope: file}
        pending = [ClassValue(file, scope)]
        while pending:
            each = pending.pop()
            for subclass in self.origins.subclasses(each.file, each.scope):
                if subclass.scope not in family:
                    family[subclass.scope] = subclass.file
                    pending.append(subclass)
        family.update((each.scope, each.file) for each in self.origins.lineage(file, scope))
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
        if function.name == "__getattr__" and function.parent == 0:
            for name in _compared_names(file, function):
                yield from self._reads_elsewhere(file, name, flow.path)
            return
        if owner is not None and function.name in ("__enter__", "__aenter__"):
            for caller in self.origins.callers(file, owner).calls:
                yield _Flow(caller.file, caller.call, (ENTERED, *flow.path))
            return
        yield from self._given_by(file, function, flow.path, flow.path)
        callers = self.origins.callers(file, function)
        if callers.handed_on or callers.more or not callers.calls:
            yield Use(UseKind.RETURNED, file, flow.node, role, direct=not flow.path)

    def _yielded(self, flow: _Flow, parent: Opaque) -> Iterator[_Flow | Use]:
        """Out of a generator: to those who enter it as a context, iterate over it, or have it called for them."""
        file = flow.file
        function = next((each for each in file.scopes if flow.node in (*each.yields, *each.delegates)), None)
        if function is None:
            return
        path = flow.path if parent.what == "yield" else flow.path[1:]
        marker = ENTERED if is_decorated(function, "contextmanager", "asynccontextmanager") else ANY
        yield from self._given_by(file, function, (marker, *path), path)
        callers = self.origins.callers(file, function)
        if callers.handed_on or callers.more or not callers.calls:
            yield Use(UseKind.YIELDED, file, flow.node, parent, direct=not flow.path)

    def _given_by(self, file: FileFacts, function: Scope, path: Keys, provided: Keys) -> Iterator[_Flow | Use]:
        """What a function gives, at its calls; ``provided`` leads to the value where a framework calls the function."""
        callers = self.origins.callers(file, function)
        for caller in callers.calls:
            bindings = self._annotated_with(caller.file, caller.call)
            for facts, binding in bindings:
                yield from self._reads(facts, binding, provided)
            if caller.gives and not bindings:
                invoked = caller.arguments is not caller.call.arguments
                yield _Flow(caller.file, caller.call, provided if invoked else path)
        for caller in callers.maybe:
            yield Use(UseKind.MAYBE, caller.file, caller.call, caller.file.parents.get(caller.call))

    def _annotated_with(self, file: FileFacts, call: Call) -> list[tuple[FileFacts, Binding]]:
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
            for read in self._reads(file, alias, ()):
                taken = read.file.parents.get(read.node) if isinstance(read, _Flow) else None
                if isinstance(taken, Role) and taken.kind is RoleKind.ANNOTATION:
                    found += [(read.file, binding) for binding in taken.bindings]
        return found

    # Expressions

    def _attribute(self, flow: _Flow, parent: Attribute) -> Iterator[_Flow | Use]:
        call = flow.file.parents.get(parent)
        if not flow.path:
            keeps = parent.name in KEEPING_METHODS and isinstance(call, Call) and not call.arguments
            if keeps and isinstance(call, Call) and call.callee is parent:
                yield _Flow(flow.file, call, ())
            elif parent.name in ("value", "_value_") and self._is_member(flow):
                yield _Flow(flow.file, parent, ())
            else:
                yield Use(UseKind.MEMBER, flow.file, flow.node, parent)
            return
        if isinstance(call, Call) and call.callee is parent:
            key = call.arguments[0].value if call.arguments else None
            if parent.name == "items":
                comprehension = flow.file.parents.get(call)
                if isinstance(comprehension, Comprehension) and copied_by(comprehension) is flow.node:
                    yield _Flow(flow.file, comprehension, flow.path)
                else:
                    yield _Flow(flow.file, call, (ANY, 1, *flow.path[1:]))
                return
            if parent.name == "values":
                yield _Flow(flow.file, call, (ANY, *flow.path[1:]))
                return
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

    def _is_member(self, flow: _Flow) -> bool:
        """Whether the flow has come to a member of an enumeration, whose ``value`` is the value itself."""
        return any(isinstance(each, EnumMemberValue) for each in self.origins.values(flow.file, flow.node))

    def _subscript(self, flow: _Flow, parent: Subscript) -> Iterator[_Flow | Use]:
        if flow.node is parent.key:
            yield Use(UseKind.KEYED, flow.file, flow.node, parent)
        elif not flow.path:
            yield Use(UseKind.ITEM, flow.file, flow.node, parent)
        elif _behind(flow.path, (_key_of(parent),)) is not None:
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
        file, node, path = flow.file, flow.node, flow.path
        for clause in parent.clauses:
            if clause.iterable is node:
                yield from self._over(flow, parent, clause)
                return
            if node in clause.conditions:
                yield Use(UseKind.TESTED, file, node, parent)
                return
        if len(parent.elements) == 2 and node is parent.elements[0]:
            yield Use(UseKind.KEYED, file, node, parent)
        else:
            yield _Flow(file, parent, (ANY, *path))

    def _over(self, flow: _Flow, parent: Comprehension, clause: Clause) -> Iterator[_Flow | Use]:
        """The elements of the value, under the names of the clause that goes over it."""
        if not flow.path:
            yield Use(UseKind.ITERATED, flow.file, flow.node, parent)
            return
        bindings = flow.file.scopes[parent.scope].bindings
        targets = [clause.target] if clause.target is not None else list(clause.unpacked)
        for name in targets:
            for binding in bindings.get(name, ()) if name is not None else ():
                behind = _behind(flow.path, binding.route or (None,))
                if behind is not None:
                    yield from self._reads(flow.file, binding, behind)
        if not targets:
            yield Use(UseKind.CONTAINED, flow.file, flow.node, parent, direct=False)

    # Calls

    def _call(self, flow: _Flow, call: Call) -> Iterator[_Flow | Use]:
        if call.callee is flow.node:
            if not flow.path:
                yield Use(UseKind.CALLED, flow.file, flow.node, call)
            return
        argument = next(each for each in call.arguments if each.value is flow.node)
        if self._is_fallback(flow, call, argument):
            yield _Flow(flow.file, call, flow.path)
        if isinstance(call.callee, Attribute) and call.callee.name in ("append", "add", "extend"):
            sequences = [
                holder
                for holder in self.origins.values(flow.file, call.callee.value)
                if isinstance(holder, SequenceValue)
            ]
            path = flow.path[1:] if call.callee.name == "extend" else flow.path
            for sequence in sequences:
                yield from self._from_holder(sequence, (ANY, *path))
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
            keyword, direct = str(flow.path[0]), len(flow.path) == 1
        return Use(UseKind.ARGUMENT, flow.file, flow.node, call, call, keyword, direct)

    def _into_callee(self, flow: _Flow, call: Call, argument: Argument, callee: Value) -> Iterator[_Flow | Use]:
        if isinstance(callee, FunctionValue):
            through = passed_through(callee.file, callee.scope)
            passed: tuple[Passed, ...] = ()
            if through is not None and not through.watched:
                passed = arguments_for(callee.scope, through.parameter, call.arguments, bound=callee.bound)
            if any(each.argument is argument for each in passed):
                yield _Flow(flow.file, call, flow.path)
            else:
                yield from self._into_function(flow, call, argument, callee, call.arguments)
        elif isinstance(callee, ClassValue):
            yield from self._into_class(flow, call, argument, callee)
        elif isinstance(callee, InstanceValue) and "__call__" in callee.scope.bindings:
            for method in self._methods(callee, "__call__"):
                yield from self._into_function(flow, call, argument, method, call.arguments)
        elif isinstance(callee, ExternalValue) and callee.path == "builtins.dict":
            if argument.keyword is not None:
                yield _Flow(flow.file, call, (argument.keyword, *flow.path))
            elif flow.path:
                yield _Flow(flow.file, call, flow.path)
        elif isinstance(callee, ExternalValue) and self._gives_back(callee.path, call, argument):
            yield _Flow(flow.file, call, flow.path)
        else:
            yield from self._into_library(flow, call, argument, callee)

    def _methods(self, owner: InstanceValue, name: str) -> Iterator[FunctionValue]:
        for binding in owner.scope.bindings.get(name, ()):
            if binding.defines is not None:
                yield FunctionValue(owner.file, owner.file.scopes[binding.defines], bound=True)

    def _into_library(self, flow: _Flow, call: Call, argument: Argument, callee: Value) -> Iterator[_Flow | Use]:
        path, file, libraries = library_path(callee), flow.file, self.origins.libraries
        given = next((i for i, each in enumerate(positional_arguments(call.arguments)) if each is argument), 0)
        owner_path, _, name = path.rpartition(".")
        invoker = libraries.invokers.get(path)
        called = argument_of(call, invoker) if invoker is not None else None
        functions = () if called is None or called is flow.node else self.origins.values(file, called)
        followed = [each for each in functions if isinstance(each, FunctionValue)]
        if invoker is not None and not invoker.complete:
            yield from self._looked_up(flow, call)
        if invoker is not None and called is not None and followed:
            arguments = handed(self.origins.world, call, called, invoker)
            taken = next((each for each in arguments if each.value is flow.node), None)
            for function in followed if taken is not None else ():
                assert taken is not None
                yield from self._into_function(flow, call, taken, function, arguments)
        elif flow.path and path in SAME_ELEMENTS | {"itertools.chain", "itertools.cycle"}:
            yield _Flow(file, call, (ANY, *flow.path[1:]))
        elif flow.path and path == "builtins.enumerate":
            yield _Flow(file, call, (ANY, 1, *flow.path[1:]))
        elif flow.path and path in ("builtins.zip", "itertools.product"):
            yield _Flow(file, call, (ANY, given, *flow.path[1:]))
        elif flow.path and path in ONE_ELEMENT:
            yield _Flow(file, call, flow.path[1:])
        elif flow.path and path in _LOOKING_AT_CONTAINERS:
            return
        elif path in ("copy.copy", "copy.deepcopy") and flow.path:
            yield _Flow(file, call, flow.path)
        elif path in ENTERING:
            yield _Flow(file, call, flow.path[1:] if flow.path[:1] == (ENTERED,) else flow.path)
        elif path in FIELDS | libraries.options and (argument.keyword or "default", given) == ("default", 0):
            yield _Flow(file, call, flow.path)
        elif path in libraries.option_decorators and argument.keyword == "default":
            yield from self._decorated_reads(flow, call)
        elif argument.keyword == "default" and (name == "add_argument" or command_parameters(file, call)):
            yield from self._option_reads(flow, callee, call, flow.path)
        elif path == "builtins.setattr":
            yield from self._set_member(flow, call, argument)
        elif owner_path in libraries.cells and name == "set" and isinstance(callee, MemberValue):
            if isinstance(callee.owner, ProductValue):
                yield from self._cell_reads(callee.owner, flow.path)
        elif path in libraries.cells and argument.keyword == "default":
            yield from self._cell_reads(ProductValue(path, file, call), flow.path)
        elif path in REPLACING or (
            isinstance(callee, MemberValue)
            and isinstance(callee.owner, InstanceValue)
            and callee.names[-1] in REPLACING_METHODS
        ):
            yield from self._replaced(flow, call, argument, callee)
        else:
            yield self._argument_use(flow, call, argument)

    def _looked_up(self, flow: _Flow, call: Call) -> Iterator[Use]:
        """Where the arguments that a ``partial`` holds are read back from it."""
        made = set(self.origins.values(flow.file, call))
        for name in ("keywords", "args"):
            for read in flow.file.attributes.get(name, ()):
                if not made.isdisjoint(self.origins.values(flow.file, read.value)):
                    yield Use(UseKind.CONTAINED, flow.file, flow.node, call, direct=False)

    def _decorated_reads(self, flow: _Flow, call: Call) -> Iterator[_Flow | Use]:
        """The parameter that an option's decorator fills."""
        names = option_names(call)
        for scope in flow.file.scopes:
            for parameter in scope.parameters if call in scope.decorators else ():
                if parameter.name in names:
                    yield from self._reads(flow.file, parameter, flow.path)

    def _option_reads(self, flow: _Flow, declaring: Value, call: Call, path: Keys) -> Iterator[_Flow | Use]:
        """The reads of an option of the command line as a member of what the parser gives."""
        parser = root_of(declaring)
        for name in sorted(option_names(call)):
            for parameter in command_parameters(flow.file, call):
                yield from self._reads(flow.file, parameter, (name, *path))
            for facts in self.origins.world.mentioning(name, flow.file.path):
                for read, holder in _reads_by_name(facts, name):
                    owners = self.origins.values(facts, holder)
                    if any(root_of(owner) == parser for owner in owners):
                        yield _Flow(facts, read, path)
                    elif any(isinstance(owner, UnknownValue) for owner in owners):
                        yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))

    def _set_member(self, flow: _Flow, call: Call, argument: Argument) -> Iterator[_Flow | Use]:
        """``setattr(holder, "name", HERE)``."""
        for members in flow.file.member_bindings.values():
            for member in members:
                if member.value is flow.node and member.extent == call.extent:
                    role = Role(RoleKind.BOUND, call.extent, member.scope, targets=(member.target,))
                    yield from self._into_member(flow, role, member.target)
                    return
        yield self._argument_use(flow, call, argument)

    def _replaced(self, flow: _Flow, call: Call, argument: Argument, callee: Value) -> Iterator[_Flow | Use]:
        """``replace(config, model=HERE)``, ``config._replace(model=HERE)``, ``config.model_copy(update={…})``."""
        owners: list[Value] = [callee.owner] if isinstance(callee, MemberValue) else []
        if not owners and call.arguments and call.arguments[0] is not argument:
            owners = list(self.origins.values(flow.file, call.arguments[0].value))
        instances = [each for each in owners if isinstance(each, InstanceValue)]
        name, path = argument.keyword, flow.path
        if name == "update" and path:
            name, path = str(path[0]), path[1:]
        if not instances or name is None:
            yield self._argument_use(flow, call, argument)
        for each in instances if name is not None else ():
            yield from self._member_reads(each.file, each.scope, name or "", path)

    def _gives_back(self, path: str, call: Call, argument: Argument) -> bool:
        wrapped = self.origins.libraries.wrappers.get(path)
        return wrapped is not None and argument_at(call, *wrapped) is argument.value

    def _into_class(self, flow: _Flow, call: Call, argument: Argument, owner: ClassValue) -> Iterator[_Flow | Use]:
        initialiser = self._initialiser(owner)
        if initialiser is not None:
            file, scope = initialiser
            yield from self._into_function(flow, call, argument, FunctionValue(file, scope, True), call.arguments)
            return
        if any(isinstance(made, MappingValue) for made in self.origins.values(flow.file, call)):
            yield _Flow(flow.file, call, flow.path if argument.expansion else (argument.keyword or ANY, *flow.path))
            return
        name = argument.keyword
        if argument.expansion == "**" and flow.path:
            name = str(flow.path[0])
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

    def _fields(self, owner: ClassValue, below: frozenset[Scope] = frozenset()) -> list[str]:
        """The declared fields of a class, those of its base classes first; ``below`` are the classes that ask."""
        found: list[str] = []
        for base in owner.scope.bases:
            for value in self.origins.values(owner.file, base):
                if isinstance(value, ClassValue) and value.scope not in below | {owner.scope}:
                    found += self._fields(value, below | {owner.scope})
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
        self, flow: _Flow, call: Call, argument: Argument, function: FunctionValue, arguments: tuple[Argument, ...]
    ) -> Iterator[_Flow | Use]:
        """Into the parameter of ``function`` that takes ``argument``, one of the ``arguments`` it is called with."""
        scope, path = function.scope, flow.path
        if argument.expansion == "**":
            if not path:
                return
            keyword, path = str(path[0]), path[1:]
            taken = next((each for each in scope.parameters if each.name == keyword), None)
            if taken is None:
                taken = next((each for each in scope.parameters if each.parameter is ParameterKind.KEYWORDS), None)
                path = (keyword, *path)
        elif argument.keyword is not None:
            taken = next((each for each in scope.parameters if each.name == argument.keyword), None)
            if taken is None:
                taken = next((each for each in scope.parameters if each.parameter is ParameterKind.KEYWORDS), None)
                path = (argument.keyword, *path)
        else:
            position = positional_arguments(arguments).index(argument) + (1 if function.bound else 0)
            if argument.expansion:
                inner = path[0] if path else ANY
                if argument.expansion == "*" and not isinstance(inner, int):
                    yield self._argument_use(flow, call, argument)
                    return
                position += inner if argument.expansion == "*" and isinstance(inner, int) else 0
                path = path[1:]
            positional = positional_parameters(scope)
            if position < len(positional):
                taken = positional[position]
            else:
                taken = next((each for each in scope.parameters if each.parameter is ParameterKind.VARIADIC), None)
                path = (position - len(positional), *path)
        if taken is None or (scope.decorators and self.origins.callers(function.file, scope).watched):
            yield self._argument_use(flow, call, argument)
        if taken is not None:
            yield from self._reads(function.file, taken, path)


def _behind(path: Keys, route: Route) -> Keys | None:
    """What is left of ``path`` behind ``route``; None if the route does not lead to the value."""
    if len(path) < len(route):
        return None
    for key, wanted in zip(path, route, strict=False):
        if wanted is not None and key not in (ANY, wanted):
            return None
    return path[len(route) :]


def _key_of(node: Subscript) -> str | int | None:
    """The key or position that a subscript names; None: any. Positions from the end count as any."""
    if isinstance(node.key, Text):
        return node.key.value
    if isinstance(node.key, Constant) and isinstance(node.key.value, int):
        return node.key.value
    return None


def _in_sequence(parent: SequenceDisplay, node: Expression, path: Keys) -> Keys:
    """The path to a value that stands in a display, or, behind a star, in what the display takes over."""
    if isinstance(node, Opaque) and node.what == "*":
        return (ANY, *path[1:])
    starred = any(isinstance(each, Opaque) and each.what == "*" for each in parent.items)
    return (ANY if starred else parent.items.index(node), *path)


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


def _reads_of_any_name(facts: FileFacts) -> Iterator[tuple[Expression, Expression]]:
    """Reads of members whose names are not fixed, each with what they are members of."""
    for attribute in facts.attributes.get("__dict__", ()):
        yield attribute, attribute.value
    for name in ("getattr", "vars"):
        for read in facts.names.get(name, ()):
            call = facts.parents.get(read)
            if not isinstance(call, Call) or call.callee is not read or not call.arguments:
                continue
            parent = facts.parents.get(call)
            by_key = isinstance(parent, Subscript) and isinstance(parent.key, Text)
            by_name = len(call.arguments) > 1 and isinstance(call.arguments[1].value, Text)
            if not by_name and not by_key:
                yield call, call.arguments[0].value


def _items_by_name(facts: FileFacts, name: str) -> Iterator[tuple[Expression, Expression]]:
    """The reads of an item called ``name``, each with what it is read from: ``x["name"]``, ``x.get("name")``."""
    for text in facts.texts:
        if text.value != name:
            continue
        parent = facts.parents.get(text)
        if isinstance(parent, Subscript) and parent.key is text:
            yield parent, parent.value
        elif isinstance(parent, Call) and isinstance(parent.callee, Attribute) and parent.callee.name in ITEM_METHODS:
            yield parent, parent.callee.value


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
