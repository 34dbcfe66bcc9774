"""What the tests of the back end share: finding spans, making edits, and what holds for every edit."""

from __future__ import annotations

import ast
from dataclasses import replace

from codemod.languages.python.backend import Edited, Refused, apply_rewrites
from codemod.rewrites import EnvironmentCode, RemoveArgument, Rewrite, SetArgument, Span, TextCode
from codemod.source import Lines

BASE_URL = TextCode("https://openrouter.ai/api/v1")
KEY = EnvironmentCode("OPENROUTER_API_KEY")


def at(text: str, fragment: str, nth: int = 0) -> Span:
    """The span of the ``nth`` occurrence of ``fragment``."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(fragment, start + 1)
    return Span(start, start + len(fragment))


def node_at(text: str, kind: type[ast.expr] | type[ast.stmt], starts_with: str) -> Span:
    """The span of the first node of this kind whose source starts so."""
    lines = Lines(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, kind):
            assert isinstance(node, ast.expr | ast.stmt)
            end = lines.offset(node.end_lineno or 0, node.end_col_offset or 0)
            span = Span(lines.offset(node.lineno, node.col_offset), end)
            if text.startswith(starts_with, span.start):
                return span
    raise AssertionError(f"no {kind.__name__} starts with {starts_with}")


def call(text: str, callee: str, nth: int = 0) -> Span:
    """The span of the ``nth`` call, in order of the source, of exactly ``callee``."""
    lines = Lines(text)
    spans = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.get_source_segment(text, node.func) == callee:
            end = lines.offset(node.end_lineno or 0, node.end_col_offset or 0)
            spans.append(Span(lines.offset(node.lineno, node.col_offset), end))
    return sorted(spans)[nth]


def retarget(text: str, callee: str = "OpenAI", nth: int = 0) -> list[Rewrite]:
    """The rewrites of a client's constructor."""
    span = call(text, callee, nth)
    return [SetArgument(span, "base_url", BASE_URL), SetArgument(span, "api_key", KEY)]


def without(text: str, *names: str, callee: str = "f") -> list[Rewrite]:
    span = call(text, callee)
    return [RemoveArgument(span, name) for name in names]


def edit(text: str, *rewrites: Rewrite, newline: str = "\n", line_length: int | None = None) -> str:
    """The edited text, after checks that hold for every edit: also with the other newlines."""
    result = apply_rewrites(text, rewrites, newline=newline, line_length=line_length)
    assert isinstance(result, Edited), result
    end, parts = 0, []
    for each in result.edits:
        assert text[each.span.start : each.span.end] == each.before != each.after
        assert each.rewrites
        parts += [text[end : each.span.start], each.after]
        end = each.span.end
    assert "".join(parts) + text[end:] == result.text
    assert {rewrite for each in result.edits for rewrite in each.rewrites} <= set(rewrites)
    if "\r" not in text:
        for other in ("\r\n", "\r"):
            moved = [_moved(text, rewrite, len(other) - 1) for rewrite in rewrites]
            again = apply_rewrites(text.replace("\n", other), moved, newline=other, line_length=line_length)
            assert isinstance(again, Edited), (other, again)
            assert again.text == result.text.replace("\n", other)
    return result.text


def refusal(text: str, *rewrites: Rewrite, line_length: int | None = None) -> str:
    """Why the rewrites are refused."""
    result = apply_rewrites(text, rewrites, newline="\n", line_length=line_length)
    assert isinstance(result, Refused), result.text
    assert result.reason
    assert "\n" not in result.reason
    return result.reason


def _moved(text: str, rewrite: Rewrite, wider: int) -> Rewrite:
    start, end = (offset + wider * text.count("\n", 0, offset) for offset in (rewrite.span.start, rewrite.span.end))
    return replace(rewrite, span=Span(start, end))
