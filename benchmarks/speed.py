"""Measures the tool beside others that read, search or change Python code, and holds it against its targets.

    python -m benchmarks.speed              # all cases, five rounds; writes benchmarks/RESULTS.md
    python -m benchmarks.speed --only hook  # one case (repeatable): large, dense, small, hook
    python -m benchmarks.speed --quick      # small trees, one round, writes nothing: does it run, and about how fast
    python -m benchmarks.speed --build      # only build the trees

The trees are unpacked from wheels on PyPI, pinned by version and hash, into .corpus/ (or ``--trees FOLDER``), and are
never committed. Every other program is optional: ripgrep, ast-grep-cli, ruff and semgrep are taken from the folder of
the running Python or from the path (each is on PyPI), LibCST's runner from LibCST. The programs run in turn, and a run
counts only if what it says shows that it did its work. The LibCST runner and semgrep take minutes: they run once.

A ratio is the median of the ratios of neighbouring runs, of CPU seconds and of wall seconds; a target is held if either
is. Run it on a machine that does nothing else.

Exit codes: 0 all targets that could be measured are held, 1 one is missed, 2 something could not be measured.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import CORPUS, CorpusError, Package, download, unpack
from benchmarks.corpus import PACKAGES as CORPUS_PACKAGES
from benchmarks.measure import (
    PYTHON,
    RESULTS,
    TOOL,
    BenchmarkError,
    Command,
    Measure,
    alternate,
    find_program,
    machine,
    ratio,
    save,
    say,
    table,
    version_of,
)

LARGE = (
    Package("homeassistant", "2026.11.0", "7ca5fbde9dea879ac7723949fc84347aac5182e6309c357b2e4973fd391b00f7"),
    Package("transformers", "5.23.0", "018e82fd07490ad5bb58414f65e31576033dc7f36bed10c574843f69b90991bf"),
    Package("kubernetes", "37.0.2", "d72683392fc10f59fb78b89bd91cb3be60a05d6ff0bbb2150966a224af6edc03"),
    Package("sympy", "1.14.0", "e091cc3e99d2141a0ba2847328f5479b05d94a6635cb96148ccb3f34671bd8f5"),
    Package("django", "6.1.3", "a0530e3fdac55d34ccc5893c36f6c57d7a7083064f3d414537e51473648b3290"),
    Package("twisted", "26.10.0", "3732f42af218925a0fe78d6668db55853f7fb532245a89a2669babe7d3000fa8"),
    Package("networkx", "3.7", "e3fd2c13a7814cee3746340d8d7f8598a67f16a58bf47fb7f8793fab6efca1b0"),
    Package("instructor", "1.17.0", "f6b1832d178e899ee0a6a3f247e221f19580fa525c815211c02447691d761217"),
)
DENSE = (
    Package("langchain", "0.0.235", "aed680f62afc0031cc5b0df840a4c5f8fe6d874356fc5695b92f8c0f779462b0"),
    Package("langchain-community", "0.4.2", "84dd8c5122532394d5b6849a5fc9995ef28e4f77227daeb09f24b3d942e9e466"),
    Package("langchain-classic", "1.0.8", "1a11ea7fbe630c4f2af2f3873d27718ceac9488cf32d0821030be7cf039a6213"),
    Package("litellm", "0.1.824", "3aed4d3d849b8e518aaafc62758a548111e4502bad7fbcd69581bfeb10bc016a"),
    Package("semantic-kernel", "1.45.0", "57b744fa7dc00cc3c151145bc0420684346b72230ba6620a8fbdd7c6345b6f81"),
    Package("openai-agents", "0.24.0", "18d4ac34e84ed937333ec8ce46395ed3521ffcbb0a521780a4c2eaa451467f49"),
    Package("phidata", "2.7.10", "9cb3b2bf790440d644c5443cd20e0ab27dea98e5b7cfed4676a615e1583e2501"),
    Package("fschat", "0.2.23", "0d405f1de221fefaed5e64aed5b01e38284596423893fc50a622fe1217073764"),
    Package("evals", "1.0.3.post1", "8a4913824007c057de73f4f8e5a33d92b309e46f5b3f78b2b59f28af29313a84"),
    Package("gptcache", "0.1.43", "9c557ec9cc14428942a0ebf1c838520dc6d2be801d67bb6964807043fc2feaf5"),
    Package("embedchain", "0.0.67", "608e89632405acf1737f6b8f6b13a917a3fd46dd34c2848a32001c72060c24a6"),
    # Libraries get little but reports; these get edits.
    *(
        package
        for package in CORPUS_PACKAGES
        if package.name in {"nano-graphrag", "openai", "strictjson", "taskgen-ai"}
    ),
)
QUICK = {"networkx", "twisted", "litellm", "evals", "strictjson", "taskgen-ai"}
CASES = ("large", "dense", "small", "hook")
PATTERN = "OpenAI($$$A)"
SEMGREP_RULE = """\
rules:
  - {id: client, languages: [python], severity: INFO, message: a client, pattern: OpenAI(...)}
