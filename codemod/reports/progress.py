"""A progress bar on a terminal that shows up only when the work takes more than a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

_MOMENT = 0.5
_BETWEEN = 0.1


class ProgressBar:
    """The bar on ``stream``, a terminal; it cleans up behind itself. Times are in seconds."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._next = clock() + _MOMENT
        self._bar: RichProgress | None = None

    def advance(self, done: int, total: int) -> None:
        """Draw the bar, at most ten times a second."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _BETWEEN
        if self._bar is None:
            self._bar = _start(self._stream, total)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total, refresh=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _start(stream: TextIO, total: int) -> RichProgress:
    """A bar that draws only when it is told to: no thread of its own stands in the way of other processes."""
    from rich.console import Console  # noqa: PLC0415 - most runs are over before they need it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files", markup=False),
        console=Console(file=stream),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task("", total=total)
    bar.start()
    return bar
