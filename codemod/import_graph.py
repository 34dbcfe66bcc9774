"""Which files can come to hold what another file makes: those that a chain of imports joins to it.

A value gets from the file that makes it to files that import that file, directly or not, and from those to whatever
they import: a function is called with it. Files that are joined otherwise, by a plugin's name in a settings file for
one, are taken to lie near each other, in a folder of the package that holds them both.

Imports are read from bytes, without parsing: text that looks like an import joins files that nothing joins, and none
that is joined is left out. Each file is read once, and a line that many files of a folder have in common too.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from codemod.cycles import Condensed, condense
from codemod.file_sets import FileSet, Postings, bits_of, numbers_in
from codemod.import_lines import (
    ImportStatement,
    import_statements,
    import_texts,
    imported_words,
    plain_import,
    words_of_call,
)
from codemod.modules import Meant, Modules, folder_of, module_name
from codemod.records import record
from codemod.searching import encoded

# A folder with more files than this is no part of a program, but a heap of them.
_MOST_BESIDE = 100


@record
class _Meaning:
    """The ``files`` that a line of imports may mean, and the words in it, ``called`` if a function imports them."""

    files: Sequence[int]
    words: Sequence[bytes]
    called: Sequence[bytes]


@record
class _Line:
    """A line of imports: the ``statements`` that may be of the project's modules, and the words in it."""

    statements: Sequence[ImportStatement]
    words: Sequence[bytes]
    called: Sequence[bytes]
    is_relative: bool


_STRANGE = _Meaning((), (), ())


