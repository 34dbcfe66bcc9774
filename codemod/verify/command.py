"""The command ``or-migrate verify``, from its options to its report."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from codemod.config import Config
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
        with _signals_end_the_run():
            found = verify(task)
    except NoCommandError as error:
        raise WrongUseError(str(error)) from None
    return (json_report(found) if width is None else terminal_report(found, width)), found.verdict


@contextmanager
def _signals_end_the_run() -> Iterator[None]:
    """A signal that would end this process at once lets it end the program and clear up first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    old = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signal calls it
    sys.exit(128 + number)
