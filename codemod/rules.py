"""The rule table: every kind of finding, from the modules that declare them."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from codemod.decisions import (
    rules_behaviour,
    rules_client,
    rules_endpoint,
    rules_file,
    rules_model,
    rules_older,
    rules_parameters,
    rules_stream,
)
from codemod.findings import Rule

_FAMILIES = (
    rules_behaviour,
    rules_client,
    rules_model,
    rules_endpoint,
    rules_parameters,
    rules_stream,
    rules_older,
    rules_file,
)


@cache
def _by_code() -> dict[str, Rule]:
    return {rule.code: rule for family in _FAMILIES for rule in family.RULES}


def all_rules() -> tuple[Rule, ...]:
    """Every rule, in order of its code."""
    return tuple(rule for _, rule in sorted(_by_code().items()))


def find_rule(code: str) -> Rule | None:
    """The rule with this code, in capitals; None if there is none."""
    return _by_code().get(code)


def named_rule(text: str) -> Rule | None:
    """The rule that a person means by ``text``: a code in any case, or a name."""
    wanted = text.strip()
    return find_rule(wanted.upper()) or next((rule for rule in all_rules() if rule.name == wanted.lower()), None)


def nearest_code(text: str) -> str | None:
    """The code that looks most like ``text``, for a helpful error; None if nothing does."""
    names = {rule.name: rule.code for rule in all_rules()} | {rule.code: rule.code for rule in all_rules()}
    wanted = text.strip()
    close = get_close_matches(wanted.upper(), names, n=1) or get_close_matches(wanted.lower(), names, n=1)
    return names[close[0]] if close else None
