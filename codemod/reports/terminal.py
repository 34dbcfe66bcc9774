"""The report for a person: what changed, what to decide, and a summary on one screen.

A line of a diff stays as it is: it is neither wrapped, nor is a tab in it touched.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from codemod.colour import coloured
from codemod.findings import Applicability, CatalogueUsed, FileResult, FileStatus, Finding, Outcome, Step
from codemod.records import record
from codemod.reports import relative
from codemod.reports.diff import shown_hunks
from codemod.reports.masking import MASKED, Mask
from codemod.reports.printing import printable

# Days after which the list of models is worth fetching anew.
_OLD = 30
_REQUEST_RULES = ("OR300", "OR311")
_OUTLOOK_RULES = ("OR211", "OR212")


class Text:
    """A line of the report: pieces, each with its style ("" for none)."""

    __slots__ = ("_pieces",)

    def __init__(self, *pieces: str | tuple[str, str]) -> None:
        self._pieces = tuple((piece, "") if isinstance(piece, str) else piece for piece in pieces)

    @property
    def plain(self) -> str:
        return "".join(text for text, _ in self._pieces)

    @property
    def coloured(self) -> str:
        return "".join(coloured(text, style) for text, style in self._pieces)


@record
class View:
    """How the report looks: ``width`` in characters; ``diff`` puts the changes in front of the findings."""

    working_folder: Path
    mask: Mask
    width: int = 80
    colour: bool = False
    verbose: bool = False
    diff: bool = False

    def clean(self, text: str) -> str:
        """``text`` on one line, safe to show."""
        return printable(self.mask(text))

    def name(self, path: Path) -> str:
        return self.clean(relative(path, self.working_folder))

    def wrap(self, text: str, first: str, rest: str, style: str = "") -> list[Text]:
        """``text`` in lines of the width, the first one behind ``first``, the others behind ``rest``."""
        lines = textwrap.wrap(
            self.clean(" ".join(text.split())),
            max(self.width, len(first) + 24),
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return [Text((line, style)) for line in lines]


def terminal_report(outcome: Outcome, view: View) -> str:
    """The whole report, ending with a newline."""
    lines = list(_diff(outcome, view)) if view.diff else []
    secret_in_diff = any(MASKED in line.plain for line in lines)
    lines += _files(outcome, view)
    lines += _summary(outcome, view, secret_in_diff=secret_in_diff)
    return "".join(f"{line.coloured if view.colour else line.plain}\n" for line in lines)


# The diff.

_DIFF_STYLES = {"+": "green", "-": "red", "\\": "dim"}


def _diff(outcome: Outcome, view: View) -> Iterator[Text]:
    changed = [file for file in outcome.files if file.status is FileStatus.CHANGED]
    for file in changed:
        name = view.name(file.path)
        yield Text((f"--- a/{name}", "bold"))
        yield Text((f"+++ b/{name}", "bold"))
        for header, lines in shown_hunks(file):
            yield Text((header, "cyan"))
            for line in lines:
                yield Text((view.clean(line), _DIFF_STYLES.get(line[:1], "")))
    if changed:
        yield Text()


# The findings, file by file.


def _files(outcome: Outcome, view: View) -> Iterator[Text]:
    findings: dict[Path, list[Finding]] = {}
    for finding in sorted(outcome.findings, key=lambda finding: (finding.place, finding.rule)):
        findings.setdefault(finding.path, []).append(finding)
    failed = {file.path: file for file in outcome.files if file.status is FileStatus.FAILED}
    for path in sorted(findings.keys() | failed.keys()):
        sections = [
            *_changed(findings.get(path, []), outcome.written, view),
            *_to_decide(findings.get(path, []), failed.get(path), view),
            *_not_applied(findings.get(path, []), view),
            *_requests(findings.get(path, []), view),
            *_outlook(findings.get(path, []), view),
            *_left_alone(findings.get(path, []), view),
        ]
        if sections:
            yield Text((view.name(path), "bold"))
            yield from sections
            yield Text()


def _changed(findings: Iterable[Finding], written: bool, view: View) -> Iterator[Text]:
    applied = [finding for finding in findings if finding.applied]
    if applied:
        yield Text(("  changed" if written else "  would change", "green"))
        yield from _places(applied, view)


def _not_applied(findings: Iterable[Finding], view: View) -> Iterator[Text]:
    possible = [
        finding
        for finding in findings
        if not finding.applied and finding.applicability in {Applicability.SAFE, Applicability.UNSAFE}
    ]
    if possible:
        yield Text(("  not applied", "yellow"))
        yield from _places(possible, view)


def _requests(findings: Iterable[Finding], view: View) -> Iterator[Text]:
    requests = [finding for finding in findings if finding.rule in _REQUEST_RULES]
    if requests and view.verbose:
        yield Text(("  requests", "dim"))
        yield from _places(requests, view)


def _outlook(findings: Iterable[Finding], view: View) -> Iterator[Text]:
    models = [finding for finding in findings if finding.rule in _OUTLOOK_RULES]
    if models and view.verbose:
        yield Text(("  to know", "dim"))
        yield from _places(models, view)


def _left_alone(findings: Iterable[Finding], view: View) -> Iterator[Text]:
    left = [
        finding
        for finding in findings
        if finding.applicability is Applicability.INFO and finding.rule not in _REQUEST_RULES + _OUTLOOK_RULES
    ]
    if left and view.verbose:
        yield Text(("  left alone", "dim"))
        yield from _places(left, view)


def _places(findings: Iterable[Finding], view: View) -> Iterator[Text]:
    """A line for each place; what several rules say about one place is said together."""
    for place, group in groupby(findings, key=lambda finding: finding.place):
        together = list(group)
        messages = dict.fromkeys(finding.message.rstrip(".") for finding in together)
        rules = ", ".join(dict.fromkeys(_label(finding) for finding in together))
        yield from view.wrap(f"{'; '.join(messages)} ({rules})", f"  {place.line:>5}  ", " " * 9)
        if view.verbose:
            for finding in together:
                yield from _trace(finding, " " * 9, view)


def _label(finding: Finding) -> str:
    return f"{finding.rule} unsafe" if finding.applicability is Applicability.UNSAFE else finding.rule


def _to_decide(findings: Iterable[Finding], failed: FileResult | None, view: View) -> Iterator[Text]:
    from codemod.rules import find_rule  # noqa: PLC0415 - a run that finds nothing needs no rules

    manual = [finding for finding in findings if finding.applicability is Applicability.MANUAL]
    has_failure = any(finding.rule.startswith("OR9") for finding in findings)
    if failed and not has_failure and (failed.matters or view.verbose):
        yield Text(("  not processed", "red"))
        yield from view.wrap(failed.reason or "unknown reason", "    ", "    ")
    if manual:
        yield Text(("  to decide", "yellow"))
    for finding in manual:
        rule = find_rule(finding.rule)
        where = f"{view.name(finding.path)}:{finding.place.line}"
        yield Text("    ", (where, "bold"), f"  {finding.rule}{f' {rule.name}' if rule else ''}")
        yield from view.wrap(finding.message, " " * 6, " " * 6)
        if finding.remedy:
            yield from view.wrap(finding.remedy, " " * 6 + "→ ", " " * 8)
        if view.verbose:
            yield from _trace(finding, " " * 6, view)


def _trace(finding: Finding, indent: str, view: View) -> list[Text]:
    here = (finding.path, finding.place.line)
    way = " ← ".join(_step(step, here, view) for step in finding.trace if not step.aside)
    asides = (f"also: {_step(step, here, view)}" for step in finding.trace if step.aside)
    return view.wrap("; ".join(filter(None, (way, *asides))), indent, indent + "  ", "dim")


def _step(step: Step, here: tuple[Path, int], view: View) -> str:
    if (step.path, step.line) == here:
        return step.what
    return f"{step.what} ({relative(step.path, view.working_folder)}:{step.line})"


# The summary.


def _summary(outcome: Outcome, view: View, *, secret_in_diff: bool) -> Iterator[Text]:
    yield Text(("Summary", "bold"))
    yield from view.wrap(_count_files(outcome), "  files     ", " " * 12)
    yield from view.wrap(_count_requests(outcome), "  requests  ", " " * 12)
    yield from view.wrap(_count_findings(outcome), "  findings  ", " " * 12)
    # Without a file that was looked into, nothing was looked up.
    if outcome.catalogue is not None and outcome.files:
        yield from view.wrap(_catalogue(outcome.catalogue, view), "  catalogue ", " " * 12)
    reason = _why_nothing(outcome)
    if reason:
        yield from view.wrap(reason, "  ", "  ")
    if outcome.before_you_run:
        yield Text()
        yield Text(("Before you run it", "bold"))
        for line in outcome.before_you_run:
            yield from view.wrap(line, "  - ", "    ")
    hints = list(_hints(outcome, view, secret_in_diff=secret_in_diff))
    if hints:
        yield Text()
    for hint in hints:
        yield from view.wrap(hint, "", "")


def _count_files(outcome: Outcome) -> str:
    statuses = Counter(file.status for file in outcome.files)
    changed = "changed" if outcome.written else "would change"
    return (
        f"{outcome.scanned:,} scanned, {_plural(len(outcome.files), 'candidate')}, "
        f"{statuses[FileStatus.CHANGED]:,} {changed}, {statuses[FileStatus.FAILED]:,} failed"
    )


def _count_requests(outcome: Outcome) -> str:
    requests = outcome.requests
    return (
        f"{requests.total:,} found: {requests.migrated:,} migrated, {requests.reported:,} reported, "
        f"{requests.left:,} left alone"
    )


def _count_findings(outcome: Outcome) -> str:
    counts = Counter(finding.applicability for finding in outcome.findings)
    words = {
        Applicability.SAFE: "safe",
        Applicability.UNSAFE: "unsafe",
        Applicability.MANUAL: "to decide",
        Applicability.INFO: "info",
    }
    return ", ".join(f"{counts[applicability]:,} {word}" for applicability, word in words.items())


def _catalogue(used: CatalogueUsed, view: View) -> str:
    name = used.origin if used.path is None or used.origin != "file" else relative(used.path, view.working_folder)
    age = "" if used.age is None else f", {_plural(used.age, 'day')} old"
    is_old = used.age is not None and used.age > _OLD and used.origin != "file"
    return f"{name}, of {used.as_of}{age}{'; or-migrate models --refresh fetches a new one' if is_old else ''}"


def _why_nothing(outcome: Outcome) -> str | None:
    """Why there is nothing to say: the reader must be able to tell a clean project from a wrong path."""
    if not outcome.scanned:
        return "Nothing was scanned: no Python file in these paths that the ignore files and --exclude let through."
    if not outcome.files:
        return "Nothing matched: no scanned file uses openai."
    if not outcome.requests.total and not any(finding.applied for finding in outcome.findings):
        return "Nothing matched: files mention openai, but no request of the OpenAI SDK was found in them."
    return None


def _hints(outcome: Outcome, view: View, *, secret_in_diff: bool) -> Iterator[str]:
    if outcome.interrupted:
        yield "Interrupted: what was not done by then is left. Run it again to finish."
    if secret_in_diff:
        yield f"{MASKED} hides a secret; --format diff leaves those changes out."
    unsafe = sum(finding.applicability is Applicability.UNSAFE and not finding.applied for finding in outcome.findings)
    if unsafe:
        yield f"--unsafe applies {_plural(unsafe, 'more edit')}; read them first."
    if not view.verbose and any(finding.applicability is Applicability.INFO for finding in outcome.findings):
        yield "--verbose shows what was left alone, and how each value was found."
    if any(file.status is FileStatus.CHANGED for file in outcome.files):
        yield "git diff shows the changes." if outcome.written else "Nothing is written yet."


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
