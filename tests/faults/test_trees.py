"""Whatever lies in a tree: it is migrated, left alone or one line of the report, and nothing outside is touched."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
from pathlib import Path

import pytest

from tests.faults.harness import PROJECT, Tree, lay_out, left_behind, mixed, read, reasons, run, statuses

ALONE = PROJECT["b/alone.py"]


def test_every_mode_is_kept(folder: Path, migrated: Tree) -> None:
    modes = {"a/clients.py": 0o755, "a/models.py": 0o600, "a/stream.py": 0o4750, "b/alone.py": 0o666}
    for name, mode in modes.items():
        (folder / name).chmod(mode)
    assert run(folder).code == 0
    assert read(folder) == migrated
    assert {name: stat.S_IMODE((folder / name).stat().st_mode) for name in modes} == modes


@pytest.mark.parametrize("what", ["file", "folder", "hard_link"])
def test_what_cannot_be_replaced_keeps_its_group_and_no_other(what: str, folder: Path, migrated: Tree) -> None:
    if what == "hard_link":
        (folder.parent / "other.py").hardlink_to(folder / "a/models.py")
    else:
        (folder / ("a/models.py" if what == "file" else "a")).chmod(0o444 if what == "file" else 0o555)
    done = run(folder)
    (folder / "a").chmod(0o755)
    assert done.code == 0
    assert b"Traceback" not in done.err
    assert read(folder) == {name: (migrated if name.startswith("b/") else PROJECT)[name] for name in PROJECT}
    blocked = [finding for finding in json.loads(done.out)["findings"] if finding["rule"] == "OR121"]
    assert {"file": "read-only", "folder": "read-only", "hard_link": "hard links"}[what] in str(blocked)


def test_links_are_followed_within_the_tree_only(folder: Path, migrated: Tree) -> None:
    outside = folder.parent / "outside"
    lay_out(outside, {"a.py": ALONE, "sub/b.py": ALONE})
    (folder / "out.py").symlink_to(outside / "a.py")
    (folder / "out").symlink_to(outside / "sub")
    (folder / "in.py").symlink_to("b/alone.py")
    (folder / "around.py").symlink_to("around.py")
    (folder / "nowhere.py").symlink_to("gone.py")
    (folder / "endless.py").symlink_to("/dev/zero")
    done = run(folder)
    assert done.code == 0
    assert read(outside) == {"a.py": ALONE, "sub/b.py": ALONE}
    assert (folder / "in.py").readlink() == Path("b/alone.py")
    assert (folder / "b/alone.py").read_bytes() == migrated["b/alone.py"]
    assert re.search(rb"note: .*out\.py leads outside the given folders and is not followed", done.err)


@pytest.mark.parametrize("name", ["../outside/a.py", "../outside"])
def test_what_lies_outside_is_written_if_it_is_named(name: str, folder: Path, migrated: Tree) -> None:
    outside = folder.parent / "outside"
    lay_out(outside, {"a.py": ALONE})
    assert run(folder, name).code == 0
    assert read(outside) == {"a.py": migrated["b/alone.py"]}
    assert read(folder) == PROJECT


def test_what_is_no_file_is_passed_over(folder: Path, migrated: Tree) -> None:
    os.mkfifo(folder / "pipe.py")
    for name in (".env", "a/.gitignore", "ruff.toml", "compose.yml", "setup.py", "setup.cfg"):
        os.mkfifo(folder / name)
    (folder / "folder.py").mkdir()
    (folder / "dockerfile").symlink_to("/dev/zero")
    listening = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(folder)  # the address of a socket must be short
    try:
        listening.bind("socket.py")
    finally:
        os.chdir(here)
        listening.close()
    if os.geteuid() == 0:
        os.mknod(folder / "device.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    done = run(folder)
    assert (done.code, read(folder)) == (0, migrated)


@pytest.mark.parametrize("name", ["setup.py", "setup.cfg", "pyproject.toml"])
@pytest.mark.parametrize("kind", ["fifo", "endless"])
def test_what_marks_a_project_need_not_be_a_file(name: str, kind: str, folder: Path, migrated: Tree) -> None:
    (folder / "pyproject.toml").unlink()
    if kind == "fifo":
        os.mkfifo(folder / name)
    else:
        (folder / name).symlink_to("/dev/zero")
    done = run(folder)
    assert done.code == 0
    assert read(folder) == {path: data for path, data in migrated.items() if path != "pyproject.toml"}


def test_named_files_that_are_no_files_are_one_line_each(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")
    done = run(folder, "pipe.py", "/dev/zero", "b/alone.py", "--format", "json")
    assert done.code == 3
    assert b"Traceback" not in done.err
    assert {name.rpartition("/")[2]: reason.partition(",")[0] for name, reason in reasons(done).items()} == {
        "pipe.py": "the path is a FIFO",
        "zero": "the path is a device",
    }
    assert statuses(done)["b/alone.py"] == "changed"


ODD = (
    "new\nline.py",
    "esc\x1b]0;title\x07\x1b[31m.py",
    "tab\there.py",
    "b\udcff\udcfe.py",
    "\u202ereversed.py",
    "-n.py",
)
STEERING = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xaa-\xae]")


@pytest.mark.parametrize("form", ["terminal", "json", "diff"])
def test_odd_names_are_migrated_and_steer_no_terminal(form: str, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    lay_out(folder, {"pyproject.toml": b""})
    for name in ODD:
        # The text as well: what stands in a source stands in diffs and messages.
        (folder / name).write_bytes(ALONE + b"# \x1b]0;title\x07\n")
    shown = run(folder, ".", "--dry-run", "--verbose", "--format", form)
    done = run(folder, ".", "--format", form, "--output", "../out.txt", "--output", f"{form}:../out")
    assert (shown.code, done.code) == (0, 0)
    changed = [path for path in folder.iterdir() if b"openrouter" in path.read_bytes()]
    assert len(changed) == len(ODD)
    # A patch is for programs, and must hold the lines as they are.
    outputs = [done.err, shown.err, (tmp_path / "out.txt").read_bytes()]
    outputs += [done.out, shown.out] if form != "diff" else []
    assert [STEERING.findall(data) for data in outputs] == [[]] * len(outputs)
    if form == "json":
        assert len(statuses(done)) == len(ODD)


DEPTH = 100_000
DEEP = {
    "parentheses": "(" * DEPTH + ")" * DEPTH,
    "lists": "[" * DEPTH + "]" * DEPTH,
    "minus": "-" * DEPTH + "1",
    "attributes": "client" + ".a" * DEPTH,
    "calls": "client" + "()" * DEPTH,
    "sum": "+".join(["1"] * DEPTH),
    "conditions": "1 if x else " * DEPTH + "1",
    "lambdas": "lambda: " * DEPTH + "1",
    "texts": '"a" ' * DEPTH,
    "elif": "if x: pass\n" + "elif x: pass\n" * DEPTH,
}


def test_endless_nesting_is_one_line_for_each_file(folder: Path, migrated: Tree) -> None:
    deep = {f"deep/{name}.py": f"import openai\n{text}\n".encode() for name, text in DEEP.items()}
    lay_out(folder, deep)
    done = run(folder)
    assert done.code == 3
    assert b"Traceback" not in done.err
    assert read(folder) == {**migrated, **deep}
    assert set(reasons(done)) <= set(deep)
    assert all("\n" not in reason for reason in reasons(done).values())


def test_a_file_that_a_kill_left_behind_is_nobodys_business(folder: Path, migrated: Tree) -> None:
    left = folder / "a/.or-migrate-0123456789abcdef.tmp"
    left.write_bytes(ALONE[: len(ALONE) // 2])
    done = run(folder)
    assert (done.code, mixed(read(folder), migrated, migrated)) == (0, [])
    assert left_behind(folder) == [left]
    assert left.read_bytes() == ALONE[: len(ALONE) // 2]
