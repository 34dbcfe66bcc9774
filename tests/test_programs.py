"""Programs as users write them do after their migration what they did before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codemod.findings import FileStatus
from codemod.verify.traffic import Api
from tests.program_runs import (
    NAMES,
    PROGRAMS,
    Zygote,
    migrate_folder,
    run_program,
    shortcomings,
)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote() as made:
        yield made


@pytest.mark.parametrize("name", NAMES)
def test_a_migrated_program_sends_the_same_requests(name: str, zygote: Zygote, tmp_path: Path) -> None:
    ran = run_program(zygote, PROGRAMS / name, tmp_path)
    assert list(shortcomings(ran)) == []
    assert any(seen.api is Api.OPENROUTER for seen in ran.after.requests)
    again = migrate_folder(tmp_path / "after")
    assert [file.path for file in again.files if file.status is FileStatus.CHANGED] == []
