"""The report for a person, letter by letter, and what must never reach a terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from codemod.colour import wants_colour
from codemod.findings import CatalogueUsed, FileResult, FileStatus, Outcome, RequestCounts, Step
from codemod.reports.masking import mask_for
from codemod.reports.printing import encoded, printable
from codemod.reports.progress import ProgressBar
from codemod.reports.terminal import View, terminal_report
from tests.reports.outcomes import DRY, FOLDER, FULL, INFO, KEY, MANUAL, SAFE, UNSAFE, changed, finding


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


GOLDEN = Path(__file__).parent / "golden"

# What each golden file shows: outcome, width, colour, verbose, diff.
CASES = {
    "applied_60": (FULL, 60, False, False, False),
    "applied_120": (FULL, 120, False, False, False),
    "applied_60_colour": (FULL, 60, True, False, False),
    "applied_120_colour": (FULL, 120, True, False, False),
    "applied_60_verbose": (FULL, 60, False, True, False),
    "applied_120_verbose": (FULL, 120, False, True, False),
    "dry_run_60": (DRY, 60, False, False, True),
    "dry_run_120_colour": (DRY, 120, True, False, True),
}


def rendered(case: str) -> str:
    outcome, width, colour, verbose, diff = CASES[case]
    return terminal_report(outcome, View(FOLDER, mask_for(outcome.secrets), width, colour, verbose, diff))


@pytest.mark.parametrize("case", CASES)
def test_golden(case: str) -> None:
    assert rendered(case) == (GOLDEN / f"{case}.txt").read_text(encoding="utf-8")


def shown(outcome: Outcome, *, width: int = 80, verbose: bool = False, diff: bool = False) -> str:
    return terminal_report(outcome, View(FOLDER, mask_for(outcome.secrets), width, False, verbose, diff))


@pytest.mark.parametrize("case", CASES)
def test_no_secret_is_shown(case: str) -> None:
    assert KEY not in rendered(case)


@pytest.mark.parametrize("case", [case for case in CASES if "60" in case and "colour" not in case])
def test_no_line_of_the_report_is_wider_than_the_terminal(case: str) -> None:
    lines = rendered(case).splitlines()
    prose = lines[lines.index("app/chat.py") :]
    assert max(map(len, prose)) <= 60


def test_a_line_of_the_diff_is_never_wrapped() -> None:
    long = "x = " + "1 + " * 100 + "1"
    file = changed("a.py", "a\n", f"{long}\n")
    assert f"\n+{long}\n" in shown(Outcome(files=(file,)), width=60, diff=True)


def test_nothing_in_the_source_is_taken_for_markup_or_steers_the_terminal() -> None:
    file = changed("[red]\x1b[31m.py", "a\n", "[bold]x[/]\x1b]0;title\x07\u202e\x9b\t:smile:\n")
    text = shown(Outcome(files=(file,)), diff=True)
    assert "+[bold]x[/]\\x1b]0;title\\x07\\u202e\\x9b\t:smile:" in text
    assert "--- a/[red]\\x1b[31m.py" in text


def test_unsafe_edits_that_were_not_made_are_offered() -> None:
    text = shown(Outcome(findings=(finding("OR501", 3, UNSAFE, "a guard is added"),), written=True))
    assert "  not applied\n      3  a guard is added (OR501 unsafe)\n" in text
    assert "--unsafe applies 1 more edit; read them first." in text


def test_an_applied_unsafe_edit_is_marked() -> None:
    text = shown(Outcome(findings=(finding("OR501", 3, UNSAFE, "a guard is added", applied=True),), written=True))
    assert "  changed\n      3  a guard is added (OR501 unsafe)\n" in text


def test_a_failed_file_without_a_finding_says_why() -> None:
    failed = FileResult(FOLDER / "a.py", FileStatus.FAILED, "permission denied")
    assert "a.py\n  not processed\n    permission denied\n" in shown(Outcome(files=(failed,)))
    assert "permission denied" not in shown(Outcome(files=(replace(failed, matters=False),)))
    assert "permission denied" in shown(Outcome(files=(replace(failed, matters=False),)), verbose=True)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome(), "Nothing was scanned"),
        (Outcome(scanned=3), "no scanned file uses openai"),
        (
            Outcome(scanned=3, files=(FileResult(FOLDER / "a.py", FileStatus.UNCHANGED),)),
            "no request of the OpenAI SDK",
        ),
    ],
)
def test_a_run_that_matches_nothing_says_why(outcome: Outcome, reason: str) -> None:
    assert reason in " ".join(shown(outcome).split())


def test_a_run_that_finds_requests_does_not_say_that_nothing_matched() -> None:
    files = (FileResult(FOLDER / "a.py", FileStatus.UNCHANGED),)
    assert "Nothing" not in shown(Outcome(scanned=1, files=files, requests=RequestCounts(left=1)))


def test_an_interrupted_run_says_so() -> None:
    assert "Interrupted" in shown(replace(FULL, interrupted=True))


def test_findings_at_one_place_are_one_line_in_any_order() -> None:
    findings = (
        finding("OR102", 4, SAFE, "the key", applied=True),
        finding("OR501", 9, SAFE, "a guard", applied=True),
        finding("OR101", 4, SAFE, "the address.", applied=True),
    )
    assert "      4  the address; the key (OR101, OR102)\n      9  a guard (OR501)\n" in shown(
        Outcome(findings=findings)
    )


def test_info_is_for_the_verbose() -> None:
    outcome = Outcome(findings=(finding("OR120", 1, INFO, "Azure"), finding("OR110", 2, MANUAL, "Which host?")))
    assert "Azure" not in shown(outcome)
    assert "Azure" in shown(outcome, verbose=True)


@pytest.mark.parametrize(
    ("environment", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_when_it_is_coloured(
    environment: dict[str, str], terminal: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Terminal() if terminal else io.StringIO()) is wanted


def test_printable() -> None:
    assert printable("a\x00\x1b\x7f\x85\u2028\u202e\ud800\tb\n") == "a\\x00\\x1b\\x7f\\x85\\u2028\\u202e\\ud800\tb\\n"
    assert printable("ü 漢 😀 → ←") == "ü 漢 😀 → ←"


def test_an_output_without_unicode_gets_ascii() -> None:
    assert encoded("→ \u2039masked\u203a ü", "ascii") == b"-> <masked> \\xfc"
    assert encoded("→", None) == "→".encode()


def test_the_progress_bar_waits_a_moment_and_cleans_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    now = 0.0
    stream = Terminal()
    bar = ProgressBar(stream, lambda: now)
    bar.advance(1, 100)
    bar.close()
    assert stream.getvalue() == ""
    now = 0.6
    bar.advance(50, 100)
    bar.advance(51, 100)
    assert "50/100" in stream.getvalue()
    assert "51/100" not in stream.getvalue()
    bar.close()
    assert stream.getvalue().endswith("\x1b[2K")
    now = 0.8
    bar.advance(0, 0)
    bar.close()


def test_a_request_has_its_own_heading() -> None:
    findings = (
        finding("OR300", 9, INFO, "create goes to OpenRouter"),
        finding("OR311", 13, INFO, "create waits"),
        finding("OR120", 3, INFO, "Azure"),
    )
    text = shown(Outcome(findings=findings), verbose=True)
    assert (
        "  requests\n      9  create goes to OpenRouter (OR300)\n     13  create waits (OR311)\n"
        "  left alone\n      3  Azure (OR120)\n"
    ) in text


def test_where_a_value_goes_as_well_stands_apart_in_the_trace() -> None:
    way = (Step(FOLDER / "app/chat.py", 3, "MODEL"), Step(FOLDER / "app/settings.py", 2, '"gpt-4o"'))
    aside = Step(FOLDER / "app/tokens.py", 7, "goes to tiktoken.encoding_for_model()", aside=True)
    text = shown(Outcome(findings=(finding("OR203", 3, SAFE, "m", trace=(*way, aside)),)), verbose=True, width=200)
    assert (
        'MODEL ← "gpt-4o" (app/settings.py:2); also: goes to tiktoken.encoding_for_model() (app/tokens.py:7)\n' in text
    )


@pytest.mark.parametrize(
    ("used", "line"),
    [
        (CatalogueUsed("embedded", None, "2026-11-10", 1), "embedded, of 2026-11-10, 1 day old"),
        (CatalogueUsed("embedded", None, "2026-11-10"), "embedded, of 2026-11-10"),
        (CatalogueUsed("refreshed", FOLDER / "x.json", "2026-11-10", 30), "refreshed, of 2026-11-10, 30 days old"),
        (
            CatalogueUsed("refreshed", FOLDER / "x.json", "2026-11-10", 31),
            "refreshed, of 2026-11-10, 31 days old; or-migrate models --refresh fetches a new one",
        ),
        (CatalogueUsed("file", FOLDER / "x.json", "2026-11-10", 99), "x.json, of 2026-11-10, 99 days old"),
    ],
)
def test_the_summary_says_which_catalogue_was_used(used: CatalogueUsed, line: str) -> None:
    assert f"\n  catalogue {line}\n" in shown(replace(FULL, catalogue=used), width=120)


def test_the_outlook_of_models_stands_apart_from_what_is_left_alone() -> None:
    outcome = Outcome(findings=(finding("OR211", 3, INFO, "it ends"), finding("OR220", 4, INFO, "left")))
    text = shown(outcome, verbose=True)
    assert text.index("to know") < text.index("it ends") < text.index("left alone")
    assert "it ends" not in shown(outcome)
