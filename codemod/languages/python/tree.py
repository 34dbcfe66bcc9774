"""A parsed file in which a node is found by its span."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterator
from typing import TypeVar

from codemod.records import record
from codemod.rewrites import Span
from codemod.source import Lines

_Node = TypeVar("_Node", bound=ast.AST)
_TEMPLATES = tuple(getattr(ast, name) for name in ("JoinedStr", "TemplateStr") if hasattr(ast, name))


@record
class Slot:
    """Where a node hangs: the field of its parent, and in which list if that field is one."""

    parent: ast.AST
    field: str
    siblings: list[ast.AST] | None


class Tree:
    """``slots`` tells where each node hangs; what is inside an f-string is left out, its positions are not exact."""

    def __init__(self, root: ast.Module, lines: Lines, wanted: Collection[Span]) -> None:
        self.root = root
        self.lines = lines
        self.slots: dict[ast.AST, Slot] = {}
        self._at: dict[Span, list[ast.AST]] = {span: [] for span in wanted}
        rows = {lines.place(span).line for span in wanted}
        stack: list[ast.AST] = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.expr | ast.stmt | ast.alias) and node.lineno in rows:
                self._at.get(self.span(node), []).append(node)
            if isinstance(node, _TEMPLATES):
                continue
            children = list(_slots(node))
            self.slots.update(children)
            stack.extend(child for child, _ in reversed(children))

    def span(self, node: ast.AST) -> Span:
        """The characters that ``node``, an expression, a statement or an imported name, stands on."""
        assert isinstance(node, ast.expr | ast.stmt | ast.alias)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return Span(
            self.lines.offset(node.lineno, node.col_offset), self.lines.offset(node.end_lineno, node.end_col_offset)
        )

    def line_start(self, offset: int) -> int:
        """Where the line starts on which ``offset`` is."""
        return self.lines.offset(self.lines.place(Span(offset, offset)).line, 0)

    def start(self, statement: ast.stmt) -> int:
        """Where ``statement`` starts, its decorators included."""
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        if decorators:
            # The at sign has no node of its own; it is the first thing on its line.
            line = min(decorator.lineno for decorator in decorators)
            return self.lines.offset(line, statement.col_offset)
        return self.span(statement).start

    def find(self, span: Span, kind: type[_Node]) -> _Node | None:
        """The outermost node of this kind that stands exactly on ``span``, which must be one of the wanted ones."""
        return next((node for node in self._at[span] if isinstance(node, kind)), None)

    def ancestors(self, node: ast.AST) -> Iterator[tuple[ast.AST, Slot]]:
        """``node`` and its slot, then its parent and that one's slot, up to a statement of the module."""
        while node in self.slots:
            slot = self.slots[node]
            yield node, slot
            node = slot.parent


def parse(text: str) -> ast.Module:
    """The syntax tree of ``text``, without the parser's warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def target_of(statement: ast.AST | None) -> ast.Name | None:
    """The name that a statement assigns or declares, if it is a single one."""
    if isinstance(statement, ast.AnnAssign):
        target: ast.expr = statement.target
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    else:
        return None
    return target if isinstance(target, ast.Name) else None


def assigned(statement: ast.AST | None) -> ast.Name | ast.Attribute | None:
    """What a statement gives a value, if that is a single name or attribute."""
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target: ast.expr = statement.target
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    else:
        return None
    return target if isinstance(target, ast.Name | ast.Attribute) else None


def depth(node: ast.AST) -> int:
    """How many levels of nodes there are below ``node``, itself included."""
    level, levels = [node], 0
    while level:
        levels += 1
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
    return levels


def _slots(node: ast.AST) -> Iterator[tuple[ast.AST, Slot]]:
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            slot = Slot(node, field, value)
            for child in value:
                # Contexts and operators are shared between nodes.
                if isinstance(child, ast.AST) and not isinstance(child, ast.operator | ast.cmpop):
                    yield child, slot
        elif isinstance(value, ast.AST) and not isinstance(
            value, ast.expr_context | ast.operator | ast.unaryop | ast.boolop
        ):
            yield value, Slot(node, field, None)
