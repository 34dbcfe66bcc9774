"""How questions are asked, and what a glance shows without asking."""

from __future__ import annotations

from collections.abc import Callable, Generator

from codemod.provenance.facts import Attribute, Binding, BindingKind, Expression, FileFacts, Name, Scope, Text
from codemod.provenance.questions import Answer, Question, SubclassesOf, Values, ValuesThought, subclasses_in, values_in
from codemod.provenance.values import ClassValue, ConstantValue, ExternalValue, ParameterValue, TextValue, Value
from codemod.provenance.world import TooManyFilesError, World

# Stand-ins in the answer to MemberOf: a base class that is not the project's, and no definition at all.
OUTSIDE = ExternalValue("")
UNDEFINED = ExternalValue("?")
# A stand-in in what is told at a glance: what callers give, whom nobody asked.
GIVEN = ExternalValue("*")
# The place of what has no place of its own; one object, so that the same answer stays the same.
MODULE_ANCHOR = Binding("", 0, BindingKind.ASSIGNMENT, 0)
# How names are bound that stand for the same throughout, if they are bound once.
_CONSTANT = (BindingKind.ASSIGNMENT, BindingKind.IMPORT)
# So many values fit into the smallest table of a dictionary.
_FEW = 6


def ask(*questions: Question) -> ValuesThought:
    """The union of the answers, each value with the question it came from."""
    found: dict[Value, Question | None] = {}
    for question in questions:
        answer = values_in((yield question))
        # Where a chain hands values on there is one question, and there may be many values: no loop over them.
        # For few values ``fromkeys`` takes more memory, and most answers hold one.
        if found or len(answer) < _FEW:
            for value in answer:
                found.setdefault(value, question)
        else:
            found = dict.fromkeys(answer, question)
    return found


def glanced(world: World, file: FileFacts, expression: Expression, is_wanted: Callable[[Value], bool]) -> Values | None:
    """What a glance at ``expression`` shows if that cannot be anything wanted; None if it has to be asked."""
    values = seen(world, file, expression)
    return None if GIVEN in values or any(map(is_wanted, values)) else values


def seen(world: World, file: FileFacts, expression: Expression) -> Values:
    """What a glance at ``expression`` shows; GIVEN in a world that has none."""
    if world.glance is None:
        return {GIVEN: None}
    if expression not in world.seen:
        world.seen[expression] = world.glance(file, expression)
    return world.seen[expression]


def key_shown(world: World, file: FileFacts, key: Expression) -> str | None:
    """The text that the key of an item is, itself or as a constant that a glance tells; None if it may be another."""
    if isinstance(key, Text):
        return key.value
    bindings = file.lookup(key.id, key.scope) if isinstance(key, Name) else ()
    is_constant = isinstance(key, (Attribute, Name)) and all(each.kind in _CONSTANT for each in bindings)
    shown = list(seen(world, file, key)) if is_constant else []
    only = shown[0] if len(shown) == 1 else None
    return only.node.value if isinstance(only, TextValue) else None


def subclasses(file: FileFacts, scope: Scope) -> Generator[Question, Answer, tuple[ClassValue, ...]]:
    """The classes that derive directly from this one; raises TooManyFilesError if they cannot be told."""
    found = subclasses_in((yield SubclassesOf(file, scope)))
    if found.more:
        raise TooManyFilesError(scope.name)
    return found.classes


def is_nothing(value: Value) -> bool:
    """A value that has no members and cannot be called, or one that callers give a value to that is known too."""
    if isinstance(value, ParameterValue):
        return value.supplied and not value.uncalled
    return isinstance(value, ConstantValue)


def anchor(file: FileFacts, scope: Scope) -> Binding:
    """A place to report for a whole function or class: its own name's binding."""
    if scope.parent is not None:
        for binding in file.scopes[scope.parent].bindings.get(scope.name, ()):
            if binding.defines == scope.index:
                return binding
    return MODULE_ANCHOR
