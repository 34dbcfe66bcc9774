"""Arguments of calls and entries of mapping displays: added, set, removed, in the style of what is there."""

from __future__ import annotations

import ast

import pytest

from codemod.languages.python.backend import Edited, apply_rewrites
from codemod.rewrites import (
    EnvironmentCode,
    HeadersCode,
    MergeHeaders,
    RemoveArgument,
    RemoveEntry,
    ReplaceText,
    SetArgument,
    SetEntry,
    TextCode,
)
from tests.languages.python.edits import BASE_URL, KEY, at, call, edit, node_at, retarget, without

OS = "import os\n"
HEADERS = (("HTTP-Referer", "https://shop.example"), ("X-Title", "Shop"))

RETARGETED = {
    "no_arguments": (
        "c = OpenAI()\n",
        """\
c = OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
""",
    ),
    "value_in_place": (
        "c = OpenAI(api_key=key, timeout=3)\n",
        """\
c = OpenAI(
    api_key=os.environ["OPENROUTER_API_KEY"],
    timeout=3,
    base_url="https://openrouter.ai/api/v1",
)
""",
    ),
    "trailing_comma_and_comments": (
        """\
c = OpenAI(  # client
    # the key
    api_key=key,  # secret
    # nothing else
)  # end
""",
        """\
c = OpenAI(  # client
    # the key
    api_key=os.environ["OPENROUTER_API_KEY"],  # secret
    # nothing else
    base_url="https://openrouter.ai/api/v1",
)  # end
""",
    ),
    "no_trailing_comma_but_a_comment": (
        """\
c = OpenAI(
    api_key=key  # secret
)
""",
        """\
c = OpenAI(
    api_key=os.environ["OPENROUTER_API_KEY"],  # secret
    base_url="https://openrouter.ai/api/v1"
)
""",
    ),
    "comma_behind_a_comment": (
        """\
c = OpenAI(
    api_key=key  # secret
    ,
)
""",
        """\
c = OpenAI(
    api_key=os.environ["OPENROUTER_API_KEY"]  # secret
    ,
    base_url="https://openrouter.ai/api/v1",
)
""",
    ),
    "aligned_with_the_parenthesis": (
        """\
c = OpenAI(api_key=key,
           timeout=3)
""",
        """\
c = OpenAI(api_key=os.environ["OPENROUTER_API_KEY"],
           timeout=3,
           base_url="https://openrouter.ai/api/v1")
""",
    ),
    "two_on_one_inner_line": (
        """\
c = OpenAI(
    api_key=key, timeout=3
)
""",
        """\
c = OpenAI(
    api_key=os.environ["OPENROUTER_API_KEY"], timeout=3,
    base_url="https://openrouter.ai/api/v1"
)
""",
    ),
    "hugging_mapping": (
        """\
c = OpenAI(default_headers={
    "a": "b",
})
""",
        """\
c = OpenAI(default_headers={
    "a": "b",
}, base_url="https://openrouter.ai/api/v1", api_key=os.environ["OPENROUTER_API_KEY"])
""",
    ),
    "comments_in_an_empty_call": (
        """\
c = OpenAI(  # reads the key itself
    # nothing yet
)
""",
        """\
c = OpenAI(  # reads the key itself
    # nothing yet
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
""",
    ),
    "blank_in_an_empty_call": (
        "c = OpenAI( )\n",
        """\
c = OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
""",
    ),
    "in_front_of_an_expansion": (
        """\
c = OpenAI(
    timeout=1,  # seconds
    # the rest
    **options,
    # done
)
""",
        """\
c = OpenAI(
    timeout=1,  # seconds
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
    # the rest
    **options,
    # done
)
""",
    ),
    "only_an_expansion": (
        "c = OpenAI(**options)\n",
        """\
c = OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
    **options,
)
""",
    ),
    "expansions_in_the_middle": (
        "c = OpenAI(*a, **b, timeout=1)\n",
        """\
c = OpenAI(
    *a,
    **b,
    timeout=1,
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
""",
    ),
    "tabs": (
        "def f():\n\tif x:\n\t\treturn OpenAI(timeout=3)\n",
        """\
def f():
\tif x:
\t\treturn OpenAI(
\t\t\ttimeout=3,
\t\t\tbase_url="https://openrouter.ai/api/v1",
\t\t\tapi_key=os.environ["OPENROUTER_API_KEY"],
\t\t)
""",
    ),
    "two_blanks": (
        "def f():\n  return OpenAI(timeout=3, max_retries=2)\n",
        """\
def f():
  return OpenAI(
    timeout=3,
    max_retries=2,
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
  )
""",
    ),
    "single_quotes_in_the_call": (
        'a = "x" + "y"\nc = OpenAI(api_key=\'k\')\n',
        """\
a = "x" + "y"
c = OpenAI(
    api_key=os.environ['OPENROUTER_API_KEY'],
    base_url='https://openrouter.ai/api/v1',
)
""",
    ),
    "single_quotes_in_the_file": (
        '"""Doc."""\na = \'x\'\nc = OpenAI()\n',
        """\
\"\"\"Doc.\"\"\"
a = 'x'
c = OpenAI(
    base_url='https://openrouter.ai/api/v1',
    api_key=os.environ['OPENROUTER_API_KEY'],
)
""",
    ),
    "callee_over_several_lines": (
        """\
c = (
    openai  # the package
    .OpenAI(timeout=3)
)
""",
        """\
c = (
    openai  # the package
    .OpenAI(
        timeout=3,
        base_url="https://openrouter.ai/api/v1",
        api_key=os.environ["OPENROUTER_API_KEY"],
    )
)
""",
    ),
    "with_statement": (
        "with OpenAI() as c:\n    pass\n",
        """\
with OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
) as c:
    pass
""",
    ),
    "walrus_lambda_and_default": (
        "def f(c=(lambda: (d := OpenAI()))): pass\n",
        """\
def f(c=(lambda: (d := OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)))): pass
""",
    ),
    "decorator": (
        "@trace(OpenAI(timeout=3))\ndef f(): pass\n",
        """\
@trace(OpenAI(
    timeout=3,
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
))
def f(): pass
""",
    ),
    "backslashes": (
        """\
c = \\
    OpenAI(api_key=key, \\
           timeout=3)
""",
        """\
c = \\
    OpenAI(api_key=os.environ["OPENROUTER_API_KEY"], \\
           timeout=3, base_url="https://openrouter.ai/api/v1")
""",
    ),
    "letters_beyond_ascii": (
        'größe = "🎉"; c = OpenAI(user="Zoë")  # ß 🎉\n',
        """\
größe = "🎉"; c = OpenAI(
    user="Zoë",
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)  # ß 🎉
""",
    ),
    "no_newline_at_the_end": (
        "c = OpenAI(timeout=3)",
        """\
c = OpenAI(
    timeout=3,
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)""",
    ),
}


