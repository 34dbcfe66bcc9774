"""Who calls a function or makes instances of a class, and which classes derive from one."""

from __future__ import annotations

from collections.abc import Generator
from operator import itemgetter

from codemod.provenance.asking import subclasses
from codemod.provenance.calls import getter_of, is_decorated, name_behind_calls, passed_through
from codemod.provenance.facts import (
    Argument,
    Attribute,
    Call,
    Comparison,
    Expression,
    FileFacts,
    Role,
    RoleKind,
    Scope,
    ScopeKind,
    Wrapped,
)
from codemod.provenance.libraries import Invoker
from codemod.provenance.questions import (
    Answer,
    Caller,
    Callers,
    CallersOf,
    Property,
    Question,
    Site,
    Subclasses,
    SubclassesOf,
    Thought,
    ValueOf,
    Values,
    callers_in,
    values_in,
)
from codemod.provenance.values import ClassValue, FunctionValue, UnknownValue, Value, library_path
from codemod.provenance.world import MOST_FILES, TooManyFilesError, World, home_of

# What a statement does with a function or class that it only mentions.
_DECLARING = frozenset(
    {RoleKind.BASE, RoleKind.ANNOTATION, RoleKind.DISCARDED, RoleKind.TARGET, RoleKind.OTHER, RoleKind.TESTED}
)
# Members of a function that a library adds to have it called with other arguments.
_CALLING_MEMBERS = frozenset({"delay", "apply_async", "remote", "submit", "map", "s", "si", "send", "options"})
_CHECKS = frozenset({"isinstance", "issubclass"})
# A method whose name is read more often than this, on whatever receiver, counts as called from anywhere.
_TOO_COMMON = 100


def callers_of(world: World, question: CallersOf) -> Thought:
    file, scope = question.file, question.scope
    is_class = scope.kind is ScopeKind.CLASS
    target: Value = ClassValue(file, scope) if is_class else FunctionValue(file, scope)
    search = _Search(world, target, is_class)
    if scope.kind is ScopeKind.LAMBDA:
        yield from search.look_at(file, file.lambdas[scope.index])
    else:
        is_method = not is_class and file.enclosing_class(scope) is not None
        sites = world.sites(file, scope)
        if is_method and sum(isinstance(reference, Attribute) for _, reference in sites) > _TOO_COMMON:
            return Callers(more=True)
        search.names.add((file, scope.name, home_of(file, scope)))
        for facts, reference in sites:
            yield from search.look_at(facts, reference)
    while search.aliases:
        for facts, reference in world.reads_of(*search.aliases.pop()):
            yield from search.look_at(facts, reference)
    if is_class:
        search.calls += yield from _calls_of_own_class(file, scope)
        search.calls += yield from _calls_of_subclasses(file, scope)
    by_library, watched = yield from _decoration(world, file, scope)
    found = tuple(search.calls), tuple(search.handed_on), tuple(search.maybe), tuple(search.properties)
    return Callers(*found, by_library=by_library, watched=watched)


