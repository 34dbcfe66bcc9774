"""What stands between the brackets of a call or a mapping display: text in, text out.

Between two items there is a *gap*: blanks, comments and newlines. Adding and removing items is moving gaps about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from codemod.languages.python.tokens import comments_in
from codemod.records import record

_GAP_PART = re.compile(r"#[^\r\n]*|\\(?:\r\n|\r|\n)|(\r\n|\r|\n)|[^#\\\r\n]+")
_INDENTATION = re.compile(r"[ \t\f]*")
_NEWLINE = re.compile(r"\r\n|\r|\n")


@record
class Layout:
    """Where an expression stands, and the style of what surrounds it.

    ``before`` and ``after`` are the rest of its first and last line; ``limit`` is the line length, ``unit`` one step
    of indentation.
    """

    before: str
    after: str
    limit: float
    unit: str
    newline: str
    quote: str


@record
class Item:
    """An argument or an entry: ``head`` (up to the value: ``api_key=``) and ``value``.

    ``before_comma`` is the gap in front of its comma, None if it has none; ``after`` is the gap behind the comma, or
    behind the value. ``name`` is the keyword or the text of the key, None for anything else; ``unpacks`` is True for
    ``**``.
    """

    name: str | None
    head: str
    value: str
    before_comma: str | None = ""
    after: str = ""
    unpacks: bool = False

    @property
    def code(self) -> str:
        comma = "" if self.before_comma is None else self.before_comma + ","
        return self.head + self.value + comma + self.after


@record
class Brackets:
    """A call or a mapping display; ``opening`` goes up to its bracket, ``lead`` is the gap behind that."""

    opening: str
    lead: str
    items: tuple[Item, ...]
    closing: str

    @property
    def inner(self) -> str:
        return self.lead + "".join(item.code for item in self.items) + self.closing

    @property
    def code(self) -> str:
        return self.opening + self.inner

    @property
    def one_line(self) -> bool:
        return not _NEWLINE.search(self.inner)

    def gap_before(self, index: int) -> str:
        return self.items[index - 1].after if index else self.lead

    def with_gap_before(self, index: int, gap: str) -> Brackets:
        if not index:
            return replace(self, lead=gap)
        return self.with_item(index - 1, replace(self.items[index - 1], after=gap))

    def with_item(self, index: int, *items: Item) -> Brackets:
        return replace(self, items=(*self.items[:index], *items, *self.items[index + 1 :]))


def indentation(line: str) -> str:
    """The blanks that ``line`` starts with."""
    match = _INDENTATION.match(line)
    return match[0] if match else ""


def last_line(text: str) -> str:
    """What stands behind the last newline of ``text``."""
    return _NEWLINE.split(text)[-1]


def too_long(lines: Sequence[str], limit: float) -> bool:
    """Whether one of ``lines`` is longer than ``limit``; a tab counts up to the next multiple of four."""
    return any(len(line.expandtabs(4)) > limit for line in lines)


def physical_lines(brackets: Brackets, layout: Layout) -> list[str]:
    """The lines on which the expression stands, whole."""
    return _NEWLINE.split(layout.before + brackets.code + layout.after)


def add(brackets: Brackets, new: Sequence[Item], index: int, layout: Layout) -> Brackets:
    """Put ``new`` in front of the item at ``index`` (behind all if there is none), in the style of what is there."""
    if not brackets.items:
        return _fill(brackets, new, layout)
    if brackets.one_line:
        return _on_same_line(brackets, new, index)
    # Items that start a line keep doing so; the style is that of the neighbour.
    neighbour = brackets.gap_before(min(index, len(brackets.items) - 1))
    if len(_gap_lines(neighbour)) == 1:
        candidate = _on_same_line(brackets, new, index)
        known = set(physical_lines(brackets, layout))
        changed = [line for line in physical_lines(candidate, layout) if line not in known]
        trailing_comment = index == len(brackets.items) and "#" in _gap_lines(brackets.items[-1].after)[0]
        if not trailing_comment and not too_long(changed, layout.limit):
            return candidate
        indent = _alignment(brackets, index, layout)
    else:
        indent = _gap_lines(neighbour)[-1]
    return _on_own_lines(brackets, new, index, indent, layout.newline)


def _fill(brackets: Brackets, new: Sequence[Item], layout: Layout) -> Brackets:
    lines = _gap_lines(brackets.lead)
    if len(lines) == 1:
        spaced = [replace(item, after=" ") for item in new[:-1]]
        return replace(brackets, lead="", items=(*spaced, replace(new[-1], before_comma=None)))
    indent = indentation(last_line(layout.before + brackets.opening)) + layout.unit
    spaced = [replace(item, after=layout.newline + indent) for item in new[:-1]]
    last = replace(new[-1], after=layout.newline + lines[-1])
    return replace(brackets, lead="".join(lines[:-1]) + indent, items=(*spaced, last))


def _on_same_line(brackets: Brackets, new: Sequence[Item], index: int) -> Brackets:
    items = brackets.items
    spaced = [replace(item, after=" ") for item in new]
    if index < len(items):
        return replace(brackets, items=(*items[:index], *spaced, *items[index:]))
    old = items[-1]
    spaced[-1] = replace(spaced[-1], before_comma=None if old.before_comma is None else "", after=old.after)
    kept = replace(old, before_comma=old.before_comma or "", after=" ")
    return replace(brackets, items=(*items[:-1], kept, *spaced))


def _on_own_lines(brackets: Brackets, new: Sequence[Item], index: int, indent: str, newline: str) -> Brackets:
    gap = _gap_lines(brackets.gap_before(index))
    fresh = newline + indent
    spaced = [replace(item, after=fresh) for item in new]
    if index < len(brackets.items):
        # Comments above the item in front of which we stand are about that item.
        above = "".join(gap[1:-1])
        spaced[-1] = replace(spaced[-1], after=newline + above + indent)
        first = gap[0] + indent if len(gap) > 1 else gap[0] if index == 0 else fresh
        widened = brackets.with_gap_before(index, first)
        return replace(widened, items=(*widened.items[:index], *spaced, *widened.items[index:]))
    old = brackets.items[-1]
    end = newline + gap[-1] if len(gap) > 1 else gap[0]
    spaced[-1] = replace(spaced[-1], before_comma=None if old.before_comma is None else "", after=end)
    behind_old = "".join(gap[:-1]) + indent if len(gap) > 1 else fresh
    kept = replace(old, before_comma=old.before_comma or "", after=behind_old)
    return replace(brackets, items=(*brackets.items[:-1], kept, *spaced))


def _alignment(brackets: Brackets, index: int, layout: Layout) -> str:
    """The indentation of the line that the neighbour shares, or of the first item if that is the bracket's line."""
    gaps = [brackets.lead, *(item.after for item in brackets.items[:index])]
    for gap in reversed(gaps[: len(brackets.items)]):
        if len(lines := _gap_lines(gap)) > 1:
            return lines[-1]
    line = last_line(layout.before + brackets.opening + brackets.lead)
    return indentation(line) + layout.unit if "\t" in line else " " * len(line)


