"""From paths to the Python files worth reading: the walk, and what it prunes."""
# Paths are strings here: a Path for every entry of a tree takes longer than the walk.
# ruff: noqa: PTH100, PTH113, PTH114, PTH116, PTH118, PTH120, PTH206

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from codemod.ignore_files import Rules, is_below_ignored, is_ignored, repository_rules, rules_above, rules_in, rules_of
from codemod.records import record

_PRUNED = frozenset({".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", ".eggs", "__pycache__", "__pypackages__"})
_PRUNED |= {".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules", "site-packages", "build", "dist"}
_PRUNED_SUFFIX = ".egg-info"
# What the folder of an environment holds, whatever its name.
_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})


@record
class Discovery:
    """The files that the given paths name, as texts, and what was left out on the way. All paths are absolute.

    ``missing`` are given paths that do not exist; ``excluded`` are given paths that an exclude pattern drops;
    ``outside`` are symbolic links whose target lies outside the walked folders and the base folder; ``unreadable``
    are paths that cannot be looked at, each with the reason. No file is a symbolic link itself; ``real_paths`` are the
    real paths of those that lie behind one.
    """

    files: tuple[str, ...] = ()
    missing: tuple[Path, ...] = ()
    excluded: tuple[Path, ...] = ()
    outside: tuple[Path, ...] = ()
    unreadable: tuple[tuple[Path, str], ...] = ()
    real_paths: Mapping[str, str] = field(default_factory=dict)

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
    walks: Walks | None = None,
) -> Discovery:
    """Find the files to migrate: every .py file below a folder, and every file that is named itself.

    ``exclude`` holds patterns as in a .gitignore file of the folder ``base``. They and the ignore files hold for what
    a walk finds; a named path is taken whatever they say. With ``force_exclude`` the exclude patterns (not the ignore
    files) hold for named paths too. Each file is listed once, and a link as its target, if that lies in a walked
    folder or in ``base``. ``walks`` are the run's walks, by default new ones that respect the ignore files.
    """
    search = _Search(os.path.abspath(base), exclude, walks or Walks())
    for path in dict.fromkeys(os.path.abspath(path) for path in paths):
        search.take(path, force_exclude)
    return search.result()


class Walks:
    """The walks of one run; each folder that is asked about is walked once. ``gitignore``: respect ignore files."""

    def __init__(self, *, gitignore: bool = True) -> None:
        self._gitignore = gitignore
        self._walks: dict[str, _Walk] = {}

    def python_files(self, root: Path) -> Sequence[str]:
        """Every .py file below ``root``, tests and what the configuration excludes included.

        Links are left out (their targets stand elsewhere in the tree), and so are folders that cannot be listed.
        """
        return self.below(os.path.abspath(root)).files

    def named(self, root: Path, is_wanted: Callable[[str], bool]) -> tuple[Path, ...]:
        """Every file below ``root`` but .py files that ``is_wanted`` says yes to, given its path, in sorted order.

        Folders are passed over as in ``python_files``; ignore files say nothing about the files themselves.
        """
        others = self.below(os.path.abspath(root)).others
        paths = (place + name for place, names in others for name in names.split("/"))
        return _sorted_paths(filter(is_wanted, paths))

    def below(self, root: str) -> _Walk:
        if root not in self._walks:
            self._walks[root] = _Walk(root, self._gitignore)
        return self._walks[root]


class _Search:
    """Gathers what ``discover`` gives. Files are kept by their real path."""

    def __init__(self, base: str, exclude: Sequence[str], walks: Walks) -> None:
        self._base = base
        self._exclude = exclude
        self._all_walks = walks
        self._walks: list[_Limited] = []
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
            self._walks.append(_Limited(self._all_walks.below(path), excludes))
        elif os.path.islink(path):
            self._links.append(path)
        else:
            self._add(os.path.realpath(path), path)

    def result(self) -> Discovery:
        for limited in self._walks:
            for path in limited.files():
                self._add(limited.walk.real_path(path), path)
            self._unreadable += limited.unreadable()
        for link in self._links:
            self._follow(link, named=True)
        for link in [link for limited in self._walks for link in limited.links()]:
            self._follow(link, named=False)
        return Discovery(
            files=tuple(sorted(self._files.values(), key=folder_by_folder)),
            missing=_sorted_paths(self._missing),
            excluded=_sorted_paths(self._excluded),
            outside=_sorted_paths(dict.fromkeys(self._outside)),
            unreadable=tuple((Path(path), reason) for path, reason in sorted(set(self._unreadable))),
            real_paths={path: real for real, path in self._files.items() if path != real},
        )

    def _add(self, real_path: str, path: str) -> None:
        if path == real_path or real_path not in self._files:
            self._files[real_path] = path

    def _follow(self, link: str, *, named: bool) -> None:
        """List the target of a link to a file, unless the walk that holds the target passes over it."""
        target = os.path.realpath(link)
        if target in self._files or not os.path.isfile(target):
            return
        holders = [limited for limited in self._walks if _is_inside(target, limited.walk.real_root)]
        if named and (holders or _is_inside(target, os.path.realpath(self._base))):
            self._files[target] = target
        elif not holders:
            self._outside.append(link)
        elif not all(limited.passes_over(target) for limited in holders):
            self._files[target] = target

    def _exclude_rules(self, root: str) -> tuple[Rules, ...]:
        """The exclude patterns below ``root``: relative to the base folder, or to ``root`` if that lies elsewhere."""
        inside = root == self._base or _is_inside(root, self._base)
        return rules_of(self._exclude, self._base if inside else root) if self._exclude else ()


