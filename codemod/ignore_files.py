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
from collections.abc import Iterable
from itertools import groupby

from codemod.records import record


@record
class Rules:
    """The patterns of one ignore file. ``runs`` holds them strongest first, joined where they say the same."""

    folder: str
    runs: tuple[tuple[bool, re.Pattern[str]], ...]

    def verdict(self, path: str) -> bool | None:
        """True: ignored; False: taken although weaker rules ignore it; None: no pattern matches ``path``."""
        if not path.startswith(self.folder):
            return None
        name = _as_bytes(path[len(self.folder) :])
        for ignored, pattern in self.runs:
            if pattern.fullmatch(name):
                return ignored
        return None


def is_ignored(path: str, rules: tuple[Rules, ...]) -> bool:
    """What the strongest of ``rules`` (weakest first) that says anything about ``path`` says."""
    for rule in reversed(rules):
        verdict = rule.verdict(path)
        if verdict is not None:
            return verdict
    return False


def is_below_ignored(path: str, rules: tuple[Rules, ...], start: int = 0) -> bool:
    """Whether ``path`` or a folder that it lies in, of those whose name ends behind ``start``, is ignored."""
    ends = [match.end() for match in re.finditer("/", path) if match.end() > start]
    return any(is_ignored(path[:end], rules) for end in (*ends, len(path)))


def rules_of(lines: Iterable[str], folder: str) -> tuple[Rules, ...]:
    """The rules in the lines of an ignore file that holds below ``folder``; none if there is no pattern in them."""
    patterns = [pattern for line in lines if (pattern := _pattern(line)) is not None]
    runs = []
    for ignored, group in groupby(reversed(patterns), key=lambda pattern: pattern[1]):
        joined = "|".join(f"(?:{regex})" for regex, _ in group)
        runs.append((ignored, re.compile(joined, re.DOTALL)))
    return (Rules(folder.rstrip("/") + "/", tuple(runs)),) if runs else ()


def _as_bytes(text: str) -> str:
    """The bytes of ``text``, one character each: "?" in a pattern matches one byte of a name, whatever the encoding."""
    return text if text.isascii() else os.fsencode(text).decode("latin-1")


# The ranges of the named classes that a bracket may hold: [[:digit:]].
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": r"\t-\r ",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_TRAILING_BLANKS = re.compile(r"((?:[^\\]|\\.)*?) *", re.DOTALL)


def _pattern(line: str) -> tuple[str, bool] | None:
    """The expression that matches exactly what the pattern in ``line`` names, and whether that is ignored.

    None for a line that names nothing: empty, a comment, or a malformed pattern, which git lets match nothing. See
    gitignore(5); what it leaves open is as in git's wildmatch.c.
    """
    blanks = _TRAILING_BLANKS.fullmatch(line)
    text = _as_bytes(blanks[1] if blanks else line)
    if text.startswith("#"):
        return None
    ignored = not text.startswith("!")
    text = text if ignored else text[1:]
    only_folders = text.endswith("/")
    text = text.removesuffix("/")
    if not text:
        return None
    anywhere = "" if "/" in text else "(?:.*/)?"
    try:
        expression = _expression(text.removeprefix("/"))
    except (LookupError, ValueError):
        return None
    return f"{anywhere}{expression}{'/' if only_folders else '/?'}", ignored


def _expression(text: str) -> str:
    """The regular expression of a pattern without its marks. Raises LookupError or ValueError for a malformed one."""
    made = []
    position = 0
    while position < len(text):
        character = text[position]
        starts_segment = position == 0 or text[position - 1] == "/"
        position += 1
        if character == "*":
            end = position
            while text[end : end + 1] == "*":
                end += 1
            spans_folders = end > position and starts_segment and text[end : end + 1] in {"", "/"}
            position = end
            if not spans_folders:
                # What a segment names has at least one character.
                made.append("(?=[^/])[^/]*" if starts_segment else "[^/]*")
            elif end == len(text):
                made.append(".+")
            else:
                made.append("(?:.*/)?")
                position += 1
        elif character == "?":
            made.append("[^/]")
        elif character == "[":
            piece, position = _bracket(text, position)
            made.append(piece)
        elif character == "\\":
            made.append(re.escape(text[position]))
            position += 1
        else:
            made.append(re.escape(character))
    return "".join(made)


def _bracket(text: str, position: int) -> tuple[str, int]:
    """The expression of a bracket whose inside starts at ``position``, and where the rest of the pattern starts."""
    negated = text[position] in "!^"
    position += negated
    pieces: list[str] = []
    before = ""  # a character that may start a range
    first = True
    while first or text[position] != "]":
        first = False
        character = text[position]
        if character == "-" and before and text[position + 1] != "]":
            position += 1 + (text[position + 1] == "\\")
            if before <= text[position]:
                pieces.append(f"{re.escape(before)}-{re.escape(text[position])}")
            before = ""
        elif text.startswith("[:", position) and text[position + 2 : (end := text.index("]", position + 2))].endswith(
            ":"
        ):
            pieces.append(_CLASSES[text[position + 2 : end - 1]])
            position, before = end, ""
        else:
            position += character == "\\"
            before = text[position]
            pieces.append(re.escape(before))
        position += 1
    inside = "".join(pieces)
    if negated:
        return f"[^/{inside}]", position + 1
    return f"(?!/)[{inside}]" if inside else "(?!)", position + 1


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
