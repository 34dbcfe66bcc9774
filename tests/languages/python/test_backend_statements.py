"""Guards of streams and assignments behind a statement."""

from __future__ import annotations

import ast

import pytest

from codemod.rewrites import (
    AssignAfter,
    FilterEmptyChunks,
    ReplaceExpression,
    ReplaceText,
    Rewrite,
    SkipEmptyChunks,
    Span,
    TextCode,
)
from tests.languages.python.edits import KEY, at, edit, node_at, refusal

LOOPS = {
    "plain": (
        "for c in s:\n    print(c)\n",
        "for c in s:\n    if not c.choices:\n        continue\n    print(c)\n",
    ),
    "comments": (
        "for c in s:  # each\n    # the first\n    print(c)  # out\n",
        "for c in s:  # each\n    if not c.choices:\n        continue\n    # the first\n    print(c)  # out\n",
    ),
    "blank_line": (
        "for c in s :\n\n    print(c)\n",
        "for c in s :\n    if not c.choices:\n        continue\n\n    print(c)\n",
    ),
    "tabs": (
        "def f():\n\tfor c in s:\n\t\tprint(c)\n",
        "def f():\n\tfor c in s:\n\t\tif not c.choices:\n\t\t\tcontinue\n\t\tprint(c)\n",
    ),
    "two_blanks": (
        "if x:\n  for c in s:\n    print(c)\n",
        "if x:\n  for c in s:\n    if not c.choices:\n      continue\n    print(c)\n",
    ),
    "async": (
        "async def f():\n    async for c in await s():\n        print(c)\n",
        """\
async def f():
    async for c in await s():
        if not c.choices:
            continue
        print(c)
""",
    ),
    "head_over_lines": (
        "for c in s(\n    a={1: 2},  # why\n    b=lambda: 0,\n):\n    print(c)\nelse:\n    pass\n",
        """\
for c in s(
    a={1: 2},  # why
    b=lambda: 0,
):
    if not c.choices:
        continue
    print(c)
else:
    pass
""",
    ),
    "in_parentheses": (
        "for c in (\n    (s)\n):  # each\n    print(c)\n",
        "for c in (\n    (s)\n):  # each\n    if not c.choices:\n        continue\n    print(c)\n",
    ),
    "lambda": (
        "for c in lambda: s:\n    pass\n",
        "for c in lambda: s:\n    if not c.choices:\n        continue\n    pass\n",
    ),
    "backslash": (
        "for c in \\\n        s:\n    pass\n",
        "for c in \\\n        s:\n    if not c.choices:\n        continue\n    pass\n",
    ),
    "decorated_body": (
        "for c in s:\n    @a\n    def f(): pass\n",
        "for c in s:\n    if not c.choices:\n        continue\n    @a\n    def f(): pass\n",
    ),
    "statements_on_a_line": (
        "for c in s:\n    a; b\n",
        "for c in s:\n    if not c.choices:\n        continue\n    a; b\n",
    ),
    "no_newline_at_the_end": (
        "for c in s:\n    pass",
        "for c in s:\n    if not c.choices:\n        continue\n    pass",
    ),
    "nested": (
        "for c in s:\n    for d in c:\n        pass\n",
        "for c in s:\n    if not c.choices:\n        continue\n    for d in c:\n        pass\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), LOOPS.values(), ids=LOOPS)
def test_guarded_loop(before: str, after: str) -> None:
    kind = ast.AsyncFor if "async for" in before else ast.For
    start = "async for" if "async for" in before else "for c"
    assert edit(before, SkipEmptyChunks(node_at(before, kind, start), "c")) == after


def test_guard_beside_edits_of_the_head_and_the_body() -> None:
    text = 'for c in create(model="gpt-4o"):\n    f("x")\n'
    rewrites: list[Rewrite] = [
        SkipEmptyChunks(node_at(text, ast.For, "for"), "c"),
        ReplaceText(at(text, '"gpt-4o"'), "openai/gpt-4o"),
        ReplaceText(at(text, '"x"'), "y"),
    ]
    assert edit(text, *rewrites) == (
        'for c in create(model="openai/gpt-4o"):\n    if not c.choices:\n        continue\n    f("y")\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "for c in s: print(c)\n",
        "for c in s: a; b\n",
        "for c in s: \\\n    print(c)\n",
        "for c in s: pass  # why\n",
    ],
)
def test_loop_on_one_line(text: str) -> None:
    assert refusal(text, SkipEmptyChunks(node_at(text, ast.For, "for"), "c"))


def test_guard_of_something_else() -> None:
    text = "while x:\n    pass\n"
    assert refusal(text, SkipEmptyChunks(node_at(text, ast.While, "while"), "c"))
    text = "for c in s:\n    pass\n"
    assert refusal(text, SkipEmptyChunks(at(text, "for c in s:"), "c"))


# The iterated expression, as the tree has it, stands between « and ».
COMPREHENSIONS = {
    "list": ("x = [c.a for c in «s»]", "x = [c.a for c in s if c.choices]"),
    "with_condition": ("x = [c for c in «s» if c]", "x = [c for c in s if c.choices if c]"),
    "generator": ('"".join(c.a for c in «s»)', '"".join(c.a for c in s if c.choices)'),
    "in_parentheses": ("x = [c for c in ((«s»))]", "x = [c for c in ((s)) if c.choices]"),
    "parentheses_of_the_generator": ("x = (c for c in («s»))", "x = (c for c in (s) if c.choices)"),
    "condition_right_behind": ("x = [c for c in («s»)if c]", "x = [c for c in (s) if c.choices if c]"),
    "several_clauses": ("x = [d for c in «s» for d in c]", "x = [d for c in s if c.choices for d in c]"),
    "second_clause": ("x = [c for d in e for c in «d»]", "x = [c for d in e for c in d if c.choices]"),
    "over_lines": (
        "x = [\n    c\n    for c in «s»  # each\n    if c\n]",
        "x = [\n    c\n    for c in s if c.choices  # each\n    if c\n]",
    ),
    "parentheses_over_lines": (
        "x = {c: 1 for c in (  # why\n    «s»\n    # end\n)}",
        "x = {c: 1 for c in (  # why\n    s\n    # end\n) if c.choices}",
    ),
    "partial_parentheses": ("x = [c for c in «(a).s»]", "x = [c for c in (a).s if c.choices]"),
    "async": (
        "async def f(): return [c async for c in «await s()»]",
        "async def f(): return [c async for c in await s() if c.choices]",
    ),
}


@pytest.mark.parametrize(("marked", "after"), COMPREHENSIONS.values(), ids=COMPREHENSIONS)
def test_filtered_comprehension(marked: str, after: str) -> None:
    span = Span(marked.index("«"), marked.index("»") - 1)
    assert edit(marked.replace("«", "").replace("»", "") + "\n", FilterEmptyChunks(span, "c")) == after + "\n"


def test_filter_beside_edits_of_the_iterated_call() -> None:
    text = 'x = [c for c in create(model="gpt-4o")]\n'
    rewrites: list[Rewrite] = [
        FilterEmptyChunks(at(text, 'create(model="gpt-4o")'), "c"),
        ReplaceText(at(text, '"gpt-4o"'), "openai/gpt-4o"),
    ]
    assert edit(text, *rewrites) == 'x = [c for c in create(model="openai/gpt-4o") if c.choices]\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x = [c for c in s]\n", "c"),
        ("for c in ss: pass\n", "ss"),
        ("x = [c for c in a if ss]\n", "ss"),
        ("f(ss)\n", "ss"),
    ],
)
def test_filter_of_something_else(text: str, place: str) -> None:
    assert refusal(text, FilterEmptyChunks(at(text, place), "c"))


