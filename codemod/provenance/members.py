"""Members: of instances and classes of the project, of modules, and of what libraries define."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence

from codemod.provenance.asking import OUTSIDE, UNDEFINED, anchor, ask, glanced, is_nothing, seen, subclasses
from codemod.provenance.calls import arguments_named, getter_of, is_decorated, last_name
from codemod.provenance.commands import option_names
from codemod.provenance.containers import declared_fields, expanded, given, stored
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Expression,
    FileFacts,
    MappingDisplay,
    MemberBinding,
    Name,
    Scope,
    Text,
)
from codemod.provenance.questions import (
    Answer,
    Bound,
    CallersOf,
    GlobalOf,
    MemberOf,
    Question,
    Returned,
    Thought,
    ValueOf,
    Values,
    ValuesThought,
    callers_in,
    values_in,
)
from codemod.provenance.values import (
    ClassValue,
    EnumMemberValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    MemberValue,
    ModuleValue,
    OptionValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    SettingValue,
    TextValue,
    UnknownValue,
    Value,
    library_path,
)
from codemod.provenance.world import SetByName, World

# Calls that describe a field of a class.
FIELDS = frozenset(
    {"dataclasses.field", "attr.ib", "attr.field", "attrs.field", "pydantic.Field", "pydantic.fields.Field"}
)
ENUMERATIONS = frozenset({"Enum", "StrEnum"})
SETTINGS_CLASSES = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
# Calls that give an object with some fields changed, by keyword; the object is the first argument.
REPLACING = frozenset({"dataclasses.replace", "attrs.evolve", "attr.evolve", "copy.replace"})
# Methods that do so; ``model_copy`` and pydantic's ``copy`` take the changes in ``update=``.
REPLACING_METHODS = frozenset({"_replace", "model_copy", "copy"})
# ``x = x.add()`` in a loop would make values without end, and what the result of a library's result is tells nothing.
LONGEST_CHAIN = 6


def attribute(world: World, file: FileFacts, node: Attribute) -> ValuesThought:
    if _is_declared(file, node.value):
        # Who calls the function can only be asked in vain where nobody knows the member of what it takes.
        seen = glanced(world, file, node, lambda value: not isinstance(value, UnknownValue))
        if seen:
            return dict.fromkeys(seen)
    owners = yield from ask(ValueOf(file, node.value))
    found: dict[Value, Question | None] = {}
    for owner in owners:
        found |= yield from member(world, file, node, owner, node.name)
    return found


def _is_declared(file: FileFacts, node: Expression) -> bool:
    """Whether ``node`` reads a parameter with an annotation."""
    bindings = file.lookup(node.id, node.scope) if isinstance(node, Name) else ()
    return any(each.kind is BindingKind.PARAMETER and each.annotation is not None for each in bindings)


def member(world: World, file: FileFacts, node: Expression, owner: Value, name: str) -> ValuesThought:
    """What ``owner.name`` is, where ``node`` reads it."""
    path = library_path(owner)
    if path in world.libraries.stores and name not in ("get", "setdefault", "pop", "update"):
        return (yield from stored(world, file, owner, name))
    if isinstance(owner, ModuleValue):
        return (yield from ask(GlobalOf(owner.file, name)))
    if isinstance(owner, ExternalValue):
        modules = world.settings_modules(owner.path)
        if modules:
            return (yield from ask(*(GlobalOf(module, name) for module in modules)))
        return {ExternalValue(f"{owner.path}.{name}"): None}
    if isinstance(owner, InstanceValue) and name == "__class__":
        return {ClassValue(owner.file, owner.scope): None}
    if isinstance(owner, InstanceValue):
        return (yield from _instance_member(world, owner, name))
    if isinstance(owner, ClassValue):
        return (yield from class_member(world, owner, name))
    if isinstance(owner, EnumMemberValue) and name in ("value", "_value_"):
        return (yield from ask(Bound(owner.file, owner.binding)))
    if isinstance(owner, FunctionValue):
        return (yield from _function_member(world, file, node, owner, name))
    if isinstance(owner, MemberValue) and len(owner.names) >= LONGEST_CHAIN:
        return {UnknownValue(file, node, "a chain of members that is too long to follow"): None}
    if isinstance(owner, ResultValue) and path in world.libraries.parsers:
        declared = yield from _options(world, file, owner, name)
        if declared:
            return declared
    if isinstance(owner, (ProductValue, ResultValue)):
        return {_followed(world, MemberValue(owner, (name,))): None}
    if isinstance(owner, MemberValue):
        return {_followed(world, MemberValue(owner.owner, (*owner.names, name))): None}
    if isinstance(owner, UnknownValue):
        return {owner: None}
    if is_nothing(owner):
        return {}
    if isinstance(owner, ParameterValue):
        return {UnknownValue(file, node, f"a member of the parameter {owner.binding.name}"): None}
    return {UnknownValue(file, node, f"the member {name} of a plain value"): None}


def _options(world: World, file: FileFacts, parsed: ResultValue, name: str) -> ValuesThought:
    """The option ``name`` of a command line: its default, and what the user gives instead."""
    parser = root_of(parsed)
    found: dict[Value, Question | None] = {}
    for facts in world.mentioning("add_argument", file.path):
        for declaring in facts.attributes.get("add_argument", ()):
            call = facts.parents.get(declaring)
            if not isinstance(call, Call) or call.callee is not declaring or name not in option_names(call):
                continue
            owners = values_in((yield ValueOf(facts, declaring.value)))
            if any(root_of(owner) == parser for owner in owners):
                found[OptionValue(facts, call, name)] = None
                default = call.keyword("default")
                if default is not None:
                    found |= yield from ask(ValueOf(facts, default))
    return found


def root_of(value: Value) -> Value:
    """What a chain of members and calls starts at."""
    while isinstance(value, (MemberValue, ResultValue)):
        value = value.owner if isinstance(value, MemberValue) else value.member
    return value


def _followed(world: World, value: MemberValue) -> Value:
    """Members that give their owner back are dropped from the path."""
    names = tuple(name for name in value.names if name not in world.libraries.same)
    return MemberValue(value.owner, names) if names else value.owner


def _function_member(world: World, file: FileFacts, node: Expression, owner: FunctionValue, name: str) -> ValuesThought:
    """``function.name``, where the project sets it."""
    found: dict[Value, Question | None] = {}
    for facts in world.assigning(name, owner.file):
        for each in facts.member_bindings.get(name, ()):
            owners = values_in((yield ValueOf(facts, each.target.value)))
            if any(isinstance(value, FunctionValue) and value.scope is owner.scope for value in owners):
                found |= yield from ask(ValueOf(facts, each.value))
    return found or {UnknownValue(file, node, f"the member {name} of a function"): None}


def _instance_member(world: World, owner: InstanceValue, name: str) -> ValuesThought:
    found = yield from ask(MemberOf(owner.file, owner.scope, name, owner.call is None))
    outside, undefined = found.pop(OUTSIDE, OUTSIDE), found.pop(UNDEFINED, UNDEFINED)
    if outside is not OUTSIDE and not found:
        found[_followed(world, MemberValue(owner, (name,)))] = None
    elif undefined is not UNDEFINED:
        reason = f"{owner.scope.name} does not show its member {name}"
        found[UnknownValue(owner.file, anchor(owner.file, owner.scope), reason)] = None
    return found


def class_member(world: World, owner: ClassValue, name: str, below: frozenset[Scope] = frozenset()) -> ValuesThought:
    """What ``Class.name`` is; ``below`` are the classes that take it from this one, which a name may stand for too."""
    file, scope = owner.file, owner.scope
    found: dict[Value, Question | None] = {}
    is_enumeration = any(last_name(base) in ENUMERATIONS for base in scope.bases)
    for binding in scope.bindings.get(name, ()):
        if binding.kind is BindingKind.FUNCTION and binding.defines is not None:
            function = file.scopes[binding.defines]
            found[FunctionValue(file, function, is_decorated(function, "classmethod"))] = None
        elif is_enumeration and binding.kind is BindingKind.ASSIGNMENT:
            found[EnumMemberValue(file, scope, binding)] = None
        else:
            found |= yield from ask(Bound(file, binding))
    for facts in world.assigning(name, file):
        for each in facts.member_bindings.get(name, ()):
            if (yield from _sets_member_of(facts, each, scope)):
                found |= yield from ask(ValueOf(facts, each.value))
    if not found:
        bases = yield from ask(*(ValueOf(file, base) for base in scope.bases))
        for base in bases:
            if isinstance(base, ClassValue) and base.scope not in below | {scope}:
                found |= yield from class_member(world, base, name, below | {scope})
        if not found:
            outside = [base for base in bases if isinstance(base, ExternalValue) and base.path != "builtins.object"]
            found |= {ExternalValue(f"{base.path}.{name}"): None for base in outside}
    found |= yield from _set_by_name(world, file, scope, name)
    return found


# Members of instances


def member_of(world: World, question: MemberOf) -> Thought:
    """A member of an instance; OUTSIDE stands for a base class outside the project, UNDEFINED for no definition.

    Whether there is a definition is told by the code alone, not by what the definition gives: what a definition
    gives may still be open.
    """
    file, scope, name = question.file, question.scope, question.name
    found: dict[Value, Question | None] = {}
    defined = bool(scope.bindings.get(name))
    for binding in scope.bindings.get(name, ()):
        found |= yield from _class_binding(file, binding)
    for facts in world.assigning(name, file):
        for each in facts.member_bindings.get(name, ()):
            if (yield from _sets_member_of(facts, each, scope)):
                defined = True
                found |= yield from ask(ValueOf(facts, each.value))
    declared = yield from _declarations(file, scope, name)
    if declared and "__init__" not in scope.bindings:
        found |= yield from _field(world, file, scope, name)
        if (yield from derives_from(file, scope, SETTINGS_CLASSES)):
            found[SettingValue(file, scope, declared[0], declared[0].value is None)] = None
    bases = yield from ask(*(ValueOf(file, base) for base in scope.bases))
    others = [base for base in bases if isinstance(base, ClassValue) and base.scope is not scope]
    asked = [MemberOf(base.file, base.scope, name, False) for base in others]
    if question.overridden:
        below = yield from subclasses(file, scope)
        asked += [MemberOf(subclass.file, subclass.scope, name, True) for subclass in below]
    found |= yield from _set_by_name(world, file, scope, name)
    for each_asked in asked:
        values = yield from ask(each_asked)
        defined = defined or UNDEFINED not in values
        found |= {value: via for value, via in values.items() if value != UNDEFINED}
    for base in bases:
        if isinstance(base, ExternalValue) and base.path != "builtins.object":
            found[OUTSIDE] = None
        elif isinstance(base, UnknownValue):
            found[base] = None
    if not defined:
        found[UNDEFINED] = None
    return found


def derives_from(file: FileFacts, scope: Scope, paths: frozenset[str]) -> Generator[Question, Answer, bool]:
    """Whether a class of the project derives from one of a library's classes, directly or not."""
    pending, seen = [(file, scope)], {scope}
    while pending:
        facts, each = pending.pop()
        bases = yield from ask(*(ValueOf(facts, base) for base in each.bases))
        for base in bases:
            if isinstance(base, ExternalValue) and base.path in paths:
                return True
            if isinstance(base, ClassValue) and base.scope not in seen:
                seen.add(base.scope)
                pending.append((base.file, base.scope))
    return False


