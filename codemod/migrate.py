"""The whole flow: paths in, a migrated project and an outcome out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from codemod.before_running import before_running
from codemod.config import Config
from codemod.decisions.context import Context, EndpointSetting, is_test
from codemod.decisions.decide import Decisions, decide
from codemod.decisions.known_libraries import LIBRARIES
from codemod.decisions.secrets import literal_keys
from codemod.decisions.targets import unlisted_targets
from codemod.discovery import Walks
from codemod.findings import (
    Applicability,
    FileResult,
    FileStatus,
    Finding,
    Outcome,
    Place,
    RequestCounts,
)
from codemod.git_tree import git_notice
from codemod.interrupts import hold_interrupts, release_interrupts
from codemod.languages.python.backend import Edited, Refused, apply_rewrites
from codemod.mentions import mentions_openai
from codemod.modules import find_root
from codemod.openrouter.catalogue import FINE_TUNED_PREFIX, Catalogue, embedded
from codemod.plan import Limits, Plan, make_plan
from codemod.project import Chosen, Project, is_package
from codemod.provenance.facts import Expression, FileFacts, Text
from codemod.provenance.origins import Origins
from codemod.provenance.uses import Uses
from codemod.reading import MigrationRequest, Reading, catalogue_used, clean_outcome, read
from codemod.reports import Progress
from codemod.rewrites import Rewrite, Span
from codemod.settings_search import ENDPOINT_VARIABLES, endpoint_settings, is_openais_own, may_hold_settings
from codemod.source import Unprocessable, can_replace, encode, replace_file
from codemod.suppressions import Suppressions, read_suppressions

_FINE_TUNED = FINE_TUNED_PREFIX.encode()
# What stands between quotes as an id does; of a fine-tuned one the beginning.
_QUOTED_ID = re.compile(rb"[\"'](" + re.escape(_FINE_TUNED) + rb"|[\w.:-]+(?=[\"']))")


def migrate(request: MigrationRequest, progress: Progress | None) -> Outcome:
    """Run the flow for ``request`` and tell ``progress`` how far it is."""
    try:
        return _migrate(request, progress)
    except KeyboardInterrupt:
        return Outcome(interrupted=True)
    finally:
        release_interrupts()


def _migrate(request: MigrationRequest, progress: Progress | None) -> Outcome:
    request = replace(request, catalogue=request.catalogue or embedded())
    reading = read(request, progress)
    clean = clean_outcome(reading, request)
    return migrate_what_was_read(request, reading) if clean is None else clean


def migrate_what_was_read(request: MigrationRequest, reading: Reading) -> Outcome:
    """The rest of the flow, once the files are read.

    Before the first file is written, interrupts are held: one ends the writing, and the outcome says so. The caller
    releases them when it has the outcome.
    """
    within, given, project = reading.within, reading.given, reading.project
    catalogue = request.catalogue or embedded()
    candidates = [facts for path in reading.candidates if (facts := project.facts(path)) is not None]
    naming = _read_naming(project, reading.naming, catalogue)
    seen = frozenset(file.path for file in (*candidates, *naming))
    decisions, secrets = _decide(reading, candidates, naming, request)
    # To make the edits takes memory too, and nothing is asked any more.
    project.forget_searches()
    limits = _limits(project, reading, request.config)
    back_end = partial(_apply, project, request.config)
    plan = make_plan(decisions.drafts, decisions.joined, limits, back_end)
    git = git_notice(plan.edited.keys() - given.keys()) if request.write else None
    is_interrupted = hold_interrupts() if request.write else lambda: False
    failures = _write(project, plan, reading, is_interrupted) if request.write else {}
    return Outcome(
        findings=_findings(project, plan, within, failures),
        files=_file_results(project, plan, within, seen, failures),
        scanned=len(within),
        requests=_count(decisions, plan, within),
        before_you_run=tuple(before_running(request.config, decisions, plan)),
        notices=(
            *reading.notices(),
            *([] if git is None else [git]),
            *unlisted_targets(catalogue, request.config.models),
        ),
        secrets=secrets,
        written=bool(request.write),
        interrupted=is_interrupted(),
        catalogue=catalogue_used(catalogue, request.today),
    )


# Reading


def _read_naming(project: Project, paths: Iterable[Path], catalogue: Catalogue) -> list[FileFacts]:
    """The facts of those of ``paths`` in which one of OpenAI's model ids, or a fine-tuned one, is a text of its own."""
    ids = frozenset((_FINE_TUNED, *(each.encode() for each in catalogue.openai)))
    named = [path for path in sorted(paths) if not ids.isdisjoint(_QUOTED_ID.findall(project.data(path) or b""))]
    return project.facts_of(named)


def _decide(
    reading: Reading, candidates: list[FileFacts], naming: list[FileFacts], request: MigrationRequest
) -> tuple[Decisions, frozenset[str]]:
    """The decisions, and the keys that no report may show. All answers that they rest on are forgotten."""
    context = _context(reading, candidates, request)
    decisions = decide(context, naming)
    return decisions, literal_keys(context, decisions.clients)