class ImportGraph:
    """Answers which files lie near others; ``data`` gives the bytes of a file, nothing if it cannot be read.

    ``files`` are paths in the order of their folders, and known by their numbers in it. What has more than ``most``
    files near it is a hub, and nothing is said of it.
    """

    def __init__(self, files: Sequence[str], data: Callable[[int], bytes | None], modules: Modules, most: int) -> None:
        self._files = files
        self._data = data
        self._modules = modules
        self._most = most
        self._imports: dict[int, tuple[int, ...]] = {}
        self._is_read = False
        self._listed = Postings()
        self._called = Postings()
        # What lines and modules mean: absolute ones by where imports start, relative ones in the folder last noted.
        self._by_roots: dict[tuple[str, ...], tuple[dict[bytes, _Meaning], dict[str, Meant]]] = {}
        self._absolute: dict[bytes, _Meaning] = {}
        self._meant: dict[str, Meant] = {}
        self._folder = ""
        self._relative: dict[bytes, _Meaning] = {}
        self._lines: dict[bytes, _Line] = {}
        self._above: dict[int, int] = {}
        self._near: dict[int, FileSet | None] = {}
        self._regions: dict[tuple[int, int], FileSet | None] = {}
        self._beside: dict[str, int] = {}

    def note(self, number: int, data: bytes) -> None:
        """Read the imports of a file whose bytes are at hand; those of all others are read when something is asked."""
        if self._is_read:
            return
        folder = folder_of(self._files[number])
        if folder != self._folder:
            self._folder = folder
            self._relative = {}
            self._absolute, self._meant = self._by_roots.setdefault(self._modules.roots_for(folder), ({}, {}))
        relative, absolute, meant = self._relative, self._absolute, self._meant
        files: set[int] = set()
        words: set[bytes] = set()
        called: set[bytes] = set()
        for text in import_texts(data):
            meaning = absolute.get(text) or relative.get(text)
            if meaning is None:
                line = self._lines.get(text) or self._read_line(text)
                meaning = _STRANGE if line is None else self._meaning(line, folder, meant)
                if line is None or not line.is_relative:
                    absolute[text] = meaning
                else:
                    self._lines[text] = line
                    relative[text] = meaning
            if meaning is _STRANGE:
                continue
            if number in meaning.files:
                line = self._read_line(text)
                meaning = self._meaning(line, folder, {}, number) if line else meaning
            files.update(meaning.files)
            words.update(meaning.words)
            if meaning.called:
                called.update(meaning.called)
        files.discard(number)
        self._imports[number] = tuple(files)
        self._listed.note(words, number)
        if called:
            self._called.note(called, number)

    def near(self, home: int) -> FileSet | None:
        """The files that can come to hold what ``home`` makes, ``home`` among them; None for a hub."""
        if home not in self._near:
            # Whatever imports it is below a file that nothing imports.
            topmost = self._reaching(home) & self._topmost
            self._near[home] = self._region(topmost, self._besides(folder_of(self._files[home])))
        return self._near[home]

    def listing(self, name: str) -> Sequence[int]:
        """The files with an import of something called ``name``: a module, what is in one, or "*" for all names."""
        self._read_all()
        return self._listed.of(encoded(name))

    def importing(self, name: str, home: int) -> list[int]:
        """The files with an import of something called ``name`` that can come from ``home``."""
        reaching = self._reaching(home)
        return [*self._among(self.listing(name), reaching), *self._called.of(encoded(name))]

    def holding(self, module: int) -> list[int]:
        """The files that may import the module itself; more rather than fewer."""
        path = self._files[module]
        reaching = self._reaching(module)
        names = [module_name(path), "*"]
        folder = folder_of(path)
        # ``import package`` gives ``package.module`` too.
        while (package := self._modules.package(folder)) is not None:
            reaching |= self._reaching(package)
            above, _, name = folder.rpartition(os.sep)
            names.append(name)
            folder = above
        found = {each for name in names for each in self._called.of(encoded(name))}
        found.update(*(self._among(self.listing(name), reaching) for name in names))
        return sorted(found)

    def _among(self, numbers: Iterable[int], reaching: int) -> list[int]:
        """Those of the files that are in the components ``reaching``."""
        component = self._joined.component
        return [each for each in numbers if reaching >> component[each] & 1]

    def _read_line(self, text: bytes) -> _Line | None:
        """What may be imports of the project's modules in a line; None if there are none."""
        may_be_inside = self._modules.may_be_inside
        plain = plain_import(text)
        if plain is not None:
            is_relative = plain.level > 0
            return _Line((plain,), plain.names, (), is_relative) if is_relative or may_be_inside(plain.module) else None
        called = words_of_call(text)
        statements = [each for each in import_statements(text) if each.level or may_be_inside(each.module)]
        if not statements and not called:
            return None
        is_relative = any(each.level for each in statements)
        return _Line(statements, imported_words(text) if statements else (), called, is_relative)

    def _meaning(self, line: _Line, folder: str, known: dict[str, Meant], itself: int | None = None) -> _Meaning:
        """What a line means in a file of ``folder``, and not ``itself``; ``known`` is noted what modules mean."""
        files: list[int] = []
        is_inside = line.is_relative
        for statement in line.statements:
            module, level = statement.module, statement.level
            meant = None if level else known.get(module)
            if meant is None:
                meant = self._modules.may_be(folder, module, level, itself)
                if not level:
                    known[module] = meant
            found, packages = meant
            is_inside = is_inside or bool(found or packages)
            files += found
            if packages:
                files += self._modules.inside(packages, statement.names)
        if not is_inside and not line.called:
            return _STRANGE
        return _Meaning(tuple(files), line.words if is_inside else (), line.called)

    def _read_all(self) -> None:
        if not self._is_read:
            for number in range(len(self._files)):
                if number not in self._imports:
                    self.note(number, self._data(number) or b"")
            self._is_read = True
            for noted in (self._by_roots, self._absolute, self._meant, self._relative, self._lines):
                noted.clear()

    @cached_property
    def _joined(self) -> Condensed:
        self._read_all()
        joined = condense([self._imports[number] for number in range(len(self._files))])
        self._imports.clear()
        return joined

    @cached_property
    def _topmost(self) -> int:
        """The components that nothing imports."""
        back = self._joined.back
        return bits_of((each for each, before in enumerate(back) if not before), len(back))

    def _reaching(self, home: int) -> int:
        """The components from which imports lead to ``home``, directly or not, its own among them."""
        back, known = self._joined.back, self._above
        wanted = self._joined.component[home]
        pending = [] if wanted in known else [wanted]
        while pending:
            component = pending[-1]
            # Most are imported by nothing, and need no memory.
            open_ones = [each for each in back[component] if back[each] and each not in known]
            if open_ones and component not in known:
                pending += open_ones
                continue
            pending.pop()
            if component not in known:
                bits = 1 << component
                for each in back[component]:
                    bits |= known.get(each) or 1 << each
                known[component] = bits
        return known[wanted]

    def _region(self, topmost: int, beside: int) -> FileSet | None:
        """The files that the components ``topmost`` import, directly or not, and those ``beside``."""
        key = (topmost, beside)
        if key not in self._regions:
            below = self._below(topmost)
            self._regions[key] = None if below is None else FileSet(bits_of(below, len(self._files)) | beside)
        return self._regions[key]

    def _below(self, components: int) -> list[int] | None:
        """The files of ``components`` and what they import, directly or not; None if they are too many."""
        ahead, members = self._joined.ahead, self._joined.members
        if components.bit_count() > self._most:
            return None
        pending = numbers_in(components)
        seen = set(pending)
        found: list[int] = []
        while pending:
            component = pending.pop()
            found += members[component]
            if len(found) > self._most:
                return None
            fresh = [each for each in ahead[component] if each not in seen]
            seen.update(fresh)
            pending += fresh
        return found

    def _besides(self, folder: str) -> int:
        """The files in a folder and in those above it, as far as these are packages."""
        if folder not in self._beside:
            own = self._in_folder[folder]
            bits = bits_of(own if len(own) <= _MOST_BESIDE else (), len(self._files))
            above = folder_of(folder)
            if above in self._in_folder and self._modules.is_package(folder):
                bits |= self._besides(above)
            self._beside[folder] = bits
        return self._beside[folder]

    @cached_property
    def _in_folder(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, path in enumerate(self._files):
            found[folder_of(path)].append(number)
        return found
