"""How the program goes on where the choices of a chunk are empty.

Told are the expressions whose value the choices are, what conditions on them come to, and the places that are never
reached with them: behind ``if not chunk.choices: continue``, inside ``if chunk.choices:``.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator

from codemod.decisions.expressions import outermost, outward
from codemod.provenance.facts import (
    Attribute,
    Binding,
    Call,
    Choice,
    Comparison,
    Comprehension,
    Constant,
    Expression,
    FileFacts,
    Name,
    Opaque,
    Role,
    RoleKind,
    SequenceDisplay,
    Subscript,
    Test,
    Text,
    Wrapped,
)
from codemod.records import entity
from codemod.rewrites import Span

_COMPARE = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
}


def reads_in(file: FileFacts, name: str, scope: int, region: Span) -> Iterator[Expression]:
    """Where ``name``, as it is bound in ``scope``, is read in ``region``."""
    meant = file.lookup(name, scope)
    for read in file.names.get(name, ()):
        if region.contains(read.span) and file.lookup(name, read.scope) == meant:
            yield read


def reads_of(file: FileFacts, binding: Binding) -> Iterator[Expression]:
    """Where the name of a binding is read in the file."""
    return reads_in(file, binding.name, binding.scope, file.scopes[0].span)


def member_of(file: FileFacts, read: Expression) -> tuple[str, Expression] | None:
    """The member that is read of ``read``, by ``read.name`` or by ``getattr(read, "name")``."""
    parent = file.parents.get(read)
    if isinstance(parent, Attribute):
        return parent.name, parent
    if isinstance(parent, Call) and isinstance(parent.callee, Name) and parent.callee.id == "getattr":
        values = [argument.value for argument in parent.arguments]
        if len(values) > 1 and values[0] is read and isinstance(values[1], Text):
            return values[1].value, parent
    return None


@entity
class EmptyChoices:
    """The ``choices`` of a chunk are expressions of ``file``; ``tests`` are the conditions in which they occur."""

    file: FileFacts
    choices: frozenset[Expression]
    tests: tuple[tuple[Expression, Role, Test], ...]

    def truth(self, condition: Expression) -> bool | None:
        """Whether ``condition`` holds for the chunk without choices; None if that is not known."""
        if condition in self.choices:
            return False
        if isinstance(condition, Wrapped):
            return self.truth(condition.value)
        if isinstance(condition, Constant):
            return bool(condition.value)
        if isinstance(condition, Opaque) and condition.what == "not":
            inner = self.truth(condition.parts[0])
            return None if inner is None else not inner
        if isinstance(condition, Call):
            return False if self._is_made_of_choices(condition, "len", "bool", "list", "tuple", "any") else None
        if isinstance(condition, Subscript):
            return False if condition.value in self.choices and is_slice(condition) else None
        if isinstance(condition, Comparison):
            return self._compared(condition)
        return self._chosen(condition) if isinstance(condition, Choice) else None

    def _chosen(self, condition: Choice) -> bool | None:
        truths = [self.truth(option) for option in condition.options]
        if condition.test is not None:
            test = self.truth(condition.test)
            if test is None:
                return truths[0] if truths[0] is truths[1] else None
            return truths[0] if test else truths[1]
        decisive = condition.kind == "or"
        if decisive in truths:
            return decisive
        return None if None in truths else not decisive

    def _compared(self, comparison: Comparison) -> bool | None:
        if len(comparison.operators) != 1:
            return None
        name = comparison.operators[0]
        left, right = comparison.operands
        if name in _COMPARE:
            if self._is_made_of_choices(left, "len") and (number := _number(right)) is not None:
                return bool(_COMPARE[name](0, number))
            if self._is_made_of_choices(right, "len") and (number := _number(left)) is not None:
                return bool(_COMPARE[name](number, 0))
        if left not in self.choices:
            return None
        if isinstance(right, Constant) and right.value is None:
            return {"Is": False, "Eq": False, "IsNot": True, "NotEq": True}.get(name)
        if isinstance(right, SequenceDisplay) and not right.items and self.file.text[right.span.start] == "[":
            return {"Eq": True, "NotEq": False}.get(name)
        return None

    def _is_made_of_choices(self, node: Expression, *functions: str) -> bool:
        return (
            isinstance(node, Call)
            and called_function(self.file, node) in functions
            and len(node.arguments) == 1
            and node.arguments[0].value in self.choices
        )

    def is_guarded(self, node: Expression) -> bool:
        """Whether the chunk without choices never gets to ``node``."""
        return self._is_guarded_in_expression(node) or any(
            self._guards(self.truth(condition), role, test, node.span) for condition, role, test in self.tests
        )

    def _guards(self, truth: bool | None, role: Role, test: Test, place: Span) -> bool:
        if truth is None or test.exits == "assert":
            return False
        if not truth:
            return test.body.contains(place)
        if test.repeats:
            return False
        if test.otherwise is not None and test.otherwise.contains(place):
            return True
        return test.exits == "leave" and test.block.contains(place) and role.statement.end <= place.start

    def _is_guarded_in_expression(self, node: Expression) -> bool:
        here = node
        for parent in outward(self.file, node):
            if isinstance(parent, Role):
                return False
            if isinstance(parent, Choice) and self._choice_guards(parent, here):
                return True
            if isinstance(parent, Comprehension) and self._condition_guards(parent, here):
                return True
            here = parent
        return False

    def _choice_guards(self, choice: Choice, option: Expression) -> bool:
        if choice.test is not None:
            return option is not choice.test and self.truth(choice.test) is (option is not choice.options[0])
        earlier = choice.options[: choice.options.index(option)]
        return any(self.truth(each) is (choice.kind == "or") for each in earlier)

    def _condition_guards(self, comprehension: Comprehension, part: Expression) -> bool:
        conditions = [condition for clause in comprehension.clauses for condition in clause.conditions]
        if part not in comprehension.elements:
            conditions = [each for each in conditions if each.span.end <= part.span.start]
        return any(self.truth(each) is False for each in conditions)


def empty_choices(file: FileFacts, reads: tuple[Expression, ...]) -> EmptyChoices:
    """The empty choices of the chunk that ``reads`` stand for."""
    choices = _choices(file, reads)
    return EmptyChoices(file, choices, tuple(_tests(file, choices)))


def called_function(file: FileFacts, call: Call) -> str:
    """The name of the built-in function, or of the method after a dot, that is called; "" if it is neither."""
    callee = call.callee
    if isinstance(callee, Attribute):
        return f".{callee.name}"
    return callee.id if isinstance(callee, Name) and not file.lookup(callee.id, callee.scope) else ""


def is_slice(node: Subscript) -> bool:
    """``x[:1]``, which is there of an empty list too."""
    return isinstance(node.key, Opaque) and node.key.what == "Slice"


def _choices(file: FileFacts, reads: tuple[Expression, ...]) -> frozenset[Expression]:
    """The expressions whose value is the choices of the chunk, names that are bound to nothing else among them."""
    pending = [member[1] for read in reads if (member := member_of(file, read)) is not None and member[0] == "choices"]
    found = set(pending)
    while pending:
        each = pending.pop()
        parent = file.parents.get(each)
        same: list[Expression] = []
        if isinstance(parent, (Role, Wrapped)):
            same += [read for binding in _aliases(file, parent) for read in reads_of(file, binding)]
        if isinstance(parent, Wrapped) or (isinstance(parent, Choice) and _defaults_to_empty(parent, each)):
            same.append(parent)
        pending += [expression for expression in same if expression not in found]
        found.update(same)
    return frozenset(found)


def _aliases(file: FileFacts, holder: Role | Wrapped) -> Iterator[Binding]:
    if isinstance(holder, Wrapped) or holder.kind is RoleKind.BOUND:
        for binding in holder.bindings:
            if file.lookup(binding.name, binding.scope) == (binding,):
                yield binding


def _defaults_to_empty(choice: Choice, first: Expression) -> bool:
    """``chunk.choices or []``."""
    rest = choice.options[1:]
    return (
        choice.kind == "or"
        and choice.options[0] is first
        and all(isinstance(each, SequenceDisplay) and not each.items for each in rest)
    )


def _tests(file: FileFacts, choices: frozenset[Expression]) -> Iterator[tuple[Expression, Role, Test]]:
    """The conditions in which the choices occur."""
    for each in choices:
        condition, role = outermost(file, each)
        if role is not None and role.test is not None:
            yield condition, role, role.test


def _number(node: Expression) -> int | None:
    return node.value if isinstance(node, Constant) and isinstance(node.value, int) else None