@pytest.mark.parametrize(("before", "after"), RETARGETED.values(), ids=RETARGETED)
def test_retargeted_client(before: str, after: str) -> None:
    before, after = OS + before, OS + after
    callee = "openai  # the package\n    .OpenAI" if "the package" in before else "OpenAI"
    assert edit(before, *retarget(before, callee)) == after
    # There already: nothing changes, in any style.
    assert edit(after, *retarget(after, callee)) == after


def test_one_line_stays_one_line_while_it_fits() -> None:
    text = OS + "c = OpenAI( base_url = url , api_key = (key) )\n"
    flat = OS + 'c = OpenAI( base_url = "https://openrouter.ai/api/v1" , api_key = os.environ["OPENROUTER_API_KEY"] )\n'
    length = len(flat.splitlines()[1])
    assert edit(text, *retarget(text), line_length=length) == flat
    assert edit(text, *retarget(text), line_length=length - 1).count("\n") == 5


def test_trailing_comma_on_one_line_stays() -> None:
    text = "f(a,)\n"
    assert edit(text, SetArgument(call(text, "f"), "b", TextCode("x"))) == 'f(a, b="x",)\n'


def test_what_follows_on_the_line_counts() -> None:
    text = "x = f(a)  # " + "c" * 70 + "\n"
    assert edit(text, SetArgument(call(text, "f"), "b", TextCode("x"))) == (
        'x = f(\n    a,\n    b="x",\n)  # ' + "c" * 70 + "\n"
    )


