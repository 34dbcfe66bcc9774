"""Which files can come to hold what another file makes: those that a chain of imports joins to it.

A value gets from the file that makes it to files that import that file, directly or not, and from those to whatever
they import: a function is called with it. Files that are joined otherwise, by a plugin's name in a settings file for
one, are taken to lie near each other, in a folder of the package that holds them both.

Imports are read from bytes, without parsing: text that looks like an import joins files that nothing joins, and none
that is joined is left out.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from codemod.modules import Modules
from codemod.records import record

# A folder with more files than this is no part of a program, but a heap of them.
_MOST_BESIDE = 100
# Stands for ``from . import name`` among the words of imports.
_BARE = b"."
# How a line ends that goes on in the next.
_GOES_ON = (b"\\\n", b"\\\r\n")
_NAME = re.compile(rb"[^\W\d]\w*")
_IMPORTED = re.compile(rb"[^\W\d]\w*|\*")
_INSIDE_NAME = re.compile(rb"\w")


@record
class ImportStatement:
    """``from module import names`` ("*" among them), or ``import module`` without; ``level`` counts leading dots."""

    module: str
    level: int
    names: tuple[str, ...]


class ImportGraph:
    """Answers which files lie near others; ``data`` gives the bytes of a file, nothing if it cannot be read.

    ``files`` are in the order of their folders. What has more than ``most`` files near it is a hub, and nothing is said
    of it. Files are counted, for whole trees are walked through again and again.
    """

    def __init__(self, files: Iterable[Path], data: Callable[[Path], bytes], modules: Modules, most: int) -> None:
        self._files = tuple(files)
        self._number = {path: number for number, path in enumerate(self._files)}
        self._data = data
        self._modules = modules
        self._most = most
        self._imported: dict[int, frozenset[int]] = {}
        self._importers: dict[int, frozenset[int]] = {}
        self._above: dict[int, frozenset[int] | None] = {}
        self._near: dict[tuple[frozenset[int], frozenset[int]], frozenset[Path] | None] = {}

    def near(self, home: Path) -> frozenset[Path] | None:
        """The files that can come to hold what ``home`` makes, ``home`` among them; None for a hub."""
        number = self._number[home]
        if number not in self._above:
            self._above[number] = self._closure([number], self._importing, self._above)
        importing = self._above[number]
        return None if importing is None else self._below(importing, self._beside[home.parent])

    def listing(self, name: str) -> frozenset[Path]:
        """The files with an import of something called ``name``, a module or what is in one, or of all names."""
        numbers = {*self._listed.get(_bytes(name), ()), *self._listed.get(b"*", ())}
        return frozenset(self._files[number] for number in numbers)

    def _below(self, importing: frozenset[int], beside: frozenset[int]) -> frozenset[Path] | None:
        """The files that one of ``importing`` imports, directly or not, and those ``beside``."""
        key = (importing, beside)
        if key not in self._near:
            found = self._closure(importing, self._imports, {})
            self._near[key] = None if found is None else frozenset(self._files[each] for each in found | beside)
        return self._near[key]

    def _closure(
        self,
        starts: Iterable[int],
        edges: Callable[[int], frozenset[int]],
        known: Mapping[int, frozenset[int] | None],
    ) -> frozenset[int] | None:
        """What ``edges`` lead to; None for a hub. ``known`` are answers to the same question."""
        found = set(starts)
        pending = list(found)
        while pending:
            number = pending.pop()
            if number in known:
                there = known[number]
                if there is None:
                    return None
                found |= there
            else:
                fresh = edges(number) - found
                found |= fresh
                pending += fresh
            if len(found) > self._most:
                return None
        return frozenset(found)

    def _imports(self, importer: int) -> frozenset[int]:
        """The files of the project that ``importer`` may import."""
        if importer not in self._imported:
            path = self._files[importer]
            found: set[Path] = set()
            for statement in import_statements(self._data(path)):
                found.update(self._modules.may_mean(path, statement.module, statement.level, statement.names))
            found.discard(path)
            self._imported[importer] = frozenset(self._number[each] for each in found)
        return self._imported[importer]

    def _importing(self, imported: int) -> frozenset[int]:
        """The files that may import ``imported``."""
        if imported not in self._importers:
            candidates = self._naming(self._files[imported])
            self._importers[imported] = frozenset(each for each in candidates if imported in self._imports(each))
        return self._importers[imported]

    def _naming(self, path: Path) -> Iterable[int]:
        """The files with lines of imports that may name the module that ``path`` is."""
        named = path.parent if path.name == "__init__.py" else path.with_suffix("")
        word = _bytes(named.name)
        naming = {*self._from.get(word, ()), *self._listed.get(word, ())}
        if named.parent in self._packages:
            # An import names the package too, or is relative.
            package = _bytes(named.parent.name)
            naming &= {*self._from.get(package, ()), *self._listed.get(package, ()), *self._inside(named.parent)}
        if path.name == "__init__.py":
            naming.update(set(self._from.get(_BARE, ())).intersection(self._inside(named)))
        return naming

    def _inside(self, folder: Path) -> range:
        """The files in a folder and below it, which stand together."""
        first = bisect_left(self._sorted, f"{path_order(folder)}\0")
        return range(first, bisect_left(self._sorted, f"{path_order(folder)}\1", first))

    @cached_property
    def _sorted(self) -> list[str]:
        return [path_order(path) for path in self._files]

    @cached_property
    def _words(self) -> tuple[Mapping[bytes, list[int]], Mapping[bytes, list[int]]]:
        before: dict[bytes, list[int]] = defaultdict(list)
        behind: dict[bytes, list[int]] = defaultdict(list)
        for number, path in enumerate(self._files):
            for found, words in zip((before, behind), _imported_words(self._data(path)), strict=True):
                for word in words:
                    found[word].append(number)
        return before, behind

    @property
    def _from(self) -> Mapping[bytes, list[int]]:
        """The files with a line that may be an import, by the words before ``import`` in it."""
        return self._words[0]

    @property
    def _listed(self) -> Mapping[bytes, list[int]]:
        """The files with a line that may be an import, by the words behind ``import`` in it."""
        return self._words[1]

    @cached_property
    def _packages(self) -> frozenset[Path]:
        return frozenset(path.parent for path in self._files if path.name == "__init__.py")

    @cached_property
    def _beside(self) -> Mapping[Path, frozenset[int]]:
        """For each folder, the files in it and in those above it, as far as these are packages."""
        own: dict[Path, list[int]] = defaultdict(list)
        for number, path in enumerate(self._files):
            own[path.parent].append(number)
        found: dict[Path, frozenset[int]] = {}
        for folder in sorted(own, key=lambda each: len(each.parts)):
            beside = frozenset(own[folder] if len(own[folder]) <= _MOST_BESIDE else ())
            is_inside = folder in self._packages and folder.parent in found
            found[folder] = beside | found[folder.parent] if is_inside else beside
        return found


def import_statements(data: bytes) -> Iterator[ImportStatement]:
    """What may be an import in the bytes of a file: each real one, and some text that looks like one."""
    start = data.find(b"import")
    while start >= 0:
        end = start + len(b"import")
        if not _INSIDE_NAME.match(data, end):
            head = _before(data, start)
            if head == b"":
                for module in _list_behind(data, end).split(b","):
                    parts = _NAME.findall(module.partition(b" as ")[0])
                    for length in range(1, len(parts) + 1):
                        yield ImportStatement(_text(b".".join(parts[:length])), 0, ())
            elif head is not None:
                name = head.translate(None, b" \t\f\r\n\\")
                module = name.lstrip(b".")
                names = tuple(dict.fromkeys(map(_text, _IMPORTED.findall(_list_behind(data, end)))))
                yield ImportStatement(_text(module), len(name) - len(module), names)
        start = data.find(b"import", end)


def _before(data: bytes, start: int) -> bytes | None:
    """What stands between ``from`` and ``import``; "" if there is no ``from``, None if this is no import."""
    head = data[_line_start(data, start) : start].strip()
    head = head[max(head.rfind(b";"), head.rfind(b":")) + 1 :].strip()
    if head[:4] == b"from" and not _INSIDE_NAME.match(head, 4):
        return head[4:].strip()
    return b"" if not head else None


def _line_start(data: bytes, position: int) -> int:
    """Where the line starts that ``position`` is in, or the first of those that it goes on from."""
    line = data.rfind(b"\n", 0, position) + 1
    while line > 1 and data[max(0, line - 3) : line].endswith(_GOES_ON):
        line = data.rfind(b"\n", 0, line - 1) + 1
    return line


def _list_behind(data: bytes, end: int) -> bytes:
    """The names behind ``import``."""
    opened = end
    while data[opened : opened + 1] in (b" ", b"\t"):
        opened += 1
    if data[opened : opened + 1] == b"(":
        closed = data.find(b")", opened)
        return data[opened + 1 : closed if closed >= 0 else len(data)]
    line = data.find(b"\n", end)
    while line > 0 and data[line - 2 : line + 1].endswith(_GOES_ON):
        line = data.find(b"\n", line + 1)
    return data[end : line if line >= 0 else len(data)].partition(b"#")[0]


def _imported_words(data: bytes) -> tuple[set[bytes], set[bytes]]:
    """The words before ``import`` and behind it, in the lines in which it stands and in those that they go on in."""
    before: list[bytes] = []
    behind: list[bytes] = []
    is_bare = False
    start = data.find(b"import")
    while start >= 0:
        head = data[_line_start(data, start) : start]
        is_bare = is_bare or head.rstrip(b" \t\\").endswith(b".")
        before.append(head)
        start += len(b"import")
        behind.append(_list_behind(data, start))
        start = data.find(b"import", start)
    words = set(_NAME.findall(b" ".join(before)))
    return words | {_BARE} if is_bare else words, set(_IMPORTED.findall(b" ".join(behind)))


def path_order(path: Path) -> str:
    """What to sort paths by, so that all that is in a folder stands together."""
    return str(path).replace(os.sep, "\0")


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
