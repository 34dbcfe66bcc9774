"""Words in brackets, told from bytes: what a parser would see there is among them."""

from __future__ import annotations

import pytest

from codemod.provenance.bracketed import is_renamed, words_given_to, words_in_bases


@pytest.mark.parametrize(
    ("source", "has", "has_not"),
    [
        ("replace(config, model=a)", {"config", "model", "a"}, set()),
        ("replace(config)\nmodel = 1", {"config"}, {"model"}),
        ("dataclasses.replace(f(b), model=c)", {"f", "b", "model", "c"}, set()),
        ('replace(config, text=":)", model=a)', {"model"}, set()),
        ('replace(config, text=""")\n""", model=a)', {"model"}, set()),
        ("replace(config,  # :)\n    model=a,\n)\nother = 1", {"model"}, {"other"}),
        ('text.replace("a", "b"); replace(c, d=1)', {"c", "d"}, set()),
        ("replace(config, {'a': [1, (2)]}, model=a)\nother", {"model"}, {"other"}),
        ("replace(config, model=a", {"model"}, set()),
        ("replace(config, **changes)", {"changes", "**"}, set()),
        ("replace(config) ** 2", {"config"}, {"**"}),
        ("replace (config, model=a)", {"model"}, set()),
        ("(replace  # why\n (config, model=a))", {"model"}, set()),
        ("model = 1", set(), {"model"}),
    ],
)
def test_words_given_to_a_call(source: str, has: set[str], has_not: set[str]) -> None:
    words = {word.decode() for word in words_given_to(source.encode(), b"replace")}
    assert has <= words
    assert has_not.isdisjoint(words)


@pytest.mark.parametrize(
    ("source", "has", "has_not"),
    [
        ("class A(B): pass", {"B"}, {"A", "pass"}),
        ("class A: pass\nB()", set(), {"B"}),
        ("class A(m.B, metaclass=M):\n    x = C(D)", {"m", "B", "M"}, {"C", "D"}),
        ("class A(\n    B,  # the first)\n    C,\n): pass", {"B", "C"}, set()),
        ("class A[T](B[T]): pass", {"B"}, set()),
        ("class A[T] (B[T]): pass", {"B"}, set()),
        ("class A[T: (int, str)] \\\n    (B): pass", {"B"}, set()),
        ("class A(make(B), C): pass", {"make", "B", "C"}, set()),
        ("class A \\\n    (B): pass", {"B"}, set()),
        ('class A(B[Literal[")"]], C): pass', {"C"}, set()),
        ("class\fA\f(B): pass", {"B"}, set()),
        ("class Größe(Länge): pass", {"Länge"}, set()),
    ],
)
def test_words_in_bases(source: str, has: set[str], has_not: set[str]) -> None:
    words = {word.decode() for word in words_in_bases(source.encode())}
    assert has <= words
    assert has_not.isdisjoint(words)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from a import A as B", True),
        ("from a import (A as\n B)", True),
        ("from a import (A\tas B)", True),
        ("from a import A \\\n as B", True),
        ("from a import (A  # why\n as B)", True),
        ("from a import A, C as B", False),
        ("from a import A\nassert A", False),
    ],
)
def test_names_that_an_import_renames(source: str, expected: bool) -> None:
    assert is_renamed(source.encode(), b"A") is expected
