"""The words every room speaks: rule, finding, applicability, span, place, step, outcome."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.records import ordered_record, record

if TYPE_CHECKING:
    from codemod.rewrites import Rewrite, Span


class Applicability(Enum):
    """How sure a finding is; see "Decisions" in the README."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"
    INFO = "info"


@record
class Rule:
    """One row of the rule table: the documentation of a kind of finding.

    ``before`` and ``after`` are a small example; ``after`` is None where the rule only reports.
    ``reference`` names the source of the fact the rule rests on.
    """

    code: str
    name: str
    what: str
    why: str
    fix_safety: str
    before: str
    after: str | None
    reference: str


@ordered_record
class Place:
    """Where a span stands: lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@record
class Step:
    """One step of a trace: what a value went through, and where.

    ``aside`` marks a place that is not on the way which the other steps describe: the value goes there as well.
    """

    path: Path
    line: int
    what: str
    aside: bool = False


@record
class Finding:
    """One thing the report says about one place.

    ``group`` names the edits that are only right together (None: stands alone). ``rewrites`` are the planned
    changes; ``applied`` says whether this run makes them. ``before``/``after`` are the source of the place, for the
    report. ``path`` is absolute.
    """

    rule: str
    path: Path
    span: Span
    place: Place
    applicability: Applicability
    message: str
    remedy: str = ""
    group: str | None = None
    rewrites: tuple[Rewrite, ...] = ()
    trace: tuple[Step, ...] = ()
    applied: bool = False
    before: str | None = None
    after: str | None = None


class FileStatus(Enum):
    """What the run did, or would do, to a file."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@record
class FileResult:
    """One candidate file after the run.

    ``before`` and ``after`` are decoded texts with their own newlines, of a file that has CHANGED; ``encoding`` is the
    codec that turns them into the file's bytes (``utf-8-sig`` where the file starts with a byte order mark).
    ``reason`` says why a file failed. ``matters`` is False for a failed file that does not mention openai: it never
    changes the exit code.
    """

    path: Path
    status: FileStatus
    reason: str | None = None
    before: str = ""
    after: str = ""
    matters: bool = True
    encoding: str = "utf-8"


@record
class RequestCounts:
    """Each request found is counted in exactly one of these."""

    migrated: int = 0
    reported: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        return self.migrated + self.reported + self.left


@record
class CatalogueUsed:
    """Which catalogue of models a run used.

    ``origin`` is embedded, refreshed or file; ``path`` its file, None for the embedded one. ``as_of`` is the ISO date
    of its listing, ``age`` the days since; None where the run knows no day.
    """

    origin: str
    path: Path | None
    as_of: str
    age: int | None = None


@record
class Outcome:
    """All that a run has to say.

    ``files`` holds the candidates in path order; ``findings`` are in order of path and place. ``before_you_run`` are
    the closing lines of the summary: what to set or decide before the migrated program runs. ``notices`` are single
    lines about the run itself (an unclean git tree). ``secrets`` are texts that no output may show.
    ``written`` is False for a dry run. ``interrupted`` is True if the run was stopped by the user. ``catalogue`` is
    None if the run did not come to use one.
    """

    findings: tuple[Finding, ...] = ()
    files: tuple[FileResult, ...] = ()
    scanned: int = 0
    requests: RequestCounts = RequestCounts()
    before_you_run: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
    written: bool = False
    interrupted: bool = False
    catalogue: CatalogueUsed | None = None
