"""The report's part "Before you run it": what a person has to set."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemod.config import Config
from codemod.migrate import migrate
from codemod.reading import MigrationRequest

CHAT = 'client.chat.completions.create(model="gpt-4o", messages=[])\n'
MODERATION = "client.moderations.create(input='x')\n"


def advice(folder: Path, source: str) -> list[str]:
    (folder / "pyproject.toml").touch()
    (folder / "app.py").write_text(f"import os\nfrom openai import OpenAI\n\n{source}")
    return list(migrate(MigrationRequest((folder,), Config(), write=False, working_folder=folder), None).before_you_run)


def test_a_client_that_moves_whole_needs_its_new_key_alone(tmp_path: Path) -> None:
    lines = advice(tmp_path, f"client = OpenAI()\n{CHAT}")
    assert lines[:2] == [
        "Set OPENROUTER_API_KEY to an OpenRouter key where the program runs.",
        "Unset OPENAI_ORG_ID and OPENAI_PROJECT_ID there: the SDK would send them to OpenRouter.",
    ]
    assert "OPENAI_API_KEY" not in "".join(lines)


def test_a_client_that_is_split_needs_both_keys(tmp_path: Path) -> None:
    lines = advice(tmp_path, f"client = OpenAI()\n{CHAT}{MODERATION}")
    assert lines[:3] == [
        "Set OPENROUTER_API_KEY to an OpenRouter key where the program runs.",
        "Keep OPENAI_API_KEY set there, too, for what stays with OpenAI: openai_client (app.py:4).",
        (
            "Unset OPENAI_ORG_ID and OPENAI_PROJECT_ID there: the SDK would send them to OpenRouter; "
            "give their values to openai_client as arguments."
        ),
    ]


KEYS = [
    ('os.environ["MY_KEY"]', "Keep MY_KEY set there, too, for what stays with OpenAI: openai_client (app.py:4)."),
    ("open('key').read()", None),
    ('"sk-proj-abcdefghijklmnop0123456789"', None),
]


@pytest.mark.parametrize(("key", "line"), KEYS, ids=[key for key, _ in KEYS])
def test_the_half_that_stays_names_the_variable_that_it_reads(tmp_path: Path, key: str, line: str | None) -> None:
    lines = advice(tmp_path, f"client = OpenAI(api_key={key})\n{CHAT}{MODERATION}")
    assert [each for each in lines if each.startswith("Keep ")] == ([line] if line else [])


def test_a_client_that_stays_whole_is_named(tmp_path: Path) -> None:
    lines = advice(tmp_path, f"client = OpenAI()\n{CHAT}images = OpenAI()\nimages.images.generate(prompt='x')\n")
    assert "Keep OPENAI_API_KEY set there, too, for what stays with OpenAI: app.py:6." in lines


def test_nothing_is_said_where_nothing_is_edited(tmp_path: Path) -> None:
    assert advice(tmp_path, f"client = OpenAI()\n{MODERATION}") == []
