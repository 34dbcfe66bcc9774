"""What the back end does not do: rewrites that contradict each other, have no place, or would lose something."""

from __future__ import annotations

import pytest

from codemod.languages.python.backend import Edited, Refused, apply_rewrites
from codemod.languages.python.refusal import Refusal
from codemod.languages.python.tree import parse
from codemod.languages.python.verify import require_same, same
from codemod.rewrites import (
    EnvironmentCode,
    FilterEmptyChunks,
    MergeHeaders,
    PrefixExpression,
    RemoveArgument,
    RemoveEntry,
    ReplaceExpression,
    ReplaceText,
    Rewrite,
    SetArgument,
    SetEntry,
    Span,
    TextCode,
)
from tests.languages.python.edits import at, call, refusal

TEXT = 'import os\nf(a, k="v", h={"x": "y", **z}, m=g(n.o))\n'
CALL = call(TEXT, "f")
MAPPING = at(TEXT, '{"x": "y", **z}')
VALUE = at(TEXT, '"v"')
ENTRY = at(TEXT, '"y"')
INNER = call(TEXT, "g")
NAME = at(TEXT, "n.o")
V = TextCode("w")

CONFLICTS: dict[str, tuple[Rewrite, Rewrite]] = {
    "two_values": (SetArgument(CALL, "k", V), SetArgument(CALL, "k", TextCode("u"))),
    "two_new_values": (SetArgument(CALL, "q", V), SetArgument(CALL, "q", TextCode("u"))),
    "set_and_removed": (SetArgument(CALL, "k", V), RemoveArgument(CALL, "k")),
    "set_and_rewritten": (SetArgument(CALL, "k", V), ReplaceText(VALUE, "u")),
    "set_as_it_is_and_rewritten": (SetArgument(CALL, "k", TextCode("v")), ReplaceText(VALUE, "u")),
    "removed_and_rewritten": (RemoveArgument(CALL, "k"), ReplaceText(VALUE, "u")),
    "removed_with_an_entry": (RemoveArgument(CALL, "h"), RemoveEntry(MAPPING, "x")),
    "removed_and_merged": (RemoveArgument(CALL, "h"), MergeHeaders(MAPPING, (("a", "b"),), False)),
    "set_with_a_call_inside": (SetArgument(CALL, "m", V), SetArgument(INNER, "q", V)),
    "set_with_a_name_inside": (SetArgument(CALL, "m", V), PrefixExpression(NAME, "p")),
    "two_entries": (SetEntry(MAPPING, "x", V), SetEntry(MAPPING, "x", TextCode("u"))),
    "entry_set_and_removed": (SetEntry(MAPPING, "x", V), RemoveEntry(MAPPING, "x")),
    "entry_set_and_rewritten": (SetEntry(MAPPING, "x", V), ReplaceText(ENTRY, "u")),
    "entry_removed_and_rewritten": (RemoveEntry(MAPPING, "x"), ReplaceText(ENTRY, "u")),
    "entry_removed_and_key_rewritten": (RemoveEntry(MAPPING, "x"), ReplaceText(at(TEXT, '"x"'), "u")),
    "replaced_twice": (ReplaceText(VALUE, "a"), ReplaceText(VALUE, "b")),
    "replaced_in_two_ways": (ReplaceText(VALUE, "a"), ReplaceExpression(VALUE, V)),
    "replaced_and_prefixed": (ReplaceExpression(NAME, V), PrefixExpression(NAME, "p")),
    "replaced_with_a_literal_inside": (ReplaceExpression(MAPPING, V), ReplaceText(ENTRY, "u")),
    "replaced_call_with_an_argument": (ReplaceExpression(INNER, V), SetArgument(INNER, "q", V)),
    "replaced_outer_call": (ReplaceExpression(CALL, V), SetArgument(INNER, "q", V)),
    "replaced_and_merged": (ReplaceExpression(MAPPING, V), MergeHeaders(MAPPING, (("a", "b"),), False)),
    "prefixed_with_something_inside": (PrefixExpression(NAME, "p"), PrefixExpression(at(TEXT, "n"), "p")),
    "merged_and_replaced": (MergeHeaders(VALUE, (("a", "b"),), False), ReplaceText(VALUE, "u")),
}


@pytest.mark.parametrize("pair", CONFLICTS.values(), ids=CONFLICTS)
def test_rewrites_that_contradict_each_other(pair: tuple[Rewrite, Rewrite]) -> None:
    assert refusal(TEXT, *pair)
    assert refusal(TEXT, *reversed(pair))