ASSIGNED = {
    "plain": ("openai.api_key = k\n", 'openai.api_key = k\nopenai.base_url = "u/"\n'),
    "comment": (
        "openai.api_key = k  # key\n# next\nf()\n",
        'openai.api_key = k  # key\nopenai.base_url = "u/"\n# next\nf()\n',
    ),
    "indented": (
        "if x:\n\topenai.api_key = k\nelse:\n\tf()\n",
        'if x:\n\topenai.api_key = k\n\topenai.base_url = "u/"\nelse:\n\tf()\n',
    ),
    "over_lines": ("openai.api_key = (\n    k\n)\n", 'openai.api_key = (\n    k\n)\nopenai.base_url = "u/"\n'),
    "no_newline_at_the_end": ("openai.api_key = 'k'", "openai.api_key = 'k'\nopenai.base_url = 'u/'"),
    "in_a_case": (
        "match x:\n    case 1:\n        openai.api_key = k\n",
        'match x:\n    case 1:\n        openai.api_key = k\n        openai.base_url = "u/"\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), ASSIGNED.values(), ids=ASSIGNED)
def test_assignment_behind_a_statement(before: str, after: str) -> None:
    span = node_at(before, ast.Assign, "openai.api_key")
    assert edit(before, AssignAfter(span, "openai.base_url", TextCode("u/"))) == after


def test_two_assignments_and_an_edit_of_the_statement() -> None:
    text = "import openai\nopenai.api_key = 'k'\n"
    span = node_at(text, ast.Assign, "openai")
    rewrites: list[Rewrite] = [
        AssignAfter(span, "openai.base_url", TextCode("u/")),
        AssignAfter(span, "openai.other", KEY),
        ReplaceExpression(at(text, "'k'"), KEY),
    ]
    assert edit(text, *rewrites) == (
        "import os\nimport openai\nopenai.api_key = os.environ['OPENROUTER_API_KEY']\n"
        "openai.base_url = 'u/'\nopenai.other = os.environ['OPENROUTER_API_KEY']\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "openai.api_key = k; f()\n",
        "openai.api_key = k;\n",
        "f(); openai.api_key = k\n",
        "if x: openai.api_key = k\n",
        "if x: \\\n    openai.api_key = k\n",
        "class A: openai.api_key = k\n",
    ],
)
def test_statement_that_shares_its_line(text: str) -> None:
    span = node_at(text, ast.Assign, "openai.api_key")
    assert refusal(text, AssignAfter(span, "openai.base_url", TextCode("u/")))


def test_assignment_behind_a_block() -> None:
    text = "if x:\n    pass\n"
    assert refusal(text, AssignAfter(node_at(text, ast.If, "if"), "a", TextCode("u/")))
