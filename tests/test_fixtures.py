"""Every case of the specification: the tool makes exactly the edits and findings that it names.

And it speaks of every site that the walk of denominator.py finds.
"""

from __future__ import annotations

import ast
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from codemod.cli import run
from tests.denominator import read_source, sites_of, unaccounted
from tests.fixture_cases import Case, Tree, differences, read_cases, read_tree, with_crlf, write_tree

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = read_cases()
LISTED = frozenset({"safe", "unsafe", "manual"})

Report = Mapping[str, Any]


@contextmanager
def working_folder(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run_tool(folder: Path, options: Sequence[str], paths: Sequence[str] = (".",)) -> tuple[int, dict[str, Any]]:
    """Migrate ``folder`` as somebody standing in it would; gives the exit code and the JSON report."""
    output, talk = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True), io.StringIO()
    with working_folder(folder), redirect_stdout(output), redirect_stderr(talk):
        code = run([*paths, "--format", "json", *options])
    output.seek(0)
    text = output.read()
    if not text.startswith("{"):
        pytest.fail(f"exit code {code} and no report: {text}{talk.getvalue()}", pytrace=False)
    return code, json.loads(text)


def findings_of(report: Report) -> set[str]:
    return {
        f"{finding['path']}:{finding['line']} {finding['rule']} {finding['applicability']}"
        for finding in report["findings"]
        if finding["applicability"] in LISTED
    }


def applied_findings(report: Report) -> Iterator[str]:
    for finding in report["findings"]:
        if finding["applied"]:
            yield f"second run: {finding['path']}:{finding['line']} {finding['rule']} is applied again"


def wrong_findings(expected: Iterable[str], report: Report) -> Iterator[str]:
    """The findings that differ, each with what the report says about it."""
    said = findings_of(report)
    for line in sorted(set(expected) - said):
        yield f"finding is missing: {line}"
    for finding in report["findings"]:
        line = f"{finding['path']}:{finding['line']} {finding['rule']} {finding['applicability']}"
        if line in said and line not in set(expected):
            yield f"finding is not expected: {line}: {finding['message']}"


def unparsable(tree: Tree) -> Iterator[str]:
    for name, data in tree.items():
        if name.endswith(".py"):
            try:
                ast.parse(data)
            except (SyntaxError, ValueError) as error:
                yield f"{name} does not parse: {error}"


def silent(case: Case, before: Tree, report: Report) -> Iterator[str]:
    """The sites in the files that the case names and does not exclude, of which the report says nothing."""
    named = [value for option, value in zip(case.options, case.options[1:], strict=False) if option == "--exclude"]
    configuration: Mapping[str, Any] = tomllib.loads(case.before.get("pyproject.toml", b"").decode())
    named += configuration.get("tool", {}).get("or-migrate", {}).get("exclude", ())
    sources = {name: read_source(name, data) for name, data in before.items() if name.endswith(".py")}
    for site in unaccounted(sites_of(sources), report["findings"]):
        inside = any(PurePosixPath(site.path).is_relative_to(path) for path in case.paths)
        if inside and set(named).isdisjoint(PurePosixPath(site.path).parts):
            yield f"nothing is said of {site}"


def check(case: Case, folder: Path, before: Tree, after: Tree) -> None:
    """Run the tool twice over ``before``, written to ``folder``; fails with all that is not as the case says."""
    write_tree(folder, before)
    code, report = run_tool(folder, case.options, case.paths)
    first = read_tree(folder)
    problems = [*differences(after, first), *wrong_findings(case.findings, report), *unparsable(first)]
    problems += silent(case, before, report)
    if code:
        problems.append(f"exit code {code}")
    again, second = run_tool(folder, case.options, case.paths)
    problems += (f"second run: {text}" for text in differences(first, read_tree(folder)))
    problems += applied_findings(second)
    if again:
        problems.append(f"second run: exit code {again}")
    if problems:
        pytest.fail("\n\n".join([f"{case.id} ({case.decision}, {case.kind})", *problems]), pytrace=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_migrates_as_specified(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path, case.before, case.after)


@pytest.mark.parametrize("case", [case for case in CASES if case.kind == "positive"], ids=lambda case: case.id)
def test_crlf_form_becomes_crlf_result(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path, with_crlf(case.before), with_crlf(case.after))
