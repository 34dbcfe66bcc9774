"""Every rule is documented, in one shape."""

from __future__ import annotations

import ast
import re

import pytest

from codemod.findings import Rule
from codemod.rules import all_rules, find_rule, named_rule, nearest_code

RULES = all_rules()
PRINTS_WITHOUT_PARENTHESES = "OR902"


def test_codes_and_names_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_documentation_is_complete(rule: Rule) -> None:
    assert re.fullmatch(r"OR[1-9]\d\d", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    for text in (rule.what, rule.why, rule.fix_safety):
        assert text.endswith(".")
        assert not re.search(r"\s\s|\n", text)
    assert re.match(r"(Safe|Unsafe|Manual|Info)\b", rule.fix_safety)
    assert re.match(r"https://\S+$", rule.reference)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_is_python(rule: Rule) -> None:
    if rule.code != PRINTS_WITHOUT_PARENTHESES:
        ast.parse(rule.before)
    if rule.after is not None:
        ast.parse(rule.after)
        assert rule.after != rule.before
    if rule.fix_safety.startswith(("Safe", "Unsafe")):
        assert rule.after is not None


def test_finding_a_rule() -> None:
    assert find_rule("OR201") == named_rule(" or201 ") == named_rule("model-prefix")
    assert find_rule("or201") is None
    assert named_rule("OR000") is None


@pytest.mark.parametrize(("text", "code"), [("OR-201", "OR201"), ("client-bas-url", "OR101"), ("nonsense", None)])
def test_the_nearest_code(text: str, code: str | None) -> None:
    assert nearest_code(text) == code
