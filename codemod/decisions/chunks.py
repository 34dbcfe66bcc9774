"""What a loop body does with a chunk that has no choices: whether it may go wrong, and what proves that it must.

A read of the chunk is harmless if nothing fails and nothing is handed on: fields that every chunk has, conditions,
loops over the empty choices, logging.
"""

from __future__ import annotations

from collections.abc import Iterable

from codemod.decisions.empty_choices import (
    EmptyChoices,
    called_function,
    empty_choices,
    is_slice,
    member_of,
    reads_of,
)
from codemod.decisions.expressions import outermost, outward
from codemod.decisions.speaking import SHOWING
from codemod.provenance.calls import last_name
from codemod.provenance.facts import (
    Attribute,
    Binding,
    Call,
    Choice,
    Comparison,
    Comprehension,
    Expression,
    FileFacts,
    Opaque,
    Role,
    RoleKind,
    Subscript,
    Template,
    Wrapped,
)
from codemod.records import entity
from codemod.rewrites import Span

# What of a chunk is there without choices.
_FIELDS = frozenset({"id", "model", "usage", "object", "created", "service_tier", "system_fingerprint"})
_TEXTS = frozenset({"model_dump_json", "to_json", "json"})
_LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
# Consumers of any number of things.
_OF_ANY_NUMBER = frozenset({"join", "any", "all", "sum", "len", "extend", "print", "set"})


def read_chunk(file: FileFacts, names: Iterable[Expression], region: Span, events: bool) -> Chunk:
    """What is done in ``region`` with the chunk that ``names`` read; ``events`` if they read events that hold one."""
    reads = tuple(names)
    if events:
        members = (member_of(file, read) for read in reads)
        reads = tuple(member[1] for member in members if member is not None and member[0] == "chunk")
    return Chunk(file, region, reads, empty_choices(file, reads))


