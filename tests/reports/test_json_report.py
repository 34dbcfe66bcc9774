"""The JSON report is valid against its schema, deterministic, and masked."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema

from codemod.findings import CatalogueUsed, FileResult, FileStatus, Outcome, Step
from codemod.reports.json_report import json_report
from codemod.reports.masking import mask_for
from tests.reports.outcomes import FOLDER, FULL, KEY, MANUAL, SAFE, finding

SCHEMA = json.loads((resources.files("codemod.reports") / "schema.json").read_text(encoding="utf-8"))


def report(outcome: Outcome) -> Any:
    data = json.loads(json_report(outcome, FOLDER, mask_for(outcome.secrets)).decode("utf-8"))
    jsonschema.validate(data, SCHEMA, jsonschema.Draft202012Validator)
    return data


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_summary_adds_up() -> None:
    assert report(FULL)["summary"] == {
        "files": {"scanned": 1204, "candidates": 3, "changed": 1, "failed": 1},
        "findings": {"safe": 3, "unsafe": 0, "manual": 3, "info": 1},
        "requests": {"migrated": 2, "reported": 0, "left": 1},
    }


def test_the_files() -> None:
    assert report(FULL)["files"] == [
        {"path": "app/chat.py", "status": "changed", "reason": None},
        {"path": "app/legacy.py", "status": "unchanged", "reason": None},
        {"path": "broken [1].py", "status": "failed", "reason": "invalid syntax in line 7"},
    ]


def test_a_finding_in_full() -> None:
    assert report(FULL)["findings"][4] == {
        "rule": "OR201",
        "path": "app/chat.py",
        "cell": None,
        "line": 13,
        "column": 1,
        "end_line": 13,
        "end_column": 9,
        "applicability": "safe",
        "applied": True,
        "group": "app/chat.py:4",
        "message": '"gpt-4o-mini" becomes "openai/gpt-4o-mini"',
        "remedy": "",
        "before": '"gpt-4o-mini"',
        "after": '"openai/gpt-4o-mini"',
        "trace": [],
    }
    assert report(FULL)["findings"][3]["trace"][2] == {
        "path": "app/settings.py",
        "line": 12,
        "what": 'os.environ["MODEL"]',
    }


def test_nothing_is_applied_in_a_dry_run() -> None:
    assert not any(each["applied"] for each in report(replace(FULL, written=False))["findings"])


def test_an_empty_outcome_is_valid() -> None:
    assert report(Outcome())["findings"] == []


def test_the_order_is_that_of_path_and_place() -> None:
    backwards = replace(FULL, findings=FULL.findings[::-1], files=FULL.files[::-1])
    assert json_report(backwards, FOLDER, str) == json_report(FULL, FOLDER, str)


def test_no_secret_is_shown_anywhere() -> None:
    everywhere = finding(
        "OR112",
        1,
        MANUAL,
        KEY,
        KEY,
        path=f"{KEY}.py",
        before=KEY,
        after=KEY,
        trace=(Step(FOLDER / KEY, 1, KEY),),
        group=KEY,
    )
    failed = FileResult(FOLDER / f"{KEY}.py", FileStatus.FAILED, KEY)
    assert KEY.encode() not in json_report(Outcome(findings=(everywhere,), files=(failed,)), FOLDER, mask_for(()))


def test_a_path_outside_and_odd_names_are_valid_utf_8() -> None:
    odd = b"odd-\xff.py".decode("utf-8", "surrogateescape")
    outcome = Outcome(
        findings=(finding("OR201", 1, SAFE, "half \ud800 a pair", path=odd),),
        files=(FileResult(Path("/x.py"), FileStatus.UNCHANGED),),
    )
    data = report(outcome)
    assert data["findings"][0]["path"] == "odd-\\xff.py"
    assert data["findings"][0]["message"] == "half \\ud800 a pair"
    assert data["files"][0]["path"] == "../x.py"


def test_no_byte_steers_a_terminal() -> None:
    text = "\x1b[31m \x9b \u202e é"
    outcome = Outcome(findings=(finding("OR201", 1, SAFE, text),))
    data = json_report(outcome, FOLDER, str)
    assert not {"\x1b", "\x9b", "\u202e"} & set(data.decode())
    assert json.loads(data)["findings"][0]["message"] == text


def test_the_catalogue() -> None:
    assert report(FULL)["catalogue"] is None
    embedded = replace(FULL, catalogue=CatalogueUsed("embedded", None, "2026-11-10", 12))
    assert report(embedded)["catalogue"] == {
        "origin": "embedded",
        "path": None,
        "as_of": "2026-11-10",
        "age_days": 12,
    }
    given = replace(FULL, catalogue=CatalogueUsed("file", FOLDER / "data" / "models.json", "2026-11-10"))
    assert report(given)["catalogue"]["path"] == "data/models.json"
