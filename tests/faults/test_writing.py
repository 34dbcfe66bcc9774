"""A fault while files are written costs no byte: each file is the old or the complete new one, and the report true.

None of these runs prints a traceback, none leaves a temporary file but those that nothing can catch, and the next run
reaches the tree of an undisturbed one. A run is one process: there are no workers that could die.
"""

from __future__ import annotations

import errno
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from codemod.cli import run as run_here
from tests.faults.harness import (
    PROJECT,
    WRITTEN,
    Done,
    Tree,
    left_behind,
    mixed,
    read,
    reasons,
    run,
    start,
    statuses,
)
from tests.faults.inject import Fault

SECOND = WRITTEN[1]


def written(found: Tree, new: Tree) -> list[str]:
    return [name for name in WRITTEN if found[name] == new[name]]


def reported(done: Done) -> list[str]:
    return [name for name in WRITTEN if statuses(done)[name] == "changed"]


def assert_whole(done: Done, folder: Path, new: Tree) -> None:
    """No file is torn, nothing is left over, and the report says what is on the disk."""
    found = read(folder)
    assert mixed(found, PROJECT, new) == []
    assert left_behind(folder) == []
    assert b"Traceback" not in done.err
    assert reported(done) == written(found, new)


def assert_completes(folder: Path, new: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here([str(folder)]) == 0
    assert read(folder) == new
    capsys.readouterr()


# Calls that fail.


@pytest.mark.parametrize(
    ("point", "number"),
    [
        ("create", errno.EACCES),
        ("write", errno.ENOSPC),
        ("chmod", errno.EPERM),
        ("fsync", errno.EIO),
        ("rename", errno.EXDEV),
    ],
)
def test_a_call_that_fails_costs_one_file(
    point: str, number: int, folder: Path, migrated: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run(folder, faults=[Fault(point, "fail", nth=2, number=number)])
    assert done.code == 3
    assert_whole(done, folder, migrated)
    (name,) = reasons(done)
    assert name == SECOND
    assert reasons(done)[name].startswith("writing failed (")
    assert_completes(folder, migrated, capsys)


def test_a_folder_that_cannot_be_synchronised_is_no_failure(folder: Path, migrated: Tree) -> None:
    done = run(folder, faults=[Fault("fsync_folder", "fail", number=errno.EINVAL)])
    assert (done.code, read(folder)) == (0, migrated)


def test_a_full_disk_costs_the_files_that_do_not_fit(folder: Path, migrated: Tree) -> None:
    large = PROJECT["b/alone.py"] + b"# no more\n" * 10_000
    (folder / "b/alone.py").write_bytes(large)
    done = run(folder, largest=len(large))
    assert done.code == 3
    assert (left_behind(folder), b"Traceback" in done.err) == ([], False)
    assert reasons(done) == {
        "b/alone.py": "writing failed (file too large), the file is as it was; remove the cause and run again"
    }
    assert read(folder) == {**migrated, "b/alone.py": large}


# What ends the run.


@pytest.mark.parametrize("point", ["create", "write", "chmod", "rename", "fsync_folder"])
def test_a_kill_leaves_whole_files_and_the_next_run_completes_them(
    point: str, folder: Path, migrated: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run(folder, faults=[Fault(point, "signal", nth=3, number=signal.SIGKILL)])
    assert done.code == -signal.SIGKILL
    found = read(folder)
    assert mixed(found, PROJECT, migrated) == []
    assert len(written(found, migrated)) == (3 if point == "fsync_folder" else 2)
    left = left_behind(folder)
    assert len(left) == (point in ("write", "chmod", "rename"))
    assert all(path.stat().st_mode & 0o077 == 0 or point == "rename" for path in left)
    assert_completes(folder, migrated, capsys)
    assert left_behind(folder) == left


INTERRUPT, TERMINATE, HANG_UP = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


@pytest.mark.parametrize(
    ("point", "number"),
    [
        ("create", INTERRUPT),
        ("write", INTERRUPT),
        ("rename", INTERRUPT),
        ("chmod", TERMINATE),
        ("write", HANG_UP),
        ("fsync_folder", INTERRUPT),
    ],
)
def test_a_signal_ends_the_run_with_the_files_that_are_done(
    point: str, number: signal.Signals, folder: Path, migrated: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run(folder, faults=[Fault(point, "signal", nth=3, number=number)])
    assert done.code == 130
    assert_whole(done, folder, migrated)
    assert_completes(folder, migrated, capsys)


@pytest.mark.parametrize("number", [INTERRUPT, TERMINATE, HANG_UP], ids=lambda number: number.name)
def test_a_signal_before_the_writing_changes_nothing(number: signal.Signals, folder: Path) -> None:
    done = run(folder, faults=[Fault("read", "signal", name="models.py", number=number)])
    assert (done.code, read(folder)) == (130, dict(PROJECT))
    assert b"Traceback" not in done.err


@pytest.mark.parametrize("point", ["write", "fsync_folder"])
def test_a_signal_at_the_last_file_comes_too_late_for_the_files(point: str, folder: Path, migrated: Tree) -> None:
    done = run(folder, faults=[Fault(point, "signal", nth=len(WRITTEN), number=INTERRUPT)])
    assert (done.code, read(folder)) == (130, migrated)
    assert_whole(done, folder, migrated)


def test_a_second_signal_leaves_no_temporary_file(folder: Path, migrated: Tree) -> None:
    faults = [Fault("write", "signal", nth=3, number=INTERRUPT), Fault("remove", "signal", number=TERMINATE)]
    done = run(folder, faults=faults)
    assert done.code == 130
    assert_whole(done, folder, migrated)


def test_a_hang_up_that_is_ignored_stays_ignored(folder: Path, migrated: Tree) -> None:
    done = run(folder, faults=[Fault("write", "signal", number=signal.SIGHUP)], ignored=[signal.SIGHUP])
    assert (done.code, read(folder)) == (0, migrated)


# Others that work in the same tree.


@pytest.mark.parametrize("act", ["edit", "delete", "make_folder", "make_fifo"])
def test_a_file_that_changes_before_it_is_written_is_left_as_it_is(act: str, folder: Path, migrated: Tree) -> None:
    target = folder / SECOND
    done = run(folder, faults=[Fault("create", act, nth=2, target=str(target))])
    assert done.code == 3
    assert b"Traceback" not in done.err
    assert left_behind(folder) == []
    assert list(reasons(done)) == [SECOND]
    found = read(folder)
    assert found.pop(SECOND, None) == (PROJECT[SECOND] + b"# edited meanwhile\n" if act == "edit" else None)
    assert found == {name: data for name, data in migrated.items() if name != SECOND}


@pytest.mark.parametrize("point", ["read", "create", "write"])
@pytest.mark.parametrize("act", ["make_link", "make_folder_link"])
def test_what_becomes_a_link_is_no_way_out(act: str, point: str, folder: Path) -> None:
    name, target = (SECOND, SECOND) if act == "make_link" else ("a/clients.py", "a")
    fault = Fault(point, act, nth=2 if (point, act) == ("write", "make_link") else 1, target=str(folder / target))
    done = run(folder, faults=[replace(fault, name="models.py") if point == "read" else fault])
    assert b"Traceback" not in done.err
    outside = folder.parent / "outside"
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {
        path: PROJECT[f"a/{path}"] for path in (["models.py"] if act == "make_link" else _names_in_a())
    }
    assert statuses(done)[name] != "changed"
    assert statuses(done)["b/alone.py"] == "changed"


def _names_in_a() -> list[str]:
    return [name.removeprefix("a/") for name in PROJECT if name.startswith("a/")]


def test_a_file_that_vanishes_after_the_search_is_one_line_of_the_report(folder: Path) -> None:
    done = run(folder, faults=[Fault("read", "delete", name="last.py", target=str(folder / "b/last.py"))])
    assert done.code == 3
    assert list(reasons(done)) == ["b/last.py"]
    assert statuses(done)["b/alone.py"] == "changed"
    assert b"Traceback" not in done.err


def test_a_folder_that_vanishes_costs_its_files_alone(folder: Path, migrated: Tree) -> None:
    done = run(folder, faults=[Fault("create", "delete_folder", target=str(folder / "b"))])
    assert (done.code, list(reasons(done))) == (3, ["b/alone.py", "b/last.py"])
    assert read(folder) == {name: data for name, data in migrated.items() if not name.startswith("b/")}


def test_two_runs_at_once_reach_the_same_tree(folder: Path, migrated: Tree) -> None:
    both = [start(folder, ".", "--format", "json") for _ in range(2)]
    ends = [(*process.communicate(timeout=60), process.returncode) for process in both]
    assert {code for *_, code in ends} <= {0, 3}
    assert read(folder) == migrated
    assert left_behind(folder) == []
    for out, err, code in ends:
        assert b"Traceback" not in err
        for reason in reasons(Done(code, out, err)).values():
            assert reason == "the file has changed since it was read; run again"
