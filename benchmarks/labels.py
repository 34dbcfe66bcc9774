"""Compares what the tool says with what people said of the same code before the tool had seen it.

    python -m benchmarks.labels                     # all labelled projects; exit 1 if a bar is not reached
    python -m benchmarks.labels --only evals        # one (repeatable)
    python -m benchmarks.labels --misses            # list each label that the tool does not meet

tests/labels/NAME.csv holds one line for each site: ``path,line,kind,expected,text,why``. ``kind`` is client, request,
model, key, endpoint, stream or negative; ``expected`` is rewrite (an edit right there), report (a person must decide)
or leave (neither). ``app-NAME`` are the small applications in tests/apps, copied and run each as a project of its own;
the others are packages of the corpus. A label whose ``why`` says "may stand at PLACE" is met there too.

Bars: no edit but where a rewrite is expected, and 95 % of the expected rewrites and reports.

Exit codes: 0 the bars are reached, 1 they are not, 2 a package could not be had or the tool failed.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from benchmarks.corpus import PACKAGES, ROOT, RUN_WELL, CorpusError, fetch

LABELS = ROOT / "tests" / "labels"
APPS = ROOT / "tests" / "apps"
BAR = 0.95
_ELSEWHERE = re.compile(r"may stand at (?:(?P<path>[\w/.]+\.py):)?(?:line )?(?P<line>\d+)")

_AT_CLIENT = re.compile(r"stands? at the (?:client|request)")


@dataclass(frozen=True, slots=True)
class Label:
    path: str
    line: int
    kind: str
    expected: str
    text: str
    why: str

    def places(self) -> set[tuple[str, int]]:
        found = {(self.path, self.line)}
        for match in _ELSEWHERE.finditer(self.why):
            found.add((match["path"] or self.path, int(match["line"])))
        return found


class Step(TypedDict):
    path: str
    line: int


class Found(TypedDict):
    rule: str
    path: str
    line: int
    end_line: int
    applicability: str
    trace: list[Step]


def read_labels(file: Path) -> list[Label]:
    with file.open(encoding="utf-8", newline="") as text:
        return [Label(**{**row, "line": int(row["line"])}) for row in csv.DictReader(text)]  # type: ignore[arg-type]


def run(folder: Path) -> list[Found]:
    """The findings of a dry run over a project; raises CorpusError if the tool fails."""
    command = [sys.executable, "-m", "codemod", str(folder), "--dry-run", "--no-gitignore", "--format", "json"]
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, timeout=300)
    if done.returncode not in RUN_WELL:
        raise CorpusError(f"{folder.name}: the tool ended with exit code {done.returncode}\n{done.stderr.decode()}")
    findings: list[Found] = json.loads(done.stdout)["findings"]
    for each in findings:
        for place in (each, *each["trace"]):
            place["path"] = (ROOT / place["path"]).resolve().relative_to(folder.resolve()).as_posix()
    return findings


def folder_of(name: str, scratch: Path) -> Path:
    """The project that the labels ``name`` speak of."""
    if name.startswith("app-"):
        target = scratch / name
        shutil.copytree(APPS / name.removeprefix("app-"), target)
        (target / ".git").mkdir()
        return target
    return fetch(next(package for package in PACKAGES if package.label == name))


FAMILIES = {"client": ("OR10", "OR6"), "key": ("OR102", "OR11"), "model": ("OR2",), "stream": ("OR50",)}


def is_met(label: Label, findings: list[Found], labels: list[Label]) -> bool:
    """Whether the findings say of a site what its label expects."""
    places = label.places()
    here = [each for each in findings if any(each["path"] == p and each["line"] == n for p, n in places)]
    around = [each for each in findings if any(each["path"] == p and _spans(each, n) for p, n in places)]
    if label.expected == "rewrite":
        if label.kind == "request":
            return any(each["rule"] == "OR300" for each in here)
        family = FAMILIES.get(label.kind, ("OR",))
        return any(each["applicability"] == "safe" and each["rule"].startswith(family) for each in around)
    if label.expected == "report":
        if label.kind == "request" and not any(each["rule"] == "OR300" for each in here):
            return any(each["rule"] in ("OR311", "OR310") or each["applicability"] == "manual" for each in around)
        beside = [each for each in findings if each["path"] == label.path and each["applicability"] == "manual"]
        if beside and _AT_CLIENT.search(label.why):
            return True
        traced = [each for each in findings for step in each["trace"] if (step["path"], step["line"]) in places]
        return any(each["applicability"] == "manual" for each in (*around, *traced))
    others = [each for each in labels if each.expected != "leave" and each.places() & places]
    return bool(others) or not any(each["applicability"] != "info" for each in here)


def _spans(finding: Found, line: int) -> bool:
    return finding["line"] <= line <= finding["end_line"]


def wrong_edits(labels: list[Label], findings: list[Found]) -> Iterator[Found]:
    """The edits that stand where no rewrite is expected."""
    right = {place for label in labels if label.expected == "rewrite" for place in label.places()}
    for each in findings:
        lines = range(each["line"], each["end_line"] + 1)
        if each["applicability"] == "safe" and not any((each["path"], line) in right for line in lines):
            yield each


def score(name: str, scratch: Path, *, misses: bool) -> Counter[tuple[str, str, bool]]:
    """How many labels of each kind and expectation are met, and not; wrong edits count as (edit, wrong, False)."""
    labels = read_labels(LABELS / f"{name}.csv")
    findings = run(folder_of(name, scratch))
    counts: Counter[tuple[str, str, bool]] = Counter()
    for label in labels:
        met = is_met(label, findings, labels)
        counts[label.kind, label.expected, met] += 1
        if misses and not met:
            print(f"  {name}/{label.path}:{label.line} {label.kind} {label.expected}: {label.text} ({label.why})")
    for each in wrong_edits(labels, findings):
        counts["edit", "wrong", False] += 1
        print(f"  {name}/{each['path']}:{each['line']} {each['rule']}: edit where none is expected")
    return counts


def table(counts: Counter[tuple[str, str, bool]]) -> list[str]:
    """Met of expected, by kind, one line each."""
    kinds = sorted({kind for kind, _, _ in counts} - {"edit"})
    lines = [f"{'':10}{'rewrite':>14}{'report':>14}{'leave':>14}"]
    for kind in (*kinds, "all"):
        cells = []
        for expected in ("rewrite", "report", "leave"):
            chosen = {key: n for key, n in counts.items() if key[1] == expected and kind in (key[0], "all")}
            met = sum(n for key, n in chosen.items() if key[2])
            cells.append(f"{met}/{sum(chosen.values())}" if chosen else "-")
        lines.append(f"{kind:10}" + "".join(f"{cell:>14}" for cell in cells))
    return lines


def reaches_bars(counts: Counter[tuple[str, str, bool]]) -> bool:
    for expected in ("rewrite", "report"):
        met = sum(n for key, n in counts.items() if key[1:] == (expected, True))
        every = sum(n for key, n in counts.items() if key[1] == expected)
        if every and met < BAR * every:
            return False
    return not counts["edit", "wrong", False]


def main() -> int:
    """Score the projects named on the command line, or all; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = sorted(file.stem for file in LABELS.glob("*.csv"))
    parser.add_argument("--only", action="append", metavar="NAME", help="the projects whose name holds this")
    parser.add_argument("--misses", action="store_true", help="list the labels that are not met")
    arguments = parser.parse_args()
    chosen = [name for name in names if arguments.only is None or any(part in name for part in arguments.only)]
    total: Counter[tuple[str, str, bool]] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for name in chosen:
            try:
                counts = score(name, Path(scratch), misses=arguments.misses)
            except CorpusError as error:
                print(error, file=sys.stderr)
                return 2
            print(name)
            print("\n".join(f"  {line}" for line in table(counts)))
            total += counts
    print("all")
    print("\n".join(f"  {line}" for line in table(total)))
    print(f"edits where none is expected: {total['edit', 'wrong', False]}")
    return 0 if reaches_bars(total) else 1


if __name__ == "__main__":
    sys.exit(main())