def _context(reading: Reading, candidates: list[FileFacts], request: MigrationRequest) -> Context:
    config, project = request.config, reading.project
    origins = Origins(project, LIBRARIES)
    settings = list(endpoint_settings(_settings_files(project, reading.walks)))
    for file in candidates:
        if not is_test(file.path, project.roots):
            settings += [
                EndpointSetting(file.path, file.line(write.span), write.name, _text(write.value))
                for write in file.environment_writes
                if write.name in ENDPOINT_VARIABLES and not is_openais_own(write.name, _text(write.value))
            ]
    rooted = tuple(replace(setting, root=find_root(setting.path)) for setting in settings)
    return Context(
        origins,
        Uses(origins),
        tuple(candidates),
        config,
        rooted,
        tuple(project.roots),
        _published(reading.mentioning),
        catalogue=request.catalogue or embedded(),
        today=request.today,
    )


def _published(paths: Iterable[Path]) -> frozenset[Path]:
    """The folders above ``paths`` whose code is built into a package that other projects can install."""
    roots = {find_root(folder) for folder in {path.parent for path in paths}}
    return frozenset(root for root in roots if root is not None and is_package(root))


def _text(value: Expression | None) -> str:
    return value.value if isinstance(value, Text) else ""


def _settings_files(project: Project, walks: Walks) -> Iterable[Path]:
    for root in project.roots:
        yield from walks.named(root, may_hold_settings)


# Planning


def _limits(project: Project, reading: Reading, config: Config) -> Limits:
    @cache
    def cannot(path: Path) -> str | None:
        if path not in reading.within:
            return "is outside the given paths, or excluded"
        return None if path in reading.given else can_replace(reading.real_path(path))

    @cache
    def suppressions(path: Path) -> Suppressions:
        source = project.source(path)
        return Suppressions() if source is None else read_suppressions(source.text)

    return Limits(reading.within, cannot, suppressions, config)


def _apply(project: Project, config: Config, path: Path, rewrites: Sequence[Rewrite]) -> Edited | Refused:
    source = project.source(path)
    assert source is not None
    made = apply_rewrites(source.text, rewrites, newline=source.newline, line_length=config.line_length)
    if isinstance(made, Edited):
        try:
            encode(source, made.text)
        except Unprocessable as failure:
            return Refused(None, failure.reason)
    return made


# Writing


def _write(
    project: Project, plan: Plan, reading: Reading, is_interrupted: Callable[[], bool]
) -> dict[Path, Unprocessable]:
    """Replace the files that change, until the user stops it; gives the failures."""
    failures: dict[Path, Unprocessable] = {}
    for path in sorted(path for path in plan.edited if path not in reading.given):
        if is_interrupted():
            failures[path] = Unprocessable("OR904", "not written: the run was stopped; run it again")
            continue
        source = project.source(path)
        assert source is not None
        try:
            replace_file(reading.real_path(path), source.data, encode(source, plan.edited[path].text))
        except Unprocessable as failure:
            failures[path] = failure
    return failures


# Reporting


def _findings(project: Project, plan: Plan, within: Chosen, failures: dict[Path, Unprocessable]) -> tuple[Finding, ...]:
    found = [replace(finding, applied=finding.applied and finding.path not in failures) for finding in plan.findings]
    for path, failure in (*project.failures.items(), *failures.items()):
        if path in within:
            matters = path in failures or _matters(project, path)
            line = failure.line or 1
            found.append(
                Finding(
                    rule=failure.rule,
                    path=path,
                    span=Span(0, 0),
                    place=Place(line, 1, line, 1),
                    applicability=Applicability.MANUAL if matters else Applicability.INFO,
                    message=failure.reason,
                )
            )
    return tuple(sorted(found, key=lambda finding: (str(finding.path), finding.place, finding.rule)))


def _matters(project: Project, path: Path) -> bool:
    """Whether a file that could not be processed mentions openai, or may, for all that could be read of it."""
    data = project.data(path)
    return data is None or mentions_openai(data)


def _file_results(
    project: Project,
    plan: Plan,
    within: Chosen,
    seen: frozenset[Path],
    failures: dict[Path, Unprocessable],
) -> tuple[FileResult, ...]:
    results = []
    spoken_of = {*failures, *project.failures, *plan.edited, *seen}
    for path in sorted(path for path in spoken_of if path in within):
        failure = failures.get(path) or project.failures.get(path)
        if failure is not None:
            matters = path in failures or _matters(project, path)
            results.append(FileResult(path, FileStatus.FAILED, failure.reason, matters=matters))
            continue
        edited = plan.edited.get(path)
        if edited is None:
            results.append(FileResult(path, FileStatus.UNCHANGED))
            continue
        source = project.source(path)
        assert source is not None
        encoding = "utf-8-sig" if source.bom else source.encoding
        results.append(FileResult(path, FileStatus.CHANGED, None, source.text, edited.text, encoding=encoding))
    return tuple(results)


def _count(decisions: Decisions, plan: Plan, within: Chosen) -> RequestCounts:
    counts = {"migrated": 0, "reported": 0, "left": 0}
    for each in decisions.requests:
        if each.request.file.path in within:
            blocked = each.status == "migrated" and each.member in plan.blocked
            counts["reported" if blocked else each.status] += 1
    return RequestCounts(**counts)
