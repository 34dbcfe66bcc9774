"""Whether a file changed only where its findings say so: its characters, its comments and its syntax tree.

It shares the words for planned rewrites with the tool, and none of the code that carries them out or checks them.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Sequence

from codemod import rewrites as planned
from codemod.rewrites import Rewrite
from tests.fuzzing.chance import Offsets, parsed, tokens_of

Edits = dict[tuple[int, int], list[Rewrite]]

_BEHIND = (planned.AssignAfter, planned.CopyStatement, planned.CopyAssignment, planned.ImportBeside)
_REST_OF_LINE = re.compile(r"[^\r\n]*")


def differences(before: str, after: str, rewrites: Sequence[Rewrite]) -> Iterator[str]:
    """What changed, from one decoded text to the other, that no rewrite stands for; one line each."""
    old, new = parsed(before), parsed(after)
    if old is None or new is None:
        yield "a file that changed does not parse " + ("any more" if old else "before")
        return
    edits: Edits = defaultdict(list)
    for rewrite in dict.fromkeys(rewrites):
        edits[rewrite.span.start, rewrite.span.end].append(rewrite)
    where = _Comparison(before, edits).first_difference(old, new)
    if where is not None:
        yield f"the tree differs where no finding says so: {where}"
    kept = list(_kept(before, old, edits))
    if not any(_are_in(kept, each) for each in _without_import(after)):
        yield "characters differ where no finding says so"
    if _comments(before) != _comments(after):
        yield "the comments differ"


def _comments(text: str) -> list[str]:
    return [token.text for token in tokens_of(text) if token.kind == tokenize.COMMENT]


# Characters


def _kept(text: str, root: ast.Module, edits: Edits) -> Iterator[str]:
    """The pieces of a text between the places that the edits may change."""
    end = 0
    for start, behind in sorted(_places(text, root, edits)):
        if start >= end:
            yield text[end:start]
        end = max(end, behind)
    yield text[end:]


def _places(text: str, root: ast.Module, edits: Edits) -> Iterator[tuple[int, int]]:
    offsets = Offsets(text)
    for (start, end), rewrites in edits.items():
        for rewrite in rewrites:
            if isinstance(rewrite, _BEHIND):
                rest = _REST_OF_LINE.match(text, end)
                line_end = rest.end() if rest else end
                yield end, end
                yield line_end, line_end
            elif isinstance(rewrite, planned.SkipEmptyChunks):
                for loop in ast.walk(root):
                    if isinstance(loop, ast.For | ast.AsyncFor) and offsets.span(loop) == (start, end):
                        yield offsets.span(loop.iter)[1], offsets.span(loop.body[0])[0]
            elif isinstance(rewrite, planned.FilterEmptyChunks):
                behind = re.compile(r"(?:[\s)\\]|#[^\r\n]*)*").match(text, end)
                yield end, behind.end() if behind else end
            else:
                yield start, end


def _without_import(after: str) -> Iterator[str]:
    """The new text, and what it is without the ``import os`` that may have been put in."""
    yield after
    for pattern in (r"import os; ", r"import os(?:\r\n|\r|\n)", r"import os(?:\r\n|\r|\n){2}"):
        for match in re.finditer(pattern, after):
            yield after[: match.start()] + after[match.end() :]


def _are_in(pieces: Sequence[str], text: str) -> bool:
    """Whether a text is made of these pieces, in order, with anything between them, and begins and ends with them."""
    if not text.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1]:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return text == pieces[0] if len(pieces) == 1 else len(text) - at >= len(pieces[-1]) and text.endswith(pieces[-1])


# Trees


class _Comparison:
    """Walks the trees of both texts side by side; an edited node of the first must have become what the edit says."""

    def __init__(self, before: str, edits: Edits) -> None:
        self._offsets = Offsets(before)
        self._edits = edits
        self._found: list[str] = []

    def first_difference(self, old: ast.Module, new: ast.Module) -> str | None:
        self._found.clear()
        if self._same(old, new):
            return None
        return self._found[0] if self._found else "somewhere"

    def _of(self, node: ast.AST) -> list[Rewrite]:
        return self._edits.get(self._offsets.span(node), []) if hasattr(node, "end_lineno") else []

    def _differs(self, old: object, new: object) -> bool:
        self._found.append(f"{_shown(old)} became {_shown(new)}")
        return False

    def _same(self, old: object, new: object) -> bool:
        if isinstance(old, list) and isinstance(new, list):
            return self._same_lists(old, new)
        if not isinstance(old, ast.AST):
            return old == new or repr(old) == repr(new) or self._differs(old, new)
        return self._same_nodes(old, new, self._of(old)) if isinstance(new, ast.AST) else self._differs(old, new)

    def _same_nodes(self, old: ast.AST, new: ast.AST, edits: list[Rewrite]) -> bool:
        if isinstance(old, ast.expr) and isinstance(new, ast.expr):
            for edit in edits:
                if isinstance(edit, planned.ReplaceExpression):
                    return _is_code(new, edit.value) or self._differs(old, new)
                if isinstance(edit, planned.PrefixExpression):
                    return self._is_prefixed(old, new, edit) or self._differs(old, new)
                if isinstance(edit, planned.NestExpression):
                    inner = new.values[-1] if isinstance(new, ast.Dict) and len(new.values) == 2 else None
                    rest = [each for each in edits if each is not edit]
                    return (inner is not None and self._same_nodes(old, inner, rest)) or self._differs(old, new)
                if isinstance(edit, planned.MergeHeaders) and not isinstance(old, ast.Dict):
                    return self._is_merged(old, new, edit, edits) or self._differs(old, new)
        if type(old) is not type(new):
            return self._differs(old, new)
        if isinstance(old, ast.Constant) and isinstance(new, ast.Constant):
            values = [edit.value for edit in edits if isinstance(edit, planned.ReplaceText)]
            expected = values[0] if values else old.value
            same = new.value == expected or repr(new.value) == repr(expected)
            return (same and old.kind == new.kind) or self._differs(old, new)
        if isinstance(old, ast.Call) and isinstance(new, ast.Call):
            return self._same_calls(old, new, edits)
        if isinstance(old, ast.Dict) and isinstance(new, ast.Dict):
            return self._same_mappings(old, new, edits)
        renamed = {edit.name for edit in edits if isinstance(edit, planned.RenameName | planned.RenameMember)}
        if renamed and isinstance(old, ast.Name) and isinstance(new, ast.Name):
            return new.id in renamed or self._differs(old, new)
        if renamed and isinstance(old, ast.Attribute) and isinstance(new, ast.Attribute):
            return (new.attr in renamed and self._same(old.value, new.value)) or self._differs(old, new)
        targets = {edit.name for edit in edits if isinstance(edit, planned.RenameTarget)}
        for name in old._fields:
            one, other = getattr(old, name, None), getattr(new, name, None)
            if targets and name in ("target", "targets"):
                found = other[0] if isinstance(other, list) else other
                if not isinstance(found, ast.Name) or found.id not in targets:
                    return self._differs(old, new)
            elif isinstance(one, list) and isinstance(other, list):
                if not self._same_lists(one, other, old, name):
                    return False
            elif not self._same(one, other):
                return False
        return True

    def _is_prefixed(self, old: ast.expr, new: ast.expr, edit: planned.PrefixExpression) -> bool:
        match new:
            case ast.JoinedStr(values=[ast.Constant(value=prefix), ast.FormattedValue(value=inner, conversion=-1)]):
                return prefix == edit.prefix and ast.dump(inner) == ast.dump(old)
        return False

    def _is_merged(self, old: ast.expr, new: ast.expr, edit: planned.MergeHeaders, edits: list[Rewrite]) -> bool:
        if not isinstance(new, ast.Dict) or len(new.values) != len(edit.headers) + 1 or new.keys[-1] is not None:
            return False
        rest = new.values[-1]
        if edit.may_be_missing:
            match rest:
                case ast.BoolOp(op=ast.Or(), values=[inner, ast.Dict(keys=[])]):
                    rest = inner
                case _:
                    return False
        return self._same_nodes(old, rest, [each for each in edits if each is not edit])

    def _same_calls(self, old: ast.Call, new: ast.Call, edits: list[Rewrite]) -> bool:
        given = {edit.name: edit.value for edit in edits if isinstance(edit, planned.SetArgument)}
        gone = {edit.name for edit in edits if isinstance(edit, planned.RemoveArgument)}
        names = {edit.name: edit.new for edit in edits if isinstance(edit, planned.RenameArgument)}
        for name, value in given.items():
            found = [each.value for each in new.keywords if each.arg == name]
            if len(found) != 1 or not _is_code(found[0], value):
                return self._differs(old, new)
        kept = [each for each in old.keywords if each.arg not in given and each.arg not in gone]
        left = [each for each in new.keywords if each.arg not in given]
        if [names.get(each.arg or "", each.arg) for each in kept] != [each.arg for each in left]:
            return self._differs(old, new)
        pairs = zip(kept, left, strict=True)
        same = self._same(old.func, new.func) and self._same(old.args, new.args)
        return same and all(self._same(one.value, other.value) for one, other in pairs)

    def _same_mappings(self, old: ast.Dict, new: ast.Dict, edits: list[Rewrite]) -> bool:
        changed = {edit.key for edit in edits if isinstance(edit, planned.SetEntry | planned.RemoveEntry)}
        added = {name for edit in edits if isinstance(edit, planned.MergeHeaders) for name, _ in edit.headers}
        there = {_text(key) for key in old.keys}
        one = [(key, value) for key, value in zip(old.keys, old.values, strict=True) if _text(key) not in changed]
        skipped = changed | (added - there)
        other = [(key, value) for key, value in zip(new.keys, new.values, strict=True) if _text(key) not in skipped]
        if len(one) != len(other):
            return self._differs(old, new)
        return all(self._same(a, c) and self._same(b, d) for (a, b), (c, d) in zip(one, other, strict=True))

    def _same_lists(
        self, old: Sequence[object], new: Sequence[object], parent: ast.AST | None = None, name: str = ""
    ) -> bool:
        if len(old) == len(new):
            return all(self._same(one, other) for one, other in zip(old, new, strict=True))
        at = 0
        previous: list[ast.AST] = []
        for each in new:
            told = len(self._found)
            if at < len(old) and self._same(old[at], each):
                if isinstance(old[at], ast.AST):
                    previous.append(old[at])  # type: ignore[arg-type]
                at += 1
                continue
            if not self._may_be_added(each, previous[-1] if previous else None, parent, name):
                return self._differs(old[at] if at < len(old) else None, each)
            del self._found[told:]
        return at == len(old) or self._differs(old[at], None)

    def _may_be_added(self, new: object, previous: ast.AST | None, parent: ast.AST | None, name: str) -> bool:
        if not isinstance(new, ast.AST):
            return False
        written = ast.unparse(new)
        if isinstance(parent, ast.Module) and written == "import os":
            return True
        if isinstance(parent, ast.For | ast.AsyncFor) and name == "body":
            chunks = [each.chunk for each in self._of(parent) if isinstance(each, planned.SkipEmptyChunks)]
            if any(written == f"if not {chunk}.choices:\n    continue" for chunk in chunks):
                return True
        if isinstance(parent, ast.comprehension) and name == "ifs":
            chunks = [each.chunk for each in self._of(parent.iter) if isinstance(each, planned.FilterEmptyChunks)]
            return written in [f"{chunk}.choices" for chunk in chunks]
        for edit in self._of(previous) if previous is not None else ():
            if isinstance(edit, planned.AssignAfter | planned.CopyAssignment) and isinstance(new, ast.Assign):
                return ast.unparse(new.targets[0]) == edit.target
            if isinstance(edit, planned.CopyAssignment) and isinstance(new, ast.AnnAssign):
                return ast.unparse(new.target) == edit.target
            if isinstance(edit, planned.CopyStatement) and written.startswith(f"{edit.name}"):
                return True
            if isinstance(edit, planned.ImportBeside) and written == edit.name:
                return True
        return False


def _is_code(node: ast.expr, code: planned.Code) -> bool:
    match code, node:
        case planned.TextCode(value=value), ast.Constant(value=written):
            return bool(value == written)
        case planned.EnvironmentCode(name=name), ast.Subscript(value=mapping, slice=ast.Constant(value=written)):
            return written == name and isinstance(mapping, ast.Name | ast.Attribute)
        case planned.HeadersCode(headers=headers), ast.Dict(keys=keys, values=values):
            return headers == tuple((_text(key), _text(value)) for key, value in zip(keys, values, strict=True))
    return False


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _shown(node: object) -> str:
    try:
        text = ast.unparse(node) if isinstance(node, ast.AST) else repr(node)
    except (ValueError, AttributeError, RecursionError):
        text = type(node).__name__
    return text if len(text) < 160 else f"{text[:160]}…"
