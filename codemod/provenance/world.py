"""The ground that answers are found on: the project, and what is known of libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Protocol

from codemod.provenance.bracketed import (
    SETTING,
    is_renamed,
    is_used_on_others,
    sets_by_name,
    words_given_to,
    words_in_bases,
)
from codemod.provenance.facts import Argument, Call, Expression, FileFacts, Import, Name, Scope, ScopeKind, Text
from codemod.provenance.getters import Getters, Held, functions_giving, getters_of
from codemod.provenance.libraries import Libraries
from codemod.provenance.questions import Values
from codemod.provenance.setters import Setters, setters_of
from codemod.searching import encoded

# Members whose names more files mention are not followed: there they mean members of anything.
MOST_FILES = 100
# A way to turn objects into something else that more files use is looked for where a class or an object is named alone.
_MOST_USING = 12
# Functions and classes that more files import or read are not followed either, for the time that it takes.
MOST_REFERRING = 600


# The file, what sets a member there, and the name that it has, if one is given.
SetByName = tuple["FileFacts", "Expression", "Expression | None"]


class TooManyFilesError(Exception):
    """A name that is mentioned in more files than are looked into."""

    def __init__(self, name: str) -> None:
        super().__init__(f"too many files mention {name}")


class Reader(Protocol):
    """What provenance asks of the project."""

    def files_mentioning(self, name: str, home: Path | None = None) -> tuple[Path, ...]: ...

    def facts_mentioning(self, name: str, home: Path | None = None) -> list[FileFacts]: ...

    def facts(self, path: Path) -> FileFacts | None: ...

    def data(self, path: Path) -> bytes | None: ...

    def text(self, path: Path) -> bytes: ...

    def resolve(self, importer: Path, imported: Import) -> Path | None: ...

    def submodule(self, package: Path, name: str) -> Path | None: ...

    def is_namespace(self, importer: Path, imported: Import) -> bool: ...

    def is_ambiguous(self, imported: Import) -> bool: ...

    def files_calling(self, name: str, home: Path) -> tuple[Path, ...]: ...

    def files_starring(self, home: Path) -> tuple[Path, ...]: ...

    def files_referring(self, name: str, home: Path) -> tuple[Path, ...]: ...

    def files_reading(self, name: str, home: Path) -> tuple[Path, ...]: ...

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
    """The project and the libraries, with what has been looked up by name.

    ``glance`` tells what an expression is without asking who calls a function: a parameter is what its annotation
    says, and GIVEN is among the values where that says nothing. None in the world that answers glances itself.
    """

    project: Reader
    libraries: Libraries
    glance: Callable[[FileFacts, Expression], Values] | None
    reads: dict[tuple[FileFacts, str, int], list[tuple[FileFacts, Expression]]] = field(default_factory=dict)
    settings: dict[str, tuple[FileFacts, ...]] = field(default_factory=dict)
    handed: dict[Call, tuple[Argument, ...]] = field(default_factory=dict)
    setters: dict[FileFacts, Setters] = field(default_factory=dict)
    getters: dict[FileFacts, Getters] = field(default_factory=dict)
    setting: dict[FileFacts, Mapping[Scope, Sequence[SetByName]]] = field(default_factory=dict)
    setters_by_name: dict[Path, bool] = field(default_factory=dict)
    given: dict[tuple[str, Path], frozenset[bytes]] = field(default_factory=dict)
    used: dict[tuple[str, Path], bool] = field(default_factory=dict)
    bases: dict[Path, frozenset[bytes]] = field(default_factory=dict)
    seen: dict[Expression, Values] = field(default_factory=dict)

    def mentioning(self, name: str, home: Path | None) -> list[FileFacts]:
        """The facts of the files near ``home`` that mention ``name``; raises TooManyFilesError if there are many."""
        self._refuse_hub(name, home)
        return self._few(name, self.project.files_mentioning(name, home))

    def mentioning_with(self, name: str, others: Sequence[str], home: Path) -> list[FileFacts]:
        """The facts of those of the files that ``mentioning`` gives in which one of ``others`` stands too."""
        self._refuse_hub(name, home)
        files = _limited(name, self.project.files_mentioning(name, home))
        return self._with(files, others, home)

    def _with(self, files: Iterable[Path], words: Iterable[str], home: Path) -> list[FileFacts]:
        """The facts of those of ``files`` in which one of ``words`` stands."""
        wanted = {path for word in words for path in self.project.files_mentioning(word, home)}
        return self.project.facts_of(path for path in files if path in wanted)

    def giving(self, callee: str, words: Sequence[str], home: Path) -> list[FileFacts]:
        """The facts of the files near ``home`` that may call ``callee`` with one of ``words`` in its arguments.

        Raises TooManyFilesError if there are many that may call it.
        """
        self._refuse_hub(callee, home)
        files = _limited(callee, self.project.files_calling(callee, home))
        wanted = {encoded(word) for word in words}
        return self.project.facts_of(path for path in files if wanted & self._words_given(callee, path))

    def _words_given(self, callee: str, path: Path) -> frozenset[bytes]:
        key = (callee, path)
        if key not in self.given:
            self.given[key] = words_given_to(self.project.text(path), encoded(callee))
        return self.given[key]

    def reading(self, name: str, home: Path) -> list[FileFacts]:
        """The facts of the files near ``home`` that read a member called ``name``; raises TooManyFilesError."""
        self._refuse_hub(name, home)
        _limited(name, self.project.files_mentioning(name, home))
        return self.project.facts_of(self.project.files_reading(name, home))

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

    def starring(self, home: Path) -> list[FileFacts]:
        """The facts of the files near ``home`` that import all names of some module; raises TooManyFilesError."""
        self._refuse_hub("*", home)
        return self._few("*", self.project.files_starring(home))

    def changing(self, name: str, home: Path | None) -> list[FileFacts]:
        """The files near ``home`` that set or add items of something called ``name``; raises TooManyFilesError."""
        self._refuse_hub(name, home)
        return self._few(name, self.project.files_changing(name, home))

    def referring(self, name: str, file: FileFacts) -> list[FileFacts]:
        """The facts of the files that may read what ``file`` calls ``name``; of none if they are many."""
        paths = self.project.files_referring(name, file.path)
        return self.project.facts_of(paths) if len(paths) <= MOST_FILES else []

    def referring_with(self, name: str, others: Sequence[str], file: FileFacts) -> list[FileFacts]:
        """The facts of those of them in which one of ``others`` stands too."""
        paths = self.project.files_referring(name, file.path)
        return self._with(paths, others, file.path) if len(paths) <= MOST_FILES else []

    def using_on_others(self, name: str, home: Path) -> list[FileFacts]:
        """The facts of the files near ``home`` that call or read ``name`` on something else than ``self``.

        Of none if they are many, or ``home`` is a hub.
        """
        return self._if_few((name,), home, lambda path: self._is_used_on_others(name, path))

    def setting_by_name(self, home: Path) -> list[FileFacts]:
        """The facts of the files near ``home`` that set members of something else than ``self`` by unfixed names.

        Of none if they are many, or ``home`` is a hub.
        """
        return self._if_few(SETTING, home, self._sets_by_name)

    def _if_few(self, words: Iterable[str], home: Path, is_wanted: Callable[[Path], bool]) -> list[FileFacts]:
        if self.project.is_hub(home):
            return []
        mentioning = dict.fromkeys(path for word in words for path in self.project.files_mentioning(word, home))
        wanted = list(filter(is_wanted, mentioning))
        return self.project.facts_of(wanted) if len(wanted) <= _MOST_USING else []

    def _sets_by_name(self, path: Path) -> bool:
        if path not in self.setters_by_name:
            self.setters_by_name[path] = sets_by_name(self.project.text(path))
        return self.setters_by_name[path]

    def _is_used_on_others(self, name: str, path: Path) -> bool:
        key = (name, path)
        if key not in self.used:
            self.used[key] = is_used_on_others(self.project.text(path), encoded(name))
        return self.used[key]

    def setters_in(self, file: FileFacts) -> Setters:
        """What sets items in a file."""
        if file not in self.setters:
            self.setters[file] = setters_of(file)
        return self.setters[file]

    def getters_in(self, file: FileFacts) -> Getters:
        """What the functions of a file return."""
        if file not in self.getters:
            self.getters[file] = getters_of(file)
        return self.getters[file]

    def _refuse_hub(self, name: str, home: Path | None) -> None:
        if home is not None and self.project.is_hub(home):
            raise TooManyFilesError(name)

    def _few(self, name: str, paths: Sequence[Path], most: int = MOST_FILES) -> list[FileFacts]:
        return self.project.facts_of(_limited(name, paths, most))

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

    def sites(self, file: FileFacts, scope: Scope) -> list[tuple[FileFacts, Expression]]:
        """The reads that may mean a function or class, under the names that imports give it too.

        Raises TooManyFilesError if they stand in too many files.
        """
        return self.reads_of(file, scope.name, home_of(file, scope))

    def bases_read(self, file: FileFacts, scope: Scope) -> list[tuple[FileFacts, Expression]]:
        """The reads that may mean a class, in the files where its name may stand among the bases of another.

        Raises TooManyFilesError if they stand in too many files.
        """
        home = home_of(file, scope)
        if file.scopes[home].kind is not ScopeKind.MODULE:
            return self.reads_of(file, scope.name, home)
        return self._reads_of_global(file, scope.name, self._is_among_bases)

    def _is_among_bases(self, name: str, path: Path) -> bool:
        """Whether ``name`` may stand among the bases of a class, under the name that an import gives it too."""
        word = encoded(name)
        if path not in self.bases:
            self.bases[path] = words_in_bases(self.project.text(path))
        return word in self.bases[path] or is_renamed(self.project.text(path), word)

    def reads_of(self, file: FileFacts, name: str, home: int) -> list[tuple[FileFacts, Expression]]:
        """The reads that may mean what the scope ``home`` of ``file`` calls ``name``; raises TooManyFilesError."""
        key = (file, name, home)
        if key not in self.reads:
            kind = file.scopes[home].kind
            if kind is ScopeKind.MODULE:
                found = self._reads_of_global(file, name)
            else:
                found = [(file, read) for read in _names_bound_in(file, name, home)]
                if kind is ScopeKind.CLASS:
                    found += [
                        (facts, read)
                        for facts in self._readers(file, name, home)
                        for read in facts.attributes.get(name, ())
                    ]
            self.reads[key] = found
        return self.reads[key]

    def _readers(self, file: FileFacts, name: str, home: int) -> list[FileFacts]:
        """The files with reads of a member called ``name`` that may be that of the class ``home``."""
        defined = (binding.defines for binding in file.scopes[home].bindings.get(name, ()))
        if any(each is not None and file.scopes[each].kind is ScopeKind.CLASS for each in defined):
            return self._few(name, self.project.files_referring(name, file.path), MOST_REFERRING)
        self._refuse_hub(name, file.path)
        return self._few(name, self.project.files_reading(name, file.path))

    def _reads_of_global(
        self, file: FileFacts, name: str, is_wanted: Callable[[str, Path], bool] = lambda _name, _path: True
    ) -> list[tuple[FileFacts, Expression]]:
        """The reads of a global of ``file``, in files that ``is_wanted`` says yes to, given the name it has there."""
        found: dict[Expression, FileFacts] = {}
        pending, seen = [(name, file)], {(name, file)}
        while pending:
            each, home = pending.pop()
            referring = _limited(each, self.project.files_referring(each, home.path), MOST_REFERRING)
            for facts in self.project.facts_of(path for path in referring if is_wanted(each, path)):
                own = _names_bound_in(facts, each, 0) if facts is home else ()
                found.update(dict.fromkeys((*own, *_imported_names(facts, each)), facts))
                found.update(dict.fromkeys(facts.attributes.get(each, ()), facts))
                imported = (binding for binding in facts.imports.get(each, ()) if binding.scope == 0)
                fresh = {(binding.name, facts) for binding in imported if binding.name != each} - seen
                seen |= fresh
                pending += sorted(fresh, key=itemgetter(0))
        return [(facts, reference) for reference, facts in found.items()]


def _limited(name: str, paths: Sequence[Path], most: int = MOST_FILES) -> Sequence[Path]:
    """The ``paths``, the files where ``name`` stands; raises TooManyFilesError if they are more than ``most``."""
    if len(paths) > most:
        raise TooManyFilesError(name)
    return paths


def home_of(file: FileFacts, scope: Scope) -> int:
    """The scope that binds the name of a function or class: where it stands, or the module (``global``)."""
    parent = 0 if scope.parent is None else scope.parent
    bound = file.scopes[parent].bindings.get(scope.name, ())
    return parent if any(binding.defines == scope.index for binding in bound) else 0


def _names_bound_in(file: FileFacts, name: str, home: int) -> list[Name]:
    reads = ((read, file.lookup(name, read.scope)) for read in file.names.get(name, ()))
    return [read for read, meant in reads if meant and meant[0].scope == home]


def _imported_names(file: FileFacts, name: str) -> Iterator[Name]:
    """The reads of what the file imports as ``name`` from some module, by name or with all that the module has."""
    for each in sorted({binding.name for binding in file.imports.get(name, ())}):
        for read in file.names.get(each, ()):
            meant = file.lookup(each, read.scope)
            if any(binding.imported is not None and binding.imported.name == name for binding in meant):
                yield read
    if "*" in file.scopes[0].bindings:
        yield from (read for read in file.names.get(name, ()) if not file.lookup(name, read.scope))


def files_holding(world: World, file: FileFacts, held: Held) -> Iterable[FileFacts]:
    """The files that may get hold of something that ``file`` holds: by its names, or from functions that return it."""
    names = [*held.globals, *functions_giving(world.getters_in(file), held)]
    pending = [(name, file) for name in dict.fromkeys(names)]
    asked = set(pending)
    found: dict[FileFacts, None] = {}
    while pending:
        name, home = pending.pop()
        for facts in world.referring(name, home):
            found[facts] = None
            imported = Held((), tuple(facts.imports.get(name, ())), (name,))
            others = functions_giving(world.getters_in(facts), imported) if facts is not home else ()
            fresh = [(other, facts) for other in others if (other, facts) not in asked]
            asked.update(fresh)
            pending += fresh
    return found
