"""The ground that answers are found on: the project, what is known of libraries, and how questions are asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from codemod.provenance.calls import references
from codemod.provenance.facts import (
    Argument,
    Binding,
    BindingKind,
    Call,
    Expression,
    FileFacts,
    Import,
    Scope,
)
from codemod.provenance.libraries import Libraries
from codemod.provenance.questions import Question, ValuesThought, values_in
from codemod.provenance.values import ConstantValue, ExternalValue, ParameterValue, Value
from codemod.rewrites import Span

# Stand-ins in the answer to MemberOf: a base class that is not the project's, and no definition at all.
OUTSIDE = ExternalValue("")
UNDEFINED = ExternalValue("?")
# The place of what has no place of its own; one object, so that the same answer stays the same.
MODULE_ANCHOR = Binding("", 0, BindingKind.ASSIGNMENT, Span(0, 0))


class Reader(Protocol):
    """What provenance asks of the project."""

    def facts_mentioning(self, name: str) -> list[FileFacts]: ...

    def facts_mentioning_all(self, *names: str) -> list[FileFacts]: ...

    def facts(self, path: Path) -> FileFacts | None: ...

    def resolve(self, importer: Path, imported: Import) -> Path | None: ...

    def submodule(self, package: Path, name: str) -> Path | None: ...

    def is_namespace(self, importer: Path, imported: Import) -> bool: ...

    def is_ambiguous(self, imported: Import) -> bool: ...

    def facts_changing(self, name: str) -> list[FileFacts]: ...

    def facts_assigning(self, name: str) -> list[FileFacts]: ...

    def unreadable_mentioning(self, name: str, module: Path) -> tuple[Path, ...]: ...


@dataclass(frozen=True, eq=False)
class World:
    """The project and the libraries, with what has been looked up by name."""

    project: Reader
    libraries: Libraries
    named: dict[str, list[tuple[FileFacts, Expression]]] = field(default_factory=dict)
    handed: dict[Call, tuple[Argument, ...]] = field(default_factory=dict)

    def sites(self, name: str) -> list[tuple[FileFacts, Expression]]:
        """The reads in the project that may mean the function or class ``name``, under aliases too."""
        if name not in self.named:
            found: dict[Expression, FileFacts] = {}
            pending, seen = [name], {name}
            while pending:
                each = pending.pop()
                for facts in self.project.facts_mentioning(each):
                    found.update(dict.fromkeys(references(facts, each), facts))
                    aliases = {binding.name for binding in facts.imports.get(each, ()) if binding.scope == 0} - seen
                    seen |= aliases
                    pending += sorted(aliases)
            self.named[name] = [(facts, reference) for reference, facts in found.items()]
        return self.named[name]


def ask(*questions: Question) -> ValuesThought:
    """The union of the answers, each value with the question it came from."""
    found: dict[Value, Question | None] = {}
    for question in questions:
        answer = yield question
        for value in values_in(answer):
            found.setdefault(value, question)
    return found


def is_nothing(value: Value) -> bool:
    """A value that has no members and cannot be called, or one that callers give a value to that is known too."""
    return isinstance(value, ConstantValue) or (isinstance(value, ParameterValue) and value.supplied)


def anchor(file: FileFacts, scope: Scope) -> Binding:
    """A place to report for a whole function or class: its own name's binding."""
    if scope.parent is not None:
        for binding in file.scopes[scope.parent].bindings.get(scope.name, ()):
            if binding.defines == scope.index:
                return binding
    return MODULE_ANCHOR
