"""The questions that provenance asks of a project, and what answers them."""

from __future__ import annotations

from collections.abc import Generator, Mapping

from codemod.provenance.facts import Argument, Binding, Call, Expression, FileFacts, Route, Scope
from codemod.provenance.values import ClassValue, Value
from codemod.records import record


@record
class ValueOf:
    """What is this expression?"""

    file: FileFacts
    expression: Expression


@record
class Bound:
    """What does this binding give its name?"""

    file: FileFacts
    binding: Binding


@record
class Returned:
    """What does a call of this function give?"""

    file: FileFacts
    scope: Scope


@record
class MemberOf:
    """What is the member ``name`` of an instance of this class? ``overridden`` asks its subclasses too."""

    file: FileFacts
    scope: Scope
    name: str
    overridden: bool


@record
class GlobalOf:
    """What is ``name`` in this module?"""

    file: FileFacts
    name: str


@record
class ItemOf:
    """What stands under the text ``key`` in this mapping? ``key`` None: under any.

    ``reader`` is another file where it is read, if something there may have set it.
    """

    file: FileFacts
    container: Expression | Binding
    key: str | None
    reader: FileFacts | None = None


@record
class PartOf:
    """What stands behind ``route`` in what this expression holds?"""

    file: FileFacts
    expression: Expression
    route: Route


@record
class CallersOf:
    """Who calls this function (for a class: who makes instances of it)?"""

    file: FileFacts
    scope: Scope


@record
class SubclassesOf:
    """Which classes of the project derive directly from this one?"""

    file: FileFacts
    scope: Scope


Question = ValueOf | Bound | Returned | MemberOf | GlobalOf | ItemOf | PartOf | CallersOf | SubclassesOf

Values = Mapping[Value, "Question | None"]


@record
class Site:
    """An expression and its file."""

    file: FileFacts
    expression: Expression


@record
class Property:
    """A member of a class that is made by ``property``, by a call."""

    file: FileFacts
    scope: Scope
    name: str


@record
class Caller:
    """A call of a function; ``bound`` if the function's first parameter is not among its arguments.

    Where ``call`` hands the function to something that calls it (``pool.submit(ask, prompt)``), ``arguments`` are
    those that it is called with. ``gives`` if the value of ``call`` is what the function gives; not ``complete`` if
    more arguments come from elsewhere (``partial(ask, prompt)``).
    """

    file: FileFacts
    call: Call
    bound: bool
    arguments: tuple[Argument, ...]
    gives: bool = True
    complete: bool = True


@record
class Callers:
    """All calls that the project shows. ``handed_on``: places where the function itself travels as a value.

    ``properties`` are the members of classes that call it where they are read: ``name = property(function)``.
    ``maybe`` are calls of the same member name on receivers that nobody knows. ``more`` if the name is too common
    for its calls to be told apart, ``by_library`` if a decorator hands the function to a library that calls it,
    ``watched`` if a decorator may look at what the function is called with.
    """

    calls: tuple[Caller, ...] = ()
    handed_on: tuple[Site, ...] = ()
    maybe: tuple[Caller, ...] = ()
    properties: tuple[Property, ...] = ()
    more: bool = False
    by_library: bool = False
    watched: bool = False

    @property
    def is_open(self) -> bool:
        """Whether there may be calls that are not shown."""
        return bool(self.handed_on or self.properties) or self.more or self.by_library

    @property
    def are_all_shown(self) -> bool:
        """Whether there are calls, and none that is not shown."""
        return bool(self.calls) and not self.is_open


@record
class Subclasses:
    """``more`` if there may be others: too many files mention the class."""

    classes: tuple[ClassValue, ...] = ()
    more: bool = False


Answer = Values | Callers | Subclasses
Thought = Generator[Question, "Answer", "Answer"]
ValuesThought = Generator[Question, "Answer", dict[Value, "Question | None"]]
MaybeValuesThought = Generator[Question, "Answer", "dict[Value, Question | None] | None"]

NOTHING: Values = {}


def values_in(answer: Answer) -> Values:
    assert not isinstance(answer, (Callers, Subclasses))
    return answer


def callers_in(answer: Answer) -> Callers:
    return answer if isinstance(answer, Callers) else Callers()


def subclasses_in(answer: Answer) -> Subclasses:
    return answer if isinstance(answer, Subclasses) else Subclasses()
