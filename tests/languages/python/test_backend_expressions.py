"""Literals, expressions and names that are replaced, and how the environment is read."""

from __future__ import annotations

import ast

import pytest

from codemod.rewrites import (
    EnvironmentCode,
    HeadersCode,
    PrefixExpression,
    ReplaceExpression,
    ReplaceText,
    SetArgument,
    TextCode,
)
from tests.languages.python.edits import KEY, at, call, edit, node_at, refusal

LITERALS = {
    "double": ('"gpt-4o"', '"openai/gpt-4o"'),
    "single": ("'gpt-4o'", "'openai/gpt-4o'"),
    "triple": ('"""gpt-4o"""', '"""openai/gpt-4o"""'),
    "triple_single": ("'''gpt-4o'''", "'''openai/gpt-4o'''"),
    "raw": ("r'gpt-4o'", "r'openai/gpt-4o'"),
    "unicode": ('u"gpt-4o"', 'u"openai/gpt-4o"'),
    "upper_case_prefix": ('R"gpt-4o"', 'R"openai/gpt-4o"'),
    "escapes": (r'"gpt\x2d4o"', '"openai/gpt-4o"'),
    "continued": ('"gpt-\\\n4o"', '"openai/gpt-4o"'),
    "empty": ('""', '"openai/gpt-4o"'),
}


@pytest.mark.parametrize(("before", "after"), LITERALS.values(), ids=LITERALS)
def test_replaced_text(before: str, after: str) -> None:
    text = f"größe = f('ä', {before})  # ü\n"
    span = at(text, before)
    assert edit(text, ReplaceText(span, "openai/gpt-4o")) == f"größe = f('ä', {after})  # ü\n"


@pytest.mark.parametrize(
    ("literal", "value", "after"),
    [
        ("'x'", "it's", r"'it\'s'"),
        ('"x"', "it's", '"it\'s"'),
        ('"x"', 'a"b\\c\n\t', r'"a\"b\\c\n\t"'),
        ('"x"', "é🎉\x00", r'"\xe9\U0001f389\x00"'),
        ('"""x"""', 'a"', '"""a\\""""'),
        ("r'x'", r"a\d", r"r'a\d'"),
    ],
)
def test_replaced_text_is_escaped(literal: str, value: str, after: str) -> None:
    assert edit(f"x = {literal}\n", ReplaceText(at(f"x = {literal}", literal), value)) == f"x = {after}\n"


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ('x = "gpt-" "4o"\n', '"gpt-" "4o"'),
        ('x = ("gpt-"\n  "4o")\n', '"gpt-"\n  "4o"'),
        ('x = b"gpt-4o"\n', 'b"gpt-4o"'),
        ('x = f"gpt-4o"\n', 'f"gpt-4o"'),
        ('x = f"{a}"\n', 'f"{a}"'),
        ('x = f"gpt-" "4o"\n', 'f"gpt-" "4o"'),
        ("x = gpt\n", "gpt"),
        ("x = 4\n", "4"),
        ("x = ('a')\n", "('a')"),
        ("x = 'a'\n", "a"),
    ],
)
def test_text_that_is_no_plain_literal(text: str, fragment: str) -> None:
    assert refusal(text, ReplaceText(at(text, fragment), "openai/gpt-4o"))


@pytest.mark.parametrize("value", ["a'b", "a\\", "a\nb", "é"])
def test_value_that_a_raw_literal_cannot_hold(value: str) -> None:
    assert refusal("x = r'a'\n", ReplaceText(at("x = r'a'", "r'a'"), value))


@pytest.mark.parametrize(
    "text",
    [
        "x = f\"{g('a')}\"\n",
        "x = f\"{b:{g('a')}}\"\n",
        "x = f'''\n{\ng('a')\n}\n'''\n",
        "f(x=f\"{g(k='a')}\")\n",
    ],
)
def test_nothing_inside_an_f_string_is_edited(text: str) -> None:
    assert refusal(text, ReplaceText(at(text, "'a'"), "b"))
    assert refusal(text, ReplaceExpression(at(text, "'a'"), KEY))
    inner = at(text, "g(k='a')" if "k=" in text else "g('a')")
    assert refusal(text, SetArgument(inner, "k", TextCode("b")))


