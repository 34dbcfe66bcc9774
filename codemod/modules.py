"""Which file of the project the name of a module means.

Import roots of a file are the project's root (the nearest folder with pyproject.toml, setup.py, setup.cfg or .git),
its ``src`` folder, and the first ancestor without ``__init__.py``, which is the file's own folder if that is no
package. Paths are handled as texts and files as their numbers: trees have hundreds of thousands of imports.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

ROOT_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
_PACKAGE = f"{os.sep}__init__.py"

# The files that a module may be, and the folders in which more modules of it are, if it is a package.
Meant = tuple[Sequence[int], Sequence[str]]


def find_root(path: Path) -> Path | None:
    """The nearest folder at or above ``path`` that marks a project; None if there is none."""
    folder = path if path.is_dir() else path.parent
    return next((each for each in (folder, *folder.parents) if _marks_root(str(each))), None)


def _marks_root(folder: str) -> bool:
    # Fails without an exception where there is none, as almost everywhere.
    return any(os.access(f"{folder}{os.sep}{marker}", os.F_OK) for marker in ROOT_MARKERS)


class Modules:
    """The modules that ``files`` are, for a project whose outermost folders are ``roots``.

    A file is known by its number: its place among ``files``.
    """

    def __init__(self, files: Sequence[str], roots: Iterable[Path]) -> None:
        self._files = files
        self._numbers = {path: number for number, path in enumerate(files)}
        self._roots = tuple(str(root).rstrip(os.sep) for root in roots)
        self._marked: dict[str, str | None] = {}
        self._import_roots: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._with_src: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._elsewhere: dict[str, list[int]] = {}

    def number(self, path: Path) -> int | None:
        """The number of a file; None if it is none of the project's."""
        return self._numbers.get(str(path))

    def find(self, importer: Path, module: str, level: int) -> int | None:
        """The file of the module that an import in ``importer`` names; None if no file of the project is it."""
        itself = self.number(importer)
        folder = folder_of(str(importer))
        found = self._on_the_path(folder, module, level, itself)
        if found is None and not level:
            # The one file that an import could mean whose path is set up at run time.
            elsewhere = [each for each in self._outside_packages(module) if each != itself]
            found = elsewhere[0] if len(elsewhere) == 1 else None
        return found

    def submodule(self, package: Path, name: str) -> int | None:
        """The file of the submodule ``name`` of the package that the file ``package`` starts."""
        return self._file_at(f"{package.parent}{os.sep}{name}") if package.name == "__init__.py" else None

    def package(self, folder: str) -> int | None:
        """The file that starts the package in ``folder``; None if that is none of the project's packages."""
        return self._numbers.get(f"{folder}{_PACKAGE}")

    def is_package(self, folder: str) -> bool:
        """Whether the folder is one of the project's packages."""
        return f"{folder}{_PACKAGE}" in self._numbers

    def may_be_inside(self, module: str) -> bool:
        """Whether ``module`` may be one of the project's, for all that its topmost name says."""
        return module.partition(".")[0] in self._tops

    def may_be(self, folder: str, module: str, level: int, itself: int | None = None) -> Meant:
        """What ``from module`` in a file of ``folder`` may mean, rather too much.

        ``itself`` is the number of the file in which the import stands: it does not mean itself.
        """
        on_the_path = self._on_the_path(folder, module, level, itself)
        if on_the_path is not None:
            package = self._packages.get(on_the_path)
            return (on_the_path,), () if package is None else (package,)
        found = () if level else self._outside_packages(module)
        if found:
            return found, [self._packages[each] for each in found if each in self._packages]
        return (), list(self._namespaces(folder, module, level))

    def inside(self, packages: Iterable[str], names: Iterable[bytes]) -> Iterator[int]:
        """The files of the modules called ``names`` in the folders ``packages``."""
        numbers = self._numbers
        for package in packages:
            for name in names:
                place = f"{package}{os.sep}{name.decode('utf-8', 'replace')}"
                inner = numbers.get(f"{place}.py")
                if inner is None:
                    inner = numbers.get(f"{place}{_PACKAGE}")
                if inner is not None:
                    yield inner

    def is_namespace(self, importer: Path, module: str, level: int) -> bool:
        """Whether an import names a folder of the project without ``__init__.py``.

        A folder is no package beside one that is installed, wherever on the path they are: ``openai`` is the SDK.
        """
        if not level and module.split(".", maxsplit=1)[0] == "openai":
            return False
        return any(True for _ in self._namespaces(folder_of(str(importer)), module, level))

    def is_ambiguous(self, module: str, level: int) -> bool:
        """Whether several files of the project could be the module, for all that is known of the path."""
        return not level and len(self._outside_packages(module)) > 1

    def _on_the_path(self, folder: str, module: str, level: int, itself: int | None) -> int | None:
        """The file of the module that an import in a file of ``folder`` finds from where imports of the file start."""
        place = module.replace(".", os.sep)
        if level > 0:
            above = _folder_above(folder, level)
            return self._file_at(f"{above}{os.sep}{place}" if place else above, itself)
        top = module.partition(".")[0]
        if top in self._tops:
            for root in self._roots_for(folder, top):
                found = self._file_at(f"{root}{os.sep}{place}", itself)
                if found is not None:
                    return found
        return None

    def _namespaces(self, folder: str, module: str, level: int) -> Iterator[str]:
        place = module.replace(".", os.sep)
        roots = (_folder_above(folder, level),) if level > 0 else self._roots_for(folder, module.partition(".")[0])
        for root in roots:
            named = f"{root}{os.sep}{place}" if place else root
            if named in self._folders:
                yield named

    def _file_at(self, place: str, itself: int | None = None) -> int | None:
        found = self._numbers.get(f"{place}.py")
        if found is None or found == itself:
            found = self._numbers.get(f"{place}{_PACKAGE}")
        return None if found == itself else found

    def _outside_packages(self, module: str) -> Sequence[int]:
        """The files of ``module`` whose topmost folder is no package, so that a path entry may hold it."""
        top, _, _ = module.partition(".")
        if top == "openai" or top in sys.stdlib_module_names or top not in self._tops:
            return ()
        if module not in self._elsewhere:
            self._elsewhere[module] = list(self._find_outside_packages(module))
        return self._elsewhere[module]

    def _find_outside_packages(self, module: str) -> Iterator[int]:
        tail = f"{os.sep}{module.replace('.', os.sep)}"
        for number in self._by_name.get(module.rpartition(".")[2], ()):
            named = self._files[number].removesuffix(_PACKAGE).removesuffix(".py")
            if named.endswith(tail) and f"{named[: -len(tail)]}{_PACKAGE}" not in self._numbers:
                yield number

    @cached_property
    def _packages(self) -> Mapping[int, str]:
        """The folder of each file that starts a package."""
        return {number: folder_of(place) for place, number in self._numbers.items() if place.endswith(_PACKAGE)}

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, number in self._numbers.items():
            found[module_name(place)].append(number)
        return found

    @cached_property
    def _folders(self) -> frozenset[str]:
        found: set[str] = set()
        for place in self._numbers:
            folder = folder_of(place)
            while folder not in found and folder != folder_of(folder):
                found.add(folder)
                folder = folder_of(folder)
        return frozenset(found)

    @cached_property
    def _tops(self) -> frozenset[str]:
        """What the topmost name of a module of the project can be."""
        return frozenset((*self._by_name, *map(os.path.basename, self._folders)))

    def roots_for(self, folder: str) -> tuple[str, ...]:
        """Where absolute imports of files in ``folder`` start, nearest first."""
        return self._roots_for(folder, "")

    def _roots_for(self, folder: str, top: str) -> tuple[str, ...]:
        """The same for imports of ``top``.

        ``openai`` is a module of the project only if a project root or its src folder holds it: ``providers/openai.py``
        is a common name for a file that uses the SDK.
        """
        if folder not in self._import_roots:
            anchored = self._project_roots(folder)
            ancestor = folder
            while self.is_package(ancestor):
                ancestor = folder_of(ancestor)
            self._import_roots[folder] = tuple(dict.fromkeys([ancestor, *anchored])), anchored
        own, anchored = self._import_roots[folder]
        return anchored if top == "openai" else own

    def _project_roots(self, folder: str) -> tuple[str, ...]:
        roots = [root for root in self._roots if folder == root or folder.startswith(f"{root}{os.sep}")]
        nearest = self._root_above(folder)
        if nearest is not None and nearest not in roots:
            roots.append(nearest)
        # Most folders have the same; it is kept once.
        nearest_first = tuple(sorted(roots, key=len, reverse=True))
        if nearest_first not in self._with_src:
            both = tuple(each for root in nearest_first for each in (root, f"{root}{os.sep}src"))
            self._with_src[nearest_first] = both
        return self._with_src[nearest_first]

    def _root_above(self, folder: str) -> str | None:
        """The root that ``find_root`` finds; each folder is looked into once."""
        if folder not in self._marked:
            above = folder_of(folder)
            if _marks_root(folder):
                self._marked[folder] = folder
            else:
                self._marked[folder] = None if above == folder else self._root_above(above)
        return self._marked[folder]


def folder_of(place: str) -> str:
    """The folder that the path leads into, without the separator; less work than what the standard library does."""
    return place.rpartition(os.sep)[0]


def module_name(place: str) -> str:
    """The last part of the name of the module that the file at ``place`` is."""
    folder, _, name = place.rpartition(os.sep)
    return folder.rpartition(os.sep)[2] if name == "__init__.py" else name.removesuffix(".py")


def _folder_above(folder: str, level: int) -> str:
    for _ in range(level - 1):
        folder = folder_of(folder)
    return folder
