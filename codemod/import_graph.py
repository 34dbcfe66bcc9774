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
from codemod.file_sets import FileSet, bits_of, numbers_in
from codemod.modules import Modules, folder_of, module_name
from codemod.noted_imports import Imports, NotedImports
from codemod.searching import encoded

# A folder with more files than this is no part of a program, but a heap of them.
_MOST_BESIDE = 100


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
        folders: dict[str, str] = {}
        self._folders = [folders.setdefault(folder, folder) for folder in map(folder_of, files)]
        self._noted: NotedImports | None = NotedImports(self._folders, modules)
        self._above: dict[int, int] = {}
        self._near: dict[int, FileSet | None] = {}
        self._regions: dict[tuple[int, int], FileSet | None] = {}
        self._beside: dict[str, int] = {}

    def note(self, number: int, data: bytes) -> None:
        """Note the imports of a file whose bytes are at hand; those of all others are read when something is asked."""
        if self._noted is not None:
            self._noted.note(number, data)

    def near(self, home: int) -> FileSet | None:
        """The files that can come to hold what ``home`` makes, ``home`` among them; None for a hub."""
        if home not in self._near:
            # Whatever imports it is below a file that nothing imports.
            topmost = self._reaching(home) & self._topmost
            self._near[home] = self._region(topmost, self._besides(self._folders[home]))
        return self._near[home]

    def listing(self, name: str) -> Sequence[int]:
        """The files with an import of something called ``name``: a module, what is in one, or "*" for all names."""
        return self._imports.listed.of(encoded(name))

    def importing(self, name: str, home: int) -> list[int]:
        """The files with an import of something called ``name`` that can come from ``home``."""
        reaching = self._reaching(home)
        return [*self._among(self.listing(name), reaching), *self._imports.called.of(encoded(name))]

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
        found = {each for name in names for each in self._imports.called.of(encoded(name))}
        found.update(*(self._among(self.listing(name), reaching) for name in names))
        return sorted(found)

    def _among(self, numbers: Iterable[int], reaching: int) -> list[int]:
        """Those of the files that are in the components ``reaching``."""
        component = self._joined.component
        # To look at one bit of thousands takes several times as long as at one byte.
        held = reaching.to_bytes(len(component) // 8 + 1, "little")
        return [each for each in numbers if held[component[each] >> 3] >> (component[each] & 7) & 1]

    @cached_property
    def _imports(self) -> Imports:
        noted, self._noted = self._noted or NotedImports(self._folders, self._modules), None
        for number in noted.missing():
            noted.note(number, self._data(number) or b"")
        return noted.understand()

    @cached_property
    def _joined(self) -> Condensed:
        files = self._imports.files
        joined = condense(files)
        files.clear()
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
        for number, folder in enumerate(self._folders):
            found[folder].append(number)
        return found
