"""The search for words in the bytes of many files."""

from __future__ import annotations

from collections.abc import Callable

try:
    from stringzilla import contains
    from stringzilla import find as find_from
except ImportError:
    from operator import contains

    find_from = bytes.find

holds: Callable[[bytes, bytes], bool] = contains
"""Whether the first bytes hold the second, which are not empty: ``in``, several times as fast where it can be."""

find: Callable[[bytes, bytes, int], int] = find_from
"""Where in the first bytes the second stand, from the given place on; -1 if nowhere. Faster where it can be."""

# What may stand between a dot and the name behind it, in a pattern.
GAP = rb"[\s\\]*(?:#[^\n]*\n[\s\\]*)*"


def with_newlines(data: bytes) -> bytes:
    r"""``data`` with "\n" for each newline, as Python reads it: patterns know no other."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def encoded(name: str) -> bytes:
    """A name as it stands in the bytes of a file."""
    return name.encode("utf-8", "surrogatepass")
