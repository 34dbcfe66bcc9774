"""What a front end says about a file: a little vocabulary that no language owns.

Expressions are compared by identity: each stands for one place in one file. Spans are character offsets into the
decoded text of the file. Nothing changes a fact once the front end has made it. The small ones are not frozen all
the same: that would make each of them three times as dear, and a project has millions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from codemod.records import entity, record
from codemod.rewrites import Span

if TYPE_CHECKING:
    from codemod.source import Places, Source

EXTENT_BITS = 32
EXTENT_END = (1 << EXTENT_BITS) - 1


def extent_of(span: Span) -> int:
    """A span as one number: its start in the high bits, its end in the low ones.

    Of the many things that a file consists of few are ever asked where they are; a number takes a third of a span.
    """
    return span.start << EXTENT_BITS | span.end


def span_of(extent: int) -> Span:
    return Span(extent >> EXTENT_BITS, extent & EXTENT_END)


# Expressions


class Held:
    """What is held by another expression, or by a statement: see ``FileFacts.parents``."""

    __slots__ = ("parent",)
    parent: Expression | Role


@entity
class Part(Held):
    """What all expressions have."""

    extent: int

    @property
    def span(self) -> Span:
        return span_of(self.extent)


@entity
class Text(Part):
    """A string literal. ``editable`` is False for concatenated ones and for those inside a template."""

    value: str
    editable: bool


@entity
class Constant(Part):
    """None, a truth value, a number, bytes: a literal that is no text."""

    value: object


@entity
class Name(Part):
    id: str
    scope: int


@entity
class Attribute(Part):
    value: Expression
    name: str


@entity
class Argument:
    """``expansion`` is "", "*" or "**"."""

    keyword: str | None
    value: Expression
    expansion: str = ""


@entity
class Call(Part):
    callee: Expression
    arguments: tuple[Argument, ...]
    scope: int

    def keyword(self, name: str) -> Expression | None:
        """The value of the keyword argument ``name``, None if it is not given."""
        return next((a.value for a in self.arguments if a.keyword == name), None)

    @property
    def expansions(self) -> tuple[Expression, ...]:
        """The values behind ``**``."""
        return tuple(a.value for a in self.arguments if a.expansion == "**")


@entity
class Entry:
    """``key`` is None for an expansion."""

    key: Expression | None
    value: Expression


@entity
class MappingDisplay(Part):
    entries: tuple[Entry, ...]


@entity
class SequenceDisplay(Part):
    items: tuple[Expression, ...]


@entity
class Choice(Part):
    """A value that is one of several: ``kind`` is "conditional", "or" or "and"."""

    kind: str
    options: tuple[Expression, ...]
    test: Expression | None = None


@entity
class Template(Part):
    """A text with expressions in it."""

    parts: tuple[Expression, ...]


@entity
class EnvironmentRead(Part):
    """A read of an environment variable by a literal name; ``required`` if it fails when the variable is missing."""

    name: Text
    default: Expression | None
    required: bool


@entity
class Subscript(Part):
    value: Expression
    key: Expression


@entity
class Comparison(Part):
    operands: tuple[Expression, ...]
    operators: tuple[str, ...]


@entity
class Wrapped(Part):
    """An expression whose value is that of another: ``await x``, ``(name := x)``."""

    value: Expression
    bindings: tuple[Binding, ...] = ()


@entity
class FunctionExpression(Part):
    """A lambda: ``scope`` is the index of its function scope."""

    scope: int


@entity
class Clause:
    """``for target in iterable if conditions`` of a comprehension; ``target`` is None unless it is one name.

    ``unpacked`` are the names of a target that is a flat tuple, None for what is no name in it.
    """

    target: str | None
    iterable: Expression
    conditions: tuple[Expression, ...]
    unpacked: tuple[str | None, ...] = ()


@entity
class Comprehension(Part):
    elements: tuple[Expression, ...]
    clauses: tuple[Clause, ...]
    scope: int


@entity
class Opaque(Part):
    """Anything else; ``what`` names the operation ("not", "+", "yield", …)."""

    what: str
    parts: tuple[Expression, ...]


Expression = (
    Text
    | Constant
    | Name
    | Attribute
    | Call
    | MappingDisplay
    | SequenceDisplay
    | Choice
    | Template
    | EnvironmentRead
    | Subscript
    | Comparison
    | Wrapped
    | FunctionExpression
    | Comprehension
    | Opaque
)


# Bindings and scopes

# The way into a container: keys of mappings, positions in sequences, None for any element.
Route = tuple["str | int | None", ...]


class BindingKind(Enum):
    ASSIGNMENT = auto()
    AUGMENTED = auto()
    MERGED = auto()
    ANNOTATION = auto()
    UNPACKED = auto()
    PARAMETER = auto()
    IMPORT = auto()
    LOOP = auto()
    CONTEXT = auto()
    EXCEPTION = auto()
    FUNCTION = auto()
    CLASS = auto()


@record
class Import:
    """``from {level dots}module import name`` (``name`` None: the module itself; "*": all of it).

    ``binds_root`` is set for ``import a.b``, which binds ``a``.
    """

    module: str
    name: str | None
    level: int
    binds_root: bool = False


class ParameterKind(Enum):
    POSITIONAL_ONLY = auto()
    NORMAL = auto()
    VARIADIC = auto()
    KEYWORD_ONLY = auto()
    KEYWORDS = auto()


@entity
class Binding:
    """One place that gives a name a value.

    ``value`` is the expression it takes it from: the iterated one for LOOP, the context for CONTEXT, the default for
    PARAMETER. An UNPACKED binding takes a part of it, which ``route`` leads to: positions, None for any element.
    ``defines`` is the index of the scope that a FUNCTION or CLASS binding defines. ``conditional`` is set where the
    binding stands under a condition or in a loop, handler or the like.
    """

    name: str
    scope: int
    kind: BindingKind
    extent: int
    value: Expression | None = None
    annotation: Expression | None = None
    imported: Import | None = None
    parameter: ParameterKind | None = None
    defines: int | None = None
    conditional: bool = False
    route: Route = ()

    @property
    def span(self) -> Span:
        return span_of(self.extent)


class ScopeKind(Enum):
    MODULE = auto()
    CLASS = auto()
    FUNCTION = auto()
    LAMBDA = auto()
    COMPREHENSION = auto()


@entity
class Scope:
    """``yields`` are the values that a generator gives, ``delegates`` those whose elements it gives."""

    index: int
    kind: ScopeKind
    name: str
    parent: int | None
    span: Span
    parameters: tuple[Binding, ...]
    bindings: Mapping[str, tuple[Binding, ...]]
    returns: tuple[Expression, ...]
    yields: tuple[Expression, ...]
    delegates: tuple[Expression, ...]
    decorators: tuple[Expression, ...]
    bases: tuple[Expression, ...]

    @property
    def is_function(self) -> bool:
        return self.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA)

    @property
    def is_generator(self) -> bool:
        return bool(self.yields or self.delegates)


# What a statement does with an expression


class RoleKind(Enum):
    BOUND = auto()
    RETURNED = auto()
    YIELDED = auto()
    DISCARDED = auto()
    TESTED = auto()
    RAISED = auto()
    ITERATED = auto()
    MERGED = auto()
    ENTERED = auto()
    DEFAULT = auto()
    DECORATOR = auto()
    BASE = auto()
    ANNOTATION = auto()
    TARGET = auto()
    OTHER = auto()


@entity
class Role:
    """The part that an outermost expression plays in its statement.

    ``bindings`` are what it binds (BOUND, ITERATED, ENTERED, DEFAULT) or annotates (ANNOTATION), ``targets`` are the
    attributes and subscripts that are assigned (BOUND), or what is merged into (MERGED; that itself is a TARGET with
    itself among the targets), ``test`` describes the branch (TESTED).
    """

    kind: RoleKind
    extent: int
    scope: int
    bindings: tuple[Binding, ...] = ()
    targets: tuple[Expression, ...] = ()
    test: Test | None = None

    @property
    def statement(self) -> Span:
        return span_of(self.extent)

    @property
    def target(self) -> Expression | None:
        """The first of the targets."""
        return self.targets[0] if self.targets else None


@record
class Test:
    """The branch that a condition guards; ``exits`` says how its body ends: "raise", "exit", "leave" (continue,
    break, return), "assert" or "". ``block`` is the block of statements in which the test itself stands,
    ``otherwise`` the branch that is taken where the condition fails. ``repeats`` for the condition of a loop."""

    body: Span
    exits: str
    block: Span
    otherwise: Span | None = None
    repeats: bool = False


@entity
class MemberBinding:
    """``target.value.name = value``."""

    target: Attribute
    value: Expression
    scope: int
    extent: int

    @property
    def statement(self) -> Span:
        return span_of(self.extent)


# What stands for the key where items are put in without one: into a mapping or set; into a sequence or set; into a
# sequence by ``holder += value``, where the holder is a text or a number more often than not.
ANY_KEY, ANY_POSITION, ANY_SUM = "any key", "any position", "any sum"


@entity
class ItemBinding:
    """``target.value[key] = value``; with ``spread``, all items of the container ``value`` are put into the target."""

    target: Subscript
    value: Expression
    scope: int
    extent: int
    spread: bool = False

    @property
    def statement(self) -> Span:
        return span_of(self.extent)

    @property
    def key(self) -> str | None:
        """The text under which it sets an item; None if that is not fixed."""
        return self.target.key.value if isinstance(self.target.key, Text) else None

    @property
    def is_for_sequence(self) -> bool:
        """Whether no mapping gets an item in this way: by ``append``, ``extend`` or ``+=``, which give no key."""
        return isinstance(self.target.key, Opaque) and self.target.key.what in (ANY_POSITION, ANY_SUM)

    @property
    def is_sum(self) -> bool:
        """Whether it is ``target.value += value``, with a value that may be a text or a number."""
        return isinstance(self.target.key, Opaque) and self.target.key.what == ANY_SUM

    def may_set(self, key: str | None) -> bool:
        """Whether it sets the item ``key``, for all that is fixed; None: any item."""
        return key is None or self.key in (None, key)


@entity
class EnvironmentWrite:
    """``environment[name] = value``, or another way to set one variable."""

    span: Span
    name: str
    value: Expression | None


@entity
class Loop:
    """A loop statement; ``target`` is None unless it is one name.

    ``unpacked`` are the names of a target that is a flat tuple, None for what is no name in it. ``on_one_line`` if
    the body stands on the line of the loop's head.
    """

    statement: Span
    target: str | None
    iterable: Expression
    body: Span
    scope: int
    unpacked: tuple[str | None, ...] = ()
    on_one_line: bool = False


@entity
class Handled:
    """A guarded block and the exceptions that its handlers name (None: all)."""

    body: Span
    exceptions: tuple[Expression | None, ...]


class Parents:
    """What holds an expression: its parent expression, or its role in a statement; None if nothing does."""

    @staticmethod
    def get(part: Expression | Role | None) -> Expression | Role | None:
        return getattr(part, "parent", None)


@entity
class FileFacts:
    """All that is known of one file.

    ``outermost`` are the expressions that have a role in a statement; ``imports`` the import bindings of any scope by
    the name that is imported (the module's for ``import m``); ``named_reads`` the calls of ``getattr`` by the literal
    name that they read; ``deriving`` the classes that an expression is a base of; ``lambdas`` the expressions that
    define the scopes of lambdas.
    """

    path: Path
    source: Source
    lines: Places
    scopes: tuple[Scope, ...]
    outermost: tuple[Expression, ...]
    calls: tuple[Call, ...]
    texts: tuple[Text, ...]
    names: Mapping[str, tuple[Name, ...]]
    attributes: Mapping[str, tuple[Attribute, ...]]
    member_bindings: Mapping[str, tuple[MemberBinding, ...]]
    item_bindings: tuple[ItemBinding, ...]
    environment_reads: tuple[EnvironmentRead, ...]
    environment_writes: tuple[EnvironmentWrite, ...]
    loops: tuple[Loop, ...]
    handled: tuple[Handled, ...]
    imports: Mapping[str, tuple[Binding, ...]]
    named_reads: Mapping[str, tuple[Call, ...]]
    deriving: Mapping[Expression, tuple[int, ...]]
    lambdas: Mapping[int, FunctionExpression]
    exports: tuple[str, ...] | None
    parents: ClassVar = Parents

    @property
    def text(self) -> str:
        return self.source.text

    def lookup(self, name: str, scope: int) -> tuple[Binding, ...]:
        """The bindings that ``name`` can mean when read in ``scope``; () if nothing in the file binds it."""
        here: int | None = scope
        first = True
        while here is not None:
            at = self.scopes[here]
            if (first or at.kind is not ScopeKind.CLASS) and name in at.bindings:
                return at.bindings[name]
            first = False
            here = at.parent
        return ()

    def enclosing(self, scope: int) -> Iterator[Scope]:
        """The scope and those around it, innermost first."""
        here: int | None = scope
        while here is not None:
            yield self.scopes[here]
            here = self.scopes[here].parent

    def enclosing_class(self, function: Scope) -> Scope | None:
        """The class that ``function`` is a method of."""
        if function.parent is None:
            return None
        parent = self.scopes[function.parent]
        return parent if parent.kind is ScopeKind.CLASS else None

    def called(self, scope: Scope) -> Scope:
        """What is called where a function runs: the function, or the class whose ``__init__`` it is."""
        owner = self.enclosing_class(scope)
        return owner if owner is not None and scope.name == "__init__" else scope

    def line(self, span: Span) -> int:
        """The 1-based line on which ``span`` starts."""
        return self.lines.place(span).line
