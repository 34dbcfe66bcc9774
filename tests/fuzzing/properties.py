"""What must hold of every run over every project, whatever its files hold; each property has a name."""

from __future__ import annotations

import ast
import json
import re
import signal
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from codemod.config import Config, ConfigError, Settings, build_config, load_settings, parse_map
from codemod.findings import FileStatus, Outcome
from codemod.migrate import migrate
from codemod.reading import MigrationRequest
from codemod.reports.diff import patch
from codemod.reports.json_report import json_report
from codemod.reports.masking import mask_for
from codemod.reports.terminal import View, terminal_report
from codemod.rules import all_rules
from codemod.run import exit_code
from tests.denominator import read_source, sites_of, unaccounted
from tests.fixture_cases import Tree, read_tree, write_tree
from tests.fuzzing.chance import Preserves, is_deep, parsed
from tests.fuzzing.differences import differences

PROPERTIES = {
    "crash": "no uncaught exception, no warning, in the run or in a report",
    "time": "a run ends in time",
    "own check": "the tool's own check never refuses what the tool has planned",
    "parse": "what changes parses before and after",
    "edits": "only what the findings name changes: tree, characters, comments, byte order mark",
    "dry run": "a run that writes does what the dry run and --check say",
    "second run": "a second run changes nothing",
    "account": "the report speaks of every client, request and model id",
    "same edits": "what a program does not say in another way makes no difference to its edits",
}
SECONDS = 20.0
# What the back end says where its own check of an edit fails: safe, but a bug behind it.
_OWN_CHECK = re.compile(r"would not parse|would not be the program that was planned|would lose or move a comment")
_SWITCHES = {"--unsafe": "unsafe", "--replace-retired": "replace_retired"}
_LISTS = frozenset({"exclude", "ignore", "select"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A property that does not hold. ``kind`` is the same for all that probably have one cause."""

    name: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check: the properties that do not hold, and whether the run changed a file."""

    problems: tuple[Problem, ...]
    changed: bool


class TooLongError(BaseException):
    """A run has had its time. No ``except Exception`` of the tool stops it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a project: the outcome of the run that wrote (None: wrong settings), and the files after it."""

    outcome: Outcome | None
    after: Tree


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """TooLongError in what runs longer, where the system has an alarm."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError("".join(traceback.format_stack(frame)[-3:]))

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def settings_of(options: Sequence[str]) -> Settings:
    """The settings that options of the command line make."""
    values: dict[str, Any] = {}
    rest = list(options)
    while rest:
        word = rest.pop(0)
        if word in _SWITCHES:
            values[_SWITCHES[word]] = True
            continue
        name, value = word.removeprefix("--").replace("-", "_"), rest.pop(0)
        if name == "map":
            values["models"] = {**values.get("models", {}), **parse_map([value])}
        elif name in _LISTS:
            values[name] = (*values.get(name, ()), value)
        else:
            values[name] = value
    return Settings(**values)


@cache
def _codes() -> frozenset[str]:
    return frozenset(rule.code for rule in all_rules())


def run(folder: Path, options: Sequence[str], *, write: bool) -> Outcome:
    """One run over ``folder``. Raises ConfigError for settings that cannot be used."""
    return migrate(MigrationRequest((folder,), _config(folder, options), write, folder), None)


def _config(folder: Path, options: Sequence[str]) -> Config:
    return build_config(load_settings(folder), settings_of(options), known=_codes())


def outcome_of(tree: Tree, options: Sequence[str]) -> Result:
    """What a run makes of a project."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "project"
        _lay_out(folder, tree)
        try:
            outcome = _moved(run(folder, options, write=True), folder)
        except ConfigError:
            return Result(None, tree)
        return Result(outcome, read_tree(folder))


def check(
    tree: Tree,
    options: Sequence[str],
    original: Result | None = None,
    preserves: Preserves = Preserves.NOTHING,
    seconds: float = SECONDS,
    *,
    damaged: bool = False,
) -> Checked:
    """Whether the properties hold for a project.

    ``original`` is what came of the project that it was made from, where the mutations preserve something. All runs
    together may take ``seconds``. Of a ``damaged`` project nobody can say what its clients and requests are.
    """
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        folder = Path(name).resolve() / "project"
        _lay_out(folder, tree)
        before = read_tree(folder)
        found: list[Problem] = []
        try:
            with time_limit(seconds):
                found += _problems(folder, before, options, original, preserves, damaged=damaged)
        except TooLongError as error:
            where = re.findall(r'File "[^"]*?(\w+\.py)", line \d+, in (\w+)', str(error))
            kind = " ".join(where[-1]) if where else "somewhere"
            found.append(Problem("time", kind, f"more than {seconds:g} seconds\n{error}"))
        except ConfigError:
            pass
        except Exception as error:  # noqa: BLE001 - what this is for
            found.append(_crash(error))
        changed = read_tree(folder) != before
    # What is stopped half-way leaves files open, and Python warns of them.
    if all(each.name != "time" for each in found):
        found += (Problem("crash", "warning", str(each.message)) for each in caught)
    return Checked(tuple(found), changed)


def _crash(error: Exception) -> Problem:
    frames = traceback.extract_tb(error.__traceback__)
    last = next((each for each in reversed(frames) if "codemod" in each.filename), frames[-1])
    kind = f"{type(error).__name__} in {Path(last.filename).name} {last.name}"
    return Problem("crash", kind, "".join(traceback.format_exception(error)))


def _lay_out(folder: Path, tree: Tree) -> None:
    folder.mkdir()
    # Of the folders above, nothing is to be read.
    write_tree(folder, {"pyproject.toml": b"", **tree})


def _moved(outcome: Outcome, folder: Path) -> Outcome:
    """The outcome as it would be in any folder."""
    findings = [replace(each, path=each.path.relative_to(folder), trace=()) for each in outcome.findings]
    return replace(outcome, findings=tuple(findings))


def _problems(
    folder: Path,
    before: Tree,
    options: Sequence[str],
    original: Result | None,
    preserves: Preserves,
    *,
    damaged: bool,
) -> Iterator[Problem]:
    planned = run(folder, options, write=False)
    if read_tree(folder) != before:
        yield Problem("dry run", "writes", "a dry run has changed a file")
    report = _reports(planned, folder)
    done = run(folder, options, write=True)
    after = read_tree(folder)
    yield from _own_check(planned)
    yield from _dry_run(planned, done, before, after, folder)
    yield from _edits(done, before, after, folder)
    again = run(folder, options, write=True)
    applied = sorted({each.rule for each in again.findings if each.applied})
    if applied or read_tree(folder) != after:
        texts = [
            f"{each.rule} {each.path.name}:{each.place.line} {each.message}" for each in again.findings if each.applied
        ]
        yield Problem("second run", " ".join(applied), "\n".join(texts))
    if not damaged and _speaks_of_all(_config(folder, options), before):
        yield from _account(before, report)
    if original is not None and original.outcome is not None:
        result = Result(_moved(done, folder), after)
        yield from _same_edits(original, result, preserves)


def _reports(outcome: Outcome, folder: Path) -> dict[str, Any]:
    mask = mask_for(outcome.secrets)
    patch(outcome.files, folder, mask)
    terminal_report(outcome, View(folder, mask, verbose=True, diff=True, colour=True))
    report: dict[str, Any] = json.loads(json_report(outcome, folder, mask))
    return report


def _own_check(outcome: Outcome) -> Iterator[Problem]:
    for finding in outcome.findings:
        match = _OWN_CHECK.search(finding.message)
        if match:
            yield Problem("own check", match[0], f"{finding.path.name}:{finding.place.line} {finding.message}")


def _dry_run(planned: Outcome, done: Outcome, before: Tree, after: Tree, folder: Path) -> Iterator[Problem]:
    if planned.findings != done.findings or planned.files != done.files:
        yield Problem("dry run", "differs", "the dry run says other things than the run that writes")
    changed = {each.path for each in done.files if each.status is FileStatus.CHANGED}
    written = {folder / name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if changed != written:
        yield Problem("dry run", "files", f"changed are {sorted(written)}, and not {sorted(changed)}")
    if (exit_code(planned, check=True, strict=False) == 1) != bool(written) and not _has_failed(planned):
        yield Problem("dry run", "check", "the exit code of --check is not that of the run")


def _has_failed(outcome: Outcome) -> bool:
    return any(each.status is FileStatus.FAILED and each.matters for each in outcome.files)


def _edits(done: Outcome, before: Tree, after: Tree, folder: Path) -> Iterator[Problem]:
    for file in done.files:
        name = file.path.relative_to(folder).as_posix()
        if file.status is not FileStatus.CHANGED:
            continue
        if before[name] != file.before.encode(file.encoding) or after[name] != file.after.encode(file.encoding):
            yield Problem("edits", "bytes", f"{name}: the bytes are not those of the report")
        old, new = parsed(file.before), parsed(file.after)
        if old is None or new is None:
            yield Problem("parse", "does not parse", name)
            continue
        if is_deep(old) or is_deep(new):
            continue
        rewrites = [
            rewrite
            for finding in done.findings
            if finding.path == file.path and finding.applied
            for rewrite in finding.rewrites
        ]
        for text in differences(file.before, file.after, rewrites):
            yield Problem("edits", text.partition(":")[0], f"{name}: {text}")


def _speaks_of_all(config: Config, before: Tree) -> bool:
    """Whether no setting keeps the report from speaking of something, and ``openai`` is the SDK."""
    is_own = any(name.startswith(("openai/", "openai.")) or "/openai/" in name for name in before)
    return not (config.exclude or config.ignore or config.select or is_own)


def _account(before: Tree, report: dict[str, Any]) -> Iterator[Problem]:
    sources = {name: read_source(name, data) for name, data in before.items() if name.endswith(".py")}
    for site in unaccounted(sites_of(sources), report["findings"]):
        # The tool looks for ids in quotes, as they are written.
        if site.kind == "model" and not re.search(
            rb"['\"]" + re.escape(site.text.encode()) + rb"['\"]", before[site.path]
        ):
            continue
        yield Problem("account", f"{site.kind} {'' if site.kind == 'model' else site.text}", str(site))


def _same_edits(original: Result, result: Result, preserves: Preserves) -> Iterator[Problem]:
    assert original.outcome is not None
    assert result.outcome is not None
    kinds = [
        Counter((each.path, each.rule) for each in outcome.findings if each.applied)
        for outcome in (original.outcome, result.outcome)
    ]
    if preserves is Preserves.NOTHING:
        return
    if kinds[0] != kinds[1]:
        gone, new = kinds[0] - kinds[1], kinds[1] - kinds[0]
        texts = [
            f"{sign} {path}: {count} {rule}"
            for sign, each in (("-", gone), ("+", new))
            for (path, rule), count in each.items()
        ]
        texts += [
            f"{each.path}:{each.place.line} {each.rule} {each.message}"
            for each in result.outcome.findings
            if not each.applied
        ]
        rules = sorted({f"-{rule}" for _, rule in gone} | {f"+{rule}" for _, rule in new})
        yield Problem("same edits", " ".join(rules), "\n".join(texts))
    elif preserves is Preserves.TREE:
        for name in original.after:
            if name.endswith(".py") and _dumped(original.after[name]) != _dumped(result.after.get(name, b"")):
                yield Problem("same edits", "tree", f"{name}: the migrated files have different trees")


def _dumped(data: bytes) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.dump(ast.parse(data))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return type(error).__name__
