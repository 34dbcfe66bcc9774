"""Which methods work against OpenRouter: complete, with sources, and true to the signatures of the SDK."""

from __future__ import annotations

import inspect
from datetime import date
from operator import attrgetter
from pathlib import Path

import pytest
from openai import AsyncOpenAI, OpenAI

from codemod.openai_sdk import method_paths, methods
from codemod.openrouter.endpoints import ENTRIES, UNKNOWN, Kind, support
from tests.test_openai_sdk import installed_methods

NEWEST = "3.54.0"


def name(path: tuple[str, ...]) -> str:
    return ".".join(path)


def test_every_method_of_the_sdk_has_an_entry() -> None:
    assert [name(path) for path in sorted(method_paths()) if support(path) is UNKNOWN] == []


def row(path: tuple[str, ...]) -> str:
    """The line of the table about a method: its path, what can be done with it, and what its traps hang on."""
    found = support(path)
    return " ".join((name(path), found.kind.value, *found.parameters))


def table() -> list[str]:
    """The lines of sdk_methods.txt: every method of every version, each looked at by a person."""
    return Path(__file__).with_name("sdk_methods.txt").read_text(encoding="utf-8").splitlines()


def test_the_table_names_every_method_and_its_traps() -> None:
    assert table() == [row(path) for path in sorted(method_paths())]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("client", [OpenAI, AsyncOpenAI])
def test_a_method_that_only_the_installed_sdk_knows_is_missing_in_the_table(
    client: type[OpenAI] | type[AsyncOpenAI],
) -> None:
    known = {line.split()[0] for line in table()}
    assert sorted({name(path) for path in installed_methods(client(api_key="test"))} - known) == []


def test_what_can_be_called_is_named_method_by_method() -> None:
    paths = {name(path) for path in method_paths()}
    wide = [entry for entry, found in ENTRIES.items() if found.kind is not Kind.UNSUPPORTED and entry not in paths]
    assert wide == []


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


@pytest.mark.parametrize(
    "path", [("fine_tuning", "new", "create"), ("embeddings", "delete"), ("audio", "speech", "mix"), ("new", "one")]
)
def test_what_is_not_known_is_not_called(path: tuple[str, ...]) -> None:
    assert support(path).kind is Kind.UNSUPPORTED