class _Search:
    """The calls of one function or class that have been found, and the names that are still to be looked at."""

    def __init__(self, world: World, target: Value, is_class: bool) -> None:
        self.world = world
        self.target = target
        self.is_class = is_class
        self.calls: list[Caller] = []
        self.maybe: list[Caller] = []
        self.handed_on: list[Site] = []
        self.properties: list[Property] = []
        self.names: set[tuple[FileFacts, str, int]] = set()
        self.aliases: list[tuple[FileFacts, str, int]] = []

    def look_at(self, facts: FileFacts, reference: Expression) -> Generator[Question, Answer, None]:
        parent = facts.parents.get(reference)
        called = parent if isinstance(parent, Call) and parent.callee is reference else None
        values = values_in((yield ValueOf(facts, reference)))
        match = next((value for value in values if _is_same(value, self.target)), None)
        if match is None:
            if called is not None and isinstance(reference, Attribute) and not self.is_class and _may_be(values):
                is_method = isinstance(self.target, FunctionValue) and _is_method(self.target)
                self.maybe.append(Caller(facts, called, is_method, called.arguments))
            return
        bound = self.is_class or (isinstance(match, FunctionValue) and match.bound)
        if called is not None:
            self.calls.append(Caller(facts, called, bound, called.arguments))
            return
        made = None if self.is_class else _property_made(facts, reference)
        if made is not None:
            self.properties.append(made)
            return
        if (yield from self.is_invoked(facts, reference, bound)) or (yield from self.is_named_anew(facts, reference)):
            return
        if _hands_on(facts, reference, is_class=self.is_class):
            self.handed_on.append(Site(facts, reference))

    def is_invoked(self, facts: FileFacts, reference: Expression, bound: bool) -> Generator[Question, Answer, bool]:
        """Whether the function is given to something that calls it with arguments that are seen."""
        call = facts.parents.get(reference)
        if not isinstance(call, Call) or call.callee is reference:
            return False
        invoker = yield from invoker_of(self.world, facts, call)
        if invoker is None or argument_of(call, invoker) is not reference:
            return False
        arguments = handed(self.world, call, reference, invoker)
        self.calls.append(Caller(facts, call, bound, arguments, invoker.gives, invoker.complete))
        return True

    def is_named_anew(self, facts: FileFacts, reference: Expression) -> Generator[Question, Answer, bool]:
        """Whether the function only gets another name: ``alias = function``, ``alias = decorator(function)``."""
        here = reference
        parent = facts.parents.get(here)
        while isinstance(parent, (Call, Wrapped)):
            values = values_in((yield ValueOf(facts, parent)))
            if not any(_is_same(value, self.target) for value in values):
                return False
            here, parent = parent, facts.parents.get(parent)
        if not isinstance(parent, Role) or parent.kind is not RoleKind.BOUND or parent.targets or not parent.bindings:
            return False
        for binding in parent.bindings:
            if binding.route or facts.scopes[binding.scope].kind is ScopeKind.CLASS:
                return False
        fresh = {(facts, binding.name, binding.scope) for binding in parent.bindings} - self.names
        self.names |= fresh
        self.aliases += sorted(fresh, key=itemgetter(1, 2))
        return True


def invoker_of(world: World, facts: FileFacts, call: Call) -> Generator[Question, Answer, Invoker | None]:
    """What ``call`` does with a function among its arguments, if it calls it."""
    callees = values_in((yield ValueOf(facts, call.callee)))
    invokers = (world.libraries.invokers.get(library_path(callee)) for callee in callees)
    return next((invoker for invoker in invokers if invoker is not None), None)


def argument_of(call: Call, invoker: Invoker) -> Expression | None:
    """The argument that is the function which ``invoker`` calls."""
    named = call.keyword(invoker.keyword) if invoker.keyword else None
    if named is not None or invoker.position is None:
        return named
    plain = [argument for argument in call.arguments if argument.keyword is None]
    before = plain[: invoker.position + 1]
    return None if len(before) <= invoker.position or any(each.expansion for each in before) else before[-1].value


def handed(world: World, call: Call, function: Expression, invoker: Invoker) -> tuple[Argument, ...]:
    """The arguments that ``function`` is called with, made once for each call."""
    if call not in world.handed:
        world.handed[call] = _handed(call, function, invoker)
    return world.handed[call]


def _handed(call: Call, function: Expression, invoker: Invoker) -> tuple[Argument, ...]:
    if invoker.alone:
        return ()
    if invoker.packed is not None:
        sequence, mapping = (call.keyword(name) for name in invoker.packed)
        packed = [] if sequence is None else [Argument(None, sequence, "*")]
        return (*packed, *([] if mapping is None else [Argument(None, mapping, "**")]))
    plain = [argument for argument in call.arguments if argument.keyword is None]
    position = next((index for index, argument in enumerate(plain) if argument.value is function), -1)
    behind = plain[position + 1 :]
    if invoker.each:
        return tuple(Argument(None, argument.value, argument.expansion or "each") for argument in behind)
    return (*behind, *(each for each in call.arguments if each.keyword is not None and each.value is not function))