EXPRESSIONS = {
    "call": ('key = os.getenv("A")', 'os.getenv("A")', 'key = os.environ["OPENROUTER_API_KEY"]'),
    "single_quotes": ("key = os.getenv('A')", "os.getenv('A')", "key = os.environ['OPENROUTER_API_KEY']"),
    "single_quotes_around": ("f(g('a'), key)", "key", "f(g('a'), os.environ['OPENROUTER_API_KEY'])"),
    "over_lines": (
        'key = os.getenv(\n    "A",\n    "",\n)',
        'os.getenv(\n    "A",\n    "",\n)',
        'key = os.environ["OPENROUTER_API_KEY"]',
    ),
    "in_parentheses": (
        "key = (\n    a\n    or b\n)",
        "a\n    or b",
        'key = (\n    os.environ["OPENROUTER_API_KEY"]\n)',
    ),
    "behind_a_word": (
        "def f():\n    return'x'if a else b",
        "'x'",
        "def f():\n    return os.environ['OPENROUTER_API_KEY']if a else b",
    ),
    "in_a_condition": ("x = 1 if'y'else 2", "'y'", "x = 1 if os.environ['OPENROUTER_API_KEY']else 2"),
    "operand": ("x = a + b", "b", 'x = a + os.environ["OPENROUTER_API_KEY"]'),
    "default": ("def f(a=None): pass", "None", 'def f(a=os.environ["OPENROUTER_API_KEY"]): pass'),
    "walrus": ("if (k := None): pass", "None", 'if (k := os.environ["OPENROUTER_API_KEY"]): pass'),
    "lambda": ("x = lambda: None", "None", 'x = lambda: os.environ["OPENROUTER_API_KEY"]'),
    "subscript": ("x[None]", "None", 'x[os.environ["OPENROUTER_API_KEY"]]'),
    "beyond_ascii": ("ä = 'ö'; k = None", "None", "ä = 'ö'; k = os.environ['OPENROUTER_API_KEY']"),
}


@pytest.mark.parametrize(("before", "place", "after"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_replaced_expression(before: str, place: str, after: str) -> None:
    text = f"import os\n{before}\n"
    assert edit(text, ReplaceExpression(at(text, place), KEY)) == f"import os\n{after}\n"


def test_replaced_by_text_and_headers() -> None:
    text = 'f("a" "b", c)\n'
    assert edit(text, ReplaceExpression(at(text, '"a" "b"'), TextCode("ab"))) == text.replace('"a" "b"', '"a" "b"')
    assert edit(text, ReplaceExpression(at(text, '"a" "b"'), TextCode("d"))) == 'f("d", c)\n'
    assert edit(text, ReplaceExpression(at(text, "c"), HeadersCode((("A", "b"),)))) == 'f("a" "b", {"A": "b"})\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("k = g(\n    a,  # why\n)\n", "g(\n    a,  # why\n)"),
        ("k = 1\n", "k"),
        ("del k\n", "k"),
        ("f(x for x in y)\n", "(x for x in y)"),
        ("f(a, b)\n", "a, b"),
        ("for k in x: pass\n", "k"),
        ("match x:\n    case 'a': pass\n", "'a'"),
        ("from a import b\n", "a"),
        ("f(key=a)\n", "key=a"),
        ("x = a.b\n", "b"),
    ],
)
def test_expression_that_cannot_be_replaced(text: str, place: str) -> None:
    assert refusal(text, ReplaceExpression(at(text, place), KEY))


