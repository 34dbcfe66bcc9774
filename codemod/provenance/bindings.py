"""What names mean: assignments, imports, parameters, loops, contexts, and modules' names."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from codemod.provenance.asking import GIVEN, MODULE_ANCHOR, ask, subclasses
from codemod.provenance.calls import arguments_for, is_decorated, last_name
from codemod.provenance.commands import option_names
from codemod.provenance.containers import entered, expanded, given
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Constant,
    Expression,
    FileFacts,
    Import,
    MappingDisplay,
    Name,
    Opaque,
    ParameterKind,
    Scope,
    SequenceDisplay,
    Subscript,
)
from codemod.provenance.lazy_names import given_for
from codemod.provenance.members import derives_from
from codemod.provenance.questions import (
    Answer,
    Bound,
    CallersOf,
    GlobalOf,
    MaybeValuesThought,
    PartOf,
    Question,
    Returned,
    Thought,
    ValueOf,
    ValuesThought,
    callers_in,
    values_in,
)
from codemod.provenance.values import (
    ClassValue,
    ConstantValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    MappingValue,
    ModuleValue,
    OptionValue,
    ParameterValue,
    ProductValue,
    SequenceValue,
    UnknownValue,
    Value,
    library_path,
)
from codemod.provenance.world import World


def bound(world: World, question: Bound) -> Thought:
    file, binding = question.file, question.binding
    kind = binding.kind
    if kind is BindingKind.ASSIGNMENT and binding.value is not None:
        return (yield from ask(ValueOf(file, binding.value)))
    if kind is BindingKind.FUNCTION and binding.defines is not None:
        return {FunctionValue(file, file.scopes[binding.defines]): None}
    if kind is BindingKind.CLASS and binding.defines is not None:
        return {ClassValue(file, file.scopes[binding.defines]): None}
    if kind is BindingKind.IMPORT and binding.imported is not None:
        return (yield from _imported(world, file, binding, binding.imported))
    if kind is BindingKind.PARAMETER:
        return (yield from _parameter(world, file, binding))
    if kind is BindingKind.LOOP and binding.value is not None:
        return (yield from ask(PartOf(file, binding.value, (None,))))
    if kind is BindingKind.UNPACKED and binding.value is not None:
        return (yield from ask(PartOf(file, binding.value, binding.route)))
    if kind is BindingKind.CONTEXT and binding.value is not None:
        return (yield from entered(world, file, binding, binding.value))
    if kind is BindingKind.MERGED and (yield from _is_container(file, binding)):
        return {}
    if kind is BindingKind.ANNOTATION:
        told = (yield from _annotated(world, file, binding.annotation)) if world.glance is None else None
        return told or {}
    return {UnknownValue(file, binding, f"{binding.name} is not given by a plain assignment"): None}


def _is_container(file: FileFacts, merged: Binding) -> Generator[Question, Answer, bool]:
    """Whether ``name |= value`` or ``name += value`` may extend a container, which the name then still means."""
    bindings = file.scopes[merged.scope].bindings[merged.name]
    others = [Bound(file, each) for each in bindings if each.kind is not BindingKind.MERGED]
    found = yield from ask(*others)
    return any(isinstance(value, (MappingValue, SequenceValue)) for value in found)


# Imports and modules


def _imported(world: World, file: FileFacts, binding: Binding, imported: Import) -> ValuesThought:
    if imported.name is None:
        return _imported_module(world, file, imported)
    path = world.project.resolve(file.path, imported)
    if path is not None:
        module = world.project.facts(path)
        if module is None:
            return {UnknownValue(file, binding, f"{path.name} cannot be read"): None}
        return (yield from ask(GlobalOf(module, imported.name)))
    dotted = f"{imported.module}.{imported.name}" if imported.module else imported.name
    submodule = world.project.resolve(file.path, Import(dotted, None, imported.level))
    if submodule is not None:
        facts = world.project.facts(submodule)
        if facts is not None:
            return {ModuleValue(facts): None}
    unclear = world.project.is_namespace(file.path, imported) or world.project.is_ambiguous(imported)
    if imported.level > 0 or unclear:
        return {UnknownValue(file, binding, f"{imported.module or '.'} is not in the project"): None}
    return {ExternalValue(dotted): None}


def _imported_module(world: World, file: FileFacts, imported: Import) -> dict[Value, Question | None]:
    root = imported.module.split(".")[0]
    wanted = Import(root, None, 0) if imported.binds_root else imported
    path = world.project.resolve(file.path, wanted)
    if path is None:
        return {ExternalValue(root if imported.binds_root else imported.module): None}
    module = world.project.facts(path)
    return {} if module is None else {ModuleValue(module): None}


def global_of(world: World, question: GlobalOf) -> Thought:
    file, name = question.file, question.name
    bindings = file.scopes[0].bindings.get(name, ())
    assigned = yield from assigned_from_outside(world, file, name)
    if bindings or assigned:
        return {**assigned, **(yield from ask(*(Bound(file, binding) for binding in bindings)))}
    starred = yield from from_stars(world, file, name)
    if starred:
        return starred
    path = world.project.submodule(file.path, name)
    module = None if path is None else world.project.facts(path)
    if module is not None:
        return {ModuleValue(module): None}
    lazily = list(_given_lazily(file, name))
    if lazily:
        return (yield from ask(*lazily))
    return {UnknownValue(file, MODULE_ANCHOR, f"{file.path.name} does not define {name}"): None}


def _given_lazily(file: FileFacts, name: str) -> Iterator[Question]:
    """What the ``__getattr__`` of a module gives for ``name``."""
    for binding in file.scopes[0].bindings.get("__getattr__", ()):
        if binding.defines is not None:
            function = file.scopes[binding.defines]
            given = given_for(file, function, name)
            if given == function.returns:
                yield Returned(file, function)
            else:
                yield from (ValueOf(file, each) for each in given)


def assigned_from_outside(world: World, file: FileFacts, name: str) -> ValuesThought:
    """``module.name = value`` in some file; ``globals()["name"] = value``, ``globals().update(values)`` in its own."""
    found: dict[Value, Question | None] = {}
    for facts in world.assigning_global(name, file):
        for member in facts.member_bindings.get(name, ()):
            if not isinstance(member.target.value, (Name, Attribute)):
                continue
            owners = values_in((yield ValueOf(facts, member.target.value)))
            if any(isinstance(owner, ModuleValue) and owner.file is file for owner in owners):
                found |= yield from ask(ValueOf(facts, member.value))
    for item in file.item_bindings:
        if item.key == name and not item.spread:
            holders = values_in((yield ValueOf(file, item.target.value)))
            if any(isinstance(each, ProductValue) and each.path == "builtins.globals" for each in holders):
                found |= yield from ask(ValueOf(file, item.value))
        elif item.spread and _is_globals(item.target.value):
            found |= yield from expanded(world, file, item.value, name)
    return found


def _is_globals(holder: Expression) -> bool:
    """``globals()``, told without asking: a file may set thousands of items."""
    return isinstance(holder, Call) and isinstance(holder.callee, Name) and holder.callee.id == "globals"


def from_stars(world: World, file: FileFacts, name: str) -> ValuesThought:
    """What ``from m import *`` brings in under ``name``."""
    found: dict[Value, Question | None] = {}
    for binding in file.scopes[0].bindings.get("*", ()):
        assert binding.imported is not None
        path = world.project.resolve(file.path, binding.imported)
        module = None if path is None else world.project.facts(path)
        if module is not None:
            found |= yield from ask(GlobalOf(module, name))
        elif binding.imported.module == "openai" and binding.imported.level == 0:
            found[ExternalValue(f"openai.{name}")] = None
    return {value: via for value, via in found.items() if not isinstance(value, UnknownValue)}


# Parameters


def _parameter(world: World, file: FileFacts, binding: Binding) -> ValuesThought:
    scope = file.scopes[binding.scope]
    owner = file.enclosing_class(scope)
    if owner is not None and scope.parameters and scope.parameters[0] is binding:
        if is_decorated(scope, "classmethod") or scope.name == "__new__":
            return (yield from _class_and_below(ClassValue(file, owner)))
        if not is_decorated(scope, "staticmethod"):
            return {InstanceValue(file, owner): None}
    if binding.parameter is ParameterKind.KEYWORDS:
        return {MappingValue(file, binding): None}
    if binding.parameter is ParameterKind.VARIADIC:
        return {SequenceValue(file, binding): None}
    told = (yield from _annotated(world, file, binding.annotation)) if world.glance is None else {}
    if told is None:
        return {GIVEN: None}
    found = yield from _declared(world, file, scope, binding)
    is_declared = bool(found)
    if binding.value is not None:
        found |= yield from ask(ValueOf(file, binding.value))
    if world.glance is None:
        return {**told, **found}
    callers = callers_in((yield CallersOf(file, file.called(scope))))
    is_open = callers.is_open
    supplied = False
    for caller in (*callers.calls, *callers.maybe):
        taken = arguments_for(scope, binding, caller.arguments, bound=caller.bound)
        supplied = supplied or bool(taken)
        is_open = is_open or not (taken or caller.complete)
        for passed in taken:
            value = passed.argument.value
            if caller in callers.maybe:
                reason = f"{binding.name} may be given by a call whose receiver is not known"
                found[UnknownValue(caller.file, value, reason)] = None
            else:
                found |= yield from given(world, caller.file, passed)
    if is_declared or OptionValue in map(type, found):
        return found
    is_supplied = not is_open and (binding.value is not None or supplied)
    is_uncalled = not callers.calls and all(map(_is_empty, found))
    found[ParameterValue(file, binding, is_supplied, is_uncalled)] = None
    return found


def _is_empty(value: Value) -> bool:
    """Whether a value is None, ``{}``, ``[]`` or ``dict()``."""
    if isinstance(value, (MappingValue, SequenceValue)):
        node = value.node
        if isinstance(node, MappingDisplay):
            return not node.entries
        if isinstance(node, SequenceDisplay):
            return not node.items
        return isinstance(node, Call) and not node.arguments
    return isinstance(value, ConstantValue) and value.is_none


def _declared(world: World, file: FileFacts, scope: Scope, binding: Binding) -> ValuesThought:
    """What a framework gives the parameter, as the code declares it: by an annotation, by a decorator."""
    found: dict[Value, Question | None] = {}
    for home, provider in _provided_by(world, file, binding.annotation):
        callees = values_in((yield ValueOf(home, provider.callee)))
        if any(_provides(world, callee) for callee in callees):
            found |= yield from ask(ValueOf(home, provider))
    if isinstance(binding.value, Call):
        callees = values_in((yield ValueOf(file, binding.value.callee)))
        if any(_provides(world, callee) for callee in callees):
            found |= yield from ask(ValueOf(file, binding.value))
    for decorator in scope.decorators:
        if not isinstance(decorator, Call) or binding.name not in option_names(decorator):
            continue
        callees = values_in((yield ValueOf(file, decorator.callee)))
        if any(library_path(callee) in world.libraries.option_decorators for callee in callees):
            found[OptionValue(file, decorator, binding.name)] = None
            default = decorator.keyword("default")
            if default is not None:
                found |= yield from ask(ValueOf(file, default))
    return found


def _provides(world: World, callee: Value) -> bool:
    invoker = world.libraries.invokers.get(library_path(callee))
    return invoker is not None and invoker.alone


def _provided_by(world: World, file: FileFacts, annotation: Expression | None) -> list[tuple[FileFacts, Call]]:
    """The calls in ``Annotated[Type, Depends(function)]``, under the name of an alias of any file too."""
    while isinstance(annotation, Name):
        alias = _alias(world, file, annotation)
        if alias is None:
            return []
        file, annotation = alias
    if isinstance(annotation, Subscript) and isinstance(annotation.key, SequenceDisplay):
        return [(file, each) for each in annotation.key.items if isinstance(each, Call)]
    return []


def _alias(world: World, file: FileFacts, name: Name) -> tuple[FileFacts, Expression] | None:
    """What the name of a type stands for, in its own file or the one it is imported from."""
    bindings = file.lookup(name.id, name.scope)
    imported = bindings[0].imported if len(bindings) == 1 else None
    if imported is not None and imported.name is not None:
        path = world.project.resolve(file.path, imported)
        module = None if path is None else world.project.facts(path)
        if module is None:
            return None
        file, bindings = module, module.scopes[0].bindings.get(imported.name, ())
    values = [each.value for each in bindings if each.kind is BindingKind.ASSIGNMENT and each.value is not None]
    return (file, values[0]) if len(values) == len(bindings) == 1 else None


# How a class is told that others are of it; the files that hold it are noted when all files are looked at.
REGISTERED = ".register"
# Annotations that wrap others.
_ANY_OF = frozenset({"Optional", "Union"})
_FIRST_OF = frozenset({"Annotated", "Final", "ClassVar", "Required", "NotRequired"})
_PLAIN = frozenset(f"builtins.{name}" for name in ("str", "int", "float", "bool", "bytes"))
# What these declare are not objects of the class itself.
_NOT_OF_CLASS = frozenset(
    {"typing.TypedDict", "typing_extensions.TypedDict", "typing.Protocol", "typing_extensions.Protocol"}
    | {"enum.Enum", "enum.StrEnum", "enum.IntEnum"}
)


def _annotated(world: World, file: FileFacts, annotation: Expression | None) -> MaybeValuesThought:
    """The objects that an annotation names by their classes, all of them of the project; None if it does not tell."""
    found: dict[Value, Question | None] = {}
    pending = [annotation]
    while pending:
        each = pending.pop()
        if isinstance(each, Opaque) and each.what == "|":
            pending += each.parts
        elif isinstance(each, Subscript) and last_name(each.value) in _ANY_OF | _FIRST_OF:
            parts = each.key.items if isinstance(each.key, SequenceDisplay) else (each.key,)
            pending += parts if last_name(each.value) in _ANY_OF else parts[:1]
        elif isinstance(each, Subscript):
            pending.append(each.value)
        elif isinstance(each, (Name, Attribute)):
            for value in values_in((yield ValueOf(file, each))):
                if isinstance(value, ClassValue) and (yield from _has_own_objects(world, value)):
                    found[InstanceValue(value.file, value.scope)] = None
                elif isinstance(value, UnknownValue) and isinstance(each, Name) and _is_out_of_sight(world, file, each):
                    found[value] = None
                elif not (isinstance(value, ExternalValue) and value.path in _PLAIN):
                    return None
        elif not (isinstance(each, Constant) and each.value is None):
            return None
    return found


def _has_own_objects(world: World, owner: ClassValue) -> Generator[Question, Answer, bool]:
    """Whether what is declared to be of a class is an object of it, or of one that derives from it."""
    named = (last_name(base.value if isinstance(base, Subscript) else base) for base in owner.scope.bases)
    if "Protocol" in named or world.project.files_mentioning(f"{owner.scope.name}{REGISTERED}", owner.file.path):
        return False
    return not (yield from derives_from(owner.file, owner.scope, _NOT_OF_CLASS))


def _is_out_of_sight(world: World, file: FileFacts, name: Name) -> bool:
    """Whether ``name`` is a class of a file that cannot be read."""
    for binding in file.lookup(name.id, name.scope):
        imported = binding.imported
        path = None if imported is None else world.project.resolve(file.path, imported)
        if imported is None or imported.name is None or path is None or world.project.facts(path) is not None:
            return False
        if f"\nclass {imported.name}".encode() not in (world.project.data(path) or b""):
            return False
    return True


def _class_and_below(owner: ClassValue) -> Generator[Question, Answer, dict[Value, Question | None]]:
    """A class and all that derive from it: what ``cls`` can be."""
    found: dict[Value, Question | None] = {}
    pending = [owner]
    while pending:
        each = pending.pop()
        if each not in found:
            found[each] = None
            pending += yield from subclasses(each.file, each.scope)
    return found
