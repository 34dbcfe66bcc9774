"""Programs as users write them do after their migration what they did before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codemod.findings import Applicability, FileStatus
from codemod.verify.traffic import Api
from tests.program_runs import (
    LEFT,
    NAMES,
    PROGRAMS,
    Ran,
    Zygote,
    migrate_folder,
    run_program,
    shortcomings,
)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote() as made:
        yield made


def marked(name: str) -> object:
    reason = LEFT.get(name)
    return pytest.param(name, marks=pytest.mark.xfail(reason=reason, raises=AssertionError)) if reason else name


@pytest.mark.parametrize("name", [marked(name) for name in NAMES])
def test_a_migrated_program_sends_the_same_requests(name: str, zygote: Zygote, tmp_path: Path) -> None:
    ran = run_program(zygote, PROGRAMS / name, tmp_path)
    assert list(shortcomings(ran)) == []
    assert any(seen.api is Api.OPENROUTER for seen in ran.after.requests)
    again = migrate_folder(tmp_path / "after")
    assert [file.path for file in again.files if file.status is FileStatus.CHANGED] == []


@pytest.mark.parametrize("name", sorted(LEFT))
def test_a_program_that_is_left_runs_as_before(name: str, zygote: Zygote, tmp_path: Path) -> None:
    ran = run_program(zygote, PROGRAMS / name, tmp_path)
    assert ran.after.end.is_good, ran.printed
    assert [pair.differences for pair in ran.comparison.pairs] == [()] * len(ran.before.requests)
    assert needs_a_person(ran)


def needs_a_person(ran: Ran) -> bool:
    return any(finding.applicability is Applicability.MANUAL for finding in ran.outcome.findings)


def test_every_reported_program_is_there() -> None:
    assert LEFT.keys() <= set(NAMES)