def test_left_neighbour_on_the_line_counts_as_edited() -> None:
    text = OS + "x = [OpenAI(timeout=1), f()]\n"
    rewrites = [*retarget(text), SetArgument(call(text, "f"), "b", TextCode("x"))]
    assert edit(text, *rewrites) == (
        OS + "x = [OpenAI(\n    timeout=1,\n"
        '    base_url="https://openrouter.ai/api/v1",\n    api_key=os.environ["OPENROUTER_API_KEY"],\n'
        '), f(b="x")]\n'
    )


def test_inner_constructor_and_outer_literal() -> None:
    text = OS + 'r = OpenAI().chat.completions.create(model="gpt-4o", messages=m)\n'
    rewrites = [ReplaceText(at(text, '"gpt-4o"'), "openai/gpt-4o"), *retarget(text)]
    after = (
        OS
        + 'r = OpenAI(\n    base_url="https://openrouter.ai/api/v1",\n    api_key=os.environ["OPENROUTER_API_KEY"],\n'
        ').chat.completions.create(model="openai/gpt-4o", messages=m)\n'
    )
    assert edit(text, *rewrites) == after
    result = apply_rewrites(text, rewrites, newline="\n", line_length=None)
    assert isinstance(result, Edited)
    assert [each.before for each in result.edits] == ["OpenAI()", '"gpt-4o"']


def test_nested_calls_both_rewritten() -> None:
    text = OS + "c = wrap(OpenAI(http_client=Http(verify=False)), mode=m)\n"
    rewrites = [*retarget(text), RemoveArgument(call(text, "Http"), "verify")]
    rewrites.append(SetArgument(call(text, "wrap"), "name", TextCode("n")))
    assert edit(text, *rewrites, line_length=150) == (
        OS + 'c = wrap(OpenAI(http_client=Http(), base_url="https://openrouter.ai/api/v1", '
        'api_key=os.environ["OPENROUTER_API_KEY"]), mode=m, name="n")\n'
    )


def test_edits_of_an_outer_call_name_the_inner_rewrites() -> None:
    text = 'f(g("a"), k=1)\n'
    inner, outer = ReplaceText(at(text, '"a"'), "b"), RemoveArgument(call(text, "f"), "k")
    result = apply_rewrites(text, [outer, inner, outer], newline="\n", line_length=None)
    assert isinstance(result, Edited)
    assert result.text == 'f(g("b"))\n'
    assert [(each.after, each.rewrites) for each in result.edits] == [('f(g("b"))', (outer, inner))]


def test_no_rewrites_and_rewrites_of_nothing() -> None:
    assert edit("broken(") == "broken("
    text = 'f(a="x", b={"k": "v"}, c="t")\n'
    assert (
        edit(
            text,
            SetArgument(call(text, "f"), "a", TextCode("x")),
            SetEntry(at(text, '{"k": "v"}'), "k", TextCode("v")),
            ReplaceText(at(text, '"t"'), "t"),
        )
        == text
    )


