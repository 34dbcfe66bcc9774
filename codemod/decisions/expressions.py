"""How an expression is spelled in the source, and what it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from codemod import openai_sdk
from codemod.provenance.facts import Attribute, Choice, Expression, FileFacts, Name, Role, Wrapped
from codemod.rewrites import Span

_LONGEST_QUOTE = 60


def dotted(expression: Expression) -> tuple[str, ...]:
    """The names of a chain of attributes, outermost first; calls and the like in it count as one empty name."""
    names: list[str] = []
    here = expression
    while isinstance(here, Attribute):
        if here.name not in openai_sdk.VIEWS:
            names.append(here.name)
        here = here.value
    names.append(here.id if isinstance(here, Name) else "")
    return tuple(reversed(names))


def source_of(file: FileFacts, expression: Expression) -> str:
    """The text of an expression as it stands in the file."""
    return file.text[expression.span.start : expression.span.end]


def quoted(file: FileFacts, expression: Expression) -> str:
    """The text of an expression for a message: on one line, and cut where it is long."""
    text = " ".join(source_of(file, expression).split())
    name = expression.name if isinstance(expression, Attribute) else ""
    if not text.endswith(name):
        # Before Python 3.12 what stands in an f-string has the place of all of it.
        text = ".".join(each or "..." for each in dotted(expression))
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 3]}..."


def outward(file: FileFacts, expression: Expression) -> Iterator[Expression | Role]:
    """What an expression stands in, from the inside out; the last one is its role in the statement, if it has one."""
    here = file.parents.get(expression)
    while here is not None:
        yield here
        here = None if isinstance(here, Role) else file.parents.get(here)


def leaves(expression: Expression) -> Iterator[Expression]:
    """The alternatives of a choice; an expression that is none stands for itself."""
    if isinstance(expression, Choice) and expression.kind != "and":
        for option in expression.options:
            yield from leaves(option)
    elif isinstance(expression, Wrapped) and not expression.bindings:
        yield from leaves(expression.value)
    else:
        yield expression


def is_under_condition(file: FileFacts, statement: Span) -> bool:
    """Whether a statement stands in a branch of some condition."""
    roles = map(file.parents.get, file.outermost)
    tests = (role.test for role in roles if isinstance(role, Role) and role.test is not None)
    return any(
        test.exits != "assert"
        and (test.body.contains(statement) or (test.otherwise is not None and test.otherwise.contains(statement)))
        for test in tests
    )


def outermost(file: FileFacts, expression: Expression) -> tuple[Expression, Role | None]:
    """The whole expression that ``expression`` is part of, and its role in the statement."""
    here = expression
    for each in outward(file, expression):
        if isinstance(each, Role):
            return here, each
        here = each
    return here, None