def _declarations(file: FileFacts, scope: Scope, name: str) -> Generator[Question, Answer, list[Binding]]:
    """The bindings in a class that make ``name`` a field."""
    found: list[Binding] = []
    for binding in scope.bindings.get(name, ()):
        found += [binding] if (yield from _declares(file, binding)) else []
    return found


def _declares(file: FileFacts, binding: Binding) -> Generator[Question, Answer, bool]:
    """Whether a class's binding is a field: it is annotated, or described by a library (``attr.ib()``)."""
    if binding.annotation is not None:
        return True
    if not isinstance(binding.value, Call):
        return False
    callees = values_in((yield ValueOf(file, binding.value.callee)))
    return any(isinstance(callee, ExternalValue) and callee.path in FIELDS for callee in callees)


def _set_by_name(world: World, file: FileFacts, scope: Scope, name: str) -> ValuesThought:
    """``setattr(self, key, value)`` and ``self.__dict__.update(...)`` may set any member; where keys are shown, those.

    In other files, where a glance shows that it is done to the class or one of its objects.
    """
    setting: list[SetByName] = []
    for place, holder, key in _places_setting_by_name(file):
        owners = values_in((yield ValueOf(file, holder)))
        if any(isinstance(owner, (InstanceValue, ClassValue)) and owner.scope is scope for owner in owners):
            setting.append((file, place, key))
    if world.glance is not None:
        if file not in world.setting:
            world.setting[file] = _set_elsewhere(world, file)
        setting += world.setting[file].get(scope, ())
    found: dict[Value, Question | None] = {}
    for facts, place, key in setting:
        keys = seen(world, facts, key) if key is not None else ()
        shown = [each.node.value for each in keys if isinstance(each, TextValue)]
        if name in shown or not shown or len(shown) < len(keys):
            found[UnknownValue(facts, place, "members are set here by names that are not fixed")] = None
    return found