REMOVED = {
    "only": ("f(k=1)", "f()"),
    "only_with_comma": ("f( k=1, )", "f()"),
    "first": ("f(k=1, a=2)", "f(a=2)"),
    "middle": ("f(a, k=1, b=2)", "f(a, b=2)"),
    "last": ("f(a=2, k=1)", "f(a=2)"),
    "last_with_comma": ("f(a=2, k=1,)", "f(a=2,)"),
    "last_with_blanks": ("f( a=2 , k=1 )", "f( a=2 )"),
    "in_front_of_expansion": ("f(k=1, **x)", "f(**x)"),
    "only_line": ("f(\n    k=1,\n)", "f()"),
    "own_line": ("f(\n    a=1,\n    k=2,\n    b=3,\n)", "f(\n    a=1,\n    b=3,\n)"),
    "first_line": ("f(\n    k=2,\n    b=3\n)", "f(\n    b=3\n)"),
    "last_line": ("f(\n    a=1,\n    k=2,\n)", "f(\n    a=1,\n)"),
    "last_line_without_comma": ("f(\n    a=1,\n    k=2\n)", "f(\n    a=1\n)"),
    "aligned_last": ("f(a=1,\n  k=2)", "f(a=1)"),
    "aligned_first": ("f(k=1,\n  a=2)", "f(a=2)"),
    "end_of_a_line": ("f(a, k=1,\n  b=2)", "f(a,\n  b=2)"),
    "start_of_a_line": ("f(a,\n  k=1, b=2)", "f(a,\n  b=2)"),
    "value_over_lines": ("f(\n    a=1,\n    k=g(\n        2,\n    ),\n)", "f(\n    a=1,\n)"),
    "trailing_comment": ("f(\n    a=1,\n    k=2,  # why\n    b=3,\n)", "f(\n    a=1,\n    # why\n    b=3,\n)"),
    "comments_all_around": (
        "f(  # call\n    a=1,  # one\n    # above\n    k=2,  # why\n    # below\n)  # end",
        "f(  # call\n    a=1,  # one\n    # above\n    # why\n    # below\n)  # end",
    ),
    "comments_inside": (
        "f(\n    a=1,\n    k=(  # in\n        2  # two\n    ),  # why\n    b=3,\n)",
        "f(\n    a=1,\n    # in\n    # two\n    # why\n    b=3,\n)",
    ),
    "comment_of_the_line": ("f(a, k=1,  # both\n  b=2)", "f(a,  # both\n  b=2)"),
    "only_with_comment": ("f(\n    k=1,  # why\n)", "f(\n    # why\n)"),
    "aligned_last_with_comments": ("f(a=1,  # one\n  # above\n  k=2)", "f(a=1  # one\n  # above\n  )"),
    "comment_inside_on_a_shared_line": ("f(a, k=(1  # one\n), b=2)", "f(a,  # one\nb=2)"),
    "blank_lines": ("f(\n\n    a=1,\n\n    k=2,\n\n    b=3,\n)", "f(\n\n    a=1,\n\n\n    b=3,\n)"),
}


@pytest.mark.parametrize(("before", "after"), REMOVED.values(), ids=REMOVED)
def test_removed_argument(before: str, after: str) -> None:
    assert edit(before + "\n", *without(before, "k")) == after + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "f(\n    a=1  # one\n    , k=2  # why\n)\n",
        "f(k=1  # one\n  , a=2  # why\n)\n",
        "f(a=1, k=2  # why\n  , **b)\n",
        "f(  # c\n  k=1)\n",
        "f(a=1,  # c\n  k=1)\n",
        "f(k=[  # c\n  1, # d\n])\n",
        "f(a=1, k=[  # c\n  1, # d\n]  # e\n)\n",
        "f(a=1, \\\n  k=[  # c\n  1, # d\n],  # e\n  # f\n\n  # g\n  )\n",
    ],
)
def test_removed_argument_keeps_odd_comments(text: str) -> None:
    after = edit(text, *without(text, "k"))
    expected = ast.parse(text)
    statement = expected.body[0]
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    statement.value.keywords = [each for each in statement.value.keywords if each.arg != "k"]
    assert ast.dump(ast.parse(after)) == ast.dump(expected)
    assert [line.rstrip() for line in after.splitlines() if not line.strip()] == (["", ""] if "# g" in text else [])[:1]


def test_several_arguments_removed_and_one_added() -> None:
    text = "f(\n    k=1,\n    l=2,\n)\n"
    rewrites = [*without(text, "k", "l"), SetArgument(call(text, "f"), "a", TextCode("x"))]
    assert edit(text, *rewrites) == 'f(\n    a="x",\n)\n'
    text = "f(k=1, l=2)\n"
    rewrites = [*without(text, "k", "l"), SetArgument(call(text, "f"), "a", TextCode("x"))]
    assert edit(text, *rewrites) == 'f(a="x")\n'


