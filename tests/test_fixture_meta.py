"""The specification itself: its cases are well formed, cover every decision, and tell a good tool from a fool."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.fixture_cases import KEYS, KINDS, Case, Tree, differences, read_cases

CASES = read_cases()
POSITIVES = tuple(case for case in CASES if case.kind == "positive")
NEGATIVES = tuple(case for case in CASES if case.kind == "negative")

# Each line of the specification, and whether the tool rewrites anything there (else it reports or leaves).
REWRITES = {
    "Clients 1": True,
    "Clients 2": False,
    "Clients 3": False,
    "Clients 4": False,
    "Clients 5": False,
    "Clients 6": True,
    "Clients 7": True,
    "Clients 8": False,
    "Clients 9": True,
    "Clients 10": False,  # no library is known yet that sends the model text unchanged
    "Clients 11": False,
    "Keys 1": True,
    "Keys 2": True,
    "Keys 3": True,
    "Keys 4": True,
    "Keys 5": False,
    "Keys 6": True,
    "Streams": True,
    "Parameters": True,
    "Mixed clients": False,  # not split yet
    "Models 1": True,
    "Models 2": True,
    "Models 3": True,
    "Models 4": True,
    "Models 5": False,
    "Models 6": False,
    "Models 7": True,
    "Uses": True,
    "Calls 1": True,
    "Calls 2": False,
    "Around": True,
    "Behaviour": True,
    "Account": True,
    "Headers": True,
    "Groups": True,
}
RULES = frozenset(
    f"OR{number}"
    for numbers in (
        (101, 102, 103, 104, 105, 106, 110, 111, 112, 113, 114, 115, 119, 121),
        (201, 202, 203, 204, 205, 206, 207, 208, 209, 210),
        (301, 302, 303, 304, 305, 306, 307, 308, 310),
        (401, 402, 403, 404, 405),
        (501, 502, 504, 505, 506, 507, 508, 509),
        (601, 602, 603),
        (901, 902, 903, 904),
    )
    for number in numbers
)
AT_A_CALL = frozenset({"OR101", "OR103", "OR104", "OR110", "OR111", "OR113", "OR119", "OR121"}) | {
    rule for rule in RULES if rule.startswith("OR30") and rule != "OR308"
}
AT_A_TEXT = frozenset({"OR201", "OR202", "OR208", "OR209"})
FINDING = re.compile(r"(?P<path>[^:]+):(?P<line>\d+) (?P<rule>OR\d{3}) (?P<applicability>safe|unsafe|manual)")

CONSTRUCTOR = re.compile(rb"\b(Async)?OpenAI\(")
MODEL = re.compile(rb"""(["'])((?:gpt-|chatgpt-|o\d|text-embedding-|whisper-|tts-|omni-|dall-e-|davinci)[\w.:-]*)\1""")
RETARGETED = rb'\g<0>base_url="https://openrouter.ai/api/v1", api_key=os.environ["OPENROUTER_API_KEY"], '


def edit_nothing(tree: Tree) -> Tree:
    return tree


def edit_everything(tree: Tree) -> Tree:
    """Retarget whatever is spelled like the client, prefix whatever is spelled like a model."""
    return {
        name: MODEL.sub(rb"\1openai/\2\1", CONSTRUCTOR.sub(RETARGETED, data)) if name.endswith(".py") else data
        for name, data in tree.items()
    }


def findings(case: Case) -> Iterator[re.Match[str]]:
    for text in case.findings:
        if match := FINDING.fullmatch(text):
            yield match


def source(case: Case, path: str) -> list[str]:
    """The lines of a file of the case, as editors count them."""
    return case.before[path].decode().removesuffix("\n").split("\n") if path in case.before else []


def test_there_are_cases() -> None:
    assert CASES
    assert len(POSITIVES) + len(NEGATIVES) == len(CASES)


def test_a_fool_that_edits_nothing_fails_every_positive() -> None:
    passed = [case.id for case in POSITIVES if not any(differences(case.after, edit_nothing(case.before)))]
    assert passed == []


def test_a_fool_that_edits_everything_fails_most_negatives() -> None:
    passed = [case.id for case in NEGATIVES if not any(differences(case.after, edit_everything(case.before)))]
    assert len(passed) <= 0.2 * len(NEGATIVES), passed


@pytest.mark.parametrize(("decision", "rewrites"), REWRITES.items())
def test_each_decision_is_shown(decision: str, rewrites: bool) -> None:
    kinds = Counter(case.kind for case in CASES if case.decision == decision)
    assert kinds["negative"] >= 2, "near misses are missing"
    assert kinds["positive"] >= rewrites, "an example is missing"


def wrong_form(case: Case) -> Iterator[str]:
    edited = case.before != case.after
    for holds, text in (
        (case.toml.keys() <= KEYS, "case.toml has an unknown key"),
        (case.toml.keys() >= {"decision", "kind", "findings"}, "case.toml lacks a key"),
        (case.kind in KINDS, f"there is no kind {case.kind}"),
        (case.decision in REWRITES, f"there is no decision {case.decision}"),
        (re.fullmatch(r"[a-z][a-z0-9_]+", case.name), "the name is not in small letters"),
        (case.before, "before/ is empty"),
        (case.before.keys() == case.after.keys(), "a file of after/ is not in before/"),
        (edited == (case.kind == "positive"), "what is edited is positive, and only that"),
        (edited == any(match["applicability"] != "manual" for match in findings(case)), "edits and findings disagree"),
    ):
        if not holds:
            yield text


def wrong_source(case: Case) -> Iterator[str]:
    """The tests make the CRLF form themselves, and the oldest Python that the tool runs on must read every file."""
    for tree in (case.before, case.after):
        for name, data in tree.items():
            if b"\r" in data:
                yield f"{name}: has a carriage return"
            if name.endswith(".py"):
                try:
                    ast.parse(data, name, feature_version=(3, 10))
                except (SyntaxError, ValueError) as error:
                    yield f"{name}: {error}"


def wrong_finding(case: Case) -> Iterator[str]:
    if list(case.findings) != sorted(set(case.findings)):
        yield "the findings are not in order, or not once each"
    for text in case.findings:
        match = FINDING.fullmatch(text)
        if not match:
            yield f"not of the form of a finding: {text}"
        elif match["rule"] not in RULES:
            yield f"there is no such rule: {text}"
        elif not 1 <= int(match["line"]) <= len(source(case, match["path"])):
            yield f"there is no such line: {text}"


def finding_without_call(case: Case) -> Iterator[str]:
    for match in findings(case):
        if match["rule"] in AT_A_CALL:
            tree = ast.parse(case.before.get(match["path"], b""))
            if int(match["line"]) not in {node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call)}:
                yield f"no call stands there: {match[0]}"


def finding_without_text(case: Case) -> Iterator[str]:
    for match in findings(case):
        lines = source(case, match["path"])[int(match["line"]) - 1 : int(match["line"])]
        if match["rule"] in AT_A_TEXT and not any(re.search("[\"']", line) for line in lines):
            yield f"no text stands there: {match[0]}"


@pytest.mark.parametrize("wrong", [wrong_form, wrong_source, wrong_finding, finding_without_call, finding_without_text])
def test_every_case_is_well_formed(wrong: Callable[[Case], Iterable[str]]) -> None:
    """One test for all cases: a test for each takes longer to report than to run."""
    assert [f"{case.id}: {text}" for case in CASES for text in wrong(case)] == []