PREFIXED = {
    "name": ("f(model=M)", "M", 'f(model=f"openai/{M}")'),
    "attribute": ("f('x', model=self.cfg.model)", "self.cfg.model", "f('x', model=f'openai/{self.cfg.model}')"),
    "quotes_inside": ('f(model=c["a"].model)', 'c["a"].model', "f(model=f'openai/{c[\"a\"].model}')"),
    "other_quotes_inside": ("f(model=c['a'].model)", "c['a'].model", "f(model=f\"openai/{c['a'].model}\")"),
    "behind_a_word": ("f(model=(x)if y else M)", "M", 'f(model=(x)if y else f"openai/{M}")'),
    "over_two_lines": ("f(a\n  .m)", "a\n  .m", 'f(f"openai/{a.m}")'),
    "continued_line": ("f(a\\\n  .m)", "a\\\n  .m", 'f(f"openai/{a.m}")'),
    "in_parentheses": ("f(model=(M))", "M", 'f(model=(f"openai/{M}"))'),
}


@pytest.mark.parametrize(("before", "place", "after"), PREFIXED.values(), ids=PREFIXED)
def test_prefixed_expression(before: str, place: str, after: str) -> None:
    assert edit(before + "\n", PrefixExpression(at(before, place), "openai/")) == after + "\n"


def test_prefix_with_braces_and_quotes() -> None:
    assert edit("f(M)\n", PrefixExpression(at("f(M)", "M"), "{a}/")) == 'f(f"{{a}}/{M}")\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("f(g(M))\n", "g(M)"),
        ("f(M + n)\n", "M + n"),
        ('f("a")\n', '"a"'),
        ("f(m[0])\n", "m[0]"),
        ("f(x if y else z)\n", "x if y else z"),
        ("M = 1\n", "M"),
        ("f(c[\"a\"]['b'].m)\n", "c[\"a\"]['b'].m"),
        ("f(a[\n0].m)\n", "a[\n0].m"),
        ("f(a  # why\n.m)\n", "a  # why\n.m"),
        ("f({}.m)\n", "{}.m"),
        ("x = f'{M}'\n", "M"),
        ("import M\n", "M"),
        ("def f(M): pass\n", "M"),
    ],
)
def test_expression_that_cannot_be_prefixed(text: str, place: str) -> None:
    assert refusal(text, PrefixExpression(at(text, place), "openai/"))


ACCESS = {
    "import": ("import os\nk = None\n", 'os.environ["X"]'),
    "import_of_several": ("import json, os\nk = None\n", 'os.environ["X"]'),
    "import_of_a_submodule": ("import os.path\nk = None\n", 'os.environ["X"]'),
    "renamed": ("import os as _os\nk = None\n", '_os.environ["X"]'),
    "environ": ("from os import environ\nk = None\n", 'environ["X"]'),
    "environ_renamed": ("from os import path, environ as e\nk = None\n", 'e["X"]'),
    "os_before_environ": ("from os import environ\nimport os\nk = None\n", 'os.environ["X"]'),
    "twice": ("import os\nif a:\n    import os\nk = None\n", 'os.environ["X"]'),
    "on_the_same_line": ("import os; k = None\n", 'os.environ["X"]'),
    "in_a_function": ("import os\ndef f():\n    k = None\n", 'os.environ["X"]'),
    "later_for_a_function": ("def f():\n    k = None\nimport os\n", 'os.environ["X"]'),
    "later_for_a_lambda": ("f = lambda: (k := None)\nimport os\n", 'os.environ["X"]'),
    "local": ("def f():\n    import os\n    k = None\n", 'os.environ["X"]'),
    "local_around_a_block": ("def f():\n    import os\n    if a:\n        k = None\n", 'os.environ["X"]'),
    "local_in_the_block": ("def f():\n    if a:\n        import os\n        k = None\n", 'os.environ["X"]'),
    "local_environ_where_os_is_shadowed": (
        "import os\ndef f(os):\n    from os import environ\n    k = None\n",
        'environ["X"]',
    ),
    "global_environ_where_os_is_shadowed": (
        "import os\nfrom os import environ\ndef f(os):\n    k = None\n",
        'environ["X"]',
    ),
    "shadowed_elsewhere": ("import os\ndef g(os): pass\ndef f():\n    k = None\n", 'os.environ["X"]'),
    "member_of_that_name": ("import os\nclass A:\n    os = 1\n    def f(self):\n        k = None\n", 'os.environ["X"]'),
    "default_of_a_shadowing_function": ("import os\ndef f(os, k=None): pass\n", 'os.environ["X"]'),
    "decorator_of_a_shadowing_function": ("import os\n@d(k=None)\ndef f(os): pass\n", 'os.environ["X"]'),
    "class_body": ("import os\nclass A:\n    k = None\n", 'os.environ["X"]'),
    "comprehension": ("import os\nx = [a for b in c if (k := None)]\n", 'os.environ["X"]'),
    "declared_global": ("import os\ndef f():\n    global os\n    k = None\n", 'os.environ["X"]'),
    "alias_where_os_is_another": ("import myos as os\nimport os as _os\nk = None\n", '_os.environ["X"]'),
}


