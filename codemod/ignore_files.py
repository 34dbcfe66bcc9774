"""Ignore files as git has them: which of their patterns hold in a folder, and what these say about a path.

Paths are strings, and a folder's ends in a slash: ``"/project/src/"``. Only what lies in a folder that is not ignored
may be asked about, from the top down, as git does it: a file below an ignored folder cannot be taken back.
"""
# Paths are strings here: a Path for every entry of a tree takes longer than the walk.
# ruff: noqa: PTH111, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import re
import stat
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns of one ignore file. ``runs`` holds them strongest first, joined where they say the same."""

    folder: str
    runs: tuple[tuple[bool, re.Pattern[str]], ...]

    def verdict(self, path: str) -> bool | None:
        """True: ignored; False: taken although weaker rules ignore it; None: no pattern matches ``path``."""
        if not path.startswith(self.folder):
            return None
        name = _as_bytes(path[len(self.folder) :])
        return next((ignored for ignored, pattern in self.runs if pattern.fullmatch(name)), None)


def is_ignored(path: str, rules: tuple[Rules, ...]) -> bool:
    """What the strongest of ``rules`` (weakest first) that says anything about ``path`` says."""
    return next((verdict for rule in reversed(rules) if (verdict := rule.verdict(path)) is not None), False)


def is_below_ignored(path: str, rules: tuple[Rules, ...]) -> bool:
    """Whether ``path`` or a folder that it lies in is ignored."""
    ends = [match.end() for match in re.finditer("/", path)]
    return any(is_ignored(path[:end], rules) for end in (*ends, len(path)))


def rules_of(lines: Iterable[str], folder: str) -> tuple[Rules, ...]:
    """The rules in the lines of an ignore file that holds below ``folder``; none if there is no pattern in them."""
    patterns = [pattern for line in lines if (pattern := _pattern(line)) is not None]
    runs = []
    for ignored, group in groupby(reversed(patterns), key=lambda pattern: pattern[1]):
        joined = "|".join(f"(?:{regex})" for regex, _ in group)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # "[[" in a pattern is what it is
            runs.append((ignored, re.compile(joined, re.DOTALL)))
    return (Rules(folder.rstrip("/") + "/", tuple(runs)),) if runs else ()


def _as_bytes(text: str) -> str:
    """The bytes of ``text``, one character each: "?" in a pattern matches one byte of a name, whatever the encoding."""
    return text if text.isascii() else os.fsencode(text).decode("latin-1")


# "x/**" speaks of what is in x; pathspec's expression also matches x itself, which would prune what "!x/y" takes back.
_CONTENTS = re.compile(r"(?<=/\*\*)(/?) *$")
# pathspec shortens a pattern for everything to one that only a search matches.
_EVERYTHING = re.compile(r"(!?)(?:\*|/?(?:\*\*/)*\*\*|/?(?:\*\*/)+\*)(/?) *")
_MARK = "(?P<ps_d>/)"
_POSIX_CLASS = re.compile(r"(?<=\[)([!^]?)\[:(\w+):\]")
_POSIX_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "space": "\t-\r ",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


def _pattern(line: str) -> tuple[str, bool] | None:
    """The expression that matches exactly what the pattern in ``line`` names, and whether that is ignored."""
    # Imported here: many a run meets no ignore file, and the import takes longer than a small walk.
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # noqa: PLC0415

    everything = _EVERYTHING.fullmatch(line)
    text = f"{everything[1]}?*{everything[2]}" if everything else _CONTENTS.sub(r"/*\1", _as_bytes(line))
    text = _POSIX_CLASS.sub(lambda match: match[1] + _POSIX_CLASSES.get(match[2], ""), text)
    try:
        regex, ignored = GitIgnoreSpecPattern.pattern_to_regex(text)
    except ValueError:
        return None  # git lets a malformed pattern match nothing
    # Joined expressions cannot share the name of a group.
    return None if regex is None or ignored is None else (regex.replace(_MARK, "/"), ignored)


def rules_in(folder: str) -> tuple[Rules, ...]:
    """The rules of the .gitignore file in ``folder``."""
    return _read_rules(os.path.join(folder, ".gitignore"), folder)


def rules_above(root: str) -> tuple[Rules, ...]:
    """What the repository around ``root`` has to say below it, weakest first; the file in ``root`` itself not yet.

    Without a repository there is none: nothing says which of the folders above belong to the project.
    """
    above: list[tuple[Rules, ...]] = []
    folder = root
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ()
        folder = parent
        above.append(rules_in(folder))
    return (*repository_rules(folder), *(rule for rules in reversed(above) for rule in rules))


def repository_rules(folder: str) -> tuple[Rules, ...]:
    """The user's own ignore file and info/exclude, as they hold in the repository at ``folder``, weakest first."""
    git = _git_folder(folder)
    own = os.path.join(git, "info", "exclude")
    return (*_read_rules(_user_file(git), folder), *_read_rules(own, folder))


def _read_rules(path: str, folder: str) -> tuple[Rules, ...]:
    text = _read_text(path).removeprefix("\ufeff") + "\n"
    return rules_of(text.replace("\r\n", "\n").split("\n"), folder)


def _git_folder(folder: str) -> str:
    """The folder that holds info/exclude: .git, or what it points to in a submodule or linked worktree."""
    git = os.path.join(folder, ".git")
    pointer = _read_text(git)
    if pointer.startswith("gitdir:"):
        git = os.path.join(folder, pointer.removeprefix("gitdir:").strip())
        git = os.path.join(git, _read_text(os.path.join(git, "commondir")).strip())
    return os.path.normpath(git)


_SECTION = re.compile(r"\s*\[\s*([^\]\s]+)[^\]]*\]")
_EXCLUDES_FILE = re.compile(r"(?:\s*\[[^\]]*\])?\s*excludesfile\s*=\s*(.*?)\s*$", re.IGNORECASE)


def _user_file(git: str) -> str:
    """The user's own ignore file: core.excludesFile of git's configuration (without its includes), or the default."""
    settings = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    configs = (
        os.path.join(git, "config"),
        os.path.expanduser("~/.gitconfig"),
        os.path.join(settings, "git", "config"),
    )
    for config in configs:
        named = _excludes_file(_read_text(config, follow=True))
        if named is not None:
            return os.path.expanduser(named)
    return os.path.join(settings, "git", "ignore")


def _excludes_file(config: str) -> str | None:
    section = ""
    named = None
    for line in config.splitlines():
        heading = _SECTION.match(line)
        if heading:
            section = heading[1].lower()
        setting = _EXCLUDES_FILE.match(line)
        if setting and section == "core":
            named = setting[1].strip('"')
    return named


def _read_text(path: str, *, follow: bool = False) -> str:
    """The text of a regular file; "" for anything else, and for a link unless it is to be followed."""
    try:
        if not stat.S_ISREG(os.stat(path, follow_symlinks=follow).st_mode):
            return ""
        with open(path, "rb") as file:
            return os.fsdecode(file.read())
    except (OSError, ValueError):
        return ""
