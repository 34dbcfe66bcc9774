"""Where a value comes from: every question is answered once, by following the facts backwards.

The answer to a question is the set of values that the expression, binding, member or return can be, each with the
question that it came from, so that a trace can be told afterwards. Questions ask others by yielding them; ``Solving``
answers them on a stack of its own, so that a chain of a thousand modules is no deeper than one.
"""

from __future__ import annotations

import builtins
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from codemod.findings import Step
from codemod.provenance.asking import GIVEN, ask
from codemod.provenance.bindings import assigned_from_outside, bound, from_stars, global_of
from codemod.provenance.callers import callers_of, subclasses_of
from codemod.provenance.containers import item_of, part_of, subscript
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Choice,
    Comprehension,
    Constant,
    EnvironmentRead,
    Expression,
    FileFacts,
    FunctionExpression,
    MappingDisplay,
    Name,
    Opaque,
    Scope,
    SequenceDisplay,
    Subscript,
    Template,
    Text,
    Wrapped,
)
from codemod.provenance.libraries import Libraries
from codemod.provenance.members import attribute, member_of
from codemod.provenance.questions import (
    Answer,
    Bound,
    Callers,
    CallersOf,
    GlobalOf,
    ItemOf,
    MemberOf,
    PartOf,
    Question,
    Returned,
    Subclasses,
    SubclassesOf,
    Thought,
    ValueOf,
    Values,
    ValuesThought,
    callers_in,
    subclasses_in,
    values_in,
)
from codemod.provenance.results import call
from codemod.provenance.solving import Solving
from codemod.provenance.values import (
    ClassValue,
    ConstantValue,
    EnvironmentValue,
    ExternalValue,
    FunctionValue,
    GeneratorValue,
    MappingValue,
    SequenceValue,
    TemplateValue,
    TextValue,
    UnknownValue,
    Value,
)
from codemod.provenance.world import Reader, TooManyFilesError, World

_BUILTINS = frozenset(dir(builtins))


