"""What calls give: of functions and classes of the project, and of what libraries define."""

from __future__ import annotations

from codemod.provenance.asking import ask, is_nothing
from codemod.provenance.callers import argument_of, invoker_of
from codemod.provenance.calls import ITEM_METHODS, KEEPING_METHODS, argument_at, passed_through
from codemod.provenance.containers import ONE_ELEMENT, VIEWS, entered, items, kept_in_cell, stored, yielded
from codemod.provenance.facts import (
    Attribute,
    Call,
    Constant,
    FileFacts,
    Import,
    ScopeKind,
    Text,
)
from codemod.provenance.members import FIELDS, LONGEST_CHAIN, REPLACING, REPLACING_METHODS, derives_from, member
from codemod.provenance.questions import (
    MaybeValuesThought,
    MemberOf,
    PartOf,
    Question,
    Returned,
    ValueOf,
    ValuesThought,
)
from codemod.provenance.values import (
    ClassValue,
    EnvironmentValue,
    ExternalValue,
    FunctionValue,
    GeneratorValue,
    InstanceValue,
    LookupValue,
    MappingValue,
    MemberValue,
    ModuleValue,
    OptionValue,
    ProductValue,
    ResultValue,
    TextValue,
    UnknownValue,
    Value,
    library_path,
)
from codemod.provenance.world import World

_TYPED_MAPPINGS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
_COPIES = frozenset({"copy.copy", "copy.deepcopy"})
# Context stacks that give what entering a context gives.
ENTERING = frozenset({"contextlib.ExitStack.enter_context", "contextlib.AsyncExitStack.enter_async_context"})


def call(world: World, file: FileFacts, node: Call) -> ValuesThought:
    if isinstance(node.callee, Attribute):
        found = yield from _of_mapping(world, file, node, node.callee)
        if found is None and node.callee.name in KEEPING_METHODS and not node.arguments:
            found = yield from _of_text(file, node.callee)
        if found is None and node.callee.name == "__new__" and node.arguments:
            made = yield from ask(ValueOf(file, node.arguments[0].value))
            classes = [each for each in made if isinstance(each, ClassValue)]
            found = {InstanceValue(each.file, each.scope, file, node): None for each in classes} or None
        if found is not None:
            return found
    callees = yield from ask(ValueOf(file, node.callee))
    found = {}
    for callee in callees:
        found |= yield from result(world, file, node, callee)
    return found


def _of_text(file: FileFacts, callee: Attribute) -> MaybeValuesThought:
    """``text.strip()``, of texts and environment variables; None of anything else."""
    holders = yield from ask(ValueOf(file, callee.value))
    known = all(isinstance(each, (TextValue, EnvironmentValue)) or is_nothing(each) for each in holders)
    kept = all(
        not isinstance(each, TextValue) or each.node.value == each.node.value.strip().lower() for each in holders
    )
    return holders if holders and known and kept else None


def _of_mapping(world: World, file: FileFacts, node: Call, callee: Attribute) -> MaybeValuesThought:
    """What a method of a mapping gives; None if it is called on something else, or not followed."""
    is_item = callee.name in ITEM_METHODS and bool(node.arguments)
    if not is_item and callee.name not in VIEWS and callee.name != "copy":
        return None
    holders = yield from ask(ValueOf(file, callee.value))
    mappings = [holder for holder in holders if isinstance(holder, MappingValue)]
    if not mappings:
        return None
    if callee.name == "copy":
        return {MappingValue(file, node): None}
    if callee.name in VIEWS:
        return {ProductValue(f"dict.{callee.name}", file, node): None}
    found: dict[Value, Question | None] = {}
    keys = yield from ask(ValueOf(file, node.arguments[0].value))
    for mapping in mappings:
        found |= yield from items(world, file, mapping, keys)
    if not all(isinstance(holder, MappingValue) or is_nothing(holder) for holder in holders):
        found[UnknownValue(file, node, "an item of something that is not visible")] = None
    if len(node.arguments) > 1:
        found |= yield from ask(ValueOf(file, node.arguments[1].value))
    return found


