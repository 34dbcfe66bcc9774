"""Patterns of ignore files, compared with git for random ones."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from codemod.ignore_files import is_below_ignored, rules_of

PIECES = [
    *("a", "b", "ab", "1", "é", ".", "-", "!", "#", " ", "\\ ", "\\a", "\\*", "\\", "/", "/", "/"),
    *("*", "**", "***", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[c-a]", "[]a]", "[a", "[a-]", "[--a]", "[\\]]", "[a/b]"),
    *("[[:alpha:]]", "[[:digit:]]", "[[:punct:]]", "[[:space:]x]", "[[:foo:]]", "[[:]", "[[a:]]"),
]
NAMES = ["a", "b", "ab", "abc", "c", "1", "a b", ".a", "*", "-", "]", "[", "é", "#", "!", "a-", "\\"]


@pytest.mark.parametrize("seed", range(25))
def test_agrees_with_git(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    chance = random.Random(seed)
    lines = ["".join(chance.choices(PIECES, k=chance.randint(1, 6))) for _ in range(6)]
    paths = sorted({"/".join(chance.choices(NAMES, k=chance.randint(1, 4))) for _ in range(150)})
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("\n".join(lines), encoding="utf-8")
    asked = "\0".join(paths)
    command = ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "-z", "--stdin"]
    said = subprocess.run(command, input=os.fsencode(asked), capture_output=True, check=False).stdout
    ignored = set(os.fsdecode(said).split("\0")) - {""}
    rules = rules_of(lines, str(tmp_path))
    assert {path for path in paths if is_below_ignored(f"{tmp_path}/{path}", rules)} == ignored, lines
