"""The project as provenance asks for it: modules, facts and mentions, read on demand and only once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.import_graph import ImportGraph, import_statements, path_order
from codemod.modules import Modules, module_name
from codemod.source import Source, Unprocessable, decode, read_file

if TYPE_CHECKING:
    from codemod.provenance.facts import FileFacts, Import

FrontEnd = Callable[[Path, str], "FileFacts"]


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
_OWN = re.compile(rb"(?<![\w.])(?:self|cls)$")
_CALL = re.compile(rb"\w\(")
_WORD = re.compile(rb"[A-Za-z_]\w*")
# A member that a statement sets: alone, annotated, or among others.
_SET_MEMBER = re.compile(rb"\.([^\W\d]\w*)(?=\s*(?:([,)\]])[^=\n]*|:[^=\n]*)?(?:[-+*/%@&|^]|//|\*\*|<<|>>)?=(?!=))")
_QUOTED = re.compile(rb"[\"']([^\W\d]\w*)[\"']")
# A project of so few files is searched as a whole: it costs little, and a name says more than imports do.
_FEW = 300
# So many files are searched for one name as fast as all their words are noted.
_INDEXED = 2_000
# Bytes of files that are kept; files beyond that are read again where they are looked into again.
_KEPT = 4_000_000


class Project:
    """A read-only view of all files that may matter.

    ``files`` are the project's own source files, ``front_ends`` turn text into facts by file suffix ("" is the one
    for files without a known suffix), ``given`` are the bytes of files that are not read from disk.
    """

    def __init__(
        self,
        files: Iterable[Path],
        roots: Iterable[Path],
        front_ends: Mapping[str, FrontEnd],
        given: Mapping[Path, bytes],
    ) -> None:
        self._files = tuple(sorted(files, key=path_order))
        self._roots = tuple(roots)
        self._front_ends = front_ends
        self._data: dict[Path, bytes | Unprocessable] = dict(given)
        self._kept = 0
        self._sources: dict[Path, Source] = {}
        self._facts: dict[Path, FileFacts] = {}
        self._failures: dict[Path, Unprocessable] = {}
        self._words: dict[bytes, list[Path]] = {}
        self._indexed: set[Path] = set()
        self._mentions: dict[tuple[str, frozenset[Path]], tuple[Path, ...]] = {}
        self._mentioning: dict[tuple[str, frozenset[Path]], list[FileFacts]] = {}
        self._referring: dict[tuple[str, Path], tuple[Path, ...]] = {}
        self._reached: dict[tuple[str, frozenset[Path]], tuple[frozenset[Path], frozenset[Path]]] = {}
        self._imported: dict[Path, frozenset[str]] = {}
        self._assigned: dict[Path, frozenset[bytes]] = {}
        self._assigning_global: dict[Path, dict[bytes, list[Path]]] = {}
        self._changing: dict[tuple[str, frozenset[Path]], tuple[Path, ...]] = {}
        self._modules = Modules(self._files, self._roots)
        self._modules_of: dict[tuple[Path, str, int], Path | None] = {}

    @property
    def failures(self) -> Mapping[Path, Unprocessable]:
        """Why files could not be processed, by path."""
        return self._failures

    @property
    def roots(self) -> tuple[Path, ...]:
        return self._roots

    @property
    def files(self) -> tuple[Path, ...]:
        return self._files

    @cached_property
    def _all(self) -> frozenset[Path]:
        return frozenset(self._files)

    @cached_property
    def _order(self) -> Mapping[Path, int]:
        return {path: position for position, path in enumerate(self._files)}

    @cached_property
    def _graph(self) -> ImportGraph:
        return ImportGraph(self._files, lambda path: self.data(path) or b"", self._modules, _INDEXED)

    def _near(self, home: Path | None) -> frozenset[Path]:
        """The files in which something that ``home`` makes may be read; all there are for None and for a hub."""
        near = None if home is None or len(self._files) <= _FEW else self._graph.near(home)
        return self._all if near is None else near

    def is_hub(self, home: Path) -> bool:
        """Whether so much lies near ``home`` that names are not searched there."""
        return len(self._files) > _FEW and self._graph.near(home) is None

    def may_run_together(self, one: Path, other: Path) -> bool:
        """Whether two files may be parts of one program: imports join them, or nobody can tell."""
        if len(self._files) <= _FEW or not {one, other} <= self._all:
            return True
        # What a file imports that imports both lies near both; one answer is enough.
        near = self._graph.near(one)
        if near is not None:
            return other in near
        near = self._graph.near(other)
        return near is None or one in near

    def data(self, path: Path) -> bytes | None:
        """The bytes of a file, None if it cannot be read (the failure is recorded)."""
        held = self._data.get(path)
        if held is None:
            try:
                held = read_file(path)
            except Unprocessable as failure:
                held = failure
            if isinstance(held, Unprocessable):
                self._data[path] = held
            elif self._kept + len(held) <= _KEPT:
                self._kept += len(held)
                self._data[path] = held
        if isinstance(held, Unprocessable):
            self._failures[path] = held
            return None
        return held

    def source(self, path: Path) -> Source | None:
        """The decoded file, None if that fails (the failure is recorded)."""
        if path in self._sources:
            return self._sources[path]
        data = self.data(path)
        if data is None:
            return None
        try:
            source = decode(path, data)
        except Unprocessable as failure:
            self._failures[path] = failure
            return None
        self._sources[path] = source
        return source

    def facts(self, path: Path) -> FileFacts | None:
        """The facts of a file, None if it cannot be processed (the failure is recorded)."""
        if path in self._facts:
            return self._facts[path]
        if path in self._failures:
            return None
        if len(self.data(path) or b"") > LARGEST:
            reason = (
                f"larger than {LARGEST >> 20} MB, which is not parsed; "
                "move its data into another file, or migrate it by hand"
            )
            self._failures[path] = Unprocessable("OR902", reason, None)
            return None
        source = self.source(path)
        if source is None:
            return None
        front_end = self._front_ends.get(path.suffix, self._front_ends[""])
        try:
            facts = front_end(path, source.text)
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
        return None

    def files_mentioning(self, name: str, home: Path | None = None) -> tuple[Path, ...]:
        """The files near ``home`` whose bytes hold ``name``, in order; for an identifier, as a whole word."""
        near = self._near(home)
        key = (name, near)
        if key not in self._mentions:
            self._mentions[key] = tuple(sorted(self._holding(name, near), key=self._order.__getitem__))
        return self._mentions[key]

    def _holding(self, name: str, paths: frozenset[Path]) -> Iterable[Path]:
        needle = name.encode("utf-8", "surrogatepass")
        is_word = name.isidentifier() and name.isascii()
        if is_word and len(paths) <= _INDEXED:
            self._index(paths)
            return [path for path in self._words.get(needle, ()) if path in paths]
        found = [path for path in paths if needle in (self.data(path) or b"")]
        if not is_word:
            return found
        word = re.compile(rb"\b" + needle + rb"\b")
        return [path for path in found if word.search(self.data(path) or b"")]

    def _index(self, paths: frozenset[Path]) -> None:
        """Note which identifiers the files hold: names are asked for by the hundred."""
        for path in paths - self._indexed:
            for word in set(_WORD.findall(self.data(path) or b"")):
                self._words.setdefault(word, []).append(path)
        self._indexed |= paths

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

    def files_referring(self, name: str, home: Path) -> tuple[Path, ...]:
        """The files near ``home`` that can read what it calls ``name``: as a member, or because they import it.

        If ``home`` is a hub, as a member of the module alone.
        """
        key = (name, home)
        if key not in self._referring:
            if self.is_hub(home):
                importing = self._graph.listing(name)
                found = importing | self._reading_member(name, self.files_holding(home) - importing - {home})
            else:
                found = self._reaching(name, home)
            self._referring[key] = tuple(sorted({home, *found}, key=self._order.__getitem__))
        return self._referring[key]

    def _reaching(self, name: str, home: Path) -> frozenset[Path]:
        """The files near ``home`` that read a member called ``name`` or import it; many files have a name in common."""
        key = (name, self._near(home))
        if key not in self._reached:
            mentioning = self.files_mentioning(name, home)
            importing = frozenset(self._files_importing(name, mentioning))
            self._reached[key] = importing, frozenset(mentioning) - importing
        found, pending = self._reached[key]
        if pending - {home}:
            # The home itself counts anyway, and may be long: it is searched once another file is the home.
            found |= self._reading_member(name, pending - {home})
            self._reached[key] = found, pending & {home}
        return found

    def _reading_member(self, name: str, paths: Iterable[Path]) -> frozenset[Path]:
        """Those of ``paths`` that read a member called ``name``."""
        needle = name.encode("utf-8", "surrogatepass")
        member = re.compile(rb"(?:\.\s*|[\"'])" + _escaped(name) + rb"\b")
        return frozenset(path for path in paths if needle in (data := self.data(path) or b"") and member.search(data))

    def _files_importing(self, name: str, mentioning: Iterable[Path]) -> Iterable[Path]:
        """The files that may import something called ``name``, those among ``mentioning`` in a small project."""
        if len(self._files) > _FEW:
            return self._graph.listing(name).intersection(mentioning)
        return [path for path in mentioning if not self._names_imported(path).isdisjoint((name, "*"))]

    def _names_imported(self, path: Path) -> frozenset[str]:
        """What the file may import from modules, "*" among it."""
        if path not in self._imported:
            statements = import_statements(self.data(path) or b"")
            self._imported[path] = frozenset(name for statement in statements for name in statement.names)
        return self._imported[path]

    def files_holding(self, module: Path) -> frozenset[Path]:
        """The files that may import the module itself; more rather than fewer."""
        if len(self._files) <= _FEW:
            return self._all
        holding = self._graph.listing(module_name(str(module)))
        folder = module.parent
        # ``import package`` gives ``package.module`` too.
        while folder / "__init__.py" in self._all:
            holding |= self._graph.listing(folder.name)
            folder = folder.parent
        return holding

    def files_changing(self, name: str, home: Path | None = None) -> tuple[Path, ...]:
        """The files near ``home`` that set or add items of something called ``name``."""
        key = (name, self._near(home))
        if key not in self._changing:
            # Patterns that begin with plain letters are searched for several times as fast.
            changed = re.compile(_escaped(name) + rb"\s*(?:\[|[|+]=|\.(?:append|add|extend|update|setdefault)\b)")
            mentioning = self.files_mentioning(name, home)
            self._changing[key] = tuple(path for path in mentioning if changed.search(self.data(path) or b""))
        return self._changing[key]

    def files_assigning_global(self, name: str, module: Path) -> tuple[Path, ...]:
        """The files that hold the module itself and assign a member called ``name`` of something."""
        if len(self._files) <= _FEW:
            return self.files_assigning(name, module)
        if module not in self._assigning_global:
            found: dict[bytes, list[Path]] = {}
            for path in sorted(self.files_holding(module), key=self._order.__getitem__):
                for each in self._assigned_members(path):
                    found.setdefault(each, []).append(path)
            self._assigning_global[module] = found
        return tuple(self._assigning_global[module].get(name.encode("utf-8", "surrogatepass"), ()))

    def files_assigning(self, name: str, home: Path | None = None) -> tuple[Path, ...]:
        """The files near ``home`` that assign a member called ``name`` of something else than their own ``self``."""
        needle = name.encode("utf-8", "surrogatepass")
        return tuple(path for path in self.files_mentioning(name, home) if needle in self._assigned_members(path))

    def _assigned_members(self, path: Path) -> frozenset[bytes]:
        if path not in self._assigned:
            self._assigned[path] = frozenset(_assigned_members(self.data(path) or b""))
        return self._assigned[path]

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
            self._modules_of[key] = self._modules.find(importer, imported.module, imported.level)
        return self._modules_of[key]

    def submodule(self, package: Path, name: str) -> Path | None:
        """The file of the submodule ``name`` of the package that the file ``package`` starts."""
        return self._modules.submodule(package, name)

    def is_namespace(self, importer: Path, imported: Import) -> bool:
        """Whether ``imported`` names a folder of the project without ``__init__.py``."""
        return self._modules.is_namespace(importer, imported.module, imported.level)

    def is_ambiguous(self, imported: Import) -> bool:
        """Whether several files of the project could be the module that ``imported`` names."""
        return self._modules.is_ambiguous(imported.module, imported.level)


def _assigned_members(data: bytes) -> Iterator[bytes]:
    """The members that a file may set of something else than its methods' own ``self``."""
    for match in _SET_MEMBER.finditer(data):
        before = data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        # Among others, it may be an argument of a call.
        is_argument = match[2] is not None and before.count(b"(") > before.count(b")") and _CALL.search(before)
        if not is_argument and _OWN.search(before) is None:
            yield match[1]
    if b"setattr" in data:
        yield from _QUOTED.findall(data)


def _escaped(name: str) -> bytes:
    return re.escape(name.encode("utf-8", "surrogatepass"))