def result(world: World, file: FileFacts, node: Call, callee: Value) -> ValuesThought:
    """What calling ``callee`` with the arguments of ``node`` gives."""
    if isinstance(callee, FunctionValue):
        through = passed_through(callee.file, callee.scope)
        index = -1
        if through is not None:
            index = callee.scope.parameters.index(through.parameter) - (1 if callee.bound else 0)
        if through is not None and index < 0 and isinstance(node.callee, Attribute):
            # ``return self``
            return (yield from ask(ValueOf(file, node.callee.value)))
        plain = bool(node.arguments) and not node.arguments[0].expansion
        if through is not None and index >= 0 and plain and not through.watched:
            passed = argument_at(node, index, through.parameter.name)
            if passed is not None:
                return (yield from ask(ValueOf(file, passed)))
        return (yield from ask(Returned(callee.file, callee.scope)))
    if isinstance(callee, ClassValue):
        if (yield from derives_from(callee.file, callee.scope, _TYPED_MAPPINGS)):
            return {MappingValue(file, node): None}
        return {InstanceValue(callee.file, callee.scope, file, node): None}
    if isinstance(callee, ExternalValue):
        return (yield from _of_library(world, file, node, callee.path))
    if isinstance(callee, MemberValue):
        return (yield from _of_member(world, file, node, callee))
    if isinstance(callee, InstanceValue):
        made = yield from _of_instance(world, node, callee)
        if made is not None:
            return made
    if isinstance(callee, (ProductValue, InstanceValue)):
        # ``client.with_options(...)``: the member gave the object back before it was called.
        name = node.callee.name if isinstance(node.callee, Attribute) else ""
        if name in world.libraries.same:
            return {callee: None}
        if isinstance(callee, ProductValue) and callee.path in world.libraries.decorators_made:
            return (yield from _decorated(file, node))
        return {UnknownValue(file, node, "the result of calling an object"): None}
    if isinstance(callee, UnknownValue):
        return {UnknownValue(file, node, callee.reason): None}
    if is_nothing(callee):
        return {}
    return {UnknownValue(file, node, "the result of a call that is not followed"): None}


def _decorated(file: FileFacts, node: Call) -> ValuesThought:
    """``lru_cache(maxsize=None)(function)`` is called as the function is."""
    if len(node.arguments) == 1 and not node.arguments[0].expansion:
        return (yield from ask(ValueOf(file, node.arguments[0].value)))
    return {UnknownValue(file, node, "the result of calling an object"): None}


def _of_instance(world: World, node: Call, callee: InstanceValue) -> MaybeValuesThought:
    """What an object of the project gives that is called itself."""
    if isinstance(node.callee, Attribute) and node.callee.name in world.libraries.same:
        return None
    if "__call__" not in callee.scope.bindings:
        return None
    found: dict[Value, Question | None] = {}
    for value in (yield from ask(MemberOf(callee.file, callee.scope, "__call__", callee.call is None))):
        if isinstance(value, FunctionValue):
            found |= yield from ask(Returned(value.file, value.scope))
    return found


def _of_member(world: World, file: FileFacts, node: Call, callee: MemberValue) -> ValuesThought:
    path = library_path(callee)
    owner_path, _, name = path.rpartition(".")
    if name == "get" and owner_path in world.libraries.cells and isinstance(callee.owner, ProductValue):
        return (yield from kept_in_cell(world, callee.owner))
    if name in ITEM_METHODS and owner_path in world.libraries.stores and node.arguments:
        return (yield from _got_from_store(world, file, node, callee))
    if path in ENTERING and node.arguments:
        return (yield from entered(world, file, None, node.arguments[0].value))
    if isinstance(callee.owner, InstanceValue) and callee.names[-1] in REPLACING_METHODS and len(callee.names) == 1:
        return {callee.owner: None}
    given = yield from _invoked(world, file, node)
    if given is not None:
        return given
    calls, root = _calls_in(callee)
    followed = isinstance(root, ProductValue) and root.path in world.libraries.classes
    if calls >= (LONGEST_CHAIN if followed else 2):
        return {UnknownValue(file, node, "a chain of calls that is too long to follow"): None}
    return {ResultValue(callee, file, node): None}


def _got_from_store(world: World, file: FileFacts, node: Call, callee: Value) -> ValuesThought:
    """``store.get("name", default)``."""
    key = node.arguments[0].value
    if not isinstance(key, Text):
        return {UnknownValue(file, node, "an item of something that is not visible"): None}
    owner = callee.owner if isinstance(callee, MemberValue) and len(callee.names) == 1 else None
    holder: Value = owner or ExternalValue(library_path(callee).rpartition(".")[0])
    found = yield from stored(world, file, holder, key.value)
    if len(node.arguments) > 1:
        found |= yield from ask(ValueOf(file, node.arguments[1].value))
    return found


def _invoked(world: World, file: FileFacts, node: Call) -> MaybeValuesThought:
    """What a function gives that ``node`` hands to something which calls it; None if it hands none on."""
    invoker = yield from invoker_of(world, file, node)
    handed_on = argument_of(node, invoker) if invoker is not None and invoker.gives else None
    if invoker is None or handed_on is None:
        return None
    found: dict[Value, Question | None] = {}
    for function in (yield from ask(ValueOf(file, handed_on))):
        if isinstance(function, MemberValue):
            found[ResultValue(function, file, node)] = None
        elif isinstance(function, ExternalValue):
            found[ProductValue(function.path, file, node)] = None
        else:
            made = yield from result(world, file, node, function)
            for value, via in made.items():
                if invoker.alone and isinstance(value, GeneratorValue):
                    found |= yield from yielded(value, ())
                else:
                    found[value] = via
    return found


