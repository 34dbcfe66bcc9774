"""Runs programs before and after their migration with the newest SDK of each major version, and compares.

    python -m benchmarks.sdk_matrix              # all versions; exit 1 if anything is not as it was reviewed
    python -m benchmarks.sdk_matrix --only 2     # one major version (repeatable)
    python -m benchmarks.sdk_matrix --update     # write what was found to benchmarks/sdk_matrix/

The programs are those of tests/programs and, with the newest SDK, the scripts in the examples folder of its sdist. Each
version gets an environment of its own in .corpus/, from PyPI, the first time. benchmarks/sdk_matrix/VERSION.txt holds
one line for each program: what came of it, and why where that is not "equivalent". Requests go to a stand-in on this
machine.

    equivalent    after the migration it sends the same requests, to OpenRouter
    left          the report names what is for a person; the program runs as before
    unfinished    the report names what is to be done before it runs again
    differs       it does something else, and the report does not say so
    not runnable  it fails, or sends nothing, already before its migration

Exit codes: 0 as reviewed, 1 something differs, 2 a version could not be had.
"""

from __future__ import annotations

import argparse
import difflib
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import CORPUS, PACKAGES, ROOT, CorpusError, fetch
from codemod.findings import Applicability
from codemod.verify.traffic import Api
from tests.program_runs import NAMES, PROGRAMS, BaselineError, Ran, Zygote, run_program, shortcomings

VERSIONS = ("3.54.0", "2.54.0", "1.109.1")
SUMMARIES = ROOT / "benchmarks" / "sdk_matrix"
# Those of the sdist that are scripts on their own; the others need a browser, a microphone or a virtual machine.
EXAMPLES = ("examples/*.py", "examples/responses/*.py")
INSTALL_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Program:
    """A folder with a ``main.py``, or a script on its own."""

    name: str
    path: Path


def interpreter(version: str) -> str:
    """The Python of an environment that has this SDK. Raises CorpusError."""
    folder = CORPUS / f"sdk-{version}"
    python = folder / "bin" / "python"
    done = folder / "done"
    if not done.is_file():
        CORPUS.mkdir(exist_ok=True)
        venv.create(folder, clear=True, with_pip=True)
        # The examples print with rich.
        command = [str(python), "-m", "pip", "install", "--quiet", f"openai=={version}", "rich"]
        try:
            made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise CorpusError(f"openai {version}: the installation took too long") from None
        if made.returncode:
            raise CorpusError(f"openai {version}: pip could not install it\n{made.stderr.strip()}")
        done.touch()
    return str(python)


def programs(version: str) -> Iterator[Program]:
    """What is run with a version. Raises CorpusError where the sdist cannot be had."""
    for name in NAMES:
        yield Program(name, PROGRAMS / name)
    if version == VERSIONS[0]:
        (package,) = (each for each in PACKAGES if each.name == "openai")
        folder = fetch(package)
        for path in sorted(path for pattern in EXAMPLES for path in folder.glob(pattern)):
            yield Program(path.relative_to(folder).as_posix(), path)


def outcome(zygote: Zygote, program: Program) -> str:
    """What came of a program, in one line."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        source = program.path
        if source.is_file():
            source = work / "script"
            source.mkdir()
            shutil.copy(program.path, source / "main.py")
        try:
            return verdict(run_program(zygote, source, work))
        except BaselineError as error:
            return f"not runnable: {last_line(str(error))}"


def verdict(ran: Ran) -> str:
    problems = list(shortcomings(ran))
    if not problems and any(seen.api is Api.OPENROUTER for seen in ran.after.requests):
        return "equivalent"
    why = last_line(problems[0]) if problems else "it uses nothing that OpenRouter serves"
    is_named = any(finding.applicability is Applicability.MANUAL for finding in ran.outcome.findings)
    if not problems or (is_named and runs_as_before(ran)):
        return f"left: {why}"
    return f"{'unfinished' if is_named else 'differs'}: {why}"


def runs_as_before(ran: Ran) -> bool:
    return ran.after.end.is_good and not any(pair.differences for pair in ran.comparison.pairs)


def last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it sends nothing")[:120]


def check(version: str, *, update: bool) -> int:
    """Run all programs with one version, compare with what was reviewed, and give the exit code."""
    try:
        python, chosen = interpreter(version), list(programs(version))
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    lines = [f"# openai {version}"]
    with Zygote(python) as zygote:
        for program in chosen:
            lines.append(f"{program.name}: {outcome(zygote, program)}")
            print(lines[-1], file=sys.stderr, flush=True)
    found = "\n".join(lines) + "\n"
    file = SUMMARIES / f"{version}.txt"
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    if found == before:
        print(f"openai {version}: as before")
        return 0
    if update:
        SUMMARIES.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8", newline="\n")
        print(f"openai {version}: written")
        return 0
    print(f"openai {version}: differs")
    shown = file.relative_to(ROOT).as_posix()
    for line in difflib.unified_diff(before.splitlines(), found.splitlines(), shown, "this run", lineterm="", n=0):
        print(f"  {line}")
    return 1


def main() -> int:
    """Run the versions named on the command line, or all; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write what was found as the summaries to hold")
    majors = [version.partition(".")[0] for version in VERSIONS]
    parser.add_argument("--only", action="append", choices=majors, metavar="MAJOR", help="this one only (repeatable)")
    arguments = parser.parse_args()
    chosen = [version for version in VERSIONS if arguments.only is None or version.partition(".")[0] in arguments.only]
    return max(check(version, update=arguments.update) for version in chosen)


if __name__ == "__main__":
    sys.exit(main())
