"""Makes a run of the command meet a fault, in the process of the run.

Only calls of the operating system are touched, from outside: by an audit hook, around ``os.fsync``, and below a file
that is written.
"""

from __future__ import annotations

import builtins
import io
import os
import stat
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Fault:
    """What goes wrong: ``act`` when the run is about to do ``point`` for the ``nth`` time.

    ``point``: read (a source), create, write (half is written), chmod, fsync, rename and remove (the temporary file),
    fsync_folder (the file is replaced already); of paths that end in ``name``. ``act``: fail (with the errno
    ``number``), signal (the run gets ``number``), or something that becomes of the file ``target``: edit, delete,
    make_folder, make_fifo, make_link (to a file outside with the same bytes); or of the folder: delete_folder,
    make_folder_link (to the same folder, outside).
    """

    point: str
    act: str
    nth: int = 1
    number: int = 0
    target: str = ""
    name: str = ""


def install(faults: Sequence[Fault]) -> None:
    """Have ``faults`` happen in this process from now on."""
    injector = _Injector(faults)
    # Called as a plain function, as the original is.
    os.fsync = injector.fsync
    builtins.open = injector.open
    sys.addaudithook(injector.watch)


class _Injector:
    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = faults
        self._seen: Counter[Fault] = Counter()
        self._acting = False
        self._fsync, self._open = os.fsync, builtins.open

    def happen(self, point: str, path: str = "") -> None:
        """Let every fault act whose turn it is at this point."""
        for fault in self._faults:
            if fault.point == point and path.endswith(fault.name) and not self._acting:
                self._seen[fault] += 1
                if self._seen[fault] == fault.nth:
                    self._acting = True
                    try:
                        _act(fault)
                    finally:
                        self._acting = False

    def watch(self, event: str, words: tuple[Any, ...]) -> None:
        if self._acting or not words or not isinstance(words[0], str | bytes | os.PathLike):
            return
        name = os.fsdecode(words[0])
        if event == "open" and name.endswith((".py", ".tmp")):
            self.happen("create" if name.endswith(".tmp") else "read", name)
        elif event in ("os.rename", "os.remove", "os.chmod"):
            self.happen(event[3:], name)

    def fsync(self, descriptor: int) -> None:
        self.happen("fsync_folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "fsync")
        self._fsync(descriptor)

    def open(self, file: Any, mode: str = "r", *words: Any, **named: Any) -> Any:
        if isinstance(file, int) and mode == "wb":
            return io.BufferedWriter(_Halting(file, self))
        return self._open(file, mode, *words, **named)


class _Halting(io.FileIO):
    """A file whose fault comes when half is written."""

    def __init__(self, file: int, injector: _Injector) -> None:
        super().__init__(file, "wb")
        self._injector = injector

    def write(self, data: Any) -> int:
        half = len(data) // 2
        written = super().write(data[:half])
        if written < half:
            return written
        self._injector.happen("write")
        return written + super().write(data[half:])


def _act(fault: Fault) -> None:
    target = Path(fault.target)
    if fault.act == "fail":
        raise OSError(fault.number, os.strerror(fault.number))
    if fault.act == "signal":
        os.kill(os.getpid(), fault.number)
    elif fault.act == "make_folder_link":
        target.rename(target.parents[1] / "outside")
        target.symlink_to(target.parents[1] / "outside")
    elif fault.act == "delete_folder":
        for path in target.iterdir():
            path.unlink()
        target.rmdir()
    else:
        _exchange(target, fault.act)


def _exchange(target: Path, act: str) -> None:
    data, mode = target.read_bytes(), stat.S_IMODE(target.stat().st_mode)
    target.unlink()
    if act == "edit":
        target.write_bytes(data + b"# edited meanwhile\n")
        target.chmod(mode)
    elif act == "make_folder":
        target.mkdir()
    elif act == "make_fifo":
        os.mkfifo(target)
    elif act == "make_link":
        outside = target.parents[2] / "outside" / target.name
        outside.parent.mkdir()
        outside.write_bytes(data)
        target.symlink_to(outside)
    else:
        assert act == "delete", act