"""
USES = '''\
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])


def ask(question: str) -> str:
    """The answer to one question."""
    answer = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": question}])
    return answer.choices[0].message.content


def embed(text: str) -> list[float]:
    return client.embeddings.create(model="text-embedding-3-small", input=text).data[0].embedding
'''
PLAIN = "import json\n\n\n" + "\n\n\n".join(
    f'def load_{number}(path: str) -> object:\n    """What the file holds."""\n    with open(path) as file:\n'
    f"        return json.load(file)"
    for number in range(12)
)


@dataclass(frozen=True, slots=True)
class Target:
    """``one`` takes at most ``limit`` times what ``other`` takes."""

    one: str
    other: str
    limit: float


@dataclass(frozen=True, slots=True)
class Case:
    """Commands that are measured together, the targets, and the largest peak in MB that the tool may reach."""

    title: str
    commands: tuple[Command, ...]
    targets: tuple[Target, ...]
    peak: float | None = None


# The trees.


def build(name: str, packages: Sequence[Package], trees: Path) -> Path:
    """The folder of a tree: a project under git with an ignored environment; built if it is not there yet."""
    made_of = hashlib.sha256("\n".join(package.sha256 for package in packages).encode()).hexdigest()[:8]
    folder = trees / f"tree-{name}-{made_of}"
    if folder.is_dir():
        return folder
    trees.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=trees) as work_name:
        work = Path(work_name) / "tree"
        for package in packages:
            say(f"  {package.label}")
            archives = Path(work_name) / package.name
            archives.mkdir()
            target = work / package.name
            target.mkdir(parents=True)
            unpack(package, download(package, archives, any_python=True), target)
            (target / "pyproject.toml").unlink()  # one project, not many
            # A linter's file in it refers to others that no wheel holds.
            for settings in target.rglob("ruff.toml"):
                settings.unlink()
        (work / ".venv").mkdir()
        (work / ".venv" / "pyvenv.cfg").write_text("")
        (work / ".venv" / "ignored.py").write_text(USES)
        (work / ".gitignore").write_text("__pycache__/\n*.pyc\n.venv/\n")
        (work / "pyproject.toml").write_text('[project]\nname = "tree"\nversion = "1"\n')
        subprocess.run(["git", "init", "-q", str(work)], check=True)
        work.rename(folder)
    return folder


def python_files(tree: Path) -> list[Path]:
    return [path for path in tree.rglob("*.py") if ".venv" not in path.parts]


def copied(tree: Path, target: Path) -> Callable[[], None]:
    """What makes ``target`` a fresh copy of the Python files of ``tree``."""

    def copy() -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(tree, target, ignore=shutil.ignore_patterns(".git"))
        (target / ".git").mkdir()

    return copy


# The checks.


def scanned(files: int, *, changes: bool = False, requests: bool = True) -> Callable[[Measure], None]:
    """A run of the tool over this many files; ``changes`` and ``requests`` say whether it must find any."""

    def check(measure: Measure) -> None:
        counts = re.search(r"files +([\d,]+) scanned, [\d,]+ candidates?, ([\d,]+) (?:would )?change", measure.output)
        found = re.search(r"requests +([\d,]+) found", measure.output)
        if measure.exit_code not in (0, 3) or counts is None or found is None:
            raise BenchmarkError(f"exit code {measure.exit_code}: {measure.output.strip()[-300:]}")
        if _number(counts[1]) != files:
            raise BenchmarkError(f"{counts[1]} files scanned, not {files}")
        if (changes and not _number(counts[2])) or (requests and not _number(found[1])):
            raise BenchmarkError("nothing was found to change")

    return check


def says(pattern: str, at_least: int, exit_codes: tuple[int, ...] = (0,)) -> Callable[[Measure], None]:
    """A program whose output holds a number (the group of ``pattern``), or so many matches without a group."""

    def check(measure: Measure) -> None:
        found = re.findall(pattern, measure.output, re.MULTILINE)
        count = _number(found[-1]) if found and found[-1].replace(",", "").isdecimal() else len(found)
        if measure.exit_code not in exit_codes or count < at_least:
            raise BenchmarkError(
                f"exit code {measure.exit_code}, {count} of at least {at_least}: {measure.output.strip()[-300:]}"
            )

    return check


def ends_well(measure: Measure) -> None:
    if measure.exit_code:
        raise BenchmarkError(f"exit code {measure.exit_code}: {measure.output.strip()[-300:]}")


def _number(text: str) -> int:
    return int(text.replace(",", ""))


# The cases.


def peers(tree: Path, files: Sequence[Path], *, all_rules: bool) -> list[Command]:
    """The other programs that are installed, over a whole tree."""
    mentioning = sum(b"openai" in path.read_bytes().lower() for path in files)
    sites = sum(path.read_bytes().count(b"OpenAI(") for path in files)
    commands = []
    words: tuple[str, ...]
    if program := find_program("rg"):
        words = (program, "-l", "-i", "openai", "-tpy", ".")
        commands.append(Command("ripgrep", words, tree, says(r"\.py$", mentioning * 9 // 10)))
    if program := find_program("ruff"):
        words = (program, "check", "--isolated", "--no-cache", "--output-format", "concise", "--select")
        rules = "ALL" if all_rules else "F401"
        check = says(r"Found (\d+) error", 100, (0, 1))
        commands.append(Command(f"ruff {rules}", (*words, rules, "."), tree, check))
    if program := find_program("ast-grep"):
        words = (program, "run", "--pattern", PATTERN, "--lang", "py", "--heading", "never", ".")
        commands.append(Command("ast-grep", words, tree, says(r"OpenAI\(", max(1, sites // 10))))
    if program := find_program("semgrep"):
        rule = tree.parent / "semgrep-rule.yml"
        rule.write_text(SEMGREP_RULE)
        options = ("--metrics=off", "--disable-version-check", "--no-git-ignore", "--config", str(rule))
        check = says(r"Findings: (\d+)", max(1, sites // 20))
        commands.append(Command("semgrep", (program, "scan", *options, "."), tree, check, rounds=1))
    return commands


def large_case(tree: Path) -> Case:
    files = python_files(tree)
    tool = Command("or-migrate --dry-run", (*TOOL, "--dry-run", "."), tree, scanned(len(files)))
    targets = (
        Target(tool.name, "ripgrep", 3),
        Target(tool.name, "ruff F401", 1),
        Target(tool.name, "ast-grep", 1 / 15),
    )
    mentioning = sum(b"openai" in path.read_bytes().lower() for path in files)
    title = f"Large tree: {len(files):,} Python files, {mentioning:,} mention openai"
    return Case(title, (tool, *peers(tree, files, all_rules=False)), targets, 120)


def dense_case(tree: Path, work: Path, *, quick: bool) -> Case:
    files = python_files(tree)
    copy = work / "dense-copy"
    # No rule selected that edits: the same search and the same questions, without the edits.
    scan = Command("scan", (*TOOL, "--check", "--select", "OR9", "."), tree, scanned(len(files)))
    edits = Command("or-migrate", (*TOOL, "."), copy, scanned(len(files), changes=True), copied(tree, copy))
    commands = [scan, edits, *peers(tree, files, all_rules=True)]
    if not quick:
        words = (PYTHON, "-m", "libcst.tool", "codemod", "--no-format", "noop.NOOPCommand", ".")
        check = says(r"Transformed (\d+) files", len(files) // 2, (0, 1))
        commands.append(Command("libcst no-op", words, work / "noop-copy", check, _with_runner(tree, work), rounds=1))
    targets = (
        Target("or-migrate", "scan", 2.5),
        Target("or-migrate", "ruff ALL", 1),
        Target("or-migrate", "libcst no-op", 1 / 50),
    )
    mentioning = sum(b"openai" in path.read_bytes().lower() for path in files)
    title = f"Dense tree: {len(files):,} Python files, {mentioning:,} mention openai; edits applied"
    return Case(title, tuple(commands), targets)


def _with_runner(tree: Path, work: Path) -> Callable[[], None]:
    copy = copied(tree, work / "noop-copy")

    def prepare() -> None:
        copy()
        settings = (
            "modules:\n- libcst.codemod.commands\nformatter: ['true']\nrepo_root: .\ngenerated_code_marker: '@g'\n"
        )
        (work / "noop-copy" / ".libcst.codemod.yaml").write_text(settings)

    return prepare


def small_case(work: Path) -> Case:
    clean, uses = work / "clean", work / "uses"

    def fill(folder: Path, using: int) -> Callable[[], None]:
        def prepare() -> None:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            (folder / "pyproject.toml").write_text('[project]\nname = "small"\nversion = "1"\n')
            (folder / ".gitignore").write_text("*.log\n.venv/\n")
            for number in range(10):
                text = f"{USES if number < using else ''}\n\n{PLAIN}\n"
                (folder / f"module_{number}.py").write_text(text)

        return prepare

    commands = (
        Command("import typer, rich", (PYTHON, "-c", "import typer, rich"), work, ends_well),
        Command("nothing to do", (*TOOL, "."), clean, scanned(10, requests=False), fill(clean, 0)),
        Command("import libcst, typer, rich", (PYTHON, "-c", "import libcst, typer, rich"), work, ends_well),
        Command("with edits", (*TOOL, "."), uses, scanned(10, changes=True), fill(uses, 4)),
    )
    targets = (
        Target("nothing to do", "import typer, rich", 1.3),
        Target("with edits", "import libcst, typer, rich", 1.5),
    )
    return Case("Ten files", commands, targets)


def hook_case(work: Path) -> Case:
    names = [f"hook_{number}.py" for number in range(3)]
    for name in names:
        (work / name).write_text(PLAIN + "\n")
    check = scanned(3, requests=False)
    commands = (
        Command("python -c pass", (PYTHON, "-c", "pass"), work, ends_well),
        Command("hook, clean files", (*TOOL, "--force-exclude", *names), work, check),
    )
    return Case(
        "Pre-commit, three files without interest", commands, (Target(commands[1].name, "python -c pass", 1.3),)
    )


# The results.


def report(case: Case, measures: dict[str, list[Measure]], failed: Sequence[str]) -> tuple[list[str], bool]:
    """The section of a case, and whether all targets that could be measured are held."""
    rows = [
        [
            name,
            str(len(runs)),
            f"{statistics.median(each.cpu for each in runs):.3f}",
            f"{statistics.median(each.wall for each in runs):.3f}",
            f"{max(each.peak for each in runs):.0f}",
        ]
        for name, runs in measures.items()
    ]
    lines = [f"### {case.title}", "", *table(("program", "runs", "CPU s", "wall s", "peak MB"), rows), ""]
    held = True
    verdicts = []
    for target in case.targets:
        if target.one not in measures or target.other not in measures:
            verdicts.append([f"{target.one} / {target.other}", "", "", f"{target.limit:.2g}", "not measured"])
            continue
        pair = measures[target.one], measures[target.other]
        cpu, wall = ratio(*pair, lambda each: each.cpu), ratio(*pair, lambda each: each.wall)
        good = min(cpu, wall) <= target.limit
        held &= good
        verdict = "held" if good else "missed"
        verdicts.append([f"{target.one} / {target.other}", f"{cpu:.3g}", f"{wall:.3g}", f"{target.limit:.2g}", verdict])
    if case.peak is not None and case.commands[0].name in measures:
        peak = max(each.peak for each in measures[case.commands[0].name])
        held &= peak <= case.peak
        verdicts.append(["peak MB", f"{peak:.0f}", "", f"{case.peak:.0f}", "held" if peak <= case.peak else "missed"])
    lines += table(("ratio", "CPU", "wall", "at most", ""), verdicts)
    lines += ["", *(f"Not measured: {line}." for line in failed)]
    return lines, held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=CASES, metavar="CASE", help="this case only (repeatable)")
    parser.add_argument("--quick", action="store_true", help="small trees, one round, nothing is written")
    parser.add_argument("--build", action="store_true", help="build the trees and end")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each program runs")
    parser.add_argument("--timeout", type=float, default=900.0, metavar="SECONDS", help="for one run")
    parser.add_argument("--trees", type=Path, default=CORPUS, metavar="FOLDER", help="where the trees are built")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE", help="where the results are written")
    arguments = parser.parse_args()
    chosen = arguments.only or CASES
    rounds = 1 if arguments.quick else arguments.rounds
    lines: list[str] = []
    outcome = 0
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for case_name in chosen:
            say(case_name)
            try:
                case = _case(case_name, arguments.trees, work, quick=arguments.quick, build_only=arguments.build)
            except CorpusError as error:
                say(str(error))
                outcome = 2
                continue
            if case is None:
                continue
            measures, failed = alternate(case.commands, rounds, arguments.timeout)
            section, held = report(case, measures, failed)
            lines += [*section, ""]
            outcome = max(outcome, 0 if held else 1, 2 if failed else 0)
    if arguments.build:
        return outcome
    programs = {
        name: version_of(path) for name in ("rg", "ast-grep", "ruff", "semgrep") if (path := find_program(name))
    }
    head = [*machine(programs), f"Median of {rounds} alternating rounds.", ""]
    print("\n".join([*head, *lines]))
    if not arguments.quick:
        save("Speed", [*head, *lines], arguments.results)
    return outcome


def _case(name: str, trees: Path, work: Path, *, quick: bool, build_only: bool) -> Case | None:
    """The case of this name; None if only its tree was to be built."""
    if name in ("large", "dense"):
        packages: tuple[Package, ...] = LARGE if name == "large" else DENSE
        if quick:
            packages = tuple(package for package in packages if package.name in QUICK)
        tree = build(f"{name}-quick" if quick else name, packages, trees)
        if build_only:
            return None
        return large_case(tree) if name == "large" else dense_case(tree, work, quick=quick)
    if build_only:
        return None
    return small_case(work) if name == "small" else hook_case(work)


if __name__ == "__main__":
    sys.exit(main())
