"""The ground that answers are found on: the project, what is known of libraries, and how questions are asked."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
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
    Text,
)
from codemod.provenance.libraries import Libraries
from codemod.provenance.questions import Answer, Question, SubclassesOf, ValuesThought, subclasses_in, values_in
from codemod.provenance.setters import Setters
from codemod.provenance.values import ClassValue, ConstantValue, ExternalValue, ParameterValue, Value

# Stand-ins in the answer to MemberOf: a base class that is not the project's, and no definition at all.
OUTSIDE = ExternalValue("")
UNDEFINED = ExternalValue("?")
# The place of what has no place of its own; one object, so that the same answer stays the same.
MODULE_ANCHOR = Binding("", 0, BindingKind.ASSIGNMENT, 0)


# Members whose names more files mention are not followed: there they mean members of anything.
MOST_FILES = 100
# Functions and classes that more files import or read are not followed either, for the time that it takes.
MOST_REFERRING = 600


class TooManyFilesError(Exception):
    """A name that is mentioned in more files than are looked into."""

    def __init__(self, name: str) -> None:
        super().__init__(f"too many files mention {name}")


class Reader(Protocol):
    """What provenance asks of the project."""

    def files_mentioning(self, name: str, home: Path | None = None) -> tuple[Path, ...]: ...

    def facts_mentioning(self, name: str, home: Path | None = None) -> list[FileFacts]: ...

    def facts(self, path: Path) -> FileFacts | None: ...

    def resolve(self, importer: Path, imported: Import) -> Path | None: ...

    def submodule(self, package: Path, name: str) -> Path | None: ...

    def is_namespace(self, importer: Path, imported: Import) -> bool: ...

    def is_ambiguous(self, imported: Import) -> bool: ...

    def files_referring(self, name: str, home: Path) -> tuple[Path, ...]: ...

    def may_run_together(self, one: Path, other: Path) -> bool: ...

    def is_hub(self, home: Path) -> bool: ...

    def files_assigning_global(self, name: str, module: Path) -> tuple[Path, ...]: ...

    def files_changing(self, name: str, home: Path | None = None) -> tuple[Path, ...]: ...

    def files_assigning(self, name: str, home: Path | None = None) -> tuple[Path, ...]: ...

    def facts_mentioning_all(self, names: Sequence[str], home: Path | None = None) -> list[FileFacts]: ...

    def facts_of(self, paths: Iterable[Path]) -> list[FileFacts]: ...

    def unreadable_mentioning(self, name: str, module: Path) -> tuple[Path, ...]: ...


@dataclass(frozen=True, eq=False)
class World:
    """The project and the libraries, with what has been looked up by name."""

    project: Reader
    libraries: Libraries
    named: dict[tuple[str, Path], list[tuple[FileFacts, Expression]]] = field(default_factory=dict)
    settings: dict[str, tuple[FileFacts, ...]] = field(default_factory=dict)
    handed: dict[Call, tuple[Argument, ...]] = field(default_factory=dict)
    setters: dict[FileFacts, Setters] = field(default_factory=dict)

    def mentioning(self, name: str, home: Path | None) -> list[FileFacts]:
        """The facts of the files near ``home`` that mention ``name``; raises TooManyFilesError if there are many."""
        self._refuse_hub(name, home)
        return self._few(name, self.project.files_mentioning(name, home))

    def mentioning_both(self, name: str, other: str, home: Path) -> list[FileFacts]:
        """Those of the files that ``mentioning`` gives that mention ``other`` too; raises as it does."""
        self._refuse_hub(name, home)
        files = self.project.files_mentioning(name, home)
        if len(files) > MOST_FILES:
            raise TooManyFilesError(name)
        others = set(self.project.files_mentioning(other, home)) if files else ()
        return self.project.facts_of(path for path in files if path in others)

    def assigning(self, name: str, file: FileFacts) -> list[FileFacts]:
        """``file``, and the others near it that assign a member called ``name`` of something not their own.

        Raises TooManyFilesError if there are many.
        """
        self._refuse_hub(name, file.path)
        others = self._few(name, self.project.files_assigning(name, file.path))
        return [each for each in dict.fromkeys((file, *others)) if name in each.member_bindings]

    def assigning_global(self, name: str, file: FileFacts) -> list[FileFacts]:
        """The files that assign the global ``name`` of the module ``file`` from outside, and others.

        Raises TooManyFilesError if there are many.
        """
        found = self._few(name, self.project.files_assigning_global(name, file.path))
        return [each for each in found if name in each.member_bindings]

    def changing(self, name: str, home: Path | None) -> list[FileFacts]:
        """The files near ``home`` that set or add items of something called ``name``; raises TooManyFilesError."""
        self._refuse_hub(name, home)
        return self._few(name, self.project.files_changing(name, home))

    def referring(self, name: str, home: Path, *, is_member: bool) -> list[FileFacts]:
        """The files near ``home`` that can read what it calls ``name``; raises TooManyFilesError if there are many.

        ``is_member`` if it is a member of a class there.
        """
        if is_member:
            self._refuse_hub(name, home)
        most = MOST_FILES if is_member else MOST_REFERRING
        return self._few(name, self.project.files_referring(name, home), most)

    def _refuse_hub(self, name: str, home: Path | None) -> None:
        if home is not None and self.project.is_hub(home):
            raise TooManyFilesError(name)

    def _few(self, name: str, paths: Sequence[Path], most: int = MOST_FILES) -> list[FileFacts]:
        if len(paths) > most:
            raise TooManyFilesError(name)
        return self.project.facts_of(paths)

    def settings_modules(self, path: str) -> tuple[FileFacts, ...]:
        """The modules of the project whose names are the members of the library's settings object ``path``."""
        if path not in self.settings:
            self.settings[path] = tuple(dict.fromkeys(self._settings_modules(path)))
        return self.settings[path]

    def _settings_modules(self, path: str) -> Iterator[FileFacts]:
        variable = self.libraries.settings.get(path)
        for facts in self.project.facts_mentioning(variable) if variable is not None else ():
            for write in facts.environment_writes:
                if write.name == variable and isinstance(write.value, Text):
                    module = self.project.resolve(facts.path, Import(write.value.value, None, 0))
                    held = None if module is None else self.project.facts(module)
                    if held is not None:
                        yield held

    def home(self, file: FileFacts, name: str) -> Path | None:
        """Where to look for the ``name`` of ``file``: near it, or everywhere if a library hands its names around."""
        is_setting = name.isupper() and any(file in self.settings_modules(path) for path in self.libraries.settings)
        return None if is_setting else file.path

    def sites(self, name: str, home: Path, *, is_member: bool = False) -> list[tuple[FileFacts, Expression]]:
        """The reads that may mean the function or class ``name`` of the file ``home``, under aliases too.

        Raises TooManyFilesError if many files mention one.
        """
        if (name, home) not in self.named:
            found: dict[Expression, FileFacts] = {}
            pending, seen = [name], {name}
            while pending:
                each = pending.pop()
                for facts in self.referring(each, home, is_member=is_member):
                    found.update(dict.fromkeys(references(facts, each), facts))
                    aliases = {binding.name for binding in facts.imports.get(each, ()) if binding.scope == 0} - seen
                    seen |= aliases
                    pending += sorted(aliases)
            self.named[name, home] = [(facts, reference) for reference, facts in found.items()]
        return self.named[name, home]


def ask(*questions: Question) -> ValuesThought:
    """The union of the answers, each value with the question it came from."""
    found: dict[Value, Question | None] = {}
    for question in questions:
        answer = values_in((yield question))
        if found:
            for value in answer:
                found.setdefault(value, question)
        else:
            # Where a chain hands values on there is one question, and there may be many values: no loop over them.
            found = dict.fromkeys(answer, question)
    return found


def subclasses(file: FileFacts, scope: Scope) -> Generator[Question, Answer, tuple[ClassValue, ...]]:
    """The classes that derive directly from this one; raises TooManyFilesError if they cannot be told."""
    found = subclasses_in((yield SubclassesOf(file, scope)))
    if found.more:
        raise TooManyFilesError(scope.name)
    return found.classes


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
