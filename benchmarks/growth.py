"""Measures how the tool's cost grows: with files, edits, the length of a file, chains, hierarchies, cycles, callers.

    python -m benchmarks.growth                # all kinds, to the full size; writes benchmarks/RESULTS.md
    python -m benchmarks.growth --only files   # one kind (repeatable)
    python -m benchmarks.growth --quick        # an eighth of the size, one round; writes nothing

Each kind of project is made in six sizes, each twice the one before, and migrated with ``--dry-run``; a run counts only
if it finds the requests that are in it. Of each size the fastest run counts. The slope is that of a line through the
logarithms of the three largest sizes, the time of an empty project taken off: 1 is linear, 2 quadratic. The last
doubling may cost at most 2.2 times as much.

Exit codes: 0 everything is linear, 1 something is not, 2 something could not be measured.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import RESULTS, TOOL, BenchmarkError, machine, run, save, say, table

DOUBLINGS = 5
LIMIT = 2.2
GPT = '"gpt-4o"'
HEAD = "from openai import OpenAI\n\nclient = OpenAI()\n"

# A project: the text of each file, by its name.
Project = dict[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of project that grows to ``size``; ``make`` gives the one of a size, ``requests`` what is found in it."""

    name: str
    what: str
    size: int
    make: Callable[[int], Project]
    requests: Callable[[int], int] = lambda _size: 1


def ask(model: str, client: str = "client") -> str:
    return f'{client}.chat.completions.create(model={model}, messages=[{{"role": "user", "content": "Hello"}}])'


def function(number: int) -> str:
    return f"""\
def work_{number}(value: int) -> int:
    \"\"\"A step.\"\"\"
    if value > {number}:
        return value
    result = value * {number}
    return result + 1


"""


def files(size: int) -> Project:
    """One file in a hundred uses the SDK."""
    plain = "import json\n\n\n" + "".join(map(function, range(5)))
    uses = f"{HEAD}\n\n{plain}\nprint({ask(GPT)})\n"
    return {f"package_{n // 100}/module_{n}.py": uses if n % 100 == 0 else plain for n in range(size)}