def _set_elsewhere(world: World, file: FileFacts) -> Mapping[Scope, Sequence[SetByName]]:
    """What other files set by names, by the classes of ``file`` of which a glance shows that it is done to them."""
    found: dict[Scope, list[SetByName]] = defaultdict(list)
    for facts in world.setting_by_name(file.path):
        for place, holder, key in _places_setting_by_name(facts) if facts is not file else ():
            owners = [each for each in seen(world, facts, holder) if isinstance(each, (InstanceValue, ClassValue))]
            for scope in dict.fromkeys(owner.scope for owner in owners if owner.file is file):
                found[scope].append((facts, place, key))
    return found


def _places_setting_by_name(file: FileFacts) -> Iterator[tuple[Expression, Expression, Expression | None]]:
    """What sets members by names that are not fixed, each with what they are members of, and the name."""
    for read in file.names.get("setattr", ()):
        call = file.parents.get(read)
        is_call = isinstance(call, Call) and call.callee is read and len(call.arguments) == 3
        if isinstance(call, Call) and is_call and not isinstance(call.arguments[1].value, Text):
            yield call, call.arguments[0].value, call.arguments[1].value
    for dictionary in file.attributes.get("__dict__", ()):
        parent = file.parents.get(dictionary)
        if isinstance(parent, Attribute) and parent.name == "update":
            yield dictionary, dictionary.value, None


