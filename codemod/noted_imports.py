"""What the files of a project import: gathered line by line while their bytes are at hand, understood when it is asked.

Many lines stand in many files. What such a line means is found once for all files in which modules are looked for at
the same places: those of one folder if the import is relative, else those whose imports start at the same roots.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby

from codemod.file_sets import Postings
from codemod.import_lines import (
    ImportStatement,
    import_statements,
    import_texts,
    imported_words,
    plain_imports,
    words_of_call,
)
from codemod.modules import Meant, Modules
from codemod.records import record


@record
class Imports:
    """The ``files`` that each file may import, and the files with an import of what is called by a word.

    In those that are ``called`` by it, a function imports what a text names: it may be any module.
    """

    files: list[list[int]]
    listed: Postings
    called: Postings


class NotedImports:
    """``folders`` are those of the files, by their numbers; the files of one folder follow each other."""

    def __init__(self, folders: Sequence[str], modules: Modules) -> None:
        self._folders = folders
        self._modules = modules
        self._is_noted = bytearray(len(folders))
        self._lines = Postings()
        self._known: dict[tuple[str, str, int], Meant] = {}

    def note(self, number: int, data: bytes) -> None:
        """Gather the lines of imports of a file."""
        self._is_noted[number] = True
        self._lines.note(set(import_texts(data)), number)

    def missing(self) -> Iterator[int]:
        """The files that nothing was noted of."""
        return (number for number, is_noted in enumerate(self._is_noted) if not is_noted)

    def understand(self) -> Imports:
        """What all these lines mean, rather too much. To be asked once."""
        imports = Imports([[] for _ in self._folders], Postings(), Postings())
        lines = self._lines
        for text, statement in plain_imports(lines.words()):
            self._add(imports, statement, statement.names, lines.take(text))
        for text, numbers in lines.items():
            statements = list(import_statements(text))
            words = imported_words(text) if statements else ()
            for statement in statements:
                self._add(imports, statement, words, numbers)
            imports.called.note_all(words_of_call(text), numbers)
        return imports

    def _add(
        self, imports: Imports, statement: ImportStatement, words: Iterable[bytes], numbers: Sequence[int]
    ) -> None:
        """Add what a statement means in these files; ``words`` stand in its line."""
        if not statement.level and not self._modules.may_be_inside(statement.module):
            return
        for folder, group in _by_place(numbers, self._folders if statement.level else self._starts):
            files = self._files_meant(folder, statement)
            if files is None:
                continue
            others = [number for number in group if number not in files]
            _note(imports, words, others, files)
            for itself in group if len(others) < len(group) else ():
                if itself in files:
                    # It means another module of that name.
                    _note(imports, words, (itself,), self._files_meant(folder, statement, itself))

    def _files_meant(self, folder: str, statement: ImportStatement, itself: int | None = None) -> Sequence[int] | None:
        """The files that a statement in ``folder`` may mean; None if it is not about the project's modules."""
        module, level = statement.module, statement.level
        key = (folder, module, level)
        meant = self._known.get(key) if itself is None else self._modules.may_be(folder, module, level, itself)
        if meant is None:
            meant = self._known[key] = self._modules.may_be(folder, module, level)
        found, packages = meant
        if packages:
            return [*found, *self._modules.inside(packages, statement.names)]
        return found if found or level else None

    @cached_property
    def _starts(self) -> Sequence[str]:
        """For each file, the first folder whose absolute imports start where those of its own folder do."""
        first: dict[tuple[str, ...], str] = {}
        roots_for = self._modules.roots_for
        start = {folder: first.setdefault(roots_for(folder), folder) for folder in dict.fromkeys(self._folders)}
        return [start[folder] for folder in self._folders]


def _by_place(numbers: Sequence[int], places: Sequence[str]) -> Iterable[tuple[str, Sequence[int]]]:
    """The files that have the same one of ``places``, as far as they follow each other."""
    if len(numbers) == 1:
        return ((places[numbers[0]], numbers),)
    return ((place, tuple(group)) for place, group in groupby(numbers, places.__getitem__))


def _note(imports: Imports, words: Iterable[bytes], numbers: Sequence[int], files: Sequence[int] | None) -> None:
    """The files ``numbers`` hold ``words`` in imports that mean ``files``."""
    if numbers and files is not None:
        imports.listed.note_all(words, numbers)
        for number in numbers:
            imports.files[number] += files
