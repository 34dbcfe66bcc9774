"""What git knows of the files that a run is about to change."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path


def git_notice(paths: Collection[Path]) -> str | None:
    """A line for the user if ``git diff`` will not show the edits of ``paths`` alone, else None.

    To be asked before anything is written. Outside of a git tree, or without git, there is nothing to say.
    """
    if not paths:
        return None
    folder = Path(os.path.commonpath([path.parent for path in paths]))
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return None
    changed = _git(folder, "status", "--porcelain", "-z", "--untracked-files=no")
    if changed:
        return "the git tree held uncommitted changes before this run; git diff shows them together with the edits"
    tracked = _git(folder, "ls-files", "-z")
    if changed is None or tracked is None:
        return None
    unknown = sum(path.relative_to(folder).as_posix() not in tracked for path in paths)
    if unknown:
        return (
            f"git did not know {unknown} of the {len(paths)} edited files before this run; git diff does not show them"
        )
    return None


def _git(folder: Path, *words: str) -> frozenset[str] | None:
    """The entries that a git command lists; None if it fails."""
    import subprocess  # noqa: PLC0415 - only where files change

    try:
        answer = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, timeout=5, check=False)  # noqa: S603, S607
    except (OSError, subprocess.SubprocessError):
        return None
    if answer.returncode != 0:
        return None
    return frozenset(filter(None, os.fsdecode(answer.stdout).split("\0")))