def _of_library(world: World, file: FileFacts, node: Call, path: str) -> ValuesThought:
    if path == "builtins.dict" and not any(argument.expansion == "*" for argument in node.arguments):
        return {MappingValue(file, node): None}
    if path == "builtins.super":
        return (yield from _super(file, node))
    if path == "builtins.getattr" and len(node.arguments) in (2, 3):
        name = node.arguments[1].value
        if isinstance(name, Text):
            return (yield from _got_attribute(world, file, node, name.value))
    if path == "builtins.type" and len(node.arguments) == 1:
        made = yield from ask(ValueOf(file, node.arguments[0].value))
        return {ClassValue(each.file, each.scope): None for each in made if isinstance(each, InstanceValue)}
    if path in ONE_ELEMENT and len(node.arguments) == 1:
        return (yield from ask(PartOf(file, node.arguments[0].value, (None,))))
    if path == "importlib.import_module" and node.arguments:
        return _imported_by_name(world, file, node)
    if path in FIELDS:
        return (yield from _field_default(world, file, node))
    if path in world.libraries.options:
        return (yield from _option(file, node))
    if path in REPLACING and node.arguments:
        copied = yield from ask(ValueOf(file, node.arguments[0].value))
        if copied and all(isinstance(each, InstanceValue) for each in copied):
            return copied
    if path in _COPIES and node.arguments:
        copied = yield from ask(ValueOf(file, node.arguments[0].value))
        return {
            (MappingValue(file, node) if isinstance(each, MappingValue) else each): via for each, via in copied.items()
        }
    if path == "functools.partial" and node.arguments:
        given = yield from ask(ValueOf(file, node.arguments[0].value))
        if any(isinstance(value, (MemberValue, FunctionValue)) for value in given):
            return given
    wrapped = world.libraries.wrappers.get(path)
    if wrapped is not None:
        inner = argument_at(node, *wrapped)
        if inner is not None:
            return (yield from ask(ValueOf(file, inner)))
    invoked = yield from _invoked(world, file, node)
    if invoked is not None:
        return invoked
    lookup = world.libraries.lookups.get(path)
    if lookup is not None and node.arguments and isinstance(node.arguments[0].value, Text):
        required = lookup and len(node.arguments) == 1
        return {LookupValue(file, node, node.arguments[0].value, path, required): None}
    store, _, method = path.rpartition(".")
    if store in world.libraries.stores and method in ITEM_METHODS and node.arguments:
        return (yield from _got_from_store(world, file, node, ExternalValue(path)))
    return {ProductValue(path, file, node): None}


def _option(file: FileFacts, node: Call) -> ValuesThought:
    """The default of ``typer.Option("gpt-4o", "--model")``, and what the user gives instead."""
    default = argument_at(node, 0, "default")
    found: dict[Value, Question | None] = {OptionValue(file, node, ""): None}
    is_required = isinstance(default, Constant) and default.value is ...
    if default is not None and not is_required and not (isinstance(default, Text) and default.value.startswith("-")):
        found |= yield from ask(ValueOf(file, default))
    return found


def _imported_by_name(world: World, file: FileFacts, node: Call) -> dict[Value, Question | None]:
    name = node.arguments[0].value
    if isinstance(name, Text):
        level = len(name.value) - len(name.value.lstrip("."))
        path = world.project.resolve(file.path, Import(name.value[level:], None, level)) if name.value[level:] else None
        module = None if path is None else world.project.facts(path)
        if module is not None:
            return {ModuleValue(module): None}
        if path is None and not level:
            return {ExternalValue(name.value): None}
    return {UnknownValue(file, node, "a module that is imported by a name which is put together"): None}


def _field_default(world: World, file: FileFacts, node: Call) -> ValuesThought:
    """What ``field(default=…)`` and ``field(default_factory=…)`` give the field."""
    factory = node.keyword("default_factory") or node.keyword("factory")
    if factory is not None:
        found: dict[Value, Question | None] = {}
        for callee in (yield from ask(ValueOf(file, factory))):
            if isinstance(callee, ExternalValue):
                found[ProductValue(callee.path, file, node)] = None
            else:
                found |= yield from result(world, file, node, callee)
        return found
    default = argument_at(node, 0, "default")
    if isinstance(default, Constant) and default.value is ...:
        return {}
    return {} if default is None else (yield from ask(ValueOf(file, default)))


def _got_attribute(world: World, file: FileFacts, node: Call, name: str) -> ValuesThought:
    owners = yield from ask(ValueOf(file, node.arguments[0].value))
    found: dict[Value, Question | None] = {}
    for owner in owners:
        found |= yield from member(world, file, node, owner, name)
    if len(node.arguments) == 3:
        found |= yield from ask(ValueOf(file, node.arguments[2].value))
    return found


def _super(file: FileFacts, node: Call) -> ValuesThought:
    found: dict[Value, Question | None] = {}
    for scope in file.enclosing(node.scope):
        if scope.kind is ScopeKind.CLASS:
            bases = yield from ask(*(ValueOf(file, base) for base in scope.bases))
            for base in bases:
                if isinstance(base, ClassValue):
                    found[InstanceValue(base.file, base.scope, file, node)] = None
            break
    return found


def _calls_in(value: MemberValue) -> tuple[int, Value]:
    """How many calls lead to a member of a library's object, and what the chain starts at."""
    calls = 0
    owner: Value = value.owner
    while isinstance(owner, ResultValue):
        calls += 1
        owner = owner.member.owner if isinstance(owner.member, MemberValue) else owner.member
    return calls, owner
