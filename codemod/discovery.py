"""From paths to the Python files worth reading: the walk, and what it prunes."""
# Paths are strings here: a Path for every entry of a tree takes longer than the walk.
# ruff: noqa: PTH100, PTH113, PTH114, PTH116, PTH118, PTH120, PTH206

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codemod.ignore_files import Rules, is_below_ignored, is_ignored, repository_rules, rules_above, rules_in, rules_of

_PRUNED = frozenset({".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", ".eggs", "__pycache__", "__pypackages__"})
_PRUNED |= {".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules", "site-packages", "build", "dist"}
_PRUNED_SUFFIX = ".egg-info"
# What the folder of an environment holds, whatever its name.
_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files that the given paths name, and what was left out on the way. All paths are absolute.

    ``missing`` are given paths that do not exist; ``excluded`` are given paths that an exclude pattern drops;
    ``outside`` are symbolic links whose target lies outside the walked folders and the base folder; ``unreadable``
    are paths that cannot be looked at, each with the reason.
    """

    files: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()
    excluded: tuple[Path, ...] = ()
    outside: tuple[Path, ...] = ()
    unreadable: tuple[tuple[Path, str], ...] = ()

    @property
    def scanned(self) -> int:
        """How many files are to be read."""
        return len(self.files)


def discover(
    paths: Sequence[Path],
    *,
    base: Path,
    exclude: Sequence[str] = (),
    force_exclude: bool = False,
    gitignore: bool = True,
) -> Discovery:
    """Find the files to migrate: every .py file below a folder, and every file that is named itself.

    ``exclude`` holds patterns as in a .gitignore file of the folder ``base``. They and the ignore files hold for what
    a walk finds; a named path is taken whatever they say. With ``force_exclude`` the exclude patterns (not the ignore
    files) hold for named paths too. Each file is listed once, and a link as its target, if that lies in a walked
    folder or in ``base``.
    """
    search = _Search(os.path.abspath(base), exclude, gitignore)
    for path in dict.fromkeys(os.path.abspath(path) for path in paths):
        search.take(path, force_exclude)
    return search.result()


def walk_all(root: Path, *, gitignore: bool = True) -> Iterator[Path]:
    """Every .py file below ``root`` in sorted order, tests and what the configuration excludes included.

    Links are left out (their targets stand elsewhere in the tree), and so are folders that cannot be listed.
    """
    return iter(_sorted_paths(_Walk(os.path.abspath(root), (), gitignore).files().values()))


def walk_named(root: Path, is_wanted: Callable[[str], bool], *, gitignore: bool = True) -> Iterator[Path]:
    """Every file below ``root`` that ``is_wanted`` says yes to, given its path, in sorted order.

    Folders are passed over as in ``walk_all``; ignore files say nothing about the files themselves.
    """
    return iter(_sorted_paths(_Walk(os.path.abspath(root), (), gitignore).named(is_wanted)))


class _Search:
    """Gathers what ``discover`` gives. Files are kept by their real path."""

    def __init__(self, base: str, exclude: Sequence[str], gitignore: bool) -> None:
        self._base = base
        self._exclude = exclude
        self._gitignore = gitignore
        self._walks: list[_Walk] = []
        self._links: list[str] = []
        self._files: dict[str, str] = {}
        self._missing: list[str] = []
        self._excluded: list[str] = []
        self._outside: list[str] = []
        self._unreadable: list[tuple[str, str]] = []

    def take(self, path: str, force_exclude: bool) -> None:
        """Take a path that the user has named."""
        try:
            is_folder = stat.S_ISDIR(os.stat(path).st_mode)
        except OSError as error:
            if isinstance(error, PermissionError):
                self._unreadable.append((path, _why(error)))
            else:
                self._missing.append(path)  # a link that leads round in a circle included
            return
        except ValueError:
            self._missing.append(path)
            return
        excludes = self._exclude_rules(path if is_folder else os.path.dirname(path))
        asked = path + "/" if is_folder else path
        if force_exclude and is_below_ignored(asked, excludes):
            self._excluded.append(path)
        elif is_folder:
            self._walks.append(_Walk(path, excludes, self._gitignore))
        elif os.path.islink(path):
            self._links.append(path)
        else:
            self._add(os.path.realpath(path), path)

    def result(self) -> Discovery:
        for walk in self._walks:
            for real_path, path in walk.files().items():
                self._add(real_path, path)
            self._unreadable += walk.unreadable
        for link in self._links:
            self._follow(link, named=True)
        for link in [link for walk in self._walks for link in walk.links]:
            self._follow(link, named=False)
        return Discovery(
            files=_sorted_paths(self._files.values()),
            missing=_sorted_paths(self._missing),
            excluded=_sorted_paths(self._excluded),
            outside=_sorted_paths(dict.fromkeys(self._outside)),
            unreadable=tuple((Path(path), reason) for path, reason in sorted(set(self._unreadable))),
        )

    def _add(self, real_path: str, path: str) -> None:
        if path == real_path or real_path not in self._files:
            self._files[real_path] = path

    def _follow(self, link: str, *, named: bool) -> None:
        """List the target of a link to a file, unless the walk that holds the target passes over it."""
        target = os.path.realpath(link)
        if target in self._files or not os.path.isfile(target):
            return
        holders = [walk for walk in self._walks if _is_inside(target, walk.real_root)]
        if named and (holders or _is_inside(target, os.path.realpath(self._base))):
            self._files[target] = target
        elif not holders:
            self._outside.append(link)
        elif not all(walk.passes_over(target) for walk in holders):
            self._files[target] = target

    def _exclude_rules(self, root: str) -> tuple[Rules, ...]:
        """The exclude patterns below ``root``: relative to the base folder, or to ``root`` if that lies elsewhere."""
        inside = root == self._base or _is_inside(root, self._base)
        return rules_of(self._exclude, self._base if inside else root) if self._exclude else ()


class _Walk:
    """A walk below one folder that follows no links. ``links`` and ``unreadable`` are filled by ``files``."""

    def __init__(self, root: str, excludes: tuple[Rules, ...], gitignore: bool) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.links: list[str] = []
        self.unreadable: list[tuple[str, str]] = []
        self._excludes = excludes
        self._gitignore = gitignore
        above = rules_above(root) if gitignore else ()
        # Whoever names an ignored folder wants what is in it.
        self._above = () if is_below_ignored(os.path.join(root, ""), above) else above

    def files(self) -> dict[str, str]:
        """The .py files below the root, by their real paths."""
        files: dict[str, str] = {}
        for entry, kind, rules in self._entries():
            if entry.name.endswith(".py") and not self._hides(entry.path, rules):
                if kind is _LINK:
                    self.links.append(entry.path)
                else:
                    files[self.real_root + entry.path[len(self.root) :]] = entry.path
        return files

    def named(self, is_wanted: Callable[[str], bool]) -> Iterator[str]:
        """The paths of the files and links below the root that are wanted."""
        return (entry.path for entry, _, _ in self._entries() if is_wanted(entry.path))

    def _entries(self) -> Iterator[tuple[os.DirEntry[str], str, tuple[Rules, ...]]]:
        """What is no folder, in every folder that is not pruned, with its kind and the rules that hold for it."""
        stack = [(self.root, self._above)]
        while stack:
            folder, rules = stack.pop()
            entries = self._list(folder)
            names = {entry.name for entry in entries}
            if folder != self.root and not _ENVIRONMENT.isdisjoint(names):
                continue
            rules = self._rules_in(folder, names, rules)
            for entry in entries:
                kind = _kind(entry)
                if kind is _FOLDER:
                    if not self._prunes(entry.name, entry.path, rules):
                        stack.append((entry.path, rules))
                elif kind is not None:
                    yield entry, kind, rules

    def passes_over(self, real_path: str) -> bool:
        """Whether the walk leaves out this file below ``real_root`` for another reason than its suffix."""
        folder, rules = self.root, self._above
        *parents, name = os.path.relpath(real_path, self.real_root).split(os.sep)
        for parent in parents:
            rules = self._rules_in(folder, {entry.name for entry in self._list(folder)}, rules)
            folder = os.path.join(folder, parent)
            names = {entry.name for entry in self._list(folder)}
            if not _ENVIRONMENT.isdisjoint(names) or self._prunes(parent, folder, rules):
                return True
        names = {entry.name for entry in self._list(folder)}
        return self._hides(os.path.join(folder, name), self._rules_in(folder, names, rules))

    def _list(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return list(entries)
        except OSError as error:
            self.unreadable.append((folder, _why(error)))
            return []

    def _rules_in(self, folder: str, names: set[str], rules: tuple[Rules, ...]) -> tuple[Rules, ...]:
        """The rules that hold in ``folder``, weakest first, given those that hold in its parent."""
        if not self._gitignore:
            return ()
        if ".git" in names and folder != self.root:
            rules = repository_rules(folder)  # a repository of its own knows nothing of the one around it
        return rules + rules_in(folder) if ".gitignore" in names else rules

    def _prunes(self, name: str, path: str, rules: tuple[Rules, ...]) -> bool:
        return name in _PRUNED or name.endswith(_PRUNED_SUFFIX) or self._hides(path + "/", rules)

    def _hides(self, path: str, rules: tuple[Rules, ...]) -> bool:
        return is_ignored(path, self._excludes) or is_ignored(path, rules)


_FOLDER, _LINK, _FILE = "folder", "link", "file"


def _kind(entry: os.DirEntry[str]) -> str | None:
    """What an entry is; None for FIFOs and the like, and for what cannot be looked at."""
    try:
        if entry.is_symlink():
            return _LINK
        if entry.is_dir(follow_symlinks=False):
            return _FOLDER
        return _FILE if entry.is_file(follow_symlinks=False) else None
    except OSError:
        return None


def _is_inside(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, ""))


def _sorted_paths(paths: Iterable[str]) -> tuple[Path, ...]:
    return tuple(map(Path, sorted(paths, key=lambda path: path.split(os.sep))))


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