def explode(brackets: Brackets, layout: Layout) -> Brackets:
    """One item a line with a trailing comma, for brackets that stand on one line."""
    outer = layout.newline + indentation(last_line(layout.before + brackets.opening))
    inner = outer + layout.unit
    items = [replace(item, before_comma="", after=inner) for item in brackets.items]
    items[-1] = replace(items[-1], after=outer)
    return replace(brackets, lead=inner, items=tuple(items))


def remove(brackets: Brackets, index: int, newline: str) -> Brackets:
    """Take the item at ``index`` away; the comments in and around it stay."""
    item = brackets.items[index]
    is_last = index == len(brackets.items) - 1
    if is_last and index and item.before_comma is None:
        # The item in front becomes the last one and has no comma either.
        previous = brackets.items[index - 1]
        gap = (previous.before_comma or "") + previous.after
        brackets = brackets.with_item(index - 1, replace(previous, before_comma=None, after=gap))
    inner = comments_in(item.head + item.value + (item.before_comma or ""))
    gap = _joined(brackets.gap_before(index), inner, item.after, index == 0, is_last, newline)
    return brackets.with_item(index).with_gap_before(index, gap)


def _joined(before: str, inner: list[str], after: str, is_first: bool, is_last: bool, newline: str) -> str:
    """The one gap that is left of the gaps before and after a removed item, and of the comments in it."""
    above, below = _gap_lines(before), _gap_lines(after)
    if is_first and is_last and not inner and "#" not in before + after:
        return ""
    if len(above) > 1:
        # The item started a line: the line goes, and its trailing comment becomes a line of its own.
        kept = above[:-1] + [above[-1] + comment + newline for comment in inner + _comment(below[0])]
        if len(below) > 1:
            return "".join(kept + below[1:])
        return after if is_last and not any("#" in line for line in kept) else "".join(kept) + above[-1]
    if inner:
        comments = inner + _comment(below[0])
        indent = below[-1] if len(below) > 1 else ""
        lines = ["  " + comments[0] + newline, *(indent + comment + newline for comment in comments[1:])]
        return "".join(lines + (below[1:] if len(below) > 1 else [""]))
    next_moves_up = is_first and not is_last and "#" not in after
    return before if next_moves_up or (len(below) == 1 and not is_last) else after


def _comment(line: str) -> list[str]:
    return [line.strip()] if "#" in line else []


def _gap_lines(gap: str) -> list[str]:
    """The lines of a gap, all but the last with their newline; a continued line counts as one."""
    lines, line = [], ""
    for match in _GAP_PART.finditer(gap):
        line += match[0]
        if match[1]:
            lines.append(line)
            line = ""
    return [*lines, line]
