"""Colours for a terminal: when, and which. Imports little: the entry point asks here too."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_NO_COLOURS = ("dumb", "unknown")


def wants_colour(stream: TextIO) -> bool:
    """Whether to colour: NO_COLOR, FORCE_COLOR and TTY_COMPATIBLE decide, else whether ``stream`` is a terminal.

    The variables mean what they mean to rich, which other programs on the same terminal use.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM", "").strip().lower() in _NO_COLOURS:
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced is not None:
        return forced != ""
    compatible = os.environ.get("TTY_COMPATIBLE")
    return compatible == "1" or (compatible != "0" and stream.isatty())


def coloured(text: str, style: str) -> str:
    """``text`` in a style ("bold", "green", …; "" for none), and the terminal's own style behind it."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style and text else text