def _calls_of_own_class(file: FileFacts, scope: Scope) -> Generator[Question, Answer, list[Caller]]:
    """``cls(...)`` in a class method."""
    found: list[Caller] = []
    methods = [each for each in file.scopes if each.parent == scope.index and is_decorated(each, "classmethod")]
    for method in methods:
        for name in file.names.get(method.parameters[0].name, ()) if method.parameters else ():
            parent = file.parents.get(name)
            called = isinstance(parent, Call) and parent.callee is name
            if called and ClassValue(file, scope) in values_in((yield ValueOf(file, name))):
                assert isinstance(parent, Call)
                if not any(caller.call is parent for caller in found):
                    found.append(Caller(file, parent, True, parent.arguments))
    return found


def _calls_of_subclasses(file: FileFacts, scope: Scope) -> Generator[Question, Answer, list[Caller]]:
    """Makers of subclasses that do not define ``__init__``, and calls through ``super()``."""
    found: list[Caller] = []
    for subclass in (yield from subclasses(file, scope)):
        if "__init__" not in subclass.scope.bindings:
            found += callers_in((yield CallersOf(subclass.file, subclass.scope))).calls
            continue
        for attribute in subclass.file.attributes.get("__init__", ()):
            parent = subclass.file.parents.get(attribute)
            if not (isinstance(parent, Call) and parent.callee is attribute):
                continue
            inside = any(each is subclass.scope for each in subclass.file.enclosing(parent.scope))
            if inside:
                found.append(Caller(subclass.file, parent, isinstance(attribute.value, Call), parent.arguments))
    return found


def _decoration(world: World, file: FileFacts, scope: Scope) -> Generator[Question, Answer, tuple[bool, bool]]:
    """Whether a decorator has others call the function with values of their own, and whether one may look at them."""
    by_library = watched = False
    for decorator in scope.decorators if scope.kind is not ScopeKind.CLASS else ():
        name = name_behind_calls(decorator)
        if name in world.libraries.decorators:
            continue
        values = values_in((yield ValueOf(file, decorator)))
        through = [
            passed_through(value.file, value.scope) if isinstance(value, FunctionValue) else None for value in values
        ]
        if not through or None in through:
            by_library = True
            watched = watched or name not in world.libraries.registering
        watched = watched or any(each is not None and each.watched for each in through)
    return by_library, watched


def subclasses_of(world: World, question: SubclassesOf) -> Thought:
    target = ClassValue(question.file, question.scope)
    found: list[ClassValue] = []
    sites = world.bases_read(question.file, question.scope)
    if len({facts for facts, _ in sites}) > MOST_FILES:
        raise TooManyFilesError(question.scope.name)
    for facts, reference in sites:
        derived = facts.deriving.get(reference, ())
        if derived and target in values_in((yield ValueOf(facts, reference))):
            found += [ClassValue(facts, facts.scopes[scope]) for scope in derived]
    return Subclasses(tuple(dict.fromkeys(found)))


def _is_method(function: FunctionValue) -> bool:
    return function.file.enclosing_class(function.scope) is not None


def _is_same(value: Value, target: Value) -> bool:
    if isinstance(value, FunctionValue) and isinstance(target, FunctionValue):
        return value.scope is target.scope
    return value == target


def _may_be(values: Values) -> bool:
    return any(isinstance(value, UnknownValue) for value in values)


def _property_made(facts: FileFacts, getter: Expression) -> Property | None:
    """The member of a class that is made of a function: ``name = property(getter)``."""
    call = facts.parents.get(getter)
    role = facts.parents.get(call) if isinstance(call, Call) else None
    for binding in role.bindings if isinstance(role, Role) else ():
        scope = facts.scopes[binding.scope]
        if scope.kind is ScopeKind.CLASS and getter_of(binding) is getter:
            return Property(facts, scope, binding.name)
    return None


def _hands_on(facts: FileFacts, reference: Expression, *, is_class: bool) -> bool:
    """Whether a mention of a function or class lets it travel as a value."""
    here: Expression = reference
    while True:
        parent = facts.parents.get(here)
        if parent is None or isinstance(parent, Comparison):
            return False
        if isinstance(parent, Role):
            return parent.kind not in _DECLARING
        if isinstance(parent, Attribute):
            return not is_class and parent.name in _CALLING_MEMBERS
        if isinstance(parent, Call):
            return parent.callee is here or name_behind_calls(parent.callee) not in _CHECKS
        here = parent
