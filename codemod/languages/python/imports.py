"""How a place in a file can call ``os.environ``, and where ``import os`` goes if it cannot."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property

from codemod.languages.python.tree import Slot, Tree
from codemod.records import record

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_COMMENT_LINE = re.compile(r"[ \t\f]*#[^\r\n]*(?:\r\n|\r|\n)?")

Statement = ast.Import | ast.ImportFrom


@record
class Access:
    """An import that gives ``os`` or ``os.environ`` the name ``name``."""

    name: str
    environ: str
    statement: Statement


@record
class Insertion:
    """``text`` goes to ``offset``; in the tree it is a statement in front of ``anchor``."""

    offset: int
    text: str
    anchor: ast.stmt


class Imports:
    """What the names of a file that stand for ``os`` are bound to."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._accesses = [access for node in tree.slots for access in _accesses(node)]
        self._accesses.sort(key=lambda access: (access.name != "os", tree.span(access.statement).start))
        self._globals = {name for node in tree.slots if isinstance(node, ast.Global) for name in node.names}
        # Each edit asks this of the scopes around it.
        self._bound: dict[tuple[ast.AST, str], list[ast.AST]] = {}

    def environ(self, place: ast.AST) -> str | None:
        """The code for ``os.environ`` at ``place`` with what the file imports; None if nothing can be used."""
        for access in self._accesses:
            if self._reaches(access, place):
                return access.environ
        return None

    def may_import(self, place: ast.AST) -> bool:
        """Whether ``os`` at ``place`` would be the module if the file began with ``import os``."""
        scope, _ = self._resolve("os", place)
        is_global = scope is self._tree.root and self._only_imports("os", "os.environ", scope)
        return is_global and not self._may_have_os_from_a_star

    @cached_property
    def _may_have_os_from_a_star(self) -> bool:
        """Whether the file reads an ``os`` that it does not bind, and has names that it does not show."""
        nodes = list(ast.walk(self._tree.root))
        has_star = any(isinstance(node, ast.alias) and node.name == "*" for node in nodes)
        reads = any(isinstance(node, ast.Name) and node.id == "os" for node in nodes)
        return has_star and reads and not self._bindings(self._tree.root, "os")

    def _reaches(self, access: Access, place: ast.AST) -> bool:
        scope, deferred = self._resolve(access.name, place)
        if not self._only_imports(access.name, access.environ, scope):
            return False
        same = [each for each in self._accesses if (each.name, each.environ) == (access.name, access.environ)]
        for each in same:
            slot = self._tree.slots[each.statement]
            earlier = self._tree.span(each.statement).start < self._tree.span(place).start
            if slot.parent is self._tree.root:
                if scope is self._tree.root and (deferred or earlier):
                    return True
            elif scope is not self._tree.root and not deferred and earlier and self._encloses(slot, place):
                return True
        return False

    def _encloses(self, block: Slot, place: ast.AST) -> bool:
        return any(slot.siblings is block.siblings for _, slot in self._tree.ancestors(place))

    def _resolve(self, name: str, place: ast.AST) -> tuple[ast.AST, bool]:
        """The scope that ``name`` belongs to at ``place``, and whether ``place`` runs later than that scope's body."""
        deferred = False
        innermost = True
        for scope in self._scopes(place):
            is_class = isinstance(scope, ast.ClassDef)
            if innermost or not is_class:
                bound = self._bindings(scope, name)
                if any(isinstance(node, ast.Global) for node in bound):
                    return self._tree.root, True
                if bound and not any(isinstance(node, ast.Nonlocal) for node in bound):
                    return scope, deferred
            deferred = deferred or isinstance(scope, _FUNCTIONS)
            innermost = innermost and isinstance(scope, _COMPREHENSIONS)
        return self._tree.root, deferred

    def _scopes(self, place: ast.AST) -> Iterator[ast.AST]:
        """The scopes around ``place``, inner ones first; defaults and decorators belong to the scope outside."""
        for _, slot in self._tree.ancestors(place):
            parent = slot.parent
            if (isinstance(parent, _SCOPES) and slot.field == "body") or isinstance(parent, _COMPREHENSIONS):
                yield parent

    def _only_imports(self, name: str, environ: str, scope: ast.AST) -> bool:
        bound = self._bindings(scope, name)
        if scope is self._tree.root and name in self._globals:
            functions = (each for each in self._tree.slots if isinstance(each, _FUNCTIONS))
            bound = [*bound, *(node for each in functions for node in self._bindings(each, name))]
        kept = (ast.Global, ast.Nonlocal)
        return all(
            isinstance(node, ast.alias) and self._names_environ(node, environ)
            for node in bound
            if not isinstance(node, kept)
        )

    def _bindings(self, scope: ast.AST, name: str) -> list[ast.AST]:
        if (scope, name) not in self._bound:
            self._bound[scope, name] = list(_bindings(scope, name))
        return self._bound[scope, name]

    def _names_environ(self, alias: ast.alias, environ: str) -> bool:
        statement = self._tree.slots[alias].parent
        return any(
            access.environ == environ and access.name == (alias.asname or alias.name.partition(".")[0])
            for access in _accesses(statement)
        )


