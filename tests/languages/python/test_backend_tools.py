"""Arguments that get another name, and expressions that are put into a mapping."""

from __future__ import annotations

import pytest

from codemod.rewrites import NestExpression, RemoveEntry, RenameArgument, SetArgument
from tests.languages.python.edits import BASE_URL, at, call, edit, refusal


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(a, old=1)\n", "f(a, new=1)\n"),
        ("f(\n    old = [1],  # old=1\n    **k,\n)\n", "f(\n    new = [1],  # old=1\n    **k,\n)\n"),
        ("größe = f(x=(old), old=old)  # ü\n", "größe = f(x=(old), new=old)  # ü\n"),
    ],
)
def test_renamed_argument(before: str, after: str) -> None:
    assert edit(before, RenameArgument(call(before, "f"), "old", "new")) == after


@pytest.mark.parametrize("text", ["f(x=1)\n", "f(old=1, new=2)\n"])
def test_an_argument_that_is_missing_or_there_already_is_refused(text: str) -> None:
    assert "no old that could be named new" in refusal(text, RenameArgument(call(text, "f"), "old", "new"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = [a]\n", 'x = [{"kind": "one", "one": a}]\n'),
        ("x = ['', a]\n", "x = ['', {'kind': 'one', 'one': a}]\n"),
        ("x = [(a)]\n", 'x = [({"kind": "one", "one": a})]\n'),
    ],
)
def test_nested_expression(before: str, after: str) -> None:
    assert edit(before, NestExpression(at(before, "a"), "kind", "one")) == after


def test_both_in_one_call_that_gets_an_argument_too() -> None:
    text = 'f(old=[{"a": 1, "b": 2}])\n'
    display = at(text, '{"a": 1, "b": 2}')
    rewrites = [
        RenameArgument(call(text, "f"), "old", "new"),
        NestExpression(display, "kind", "one"),
        RemoveEntry(display, "b"),
        SetArgument(call(text, "f"), "base_url", BASE_URL),
    ]
    after = 'f(new=[{"kind": "one", "one": {"a": 1}}], base_url="https://openrouter.ai/api/v1")\n'
    assert edit(text, *rewrites, line_length=120) == after
