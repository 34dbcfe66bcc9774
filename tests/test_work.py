"""How much work a run does, counted instead of timed: folders listed, files read and parsed, modules imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

USES = """from openai import OpenAI

client = OpenAI()
print(client.chat.completions.create(model="gpt-4o", messages=[]).choices)
"""
LEFT = 'from openai import AzureOpenAI\n\nAzureOpenAI().chat.completions.create(model="mine", messages=[])\n'
PLAIN = "def double(value):\n    return 2 * value\n"

# Runs the tool as the console script does, and tells what the interpreter was asked for.
PROBE = """
import sys

opened, listed, parsed = [], [], []

def hear(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.append(arguments[0])
    elif event == "os.scandir":
        listed.append(str(arguments[0]))
    elif event == "compile" and arguments[1] in ("<unknown>", b"<unknown>"):
        parsed.append(len(arguments[0]))

before = set(sys.modules)
sys.addaudithook(hear)
from codemod.__main__ import main
try:
    main()
except SystemExit as end:
    code = end.code
modules = sorted(set(sys.modules) - before)
import json
print(json.dumps([code, opened, listed, parsed, modules]), file=sys.stderr)
"""


@dataclass(frozen=True)
class Work:
    """What a run did: which files and folders of the project it read how often, and what it imported.

    ``parsed`` are the lengths of the texts it parsed.
    """

    code: int
    read: Counter[str]
    listed: Counter[str]
    parsed: list[int]
    modules: frozenset[str]

    def imported(self, *names: str) -> list[str]:
        """Those of ``names`` that were imported, or of which a module was."""
        return [name for name in names if any(f"{module}.".startswith(f"{name}.") for module in self.modules)]


def work(folder: Path, *words: str) -> Work:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        cwd=folder,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    code, opened, listed, parsed, modules = json.loads(done.stderr.splitlines()[-1])
    inside = Counter(
        os.path.relpath(folder / name, folder) for name in opened if Path(folder, name).is_relative_to(folder)
    )
    folders = Counter(
        os.path.relpath(folder / name, folder) for name in listed if Path(folder, name).is_relative_to(folder)
    )
    python = Counter(
        {name: count for name, count in inside.items() if name.endswith(".py") and (folder / name).exists()}
    )
    return Work(code, python, folders, parsed, frozenset(modules))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Thirty files without interest in three folders, one ignored."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "p"\n')
    (tmp_path / ".gitignore").write_text("ignored/\n")
    for name in ("app", "app/inner", "ignored"):
        (tmp_path / name).mkdir()
        for number in range(10):
            (tmp_path / name / f"m{number}.py").write_text(PLAIN)
    return tmp_path


FOLDERS = Counter([".", "app", "app/inner"])
PLAIN_FILES = Counter(f"{folder}/m{number}.py" for folder in ("app", "app/inner") for number in range(10))
DEAR = ("libcst", "typer", "pydantic", "rich", "subprocess", "importlib.metadata")


def test_a_hook_that_sees_clean_files_imports_nothing(project: Path) -> None:
    done = work(project, "--force-exclude", "app/m0.py", "app/m1.py")
    assert (done.code, done.read, done.listed, done.parsed) == (0, Counter(["app/m0.py", "app/m1.py"]), Counter(), [])
    own = {"codemod", "codemod.__main__", "codemod.start", "codemod.mentions", "codemod.colour"}
    assert {name for name in done.modules if name.startswith("codemod")} == own
    assert done.imported(*DEAR, "re", "pathlib", "dataclasses", "typing", "enum", "ast") == []


def test_a_project_without_interest_is_walked_and_read_once(project: Path) -> None:
    done = work(project, ".")
    assert (done.code, done.read, done.listed, done.parsed) == (0, PLAIN_FILES, FOLDERS, [])
    assert done.imported(*DEAR, "codemod.provenance", "codemod.decisions", "codemod.languages") == []


def test_files_that_are_too_many_to_be_kept_are_read_once(project: Path) -> None:
    for number in range(3):
        (project / f"app/m{number}.py").write_text(PLAIN + "# long\n" * 300_000)
    assert work(project, ".").read == PLAIN_FILES


def test_a_part_of_a_project_is_read_with_the_whole_once(project: Path) -> None:
    done = work(project, "app/inner", "--check")
    assert (done.code, done.read) == (0, PLAIN_FILES)


def test_only_files_of_interest_are_parsed_and_edits_alone_need_libcst(project: Path) -> None:
    (project / "app/left.py").write_text(LEFT)
    done = work(project, ".")
    assert (done.code, done.read, done.listed) == (0, PLAIN_FILES + Counter(["app/left.py"]), FOLDERS)
    assert done.parsed == [len(LEFT)]
    assert done.imported(*DEAR) == []


def test_what_is_imported_for_edits(project: Path) -> None:
    (project / "app/uses.py").write_text(USES)
    done = work(project, ".", "--check")
    assert (done.code, done.read, done.listed) == (1, PLAIN_FILES + Counter(["app/uses.py"]), FOLDERS)
    assert done.imported("libcst") == ["libcst"]
    assert done.imported("libcst.matchers", "libcst.codemod", "typer", "pydantic", "rich") == []


def test_a_file_is_parsed_no_more_often_with_more_edits(project: Path) -> None:
    request = USES.splitlines(keepends=True)[-1]
    for count in (1, 30):
        (project / "app/uses.py").write_text(USES + request * count)
        whole = [length for length in work(project, ".", "--check").parsed if length >= len(USES + request * count)]
        assert len(whole) <= 4


@pytest.mark.parametrize("words", [["--help"], ["--version"], [".", "--format", "json"], ["rules"]])
def test_what_needs_typer_needs_nothing_else_that_is_dear(words: list[str], project: Path) -> None:
    done = work(project, *words)
    assert done.imported("typer") == ["typer"]
    assert done.imported("libcst", "codemod.provenance", "ast" if words == ["."] else "libcst") == []


def test_a_clean_project_needs_no_catalogue_unless_one_is_given(project: Path) -> None:
    assert work(project, ".").imported("codemod.openrouter.catalogue") == []
    assert work(project, ".", "--map", "a=openai/b").imported("codemod.openrouter.catalogue") != []
