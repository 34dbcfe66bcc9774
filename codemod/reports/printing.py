"""Text that is safe for an output: nothing in it steers a terminal, and any encoding can hold it."""

from __future__ import annotations

import re

# Control characters but the tab, halves of surrogate pairs, and the marks that reorder or hide what follows them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# For a standard output that knows no Unicode.
_ASCII = str.maketrans({"→": "->", "←": "<-", "\u2039": "<", "\u203a": ">", "…": "..."})


def printable(text: str) -> str:
    """``text`` with everything that could steer a terminal written as an escape."""
    return _UNPRINTABLE.sub(lambda match: repr(match.group())[1:-1], text)


def encoded(text: str, encoding: str | None) -> bytes:
    """``text`` as bytes of an output, whatever its encoding can hold."""
    encoding = encoding or "utf-8"
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "backslashreplace")
