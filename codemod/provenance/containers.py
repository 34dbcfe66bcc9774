"""What stands in containers: mappings, sequences, generators, and what libraries make of them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence

from codemod.provenance.asking import MODULE_ANCHOR, OUTSIDE, UNDEFINED, ask, is_nothing, key_shown, seen
from codemod.provenance.calls import (
    Passed,
    is_decorated,
    last_name,
    name_behind_calls,
    positional_arguments,
    positional_parameters,
    taken_over,
)
from codemod.provenance.commands import command_options
from codemod.provenance.facts import (
    Attribute,
    Binding,
    Call,
    Comprehension,
    Constant,
    Expression,
    FileFacts,
    ItemBinding,
    MappingDisplay,
    Opaque,
    Role,
    Route,
    Scope,
    SequenceDisplay,
    Subscript,
    Text,
)
from codemod.provenance.getters import held_as
from codemod.provenance.questions import (
    Answer,
    CallersOf,
    GlobalOf,
    ItemOf,
    MaybeValuesThought,
    MemberOf,
    PartOf,
    Question,
    Thought,
    ValueOf,
    Values,
    ValuesThought,
    callers_in,
    values_in,
)
from codemod.provenance.values import (
    ClassValue,
    GeneratorValue,
    InstanceValue,
    LookupValue,
    MappingValue,
    MemberValue,
    ModuleValue,
    OptionValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    SequenceValue,
    TextValue,
    UnknownValue,
    Value,
    library_path,
)
from codemod.provenance.world import World, files_holding

# The file, what may set an item there, and the expression that is the container if it does so; None: it does.
Change = tuple[FileFacts, ItemBinding, "Expression | None"]
# Calls that give a sequence with the elements of another.
SAME_ELEMENTS = frozenset(
    f"builtins.{name}" for name in ("list", "tuple", "set", "frozenset", "sorted", "reversed", "iter")
)
# Calls that give one element of a sequence.
ONE_ELEMENT = frozenset({"builtins.next", "builtins.max", "builtins.min", "random.choice", "secrets.choice"})
_FIELD_CALLS = frozenset({"ib", "attrib", "field", "Field"})
# The views of a mapping, as calls of its methods.
VIEWS = frozenset({"keys", "values", "items"})


def subscript(world: World, file: FileFacts, node: Subscript) -> ValuesThought:
    """What an item of something is."""
    holders = yield from ask(ValueOf(file, node.value))
    keys = yield from ask(ValueOf(file, node.key))
    found: dict[Value, Question | None] = {}
    for holder in holders:
        path = library_path(holder)
        if isinstance(holder, MappingValue):
            found |= yield from items(world, file, holder, keys)
        elif isinstance(node.key, Text) and path in ("builtins.globals", "builtins.vars"):
            found |= yield from _named_in_module(file, holder, node.key)
        elif isinstance(node.key, Text) and path in world.libraries.stores:
            found |= yield from stored(world, file, holder, node.key.value)
        elif isinstance(node.key, Text) and path in world.libraries.lookup_items:
            found[LookupValue(file, node, node.key, path, True)] = None
        elif not is_nothing(holder):
            key = node.key.value if isinstance(node.key, Constant) else None
            route: Route = (key if isinstance(key, int) else None,)
            found |= yield from part(world, file, node, holder, route)
    return found


def _named_in_module(file: FileFacts, holder: Value, key: Text) -> ValuesThought:
    """``globals()["NAME"]``, ``vars(module)["NAME"]``."""
    if not (isinstance(holder, ProductValue) and holder.call.arguments):
        return (yield from ask(GlobalOf(file, key.value)))
    owners = yield from ask(ValueOf(holder.file, holder.call.arguments[0].value))
    modules = [owner for owner in owners if isinstance(owner, ModuleValue)]
    if not modules:
        return {UnknownValue(file, key, "a name of something that is not visible"): None}
    return (yield from ask(*(GlobalOf(module.file, key.value) for module in modules)))


def items(world: World, reader: FileFacts, holder: MappingValue, keys: Values) -> ValuesThought:
    """What ``reader`` finds in a mapping under any of ``keys``."""
    found: dict[Value, Question | None] = {}
    for key in keys:
        wanted = key.node.value if isinstance(key, TextValue) else None
        found |= yield from ask(_item(world, reader, holder, wanted))
    return found


def _item(world: World, reader: FileFacts, holder: MappingValue, key: str | None) -> ItemOf:
    sets_it = reader is not holder.file and world.setters_in(reader).may_set(key)
    return ItemOf(holder.file, holder.node, key, reader if sets_it else None)


# What gives the members of an object as a mapping.
_DUMPING = frozenset({"builtins.vars", "dataclasses.asdict", "attr.asdict", "attrs.asdict"})
_DUMPING_METHODS = (("model_dump",), ("dict",), ("_asdict",))


def expanded(world: World, file: FileFacts, mapping: Expression, key: str | None) -> ValuesThought:
    """What ``**mapping`` gives under ``key``."""
    holders = yield from ask(ValueOf(file, mapping))
    found: dict[Value, Question | None] = {}
    for holder in holders:
        if isinstance(holder, MappingValue):
            found |= yield from ask(_item(world, file, holder, key))
        elif not is_nothing(holder):
            members = None if key is None else (yield from _dumped(holder, key))
            if members is None:
                members = {UnknownValue(file, mapping, "expanded from a mapping that is not visible"): None}
            found |= members
    return found


def _dumped(mapping: Value, name: str) -> MaybeValuesThought:
    """What ``asdict(x)``, ``vars(x)`` or ``x.model_dump()`` holds under ``name``; None if ``x`` is not visible."""
    objects: Sequence[Value] = ()
    if isinstance(mapping, ResultValue) and isinstance(mapping.member, MemberValue):
        objects = [mapping.member.owner] if mapping.member.names in _DUMPING_METHODS else ()
    elif isinstance(mapping, ProductValue) and mapping.path in _DUMPING and mapping.call.arguments:
        objects = list(values_in((yield ValueOf(mapping.file, mapping.call.arguments[0].value))))
    found: dict[Value, Question | None] = {}
    for each in objects:
        if not isinstance(each, InstanceValue):
            return None
        members = yield from ask(MemberOf(each.file, each.scope, name, each.call is None))
        if members.keys() == {OUTSIDE}:
            return None
        found |= {value: via for value, via in members.items() if value not in (OUTSIDE, UNDEFINED)}
    return found if objects else None


def given(world: World, file: FileFacts, passed: Passed) -> ValuesThought:
    """What an argument of a call in ``file`` gives to the parameter or field that takes it."""
    argument, route = passed.argument, passed.route
    if argument.expansion == "**":
        (name,) = route
        return (yield from expanded(world, file, argument.value, name if isinstance(name, str) else None))
    if not route:
        return (yield from ask(ValueOf(file, argument.value)))
    found: dict[Value, Question | None] = {}
    for holder in (yield from ask(ValueOf(file, argument.value))):
        found |= yield from part(world, file, argument.value, holder, route)
    return found


# Items of mappings


def item_of(world: World, question: ItemOf) -> Thought:
    file, container, key, reader = question.file, question.container, question.key, question.reader
    if reader is not None:
        found = yield from ask(ItemOf(file, container, key))
        setters = changes_in(world, reader, container)
    else:
        found = yield from _made_with(world, file, container, key)
        setters = changes(world, file, container, key)
    for facts, item in (yield from _set_in(world, setters, container, key)):
        if item.spread:
            found |= yield from expanded(world, facts, item.value, key)
        else:
            found |= yield from ask(ValueOf(facts, item.value))
    return found


def _made_with(world: World, file: FileFacts, container: Expression | Binding, key: str | None) -> ValuesThought:
    """What a mapping holds under ``key`` when it is made."""
    found: dict[Value, Question | None] = {}
    if isinstance(container, Binding):
        found |= yield from _gathered_keywords(world, file, container, key)
    else:
        for mapping in taken_over(container):
            found |= yield from expanded(world, file, mapping, key)
        for value in (yield from _entries(file, container, key)):
            found |= yield from ask(ValueOf(file, value))
    return {value: via for value, via in found.items() if value != MappingValue(file, container)}


def _entries(file: FileFacts, node: Expression, key: str | None) -> Generator[Question, Answer, list[Expression]]:
    """The values that a mapping shows under ``key``."""
    if isinstance(node, Call):
        return [each.value for each in node.arguments if each.keyword is not None and key in (None, each.keyword)]
    if isinstance(node, Comprehension):
        return [node.elements[1]] if len(node.elements) == 2 and not taken_over(node) else []
    found: list[Expression] = []
    for entry in node.entries if isinstance(node, MappingDisplay) else ():
        if entry.key is None:
            continue
        if key is None or (isinstance(entry.key, Text) and entry.key.value == key):
            found.append(entry.value)
        elif not isinstance(entry.key, (Text, Constant)):
            keys = values_in((yield ValueOf(file, entry.key)))
            if any(not isinstance(each, TextValue) or each.node.value == key for each in keys):
                found.append(entry.value)
    return found


def changes(world: World, file: FileFacts, container: Expression | Binding, key: str | None) -> Iterator[Change]:
    """What may set items of ``container``: in its own file, and in those that may get hold of it by a name."""
    yield from changes_in(world, file, container)
    yield from changes_by_name(world, file, container, key)


def changes_by_name(
    world: World, file: FileFacts, container: Expression | Binding, key: str | None
) -> Iterator[Change]:
    """The same for other files than its own alone; in most under ``key`` or one that is not fixed (None: any)."""
    if isinstance(container, Binding):
        return
    held = held_as(file, container)
    for name in (*held.globals, *held.members) if held.is_named else ():
        for facts in world.changing(name, world.home(file, name)):
            for item in facts.item_bindings if facts is not file else ():
                if name_behind_calls(item.target.value) == name:
                    yield facts, item, item.target.value
    # Much is handed around in other files: what a glance does not show to be the container is not asked for.
    for facts in files_holding(world, file, held) if world.glance is not None else ():
        for item, holder in world.setters_in(facts).of(container) if facts is not file else ():
            shown = seen(world, facts, holder) if holder is not None and item.may_set(key) else ()
            if any(is_container(value, container) for value in shown):
                yield facts, item, None


def is_container(value: Value, container: Expression | Binding) -> bool:
    return isinstance(value, (MappingValue, SequenceValue)) and value.node is container


def changes_in(world: World, file: FileFacts, container: Expression | Binding) -> Iterator[Change]:
    """The same for one file, whatever it has to do with the container."""
    return ((file, item, holder) for item, holder in world.setters_in(file).of(container))


def _set_in(
    world: World,
    setters: Iterable[Change],
    container: Expression | Binding,
    key: str | None,
) -> Generator[Question, Answer, list[tuple[FileFacts, ItemBinding]]]:
    """Those of ``setters`` that set items of ``container``, under ``key`` or one not fixed (``key`` None: any)."""
    found: list[tuple[FileFacts, ItemBinding]] = []
    asked: dict[Expression, bool] = {}
    for facts, item, holder in setters:
        if not _may_set(world, facts, item, key):
            continue
        if holder is not None and holder not in asked:
            if item.is_sum and world.glance is not None:
                held = seen(world, facts, holder)
            else:
                held = values_in((yield ValueOf(facts, holder)))
            asked[holder] = any(is_container(each, container) for each in held)
        if holder is None or asked[holder]:
            found.append((facts, item))
    return found


def _may_set(world: World, file: FileFacts, item: ItemBinding, key: str | None) -> bool:
    """Whether ``item`` may set the item ``key``; None: any."""
    if key is None or item.spread or item.key is not None:
        return item.may_set(key)
    return key_shown(world, file, item.target.key) in (None, key)


def _gathered_keywords(world: World, file: FileFacts, binding: Binding, key: str | None) -> ValuesThought:
    """What callers give under ``key`` to a ``**`` parameter."""
    scope = file.scopes[binding.scope]
    if key is not None and any(each.name == key and each is not binding for each in scope.parameters):
        return {}
    callers = callers_in((yield CallersOf(file, file.called(scope))))
    named = {each.name for each in scope.parameters}
    found: dict[Value, Question | None] = {}
    for caller in callers.calls:
        for argument in caller.arguments:
            if argument.keyword is not None and argument.keyword not in named and key in (None, argument.keyword):
                found |= yield from ask(ValueOf(caller.file, argument.value))
            elif argument.expansion == "**":
                found |= yield from expanded(world, caller.file, argument.value, key)
    options = command_options(file, scope, key)
    for call in options:
        found[OptionValue(file, call, key or "")] = None
        default = call.keyword("default")
        found |= {} if default is None else (yield from ask(ValueOf(file, default)))
    if not options and not callers.are_all_shown:
        found[ParameterValue(file, binding)] = None
    return found


# Parts of anything


def part_of(world: World, question: PartOf) -> Thought:
    file, node = question.file, question.expression
    holders = yield from ask(ValueOf(file, node))
    found: dict[Value, Question | None] = {}
    for holder in holders:
        found |= yield from part(world, file, node, holder, question.route)
    return found


def part(world: World, file: FileFacts, node: Expression | Binding, holder: Value, route: Route) -> ValuesThought:
    """What stands behind ``route`` in ``holder``, which is what ``node`` gives."""
    if not route:
        return {holder: None}
    key, rest = route[0], route[1:]
    if isinstance(holder, SequenceValue):
        return (yield from _sequence_part(world, holder, key, rest))
    if isinstance(holder, MappingValue):
        if isinstance(key, str):
            found = yield from ask(_item(world, file, holder, key))
            return (yield from _parts(world, file, node, found, rest))
        return (yield from _keys(holder)) if key is None and not rest else {}
    if isinstance(holder, GeneratorValue) and key is None:
        return (yield from yielded(holder, rest))
    if isinstance(holder, InstanceValue) and isinstance(key, int):
        fields = declared_fields(holder.scope)
        if 0 <= key < len(fields):
            found = yield from ask(MemberOf(holder.file, holder.scope, fields[key], holder.call is None))
            found = {value: via for value, via in found.items() if value not in (OUTSIDE, UNDEFINED)}
            return (yield from _parts(world, file, node, found, rest))
    if isinstance(holder, ResultValue) and key == 0 and library_path(holder) in world.libraries.parsers:
        return {holder: None} if not rest else {}
    if isinstance(holder, ProductValue):
        made = yield from _product_part(world, holder, route)
        if made is not None:
            return made
    if isinstance(holder, ClassValue) and key is None:
        return {UnknownValue(file, node, "any member of a class"): None}
    if is_nothing(holder):
        return {}
    return {UnknownValue(file, node, "an element of something that is not visible"): None}


def _parts(world: World, file: FileFacts, node: Expression | Binding, holders: Values, route: Route) -> ValuesThought:
    if not route:
        return dict(holders)
    found: dict[Value, Question | None] = {}
    for holder in holders:
        found |= yield from part(world, file, node, holder, route)
    return found


def _at(file: FileFacts, expression: Expression, route: Route) -> Question:
    return PartOf(file, expression, route) if route else ValueOf(file, expression)


def _sequence_part(world: World, holder: SequenceValue, key: str | int | None, rest: Route) -> ValuesThought:
    file, node = holder.file, holder.node
    found: dict[Value, Question | None] = {}
    if isinstance(node, Binding):
        return (yield from _gathered_positions(file, node, key, rest))
    if isinstance(node, Comprehension):
        found |= yield from ask(_at(file, node.elements[0], rest))
    elif isinstance(node, Opaque):
        found |= yield from ask(*(PartOf(file, each, (None, *rest)) for each in node.parts))
    elif isinstance(node, SequenceDisplay):
        for each in _items_at(node, key):
            if isinstance(each, Opaque) and each.what == "*":
                found |= yield from ask(PartOf(file, each.parts[0], (None, *rest)))
            else:
                found |= yield from ask(_at(file, each, rest))
    for facts, item in (yield from _set_in(world, changes(world, file, node, None), node, None)):
        found |= yield from ask(_at(facts, item.value, (None, *rest) if item.spread else rest))
    return found


def _items_at(node: SequenceDisplay, key: str | int | None) -> tuple[Expression, ...]:
    """The items of a display that may stand at a position."""
    if not isinstance(key, int) or any(isinstance(each, Opaque) and each.what == "*" for each in node.items):
        return node.items
    return (node.items[key],) if -len(node.items) <= key < len(node.items) else ()


def _gathered_positions(file: FileFacts, binding: Binding, key: str | int | None, rest: Route) -> ValuesThought:
    """What callers give to a ``*`` parameter at the position ``key``, None: at any."""
    scope = file.scopes[binding.scope]
    callers = callers_in((yield CallersOf(file, file.called(scope))))
    found: dict[Value, Question | None] = {}
    for caller in callers.calls:
        first = len(positional_parameters(scope)) - (1 if caller.bound else 0)
        given = positional_arguments(caller.arguments)
        stars = [index for index, argument in enumerate(given) if argument.expansion == "*"]
        known = stars[0] if stars else len(given)
        for index, argument in enumerate(given[:known]):
            if index >= first and key in (None, index - first):
                element: Route = (None, *rest) if argument.expansion else rest
                found |= yield from ask(_at(caller.file, argument.value, element))
        if stars and (not isinstance(key, int) or first + key >= known):
            inner = first + key - known if isinstance(key, int) and len(stars) == 1 else None
            found |= yield from ask(PartOf(caller.file, given[known].value, (inner, *rest)))
    if not callers.are_all_shown:
        found[ParameterValue(file, binding)] = None
    return found


def _keys(holder: MappingValue) -> ValuesThought:
    """The keys of a mapping that shows them."""
    file, node = holder.file, holder.node
    if isinstance(node, MappingDisplay) and all(isinstance(entry.key, Text) for entry in node.entries):
        return {TextValue(file, entry.key): None for entry in node.entries if isinstance(entry.key, Text)}
    if isinstance(node, MappingDisplay):
        shown = [entry.key for entry in node.entries if entry.key is not None]
        return (yield from ask(*(ValueOf(file, key) for key in shown)))
    return {UnknownValue(file, node, "the keys of a mapping that are not visible"): None}


def _product_part(world: World, holder: ProductValue, route: Route) -> MaybeValuesThought:
    """What stands behind ``route`` in what a call of the builtins gives; None where that is not known."""
    file, call, path = holder.file, holder.call, holder.path
    given = positional_arguments(call.arguments)
    if path in SAME_ELEMENTS:
        return (yield from ask(PartOf(file, given[0].value, (None, *route[1:])))) if given else {}
    if path == "builtins.enumerate" and given and len(route) > 1:
        return (yield from ask(PartOf(file, given[0].value, (None, *route[2:])))) if route[1] == 1 else {}
    if path in ("builtins.zip", "itertools.product") and len(route) > 1:
        column = route[1]
        if isinstance(column, int) and column < len(given) and not any(each.expansion for each in given):
            return (yield from ask(PartOf(file, given[column].value, (None, *route[2:]))))
    if path == "itertools.cycle" and given:
        return (yield from ask(PartOf(file, given[0].value, (None, *route[1:]))))
    if path == "itertools.chain" and not any(each.expansion for each in given):
        return (yield from ask(*(PartOf(file, each.value, (None, *route[1:])) for each in given)))
    if path.startswith("dict.") and isinstance(call.callee, Attribute):
        return (yield from _view_part(world, file, call.callee, path.removeprefix("dict."), route[1:]))
    return None


def _view_part(world: World, file: FileFacts, callee: Attribute, view: str, route: Route) -> ValuesThought:
    """A part of an element of ``mapping.keys()``, ``.values()`` or ``.items()``."""
    holders = yield from ask(ValueOf(file, callee.value))
    found: dict[Value, Question | None] = {}
    for holder in holders:
        if not isinstance(holder, MappingValue):
            continue
        if view == "keys" or (view == "items" and route and route[0] == 0):
            found |= yield from _keys(holder)
        elif view == "values" or (view == "items" and route and route[0] == 1):
            rest = route if view == "values" else route[1:]
            held = yield from ask(ItemOf(holder.file, holder.node, None))
            found |= yield from _parts(world, file, callee, held, rest)
        else:
            found[UnknownValue(file, callee, "an element of a mapping's items")] = None
    return found


def yielded(holder: GeneratorValue, route: Route) -> ValuesThought:
    """What a generator gives, one at a time."""
    file, scope = holder.file, holder.scope
    values = (_at(file, value, route) for value in scope.yields)
    elements = (PartOf(file, value, (None, *route)) for value in scope.delegates)
    return (yield from ask(*values, *elements))


def declared_fields(scope: Scope) -> list[str]:
    """The names that a class declares with an annotation or as ``attr.ib()``, in order."""
    return [name for name, bound in scope.bindings.items() if any(_is_field(each) for each in bound)]


def _is_field(binding: Binding) -> bool:
    value = binding.value
    return binding.annotation is not None or (isinstance(value, Call) and last_name(value.callee) in _FIELD_CALLS)


def entered(world: World, file: FileFacts, binding: Binding | None, context: Expression) -> ValuesThought:
    """What ``with context as binding`` binds."""
    contexts = yield from ask(ValueOf(file, context))
    found: dict[Value, Question | None] = {}
    for value in contexts:
        path = library_path(value)
        if isinstance(value, GeneratorValue) and is_decorated(value.scope, "contextmanager", "asynccontextmanager"):
            found |= yield from yielded(value, ())
        elif isinstance(value, InstanceValue):
            found |= yield from _entered_instance(file, context, value)
        elif isinstance(value, ProductValue) and path in _GIVE_ARGUMENT and value.call.arguments:
            found |= yield from ask(ValueOf(value.file, value.call.arguments[0].value))
        elif path in world.libraries.classes | world.libraries.contexts or (
            path and not isinstance(value, ProductValue)
        ):
            found[value] = ValueOf(file, context)
        elif not is_nothing(value):
            reason = "what a context manager gives"
            found[UnknownValue(file, context if binding is None else binding, reason)] = None
    return found


def _entered_instance(file: FileFacts, context: Expression, value: InstanceValue) -> ValuesThought:
    """What ``__enter__`` of a project class returns; without one, its base class gives the object itself."""
    for name in ("__enter__", "__aenter__"):
        for binding in value.scope.bindings.get(name, ()):
            if binding.defines is not None:
                scope = value.file.scopes[binding.defines]
                return (yield from ask(*(ValueOf(value.file, each) for each in scope.returns)))
    return {value: ValueOf(file, context)}


# Context managers that give what they are made with.
_GIVE_ARGUMENT = frozenset({"contextlib.closing", "contextlib.aclosing", "contextlib.nullcontext"})


# Stores of libraries


def stored(world: World, file: FileFacts, holder: Value, name: str) -> ValuesThought:
    """What the program keeps in a library's store under ``name``, as a member or as an item."""
    path = library_path(holder)
    found: dict[Value, Question | None] = {}
    for facts in world.mentioning(name, None):
        places: list[tuple[Expression, Expression]] = [
            (member.target.value, member.value) for member in facts.member_bindings.get(name, ())
        ]
        places += [
            (item.target.value, item.value) for item in facts.item_bindings if item.key == name and not item.spread
        ]
        for owner, value in places:
            owners = values_in((yield ValueOf(facts, owner)))
            if any(library_path(each) == path for each in owners):
                found |= yield from ask(ValueOf(facts, value))
        for call in facts.calls:
            key = call.keyword("key")
            if isinstance(key, Text) and key.value == name:
                found[UnknownValue(facts, call, f"a part of the user interface may set {name}")] = None
    if not found:
        found[UnknownValue(file, MODULE_ANCHOR, f"nothing in the project keeps {name} there")] = None
    return found


def kept_in_cell(world: World, cell: ProductValue) -> ValuesThought:
    """What a ``ContextVar`` can hold: its default, and what its ``set`` is given."""
    default = cell.call.keyword("default")
    found: dict[Value, Question | None] = {}
    if default is not None:
        found |= yield from ask(ValueOf(cell.file, default))
    role = cell.file.parents.get(cell.call)
    for binding in role.bindings if isinstance(role, Role) else ():
        for facts in world.mentioning(binding.name, cell.file.path):
            for attribute in facts.attributes.get("set", ()):
                parent = facts.parents.get(attribute)
                if not isinstance(parent, Call) or parent.callee is not attribute or not parent.arguments:
                    continue
                if cell in values_in((yield ValueOf(facts, attribute.value))):
                    found |= yield from ask(ValueOf(facts, parent.arguments[0].value))
    return found