@pytest.mark.parametrize(("text", "code"), ACCESS.values(), ids=ACCESS)
def test_environment_is_read_with_what_is_imported(text: str, code: str) -> None:
    after = edit(text, ReplaceExpression(at(text, "None"), EnvironmentCode("X")))
    assert after == text.replace("None", code)


SHADOWED = {
    "parameter": "def f(os):\n    k = None\n",
    "parameter_of_a_lambda": "f = lambda os: (k := None)\n",
    "parameter_of_the_outer_function": "def g(*os):\n    def f():\n        k = None\n",
    "local_variable": "def f():\n    os = 1\n    k = None\n",
    "local_variable_later": "def f():\n    k = None\n    os = 1\n",
    "loop_variable": "def f():\n    for os in x: pass\n    k = None\n",
    "handler": "try: pass\nexcept E as os: pass\nk = None\n",
    "context": "with x as os:\n    k = None\n",
    "other_import": "import myos as os\nk = None\n",
    "name_from_another_module": "from my import os\nk = None\n",
    "function": "def os(): pass\nk = None\n",
    "class": "class os: pass\nk = None\n",
    "module_variable": "os = 1\nk = None\n",
    "module_variable_set_in_a_function": "def g():\n    global os\n    os = 1\nk = None\n",
    "deleted": "import os\ndel os\nk = None\n",
    "fallback": "try:\n    import os\nexcept ImportError:\n    os = None\nk = 0\n",
    "class_body": "class A:\n    os = 1\n    k = None\n",
    "pattern": "def f(x):\n    match x:\n        case {'a': os}: k = None\n",
    "walrus": "def f(x):\n    return (os := 1), None\n",
    "local_import_later": "def f():\n    k = None\n    import os\n",
    "local_import_under_a_condition": "def f():\n    if a:\n        import os\n    k = None\n",
    "local_import_of_the_outer_function": "def g():\n    import os\n    def f():\n        k = None\n",
    "comprehension": "x = [None for os in y]\n",
}


@pytest.mark.parametrize("with_import", [False, True])
@pytest.mark.parametrize("text", SHADOWED.values(), ids=SHADOWED)
def test_os_that_is_something_else(text: str, with_import: bool) -> None:
    if with_import:
        text = "import os\n" + text
    place = "0" if "k = 0" in text else "None"
    assert "os" in refusal(text, ReplaceExpression(at(text, place), EnvironmentCode("X")))


def test_read_that_is_there_already_is_left_alone() -> None:
    text = "try:\n    import os\nfinally: pass\nf(k=os.environ['X'])\n"
    assert edit(text, SetArgument(call(text, "f"), "k", EnvironmentCode("X"))) == text
    assert edit(text, ReplaceExpression(node_at(text, ast.Subscript, "os"), EnvironmentCode("X"))) == text
