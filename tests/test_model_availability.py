"""What a run says about models that end, have ended, or are not known, on a given day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from codemod.cli import run
from codemod.config import Config
from codemod.decisions.targets import unlisted_targets
from codemod.findings import Applicability, CatalogueUsed, Finding
from codemod.migrate import MigrationRequest, migrate
from codemod.openrouter.catalogue import Catalogue, embedded, merged
from codemod.openrouter.listing import read_listing
from codemod.reading import read
from tests.openrouter.listings import answer

SOURCE = """import os
from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
client.chat.completions.create(model="{model}", messages=[])
"""
TODAY = date(2026, 11, 22)
LISTED_ON = "OpenRouter lists it as of 2026-11-10"
FINE_TUNED = "a fine-tuned model, which only OpenAI serves"


def findings(folder: Path, model: str, today: date | None, catalogue: Catalogue | None = None) -> dict[str, Finding]:
    """What is said of ``model`` itself, by rule."""
    (folder / "pyproject.toml").write_text("")
    (folder / "app.py").write_text(SOURCE.format(model=model))
    request = MigrationRequest((folder,), Config(), False, folder, catalogue=catalogue or embedded(), today=today)
    return {each.rule: each for each in migrate(request, None).findings if each.rule.startswith("OR2")}


@pytest.mark.parametrize(
    ("model", "today", "message"),
    [
        ("gpt-4o", TODAY, "OpenAI names 2027-01-14 as the end of gpt-4o; OpenAI suggests openai/gpt-6-luna"),
        (
            "gpt-4o",
            date(2026, 10, 16),
            "OpenAI names 2027-01-14 as the end of gpt-4o; OpenAI suggests openai/gpt-6-luna",
        ),
        ("gpt-4o", date(2026, 10, 15), None),
        ("gpt-4o", None, None),
        ("gpt-6-luna", TODAY, None),
        (
            "gpt-4.1-2025-04-14",
            TODAY,
            "OpenAI names 2027-01-14 as the end of gpt-4.1-2025-04-14; OpenAI suggests openai/gpt-6-luna",
        ),
        (
            "gpt-4",
            TODAY,
            f"OpenAI named 2026-10-23 as the end of gpt-4; {LISTED_ON}; OpenAI suggests openai/gpt-5.6-sol",
        ),
    ],
)
def test_a_model_that_ends_within_90_days_is_named(
    model: str, today: date | None, message: str | None, tmp_path: Path
) -> None:
    found = findings(tmp_path, model, today).get("OR211")
    assert (found and found.message) == message
    assert found is None or found.applicability is Applicability.INFO


def test_a_model_that_is_gone_is_not_said_to_end(tmp_path: Path) -> None:
    found = findings(tmp_path, "o3-mini", TODAY)
    assert set(found) == {"OR201", "OR209"}
    assert found["OR209"].message == (
        "OpenRouter does not list openai/o3-mini as of 2026-11-10; OpenAI names 2026-10-23 as its end"
    )
    assert found["OR209"].remedy == (
        "Take openai/gpt-5.6-sol, or another model that is listed; --replace-retired writes it."
    )


def test_a_replacement_that_is_not_listed_is_not_suggested(tmp_path: Path) -> None:
    newer = merged(embedded(), read_listing(answer(), "2026-11-20"), "file", None)
    assert findings(tmp_path, "o3-mini", TODAY, newer)["OR209"].remedy == "Choose a model that is listed."


def test_what_is_not_known_is_said_to_be(tmp_path: Path) -> None:
    found = findings(tmp_path, "gpt-5-search-api", TODAY)["OR212"]
    assert found.applicability is Applicability.INFO
    assert found.message == "whether OpenRouter lists openai/gpt-5-search-api is not known as of 2026-11-12"


def test_the_end_that_openrouter_names(tmp_path: Path) -> None:
    newer = merged(embedded(), read_listing(answer("openai/gpt-6-luna"), "2027-11-20"), "file", None)
    found = findings(tmp_path, "gpt-6-luna", date(2027, 11, 22), newer)["OR211"]
    assert found.message == "OpenRouter names 2027-12-31 as the end of openai/gpt-6-luna"


def test_a_model_that_only_a_newer_listing_has(tmp_path: Path) -> None:
    assert set(findings(tmp_path, "gpt-9", TODAY)) == {"OR206"}
    newer = merged(embedded(), read_listing(answer("openai/gpt-9"), "2027-02-01"), "file", None)
    assert findings(tmp_path, "gpt-9", TODAY, newer)["OR201"].message == "gpt-9 is openai/gpt-9 on OpenRouter"


def test_the_end_of_a_fine_tuned_model(tmp_path: Path) -> None:
    found = findings(tmp_path, "ft:gpt-4o-2024-08-06:acme::abc", TODAY)["OR206"]
    assert found.message.endswith("which only OpenAI serves; OpenAI names 2027-01-14 as its end")


def test_an_id_that_only_a_given_catalogue_knows_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text('MODEL = "rocket-1"\n')
    (tmp_path / "other.py").write_text('MODEL = "rocket-2"\n')
    known = embedded()
    given = replace(known, origin="file", openai={**known.openai, "rocket-1": known.openai["gpt-4o"]})
    request = MigrationRequest((tmp_path,), Config(), False, tmp_path, catalogue=given)
    assert read(request, None).naming == (tmp_path / "app.py",)
    assert read(replace(request, catalogue=known), None).is_clean


def test_the_run_says_which_catalogue_it_used(tmp_path: Path) -> None:
    request = MigrationRequest((tmp_path,), Config(), False, tmp_path, today=TODAY)
    assert migrate(request, None).catalogue == CatalogueUsed("embedded", None, "2026-11-10", 12)


# --map


@pytest.mark.parametrize(
    ("new", "line"),
    [
        ("anthropic/claude-sonnet-4.5", None),
        ("anthropic/claude-sonnet-4.5:nitro", None),
        ("~openai/gpt-sol-latest", None),
        ("openrouter/auto", None),
        ("@preset/mine", None),
        (
            "anthropic/claude-sonnet-4-5",
            "is not in the catalogue of 2026-11-10; did you mean anthropic/claude-sonnet-4.5?",
        ),
        ("acme/rocket", "is not in the catalogue of 2026-11-10"),
        ("openai/o4-mini-high", "is not listed as of 2026-11-10"),
        ("openai/gpt-3.5-turbo-instruct", None),  # not known is not gone
    ],
)
def test_a_target_that_is_not_listed_is_named(new: str, line: str | None) -> None:
    lines = list(unlisted_targets(embedded(), {"gpt-4o": new}))
    assert [each.partition(f"--map gpt-4o={new}: {new} ")[2] for each in lines] == ([line] if line else [])


def test_a_target_that_is_not_listed_is_written_all_the_same(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.or-migrate.models]\n"gpt-4o" = "anthropic/claude-sonnet-4-5"\n')
    (tmp_path / "app.py").write_text(SOURCE.format(model="gpt-4o"))
    assert run(["app.py"]) == 0
    assert 'model="anthropic/claude-sonnet-4-5"' in (tmp_path / "app.py").read_text()
    (note,) = (line for line in capfd.readouterr().err.splitlines() if "--map" in line)
    assert note.startswith("note: --map gpt-4o=anthropic/claude-sonnet-4-5: ")
    assert note.endswith("; did you mean anthropic/claude-sonnet-4.5?")


# The command line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "models.json").write_text(json.dumps({"as_of": "2026-11-20", **answer("acme/rocket")}))
    return tmp_path


def test_a_run_with_a_given_catalogue(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "app.py").write_text(SOURCE.format(model="gpt-4o"))
    assert run(["app.py", "--dry-run", "--format", "json", "--catalogue", "models.json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["catalogue"] | {"age_days": 0} == {
        "origin": "file",
        "path": "models.json",
        "as_of": "2026-11-20",
        "age_days": 0,
    }
    assert "OR209" in {finding["rule"] for finding in report["findings"]}


def test_searching_the_models(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "GPT-4.1", "nano"]) == 0
    out = capfd.readouterr().out
    assert out.startswith("OPENROUTER ID ")
    assert "\nopenai/gpt-4.1-nano " in out
    assert "\ngpt-4.1-nano-2025-04-14  openai/gpt-4.1-nano  yes     2026-10-23  openai/gpt-5.6-luna\n" in out
    assert out.endswith("2 listed as of 2026-11-10; by author:\nopenai 2\n")
    assert run(["models", "rocket", "--catalogue", "models.json"]) == 0
    assert "acme/rocket" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("acme", 'no model has "acme" in its id\n'),
        (
            "anthropic/claude-sonnet-4-5",
            'no model has "anthropic/claude-sonnet-4-5" in its id; the nearest is anthropic/claude-sonnet-4.5\n',
        ),
        (
            "ft:gpt-4o-2024-08-06:acme::abc",
            f'no model has "ft:gpt-4o-2024-08-06:acme::abc" in its id: {FINE_TUNED}, until 2027-01-14\n',
        ),
    ],
)
def test_searching_for_what_is_not_there(
    query: str, line: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", query]) == 0
    assert capfd.readouterr().out == line


def test_the_models_as_json(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "o1-pro", "--format", "json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["catalogue"] == {"origin": "embedded", "as_of": "2026-11-10"}
    (model,) = (each for each in report["models"] if each["id"] == "openai/o1-pro")
    assert (model["id"], model["listed"], model["seen"], model["author"]) == (
        *("openai/o1-pro", None),
        *("2026-08-22", "openai"),
    )
    assert [each["id"] for each in report["openai"]] == ["o1-pro", "o1-pro-2025-03-19"]
    assert "openai" not in report["authors"]


def test_all_models_with_their_counts(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--format", "json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert len(report["models"]) == len(embedded().openrouter)
    assert sum(report["authors"].values()) == sum(model["listed"] is True for model in report["models"])


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_table_leaves_out_the_columns_that_do_not_fit(
    width: int, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert run(["models", "gpt-4o"]) == 0
    head = capfd.readouterr().out.splitlines()[0]
    assert head.split()[:3] == ["OPENROUTER", "ID", "LISTED"]
    assert ("TAKES" in head) == (width == 120)


def test_a_folder_named_models_does_not_hide_the_command(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "models").mkdir()
    (folder / "src").mkdir()
    assert run(["models", "gpt-4o"]) == 0
    assert capfd.readouterr().out.startswith("OPENROUTER ID ")
    for words in (["models"], ["models", "src"], ["models", "--dry-run"]):
        assert run(words) == 2
        assert "For the path write ./models" in capfd.readouterr().err
    assert run(["./models", "--dry-run"]) == 0
