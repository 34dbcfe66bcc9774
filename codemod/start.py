"""The start of the program: what can be done before the command line's own machinery is imported.

Typer takes longer to start than a small project takes to be searched, and a pre-commit hook runs with every commit.
So files that hold nothing of interest are answered from their bytes alone, and a command line of paths and plain
switches is read here. Everything else goes to ``codemod.cli``, which is the authority on all options; what is
understood here means the same there.
"""
# Only what the interpreter has loaded anyway is imported at the top.
# ruff: noqa: PLC0415, PTH100, PTH113, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import stat
import sys

from codemod.colour import coloured, wants_colour
from codemod.mentions import may_hold_requests, may_matter_to_others

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# What the hooks are run with; none of these says anything about a file in which nothing is found.
_HOOK_SWITCHES = ("--force-exclude", "--check", "--dry-run")
_SWITCHES = {
    "--dry-run": ("dry_run", True),
    "--check": ("check", True),
    "--verbose": ("verbose", True),
    "-v": ("verbose", True),
    "--strict": ("strict", True),
    "--no-strict": ("strict", False),
    "--unsafe": ("unsafe", True),
    "--no-unsafe": ("unsafe", False),
    "--force-exclude": ("force_exclude", True),
    "--no-force-exclude": ("force_exclude", False),
    "--gitignore": ("gitignore", True),
    "--no-gitignore": ("gitignore", False),
}
# Settings under which files in which nothing is found may still be spoken of.
_SPEAKING_SETTINGS = (b"strict", b"exclude", b"models")
_WIDE = 72

_NOTHING = """\
{summary}
  files     {count:,} scanned, 0 candidates, 0 {changed}, 0 failed
  requests  0 found: 0 migrated, 0 reported, 0 left alone
  findings  0 safe, 0 unsafe, 0 to decide, 0 info
  Nothing matched: no scanned file uses openai.
"""


def run(words: Sequence[str]) -> int:
    """Carry out the command line and give the exit code. Nothing is raised but KeyboardInterrupt."""
    if not _have_streams():
        sys.stderr.write("error: standard output is closed, nothing was done; > /dev/null drops the report\n")
        return 2
    report = report_on_clean_files(words)
    if report is not None and _is_shown(report):
        return 0
    plain = plain_words(words)
    if plain is not None:
        from codemod.run import carry_out_plain

        return carry_out_plain(*plain)
    from codemod.cli import run as run_any

    return run_any(words)


def _have_streams() -> bool:
    """Whether there is a standard output. A standard input or error that the caller has closed becomes an empty one.

    A file that is opened gets the number of a closed stream, and would get what is written there too.
    """
    for number in range(3):
        if not _is_open(number):
            os.open(os.devnull, os.O_RDWR)  # as the lowest number that is free
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - to the end of the process
    return sys.stdout is not None


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def report_on_clean_files(words: Sequence[str]) -> str | None:
    """The report on files in which nothing is found; None if the words or the files ask for more than this look."""
    names = [word for word in words if word not in _HOOK_SWITCHES]
    if not names or not all(name.endswith(".py") and not name.startswith("-") for name in names):
        return None
    try:
        if not _is_wide() or any(not stat.S_ISREG(os.lstat(name).st_mode) or _matters(name) for name in names):
            return None
        if _is_configured(os.path.commonpath([os.path.dirname(os.path.abspath(name)) for name in names])):
            return None
    except (OSError, ValueError):
        return None
    summary = coloured("Summary", "bold") if wants_colour(sys.stdout) else "Summary"
    changed = "changed" if {"--check", "--dry-run"}.isdisjoint(words) else "would change"
    count = len({os.path.realpath(name) for name in names})
    return _NOTHING.format(count=count, changed=changed, summary=summary)


def plain_words(words: Sequence[str]) -> tuple[list[str], dict[str, bool]] | None:
    """The paths and the switches of a command line that has nothing else; None for any other."""
    paths = [word for word in words if not word.startswith("-")]
    switches = [word for word in words if word.startswith("-")]
    # A word without a slash or a dot may be the name of a command.
    if not paths or not all("/" in path or "." in path for path in paths):
        return None
    if not all(switch in _SWITCHES for switch in switches):
        return None
    return paths, dict(_SWITCHES[switch] for switch in switches)


def _matters(name: str) -> bool:
    data = _bytes_of(name)
    return may_hold_requests(data) or may_matter_to_others(data)


def _is_configured(folder: str) -> bool:
    """Whether the nearest pyproject.toml at or above ``folder`` holds settings that need a closer look."""
    path = os.path.join(folder, "pyproject.toml")
    while not os.path.isfile(path):
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above
        path = os.path.join(folder, "pyproject.toml")
    data = _bytes_of(path)
    return b"or-migrate" in data and any(setting in data for setting in _SPEAKING_SETTINGS)


def _bytes_of(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()


def _is_wide() -> bool:
    """Whether the report needs no wrapping on standard output."""
    if os.environ.get("COLUMNS"):
        return os.environ["COLUMNS"].isdecimal() and int(os.environ["COLUMNS"]) >= _WIDE
    return not sys.stdout.isatty() or os.get_terminal_size(sys.stdout.fileno()).columns >= _WIDE


def _is_shown(report: str) -> bool:
    try:
        sys.stdout.write(report)
        sys.stdout.flush()
    except (OSError, ValueError):
        return False
    return True
