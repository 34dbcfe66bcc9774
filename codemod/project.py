"""The project as provenance asks for it: modules, facts and mentions, read on demand and only once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.discovery import folder_by_folder
from codemod.file_sets import FileSet, bits_of
from codemod.import_graph import ImportGraph
from codemod.modules import Modules
from codemod.searching import GAP, encoded, holds, with_newlines
from codemod.source import Source, Unprocessable, decode, read_file
from codemod.word_index import WordIndex, is_plain_name

if TYPE_CHECKING:
    from codemod.provenance.facts import FileFacts, Import

FrontEnd = Callable[[Source], "FileFacts"]


# What says, in a file at the root, that the project is built into a package.
_BUILDS = {"pyproject.toml": b"[build-system]", "setup.cfg": b"[metadata]", "setup.py": b"setup("}


def is_package(root: Path) -> bool:
    """Whether the project at ``root`` is built into a package that others can install."""
    return any(mark in _bytes_of(root / name) for name, mark in _BUILDS.items())


def _bytes_of(path: Path) -> bytes:
    """What a file holds; nothing if it cannot be read, or is a FIFO or a device."""
    try:
        return read_file(path)
    except Unprocessable:
        return b""


# In bytes. To parse a file takes more than a hundred times its size in memory, and seconds for each megabyte.
LARGEST = 10 << 20
# A project of so few files is searched as a whole: it costs little, and a name says more than imports do.
_FEW = 300
# So many files are searched for one name as fast as all their words are noted.
_INDEXED = 2_000
# What follows a name of which items are set or added, in a pattern.
_CHANGE = GAP + rb"(?:\[|[|+]=|\." + GAP + rb"(?:append|add|extend|update|setdefault)\b)"
# Where so many bytes are read they are kept; beyond that, files are read again where they are looked into again.
_KEPT = 1_000_000

# What is noted of a file that may mention a name; nothing is noted of others.
_DOES_NOT, _MENTIONS = 1, 2


class Chosen:
    """Some of a project's files, which are mostly all of them: no Path is kept, but a mark for each."""

    def __init__(self, number: Callable[[Path], int | None], marks: bytes) -> None:
        self._number = number
        self._marks = marks

    def holds(self, number: int) -> bool:
        return self._marks[number] > 0

    def __contains__(self, path: object) -> bool:
        number = self._number(path) if isinstance(path, Path) else None
        return number is not None and self.holds(number)

    def __len__(self) -> int:
        return self._marks.count(1)