def edits(size: int) -> Project:
    """Ten requests in a file, each with a client of its own."""
    text = "".join(f"client_{n} = OpenAI()\nprint({ask(GPT, f'client_{n}')})\n" for n in range(10))
    return {f"module_{n}.py": f"from openai import OpenAI\n\n{text}" for n in range(size // 10)}


def edits_in_one_file(size: int) -> Project:
    return {"module.py": f"{HEAD}\n" + "".join(f"def ask_{n}():\n    return {ask(GPT)}\n\n" for n in range(size))}


def length(size: int) -> Project:
    """Eight lines a function."""
    return {"module.py": f"{HEAD}\n\n{''.join(function(n) for n in range(size // 8))}print({ask(GPT)})\n"}


def functions(size: int) -> Project:
    """Each function hands the model on to the next one."""
    steps = "".join(f"def step_{n}(model):\n    return step_{n + 1}(model)\n\n\n" for n in range(size))
    last = f"def step_{size}(model):\n    return {ask('model')}\n\n\n"
    return {"module.py": f'{HEAD}\n\n{steps}{last}step_0("gpt-4o")\n'}


def modules(size: int) -> Project:
    """Each module hands the model on to the next one."""
    steps = {
        f"step_{n}.py": f"from step_{n + 1} import step_{n + 1}\n\n\ndef step_{n}(model):\n"
        f"    return step_{n + 1}(model)\n"
        for n in range(size)
    }
    last = f"{HEAD}\n\ndef step_{size}(model):\n    return {ask('model')}\n"
    return {**steps, f"step_{size}.py": last, "start.py": 'from step_0 import step_0\n\nstep_0("gpt-4o")\n'}


def hierarchy(size: int) -> Project:
    """Each class is a base of the next one; the first holds the client."""
    first = "class Base_0:\n    model = 'gpt-4o'\n\n    def __init__(self):\n        self.client = OpenAI()\n\n\n"
    rest = "".join(f"class Base_{n + 1}(Base_{n}):\n    value_{n} = {n}\n\n\n" for n in range(size))
    last = f"class Last(Base_{size}):\n    def ask(self):\n        return {ask('self.model', 'self.client')}\n"
    return {"module.py": f"from openai import OpenAI\n\n\n{first}{rest}{last}"}


def cycles(size: int) -> Project:
    """The functions call one another in a ring, which the model goes round."""
    steps = "".join(
        f"def step_{n}(model, depth):\n    return step_{(n + 1) % size}(model, depth - 1) if depth else "
        f"{ask('model') if n == 0 else 'None'}\n\n\n"
        for n in range(size)
    )
    return {"module.py": f'{HEAD}\n\n{steps}step_0("gpt-4o", 3)\n'}


def callers(size: int) -> Project:
    """One function that sends a request, and its callers in files of a hundred."""
    shared = f"{HEAD}\n\ndef send(model):\n    return {ask('model')}\n"
    calls = "".join(f'def use_{n}():\n    return send("gpt-4o")\n\n\n' for n in range(100))
    users = {f"user_{n}.py": f"from shared import send\n\n\n{calls}" for n in range(max(1, size // 100))}
    return {"shared.py": shared, **users}


KINDS = (
    Kind("files", "files, one in a hundred with a request", 32_000, files, lambda size: math.ceil(size / 100)),
    Kind("edits", "requests, ten a file, each with a client", 3_200, edits, lambda size: size // 10 * 10),
    Kind("one-file", "requests in one file", 1_600, edits_in_one_file, lambda size: size),
    Kind("length", "lines of one file", 100_000, length),
    Kind("functions", "functions that hand a model on", 1_000, functions),
    Kind("modules", "modules that hand a model on", 1_000, modules),
    Kind("hierarchy", "classes, each the base of the next", 200, hierarchy),
    Kind("cycles", "functions in a ring", 1_000, cycles),
    Kind("callers", "callers of one function", 10_000, callers),
)


def migrated(project: Project, requests: int, rounds: int, seconds: float) -> tuple[float, float]:
    """The CPU seconds and the peak in MB of the fastest run. Raises BenchmarkError if it does not find its requests."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text('[project]\nname = "grown"\nversion = "1"\n')
        for path, text in project.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
        best = None
        for _ in range(rounds):
            measure = run((*TOOL, "--check", "."), folder, seconds)
            found = re.search(r"requests +([\d,]+) found", measure.output)
            if found is None or int(found[1].replace(",", "")) != requests:
                raise BenchmarkError(f"{requests} requests expected: {measure.output.strip()[-200:]}")
            if best is None or measure.cpu < best.cpu:
                best = measure
    assert best is not None
    return best.cpu, best.peak


def grow(kind: Kind, size: int, rounds: int, seconds: float) -> Iterator[tuple[int, float, float]]:
    """Size, CPU seconds and peak of each size up to ``size``."""
    for doubling in range(DOUBLINGS, -1, -1):
        now = size >> doubling
        cpu, peak = migrated(kind.make(now), kind.requests(now), rounds, seconds)
        say(f"  {now:,}: {cpu:.3f} s CPU, {peak:.0f} MB")
        yield now, cpu, peak


def slope(points: list[tuple[float, float]]) -> float:
    """The slope of the line that fits best through the logarithms of the points."""
    xs = [math.log(x) for x, _ in points]
    ys = [math.log(max(y, 1e-3)) for _, y in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [kind.name for kind in KINDS]
    parser.add_argument("--only", action="append", choices=names, metavar="KIND", help="this kind only (repeatable)")
    parser.add_argument("--quick", action="store_true", help="an eighth of the size, one round, nothing is written")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each size is run")
    parser.add_argument("--timeout", type=float, default=600.0, metavar="SECONDS", help="for one run")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE", help="where the results are written")
    arguments = parser.parse_args()
    rounds = 1 if arguments.quick else arguments.rounds
    empty, _ = migrated({"module.py": f"{HEAD}print({ask(GPT)})\n"}, 1, 3, arguments.timeout)
    rows = []
    outcome = 0
    for kind in KINDS:
        if arguments.only and kind.name not in arguments.only:
            continue
        say(kind.what)
        points: list[tuple[int, float, float]] = []
        failure = ""
        try:
            points.extend(grow(kind, kind.size // 8 if arguments.quick else kind.size, rounds, arguments.timeout))
        except BenchmarkError as error:
            failure = str(error)
            say(f"  {failure}")
        if failure or len(points) < 3:
            rows.append([kind.what, "", "", "", "", f"not measured: {' '.join(failure.split())}"])
            outcome = 2
            continue
        doubling = points[-1][1] / points[-2][1]
        fitted = slope([(size, cpu - empty) for size, cpu, _ in points[-3:]])
        times = ", ".join(f"{cpu:.2f}" for _, cpu, _ in points)
        held = doubling <= LIMIT
        outcome = max(outcome, 0 if held else 1)
        largest = f"{points[-1][0]:,} {kind.what}"
        rows.append([largest, times, f"{points[-1][2]:.0f}", f"{doubling:.2f}", f"{fitted:.2f}", _verdict(held)])
    head = ("up to", "CPU s of six sizes, each twice the one before", "peak MB", "last doubling", "slope", "")
    lines = [
        *machine({}),
        f"Fastest of {rounds} runs; a small project takes {empty:.2f} s. The last doubling may cost {LIMIT} times.",
        "",
        *table(head, rows),
    ]
    print("\n".join(lines))
    if not arguments.quick:
        save("Growth", lines, arguments.results)
    return outcome


def _verdict(held: bool) -> str:
    return "held" if held else "missed"


if __name__ == "__main__":
    sys.exit(main())
