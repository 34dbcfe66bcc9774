"""The project as provenance asks for it: modules, facts and mentions, read on demand and only once.

Import roots of a file are the project's root (the nearest folder with pyproject.toml, setup.py, setup.cfg or .git),
its ``src`` folder, the first ancestor without ``__init__.py``, and the file's own folder if that is no package.
"""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.source import Source, Unprocessable, decode, read_file

if TYPE_CHECKING:
    from codemod.provenance.facts import FileFacts, Import

ROOT_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")

FrontEnd = Callable[[Path, str], "FileFacts"]


def find_root(path: Path) -> Path | None:
    """The nearest folder at or above ``path`` that marks a project; None if there is none."""
    folder = path if path.is_dir() else path.parent
    for each in (folder, *folder.parents):
        if any((each / marker).exists() for marker in ROOT_MARKERS):
            return each
    return None


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

_WORD = re.compile(rb"[A-Za-z_]\w*")


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
        self._files = tuple(sorted(files, key=lambda path: str(path).replace(os.sep, "\0")))
        self._roots = tuple(roots)
        self._front_ends = front_ends
        self._data: dict[Path, bytes | Unprocessable] = dict(given)
        self._sources: dict[Path, Source] = {}
        self._facts: dict[Path, FileFacts] = {}
        self._failures: dict[Path, Unprocessable] = {}
        self._mentions: dict[str, tuple[Path, ...]] = {}
        self._mentioning: dict[str, list[FileFacts]] = {}
        self._assigning: dict[str, list[FileFacts]] = {}
        self._changing: dict[str, list[FileFacts]] = {}
        self._modules: dict[tuple[Path, str, int], Path | None] = {}

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
    def _known(self) -> frozenset[Path]:
        return frozenset(self._files)

    @cached_property
    def _folders(self) -> frozenset[Path]:
        return frozenset(parent for path in self._files for parent in path.parents)

    def data(self, path: Path) -> bytes | None:
        """The bytes of a file, None if it cannot be read (the failure is recorded)."""
        held = self._data.get(path)
        if held is None:
            try:
                held = read_file(path)
            except Unprocessable as failure:
                held = failure
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

    def files_mentioning(self, name: str) -> tuple[Path, ...]:
        """The project's files whose bytes hold ``name``, in order; for an identifier, as a whole word."""
        if name not in self._mentions:
            if name.isidentifier() and name.isascii():
                self._mentions[name] = self._words.get(name.encode(), ())
            else:
                needle = name.encode("utf-8", "surrogatepass")
                self._mentions[name] = tuple(path for path in self._files if needle in (self.data(path) or b""))
        return self._mentions[name]

    @cached_property
    def _words(self) -> Mapping[bytes, tuple[Path, ...]]:
        """The files that hold each identifier of the project: names are asked for by the hundred."""
        found: dict[bytes, list[Path]] = {}
        for path in self._files:
            for word in set(_WORD.findall(self.data(path) or b"")):
                found.setdefault(word, []).append(path)
        return {word: tuple(paths) for word, paths in found.items()}

    def facts_mentioning(self, name: str) -> list[FileFacts]:
        """The facts of the files that mention ``name``; files that cannot be processed are left out."""
        if name not in self._mentioning:
            found = (self.facts(path) for path in self.files_mentioning(name))
            self._mentioning[name] = [facts for facts in found if facts is not None]
        return self._mentioning[name]

    def facts_mentioning_all(self, *names: str) -> list[FileFacts]:
        """The facts of the files that mention each of ``names``."""
        files = set(self.files_mentioning(names[0])).intersection(*map(self.files_mentioning, names[1:]))
        found = (self.facts(path) for path in self._files if path in files) if files else ()
        return [facts for facts in found if facts is not None]

    def facts_changing(self, name: str) -> list[FileFacts]:
        """The facts of the files that set or add items of something called ``name``."""
        if name not in self._changing:
            # Patterns that begin with plain letters are searched for several times as fast.
            changed = re.compile(_escaped(name) + rb"\s*(?:\[|[|+]=|\.(?:append|add|extend|update|setdefault)\b)")
            paths = (path for path in self.files_mentioning(name) if changed.search(self.data(path) or b""))
            found = (self.facts(path) for path in paths)
            self._changing[name] = [facts for facts in found if facts is not None and facts.item_bindings]
        return self._changing[name]

    def facts_assigning(self, name: str) -> list[FileFacts]:
        """The facts of the files that assign a member called ``name``."""
        if name not in self._assigning:
            assigned = re.compile(rb"\." + _escaped(name) + rb"\b[^=\n]*=(?!=)")
            named = re.compile(rb"[\"']" + _escaped(name) + rb"[\"']")
            paths = (
                path
                for path in self.files_mentioning(name)
                if assigned.search(data := self.data(path) or b"") or (b"setattr(" in data and named.search(data))
            )
            found = (self.facts(path) for path in paths)
            self._assigning[name] = [facts for facts in found if facts is not None and name in facts.member_bindings]
        return self._assigning[name]

    def unreadable_mentioning(self, name: str, module: Path) -> tuple[Path, ...]:
        """The files that mention ``name`` and the module, and that cannot be processed."""
        stem = module.parent.name if module.stem == "__init__" else module.stem
        needle = stem.encode("utf-8", "surrogateescape")
        return tuple(
            path
            for path in self.files_mentioning(name)
            if self.facts(path) is None and needle in (self.data(path) or b"")
        )

    def resolve(self, importer: Path, imported: Import) -> Path | None:
        """The project's file that holds the module ``imported`` names; None if no file of the project does."""
        key = (importer, imported.module, imported.level)
        if key not in self._modules:
            self._modules[key] = self._find_module(importer, imported.module, imported.level)
        return self._modules[key]

    def submodule(self, package: Path, name: str) -> Path | None:
        """The file of the submodule ``name`` of the package that the file ``package`` starts."""
        if package.name != "__init__.py":
            return None
        return self._module_file(package.parent / name)

    def _find_module(self, importer: Path, module: str, level: int) -> Path | None:
        parts = [part for part in module.split(".") if part]
        if level > 0:
            base = importer.parent
            for _ in range(level - 1):
                base = base.parent
            return self._module_file(base.joinpath(*parts), importer)
        for root in self._import_roots(importer, parts[0]):
            found = self._module_file(root.joinpath(*parts), importer)
            if found is not None:
                return found
        return self._only_one_of_name(importer, tuple(parts))

    def _only_one_of_name(self, importer: Path, parts: tuple[str, ...]) -> Path | None:
        """The one file of the project that an import could mean whose path is set up at run time."""
        if parts[0] == "openai" or parts[0] in sys.stdlib_module_names:
            return None
        found = set(self._outside_packages(parts)) - {importer}
        return next(iter(found)) if len(found) == 1 else None

    def is_ambiguous(self, imported: Import) -> bool:
        """Whether several files of the project could be the module that ``imported`` names."""
        parts = tuple(part for part in imported.module.split(".") if part)
        if imported.level or not parts or parts[0] == "openai" or parts[0] in sys.stdlib_module_names:
            return False
        return len(self._outside_packages(parts)) > 1

    def _outside_packages(self, parts: tuple[str, ...]) -> list[Path]:
        """The files of the module ``parts`` whose topmost folder is no package, so that a path entry may hold it."""
        found = []
        for path in self._by_module.get(parts[-1], ()):
            named = path.parent if path.name == "__init__.py" else path.with_suffix("")
            if named.parts[-len(parts) :] == parts:
                home = Path(*named.parts[: -len(parts)])
                if (home / "__init__.py") not in self._known:
                    found.append(path)
        return found

    @cached_property
    def _by_module(self) -> Mapping[str, tuple[Path, ...]]:
        found: dict[str, list[Path]] = defaultdict(list)
        for path in self._files:
            found[path.parent.name if path.name == "__init__.py" else path.stem].append(path)
        return {name: tuple(paths) for name, paths in found.items()}

    def _module_file(self, place: Path, importer: Path | None = None) -> Path | None:
        for candidate in (place.with_name(f"{place.name}.py"), place / "__init__.py"):
            if candidate in self._known and candidate != importer:
                return candidate
        return None

    def is_namespace(self, importer: Path, imported: Import) -> bool:
        """Whether ``imported`` names a folder of the project without ``__init__.py``."""
        parts = [part for part in imported.module.split(".") if part]
        if imported.level > 0:
            base = importer.parent
            for _ in range(imported.level - 1):
                base = base.parent
            return base.joinpath(*parts) in self._folders
        return any(root.joinpath(*parts) in self._folders for root in self._import_roots(importer, parts[0]))

    def _import_roots(self, importer: Path, top: str) -> list[Path]:
        """Where absolute imports of ``importer`` start, nearest first.

        ``openai`` is a module of the project only if a project root or its src folder holds it: ``providers/openai.py``
        is a common name for a file that uses the SDK.
        """
        project_roots = sorted(
            (root for root in self._roots_of(importer)), key=lambda root: len(root.parts), reverse=True
        )
        anchored = [folder for root in project_roots for folder in (root, root / "src")]
        if top == "openai":
            return anchored
        ancestor = importer.parent
        while (ancestor / "__init__.py") in self._known and ancestor != ancestor.parent:
            ancestor = ancestor.parent
        own = [ancestor]
        return list(dict.fromkeys([*own, *anchored]))

    def _roots_of(self, importer: Path) -> list[Path]:
        nearest = find_root(importer)
        roots = [root for root in self._roots if root == importer.parent or root in importer.parents]
        if nearest is not None and nearest not in roots:
            roots.append(nearest)
        return roots


def _escaped(name: str) -> bytes:
    return re.escape(name.encode("utf-8", "surrogatepass"))