MISPLACED: dict[str, tuple[str, Rewrite]] = {
    "no_such_span": ("f(a)\n", SetArgument(Span(1, 3), "k", V)),
    "beyond_the_end": ("f(a)\n", SetArgument(Span(0, 99), "k", V)),
    "name_for_call": ("f(a)\n", SetArgument(Span(0, 1), "k", V)),
    "mapping_for_call": ("f({})\n", SetArgument(at("f({})", "{}"), "k", V)),
    "call_for_mapping": ("f(dict())\n", SetEntry(at("f(dict())", "dict()"), "k", V)),
    "set_display_for_mapping": ("f({1})\n", RemoveEntry(at("f({1})", "{1}"), "k")),
    "comprehension_for_mapping": (
        "f({a: b for c in d})\n",
        SetEntry(at("f({a: b for c in d})", "{a: b for c in d}"), "k", V),
    ),
    "parentheses_included": ("x = (f(a))\n", SetArgument(at("x = (f(a))", "(f(a))"), "k", V)),
    "blank_included": ("x = f(a)\n", SetArgument(at("x = f(a)", " f(a)"), "k", V)),
    "class_for_call": ("class f(a): pass\n", SetArgument(at("class f(a)", "f(a)"), "k", V)),
    "no_such_argument": ("f(a)\n", RemoveArgument(Span(0, 4), "k")),
    "positional_argument": ("f(k)\n", RemoveArgument(Span(0, 4), "k")),
    "expanded_argument": ("f(**k)\n", RemoveArgument(Span(0, 6), "k")),
    "no_such_entry": ("{'a': 1}\n", RemoveEntry(Span(0, 8), "k")),
    "name_as_key": ("{k: 1}\n", RemoveEntry(Span(0, 6), "k")),
    "bytes_as_key": ("{b'k': 1}\n", RemoveEntry(Span(0, 9), "k")),
    "entry_there_twice": ("{'k': 1, 'k': 2}\n", SetEntry(Span(0, 16), "k", V)),
    "entry_there_twice_to_remove": ("{'k': 1, 'k': 2}\n", RemoveEntry(Span(0, 16), "k")),
    "target_merged": ("x = 1\n", MergeHeaders(Span(0, 1), (("a", "b"),), False)),
    "comment_in_the_value": ("f(k=(  # why\n    1))\n", SetArgument(call("f(k=(  # why\n    1))", "f"), "k", V)),
    "comment_in_the_entry": ("{'k': [  # why\n]}\n", SetEntry(Span(0, 18), "k", V)),
    "lone_generator": ("f(x for x in y)\n", SetArgument(Span(0, 15), "k", V)),
    "name_that_is_no_keyword": ("f(a)\n", SetArgument(Span(0, 4), "k-k", V)),
    "python_keyword": ("f(a)\n", SetArgument(Span(0, 4), "class", V)),
    "chunk_that_is_no_name": ("[c for c in s]\n", FilterEmptyChunks(Span(12, 13), "c.")),
    "pattern": ("match x:\n    case f(a): pass\n", SetArgument(at("match x:\n    case f(a)", "f(a)"), "k", V)),
}


@pytest.mark.parametrize(("text", "rewrite"), MISPLACED.values(), ids=MISPLACED)
def test_rewrite_without_a_place(text: str, rewrite: Rewrite) -> None:
    assert refusal(text, rewrite)


@pytest.mark.parametrize("text", ["f(", "print 'x'\n", "f(a)\n  g()\n", "x = '\n", "\x00"])
def test_source_that_does_not_parse(text: str) -> None:
    assert refusal(text, SetArgument(Span(0, 4), "k", V))


def test_deep_nesting_is_refused() -> None:
    deep = "f(" + "-" * 400 + "x)"
    assert refusal(deep, SetArgument(Span(0, len(deep)), "k", V)).endswith("too deeply")
    deeper = "f(" + ".a".join(["x"] * 5000) + ")"
    assert refusal(deeper, SetArgument(Span(0, len(deeper)), "k", V)).endswith("too deeply")
    # Elsewhere in the file it does no harm.
    result = apply_rewrites(f"f(a)\n{deep}\n", [SetArgument(Span(0, 4), "k", V)], newline="\n", line_length=None)
    assert isinstance(result, Edited)
    assert result.text == f'f(a, k="w")\n{deep}\n'


def test_place_of_a_refusal() -> None:
    rewrite = RemoveArgument(Span(6, 10), "k")
    result = apply_rewrites("x = 1\nf(a)\n", [rewrite], newline="\n", line_length=None)
    assert isinstance(result, Refused)
    assert result.span == Span(6, 10)


def test_one_refusal_refuses_all() -> None:
    text = "f('a', b)\n"
    good = ReplaceText(at(text, "'a'"), "c")
    assert refusal(text, good, RemoveArgument(call(text, "f"), "k"))


def test_environment_where_os_cannot_be_had() -> None:
    text = "def f(os):\n    return g(k=1)\n"
    assert refusal(text, SetArgument(call(text, "g"), "k", EnvironmentCode("X")))
    assert refusal(text, ReplaceExpression(at(text, "1"), EnvironmentCode("X")))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("f(a)", "f(b)"),
        ("f(a, timeout=1)", "f(a)"),
        ("f(a=1, b=2)", "f(b=2, a=1)"),
        ("1", "1.0"),
        ("1", "True"),
        ("'a'", "b'a'"),
        ("'a'", "u'a'"),
        ("f(a)", "f(*a)"),
        ("a\nb", "a"),
        ("x = 1", "x == 1"),
    ],
)
def test_check_sees_a_difference(left: str, right: str) -> None:
    assert not same(parse(left), parse(right))
    with pytest.raises(Refusal):
        require_same(parse(left), right)


@pytest.mark.parametrize(
    ("left", "right"), [("f( a,)", "f(a)"), ("(1)", "1"), ("1e999", "1e998"), ("'a' 'b'", '"ab"'), ("x;y", "x\ny")]
)
def test_check_sees_no_difference_in_layout(left: str, right: str) -> None:
    assert same(parse(left), parse(right))
    require_same(parse(left), right)