MERGED = {
    "display": (
        'h({"a": b})',
        '{"a": b}',
        False,
        'h({"HTTP-Referer": "https://shop.example", "X-Title": "Shop", "a": b})',
    ),
    "empty_display": ("h({})", "{}", False, 'h({"HTTP-Referer": "https://shop.example", "X-Title": "Shop"})'),
    "expansion_first": (
        "h({**x})",
        "{**x}",
        False,
        'h({"HTTP-Referer": "https://shop.example", "X-Title": "Shop", **x})',
    ),
    "display_over_lines": (
        'h({\n    # ours\n    "a": b,  # c\n})',
        '{\n    # ours\n    "a": b,  # c\n}',
        False,
        'h({\n    "HTTP-Referer": "https://shop.example",\n    "X-Title": "Shop",\n    # ours\n    "a": b,  # c\n})',
    ),
    "name": ("h(x)", "x", False, 'h({"HTTP-Referer": "https://shop.example", "X-Title": "Shop", **x})'),
    "missing": ("h(x.y)", "x.y", True, 'h({"HTTP-Referer": "https://shop.example", "X-Title": "Shop", **(x.y or {})})'),
    "conditional": (
        "h(x if y else z)",
        "x if y else z",
        False,
        'h({"HTTP-Referer": "https://shop.example", "X-Title": "Shop", **(x if y else z)})',
    ),
    "alternative": (
        "h(x or y)",
        "x or y",
        True,
        'h({"HTTP-Referer": "https://shop.example", "X-Title": "Shop", **((x or y) or {})})',
    ),
    "awaited": (
        "async def f(): h(await x)",
        "await x",
        False,
        'async def f(): h({\n    "HTTP-Referer": "https://shop.example",\n    "X-Title": "Shop",\n    **await x,\n})',
    ),
}


@pytest.mark.parametrize(("before", "place", "may_be_missing", "after"), MERGED.values(), ids=MERGED)
def test_merged_headers(before: str, place: str, may_be_missing: bool, after: str) -> None:
    merge = MergeHeaders(at(before, place), HEADERS, may_be_missing)
    assert edit(before + "\n", merge, line_length=84) == after + "\n"


def test_merged_headers_over_lines_where_they_do_not_fit() -> None:
    text = 'c = f(timeout=3, headers={"a": "b"})\n'
    merge = MergeHeaders(at(text, '{"a": "b"}'), HEADERS, may_be_missing=False)
    # In a call that is not edited the display itself goes over lines, ...
    assert edit(text, merge) == (
        "c = f(timeout=3, headers={\n"
        '    "HTTP-Referer": "https://shop.example",\n    "X-Title": "Shop",\n    "a": "b",\n})\n'
    )
    # ... in one that is edited the call does first.
    assert edit(text, merge, RemoveArgument(call(text, "f"), "timeout"), line_length=83) == (
        'c = f(\n    headers={"HTTP-Referer": "https://shop.example", "X-Title": "Shop", "a": "b"},\n)\n'
    )
    assert edit(text, merge, SetArgument(call(text, "f"), "b", TextCode("x")), line_length=60) == (
        "c = f(\n    timeout=3,\n    headers={\n"
        '        "HTTP-Referer": "https://shop.example",\n        "X-Title": "Shop",\n        "a": "b",\n    },\n'
        '    b="x",\n)\n'
    )


def test_headers_as_an_argument() -> None:
    text = "c = f(timeout=3)\n"
    headers = SetArgument(call(text, "f"), "default_headers", HeadersCode(HEADERS))
    assert edit(text, headers, line_length=100) == (
        'c = f(timeout=3, default_headers={"HTTP-Referer": "https://shop.example", "X-Title": "Shop"})\n'
    )
    assert edit(text, headers) == (
        'c = f(\n    timeout=3,\n    default_headers={"HTTP-Referer": "https://shop.example", "X-Title": "Shop"},\n)\n'
    )
    assert edit(text, headers, line_length=60) == (
        "c = f(\n    timeout=3,\n    default_headers={\n"
        '        "HTTP-Referer": "https://shop.example",\n        "X-Title": "Shop",\n    },\n)\n'
    )


def test_quotes_inside_a_header() -> None:
    text = "f('a')\n"
    title = HeadersCode((("X-Title", "Bob's"), ("Y", "\"'\\")))
    assert edit(text, SetArgument(call(text, "f"), "h", title)) == (
        "f('a', h={'X-Title': \"Bob's\", 'Y': '\"\\'\\\\'})\n"
    )