def _accesses(node: ast.AST) -> Iterator[Access]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name == "os" or (alias.name.startswith("os.") and not alias.asname):
                name = alias.asname or "os"
                yield Access(name, f"{name}.environ", node)
    elif isinstance(node, ast.ImportFrom) and node.module == "os" and not node.level:
        for alias in node.names:
            if alias.name == "environ":
                name = alias.asname or "environ"
                yield Access(name, name, node)


def _bindings(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """The nodes that bind ``name`` in ``scope`` itself, or declare it global or nonlocal there."""
    stack: list[object] = []
    if isinstance(scope, _FUNCTIONS):
        arguments = scope.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        yield from (each for each in every if each is not None and each.arg == name)
        stack.extend(scope.body if isinstance(scope.body, list) else [scope.body])
    elif isinstance(scope, ast.Module | ast.ClassDef):
        stack.extend(scope.body)
    else:
        stack.extend(ast.iter_child_nodes(scope))
    while stack:
        node = stack.pop()
        if not isinstance(node, ast.AST):
            continue
        if _binds(node, name):
            yield node
        if isinstance(node, _SCOPES):
            # Its body is a scope of its own; the rest of it belongs here.
            outside = [value for field, value in ast.iter_fields(node) if field != "body"]
            stack.extend(each for value in outside for each in (value if isinstance(value, list) else [value]))
        elif not isinstance(node, ast.arg):
            stack.extend(ast.iter_child_nodes(node))


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.alias):
        return (node.asname or node.name.partition(".")[0]) == name
    if isinstance(node, ast.Global | ast.Nonlocal):
        return name in node.names
    if isinstance(node, ast.MatchMapping):
        return node.rest == name
    # Functions, classes, exception handlers, captures of a pattern, type parameters.
    return getattr(node, "name", None) == name


def insertion(tree: Tree, text: str, first_use: int, newline: str) -> Insertion:
    """Where ``import os`` goes so that it runs before the place ``first_use``."""
    body = tree.root.body
    start = 0
    while start < len(body) - 1 and _stays_on_top(body[start], start):
        start += 1
    last = max(index for index in range(start, len(body)) if index == start or tree.start(body[index]) <= first_use)
    found = next((index for index in range(start, last + 1) if _imports(body[index])), None)
    if found is None:
        return _in_front_of(tree, text, start, newline * 2)
    if isinstance(body[found], Statement):
        found += _within_block(body[found : last + 1])
    return _in_front_of(tree, text, found, newline)


def _stays_on_top(statement: ast.stmt, index: int) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__" and not statement.level
    value = statement.value if isinstance(statement, ast.Expr) else None
    return index == 0 and isinstance(value, ast.Constant) and isinstance(value.value, str)


def _imports(statement: ast.stmt) -> bool:
    if isinstance(statement, Statement):
        return True
    if isinstance(statement, _SCOPES):
        return False
    return any(isinstance(node, Statement) for node in ast.iter_child_nodes(statement))


def _within_block(statements: Sequence[ast.stmt]) -> int:
    """Which statement of the block of imports at the front of ``statements`` ``import os`` goes in front of."""
    for index, statement in enumerate(statements):
        if not isinstance(statement, Statement):
            break
        if isinstance(statement, ast.Import):
            name = statement.names[0].name
            if name.partition(".")[0] in sys.stdlib_module_names and name > "os":
                return index
    return 0


def _in_front_of(tree: Tree, text: str, index: int, end: str) -> Insertion:
    body = tree.root.body
    anchor = body[index]
    start = tree.start(anchor)
    line_start = tree.line_start(start)
    if text[line_start:start].strip():
        return Insertion(start, "import os; ", anchor)
    if not isinstance(anchor, Statement):
        line_start = _above_comments(tree, text, line_start, tree.span(body[index - 1]).end if index else 0)
    return Insertion(line_start, "import os" + end, anchor)


def _above_comments(tree: Tree, text: str, line_start: int, floor: int) -> int:
    """The start of the comment right above a line: it is about that line, unless it heads the file."""
    start = line_start
    while start:
        previous = tree.line_start(start - 1)
        if previous < floor or not _COMMENT_LINE.fullmatch(text, previous, start):
            return start
        start = previous
    return line_start