class Origins:
    """Answers where values come from, over a read-only project."""

    def __init__(self, project: Reader, libraries: Libraries) -> None:
        self.project = project
        self.libraries = libraries
        self.world = self._ground()
        self._answers: dict[Question, Answer] = {}

    def _ground(self) -> World:
        return World(self.project, self.libraries, _Glances(self.project, self.libraries).values)

    # What others ask

    def values(self, file: FileFacts, expression: Expression) -> Values:
        """What ``expression`` can be; empty if nothing gives it a value."""
        return values_in(self._solve(ValueOf(file, expression)))

    def callers(self, file: FileFacts, scope: Scope) -> Callers:
        """The calls of a function, or of a class."""
        return callers_in(self._solve(CallersOf(file, scope)))

    def subclasses(self, file: FileFacts, scope: Scope) -> tuple[ClassValue, ...]:
        """The classes of the project that derive directly from this class, as far as they can be told."""
        return subclasses_in(self._solve(SubclassesOf(file, scope))).classes

    def lineage(self, file: FileFacts, scope: Scope) -> Iterator[ClassValue]:
        """The class, and those of the project that it derives from, each once, nearest first."""
        return _reached(ClassValue(file, scope), self._bases)

    def derived(self, file: FileFacts, scope: Scope) -> Iterator[ClassValue]:
        """The class, and those of the project that derive from it, each once."""
        return _reached(ClassValue(file, scope), lambda each: self.subclasses(each.file, each.scope))

    def family(self, file: FileFacts, scope: Scope) -> tuple[ClassValue, ...]:
        """The class, those that derive from it, and all that any of these derives from."""
        derived = tuple(self.derived(file, scope))
        above = (base for each in derived for base in self.lineage(each.file, each.scope))
        return tuple(dict.fromkeys((*derived, *above)))

    def _bases(self, each: ClassValue) -> Iterator[ClassValue]:
        values = (value for base in each.scope.bases for value in self.values(each.file, base))
        return (value for value in values if isinstance(value, ClassValue))

    def may_have_subclasses(self, file: FileFacts, scope: Scope) -> bool:
        """Whether a class of the project derives directly from this class, or may."""
        found = subclasses_in(self._solve(SubclassesOf(file, scope)))
        return bool(found.classes) or found.more

    def sites(self, file: FileFacts, scope: Scope) -> list[tuple[FileFacts, Expression]] | None:
        """The reads that may mean a function or class; None if they stand in too many files."""
        try:
            return self.world.sites(file, scope)
        except TooManyFilesError:
            return None

    def item(self, file: FileFacts, container: Expression | Binding, key: str) -> Values:
        """What stands under ``key`` in the mapping that ``container`` displays."""
        return values_in(self._solve(ItemOf(file, container, key)))

    def bound(self, file: FileFacts, binding: Binding) -> Values:
        """What ``binding`` gives its name."""
        return values_in(self._solve(Bound(file, binding)))

    def path(self, file: FileFacts, expression: Expression, value: Value) -> tuple[Question, ...]:
        """The questions that lead from ``expression`` back to where ``value`` stands."""
        found: dict[Question, None] = {}
        question: Question | None = ValueOf(file, expression)
        while question is not None and question not in found:
            found[question] = None
            answer = self._answers.get(question)
            if answer is None or isinstance(answer, (Callers, Subclasses)):
                break
            question = answer.get(value)
        return tuple(found)[1:]

    def trace(self, file: FileFacts, expression: Expression, value: Value) -> tuple[Step, ...]:
        """The steps from ``expression`` back to where ``value`` stands, for a reader."""
        # Two questions about one item, of which one is told by whom it is read, are one step.
        return tuple(
            dict.fromkeys(step for question in self.path(file, expression, value) for step in _described(question))
        )

    # Solving

    def _solve(self, wanted: Question) -> Answer:
        return self._answers[wanted] if wanted in self._answers else Solving(self._think, self._answers).solve(wanted)

    def _think(self, question: Question) -> Thought:
        world = self.world
        if isinstance(question, ValueOf):
            return _value_of(world, question)
        if isinstance(question, Bound):
            return bound(world, question)
        if isinstance(question, Returned):
            return _returned(question)
        if isinstance(question, MemberOf):
            return member_of(world, question)
        if isinstance(question, GlobalOf):
            return global_of(world, question)
        if isinstance(question, ItemOf):
            return item_of(world, question)
        if isinstance(question, PartOf):
            return part_of(world, question)
        if isinstance(question, CallersOf):
            return callers_of(world, question)
        return subclasses_of(world, question)


class _Glances(Origins):
    """Answers without asking who calls a function; what rests on callers has GIVEN among its values."""

    def _ground(self) -> World:
        return World(self.project, self.libraries, None)

    def _think(self, question: Question) -> Thought:
        return _no_callers() if isinstance(question, CallersOf) else _told_openly(super()._think(question))


def _no_callers() -> Thought:
    return Callers(more=True)
    yield


def _told_openly(thought: Thought) -> Thought:
    """The answer of ``thought``, GIVEN among it if an answer that it rests on depends on callers."""
    is_open = False
    answer: Answer | None = None
    while True:
        try:
            asked = next(thought) if answer is None else thought.send(answer)
        except StopIteration as stop:
            told: Answer = stop.value
            return {**told, GIVEN: None} if is_open and isinstance(told, Mapping) else told
        answer = yield asked
        is_open = is_open or isinstance(answer, Callers) or (isinstance(answer, Mapping) and GIVEN in answer)


def _value_of(world: World, question: ValueOf) -> Thought:
    file, node = question.file, question.expression
    if isinstance(node, Text):
        return {TextValue(file, node): None}
    if isinstance(node, Constant):
        return {ConstantValue(file, node): None}
    if isinstance(node, Name):
        return (yield from _name(world, file, node))
    if isinstance(node, Attribute):
        return (yield from attribute(world, file, node))
    if isinstance(node, Call):
        return (yield from call(world, file, node))
    if isinstance(node, Wrapped):
        return (yield from ask(ValueOf(file, node.value)))
    if isinstance(node, Choice):
        return (yield from _choice(file, node))
    if isinstance(node, EnvironmentRead):
        found: dict[Value, Question | None] = {EnvironmentValue(file, node): None}
        if node.default is not None:
            found |= yield from ask(ValueOf(file, node.default))
        return found
    if isinstance(node, Subscript):
        return (yield from subscript(world, file, node))
    if isinstance(node, MappingDisplay):
        return {MappingValue(file, node): None}
    if isinstance(node, SequenceDisplay):
        return {SequenceValue(file, node): None}
    if isinstance(node, Template):
        return {TemplateValue(file, node): None}
    if isinstance(node, FunctionExpression):
        return {FunctionValue(file, file.scopes[node.scope]): None}
    if isinstance(node, Comprehension):
        is_mapping = len(node.elements) == 2
        return {MappingValue(file, node) if is_mapping else SequenceValue(file, node): None}
    if isinstance(node, Opaque) and node.what in ("|", "+"):
        return (yield from _merged(file, node))
    return {UnknownValue(file, node, "a computed value"): None}