ENTRIES = {
    "set": ('{"k": 1, "b": 2}', '{"k": "v", "b": 2}'),
    "add": ('{"a": 1}', '{"a": 1, "k": "v"}'),
    "add_to_empty": ("{}", '{"k": "v"}'),
    "add_behind_expansion": ("{**a}", '{**a, "k": "v"}'),
    "add_on_own_line": ('{\n  "a": 1,  # one\n  # end\n}', '{\n  "a": 1,  # one\n  # end\n  "k": "v",\n}'),
    "add_without_comma": ("{\n  'a': 1  # one\n}", "{\n  'a': 1,  # one\n  'k': 'v'\n}"),
    "set_implicit_concatenation": ('{"a" "b": 1, "k": "x" "y"}', '{"a" "b": 1, "k": "v"}'),
}


@pytest.mark.parametrize(("before", "after"), ENTRIES.values(), ids=ENTRIES)
def test_set_entry(before: str, after: str) -> None:
    text = f"f(x, {before})\n"
    assert edit(text, SetEntry(at(text, before), "k", TextCode("v"))) == f"f(x, {after})\n"


REMOVED_ENTRIES = {
    "only": ('{"k": 1}', "{}"),
    "first": ('{"k": 1, "a": 2}', '{"a": 2}'),
    "last": ('{"a": 2, "k": 1}', '{"a": 2}'),
    "last_with_comma": ('{"a": 2, "k": 1, }', '{"a": 2, }'),
    "own_line": ('{\n  "a": 1,\n  # above\n  "k": 2,  # why\n}', '{\n  "a": 1,\n  # above\n  # why\n}'),
    "last_without_comma": ('{\n  "a": 1,  # one\n  "k": 2  # why\n}', '{\n  "a": 1  # one\n  # why\n}'),
    "only_line": ('{\n  "k": 1,\n}', "{}"),
}


@pytest.mark.parametrize(("before", "after"), REMOVED_ENTRIES.values(), ids=REMOVED_ENTRIES)
def test_removed_entry(before: str, after: str) -> None:
    text = f"x = {before}\n"
    assert edit(text, RemoveEntry(at(text, before), "k")) == f"x = {after}\n"


def test_entries_and_arguments_together() -> None:
    text = OS + 'c = OpenAI(default_headers={"OpenAI-Project": "p", "a": "b"}, organization=o, timeout=3)\n'
    display = at(text, '{"OpenAI-Project": "p", "a": "b"}')
    rewrites = [
        *retarget(text),
        RemoveArgument(call(text, "OpenAI"), "organization"),
        RemoveEntry(display, "OpenAI-Project"),
        SetEntry(display, "key", EnvironmentCode("X")),
        MergeHeaders(display, HEADERS, may_be_missing=True),
    ]
    assert edit(text, *rewrites) == OS + (
        "c = OpenAI(\n    default_headers={\n"
        '        "HTTP-Referer": "https://shop.example",\n        "X-Title": "Shop",\n'
        '        "a": "b",\n        "key": os.environ["X"],\n    },\n    timeout=3,\n'
        '    base_url="https://openrouter.ai/api/v1",\n    api_key=os.environ["OPENROUTER_API_KEY"],\n)\n'
    )


def test_mapping_expanded_into_a_constructor() -> None:
    text = OS + "options = {'timeout': 3}\nc = OpenAI(**options)\n"
    display = node_at(text, ast.Dict, "{")
    rewrites = [SetEntry(display, "base_url", BASE_URL), SetEntry(display, "api_key", KEY)]
    assert edit(text, *rewrites, line_length=120) == OS + (
        "options = {'timeout': 3, 'base_url': 'https://openrouter.ai/api/v1', "
        "'api_key': os.environ['OPENROUTER_API_KEY']}\nc = OpenAI(**options)\n"
    )


def test_other_bytes_of_the_call_stay() -> None:
    text = OS + "c = OpenAI ( \\\n  timeout = 3 , # t\n\n\n  x=[1,2 ,3  ],y = lambda  : 0,\n\t )\n"
    after = edit(text, *retarget(text))
    assert after.startswith(OS + "c = OpenAI ( \\\n  timeout = 3 , # t\n\n\n  x=[1,2 ,3  ],y = lambda  : 0,")
    assert after.endswith(",\n\t )\n")
