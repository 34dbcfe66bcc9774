"""The tree that most faults happen to, and what an uninterrupted run makes of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults.harness import PROJECT, WRITTEN, Tree, lay_out, read, run

# They are about the signals, limits and file systems of POSIX, and name them where they are collected.
collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    lay_out(folder, PROJECT)
    return folder


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    folder = tmp_path_factory.mktemp("whole")
    lay_out(folder, PROJECT)
    assert run(folder).code == 0
    found = read(folder)
    assert tuple(name for name in PROJECT if found[name] != PROJECT[name]) == tuple(
        name for name in PROJECT if name in WRITTEN
    )
    return found
