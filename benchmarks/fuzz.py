"""Mutates projects for a chosen time, runs the tool over each, and holds the runs against what must hold of any.

    python -m benchmarks.fuzz --minutes 20                  # exit 1 if something does not hold
    python -m benchmarks.fuzz --minutes 5 --seed 7          # other examples
    python -m benchmarks.fuzz --minutes 5 --engine atheris  # examples led by coverage of the tool
    python -m benchmarks.fuzz --replay .corpus/fuzz/NAME    # check again what was kept

It begins with the projects of tests/fixtures and with the files in .corpus/ (see benchmarks/corpus.py) that mention
openai. Mutations change how a program is written, what it says, its settings, or any byte; tests/fuzzing/ has them and
the properties. The examples are chosen by hypothesis (extra or-migrate[fuzz]); with the engine atheris, the coverage of
the tool leads it. An example that fails is made small, kept in a folder below ``--save`` and printed with the command
that checks it again. What seems to have the same cause is told once. One that ends the interpreter is kept as it is.

Exit codes: 0 all properties held, 1 one did not, 2 wrong use or no engine.
"""
# ruff: noqa: PLC0415 - atheris must see the tool's modules being imported

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpus import CORPUS, PACKAGES

if TYPE_CHECKING:
    from tests.fuzzing.properties import Problem
    from tests.fuzzing.recipes import Recipe
    from tests.fuzzing.seeds import Seed
    from tests.fuzzing.session import Session

ENGINES = ("hypothesis", "atheris")
_LIMIT = 20.0
# What the last find of a session may take beyond its time.
_FURTHER = 300.0
# Random inputs that coverage starts from, and their length in bytes.
_FIRST = 64
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process is to do; ``seconds`` is its time."""

    engine: str
    number: int
    seconds: float
    save: Path
    limit: float


class Teller:
    """Sends what a session does to the process that started it."""

    def __init__(self, to: Connection) -> None:
        self._to = to

    def starts(self, recipe: Recipe) -> None:
        self._to.send(("starts", json.dumps(asdict(recipe))))

    def ends(self, changed: bool, compared: bool) -> None:
        self._to.send(("ends", changed, compared))

    def finds(self, problem: Problem, folder: Path) -> None:
        self._to.send(("finds", problem.name, problem.kind, problem.text, str(folder)))


def work(plan: Plan, to: Connection) -> None:
    """One session, in a process of its own: deep nesting may end an interpreter."""
    if plan.engine == "atheris":
        be_silent(plan.save / "atheris.log")
        import atheris  # type: ignore[import-untyped,unused-ignore]

        with atheris.instrument_imports(include=["codemod"]):
            import codemod.cli
            import codemod.migrate  # noqa: F401
    from tests.fuzzing.session import Session

    seeds = every_seed()
    session = Session(seeds, plan.save, time.monotonic() + plan.seconds, plan.limit, Teller(to))
    with suppress(KeyboardInterrupt):
        if plan.engine == "hypothesis":
            session.run(plan.number)
        else:
            fuzz_by_coverage(session, plan)


def every_seed() -> dict[str, Seed]:
    """The seeds by their names, those that are not downloaded left out."""
    from tests.fuzzing.seeds import corpus_seeds, fixture_seeds

    folders = (CORPUS / package.label for package in PACKAGES)
    return {seed.name: seed for seed in (*fixture_seeds(), *corpus_seeds(folders))}


def be_silent(log: Path) -> None:
    """Let all that this process says, its C libraries too, go to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)


def fuzz_by_coverage(session: Session, plan: Plan) -> None:
    """Let atheris choose the bytes from which hypothesis makes the recipes. Ends the process when the time is up."""
    import atheris
    from hypothesis import given, settings

    from tests.fuzzing.recipes import recipes

    @settings(database=None, deadline=None)
    @given(recipes(session.seeds))
    def one(recipe: Recipe) -> None:
        if not session.is_over:
            for problem in session.problems_of(recipe):
                session.keep(recipe, problem)

    chance = random.Random(plan.number)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(_FIRST):
            Path(folder, str(number)).write_bytes(chance.randbytes(_LONGEST))
        # The alarm is that of the time limit of an example.
        limits = [f"-max_total_time={int(plan.seconds)}", f"-max_len={_LONGEST}", "-timeout=0", "-rss_limit_mb=0"]
        words = [sys.argv[0], *limits, "-len_control=0", f"-seed={plan.number + 1}", folder]
        take: Callable[[bytes], object] = getattr(one, "hypothesis").fuzz_one_input  # noqa: B009 - of no declared type
        atheris.Setup(words, lambda data: take(data) and None)
        atheris.Fuzz()


@dataclass(slots=True)
class Tally:
    """What a run of the command has seen."""

    examples: int = 0
    changed: int = 0
    compared: int = 0
    finds: Counter[str] = field(default_factory=Counter)


def watch(plan: Plan, tally: Tally) -> None:
    """Run sessions until the time is up; one whose interpreter ends begins anew with other examples."""
    context = multiprocessing.get_context("spawn")
    began = time.monotonic()
    number = plan.number
    while (left := plan.seconds - (time.monotonic() - began)) > 0:
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(Plan(plan.engine, number, left, plan.save, plan.limit), sending))
        process.start()
        sending.close()
        ends_at = time.monotonic() + left + _FURTHER
        current = listen(receiving, tally, ends_at)
        process.join(max(1.0, ends_at - time.monotonic()) if receiving.closed else 1.0)
        if process.is_alive():
            process.kill()
            process.join()
        code = process.exitcode or 0
        if code < 0 and current is not None:
            keep_fatal(plan, current, code, tally)
        elif code:
            print(f"a session ended with exit code {code}", file=sys.stderr)
            tally.finds["session"] += 1
            return
        elif plan.engine == "atheris":
            return
        number += 1_000_000


