"""Which file of the project the name of a module means.

Import roots of a file are the project's root (the nearest folder with pyproject.toml, setup.py, setup.cfg or .git),
its ``src`` folder, and the first ancestor without ``__init__.py``, which is the file's own folder if that is no
package. Paths are handled as texts: trees have hundreds of thousands of imports.
"""
# ruff: noqa: PTH118, PTH120 - texts, for speed

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

ROOT_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
_PACKAGE = f"{os.sep}__init__.py"


def find_root(path: Path) -> Path | None:
    """The nearest folder at or above ``path`` that marks a project; None if there is none."""
    folder = path if path.is_dir() else path.parent
    for each in (folder, *folder.parents):
        if any((each / marker).exists() for marker in ROOT_MARKERS):
            return each
    return None


class Modules:
    """The modules that ``files`` are, for a project whose outermost folders are ``roots``."""

    def __init__(self, files: Iterable[Path], roots: Iterable[Path]) -> None:
        self._files = {str(path): path for path in files}
        self._roots = tuple(roots)
        self._import_roots: dict[str, tuple[list[str], list[str]]] = {}
        self._found: dict[tuple[str, str, int], tuple[Path, ...]] = {}

    def find(self, importer: Path, module: str, level: int) -> Path | None:
        """The file of the module that an import in ``importer`` names; None if no file of the project is it."""
        parts = [part for part in module.split(".") if part]
        if level > 0:
            return self._file_at(os.sep.join((_folder_above(importer, level), *parts)), importer)
        for root in self._roots_for(importer, parts[0]):
            found = self._file_at(os.sep.join((root, *parts)), importer)
            if found is not None:
                return found
        if self._is_never_found_elsewhere(parts):
            return None
        # The one file that an import could mean whose path is set up at run time.
        elsewhere = set(self._outside_packages(parts)) - {importer}
        return next(iter(elsewhere)) if len(elsewhere) == 1 else None

    def submodule(self, package: Path, name: str) -> Path | None:
        """The file of the submodule ``name`` of the package that the file ``package`` starts."""
        return self._file_at(f"{package.parent}{os.sep}{name}") if package.name == "__init__.py" else None

    def may_mean(self, importer: Path, module: str, level: int, names: Sequence[str]) -> Iterator[Path]:
        """The files that ``from module import names`` in ``importer`` may run or hand on, more rather than fewer."""
        found = self._all_called(importer, module, level)
        yield from found
        for package in found or self._namespaces(importer, module, level):
            for name in names:
                folder = str(package.parent) if package.name == "__init__.py" else str(package)
                inner = self._file_at(f"{folder}{os.sep}{name}")
                if inner is not None:
                    yield inner

    def is_namespace(self, importer: Path, module: str, level: int) -> bool:
        """Whether an import names a folder of the project without ``__init__.py``.

        A folder is no package beside one that is installed, wherever on the path they are: ``openai`` is the SDK.
        """
        if not level and module.split(".", maxsplit=1)[0] == "openai":
            return False
        return any(True for _ in self._namespaces(importer, module, level))

    def is_ambiguous(self, module: str, level: int) -> bool:
        """Whether several files of the project could be the module, for all that is known of the path."""
        parts = [part for part in module.split(".") if part]
        if level or not parts or self._is_never_found_elsewhere(parts):
            return False
        return len(self._outside_packages(parts)) > 1

    def _all_called(self, importer: Path, module: str, level: int) -> tuple[Path, ...]:
        key = (str(importer.parent), module, level)
        if key not in self._found:
            # The folder stands for all files in it.
            self._found[key] = self._find_all(importer.with_name("*"), module, level)
        found = self._found[key]
        return self._find_all(importer, module, level) if importer in found else found

    def _find_all(self, importer: Path, module: str, level: int) -> tuple[Path, ...]:
        parts = [part for part in module.split(".") if part]
        found = self.find(importer, module, level) if parts or level else None
        if found is not None:
            return (found,)
        is_open = not level and bool(parts) and not self._is_never_found_elsewhere(parts)
        return tuple(self._outside_packages(parts)) if is_open else ()

    def _namespaces(self, importer: Path, module: str, level: int) -> Iterator[Path]:
        parts = [part for part in module.split(".") if part]
        roots = [_folder_above(importer, level)] if level > 0 else self._roots_for(importer, parts[0])
        for root in roots:
            place = os.sep.join((root, *parts))
            if place in self._folders:
                yield Path(place)

    def _file_at(self, place: str, importer: Path | None = None) -> Path | None:
        for candidate in (f"{place}.py", f"{place}{_PACKAGE}"):
            found = self._files.get(candidate)
            if found is not None and found != importer:
                return found
        return None

    @staticmethod
    def _is_never_found_elsewhere(parts: Sequence[str]) -> bool:
        return parts[0] == "openai" or parts[0] in sys.stdlib_module_names

    def _outside_packages(self, parts: Sequence[str]) -> list[Path]:
        """The files of the module ``parts`` whose topmost folder is no package, so that a path entry may hold it."""
        tail = os.sep.join(("", *parts))
        found = []
        for place in self._by_name.get(parts[-1], ()):
            named = place.removesuffix(_PACKAGE).removesuffix(".py")
            if named.endswith(tail) and f"{named[: -len(tail)]}{_PACKAGE}" not in self._files:
                found.append(self._files[place])
        return found

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for place in self._files:
            found[module_name(place)].append(place)
        return found

    @cached_property
    def _folders(self) -> frozenset[str]:
        found: set[str] = set()
        for place in self._files:
            folder = os.path.dirname(place)
            while folder not in found and folder != os.path.dirname(folder):
                found.add(folder)
                folder = os.path.dirname(folder)
        return frozenset(found)

    def _roots_for(self, importer: Path, top: str) -> list[str]:
        """Where absolute imports of ``importer`` start, nearest first.

        ``openai`` is a module of the project only if a project root or its src folder holds it: ``providers/openai.py``
        is a common name for a file that uses the SDK.
        """
        folder = str(importer.parent)
        if folder not in self._import_roots:
            anchored = self._project_roots(importer)
            ancestor = folder
            while f"{ancestor}{_PACKAGE}" in self._files:
                ancestor = os.path.dirname(ancestor)
            self._import_roots[folder] = list(dict.fromkeys([ancestor, *anchored])), anchored
        own, anchored = self._import_roots[folder]
        return anchored if top == "openai" else own

    def _project_roots(self, importer: Path) -> list[str]:
        roots = [root for root in self._roots if root == importer.parent or root in importer.parents]
        nearest = find_root(importer)
        if nearest is not None and nearest not in roots:
            roots.append(nearest)
        roots.sort(key=lambda root: len(root.parts), reverse=True)
        return [str(folder) for root in roots for folder in (root, root / "src")]


def module_name(place: str) -> str:
    """The last part of the name of the module that the file at ``place`` is."""
    folder, _, name = place.rpartition(os.sep)
    return folder.rpartition(os.sep)[2] if name == "__init__.py" else name.removesuffix(".py")


def _folder_above(importer: Path, level: int) -> str:
    folder = importer.parent
    for _ in range(level - 1):
        folder = folder.parent
    return str(folder)