@entity
class Chunk:
    """What is done with a chunk in ``region``, thought through for the chunk that has no choices.

    ``reads`` stand for the chunk, ``empty`` for its choices.
    """

    file: FileFacts
    region: Span
    reads: tuple[Expression, ...]
    empty: EmptyChoices

    def risky(self) -> tuple[Expression, ...]:
        """The reads that may go wrong without choices, and which no condition keeps from it."""
        return tuple(
            read for read in self.reads if not self.empty.is_guarded(read) and not self._is_harmless_read(read)
        )

    def reads_usage(self) -> bool:
        """Whether the usage of the chunk is looked at."""
        members = (member_of(self.file, read) for read in self.reads)
        return any(member is not None and member[0] == "usage" for member in members)

    def is_handed_on(self, risky: tuple[Expression, ...]) -> bool:
        """Whether some of the ``risky`` reads are of more than the choices."""
        members = (member_of(self.file, read) for read in risky)
        return any(member is None or member[0] != "choices" for member in members)

    def must_have_choices(self, risky: tuple[Expression, ...]) -> bool:
        """Whether the code asks for choices whatever it was given, so that it is never given anything but chunks."""
        file, region = self.file, self.region
        branches = [loop.body.start for loop in file.loops if region.contains(loop.statement)]
        branches += [handled.body.start for handled in file.handled if region.contains(handled.body)]
        for role in map(file.parents.get, file.outermost):
            if isinstance(role, Role) and role.kind is RoleKind.TESTED and region.contains(role.statement):
                branches.append(role.statement.start if role.test is None else role.test.body.start)
        first = min(branches, default=region.end)
        return any(
            isinstance(parent := file.parents.get(read), Attribute)
            and parent.name == "choices"
            and read.span.end <= first
            and not self._is_optional(read)
            for read in risky
        )

    def _is_optional(self, node: Expression) -> bool:
        return any(
            isinstance(each, Choice)
            or (isinstance(each, Comprehension) and any(clause.conditions for clause in each.clauses))
            for each in outward(self.file, node)
        )

    # What does no harm

    def _is_harmless_read(self, read: Expression) -> bool:
        member = member_of(self.file, read)
        if member is None:
            return self._is_harmless(read, empty=False)
        name, node = member
        if name == "choices":
            return self._is_harmless(node, empty=True)
        return name in _FIELDS or (name in _TEXTS and isinstance(self.file.parents.get(node), Call))

    def _is_harmless(self, node: Expression, *, empty: bool) -> bool:
        """Whether nothing can go wrong with the value of ``node``: the ``empty`` choices, or the chunk itself."""
        here = node
        while True:
            parent = self.file.parents.get(here)
            if isinstance(parent, Role):
                return self._is_harmless_role(here, parent, empty=empty)
            if isinstance(parent, (Template, Comparison)) or (isinstance(parent, Opaque) and parent.what == "not"):
                return not self._fails_test(parent)
            if isinstance(parent, Choice):
                if here is parent.test:
                    return True
                if (
                    here is not parent.options[-1]
                    and parent not in self.empty.choices
                    and parent.kind == ("or" if empty else "and")
                ):
                    return not self._fails_test(parent)
            elif isinstance(parent, Wrapped):
                if not all(empty and self._is_harmless_alias(binding) for binding in parent.bindings):
                    return False
            elif isinstance(parent, Call):
                return self._is_harmless_argument(parent, here, empty=empty)
            elif isinstance(parent, Comprehension):
                return empty and self._is_harmless_part(parent, here)
            elif not (empty and isinstance(parent, Subscript) and here is parent.value and is_slice(parent)):
                return False
            here = parent

    def _is_harmless_role(self, node: Expression, role: Role, *, empty: bool) -> bool:
        if role.kind is RoleKind.BOUND:
            names_only = bool(role.bindings) and not role.targets
            return empty and names_only and all(self._is_harmless_alias(binding) for binding in role.bindings)
        if role.kind is RoleKind.TESTED:
            return not self._fails_test(node)
        return role.kind is RoleKind.DISCARDED or (empty and role.kind is RoleKind.ITERATED)

    def _is_harmless_alias(self, binding: Binding) -> bool:
        if self.file.lookup(binding.name, binding.scope) != (binding,):
            return False
        return all(
            self.region.contains(read.span) and (self.empty.is_guarded(read) or self._is_harmless(read, empty=True))
            for read in reads_of(self.file, binding)
        )

    def _is_harmless_argument(self, call: Call, argument: Expression, *, empty: bool) -> bool:
        if argument is call.callee:
            return False
        function = called_function(self.file, call)
        if function in SHOWING or function in ("len", "bool") or self._is_logging(call):
            return not self._fails_test(call)
        role = self.file.parents.get(call)
        is_iterated = isinstance(role, Role) and role.kind is RoleKind.ITERATED
        return empty and is_iterated and function in ("enumerate", "reversed", "list", "tuple")

    def _is_logging(self, call: Call) -> bool:
        callee = call.callee
        if last_name(callee) == "pprint":
            return True
        return isinstance(callee, Attribute) and callee.name in _LOGGING and "log" in last_name(callee.value).lower()

    def _is_harmless_part(self, comprehension: Comprehension, part: Expression) -> bool:
        """Whether a comprehension may be without items, or loses only those of this chunk."""
        if any(part in clause.conditions for clause in comprehension.clauses):
            return True
        if part is not comprehension.clauses[0].iterable:
            return any(part is clause.iterable for clause in comprehension.clauses)
        parent = self.file.parents.get(comprehension)
        if isinstance(parent, Call):
            return called_function(self.file, parent).lstrip(".") in _OF_ANY_NUMBER
        return isinstance(parent, Role) and parent.kind is RoleKind.ITERATED

    def _fails_test(self, node: Expression) -> bool:
        """Whether ``node`` is part of a condition that stops the program for want of choices."""
        condition, role = outermost(self.file, node)
        if role is None or role.test is None or all(condition is not tested for tested, _, _ in self.empty.tests):
            return False
        if role.test.exits == "assert":
            return self.empty.truth(condition) is not True
        return role.test.exits in ("raise", "exit") and self.empty.truth(condition) is not False
