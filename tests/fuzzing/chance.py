"""What the mutations share: numbers in place of chance, and the looks at a Python text that several of them take."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from tests.fixture_cases import Tree

T = TypeVar("T")
_DEEP = 200
_NEWLINE = re.compile(r"\r\n|\r|\n")


class Preserves(IntEnum):
    """What a mutation leaves as it is.

    TREE: the syntax tree of each file, so the migrated files must have the trees of the unmutated ones. EDITS: what the
    program does, as far as the tool looks, so it must make the same kinds of edits.
    """

    NOTHING = 0
    EDITS = 1
    TREE = 2


class Chance:
    """Choices that numbers make, one after the other; 0 when there are no more."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = list(reversed(numbers))

    def below(self, end: int) -> int:
        """A number from 0 up to ``end``, exclusive."""
        return (self._numbers.pop() if self._numbers else 0) % end

    def choice(self, values: Sequence[T]) -> T:
        return values[self.below(len(values))]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to change a project."""

    name: str
    preserves: Preserves
    apply: Callable[[Tree, Chance], Tree]


TextMutation = Callable[[str, Chance], str]


def of_text(mutate: TextMutation, preserves: Preserves) -> Mutation:
    """A mutation of one Python file, as text of UTF-8. What would not parse any more is dropped.

    Where the tree is to be preserved, that is made sure of.
    """

    def apply(tree: Tree, chance: Chance) -> Tree:
        names = [name for name in sorted(tree) if name.endswith(".py") and parsed(text_of(tree[name])) is not None]
        if not names:
            return tree
        name = chance.choice(names)
        before = text_of(tree[name])
        after = mutate(before, chance)
        new = parsed(after)
        old = parsed(before)
        if (
            new is None
            or old is None
            or is_deep(old)
            or is_deep(new)
            or (preserves is Preserves.TREE and ast.dump(new) != ast.dump(old))
        ):
            return tree
        return {**tree, name: after.encode("utf-8", "surrogateescape")}

    return Mutation(mutate.__name__, preserves, apply)


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def parsed(text: str) -> ast.Module | None:
    """The tree of a text, None if it has none. What encoding the text declares does not count."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.removeprefix("\ufeff"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def is_deep(tree: ast.AST) -> bool:
    """Whether a tree is too deep to be walked by recursion."""
    level: list[ast.AST] = [tree]
    for _ in range(_DEEP):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return bool(level)


class Offsets:
    """Offsets into a text, as characters, of the positions that ``ast`` and ``tokenize`` give."""

    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.shift = len(text) - len(self.text)
        self.starts = [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

    def of_bytes(self, line: int, column: int) -> int:
        """Of a column in bytes of UTF-8, as ``ast`` counts."""
        start = self.starts[line - 1]
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        head = self.text[start:end].encode("utf-8", "surrogateescape")[:column]
        return self.shift + start + len(head.decode("utf-8", "surrogateescape"))

    def of_characters(self, line: int, column: int) -> int:
        """Of a column in characters, as ``tokenize`` counts."""
        return self.shift + self.starts[line - 1] + column

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node with a position stands."""
        start = self.of_bytes(getattr(node, "lineno"), getattr(node, "col_offset"))  # noqa: B009
        return start, self.of_bytes(getattr(node, "end_lineno"), getattr(node, "end_col_offset"))  # noqa: B009


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its offsets into the text."""

    kind: int
    text: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text whose lines end with any newline; empty if it has none."""
    offsets = Offsets(text)
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(_NEWLINE.sub("\n", offsets.text)).readline):
            if token.end[0] <= len(offsets.starts) or not token.string:
                at_end = token.start[0] > len(offsets.starts)
                start = len(text) if at_end else offsets.of_characters(*token.start)
                end = len(text) if at_end or token.end[0] > len(offsets.starts) else offsets.of_characters(*token.end)
                found.append(Token(token.type, token.string, start, end))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return []
    return found


def statements_of(text: str) -> list[tuple[ast.stmt, int, int]]:
    """The statements that have their lines for themselves, with where these lines start and end, newline included."""
    tree = parsed(text)
    if tree is None:
        return []
    offsets = Offsets(text)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            decorators = decorators_of(node)
            first = min([node.lineno, *(each.lineno for each in decorators)])
            start = offsets.shift + offsets.starts[first - 1]
            last = node.end_lineno or node.lineno
            end = offsets.shift + offsets.starts[last] if last < len(offsets.starts) else len(text)
            head, tail = text[start : offsets.span(node)[0]], text[offsets.span(node)[1] : end]
            if (not head.strip() or decorators) and not tail.split("#")[0].strip():
                found.append((node, start, end))
    return sorted(found, key=lambda each: (each[1], -each[2]))


def decorators_of(node: ast.stmt) -> list[ast.expr]:
    return node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []


def newline_of(text: str) -> str:
    match = _NEWLINE.search(text)
    return match[0] if match else "\n"


def indentation_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def indented(text: str, start: int, end: int, by: str) -> str:
    """The lines of ``text`` from ``start`` to ``end`` with more indentation, but for those that begin in a string."""
    tree = parsed(text)
    offsets = Offsets(text)
    inside: set[int] = set()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Constant | ast.JoinedStr):
            inside.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    lines = []
    for number, (first, behind) in enumerate(zip(offsets.starts, [*offsets.starts[1:], len(text)], strict=True), 1):
        if start <= first < end:
            line = text[first:behind]
            lines.append(line if number in inside or not line.strip() else by + line)
    return "".join(lines)
