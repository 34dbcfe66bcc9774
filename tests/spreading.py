"""The same program written otherwise: what stands on one line is spread over many, newlines are others."""

from __future__ import annotations

import io
import tokenize

Token = tokenize.TokenInfo

_SKIPPED = frozenset({tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
_ENDS = frozenset({tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT})
# From Python 3.12 on, templates are told token by token.
_TEMPLATE = (getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "FSTRING_END", -1))


def spread(text: str, gap: str, in_brackets: str | None = None) -> str:
    """``text`` with ``gap`` between all tokens of a line, and ``in_brackets``, if given, where brackets are open."""
    lines = text.splitlines(keepends=True)
    found: list[str] = []
    before: Token | None = None
    place = (1, 0)
    depth = templates = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _SKIPPED:
            continue
        space = _between(lines, place, token.start)
        is_inside = templates > 0
        templates -= token.type == _TEMPLATE[1]
        if before is not None and not is_inside and "\\" not in space and {before.type, token.type}.isdisjoint(_ENDS):
            space += gap if in_brackets is None or not depth else in_brackets
        found += (space, _between(lines, token.start, token.end))
        templates += token.type == _TEMPLATE[0]
        if token.type == tokenize.OP and not templates:
            depth += (token.string in "([{") - (token.string in ")]}")
        before, place = token, token.end
    return "".join(found)


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    (first, column), (last, end_column) = start, end
    if first > len(lines):
        return ""
    if first == last:
        return lines[first - 1][column:end_column]
    tail = lines[last - 1][:end_column] if last <= len(lines) else ""
    return "".join((lines[first - 1][column:], *lines[first : last - 1], tail))
