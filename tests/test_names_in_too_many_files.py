"""Names that too many files mention to be followed: what hangs on them is reported, and the run goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemod.provenance.world import MOST_FILES, MOST_REFERRING
from tests.test_fixtures import run_tool

CLIENT = "from openai import OpenAI\n\nclient = OpenAI()\n"
ASK = "client.chat.completions.create(model={}, messages=[])\n"


def lay_out(folder: Path, main: str, number: int, other: str) -> None:
    """A project of a module and of ``number`` files that use it."""
    (folder / "pyproject.toml").write_text("[tool.black]\nline-length = 88\n")
    (folder / "main.py").write_text(main)
    for each in range(number):
        (folder / f"part_{each}.py").write_text(other)


@pytest.mark.parametrize(
    ("main", "number", "other", "expected"),
    [
        pytest.param(
            f"{CLIENT}\noptions = {{}}\n" + ASK.format("'gpt-4o', **options"),
            MOST_FILES + 1,
            "from main import options\n\noptions['top_p'] = 1\n",
            set(),
            id="mapping",
        ),
        pytest.param(
            f"{CLIENT}\noptions = {{}}\nclient.chat.completions.create(messages=[], **options)\n",
            MOST_FILES + 1,
            "from main import options\n\noptions['model'] = 'gpt-4o'\n",
            {("main.py", 5, "OR205")},
            id="mapping_with_the_model",
        ),
        pytest.param(
            f"from enum import Enum\n\n{CLIENT}\n\nclass Model(str, Enum):\n    FAST = 'gpt-4o'\n\n\n"
            + ASK.format("Model.FAST"),
            MOST_REFERRING + 1,
            "from main import Model\n\nprint(Model.FAST)\n",
            {("main.py", 9, "OR207")},
            id="enumeration",
        ),
        pytest.param(
            "from dataclasses import dataclass\n\nfrom openai import OpenAI\n\n\n@dataclass\nclass Settings:\n"
            "    key: str = 'sk-old'\n\n\nsettings = Settings()\nclient = OpenAI(api_key=settings.key)\n"
            + ASK.format("'gpt-4o'"),
            MOST_REFERRING + 1,
            "from main import Settings\n\nprint(Settings.other)\n",
            {("main.py", 12, "OR111"), ("main.py", 13, "OR208")},
            id="settings",
        ),
    ],
)
def test_the_run_goes_on(
    tmp_path: Path, main: str, number: int, other: str, expected: set[tuple[str, int, str]]
) -> None:
    lay_out(tmp_path, main, number, other)
    _, report = run_tool(tmp_path, ["--dry-run"])
    manual = [each for each in report["findings"] if each["applicability"] == "manual"]
    assert {(each["path"], each["line"], each["rule"]) for each in manual} == expected