def _reached(first: ClassValue, nearest: Callable[[ClassValue], Iterable[ClassValue]]) -> Iterator[ClassValue]:
    """``first`` and all that ``nearest`` leads to, each once."""
    found = {first: None}
    pending = deque(found)
    while pending:
        each = pending.popleft()
        yield each
        fresh = dict.fromkeys(other for other in nearest(each) if other not in found)
        found |= fresh
        pending += fresh


def _merged(file: FileFacts, node: Opaque) -> ValuesThought:
    """``one | other`` is a mapping, ``one + other`` a sequence, if one side is known to be one."""
    parts = yield from ask(*(ValueOf(file, part) for part in node.parts))
    if node.what == "|" and any(isinstance(value, MappingValue) for value in parts):
        return {MappingValue(file, node): None}
    if node.what == "+" and any(isinstance(value, SequenceValue) for value in parts):
        return {SequenceValue(file, node): None}
    return {UnknownValue(file, node, "a computed value"): None}


def _name(world: World, file: FileFacts, node: Name) -> ValuesThought:
    bindings = file.lookup(node.id, node.scope)
    if bindings:
        found = yield from ask(*(Bound(file, binding) for binding in bindings))
        if bindings[0].scope == 0 and any(binding.kind is BindingKind.ASSIGNMENT for binding in bindings):
            found |= yield from assigned_from_outside(world, file, node.id)
        return found
    starred = yield from from_stars(world, file, node.id)
    if starred:
        return starred
    if node.id in _BUILTINS:
        return {ExternalValue(f"builtins.{node.id}"): None}
    return {UnknownValue(file, node, f"nothing in the file binds {node.id}"): None}


def _choice(file: FileFacts, node: Choice) -> ValuesThought:
    if node.kind == "and":
        return (yield from ask(ValueOf(file, node.options[-1])))
    found: dict[Value, Question | None] = {}
    for position, option in enumerate(node.options):
        values = yield from ask(ValueOf(file, option))
        passed_over = node.kind == "or" and position < len(node.options) - 1
        found |= {
            value: via
            for value, via in values.items()
            if not (passed_over and isinstance(value, ConstantValue) and not value.node.value)
            and not (passed_over and isinstance(value, TextValue) and not value.node.value)
        }
    return found


def _returned(question: Returned) -> Thought:
    file, scope = question.file, question.scope
    if scope.is_generator:
        return {GeneratorValue(file, scope): None}
    return (yield from ask(*(ValueOf(file, value) for value in scope.returns)))


def _described(question: Question) -> list[Step]:
    if isinstance(question, Bound):
        binding = question.binding
        what = f"{binding.name} (default)" if binding.kind is BindingKind.PARAMETER else binding.name
        if binding.kind is BindingKind.IMPORT:
            what = f"{binding.name} (import)"
        return [Step(question.file.path, question.file.line(binding.span), what)]
    if isinstance(question, Returned):
        return [Step(question.file.path, question.file.line(question.scope.span), f"{question.scope.name}()")]
    if isinstance(question, MemberOf):
        line = question.file.line(question.scope.span)
        return [Step(question.file.path, line, f"{question.scope.name}.{question.name}")]
    if isinstance(question, ItemOf) and question.key is not None:
        line = question.file.line(question.container.span)
        return [Step(question.file.path, line, f"[{question.key!r}]")]
    return []