def _class_binding(file: FileFacts, binding: Binding) -> ValuesThought:
    getter = getter_of(binding)
    if getter is not None:
        functions = [each for each in (yield from ask(ValueOf(file, getter))) if isinstance(each, FunctionValue)]
        return (yield from ask(*(Returned(each.file, each.scope) for each in functions)))
    if binding.kind is not BindingKind.FUNCTION or binding.defines is None:
        return (yield from ask(Bound(file, binding)))
    scope = file.scopes[binding.defines]
    if is_decorated(scope, "property", "cached_property"):
        return (yield from ask(Returned(file, scope)))
    return {FunctionValue(file, scope, not is_decorated(scope, "staticmethod")): None}


def _sets_member_of(file: FileFacts, each: MemberBinding, scope: Scope) -> Generator[Question, Answer, bool]:
    owners = values_in((yield ValueOf(file, each.target.value)))
    return any(isinstance(owner, (InstanceValue, ClassValue)) and owner.scope is scope for owner in owners)


# Fields


def _field(world: World, file: FileFacts, scope: Scope, name: str) -> ValuesThought:
    """A declared field of a class without ``__init__`` takes what its makers give by keyword or position."""
    fields = yield from all_fields(file, scope)
    callers = callers_in((yield CallersOf(file, scope)))
    found: dict[Value, Question | None] = {}
    position = fields.index(name) if name in fields else None
    for caller in callers.calls:
        for passed in arguments_named(name, position, caller.arguments):
            found |= yield from given(world, caller.file, passed)
    found |= yield from _replaced(world, file, scope, name)
    return found


def all_fields(
    file: FileFacts, scope: Scope, below: frozenset[Scope] = frozenset()
) -> Generator[Question, Answer, list[str]]:
    """The declared fields of a class, those of its base classes first; ``below`` are the classes that ask for them."""
    bases = yield from ask(*(ValueOf(file, base) for base in scope.bases))
    found: list[str] = []
    for base in bases:
        if isinstance(base, ClassValue) and base.scope not in below | {scope}:
            found += yield from all_fields(base.file, base.scope, below | {scope})
    return list(dict.fromkeys([*found, *declared_fields(scope)]))


def _replaced(world: World, file: FileFacts, scope: Scope, name: str) -> ValuesThought:
    """What copies of an object are given for the field: ``replace(config, model=…)``, ``config._replace(**new)``.

    Where the field is not named, only if a glance shows whose copy it is: much is copied with what is expanded.
    """
    found: dict[Value, Question | None] = {}
    for method in ("replace", "evolve", *sorted(REPLACING_METHODS)):
        for facts in world.giving(method, (name, "**", "update"), file.path):
            reads: list[Name | Attribute] = [*facts.names.get(method, ()), *facts.attributes.get(method, ())]
            for read in reads:
                call = facts.parents.get(read)
                if not isinstance(call, Call) or call.callee is not read:
                    continue
                taken = arguments_named(name, None, call.arguments)
                # pydantic takes the changes as a mapping.
                update = call.keyword("update")
                if not taken and update is None:
                    continue
                holders: list[Expression] = [call.arguments[0].value] if call.arguments else []
                holders += [read.value] if isinstance(read, Attribute) else []
                if call.keyword(name) is not None or _shows(update, name):
                    owners: Values = yield from ask(*(ValueOf(facts, holder) for holder in holders))
                else:
                    owners = {owner: None for holder in holders for owner in seen(world, facts, holder)}
                if any(isinstance(owner, InstanceValue) and owner.scope is scope for owner in owners):
                    for passed in taken:
                        found |= yield from given(world, facts, passed)
                    if update is not None:
                        found |= yield from expanded(world, facts, update, name)
    return found


def _shows(mapping: Expression | None, name: str) -> bool:
    entries = mapping.entries if isinstance(mapping, MappingDisplay) else ()
    return any(isinstance(entry.key, Text) and entry.key.value == name for entry in entries)
