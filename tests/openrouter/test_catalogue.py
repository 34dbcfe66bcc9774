"""The catalogue: its form, its making, and facts that must not change unnoticed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openai.types import AudioModel, ChatModel, EmbeddingModel, ImageModel, VideoModel

from codemod.openrouter.catalogue import PREFIX, CatalogueError, FineTuned, choose, embedded, load, merged
from codemod.openrouter.listing import base_id, read_listing
from tests.openrouter.listings import answer, model_row

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ROOT / "scripts" / "data"
DATA = ROOT / "codemod" / "openrouter" / "data" / "catalogue.json"
CATALOGUE = embedded()

DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
OPTIONAL_DAY = {"anyOf": [{"type": "null"}, DAY]}
LISTED = {"type": ["boolean", "null"]}
OPENROUTER_ID = {"type": "string", "pattern": r"^~?[a-z0-9-]+/[a-z0-9][a-z0-9._-]*(:[a-z]+)?$"}
TOKENS = {"type": ["integer", "null"], "minimum": 1}
PRICE = {"type": ["number", "null"], "minimum": 0}
KINDS = {"type": ["string", "null"], "pattern": r"^(text|image|file|audio|video)(\+(text|image|file|audio|video))*$"}
MODE = {
    "enum": [
        None,
        *("audio_speech", "audio_transcription", "chat", "completion", "embedding", "image_generation", "moderation"),
        *("realtime", "responses", "video_generation"),
    ]
}
MODEL_COLUMNS = {
    "id": OPENROUTER_ID,
    "kind": {"enum": ["chat", "image", "classifier", "embedding", "speech", "transcription"]},
    "listed": LISTED,
    "as_of": DAY,
    "seen": DAY,
    "context": TOKENS,
    "max_output": TOKENS,
    "input_price": PRICE,
    "output_price": PRICE,
    "input": KINDS,
    "output": KINDS,
    "parameters": {"type": ["integer", "null"], "minimum": 0},
    "details_as_of": OPTIONAL_DAY,
    "expires": OPTIONAL_DAY,
}
OPENAI_COLUMNS = {
    "id": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9.\-]*$"},
    "openrouter_id": {"type": "string", "pattern": r"^openai/[^/\s]+$"},
    "relation": {"enum": ["same", "renamed", "snapshot", "no endpoint"]},
    "listed": LISTED,
    "as_of": OPTIONAL_DAY,
    "mode": MODE,
    "shutdown": OPTIONAL_DAY,
    "replacement": {"anyOf": [{"type": "null"}, OPENROUTER_ID]},
    "note": {"type": "string"},
}


def table(columns: dict[str, Any]) -> dict[str, Any]:
    row = {"type": "array", "prefixItems": list(columns.values()), "items": False, "minItems": len(columns)}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["columns", "rows"],
        "properties": {"columns": {"const": list(columns)}, "rows": {"type": "array", "items": row}},
    }


SOURCE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["what", "from", "as_of"],
    "properties": {"what": {"type": "string"}, "from": {"type": "string"}, "as_of": DAY},
}
PARAMETERS = {"type": "array", "items": {"type": "string", "pattern": "^[a-z_]+$"}, "uniqueItems": True}
PARTS = {
    "format": {"const": 1},
    "as_of": DAY,
    "sources": {"type": "array", "items": SOURCE, "minItems": 1},
    "fine_tuned": {"type": "object", "additionalProperties": OPTIONAL_DAY},
    "parameter_sets": {"type": "array", "items": PARAMETERS, "uniqueItems": True},
    "models": table(MODEL_COLUMNS),
    "openai": table(OPENAI_COLUMNS),
}
SCHEMA = {"type": "object", "additionalProperties": False, "required": list(PARTS), "properties": PARTS}


# The file


def test_every_row_has_the_form_of_the_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(DATA.read_text(encoding="utf-8")))


def test_it_is_small() -> None:
    assert DATA.stat().st_size < 200_000


def test_rows_are_sorted_and_unique() -> None:
    content = json.loads(DATA.read_text(encoding="utf-8"))
    for name, known in (("models", CATALOGUE.openrouter), ("openai", CATALOGUE.openai)):
        ids = [row[0] for row in content[name]["rows"]]
        assert ids == sorted(set(ids)) == list(known)


def test_days_are_days() -> None:
    days = [day for model in CATALOGUE.openai.values() for day in (model.as_of, model.shutdown)]
    days += [day for model in CATALOGUE.openrouter.values() for day in (model.as_of, model.seen, model.details_as_of)]
    days += [*CATALOGUE.fine_tuned.values(), CATALOGUE.as_of]
    assert all(day is None or date.fromisoformat(day) for day in days)


def test_the_script_makes_the_same_bytes(tmp_path: Path) -> None:
    output = tmp_path / "catalogue.json"
    command = [sys.executable, str(ROOT / "scripts" / "build_catalogue.py"), str(INPUTS), "--output", str(output)]
    subprocess.run(command, check=True)
    assert output.read_bytes() == DATA.read_bytes()


def test_the_notices_of_the_sources_are_kept() -> None:
    notices = (INPUTS / "NOTICE.md").read_text(encoding="utf-8")
    for source in json.loads((INPUTS / "sources.json").read_text(encoding="utf-8")):
        assert source["from"].split()[0] in notices


# OpenAI's ids


def test_every_target_is_in_the_listing_as_it_says() -> None:
    for model in CATALOGUE.openai.values():
        found = CATALOGUE.openrouter.get(model.openrouter_id)
        if model.listed:
            assert found is not None, model.id
        if found is not None:
            assert (model.listed, model.as_of) == (found.listed, found.as_of)


def test_every_replacement_is_listed() -> None:
    replacements = {model.replacement for model in CATALOGUE.openai.values() if model.replacement}
    assert replacements
    assert [each for each in replacements if not CATALOGUE.openrouter[each].listed] == []


def test_every_row_says_as_of_when() -> None:
    assert all(model.as_of for model in CATALOGUE.openai.values())
    assert all(model.as_of for model in CATALOGUE.openrouter.values())


def test_parameters_have_a_day_of_their_own() -> None:
    for model in CATALOGUE.openrouter.values():
        assert (model.parameters is None) == (model.details_as_of is None)


def test_a_model_that_is_not_listed_was_seen_before() -> None:
    for model in CATALOGUE.openrouter.values():
        assert model.seen == model.as_of if model.listed else model.seen < model.as_of


def test_a_snapshot_is_listed_under_the_id_of_the_same_model() -> None:
    targets: dict[str, list[str]] = {}
    for model in CATALOGUE.openai.values():
        snapshot = re.search(r"-\d{4}-\d{2}-\d{2}$", model.id)
        if snapshot and model.openrouter_id != PREFIX + model.id:
            targets.setdefault(model.openrouter_id, []).append(model.id)
            assert not re.search(r"-\d{4}-\d{2}-\d{2}$", model.openrouter_id)
    assert [ids for ids in targets.values() if len(ids) > 1] == []


@pytest.mark.parametrize(
    ("openai_id", "openrouter_id", "relation", "listed"),
    [
        ("gpt-4o", "openai/gpt-4o", "same", True),
        ("gpt-4o-2024-08-06", "openai/gpt-4o-2024-08-06", "same", True),
        ("gpt-4.1-2025-04-14", "openai/gpt-4.1", "snapshot", True),
        ("gpt-4-0613", "openai/gpt-4", "renamed", True),
        ("gpt-5-chat-latest", "openai/gpt-5-chat", "renamed", False),
        ("chat-latest", "openai/gpt-chat-latest", "renamed", True),
        ("gpt-3.5-turbo", "openai/gpt-3.5-turbo", "same", False),
        ("o1-mini", "openai/o1-mini", "same", False),
        ("o1-pro", "openai/o1-pro", "same", None),
        ("dall-e-3", "openai/dall-e-3", "same", None),
        ("gpt-realtime", "openai/gpt-realtime", "no endpoint", False),
        ("text-embedding-3-small", "openai/text-embedding-3-small", "same", True),
        ("whisper-1", "openai/whisper-1", "same", True),
        ("gpt-4o-mini-tts", "openai/gpt-4o-mini-tts-2025-12-15", "renamed", True),
    ],
)
def test_known_models(openai_id: str, openrouter_id: str, relation: str, listed: bool | None) -> None:
    model = CATALOGUE.openai_model(openai_id)
    assert model is not None
    assert (model.openrouter_id, model.relation, model.listed) == (openrouter_id, relation, listed)
    assert CATALOGUE.is_openai_id(openai_id)


def test_another_snapshot_is_a_replacement_and_never_the_same_model() -> None:
    model = CATALOGUE.openai["gpt-4o-mini-tts-2025-03-20"]
    assert (model.openrouter_id, model.listed) == ("openai/gpt-4o-mini-tts-2025-03-20", False)
    assert model.replacement == "openai/gpt-4o-mini-tts-2025-12-15"


def test_a_model_that_ends_names_the_day_and_what_to_take_instead() -> None:
    model = CATALOGUE.openai["gpt-3.5-turbo"]
    assert (model.shutdown, model.replacement) == ("2026-10-23", "openai/gpt-5.6-terra")


@pytest.mark.parametrize(
    "text",
    ["", "openai/gpt-4o", "GPT-4o", "gpt-4o ", "ft:gpt-4o-2024-08-06:acme::abc", "claude-sonnet-4.5", "my-deployment"],
)
def test_what_is_no_id_of_openai(text: str) -> None:
    assert CATALOGUE.openai_model(text) is None
    assert not CATALOGUE.is_openai_id(text)


@pytest.mark.parametrize("literal", [ChatModel, EmbeddingModel])
def test_every_id_that_the_types_of_the_sdk_name_is_known(literal: object) -> None:
    assert [name for name in get_args(literal) if not CATALOGUE.is_openai_id(name)] == []


@pytest.mark.parametrize("union", [AudioModel, ImageModel, VideoModel])
def test_every_id_that_the_types_of_the_sdk_name_beside_any_text_is_known(union: object) -> None:
    names = {name for part in get_args(union) for name in get_args(part)} | {
        part for part in get_args(union) if isinstance(part, str)
    }
    assert names
    assert [name for name in sorted(names) if not CATALOGUE.is_openai_id(name)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ft:gpt-4o-2024-08-06:acme::abc", FineTuned("gpt-4o-2024-08-06", "2027-01-14")),
        ("ft:some-model:acme::abc", FineTuned("some-model", None)),
        ("ft:", None),
        ("gpt-4o", None),
    ],
)
def test_fine_tuned_models(text: str, expected: FineTuned | None) -> None:
    assert CATALOGUE.fine_tuned_model(text) == expected


# OpenRouter's models


def test_a_model_of_openrouters() -> None:
    model = CATALOGUE.openrouter["openai/gpt-4o"]
    assert (model.author, model.kind, model.context, model.input_price, model.output_price) == (
        *("openai", "chat", 128_000),
        *(2.5, 10),
    )
    assert (model.seen, model.details_as_of) == ("2026-11-10", "2026-08-22")
    assert model.input == ("text", "image", "file")
    assert model.parameters is not None
    assert "logprobs" in model.parameters
    assert "logprobs" not in (CATALOGUE.openrouter["openai/gpt-4.1"].parameters or ())


@pytest.mark.parametrize("model_id", ["openrouter/auto", "openai/whisper-1", "openai/text-embedding-3-small"])
def test_a_price_that_is_not_known_is_none(model_id: str) -> None:
    assert CATALOGUE.openrouter[model_id].input_price is None


def test_a_free_model_costs_nothing() -> None:
    assert CATALOGUE.openrouter["openrouter/free"].input_price == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("openai/gpt-4o", "openai/gpt-4o"),
        ("openai/gpt-4o:nitro", "openai/gpt-4o"),
        ("openai/gpt-4o:batch", "openai/gpt-4o:batch"),
        ("openai/gpt-4o:free", None),
        ("gpt-4o", None),
    ],
)
def test_a_suffix_that_any_model_takes_is_left_out(text: str, expected: str | None) -> None:
    model = CATALOGUE.openrouter_model(text)
    assert (model and model.id) == expected


def test_base_ids() -> None:
    assert [base_id(text) for text in ("a/b:floor", "a/b:free", "a/b")] == ["a/b", "a/b:free", "a/b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4.5"),
        ("anthropic/claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4.5"),
        ("antropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4.5"),
        ("claude-sonnet-4.5", "anthropic/claude-sonnet-4.5"),
        ("Anthropic/Claude-Sonnet-4.5:free", "anthropic/claude-sonnet-4.5"),
        ("openai/gpt4o", "openai/gpt-4o"),
        ("acme/rocket", None),
        ("", None),
    ],
)
def test_nearest_id_of_openrouter(text: str, expected: str | None) -> None:
    assert CATALOGUE.nearest_openrouter_id(text) == expected


def test_age() -> None:
    assert CATALOGUE.age(date(2026, 11, 22)) == 12


# Other catalogues


def test_a_newer_listing_takes_the_place_of_the_rows() -> None:
    listing = read_listing(answer("openai/gpt-4o", "openai/gpt-9", "acme/rocket"), "2027-02-01")
    newer = merged(CATALOGUE, listing, "refreshed", Path("models.json"))
    assert (newer.as_of, newer.origin) == ("2027-02-01", "refreshed")
    same = newer.openai["gpt-4o"]
    assert (same.listed, same.as_of, same.shutdown) == (True, "2027-02-01", "2027-01-14")
    gone = newer.openai["gpt-4.1-2025-04-14"]
    assert (gone.listed, gone.as_of, newer.openrouter["openai/gpt-4.1"].seen) == (False, "2027-02-01", "2026-11-10")
    assert newer.openai["gpt-9"].openrouter_id == "openai/gpt-9"
    assert newer.openrouter["acme/rocket"].listed
    assert list(newer.openai) == sorted(newer.openai)


def test_a_listing_of_text_models_tells_nothing_of_others() -> None:
    newer = merged(CATALOGUE, read_listing(answer(), "2027-02-01"), "file", None)
    assert newer.openai["whisper-1"] == CATALOGUE.openai["whisper-1"]
    assert newer.openai["text-embedding-3-small"].listed
    assert newer.openai["dall-e-3"].listed is None
    assert newer.openai["o1-pro"].listed is False


def test_ids_that_only_openrouter_has_are_no_ids_of_openai() -> None:
    newer = merged(CATALOGUE, read_listing(answer("openai/gpt-5.6-sol-pro"), "2027-02-01"), "file", None)
    assert not newer.is_openai_id("gpt-5.6-sol-pro")


def test_a_file_of_the_embedded_form(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    path.write_bytes(DATA.read_bytes())
    loaded = load(path)
    assert (loaded.origin, loaded.path) == ("file", path)
    assert loaded.openai == CATALOGUE.openai


def test_a_file_with_an_answer_of_openrouter_is_as_old_as_the_file(tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_text(json.dumps(answer("acme/rocket")))
    os.utime(path, (0, 1_790_000_000))
    loaded = load(path)
    assert loaded.as_of == date.fromtimestamp(1_790_000_000).isoformat()
    assert loaded.openrouter["acme/rocket"].listed


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "not a listing of models"),
        ('{"data": []}', "0 rows are too few"),
        ('{"format": 2}', "not a catalogue of format 1"),
        ('{"format": 1, "as_of": "2026-11-10"}', "not a catalogue of format 1"),
        ('{"format": 1, "as_of": "2026-13-10"}', "not a catalogue of format 1"),
        ('{"format": 1, "as_of": "2026-11-10", "parameter_sets": 1}', "not a catalogue of format 1"),
    ],
)
def test_a_file_that_is_no_catalogue(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_text(content)
    with pytest.raises(CatalogueError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert choose(None, path) == (CATALOGUE, f"{caught.value}; the embedded catalogue is used")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        load(tmp_path / "gone.json")
    assert choose(None, tmp_path / "gone.json") == (CATALOGUE, None)


@pytest.mark.parametrize(("day", "origin"), [("2026-11-09", "embedded"), ("2026-11-11", "refreshed")])
def test_the_newer_of_the_embedded_and_the_refreshed_one_is_used(day: str, origin: str, tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    path.write_text(json.dumps({"as_of": day, **answer()}))
    chosen, note = choose(None, path)
    assert (chosen.origin, note) == (origin, None)
    given, _ = choose(path, path)
    assert given.origin == "file"


# Listings


def test_what_a_listing_tells() -> None:
    (model,) = (each for each in read_listing(answer("acme/rocket"), "2027-02-01").models if each.author == "acme")
    assert (model.kind, model.listed, model.as_of, model.seen) == ("chat", True, "2027-02-01", "2027-02-01")
    assert (model.context, model.max_output, model.input_price, model.output_price) == (8192, 1024, 0.15, 0.6)
    assert (model.input, model.output) == (("text", "image"), ("text",))
    assert (model.parameters, model.details_as_of) == (frozenset({"tools", "seed"}), "2027-02-01")
    assert model.expires == "2027-12-31"


def test_what_a_listing_leaves_open_is_not_known() -> None:
    bare = {"id": "acme/rocket", "pricing": {"prompt": "-1"}, "expiration_date": "soon", "news": [1]}
    models = read_listing({"data": [*answer()["data"], bare]}, "2027-02-01").models
    model = next(each for each in models if each.id == "acme/rocket")
    assert (model.context, model.input_price, model.output_price, model.parameters) == (None, None, None, None)
    assert (model.input, model.output, model.details_as_of, model.expires) == (None, None, None, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, "row 1 has no id"),
        ({"id": "gpt-4o"}, "row 1 has no id"),
        ({"id": "a b/c"}, "row 1 has no id"),
        ({"context_length": "many"}, "context_length of acme/rocket has a wrong type"),
        ({"pricing": []}, "pricing of acme/rocket has a wrong type"),
        ({"pricing": {"prompt": "cheap"}}, "prompt of acme/rocket is no price"),
        ({"architecture": {"output_modalities": [1]}}, "output_modalities of acme/rocket has a wrong type"),
        ({"supported_parameters": "all"}, "supported_parameters of acme/rocket has a wrong type"),
    ],
)
def test_a_row_of_another_form(change: dict[str, Any], message: str) -> None:
    rows = [{**model_row("acme/rocket"), **change}, *answer()["data"]]
    with pytest.raises(ValueError, match=re.escape(message)):
        read_listing({"data": rows}, "2027-02-01")


def test_a_listing_without_a_model_of_openai_is_another_one() -> None:
    rows = [model_row(f"acme/model-{number}") for number in range(200)]
    with pytest.raises(ValueError, match="none of OpenAI's is in it"):
        read_listing({"data": rows}, "2027-02-01")
