"""Runs the programs of tests/programs before and after their migration, and compares their requests.

Each is a folder with a ``main.py``, as a user writes one; ``libraries`` holds doubles of what they import besides the
SDK. The doubles lie outside of the program, as installed packages do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from codemod.config import Config
from codemod.findings import Outcome
from codemod.migrate import MigrationRequest, migrate
from codemod.verify.child import End
from codemod.verify.compare import Comparison, compare, is_equivalent, wrong
from codemod.verify.environment import disguised
from codemod.verify.run import OPENAI_VARIABLE, Observed
from codemod.verify.stand_in import StandIn
from codemod.verify.traffic import KeyKind

PROGRAMS = Path(__file__).parent / "programs"
LIBRARIES = PROGRAMS / "libraries"
NAMES = tuple(sorted(path.parent.name for path in PROGRAMS.glob("*/main.py")))


class BaselineError(Exception):
    """A program fails or makes no request before its migration. The message is what it printed."""


class Zygote:
    """An interpreter that has loaded the SDK and runs one program after the other."""

    def __init__(self, python: str = sys.executable) -> None:
        self._process = subprocess.Popen(
            [python, str(Path(__file__).with_name("zygote.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Zygote:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def run(self, folder: Path, words: Sequence[str], variables: Mapping[str, str], output: Path) -> End:
        assert self._process.stdin
        assert self._process.stdout
        file, *more = words
        task = {"folder": str(folder), "file": file, "words": more}
        values = {**task, "variables": dict(variables), "output": str(output)}
        print(json.dumps(values), file=self._process.stdin, flush=True)
        return End(int(self._process.stdout.readline()))


@dataclass(frozen=True, slots=True)
class Calling:
    """How a program is called: its file with the words behind it, and the variables that it asks for."""

    words: tuple[str, ...] = ("main.py",)
    variables: Mapping[str, str] = field(default_factory=dict)


AS_IT_IS = Calling()


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a program: its runs, what the migration said, and what they printed."""

    before: Observed
    after: Observed
    outcome: Outcome
    comparison: Comparison
    printed: str


def observe(zygote: Zygote, folder: Path, call: Calling, *, migrated: bool) -> tuple[Observed, str]:
    """Run a program against a stand-in; give its requests and what it printed."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    keys = {OPENAI_VARIABLE: KeyKind.OPENAI, **({"OPENROUTER_API_KEY": KeyKind.OPENROUTER} if migrated else {})}
    more = {"PYTHONPATH": str(LIBRARIES), "PYTHONDONTWRITEBYTECODE": "1", **call.variables}
    variables = {**disguised(kept, keys).variables, **more}
    output = folder.with_name(f"{folder.name}.txt")
    with StandIn() as stand_in:
        end = zygote.run(folder, call.words, {**variables, **stand_in.environment()}, output)
    return Observed(stand_in.requests, end), output.read_text(encoding="utf-8", errors="backslashreplace")


def migrate_folder(folder: Path) -> Outcome:
    return migrate(MigrationRequest((folder,), Config(), write=True, working_folder=folder), None)


def run_program(zygote: Zygote, source: Path, work: Path, call: Calling = AS_IT_IS) -> Ran:
    """Run a program from ``source``, migrate a copy, run that, and compare.

    Raises BaselineError where it fails or makes no request already before its migration.
    """
    old, new = work / "before", work / "after"
    for folder in (old, new):
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (new / "pyproject.toml").touch()
    before, printed = observe(zygote, old, call, migrated=False)
    if not before.end.is_good or not before.requests:
        raise BaselineError(printed)
    outcome = migrate_folder(new)
    after, printed = observe(zygote, new, call, migrated=True)
    return Ran(before, after, outcome, compare(before.requests, after.requests, {}), printed)


def shortcomings(ran: Ran) -> Iterator[str]:
    """What is not as it was before, or not as it should be."""
    if not ran.after.end.is_good:
        yield f"the program {ran.after.end}\n{ran.printed}"
    for pair in ran.comparison.pairs:
        if not is_equivalent(pair):
            yield "; ".join((*(wrong(pair.after) if pair.after else ()), *pair.differences))
    if ran.comparison.reordered:
        yield "the requests come in another order"
