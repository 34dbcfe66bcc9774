"""Which node each rewrite is about, how it reads the environment, and whether the rewrites agree with each other."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from codemod.languages.python.imports import Imports, Insertion, insertion
from codemod.languages.python.refusal import Refusal
from codemod.languages.python.tree import Tree, assigned, target_of
from codemod.languages.python.verify import code_tree, same
from codemod.records import entity
from codemod.rewrites import (
    AssignAfter,
    Code,
    CopyAssignment,
    CopyStatement,
    EnvironmentCode,
    FilterEmptyChunks,
    ImportBeside,
    MergeHeaders,
    NestExpression,
    PrefixExpression,
    RemoveArgument,
    RemoveEntry,
    RenameArgument,
    RenameMember,
    RenameName,
    RenameTarget,
    ReplaceExpression,
    ReplaceText,
    Rewrite,
    SetArgument,
    SetEntry,
    SkipEmptyChunks,
    Span,
)

_MISSING = "the place of a rewrite holds no {}, or stands in an f-string"


@entity
class Plan:
    """The rewrites that change something, in order, with their nodes.

    ``environ`` holds how each that reads the environment calls ``os.environ``; ``importing`` are those that need the
    ``insertion`` of ``import os``.
    """

    nodes: Mapping[Rewrite, ast.AST]
    environ: Mapping[Rewrite, str]
    insertion: Insertion | None
    importing: tuple[Rewrite, ...]


def make_plan(tree: Tree, text: str, rewrites: Sequence[Rewrite], newline: str) -> Plan:
    """The plan for ``rewrites``. Raises Refusal where one has no place, or is lost in another, or contradicts it."""
    nodes = {rewrite: _node(tree, rewrite) for rewrite in rewrites}
    _require_agreement(tree, nodes)
    imports: Imports | None = None
    environ: dict[Rewrite, str] = {}
    needless: set[Rewrite] = set()
    importing = []
    for rewrite, node in nodes.items():
        present = _present(rewrite, node)
        value = _value(rewrite)
        if isinstance(value, EnvironmentCode):
            imports = imports or Imports(tree)
            known = imports.environ(node)
            environ[rewrite] = known or "os.environ"
            if present is not None and same(present, code_tree(value, environ[rewrite])):
                needless.add(rewrite)
            elif known is None and not imports.may_import(node):
                raise Refusal("the name os stands for something else here, so os.environ cannot be read", rewrite.span)
            elif known is None:
                importing.append(rewrite)
        elif value is not None and present is not None and same(present, code_tree(value, None)):
            needless.add(rewrite)
    first_use = min((rewrite.span.start for rewrite in importing), default=0)
    inserted = insertion(tree, text, first_use, newline) if importing else None
    kept = {rewrite: node for rewrite, node in nodes.items() if rewrite not in needless}
    return Plan(kept, environ, inserted, tuple(importing))


def _value(rewrite: Rewrite) -> Code | None:
    if isinstance(rewrite, SetArgument | SetEntry | ReplaceExpression | AssignAfter):
        return rewrite.value
    return None


def _present(rewrite: Rewrite, node: ast.AST) -> ast.expr | None:
    """The expression whose place the new value takes, if there is one."""
    if isinstance(rewrite, ReplaceExpression):
        assert isinstance(node, ast.expr)
        return node
    if isinstance(rewrite, SetArgument | RemoveArgument):
        assert isinstance(node, ast.Call)
        return next((keyword.value for keyword in node.keywords if keyword.arg == rewrite.name), None)
    if isinstance(rewrite, SetEntry | RemoveEntry):
        assert isinstance(node, ast.Dict)
        entries = zip(node.keys, node.values, strict=True)
        return next(
            (value for key, value in entries if isinstance(key, ast.Constant) and key.value == rewrite.key), None
        )
    return None


def _node(tree: Tree, rewrite: Rewrite) -> ast.AST:
    found: ast.AST | None
    if isinstance(rewrite, SetArgument | RemoveArgument | RenameArgument):
        found, kind = tree.find(rewrite.span, ast.Call), "call"
    elif isinstance(rewrite, SetEntry | RemoveEntry):
        found, kind = tree.find(rewrite.span, ast.Dict), "mapping display"
    elif isinstance(rewrite, SkipEmptyChunks):
        found, kind = tree.find(rewrite.span, ast.For) or tree.find(rewrite.span, ast.AsyncFor), "loop"
    elif isinstance(rewrite, AssignAfter):
        found, kind = tree.find(rewrite.span, ast.stmt), "simple statement"
        if hasattr(found, "body") or hasattr(found, "cases"):
            found = None
    elif isinstance(rewrite, RenameTarget | CopyStatement):
        found, kind = tree.find(rewrite.span, ast.stmt), "assignment to a single name"
        if target_of(found) is None:
            found = None
    elif isinstance(rewrite, CopyAssignment):
        found, kind = tree.find(rewrite.span, ast.stmt), "assignment to a single name or attribute"
        if assigned(found) is None:
            found = None
    elif isinstance(rewrite, ImportBeside):
        found, kind = tree.find(rewrite.span, ast.alias), "name that is imported from a module"
        if found is not None and not isinstance(tree.slots[found].parent, ast.ImportFrom):
            found = None
    elif isinstance(rewrite, RenameName):
        found, kind = tree.find(rewrite.span, ast.Name), "name that is read"
        if found is not None and not isinstance(found.ctx, ast.Load):
            found = None
    elif isinstance(rewrite, RenameMember):
        found, kind = tree.find(rewrite.span, ast.Attribute), "attribute"
    else:
        found, kind = tree.find(rewrite.span, ast.expr), _KINDS[type(rewrite)]
        if found is not None and not _suits(tree, rewrite, found):
            found = None
    if found is None:
        raise Refusal(_MISSING.format(kind), rewrite.span)
    return found


_KINDS: dict[type, str] = {
    MergeHeaders: "expression",
    ReplaceText: "string literal",
    ReplaceExpression: "expression",
    PrefixExpression: "name or attribute",
    NestExpression: "expression",
    FilterEmptyChunks: "iterated expression of a comprehension",
}


def _suits(tree: Tree, rewrite: Rewrite, node: ast.expr) -> bool:
    if isinstance(rewrite, ReplaceText):
        return isinstance(node, ast.Constant) and isinstance(node.value, str)
    if isinstance(rewrite, PrefixExpression) and not isinstance(node, ast.Name | ast.Attribute):
        return False
    slot = tree.slots[node]
    if isinstance(rewrite, FilterEmptyChunks):
        return isinstance(slot.parent, ast.comprehension) and slot.field == "iter"
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _require_agreement(tree: Tree, nodes: Mapping[Rewrite, ast.AST]) -> None:
    named: set[tuple[Span, str]] = set()
    ordered = sorted(nodes, key=lambda rewrite: rewrite.span)
    starts = [rewrite.span.start for rewrite in ordered]
    for rewrite, node in nodes.items():
        name = _name(rewrite)
        if name is not None:
            if (rewrite.span, name) in named:
                raise Refusal(f"two rewrites want {name} to be different things", rewrite.span)
            named.add((rewrite.span, name))
        gone = _gone(tree, rewrite, node)
        if gone is None:
            continue
        inside = ordered[bisect_left(starts, gone.start) : bisect_left(starts, gone.end)]
        lost = next((each for each in inside if each != rewrite and gone.contains(each.span)), None)
        if lost is not None:
            raise Refusal("a rewrite stands inside of what another one replaces", lost.span)


def _name(rewrite: Rewrite) -> str | None:
    if isinstance(rewrite, SetArgument | RemoveArgument | RenameArgument):
        return rewrite.name
    if isinstance(rewrite, SetEntry | RemoveEntry):
        return rewrite.key
    return None


def _gone(tree: Tree, rewrite: Rewrite, node: ast.AST) -> Span | None:
    """What the rewrite replaces or removes as a whole."""
    if isinstance(rewrite, ReplaceText | ReplaceExpression | PrefixExpression):
        return rewrite.span
    present = _present(rewrite, node)
    return tree.span(present) if present is not None else None
