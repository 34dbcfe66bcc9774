"""What a program is given in place of its keys, and where it looks for its modules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codemod.verify.environment import before_migration, disguised
from codemod.verify.traffic import KeyKind, kind_of_key

OPENAI = "sk-proj-areallyrealkey0123456789"
OPENROUTER = "sk-or-v1-areallyrealkey0123456789"


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("OPENAI_API_KEY", OPENAI, KeyKind.OPENAI),
        ("OPENAI_API_KEY_2", OPENAI, KeyKind.OPENAI),
        ("OPENROUTER_API_KEY", OPENROUTER, KeyKind.OPENROUTER),
        ("SOMETHING", OPENROUTER, KeyKind.OPENROUTER),
        ("ANTHROPIC_API_KEY", "sk-ant-areallyrealkey0123456789", KeyKind.OTHER),
        ("GEMINI_API_KEY", "AIza-really", KeyKind.OTHER),
        ("AZURE_OPENAI_API_KEY", "0123456789abcdef", KeyKind.OTHER),
        ("HF_TOKEN", "hf_really", KeyKind.OTHER),
    ],
)
def test_a_key_becomes_a_dummy_of_its_kind(name: str, value: str, kind: KeyKind) -> None:
    made = disguised({name: value, "PATH": "/bin"}, {})
    assert made.variables["PATH"] == "/bin"
    assert made.variables[name] != value
    assert kind_of_key(made.variables[name]) is kind
    assert made.secrets == (value,)


def test_a_key_that_is_needed_is_there() -> None:
    made = disguised({"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": KeyKind.OPENAI, "MY_KEY": KeyKind.OPENROUTER})
    assert kind_of_key(made.variables["OPENAI_API_KEY"]) is KeyKind.OPENAI
    assert kind_of_key(made.variables["MY_KEY"]) is KeyKind.OPENROUTER
    assert made.secrets == ()


def test_what_leads_past_the_stand_in_is_removed() -> None:
    assert disguised({"ALL_PROXY": "socks5://x", "all_proxy": "y", "SSL_CERT_DIR": "z"}, {}).variables == {}


def test_the_folder_of_the_copy_takes_the_place_of_the_other() -> None:
    path = os.pathsep.join(("/home/new/src", "lib", "/elsewhere", ""))
    made = before_migration({"PYTHONPATH": path, "A": "/home/new"}, Path("/home/new"), Path("/home/old"))
    assert made["PYTHONPATH"] == os.pathsep.join(("/home/old/src", "lib", "/elsewhere", ""))
    assert (made["PWD"], made["A"]) == ("/home/old", "/home/new")


@pytest.mark.parametrize(
    ("value", "stays"),
    [
        ("https://openrouter.ai/api/v1", False),
        ("https://eu.openrouter.ai/api/v1", False),
        ("https://not-openrouter.ai/v1", True),
        ("https://openrouter.ai.example.com/v1", True),
        ("https://gateway.example.com/v1", True),
    ],
)
def test_a_setting_that_leads_to_openrouter_is_part_of_the_migration(value: str, stays: bool) -> None:
    made = before_migration({"OPENAI_BASE_URL": value, "OTHER_URL": value}, Path("/new"), Path("/old"))
    assert ("OPENAI_BASE_URL" in made, "OTHER_URL" in made) == (stays, True)
