"""Runs a program in a process group of its own, so that it can be ended with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from codemod.interrupts import hold_interrupts, release_interrupts
from codemod.records import record

# How long, in seconds, a program may take to end after it was told to.
_GRACE = 5.0
_STANDARD_ERROR = 2


class NoCommandError(Exception):
    """The command cannot be run. The message is one line."""


@record
class End:
    """How a program ended: its exit code, below 0 the signal that ended it; whether its time was up."""

    code: int
    timed_out: bool = False

    @property
    def is_good(self) -> bool:
        return self.code == 0 and not self.timed_out

    def __str__(self) -> str:
        if self.timed_out:
            return "was stopped, its time was up"
        if self.code >= 0:
            return f"ended with exit code {self.code}"
        try:
            name = signal.Signals(-self.code).name
        except ValueError:
            name = str(-self.code)
        return f"was ended by signal {name}"


def run_child(command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float) -> End:
    """Run ``command`` in ``folder`` for at most ``seconds``. What it prints goes to our standard error.

    An exception that comes meanwhile, as KeyboardInterrupt, ends the program first. Raises NoCommandError.
    """
    # An interrupt while the program is started would leave it to itself.
    is_interrupted = hold_interrupts()
    try:
        process = subprocess.Popen(  # noqa: S603 - to run what the user names is the task
            command,
            cwd=folder,
            env=dict(environment),
            # Standard output is for the report.
            stdout=_STANDARD_ERROR,
            # A group of its own, which no terminal stops for reading from it.
            start_new_session=True,
        )
    except OSError as error:
        release_interrupts()
        raise NoCommandError(f"{command[0]} cannot be run: {error.strerror}") from None
    try:
        release_interrupts()
        return _end(process, seconds, is_interrupted())
    except subprocess.TimeoutExpired:
        _stop(process, signal.SIGTERM)
        return End(process.returncode, timed_out=True)
    except BaseException:
        _stop(process, signal.SIGINT)
        raise
    finally:
        # Whatever it left running would go on with dummy keys and a proxy that is gone.
        _send(process, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes], seconds: float, is_interrupted: bool) -> End:
    if is_interrupted:
        raise KeyboardInterrupt
    return End(process.wait(seconds))


def _stop(process: subprocess.Popen[bytes], first: signal.Signals) -> None:
    for each in (first, signal.SIGTERM):
        _send(process, each)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
            return
    _send(process, signal.SIGKILL)
    process.wait()


def _send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
