"""The questions that provenance asks of a project, and what answers them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from codemod.provenance.facts import Binding, Call, Expression, FileFacts, Scope
from codemod.provenance.values import ClassValue, Value


@dataclass(frozen=True, slots=True)
class ValueOf:
    """What is this expression?"""

    file: FileFacts
    expression: Expression


@dataclass(frozen=True, slots=True)
class Bound:
    """What does this binding give its name?"""

    file: FileFacts
    binding: Binding


@dataclass(frozen=True, slots=True)
class Returned:
    """What does a call of this function give?"""

    file: FileFacts
    scope: Scope


@dataclass(frozen=True, slots=True)
class MemberOf:
    """What is the member ``name`` of an instance of this class? ``overridden`` asks its subclasses too."""

    file: FileFacts
    scope: Scope
    name: str
    overridden: bool


@dataclass(frozen=True, slots=True)
class GlobalOf:
    """What is ``name`` in this module?"""

    file: FileFacts
    name: str


@dataclass(frozen=True, slots=True)
class ItemOf:
    """What stands under the text ``key`` in this mapping? ``key`` None: any element of the mapping or sequence."""

    file: FileFacts
    container: Expression | Binding
    key: str | None


@dataclass(frozen=True, slots=True)
class CallersOf:
    """Who calls this function (for a class: who makes instances of it)?"""

    file: FileFacts
    scope: Scope


@dataclass(frozen=True, slots=True)
class SubclassesOf:
    """Which classes of the project derive directly from this one?"""

    file: FileFacts
    scope: Scope


Question = ValueOf | Bound | Returned | MemberOf | GlobalOf | ItemOf | CallersOf | SubclassesOf

Values = Mapping[Value, "Question | None"]


@dataclass(frozen=True, slots=True)
class Site:
    """An expression and its file."""

    file: FileFacts
    expression: Expression


@dataclass(frozen=True, slots=True)
class Caller:
    """A call of a function; ``bound`` if the function's first parameter is not among its arguments."""

    file: FileFacts
    call: Call
    bound: bool


@dataclass(frozen=True, slots=True)
class Callers:
    """All calls that the project shows. ``handed_on``: places where the function itself travels as a value.

    ``maybe`` are calls of the same member name on receivers that nobody knows. ``more`` if the name is too common
    for its calls to be told apart.
    """

    calls: tuple[Caller, ...] = ()
    handed_on: tuple[Site, ...] = ()
    maybe: tuple[Caller, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Subclasses:
    classes: tuple[ClassValue, ...] = ()


Answer = Values | Callers | Subclasses
Thought = Generator[Question, "Answer", "Answer"]
ValuesThought = Generator[Question, "Answer", dict[Value, "Question | None"]]

NOTHING: Values = {}


def values_in(answer: Answer) -> Values:
    assert not isinstance(answer, (Callers, Subclasses))
    return answer


def callers_in(answer: Answer) -> Callers:
    return answer if isinstance(answer, Callers) else Callers()


def subclasses_in(answer: Answer) -> tuple[ClassValue, ...]:
    return answer.classes if isinstance(answer, Subclasses) else ()
