"""Unified diffs: one that ``git apply`` accepts, byte for byte, and one for the eye.

The patch knows one line end only, ``\\n``, as git does: everything else, ``\\r`` included, is content.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path

from codemod.findings import FileResult, FileStatus
from codemod.records import record
from codemod.reports import inside, relative
from codemod.reports.masking import Mask

_CONTEXT = 3
_GIT_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SHOWN_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_NO_NEWLINE = "\\ No newline at end of file"
_BOM = "\ufeff"


@record
class Hunk:
    """Neighbouring changes with their context.

    ``start`` counts the lines in front of it, from 0, in the old text; each of ``lines`` is a sign (``" "``, ``"-"``,
    ``"+"``) and a source line with its own line end.
    """

    start: int
    old_count: int
    new_count: int
    lines: tuple[str, ...]

    def header(self, shift: int) -> str:
        """The ``@@`` line; ``shift`` is how many lines the hunks in front of this one add."""
        old = self.start + (1 if self.old_count else 0)
        new = self.start + shift + (1 if self.new_count else 0)
        return f"@@ -{old},{self.old_count} +{new},{self.new_count} @@"


@record
class Patch:
    """A diff to apply, and a line for everything that had to be left out of it."""

    data: bytes
    notes: tuple[str, ...]


def patch(files: Iterable[FileResult], working_folder: Path, mask: Mask) -> Patch:
    """The changes of ``files`` as ``git apply`` takes them in ``working_folder``.

    Left out is what would show a secret, and files that git cannot name because they lie outside.
    """
    parts: list[bytes] = []
    notes: list[str] = []
    for file in files:
        if file.status is not FileStatus.CHANGED:
            continue
        shown = mask(relative(file.path, working_folder))
        name = inside(file.path, working_folder)
        if name is None:
            notes.append(f"{shown} is left out of the diff: it lies outside of the working folder")
            continue
        if mask(name) != name:
            notes.append(f"{shown} is left out of the diff: its name would show a secret")
            continue
        data, left_out = _file_patch(file, name, mask)
        parts.append(data)
        if left_out:
            places = ", ".join(str(hunk.start + 1) for hunk in left_out)
            notes.append(f"{shown}: left out of the diff because a secret would show: the change near line {places}")
    return Patch(b"".join(parts), tuple(notes))


def shown_hunks(file: FileResult) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The hunks of ``file`` for the eye: the ``@@`` line and the lines, without line ends."""
    shift = 0
    for hunk in _hunks(_SHOWN_LINE.findall(file.before), _SHOWN_LINE.findall(file.after)):
        lines: list[str] = []
        for line in hunk.lines:
            bare = line.rstrip("\r\n")
            lines.append(bare)
            if bare == line:
                lines.append(_NO_NEWLINE)
        yield hunk.header(shift), tuple(lines)
        shift += hunk.new_count - hunk.old_count


def _file_patch(file: FileResult, name: str, mask: Mask) -> tuple[bytes, list[Hunk]]:
    has_bom = file.encoding.replace("_", "-").lower() == "utf-8-sig"
    codec, bom = ("utf-8", _BOM) if has_bom else (file.encoding, "")
    body: list[str] = []
    left_out: list[Hunk] = []
    shift = 0
    for hunk in _hunks(_GIT_LINE.findall(bom + file.before), _GIT_LINE.findall(bom + file.after)):
        if any(mask(line) != line for line in hunk.lines):
            left_out.append(hunk)
            continue
        body.append(hunk.header(shift) + "\n")
        body.extend(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}\n" for line in hunk.lines)
        shift += hunk.new_count - hunk.old_count
    if not body:
        return b"", left_out
    old, new = _quoted(f"a/{name}"), _quoted(f"b/{name}")
    # git ends a name that holds a space with a tab, so that nothing behind it is taken for a date.
    tab = "\t" if " " in name else ""
    header = f"diff --git {old} {new}\n--- {old}{tab}\n+++ {new}{tab}\n"
    return header.encode() + "".join(body).encode(codec), left_out


def _hunks(old: list[str], new: list[str]) -> Iterator[Hunk]:
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT):
        lines: list[str] = []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines.extend(f" {line}" for line in old[i1:i2])
            else:
                lines.extend(f"-{line}" for line in old[i1:i2])
                lines.extend(f"+{line}" for line in new[j1:j2])
        first, last = group[0], group[-1]
        yield Hunk(first[1], last[2] - first[1], last[4] - first[3], tuple(lines))


_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def _quoted(name: str) -> str:
    """The name as git writes it: in quotes, bytes as octal numbers, if it holds anything unusual."""
    data = os.fsencode(name)
    quoted = "".join(_ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in data)
    return name if quoted == name else f'"{quoted}"'
