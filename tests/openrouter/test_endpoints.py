"""Which methods work against OpenRouter: complete, with sources, and true to the signatures of the SDK."""

from __future__ import annotations

import inspect
from datetime import date
from operator import attrgetter

import pytest
from openai import OpenAI

from codemod.openai_sdk import method_paths, methods
from codemod.openrouter.endpoints import ENTRIES, UNKNOWN, Kind, support

NEWEST = "3.54.0"


def name(path: tuple[str, ...]) -> str:
    return ".".join(path)


def test_every_method_of_the_sdk_has_an_entry() -> None:
    assert [name(path) for path in sorted(method_paths()) if support(path) is UNKNOWN] == []


def test_every_entry_covers_a_method() -> None:
    paths = {name(path) for path in method_paths()}
    assert [entry for entry in ENTRIES if not any(f"{path}.".startswith(f"{entry}.") for path in paths)] == []


def test_only_these_methods_can_be_called() -> None:
    found = {name(path): support(path).kind for path in method_paths() if support(path).kind is not Kind.UNSUPPORTED}
    assert found == {
        "audio.speech.create": Kind.TRAPS,
        "audio.transcriptions.create": Kind.TRAPS,
        "beta.chat.completions.create": Kind.SUPPORTED,
        "beta.chat.completions.parse": Kind.SUPPORTED,
        "beta.chat.completions.stream": Kind.SUPPORTED,
        "chat.completions.create": Kind.SUPPORTED,
        "chat.completions.parse": Kind.SUPPORTED,
        "chat.completions.stream": Kind.SUPPORTED,
        "embeddings.create": Kind.SUPPORTED,
        "models.list": Kind.TRAPS,
        "responses.create": Kind.TRAPS,
        "responses.parse": Kind.TRAPS,
        "responses.stream": Kind.TRAPS,
    }


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_an_entry_says_why_what_to_do_and_where_it_is_written(entry: str) -> None:
    found = ENTRIES[entry]
    assert bool(found.message) == bool(found.remedy) == (found.kind is not Kind.SUPPORTED)
    for text in (found.message, found.remedy):
        assert not text or (text.endswith(".") and text[0].isupper())
    assert found.source.startswith(("https://openrouter.ai/docs/", "https://pypi.org/project/openrouter/"))
    assert date.fromisoformat(found.as_of)
    assert not found.parameters or found.kind is Kind.TRAPS


def test_every_parameter_of_a_trap_is_one_of_the_sdk() -> None:
    client = OpenAI(api_key="test")
    known: dict[str, set[str]] = {}
    for path in method_paths():
        if (parameters := support(path).parameters) and methods()[path].last == NEWEST:
            signature = set(inspect.signature(attrgetter(name(path))(client)).parameters)
            for parameter in parameters:
                known.setdefault(parameter, set())
                if parameter in signature:
                    known[parameter].add(name(path))
    assert [parameter for parameter, paths in known.items() if not paths] == []
    assert {"responses.create", "responses.parse", "responses.stream"} <= known["store"]
    assert {"responses.create", "responses.parse", "responses.stream"} <= known["previous_response_id"]
    assert {"audio.speech.create", "audio.transcriptions.create"} <= known["response_format"]


@pytest.mark.parametrize("path", [("fine_tuning", "new", "create"), ("chat", "completions", "archive"), ("new", "one")])
def test_what_is_not_known_is_not_called(path: tuple[str, ...]) -> None:
    assert support(path).kind is Kind.UNSUPPORTED
