"""A standard stream that is closed, full or read by nobody: one line where one can be shown, and no edit untold."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.harness import PROJECT, Done, Tree, environment, read, start

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the shell and the devices of Linux")

FULL = b"error: standard output cannot be written (no space left on device)"
CHANGED = b"; 5 files were changed, git diff shows the changes\n"
CLOSED = b"error: standard output is closed, nothing was done; > /dev/null drops the report\n"


def shell(folder: Path, line: str) -> Done:
    """Run the command with the words and redirections of ``line``."""
    command = f"{shlex.quote(sys.executable)} -m codemod {line}"
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment(), capture_output=True, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("line", "code", "error", "writes"),
    [
        (". >&-", 2, CLOSED, False),
        (". >&- 2>&-", 2, b"", False),
        (". 2>&-", 0, b"", True),
        ("gone.py 2> /dev/full", 2, b"", False),
        ("b/left.py > /dev/full", 2, FULL + b"; no file was changed\n", False),
        ("--help > /dev/full", 2, FULL + b"\n", False),
        ("rules > /dev/full", 2, FULL + b"\n", False),
        ("- <&-", 2, b"error: - needs standard input, which is closed\n", False),
    ],
)
def test_a_stream_that_is_closed_or_full(
    line: str, code: int, error: bytes, writes: bool, folder: Path, migrated: Tree
) -> None:
    done = shell(folder, line)
    assert (done.code, done.err) == (code, error)
    assert read(folder) == (migrated if writes else PROJECT)


def test_a_report_that_cannot_be_shown_is_one_line_and_the_others_are_written(folder: Path, migrated: Tree) -> None:
    done = shell(folder, ". --output ../report.json > /dev/full")
    assert (done.code, done.err, read(folder)) == (2, FULL + CHANGED, migrated)
    files = json.loads((folder.parent / "report.json").read_bytes())["files"]
    assert sum(file["status"] == "changed" for file in files) == 5


def test_a_reader_that_has_gone_changes_nothing(folder: Path) -> None:
    with start(folder, ".", "--check") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert (process.stderr.read(), process.wait()) == (b"", 1)


@pytest.mark.parametrize("words", ["$OLDPWD", "$OLDPWD/b/alone.py", "models --catalogue gone.json", "rules"])
def test_a_working_folder_that_is_gone(words: str, folder: Path) -> None:
    line = f'cd "$1" && mkdir gone && cd gone && rmdir ../gone && {shlex.quote(sys.executable)} -m codemod {words}'
    done = subprocess.run(
        ["sh", "-c", line, "sh", str(folder)], cwd=folder, env=environment(), capture_output=True, check=False
    )
    line_of_it = b"error: the working folder cannot be used (no such file or directory); change to another\n"
    assert (done.returncode, done.stderr) == ((0, b"") if words == "rules" else (2, line_of_it))
    assert read(folder) == PROJECT
