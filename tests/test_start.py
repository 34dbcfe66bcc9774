"""The start of the program says what the whole program would have said."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemod import cli, start
from codemod.mentions import may_hold_requests, may_matter_to_others, may_name_a_model
from codemod.openrouter.catalogue import embedded

USES = 'from openai import OpenAI\n\nprint(OpenAI().chat.completions.create(model="gpt-4o", messages=[]).choices)\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pyproject.toml").write_text("[tool.or-migrate]\nsite-url = 'https://example.com'\n")
    (tmp_path / "pkg").mkdir()
    (tmp_path / "clean.py").write_text("x = 1\n")
    (tmp_path / "pkg/also.py").write_text("# ü\n")
    (tmp_path / "uses.py").write_text(USES)
    return tmp_path


def both(words: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[object, object]:
    """What the start and the command line say: exit code, standard output, standard error."""
    capfd.readouterr()
    first = (start.run(words), *capfd.readouterr())
    return first, (cli.run(words), *capfd.readouterr())


CLEAN = [
    ["clean.py"],
    ["clean.py", "pkg/also.py", "--force-exclude"],
    ["--force-exclude", "--check", "clean.py", "clean.py", "./clean.py"],
    ["--dry-run", "pkg/../clean.py"],
]


@pytest.mark.parametrize("words", CLEAN)
@pytest.mark.parametrize("colour", ["", "1"])
def test_clean_files_get_the_same_report(
    words: list[str], colour: str, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", colour)
    monkeypatch.setenv("TERM", "xterm")
    assert start.report_on_clean_files(words) is not None
    first, second = both(words, capfd)
    assert first == second


NOT_CLEAN = [
    (["uses.py"], "a file that mentions openai"),
    (["clean.py", "uses.py"], "one of several"),
    (["model.py"], "an id that a client elsewhere may be given"),
    (["choices.py"], "what a stream elsewhere may be read by"),
    (["link.py"], "a link"),
    (["pkg"], "a folder"),
    (["gone.py"], "nothing"),
    (["clean.py", "--verbose"], "an option that is no hook's"),
    (["--help"], "no path"),
    ([], "no word"),
    (["-"], "standard input"),
    (["script"], "a file that is not named as Python"),
]


@pytest.mark.parametrize("words", [words for words, _ in NOT_CLEAN], ids=[why for _, why in NOT_CLEAN])
def test_everything_else_is_left_to_the_whole_program(words: list[str], folder: Path) -> None:
    (folder / "model.py").write_text("MODEL = 'o3'\n")
    (folder / "choices.py").write_text("def read(chunk):\n    return chunk.choices[0]\n")
    (folder / "script").write_text("x = 1\n")
    (folder / "link.py").symlink_to(folder / "clean.py")
    assert start.report_on_clean_files(words) is None


@pytest.mark.parametrize("setting", ["strict = true", "exclude = ['clean.py']", "models = { a = 'openai/b' }"])
def test_settings_that_may_speak_of_clean_files_are_heard(setting: str, folder: Path) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.or-migrate]\n{setting}\n")
    assert start.report_on_clean_files(["clean.py"]) is None


def test_a_narrow_terminal_gets_its_report_wrapped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert start.report_on_clean_files(["clean.py"]) is None


PLAIN = [
    ["."],
    ["./", "--check"],
    ["uses.py", "--dry-run", "--verbose"],
    ["--strict", "--check", ".", "--no-strict", "-v"],
    ["uses.py", "--check", "--no-gitignore", "--unsafe", "--force-exclude"],
    ["gone.py"],
    ["uses.py", "gone.py"],
]


@pytest.mark.parametrize("words", PLAIN)
def test_plain_words_mean_the_same(words: list[str], folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert start.plain_words(words) is not None
    (folder / "uses.py").write_text(USES)
    first = (start.run(words), *capfd.readouterr(), (folder / "uses.py").read_text())
    (folder / "uses.py").write_text(USES)
    assert first == (cli.run(words), *capfd.readouterr(), (folder / "uses.py").read_text())


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--check"],
        ["rules"],
        ["rule", "OR201"],
        ["models", "gpt-4.1"],
        ["verify", "--", "./clean.py"],
        [".", "--catalogue", "./clean.json"],
        ["pkg"],
        ["-"],
        [".", "--format", "json"],
        [".", "--", "-x"],
        ["."] * 2 + ["-h"],
    ],
)
def test_other_words_are_for_the_command_line(words: list[str]) -> None:
    assert start.plain_words(words) is None


def test_a_wrong_setting_ends_with_2_either_way(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "pyproject.toml").write_text("[tool.or-migrate]\nstrikt = true\n")
    first, second = both(["."], capfd)
    assert first == second
    assert isinstance(first, tuple)
    assert first[0] == 2


def test_every_id_of_the_catalogue_is_noticed() -> None:
    assert [name for name in (*embedded().openai, "ft:any") if not may_name_a_model(f'MODEL = "{name}"'.encode())] == []


@pytest.mark.parametrize("text", ["photo1 = foo3", "day = '2001-00'", "runs-on = 'ubuntu-latest'", "left: int", "so4"])
def test_what_looks_like_a_part_of_an_id_is_none(text: str) -> None:
    assert not may_name_a_model(text.encode())


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("import openai", True),
        ("client.embeddings.create(input=x)", True),
        ("make = client.embeddings.create", True),
        ("(client\n.completions\n.create())", True),
        ("(client\n .responses\n .create())", True),
        ("(client\n .responses  # why\n .create())", True),
        ("client.\\\n  responses.create()", True),
        ("client.embeddings \\\n  .create()", True),
        ("client.\\\n  embeddings.create()", True),
        ("client.chat.\\\n  completions.create()", True),
        ("app.responses = x\n", False),
        ("self.embeddings.weight = create(x)", False),
        ("self.embeddings.weight = self.create_mask(x)", False),
        ("x = 1", False),
    ],
)
def test_what_may_hold_requests(text: str, holds: bool) -> None:
    assert may_hold_requests(text.encode()) is holds


def test_a_key_and_a_setting_may_matter_to_others() -> None:
    assert may_matter_to_others(b"KEY = 'sk-abc'")
    assert may_matter_to_others(b"class Settings(BaseSettings):\n    chat_model: str\n")
    assert not may_matter_to_others(b"import os\n")
