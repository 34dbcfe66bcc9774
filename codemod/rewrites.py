"""Planned rewrites: what a decision asks a back end to do, in words that no language owns.

A rewrite names its place by a span of the file as it was before, in characters of the decoded text without its BOM.
Rewrites nest: an argument of a call that is rewritten may hold a literal that is rewritten too.
"""

from __future__ import annotations

from codemod.records import ordered_record, record


@ordered_record
class Span:
    """Half-open range of character offsets into a decoded file.

    Never changed, but not frozen: there is one for each expression, and that would make it three times as dear.
    """

    start: int
    end: int

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


# What a rewrite puts into the source.


@record
class TextCode:
    """A string literal with this value."""

    value: str


@record
class EnvironmentCode:
    """A read of an environment variable that fails loudly when the variable is missing."""

    name: str


@record
class HeadersCode:
    """A mapping of header names to texts, in this order."""

    headers: tuple[tuple[str, str], ...]


Code = TextCode | EnvironmentCode | HeadersCode


# The rewrites.


@record
class SetArgument:
    """Give the call at ``span`` the keyword argument ``name``: replaces its value, or adds it.

    An added argument goes last, but in front of a trailing ``**`` expansion.
    """

    span: Span
    name: str
    value: Code


@record
class RemoveArgument:
    """Take the keyword argument ``name`` from the call at ``span``; its comments stay."""

    span: Span
    name: str


@record
class RenameArgument:
    """Give the value of the keyword argument ``name`` of the call at ``span`` to the argument ``new`` instead."""

    span: Span
    name: str
    new: str


@record
class MergeHeaders:
    """Put ``headers`` in front of the mapping expression at ``span`` so that what is there wins.

    A mapping display gets the entries as its first ones; any other expression ``x`` becomes
    ``{entries, **x}``, or ``{entries, **(x or {})}`` where it ``may_be_missing``.
    """

    span: Span
    headers: tuple[tuple[str, str], ...]
    may_be_missing: bool


@record
class SetEntry:
    """Give the mapping display at ``span`` the entry ``key``: replaces its value, or adds it as the last entry."""

    span: Span
    key: str
    value: Code


@record
class RemoveEntry:
    """Take the entry whose key is the text ``key`` from the mapping display at ``span``; its comments stay."""

    span: Span
    key: str


@record
class ReplaceText:
    """Give the string literal at ``span`` another value; its quotes and prefix stay."""

    span: Span
    value: str


@record
class ReplaceExpression:
    """Replace the expression at ``span``."""

    span: Span
    value: Code


@record
class PrefixExpression:
    """Replace the name or attribute ``x`` at ``span`` by the text ``prefix`` followed by the value of ``x``."""

    span: Span
    prefix: str


@record
class NestExpression:
    """Replace the expression ``x`` at ``span`` by a mapping of ``kind`` to its name, and of that name to ``x``.

    ``x`` becomes ``{"type": "function", "function": x}`` for the ``kind`` "type" with the ``name`` "function".
    """

    span: Span
    kind: str
    name: str


@record
class SkipEmptyChunks:
    """Make the loop statement at ``span`` pass over chunks whose ``choices`` are empty, as its first statement.

    ``span`` is the whole loop statement; ``chunk`` is the name of its target.
    """

    span: Span
    chunk: str


@record
class FilterEmptyChunks:
    """Give the comprehension clause that iterates over the expression at ``span`` the condition ``chunk.choices``."""

    span: Span
    chunk: str


@record
class AssignAfter:
    """Add the statement ``target = value`` on its own line behind the statement at ``span``.

    ``target`` is source text (``openai.base_url``).
    """

    span: Span
    target: str
    value: Code


@record
class RenameMember:
    """Let the attribute expression at ``span`` read the member ``name``: ``x.old`` becomes ``x.name``."""

    span: Span
    name: str


@record
class RenameTarget:
    """Let the statement at ``span``, which assigns or declares a single name, do so for ``name``."""

    span: Span
    name: str


@record
class CopyStatement:
    """Add a copy of the statement at ``span`` behind it, on its own line, that assigns or declares ``name`` instead.

    String literals in the copy whose value is ``old`` have the value ``new``.
    """

    span: Span
    name: str
    old: str
    new: str


@record
class CopyAssignment:
    """Add a copy of the assignment at ``span`` behind it, on its own line, as it was before and to ``target``.

    ``target`` is the source text of a name or attribute (``self.other``).
    """

    span: Span
    target: str


@record
class RenameName:
    """Let the name that is read at ``span`` be ``name``."""

    span: Span
    name: str


@record
class ImportBeside:
    """Let the statement that imports, from some module, the name at ``span`` import ``name`` too, right behind it."""

    span: Span
    name: str


Rewrite = (
    SetArgument
    | RemoveArgument
    | RenameArgument
    | MergeHeaders
    | SetEntry
    | RemoveEntry
    | ReplaceText
    | ReplaceExpression
    | PrefixExpression
    | NestExpression
    | SkipEmptyChunks
    | FilterEmptyChunks
    | AssignAfter
    | RenameMember
    | RenameTarget
    | CopyStatement
    | CopyAssignment
    | RenameName
    | ImportBeside
)
