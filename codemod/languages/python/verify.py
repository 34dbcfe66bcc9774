"""The check before anything is returned: the same plan, applied to the syntax tree, must give the same program."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping, Sequence

from codemod.languages.python.refusal import Refusal
from codemod.languages.python.tree import Tree, assigned, parse, target_of
from codemod.rewrites import (
    AssignAfter,
    Code,
    CopyAssignment,
    CopyStatement,
    EnvironmentCode,
    FilterEmptyChunks,
    HeadersCode,
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
    TextCode,
)


def apply_to_tree(
    tree: Tree,
    nodes: Mapping[Rewrite, ast.AST],
    environ: Mapping[Rewrite, str],
    import_in_front_of: ast.stmt | None,
) -> ast.Module:
    """Apply the rewrites to ``tree``, in place, and give its root.

    ``nodes`` holds, in order, the rewrites and the nodes they are about; ``environ`` how those that need it call
    ``os.environ``.
    """
    for rewrite, node in nodes.items():
        if isinstance(rewrite, SkipEmptyChunks):
            assert isinstance(node, ast.For | ast.AsyncFor)
            guard = ast.If(ast.UnaryOp(ast.Not(), _choices(rewrite.chunk)), [ast.Continue()], [])
            node.body.insert(0, guard)
        elif isinstance(rewrite, FilterEmptyChunks):
            clause = tree.slots[node].parent
            assert isinstance(clause, ast.comprehension)
            clause.ifs.insert(0, _choices(rewrite.chunk))
    # The last of several statements behind the same one is inserted first.
    for rewrite, node in reversed(list(nodes.items())):
        if isinstance(rewrite, AssignAfter | CopyStatement | CopyAssignment | ImportBeside):
            siblings = tree.slots[node].siblings
            assert siblings is not None
            siblings.insert(_place(siblings, node) + 1, _added(rewrite, node, environ))
    for rewrite, node in nodes.items():
        _change_node(rewrite, node, environ.get(rewrite))
    for rewrite, node in nodes.items():
        new = _replacement(rewrite, node, environ.get(rewrite))
        if new is not node:
            _replace(tree, node, new)
    if import_in_front_of is not None:
        body = tree.root.body
        body.insert(_place(body, import_in_front_of), ast.Import([ast.alias("os")]))
    return tree.root


def _added(
    rewrite: AssignAfter | CopyStatement | CopyAssignment | ImportBeside,
    node: ast.AST,
    environ: Mapping[Rewrite, str],
) -> ast.AST:
    if isinstance(rewrite, CopyStatement):
        return _copied(rewrite, node)
    if isinstance(rewrite, CopyAssignment):
        return _copied_to(rewrite, node)
    return ast.alias(rewrite.name) if isinstance(rewrite, ImportBeside) else _assigned(rewrite, environ)


def _copied_to(rewrite: CopyAssignment, statement: ast.AST) -> ast.AST:
    copied = copy.deepcopy(statement)
    target = assigned(copied)
    new = assigned(parse(f"{rewrite.target} = 0").body[0])
    assert target is not None
    assert new is not None
    if isinstance(copied, ast.Assign):
        copied.targets = [new]
    else:
        assert isinstance(copied, ast.AnnAssign)
        copied.target = new
    return copied


def _assigned(rewrite: AssignAfter, environ: Mapping[Rewrite, str]) -> ast.stmt:
    assignment = parse(f"{rewrite.target} = 0").body[0]
    assert isinstance(assignment, ast.Assign)
    assignment.value = code_tree(rewrite.value, environ.get(rewrite))
    return assignment


def _copied(rewrite: CopyStatement, statement: ast.AST) -> ast.AST:
    copied = copy.deepcopy(statement)
    target = target_of(copied)
    assert target is not None
    target.id = rewrite.name
    for text in ast.walk(copied):
        if isinstance(text, ast.Constant) and text.value == rewrite.old:
            text.value = rewrite.new
    return copied


def _change_node(rewrite: Rewrite, node: ast.AST, environ: str | None) -> None:
    if isinstance(rewrite, SetArgument):
        assert isinstance(node, ast.Call)
        value = code_tree(rewrite.value, environ)
        for keyword in node.keywords:
            if keyword.arg == rewrite.name:
                keyword.value = value
                return
        end = len(node.keywords)
        while end and node.keywords[end - 1].arg is None:
            end -= 1
        node.keywords.insert(end, ast.keyword(rewrite.name, value))
    elif isinstance(rewrite, RemoveArgument):
        assert isinstance(node, ast.Call)
        node.keywords[:] = [keyword for keyword in node.keywords if keyword.arg != rewrite.name]
    elif isinstance(rewrite, RenameArgument):
        assert isinstance(node, ast.Call)
        next(keyword for keyword in node.keywords if keyword.arg == rewrite.name).arg = rewrite.new
    elif isinstance(rewrite, SetEntry):
        assert isinstance(node, ast.Dict)
        value = code_tree(rewrite.value, environ)
        for index, key in enumerate(node.keys):
            if _is_text(key, rewrite.key):
                node.values[index] = value
                return
        node.keys.append(ast.Constant(rewrite.key))
        node.values.append(value)
    elif isinstance(rewrite, RemoveEntry):
        assert isinstance(node, ast.Dict)
        index = next(index for index, key in enumerate(node.keys) if _is_text(key, rewrite.key))
        del node.keys[index], node.values[index]
    elif isinstance(rewrite, ReplaceText):
        assert isinstance(node, ast.Constant)
        node.value = rewrite.value
    elif isinstance(rewrite, RenameName):
        assert isinstance(node, ast.Name)
        node.id = rewrite.name
    elif isinstance(rewrite, RenameMember):
        assert isinstance(node, ast.Attribute)
        node.attr = rewrite.name
    elif isinstance(rewrite, RenameTarget):
        target = target_of(node)
        assert target is not None
        target.id = rewrite.name


def _replacement(rewrite: Rewrite, node: ast.AST, environ: str | None) -> ast.AST:
    if isinstance(rewrite, ReplaceExpression):
        return code_tree(rewrite.value, environ)
    if isinstance(rewrite, PrefixExpression):
        assert isinstance(node, ast.expr)
        return ast.JoinedStr([ast.Constant(rewrite.prefix), ast.FormattedValue(node, -1, None)])
    if isinstance(rewrite, NestExpression):
        assert isinstance(node, ast.expr)
        names: list[ast.expr | None] = [ast.Constant(rewrite.kind), ast.Constant(rewrite.name)]
        return ast.Dict(names, [ast.Constant(rewrite.name), node])
    if isinstance(rewrite, MergeHeaders):
        new = _mapping(rewrite.headers)
        if isinstance(node, ast.Dict):
            node.keys[:0], node.values[:0] = new.keys, new.values
            return node
        assert isinstance(node, ast.expr)
        rest = ast.BoolOp(ast.Or(), [node, ast.Dict([], [])]) if rewrite.may_be_missing else node
        return ast.Dict([*new.keys, None], [*new.values, rest])
    return node


def _replace(tree: Tree, node: ast.AST, new: ast.AST) -> None:
    slot = tree.slots[node]
    if slot.siblings is None:
        setattr(slot.parent, slot.field, new)
    else:
        slot.siblings[_place(slot.siblings, node)] = new


def _place(siblings: Sequence[ast.AST], node: ast.AST) -> int:
    return next(index for index, each in enumerate(siblings) if each is node)


def _is_text(key: ast.expr | None, text: str) -> bool:
    return isinstance(key, ast.Constant) and key.value == text


def _choices(chunk: str) -> ast.expr:
    return ast.Attribute(ast.Name(chunk, ast.Load()), "choices", ast.Load())


def code_tree(code: Code, environ: str | None) -> ast.expr:
    """The syntax tree of ``code``; ``environ`` is the source of what is subscripted for an environment read."""
    if isinstance(code, TextCode):
        return ast.Constant(code.value)
    if isinstance(code, HeadersCode):
        return _mapping(code.headers)
    assert isinstance(code, EnvironmentCode)
    assert environ is not None
    return ast.Subscript(ast.parse(environ, mode="eval").body, ast.Constant(code.name), ast.Load())


def _mapping(headers: Sequence[tuple[str, str]]) -> ast.Dict:
    return ast.Dict([ast.Constant(name) for name, _ in headers], [ast.Constant(value) for _, value in headers])


def require_same(expected: ast.AST, text: str) -> None:
    """Refusal unless ``text`` is the program ``expected``."""
    try:
        actual = parse(text)
    except (SyntaxError, ValueError):
        raise Refusal("the edited source would not parse") from None
    if not same(expected, actual):
        raise Refusal("the edited source would not be the program that was planned")


def same(left: ast.AST, right: ast.AST) -> bool:
    """Whether two trees are equal but for positions."""
    pairs: list[tuple[object, object]] = [(left, right)]
    while pairs:
        one, other = pairs.pop()
        if type(one) is not type(other):
            return False
        if isinstance(one, ast.AST):
            pairs.extend((getattr(one, field, None), getattr(other, field, None)) for field in one._fields)
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pairs.extend(zip(one, other, strict=True))
        # By representation too: nan is not equal to itself.
        elif one != other and repr(one) != repr(other):
            return False
    return True