def listen(receiving: Connection, tally: Tally, ends_at: float) -> str | None:
    """Count what a session tells, until it ends; gives the recipe that it was about, if it was about one."""
    current = None
    while receiving.poll(max(0.0, ends_at - time.monotonic())):
        try:
            kind, *said = receiving.recv()
        except EOFError:
            receiving.close()
            return current
        if kind == "starts":
            current = said[0]
        elif kind == "ends":
            current = None
            tally.examples += 1
            tally.changed += said[0]
            tally.compared += said[1]
        else:
            name, what, text, folder = said
            tally.finds[name] += 1
            tell(name, what, text, Path(folder))
    return current


def tell(name: str, what: str, text: str, folder: Path) -> None:
    print(f"{name}: {what}")
    for line in text.strip().splitlines()[-12:]:
        print(f"    {line}")
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    print(f"    python -m benchmarks.fuzz --replay {shown}", flush=True)


def keep_fatal(plan: Plan, recipe: str, code: int, tally: Tally) -> None:
    """Keep the project at which an interpreter ended, or did not end."""
    from tests.fixture_cases import write_tree
    from tests.fuzzing.recipes import Recipe, Step, mutated
    from tests.fuzzing.session import FIND

    said = json.loads(recipe)
    steps = [Step(each["mutation"], tuple(each["numbers"])) for each in said["steps"]]
    made = Recipe(said["seed"], tuple(steps), tuple(said["options"]))
    seed = every_seed()[made.seed]
    folder = plan.save / f"interpreter-{abs(code)}-{plan.number}-{tally.examples}"
    write_tree(folder / "before", mutated(seed.tree, made.steps))
    problem = {"name": "crash", "kind": "interpreter", "text": f"the interpreter ended with {code}"}
    options = (*seed.options, *made.options)
    kept = {"options": options, "preserves": int(made.preserves), "damaged": made.damages, "recipe": said}
    (folder / FIND).write_text(json.dumps({"problem": problem, **kept}, indent=2) + "\n", encoding="utf-8")
    tally.finds["crash"] += 1
    tell("crash", "interpreter", problem["text"], folder)


def replay(folder: Path, limit: float) -> int:
    """Check a kept project again; the exit code."""
    from tests.fuzzing.session import replayed

    try:
        problems = replayed(folder, limit)
    except (OSError, ValueError, KeyError) as error:
        print(f"{folder} is nothing that was kept: {error}", file=sys.stderr)
        return 2
    for problem in problems:
        print(f"{problem.name}: {problem.kind}\n{problem.text}")
    print(f"{len(problems)} of its properties do not hold" if problems else "all properties hold")
    return 1 if problems else 0


def chosen_engine(wanted: str) -> str | None:
    """The engine to use; None, and a line that says why, if there is none."""
    if find_spec("hypothesis") is None:
        print("fuzzing needs the extra of that name: pip install 'or-migrate[fuzz]'", file=sys.stderr)
        return None
    if wanted == "atheris" and find_spec("atheris") is None:
        print(
            f"atheris is not installed for Python {sys.version_info[0]}.{sys.version_info[1]} (pip install atheris, "
            "where it has a wheel): going on with hypothesis",
            file=sys.stderr,
        )
        return "hypothesis"
    return wanted


def main() -> int:
    """Fuzz as the command line says; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long to go on (default: %(default)g)")
    parser.add_argument("--seed", type=int, help="the number that decides on the examples (default: any)")
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    parser.add_argument("--save", type=Path, default=CORPUS / "fuzz", metavar="DIR", help="where finds are kept")
    parser.add_argument("--limit", type=float, default=_LIMIT, metavar="SECONDS", help="the longest for an example")
    parser.add_argument("--replay", type=Path, metavar="DIR", help="check a kept project again, and nothing else")
    arguments = parser.parse_args()
    engine = chosen_engine(arguments.engine)
    if engine is None:
        return 2
    if arguments.replay is not None:
        return replay(arguments.replay, arguments.limit)
    number = random.randrange(1_000_000) if arguments.seed is None else arguments.seed
    if not any((CORPUS / package.label).is_dir() for package in PACKAGES):
        print("no packages in .corpus (python -m benchmarks.corpus fetches them): fixtures alone", file=sys.stderr)
    tally = Tally()
    began = time.monotonic()
    with suppress(KeyboardInterrupt):
        watch(Plan(engine, number, arguments.minutes * 60, arguments.save.resolve(), arguments.limit), tally)
    print(f"engine {engine}, seed {number}: {tally.examples} examples in {time.monotonic() - began:.0f} s")
    print(f"{tally.changed} were edited, {tally.compared} compared with the edits of the unmutated project")
    found = ", ".join(f"{count} {name}" for name, count in sorted(tally.finds.items()))
    print(f"finds: {found or 'none'}")
    return 1 if tally.finds else 0


if __name__ == "__main__":
    sys.exit(main())