@record
class _Limited:
    """A walk without what the exclude patterns drop."""

    walk: _Walk
    excludes: tuple[Rules, ...]

    def files(self) -> Iterable[str]:
        return self._kept(self.walk.files)

    def links(self) -> Iterable[str]:
        return self._kept(self.walk.links)

    def unreadable(self) -> list[tuple[str, str]]:
        return [(path, why) for path, why in self.walk.unreadable if not self._drops(path + "/")]

    def passes_over(self, real_path: str) -> bool:
        """Whether the walk leaves out this file below ``real_root`` for another reason than its suffix."""
        inside = os.path.join(self.walk.root, os.path.relpath(real_path, self.walk.real_root))
        return self._drops(inside) or self.walk.passes_over(real_path)

    def _kept(self, paths: list[str]) -> list[str]:
        return [path for path in paths if not self._drops(path)] if self.excludes else paths

    def _drops(self, path: str) -> bool:
        return bool(self.excludes) and is_below_ignored(path, self.excludes, len(self.walk.root) + 1)


class _Walk:
    """A walk below one folder that follows no links.

    ``files`` are the .py files and ``links`` the links named so that the ignore files let through, ``unreadable`` the
    folders that cannot be listed, each with the reason. ``others`` are all other files and links: the names in each
    folder behind its own, with slashes between them. Few are asked for, and so they take little memory.
    """

    def __init__(self, root: str, gitignore: bool) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.files: list[str] = []
        self.links: list[str] = []
        self.others: list[tuple[str, str]] = []
        self.unreadable: list[tuple[str, str]] = []
        self._gitignore = gitignore
        above = rules_above(root) if gitignore else ()
        # Whoever names an ignored folder wants what is in it.
        self._above = () if is_below_ignored(os.path.join(root, ""), above) else above
        self._walk()

    def real_path(self, path: str) -> str:
        return path if self.real_root == self.root else self.real_root + path[len(self.root) :]

    def _walk(self) -> None:
        stack = [(self.root, self._above)]
        while stack:
            folder, rules = stack.pop()
            entries = self._list(folder)
            names = {entry.name for entry in entries}
            if folder != self.root and not _ENVIRONMENT.isdisjoint(names):
                continue
            rules = self._rules_in(folder, names, rules)
            others = []
            for entry in entries:
                kind = _kind(entry)
                if kind is _FOLDER:
                    if not self._prunes(entry.name, entry.path, rules):
                        stack.append((entry.path, rules))
                elif kind is None:
                    pass
                elif not entry.name.endswith(".py"):
                    others.append(entry.name)
                elif not (rules and is_ignored(entry.path, rules)):
                    (self.links if kind is _LINK else self.files).append(entry.path)
            if others:
                self.others.append((os.path.join(folder, ""), "/".join(others)))

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
        return is_ignored(os.path.join(folder, name), self._rules_in(folder, names, rules))

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
        return name in _PRUNED or name.endswith(_PRUNED_SUFFIX) or is_ignored(path + "/", rules)


_FOLDER, _LINK, _FILE = "folder", "link", "file"


def _kind(entry: os.DirEntry[str]) -> str | None:
    """What an entry is; None for FIFOs and the like, and for what cannot be looked at."""
    try:
        if entry.is_file(follow_symlinks=False):  # most are
            return _FILE
        if entry.is_dir(follow_symlinks=False):
            return _FOLDER
        return _LINK if entry.is_symlink() else None
    except OSError:
        return None


def _is_inside(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, ""))


def _sorted_paths(paths: Iterable[str]) -> tuple[Path, ...]:
    return tuple(map(Path, sorted(paths, key=folder_by_folder)))


def folder_by_folder(path: str) -> str:
    """What to sort paths by, so that all that is in a folder stands together."""
    return path.replace(os.sep, "\0")


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
