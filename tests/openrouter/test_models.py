"""The table of model ids: its form, its making, and facts that must not change unnoticed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openai.types import AudioModel, ChatModel, EmbeddingModel, ImageModel, VideoModel

from codemod.openrouter.models import PREFIX, all_models, find_model, is_openai_id, nearest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "scripts" / "data" / "openai_models.csv"
DATA = ROOT / "codemod" / "openrouter" / "data" / "openai_models.json"

DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
OPENROUTER_ID = {"type": "string", "pattern": r"^openai/[^/\s]+$"}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["as_of", "models"],
    "properties": {
        "as_of": DAY,
        "models": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": [
                    "openai_id",
                    "openrouter_id",
                    "listed",
                    "mode",
                    "shutdown",
                    "replacement",
                    "as_of",
                    "note",
                ],
                "properties": {
                    "openai_id": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9.\-]*$"},
                    "openrouter_id": OPENROUTER_ID,
                    "listed": {"type": ["boolean", "null"]},
                    "mode": {
                        "enum": [
                            None,
                            "audio_speech",
                            "audio_transcription",
                            "chat",
                            "completion",
                            "embedding",
                            "image_generation",
                            "moderation",
                            "realtime",
                            "responses",
                            "video_generation",
                        ]
                    },
                    "shutdown": {"anyOf": [{"type": "null"}, DAY]},
                    "replacement": {"anyOf": [{"type": "null"}, OPENROUTER_ID]},
                    "as_of": DAY,
                    "note": {"type": "string"},
                },
            },
        },
    },
}


def test_every_row_has_the_form_of_the_schema() -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(DATA.read_text(encoding="utf-8")))


def test_rows_are_sorted_and_unique() -> None:
    rows = json.loads(DATA.read_text(encoding="utf-8"))["models"]
    ids = [row["openai_id"] for row in rows]
    assert ids == sorted(set(ids))
    assert list(all_models()) == ids


def test_days_are_days() -> None:
    for model in all_models().values():
        for day in (model.as_of, model.shutdown):
            assert day is None or date.fromisoformat(day)


def test_the_script_makes_the_same_bytes(tmp_path: Path) -> None:
    output = tmp_path / "models.json"
    command = [sys.executable, str(ROOT / "scripts" / "build_models.py"), str(TABLE), "--output", str(output)]
    subprocess.run(command, check=True)
    assert output.read_bytes() == DATA.read_bytes()


def test_a_renamed_id_is_listed_under_the_id_of_the_same_model() -> None:
    targets: dict[str, list[str]] = {}
    for model in all_models().values():
        snapshot = re.search(r"-\d{4}-\d{2}-\d{2}$", model.openai_id)
        if model.relation == "renamed" and snapshot:
            targets.setdefault(model.openrouter_id, []).append(model.openai_id)
            assert not re.search(r"-\d{4}-\d{2}-\d{2}$", model.openrouter_id)
    assert [ids for ids in targets.values() if len(ids) > 1] == []


@pytest.mark.parametrize(
    ("openai_id", "openrouter_id", "relation", "listed"),
    [
        ("gpt-4o", "openai/gpt-4o", "same", True),
        ("gpt-4o-2024-08-06", "openai/gpt-4o-2024-08-06", "same", True),
        ("gpt-4.1-2025-04-14", "openai/gpt-4.1", "renamed", True),
        ("gpt-4-0613", "openai/gpt-4", "renamed", True),
        ("gpt-5-chat-latest", "openai/gpt-5-chat", "renamed", False),
        ("chat-latest", "openai/gpt-chat-latest", "renamed", True),
        ("gpt-3.5-turbo", "openai/gpt-3.5-turbo", "same", False),
        ("o1-mini", "openai/o1-mini", "same", False),
        ("dall-e-3", "openai/dall-e-3", "same", None),
        ("text-embedding-3-small", "openai/text-embedding-3-small", "same", True),
        ("whisper-1", "openai/whisper-1", "same", True),
        ("gpt-4o-mini-tts", "openai/gpt-4o-mini-tts-2025-12-15", "renamed", True),
    ],
)
def test_known_models(openai_id: str, openrouter_id: str, relation: str, listed: bool | None) -> None:
    model = find_model(openai_id)
    assert model is not None
    assert (model.openrouter_id, model.relation, model.listed) == (openrouter_id, relation, listed)
    assert is_openai_id(openai_id)


def test_another_snapshot_is_a_replacement_and_never_the_same_model() -> None:
    model = find_model("gpt-4o-mini-tts-2025-03-20")
    assert model is not None
    assert (model.openrouter_id, model.listed) == ("openai/gpt-4o-mini-tts-2025-03-20", False)
    assert model.replacement == "openai/gpt-4o-mini-tts-2025-12-15"


def test_a_model_that_ends_names_the_day_and_what_to_take_instead() -> None:
    model = find_model("gpt-3.5-turbo")
    assert model is not None
    assert (model.shutdown, model.replacement) == ("2026-10-23", "openai/gpt-5.6-terra")


@pytest.mark.parametrize(
    "text",
    ["", "openai/gpt-4o", "GPT-4o", "gpt-4o ", "ft:gpt-4o-2024-08-06:acme::abc", "claude-sonnet-4.5", "my-deployment"],
)
def test_what_is_no_id_of_openai(text: str) -> None:
    assert find_model(text) is None
    assert not is_openai_id(text)


@pytest.mark.parametrize("literal", [ChatModel, EmbeddingModel])
def test_every_id_that_the_types_of_the_sdk_name_is_known(literal: object) -> None:
    assert [name for name in get_args(literal) if not is_openai_id(name)] == []


@pytest.mark.parametrize("union", [AudioModel, ImageModel, VideoModel])
def test_every_id_that_the_types_of_the_sdk_name_beside_any_text_is_known(union: object) -> None:
    names = {name for part in get_args(union) for name in get_args(part)} | {
        part for part in get_args(union) if isinstance(part, str)
    }
    assert names
    assert [name for name in sorted(names) if not is_openai_id(name)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gpt-4-o", "gpt-4o"),
        ("GPT-4o", "gpt-4o"),
        ("text-embedding-3-smal", "text-embedding-3-small"),
        ("claude-sonnet-4.5", None),
        ("my-deployment", None),
        ("", None),
    ],
)
def test_nearest(text: str, expected: str | None) -> None:
    assert nearest(text) == expected


def test_the_prefix_is_the_vendor_of_every_id() -> None:
    assert all(model.openrouter_id.startswith(PREFIX) for model in all_models().values())
