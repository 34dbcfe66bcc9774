"""Runs a program against the stand-in, and the unmigrated copy before it, and says what came of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from pathlib import Path

from codemod.config import Config
from codemod.records import record
from codemod.settings_search import ENDPOINT_VARIABLES
from codemod.verify.child import End, run_child
from codemod.verify.compare import Comparison, compare, wrong
from codemod.verify.environment import before_migration, disguised
from codemod.verify.stand_in import NotReadyError, StandIn
from codemod.verify.traffic import Api, KeyKind, Seen, kind_of_key

OPENAI_VARIABLE = "OPENAI_API_KEY"


class Verdict(Enum):
    """What a verification found. It proves nothing about code that did not run."""

    GOOD = "good"
    PROBLEMS = "problems"
    INCONCLUSIVE = "inconclusive"


@record
class Task:
    """What is to be run: ``command`` in ``folder``, and first in ``before`` (None: only once).

    Each run may take ``seconds``. ``variables`` are those that the user would run the program with.
    """

    command: tuple[str, ...]
    folder: Path
    before: Path | None
    seconds: float
    variables: Mapping[str, str]
    config: Config


@record
class Observed:
    """One run of the program: its requests, and how it ended."""

    requests: tuple[Seen, ...]
    end: End


@record
class Verification:
    """What was found. ``before`` and ``comparison`` are None where there was no such run, ``after`` where it did not
    come to that. ``doubt`` says why nothing can be concluded; empty if something can be.
    """

    command: tuple[str, ...]
    before: Observed | None
    after: Observed | None
    comparison: Comparison | None
    doubt: str

    @property
    def verdict(self) -> Verdict:
        if self.doubt:
            return Verdict.INCONCLUSIVE
        return Verdict.PROBLEMS if self.problems else Verdict.GOOD

    @property
    def problems(self) -> tuple[str, ...]:
        """What is the matter with the run as a whole, and how many requests something is the matter with."""
        if self.after is None:
            return ()
        found = [] if self.after.end.is_good else [f"the program {self.after.end}"]
        bad = len(self.after.requests) - self.good
        if bad:
            found.append(f"{_requests(bad)} with a problem or a difference")
        if self.comparison:
            gone = sum(pair.after is None for pair in self.comparison.pairs)
            found += [f"{_requests(gone)} of the unmigrated program no longer sent"] if gone else []
            found += ["the requests come in another order"] if self.comparison.reordered else []
        return tuple(found)

    @property
    def good(self) -> int:
        """How many requests of the migrated program are equivalent to one before; without that run, not wrong."""
        if self.comparison:
            return self.comparison.equivalent
        return sum(not wrong(seen) for seen in self.after.requests) if self.after else 0


def _requests(count: int) -> str:
    return f"{count} request{'' if count == 1 else 's'}"


def verify(task: Task) -> Verification:
    """Run the program, twice if there is a copy of it, and judge and compare its requests.

    Raises NoCommandError where the command cannot be run.
    """
    before = None
    try:
        if task.before is not None:
            before = _observe(task, task.before, migrated=False)
            doubt = _doubt_about_baseline(before, task.variables)
            if doubt:
                return Verification(task.command, before, None, None, doubt)
        after = _observe(task, task.folder, migrated=True)
    except NotReadyError as error:
        return Verification(task.command, before, None, None, str(error))
    comparison = compare(before.requests, after.requests, task.config.models) if before else None
    return Verification(task.command, before, after, comparison, _doubt(before, after))


def _observe(task: Task, folder: Path, *, migrated: bool) -> Observed:
    variables = task.variables if migrated else before_migration(task.variables, task.folder, folder)
    disguise = disguised(variables, _dummies(task, migrated=migrated))
    _rewind_input()
    with StandIn(task.config, disguise.secrets) as stand_in:
        end = run_child(task.command, folder, {**disguise.variables, **stand_in.environment()}, task.seconds)
    return Observed(stand_in.requests, end)


def _dummies(task: Task, *, migrated: bool) -> dict[str, KeyKind]:
    """The variables of keys that the program finds, set or not."""
    if not migrated:
        # A program may choose OpenRouter because it finds a key: before its migration it has found none.
        return {OPENAI_VARIABLE: KeyKind.OPENAI}
    # A program whose endpoint is a setting goes on reading the old variable: with another key in it.
    given = kind_of_key(task.variables.get(OPENAI_VARIABLE))
    own = KeyKind.OPENROUTER if given is KeyKind.OPENROUTER else KeyKind.OPENAI
    return {OPENAI_VARIABLE: own, task.config.api_key_env: KeyKind.OPENROUTER}


def _rewind_input() -> None:
    """Give a file on standard input to each run from its beginning."""
    with suppress(OSError):
        os.lseek(0, 0, os.SEEK_SET)


def _doubt_about_baseline(before: Observed, variables: Mapping[str, str]) -> str:
    if not before.end.is_good:
        return f"the unmigrated program {before.end}"
    if not before.requests:
        return "the unmigrated program made no request"
    if not any(seen.api is Api.OPENAI for seen in before.requests):
        leading = next((name for name in ENDPOINT_VARIABLES if variables.get(name)), None)
        why = f"{leading} is set here" if leading else "is the folder the right one?"
        return f"the unmigrated program made no request to OpenAI; {why}"
    return ""


def _doubt(before: Observed | None, after: Observed) -> str:
    if not after.requests and before is None:
        return "the program made no request"
    if after.end.timed_out and not any(map(wrong, after.requests)):
        return "the program was stopped before its end"
    return ""
