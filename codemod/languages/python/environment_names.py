"""By which names a Python file reads and writes the environment."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import replace
from typing import Any

from codemod.records import record


@record
class EnvironmentNames:
    """The names by which a file reads the environment."""

    modules: frozenset[str]
    mappings: frozenset[str]
    functions: frozenset[str]

    def is_mapping(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Attribute):
            return node.attr == "environ" and isinstance(node.value, ast.Name) and node.value.id in self.modules
        return isinstance(node, ast.Name) and node.id in self.mappings

    def read_call(self, node: ast.Call) -> tuple[ast.Constant, ast.expr | None] | None:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr not in _READING:
            return None
        reads = (
            (isinstance(function, ast.Name) and function.id in self.functions)
            or (
                isinstance(function, ast.Attribute)
                and function.attr == "getenv"
                and isinstance(function.value, ast.Name)
                and function.value.id in self.modules
            )
            or (isinstance(function, ast.Attribute) and function.attr == "get" and self.is_mapping(function.value))
        )
        if not reads or not node.args or not _is_text(node.args[0]):
            return None
        name = node.args[0]
        assert isinstance(name, ast.Constant)
        extra = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg == "default")]
        if len(extra) > 1 or any(keyword.arg != "default" for keyword in node.keywords):
            return None
        return name, extra[0] if extra else None

    def read_subscript(self, node: ast.Subscript) -> ast.Constant | None:
        if self.is_mapping(node.value) and isinstance(node.slice, ast.Constant) and _is_text(node.slice):
            return node.slice
        return None

    def written_name(self, node: ast.Subscript) -> str | None:
        if self.is_mapping(node.value) and isinstance(node.slice, ast.Constant) and _is_text(node.slice):
            return str(node.slice.value)
        return None

    def writes(self, node: ast.Call) -> bool:
        """Whether a call sets variables: ``environ.setdefault``, ``environ.update``, ``os.putenv``."""
        function = node.func
        if not isinstance(function, ast.Attribute):
            return False
        if function.attr == "putenv":
            return isinstance(function.value, ast.Name) and function.value.id in self.modules
        return function.attr in ("setdefault", "update") and self.is_mapping(function.value)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


_READING = frozenset({"get", "getenv"})
_BINDING = frozenset(
    {
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.AugAssign,
        ast.arg,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
    }
)
# Literals, and what lists of children hold beside nodes.
_LEAVES = frozenset({ast.Constant, str, type(None)})


def environment_names(tree: ast.Module, text: str) -> EnvironmentNames | None:
    """The names that mean ``os``, ``os.environ`` and ``os.getenv`` all through the file.

    They are imported, or are all that ``name = os.environ`` assigns, and nothing else in the file binds them.
    None if there are no such names.
    """
    if "os" not in text or not any(word in text for word in ("environ", "getenv", "putenv")):
        return None
    modules: set[str] = set()
    mappings: set[str] = set()
    functions: set[str] = set()
    rebound: set[str] = set()
    aliases: dict[ast.expr, ast.expr] = {}
    updated: set[ast.expr] = set()
    assigned: dict[str, list[ast.expr]] = defaultdict(list)
    for node in _binding_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.split(".")[0]
                if alias.name == "os" or (alias.asname is None and bound == "os"):
                    modules.add(bound)
                else:
                    rebound.add(bound)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                bound = alias.asname or alias.name
                if node.module == "os" and alias.name == "environ":
                    mappings.add(bound)
                elif node.module == "os" and alias.name == "getenv":
                    functions.add(bound)
                else:
                    rebound.add(bound)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            aliases[node.targets[0]] = node.value
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.BitOr):
            updated.add(node.target)
        elif isinstance(node, ast.Name) and node in aliases:
            assigned[node.id].append(aliases[node])
        elif isinstance(node, ast.Name) and node not in updated:
            rebound.add(node.id)
        elif isinstance(node, ast.arg):
            rebound.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            rebound.add(node.name)
    imported = EnvironmentNames(
        frozenset(modules - rebound - assigned.keys()),
        frozenset(mappings - rebound - assigned.keys()),
        frozenset(functions - rebound - assigned.keys()),
    )
    named = {name for name, values in assigned.items() if all(map(imported.is_mapping, values))} - rebound - mappings
    found = replace(imported, mappings=imported.mappings | named)
    return found if found.modules or found.mappings or found.functions else None


def _binding_nodes(tree: ast.Module) -> list[ast.AST]:
    """The nodes that may bind a name, parents before their children; ``ast.walk`` takes three times as long."""
    found: list[ast.AST] = []
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:
                found.append(node)
        elif kind not in _LEAVES:
            if kind in _BINDING:
                found.append(node)
            for name in kind._fields:
                child = getattr(node, name)
                if isinstance(child, list):
                    pending += child
                elif isinstance(child, ast.AST):
                    pending.append(child)
    return found