class Project:
    """A read-only view of all files that may matter.

    ``files`` are the paths of the project's own source files, ``front_ends`` turn sources into facts by file suffix (""
    is the one for files without a known suffix), ``given`` are the bytes of files that are not read from disk.

    A file has a number, its place in the order of folders. Most are never spoken of, and get no Path: twenty thousand
    take as much memory as hundreds of parsed files.
    """

    def __init__(
        self,
        files: Iterable[str],
        roots: Iterable[Path],
        front_ends: Mapping[str, FrontEnd],
        given: Mapping[Path, bytes],
    ) -> None:
        self._files = tuple(sorted(files, key=folder_by_folder))
        self._roots = tuple(roots)
        self._front_ends = front_ends
        self._given = {str(path): data for path, data in given.items()}
        self._data: dict[str, bytes | Unprocessable] = {}
        self._read = 0
        self._kept: dict[str, bytes] = {}
        self._made: dict[int, Path] = {}
        self._sources: dict[Path, Source] = {}
        self._facts: dict[Path, FileFacts] = {}
        self._failures: dict[Path, Unprocessable] = {}
        self._mentions: dict[tuple[str, FileSet], tuple[Path, ...]] = {}
        self._mentioning: dict[tuple[str, FileSet], list[FileFacts]] = {}
        self._referring: dict[tuple[str, Path], tuple[Path, ...]] = {}
        self._calling: dict[tuple[str, FileSet], tuple[Path, ...]] = {}
        self._assigning: dict[tuple[str, FileSet], tuple[Path, ...]] = {}
        self._changing: dict[tuple[str, FileSet], tuple[Path, ...]] = {}
        self._held: dict[int, int] = {}
        self._noted: dict[str, bytearray] = {}
        self._modules = Modules(self._files, self._roots)
        self.forget_searches()
        self._modules_of: dict[tuple[Path, str, int], Path | None] = {}

    def forget_searches(self) -> None:
        """Forget what is known of imports and words; whatever is asked of them after all is read again."""
        self._graph = ImportGraph(self._files, self._text_of, self._modules, _INDEXED)
        self._words = WordIndex(self._text_of)

    @property
    def failures(self) -> Mapping[Path, Unprocessable]:
        """Why files could not be processed, by path."""
        return self._failures

    @property
    def roots(self) -> tuple[Path, ...]:
        return self._roots

    @property
    def files(self) -> Sequence[str]:
        """The paths of all files, in the order of their numbers."""
        return self._files

    def path(self, number: int) -> Path:
        """The path of a file; made once, for it is compared and hashed often."""
        if number not in self._made:
            self._made[number] = Path(self._files[number])
        return self._made[number]

    def chosen(self, paths: Set[str]) -> Chosen:
        """Those of the files that have these paths."""
        return Chosen(self._modules.number, bytes(map(paths.__contains__, self._files)))

    @cached_property
    def _all(self) -> FileSet:
        return FileSet((1 << len(self._files)) - 1)

    def _near(self, home: Path | None) -> FileSet:
        """The files in which something that ``home`` makes may be read; all there are for None and for a hub."""
        number = None if home is None or len(self._files) <= _FEW else self._modules.number(home)
        near = None if number is None else self._graph.near(number)
        return self._all if near is None else near

    def is_hub(self, home: Path) -> bool:
        """Whether so much lies near ``home`` that names are not searched there."""
        return len(self._files) > _FEW and self._near(home) is self._all

    def may_run_together(self, one: Path, other: Path) -> bool:
        """Whether two files may be parts of one program: imports join them, or nobody can tell."""
        first, second = self._modules.number(one), self._modules.number(other)
        if len(self._files) <= _FEW or first is None or second is None:
            return True
        # What a file imports that imports both lies near both; one answer is enough.
        near = self._graph.near(first)
        if near is not None:
            return near.holds(second)
        near = self._graph.near(second)
        return near is None or near.holds(first)

    def data(self, path: Path) -> bytes | None:
        """The bytes of a file, None if it cannot be read (the failure is recorded)."""
        return self._bytes(str(path))

    def data_of(self, number: int) -> bytes | None:
        """The same for the file with a number."""
        return self._bytes(self._files[number])

    def _bytes(self, path: str) -> bytes | None:
        held = self._data.get(path, self._given.get(path, self._kept.get(path)))
        if held is None:
            try:
                held = read_file(path)
            except Unprocessable as failure:
                held = failure
            if isinstance(held, Unprocessable):
                self._data[path] = held
            else:
                self._keep(path, held)
        if isinstance(held, Unprocessable):
            self._failures[Path(path)] = held
            return None
        return held

    def _keep(self, path: str, data: bytes) -> None:
        """Keep the bytes of the files of a small project; those of a large one would be those read first."""
        self._read += len(data)
        if self._read <= _KEPT:
            self._kept[path] = data
        else:
            self._kept.clear()

    def text(self, path: Path) -> bytes:
        """The bytes of a file to search in; none if it cannot be read."""
        return with_newlines(self.data(path) or b"")

    def _text_of(self, number: int) -> bytes:
        return with_newlines(self.data_of(number) or b"")

    def note(self, number: int, data: bytes, names: Iterable[str]) -> None:
        """Note what will be asked of a file whose bytes are at hand: its imports, and whether it mentions ``names``.

        Files are too many to be kept. Whatever is not noted is read when it is asked for.
        """
        if len(self._files) <= _FEW:
            return
        self._graph.note(number, with_newlines(data))
        for name in names:
            if name not in self._noted:
                self._noted[name] = bytearray(len(self._files))
            self._noted[name][number] = _MENTIONS if holds(data, encoded(name)) else _DOES_NOT

    def source(self, path: Path) -> Source | None:
        """The decoded file, None if that fails (the failure is recorded)."""
        if path in self._sources:
            return self._sources[path]
        data = self.data(path)
        return None if data is None else self._decoded(path, data)

    def _decoded(self, path: Path, data: bytes) -> Source | None:
        try:
            source = decode(path, data)
        except Unprocessable as failure:
            self._failures[path] = failure
            return None
        self._sources[path] = source
        self._data[str(path)] = source.data
        return source

    def facts(self, path: Path) -> FileFacts | None:
        """The facts of a file, None if it cannot be processed (the failure is recorded)."""
        known = self._facts.get(path)
        if known is not None:
            return known
        if path in self._failures:
            return None
        data = self.data(path)
        if data is None:
            return None
        if len(data) > LARGEST:
            reason = (
                f"larger than {LARGEST >> 20} MB, which is not parsed; "
                "move its data into another file, or migrate it by hand"
            )
            self._failures[path] = Unprocessable("OR902", reason, None)
            return None
        source = self._sources.get(path) or self._decoded(path, data)
        if source is None:
            return None
        front_end = self._front_ends.get(path.suffix, self._front_ends[""])
        try:
            facts = front_end(source)
        except SyntaxError as error:
            reason = f"line {error.lineno or 1}: {error.msg}; fix the file or run with a Python that reads it"
            self._failures[path] = Unprocessable("OR902", reason, error.lineno)
        except ValueError as error:
            self._failures[path] = Unprocessable("OR902", f"cannot be parsed: {error}", None)
        except (RecursionError, MemoryError):
            reason = "nested too deeply to be parsed; migrate this file by hand"
            self._failures[path] = Unprocessable("OR902", reason, None)
        else:
            self._facts[path] = facts
            return facts
        # Nobody will ask for its text again.
        self._sources.pop(path)
        self._data.pop(str(path), None)
        return None

    def files_mentioning(self, name: str, home: Path | None = None) -> tuple[Path, ...]:
        """The files near ``home`` whose bytes hold ``name``, in order; for an identifier, as a whole word."""
        near = self._near(home)
        key = (name, near)
        if key not in self._mentions:
            if near is self._all and (len(self._files) > _INDEXED or name in self._noted):
                self._mentions[key] = self._everywhere(name)
            else:
                self._mentions[key] = self._paths(self._words.mentioning(name, near.bits))
        return self._mentions[key]

    def _everywhere(self, name: str) -> tuple[Path, ...]:
        """The files that mention ``name``, among all."""
        # Where a part of it is not, it is not either.
        noted = next((self._noted[part] for part in self._noted if part in name), bytes(len(self._files)))
        needle = encoded(name)
        word = re.compile(rb"\b" + re.escape(needle) + rb"\b") if is_plain_name(name) else None
        found = []
        for number, known in enumerate(noted):
            if known != _DOES_NOT:
                data = self.data_of(number) or b""
                if holds(data, needle) and (word is None or word.search(data)):
                    found.append(number)
        return self._paths(found)

    def _paths(self, numbers: Iterable[int]) -> tuple[Path, ...]:
        return tuple(map(self.path, numbers))

    def facts_mentioning(self, name: str, home: Path | None = None) -> list[FileFacts]:
        """The facts of the files near ``home`` that mention ``name``, without those that cannot be processed."""
        key = (name, self._near(home))
        if key not in self._mentioning:
            self._mentioning[key] = self.facts_of(self.files_mentioning(name, home))
        return self._mentioning[key]

    def facts_mentioning_all(self, names: Sequence[str], home: Path | None = None) -> list[FileFacts]:
        """The facts of the files near ``home`` that mention each of ``names``."""
        first, *others = (self.files_mentioning(name, home) for name in names)
        files = set(first).intersection(*others)
        return self.facts_of(path for path in first if path in files)

    def files_calling(self, name: str, home: Path) -> tuple[Path, ...]:
        """The files near ``home`` in which ``name`` stands before an opening bracket."""
        key = (name, self._near(home))
        if key not in self._calling:
            opened = re.compile(_escaped(name) + GAP + rb"\(")
            mentioning = self.files_mentioning(name, home)
            self._calling[key] = tuple(path for path in mentioning if opened.search(self.text(path)))
        return self._calling[key]

    def files_starring(self, home: Path) -> tuple[Path, ...]:
        """The files near ``home`` that import all names of one of the project's modules."""
        near = self._near(home).bits
        return self._paths(sorted(each for each in self._graph.listing("*") if near >> each & 1))

    def files_referring(self, name: str, home: Path) -> tuple[Path, ...]:
        """The files that can read what the module ``home`` calls ``name``: they import it, or read a member called so.

        If ``home`` is a hub, a member of the module alone.
        """
        key = (name, home)
        if key not in self._referring:
            number = self._modules.number(home)
            found: set[int] = set()
            within = self._near(home).bits
            if number is not None:
                found.update((number, *self._graph.importing(name, number)))
                found.update(self._naming(name, self._graph.importing("*", number)))
                within = self._holding(number) if self.is_hub(home) else within
            found.update(self._words.reading(name, within))
            self._referring[key] = self._paths(sorted(found))
        return self._referring[key]

    def files_reading(self, name: str, home: Path) -> tuple[Path, ...]:
        """The files near ``home`` that read a member called ``name`` of something, or mention it in quotes."""
        return self._paths(sorted(self._words.reading(name, self._near(home).bits)))

    def _naming(self, name: str, numbers: Iterable[int]) -> list[int]:
        """The files that mention ``name`` and may have it from an import of all names."""
        return self._words.mentioning(name, bits_of(numbers, len(self._files)))

    def _holding(self, module: int) -> int:
        """The files that may import the module itself; more rather than fewer."""
        if len(self._files) <= _FEW:
            return self._all.bits
        if module not in self._held:
            self._held[module] = bits_of(self._graph.holding(module), len(self._files))
        return self._held[module]

    def files_changing(self, name: str, home: Path | None = None) -> tuple[Path, ...]:
        """The files near ``home`` that set or add items of something called ``name``."""
        key = (name, self._near(home))
        if key not in self._changing:
            # Patterns that begin with plain letters are searched for several times as fast.
            changed = re.compile(_escaped(name) + _CHANGE)
            mentioning = self.files_mentioning(name, home)
            self._changing[key] = tuple(path for path in mentioning if changed.search(self.text(path)))
        return self._changing[key]

    def files_assigning_global(self, name: str, module: Path) -> tuple[Path, ...]:
        """The files that hold the module itself and assign a member called ``name`` of something."""
        number = self._modules.number(module)
        return () if number is None else self._paths(self._words.setting(name, self._holding(number)))

    def files_assigning(self, name: str, home: Path | None = None) -> tuple[Path, ...]:
        """The files near ``home`` that assign a member called ``name`` of something else than their own ``self``."""
        near = self._near(home)
        key = (name, near)
        if key not in self._assigning:
            self._assigning[key] = self._paths(self._words.setting(name, near.bits))
        return self._assigning[key]

    def facts_of(self, paths: Iterable[Path]) -> list[FileFacts]:
        """The facts of these files, without those that cannot be processed."""
        found = (self.facts(path) for path in paths)
        return [facts for facts in found if facts is not None]

    def unreadable_mentioning(self, name: str, module: Path) -> tuple[Path, ...]:
        """The files that mention ``name`` and the module, and that cannot be processed."""
        stem = module.parent.name if module.stem == "__init__" else module.stem
        needle = stem.encode("utf-8", "surrogateescape")
        return tuple(
            path
            for path in self.files_mentioning(name, module)
            if self.facts(path) is None and needle in (self.data(path) or b"")
        )

    def resolve(self, importer: Path, imported: Import) -> Path | None:
        """The project's file that holds the module ``imported`` names; None if no file of the project does."""
        key = (importer, imported.module, imported.level)
        if key not in self._modules_of:
            found = self._modules.find(importer, imported.module, imported.level)
            self._modules_of[key] = None if found is None else self.path(found)
        return self._modules_of[key]

    def submodule(self, package: Path, name: str) -> Path | None:
        """The file of the submodule ``name`` of the package that the file ``package`` starts."""
        found = self._modules.submodule(package, name)
        return None if found is None else self.path(found)

    def is_namespace(self, importer: Path, imported: Import) -> bool:
        """Whether ``imported`` names a folder of the project without ``__init__.py``."""
        return self._modules.is_namespace(importer, imported.module, imported.level)

    def is_ambiguous(self, imported: Import) -> bool:
        """Whether several files of the project could be the module that ``imported`` names."""
        return self._modules.is_ambiguous(imported.module, imported.level)


def _escaped(name: str) -> bytes:
    return re.escape(encoded(name))
