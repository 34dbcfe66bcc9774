"""What a run says: to a person, to a program, and as a patch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol


class Progress(Protocol):
    """Hears how far the work is."""

    def advance(self, done: int, total: int) -> None:
        """``done`` of ``total`` files are read."""


def relative(path: Path, working_folder: Path) -> str:
    """The path as every report names it: seen from ``working_folder``, with ``/``.

    A path outside the folder starts with ``../``; one that cannot be reached from it (another drive) stays absolute.
    Bytes of a name that are no text come out as ``\\xNN``.
    """
    name = inside(path, working_folder)
    if name is None:
        try:
            name = os.path.relpath(path, working_folder)
        except ValueError:
            name = str(path)
    return os.fsencode(name).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def inside(path: Path, working_folder: Path) -> str | None:
    """The name of ``path`` within ``working_folder``, with ``/``; None if it lies outside.

    A folder on the way may be written through a link, as ``/tmp`` often is.
    """
    parent = path.parent
    if not parent.is_relative_to(working_folder):
        working_folder, parent = working_folder.resolve(), parent.resolve()
        if not parent.is_relative_to(working_folder):
            return None
    return (parent.relative_to(working_folder) / path.name).as_posix()
