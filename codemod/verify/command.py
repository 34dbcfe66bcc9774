"""The command ``or-migrate verify``, from its options to its report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from codemod.config import Config
from codemod.interrupts import only_the_first_interrupts
from codemod.verify.child import NoCommandError
from codemod.verify.report import json_report, terminal_report
from codemod.verify.run import Task, Verdict, verify


class WrongUseError(Exception):
    """The verification cannot be made as asked. The message is one line."""


def run_command(
    command: Sequence[str], before: Path | None, seconds: float, config: Config, width: int | None
) -> tuple[str, Verdict]:
    """Verify ``command`` in the working folder; give the report, for ``width`` columns or (None) as JSON, and verdict.

    Raises WrongUseError.
    """
    if os.name != "posix":
        raise WrongUseError("verify runs on Linux and macOS only")
    folder = Path.cwd()
    if before is not None and not before.is_dir():
        raise WrongUseError(f"--before {before}: there is no such folder")
    if before is not None and before.samefile(folder):
        raise WrongUseError(f"--before {before}: it is this folder; it must be the copy that was not migrated")
    copy = None if before is None else before.absolute()
    task = Task(tuple(command), folder, copy, seconds, dict(os.environ), config)
    try:
        with only_the_first_interrupts():
            found = verify(task)
    except NoCommandError as error:
        raise WrongUseError(str(error)) from None
    return (json_report(found) if width is None else terminal_report(found, width)), found.verdict
