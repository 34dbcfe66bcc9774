"""What the signals do that would end a run: Ctrl-C, SIGTERM and SIGHUP.

The handlers are those of the process; elsewhere than in the main thread nothing is done.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def every_end_is_an_interrupt() -> Iterator[None]:
    """A signal that would end the process at once does what Ctrl-C does, but if the caller has it ignored."""
    plain = [number for number in _numbers() if signal.getsignal(number) is signal.SIG_DFL]
    for number in plain:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in plain:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def only_the_first_interrupts() -> Iterator[None]:
    """After one interrupt has been raised, others are only noted: they would stop the clearing up."""
    numbers = [number for number in _numbers() if _interrupts(signal.getsignal(number))]
    once = _Once(numbers)
    for number in numbers:
        signal.signal(number, once)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.default_int_handler)


def hold_interrupts() -> Callable[[], bool]:
    """From now on an interrupt is only noted: what must be ended properly is. Gives what says whether one came.

    Holds until ``release_interrupts``, which the caller has to see to.
    """
    noting = _Noting()
    for number in _numbers():
        handler = signal.getsignal(number)
        if _interrupts(handler):
            noting.old[number] = handler
            signal.signal(number, noting)
    return lambda: noting.came


def release_interrupts() -> None:
    """An interrupt is raised again as KeyboardInterrupt; those that came meanwhile are not."""
    for number in _numbers():
        handler = signal.getsignal(number)
        if isinstance(handler, _Noting):
            signal.signal(number, handler.old[number])


class _Noting:
    def __init__(self) -> None:
        self.came = False
        self.old: dict[int, Any] = {}

    def __call__(self, *_: object) -> None:
        self.came = True


class _Once:
    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers

    def __call__(self, *_: object) -> None:
        for each in self._numbers:
            signal.signal(each, _ignore)
        raise KeyboardInterrupt


def _ignore(*_: object) -> None:
    """As SIG_IGN, which a program that is started would inherit."""


def _interrupts(handler: object) -> bool:
    return handler is signal.default_int_handler or isinstance(handler, _Once)


def _numbers() -> list[signal.Signals]:
    if threading.current_thread() is not threading.main_thread():
        return []
    # Windows has no SIGHUP.
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
