"""What both benchmarks share: run a command and measure it, run several in alternation, and keep the results.

CPU is what counts on a machine that does other things as well: user and system time of the process and all its
children. Wall time is given beside it. The peak memory is that of the largest process.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
PYTHON = sys.executable
# What the console script does; ``python -m`` imports more before it starts.
TOOL = (PYTHON, "-c", "from codemod.__main__ import main; main()")


class BenchmarkError(Exception):
    """Something could not be measured; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One run: seconds, megabytes (10^6 bytes), and what the process said."""

    cpu: float
    wall: float
    peak: float
    exit_code: int
    output: str


def environment() -> dict[str, str]:
    """The environment of every command: bytecode is kept, as an installer leaves it, and nothing is set for the SDK."""
    dropped = ("OPENAI_", "OPENROUTER_", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "FORCE_COLOR", "COLUMNS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "NO_COLOR": "1"}


# Starts the command from a process of its own: as a copy of the benchmark's process, for a moment, the command would
# count the memory of that as its own peak. Tells exit code, CPU seconds, wall seconds and peak.
_STARTER = """\
import os, sys, time
start = time.perf_counter()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - start
said = (os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss)
with open(sys.argv[1], "w") as file:
    file.write(" ".join(map(str, said)))
"""


def run(command: Sequence[str], folder: Path, seconds: float) -> Measure:
    """Run a command in ``folder`` and measure it. Raises BenchmarkError if it takes longer than ``seconds``."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryFile() as output:
        told = Path(name) / "told"
        process = subprocess.Popen(
            [PYTHON, "-I", "-S", "-c", _STARTER, str(told), *command],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise BenchmarkError(f"stopped after {seconds:g} s") from None
        output.seek(0)
        said = output.read().decode(errors="replace")
        if not told.is_file():
            raise BenchmarkError(f"did not start: {said.strip()[-300:]}")
        exit_code, cpu, wall, peak = told.read_text().split()
    unit = 1 if sys.platform == "darwin" else 1024
    return Measure(float(cpu), float(wall), int(peak) * unit / 1e6, int(exit_code), said)


@dataclass(frozen=True, slots=True)
class Command:
    """Something to be measured: ``check`` raises BenchmarkError unless the run did its work.

    ``prepare`` is called before each run and is not measured. ``rounds`` limits how often it is run.
    """

    name: str
    words: tuple[str, ...]
    folder: Path
    check: Callable[[Measure], None]
    prepare: Callable[[], None] | None = None
    rounds: int = 1000


def alternate(commands: Sequence[Command], rounds: int, seconds: float) -> tuple[dict[str, list[Measure]], list[str]]:
    """Run the commands in turn, ``rounds`` times, after one run of each that does not count.

    Gives the measures, in order, and a line for each command that failed; a failed one is left out.
    """
    measures: dict[str, list[Measure]] = {}
    failed: dict[str, str] = {}
    for number in range(rounds + 1):
        for command in commands:
            if command.name in failed or number > command.rounds or (number == 0 and command.rounds == 1):
                continue
            try:
                if command.prepare is not None:
                    command.prepare()
                measure = run(command.words, command.folder, seconds)
                command.check(measure)
            except (BenchmarkError, OSError) as error:
                failed[command.name] = f"{command.name}: {error}"
                measures.pop(command.name, None)
                continue
            if number:
                measures.setdefault(command.name, []).append(measure)
            say(f"  {command.name}: {measure.cpu:.3f} s CPU, {measure.wall:.3f} s, {measure.peak:.0f} MB")
    return measures, list(failed.values())


def ratio(one: Sequence[Measure], other: Sequence[Measure], of: Callable[[Measure], float]) -> float:
    """The median of the ratios of neighbouring runs."""
    return statistics.median(of(first) / of(second) for first, second in zip(one, other, strict=False))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def machine(programs: Mapping[str, str]) -> list[str]:
    """When and on what was measured. ``programs`` are the versions of other programs."""
    versions = {**{name: _package_version(name) for name in ("libcst", "typer", "rich")}, **programs}
    when = f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC"
    system = (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    )
    python = f"{platform.python_implementation()} {platform.python_version()}"
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return [f"{when}, commit {_commit()}, {system}, {python}, {named}."]


def _package_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"


def _commit() -> str:
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "unknown"


def version_of(program: str) -> str:
    """The version that a program gives; "" if it does not run."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+\.\d+[\w.]*", answer.stdout)
    return found[0] if found else ""


def find_program(name: str) -> str | None:
    """A program on the path, or beside the running Python."""
    beside = Path(PYTHON).with_name(name)
    return str(beside) if beside.is_file() else shutil.which(name)


def save(section: str, lines: Sequence[str], path: Path) -> None:
    """Put a section into the results in place of the one of that name; the others stay."""
    head = "# Results\n\nWritten by `python -m benchmarks.speed` and `python -m benchmarks.growth`; do not edit.\n"
    text = path.read_text(encoding="utf-8") if path.is_file() else head
    body = f"\n## {section}\n\n" + "\n".join(lines) + "\n"
    pattern = re.compile(rf"\n## {re.escape(section)}\n.*?(?=\n## |\Z)", re.DOTALL)
    text = pattern.sub(lambda _: body, text, count=1) if pattern.search(text) else text + body
    path.write_text(text, encoding="utf-8", newline="\n")


def say(text: str) -> None:
    """How far the work is."""
    print(text, file=sys.stderr, flush=True)
