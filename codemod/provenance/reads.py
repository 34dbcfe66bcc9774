"""Forwards from a name or a member: wherever it is read, under whatever name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from codemod.provenance.asking import glanced
from codemod.provenance.calls import ITEM_METHODS, last_name
from codemod.provenance.containers import declared_fields
from codemod.provenance.dumping import Dumping, dumped_in, dumping_of
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Expression,
    FileFacts,
    Name,
    Role,
    Scope,
    ScopeKind,
    Subscript,
    Text,
)
from codemod.provenance.flows import Flow, Ground, Keys, Steps, Use, UseKind, path_behind
from codemod.provenance.getters import functions_giving, held_as
from codemod.provenance.questions import Values
from codemod.provenance.values import (
    ClassValue,
    ExternalValue,
    InstanceValue,
    ModuleValue,
    ParameterValue,
    ProductValue,
    UnknownValue,
    Value,
)


def reads_of(ground: Ground, file: FileFacts, binding: Binding, path: Keys) -> Steps:
    """The reads of a bound name: in its file and, for a module's or class's name, wherever it is reached from."""
    for name in _names_in(ground, file, binding.name).get(binding.scope, ()):
        yield Flow(file, name, path)
    home = file.scopes[binding.scope]
    if home.kind is ScopeKind.MODULE:
        yield from reads_elsewhere(ground, file, binding.name, path)
        for unreadable in ground.origins.project.unreadable_mentioning(binding.name, file.path):
            hidden = binding.value or file.names.get(binding.name, (None,))[0]
            if hidden is not None and unreadable != file.path:
                yield Use(UseKind.HIDDEN, file, hidden, None, keyword=unreadable.name)
    elif home.kind is ScopeKind.CLASS:
        yield from reads_of_member(ground, file, home, binding.name, path)


def _names_in(ground: Ground, file: FileFacts, name: str) -> Mapping[int, Sequence[Name]]:
    """The reads of ``name``, by the scope that binds it: many functions of a file have the same names."""
    key = (file, name)
    if key not in ground.names:
        found: dict[int, list[Name]] = defaultdict(list)
        for read in file.names.get(name, ()):
            meant = file.lookup(read.id, read.scope)
            if meant and file.parents.get(read) is not None:
                found[meant[0].scope].append(read)
        ground.names[key] = found
    return ground.names[key]


def reads_elsewhere(ground: Ground, file: FileFacts, name: str, path: Keys) -> Steps:
    """The reads of what ``file`` calls ``name`` in other files, from whatever module they have it."""
    for module in (*_handing_on(ground, file), file):
        yield from _reads_of_module(ground, module, name, path)


def _reads_of_module(ground: Ground, file: FileFacts, name: str, path: Keys) -> Steps:
    """The reads of what the module ``file`` calls ``name``, in other files."""
    yield from _reads_by_any_name(ground, file)
    for facts in ground.origins.world.mentioning(name, ground.origins.world.home(file, name)):
        if facts is not file:
            for binding in facts.imports.get(name, ()):
                if (
                    binding.imported is not None
                    and binding.imported.name
                    and _names_module(ground, facts, binding, file)
                ):
                    yield from reads_of(ground, facts, binding, path)
        if facts is not file and _stars(ground, facts, file):
            for starred in facts.names.get(name, ()):
                if not facts.lookup(name, starred.scope):
                    yield Flow(facts, starred, path)
        for found in _items_of_modules(ground, facts, name, file):
            yield Flow(facts, found, path)
        for read, owner_node in reads_by_name(facts, name):
            owners = _owners(ground, facts, owner_node, lambda owner: _is_names_of(ground, owner, file))
            if any(_is_names_of(ground, owner, file) for owner in owners):
                yield Flow(facts, read, path)
            elif name.isupper() and any(isinstance(owner, (ExternalValue, UnknownValue)) for owner in owners):
                yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))


def _reads_by_any_name(ground: Ground, file: FileFacts) -> Iterator[Use]:
    """``getattr(module, name)`` by a name that is not fixed, and ``vars(module)``."""
    stem = file.path.parent.name if file.path.stem == "__init__" else file.path.stem
    for word in ("getattr", "vars", "__dict__"):
        for facts in ground.origins.project.facts_mentioning_all((word, stem), file.path):
            for read, holder in _reads_of_any_name(facts):
                if any(_is_names_of(ground, owner, file) for owner in ground.origins.values(facts, holder)):
                    yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))


def _is_names_of(ground: Ground, owner: Value, file: FileFacts) -> bool:
    """Whether the members of ``owner`` are the names of the module ``file``."""
    if isinstance(owner, ExternalValue):
        return file in ground.origins.world.settings_modules(owner.path)
    return isinstance(owner, ModuleValue) and owner.file is file


def _items_of_modules(ground: Ground, facts: FileFacts, name: str, file: FileFacts) -> Iterator[Expression]:
    """``globals()["NAME"]`` and ``vars(module)["NAME"]`` of the module ``file``."""
    for item, holder in items_by_name(facts, name):
        for value in ground.origins.values(facts, holder):
            if isinstance(value, ProductValue) and value.path in ("builtins.globals", "builtins.vars"):
                given = value.call.arguments
                modules = ground.origins.values(value.file, given[0].value) if given else (ModuleValue(value.file),)
                if any(isinstance(module, ModuleValue) and module.file is file for module in modules):
                    yield item


def _handing_on(ground: Ground, file: FileFacts) -> list[FileFacts]:
    """The modules that hand all names of ``file`` on, which need not mention them themselves."""
    found: list[FileFacts] = []
    pending, seen = [file], {file}
    while pending:
        each = pending.pop(0)
        starring = ground.origins.world.starring(each.path)
        fresh = [facts for facts in starring if facts not in seen and _stars(ground, facts, each)]
        seen.update(fresh)
        found += fresh
        pending += fresh
    return found


def _names_module(ground: Ground, facts: FileFacts, binding: Binding, file: FileFacts) -> bool:
    assert binding.imported is not None
    return ground.origins.project.resolve(facts.path, binding.imported) == file.path


def _stars(ground: Ground, facts: FileFacts, file: FileFacts) -> bool:
    return any(_names_module(ground, facts, binding, file) for binding in facts.scopes[0].bindings.get("*", ()))


def reads_of_member(ground: Ground, file: FileFacts, scope: Scope, name: str, path: Keys) -> Steps:
    """The reads of the member ``name`` of a class and of its objects, whole objects that are dumped included."""
    above_and_below = (*ground.origins.derived(file, scope), *ground.origins.lineage(file, scope))
    family = {each.scope: each.file for each in above_and_below}

    def is_member(owner: Value) -> bool:
        return isinstance(owner, (InstanceValue, ClassValue)) and owner.scope in family

    for facts in ground.origins.world.reading(name, file.path):
        for read, owner_node in reads_by_name(facts, name):
            owners = _owners(ground, facts, owner_node, is_member)
            if any(map(is_member, owners)):
                yield Flow(facts, read, path)
            elif not owners or any(isinstance(owner, (UnknownValue, ParameterValue)) for owner in owners):
                yield Use(UseKind.MAYBE, facts, read, facts.parents.get(read))
    yield from _dumps(ground, file, scope, family)
    yield from _unpackings(ground, file, scope, family, name, path)


def _owners(ground: Ground, file: FileFacts, expression: Expression, is_wanted: Callable[[Value], bool]) -> Values:
    seen = glanced(ground.origins.world, file, expression, is_wanted)
    return ground.origins.values(file, expression) if seen is None else seen


def _unpackings(
    ground: Ground, file: FileFacts, scope: Scope, family: Mapping[Scope, FileFacts], name: str, path: Keys
) -> Steps:
    """``model, temperature = config``, where config is a named tuple."""
    if not any(last_name(base) == "NamedTuple" for base in scope.bases) or name not in declared_fields(scope):
        return
    position = declared_fields(scope).index(name)
    names = {scope.name}
    for caller in ground.origins.callers(file, scope).calls:
        role = caller.file.parents.get(caller.call)
        names |= {binding.name for binding in role.bindings} if isinstance(role, Role) else set()
    mentioning = (ground.origins.world.mentioning(wanted, file.path) for wanted in sorted(names))
    for facts in dict.fromkeys(each for found in mentioning for each in found):
        for binding in (each for holder in facts.scopes for found in holder.bindings.values() for each in found):
            if binding.kind is BindingKind.UNPACKED and binding.value is not None:
                behind = path_behind((position, *path), binding.route)
                if behind is not None and _is_of(ground, facts, binding.value, family):
                    yield from reads_of(ground, facts, binding, behind)


def _dumps(ground: Ground, file: FileFacts, scope: Scope, family: Mapping[Scope, FileFacts]) -> tuple[Use, ...]:
    """Where a whole object of the class is turned into a mapping, a tuple or a text."""
    if scope not in ground.dumped:
        dumping = dumping_of(ground.origins, file, scope, family)
        ground.dumped[scope] = tuple(
            Use(UseKind.CONTAINED, facts, read, facts.parents.get(read), direct=False)
            for facts in _files_dumping(ground, file, scope, dumping)
            for read, dumped in dumped_in(ground.origins, facts, dumping)
            if _is_of(ground, facts, dumped, family)
        )
    return ground.dumped[scope]


def _files_dumping(ground: Ground, file: FileFacts, scope: Scope, dumping: Dumping) -> Iterable[FileFacts]:
    """The files that may dump objects of a class, as far as words tell: its name, one of its objects, a way to dump."""
    world = ground.origins.world
    found = dict.fromkeys(world.mentioning_with(scope.name, dumping.words, file.path))
    for word in dumping.telling_words:
        found.update(dict.fromkeys(world.using_on_others(word, file.path)))
    for caller in ground.origins.callers(file, scope).calls:
        held = held_as(caller.file, caller.call)
        for name in (*held.globals, *functions_giving(world.getters_in(caller.file), held)):
            found.update(dict.fromkeys(world.referring_with(name, dumping.words, caller.file)))
    return found


def _is_of(ground: Ground, facts: FileFacts, expression: Expression, family: Mapping[Scope, FileFacts]) -> bool:
    def is_member(owner: Value) -> bool:
        return isinstance(owner, InstanceValue) and owner.scope in family

    return any(map(is_member, _owners(ground, facts, expression, is_member)))


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


def items_by_name(facts: FileFacts, name: str) -> Iterator[tuple[Expression, Expression]]:
    """The reads of an item called ``name``, each with what it is read from: ``x["name"]``, ``x.get("name")``."""
    for text in facts.texts:
        if text.value != name:
            continue
        parent = facts.parents.get(text)
        if isinstance(parent, Subscript) and parent.key is text:
            yield parent, parent.value
        elif isinstance(parent, Call) and isinstance(parent.callee, Attribute) and parent.callee.name in ITEM_METHODS:
            yield parent, parent.callee.value


def reads_by_name(facts: FileFacts, name: str) -> Iterator[tuple[Expression, Expression]]:
    """The reads of a member called ``name``, each with what it is read from: ``x.name``, ``getattr(x, "name")``."""
    for attribute in facts.attributes.get(name, ()):
        yield attribute, attribute.value
    for call in facts.named_reads.get(name, ()):
        yield call, call.arguments[0].value
