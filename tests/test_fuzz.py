"""A small, fixed slice of the fuzzing, and whether it would see what it looks for; see benchmarks/fuzz.py."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import fuzz
from codemod.rewrites import RemoveArgument, ReplaceText, Rewrite, SetArgument, SkipEmptyChunks, Span, TextCode
from tests.fuzzing.chance import Chance, Preserves
from tests.fuzzing.differences import differences
from tests.fuzzing.properties import Problem, Result, check, outcome_of
from tests.fuzzing.recipes import MUTATIONS, OPTIONS, Recipe, Step, mutated
from tests.fuzzing.seeds import fixture_seeds
from tests.fuzzing.session import Find, Session, reduced, replayed

SEEDS = {seed.name: seed for seed in fixture_seeds()}
EXAMPLES_OF_A_MUTATION = 2
SECONDS = 20.0


def some_recipes() -> Iterator[Recipe]:
    """Each mutation a few times, on projects and with numbers that are the same in every run."""
    chance = random.Random(5)
    names = [name for name, seed in SEEDS.items() if seed.size < 2_000]
    for mutation in MUTATIONS:
        for _ in range(EXAMPLES_OF_A_MUTATION):
            steps = (Step(mutation, tuple(chance.randrange(1 << 16) for _ in range(4))),)
            yield Recipe(chance.choice(names), steps, chance.choice(OPTIONS))


@pytest.mark.parametrize("recipe", list(some_recipes()), ids=lambda recipe: recipe.steps[0].mutation)
def test_a_mutated_project(recipe: Recipe) -> None:
    seed = SEEDS[recipe.seed]
    options = (*seed.options, *recipe.options)
    original = None if recipe.preserves is Preserves.NOTHING else outcome_of(seed.tree, options)
    assert (
        check(mutated(seed.tree, recipe.steps), options, original, recipe.preserves, damaged=recipe.damages).problems
        == ()
    )


def test_each_mutation_mutates_something() -> None:
    chance = random.Random(3)
    numbers = [chance.randrange(1 << 16) for _ in range(4)]
    for mutation in MUTATIONS.values():
        assert any(mutation.apply(seed.tree, Chance(numbers)) != seed.tree for seed in SEEDS.values()), mutation.name


# Whether the properties see what they are for.

BEFORE = 'import os\n\nclient = OpenAI(timeout=3, project="p")  # ours\nfor c in client.x(model="m"):\n    print(c)\n'
CALL = Span(BEFORE.index("OpenAI"), BEFORE.index("  # ours"))
MODEL = Span(BEFORE.index('"m"'), BEFORE.index('"m"') + 3)
EDITS: tuple[Rewrite, ...] = (
    SetArgument(CALL, "base_url", TextCode("u")),
    RemoveArgument(CALL, "project"),
    ReplaceText(MODEL, "openai/m"),
    SkipEmptyChunks(Span(BEFORE.index("for"), len(BEFORE) - 1), "c"),
)
AFTER = (
    'import os\n\nclient = OpenAI(timeout=3, base_url="u")  # ours\nfor c in client.x(model="openai/m"):\n'
    "    if not c.choices:\n        continue\n    print(c)\n"
)


def test_edits_that_are_named_are_no_difference() -> None:
    assert list(differences(BEFORE, AFTER, EDITS)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("timeout=3, ", ""),
        ("timeout=3", "timeout=4"),
        ('base_url="u"', 'base_url="v"'),
        ("openai/m", "openai/n"),
        ("print(c)", "print(c)\n    print(c)"),
        ("print(c)", "print( c)"),
        ("import os\n", "import os\nimport sys\n"),
        ("# ours", "#ours"),
        ("c.choices", "c.choice"),
        ("        continue", "        break"),
        ("import os\n\n", "import os\n"),
        (", base_url", ', project="p", base_url'),
        ("print(c)\n", "print(c)"),
        ("client = ", "client= "),
        ('"u")', '"u"'),
    ],
)
def test_what_no_edit_names_is_a_difference(old: str, new: str) -> None:
    assert list(differences(BEFORE, AFTER.replace(old, new), EDITS))


@pytest.mark.parametrize("left_out", EDITS, ids=lambda edit: type(edit).__name__)
def test_an_edit_that_is_not_named_is_a_difference(left_out: Rewrite) -> None:
    assert list(differences(BEFORE, AFTER, [edit for edit in EDITS if edit is not left_out]))


PROGRAM = b'from openai import OpenAI\n\nOpenAI().chat.completions.create(model="gpt-4o", messages=[])\n'
OTHER = PROGRAM.replace(b"gpt-4o", b"gpt-4.1")


def names_of(problems: Sequence[Problem]) -> set[str]:
    return {problem.name for problem in problems}


def test_another_program_has_other_edits() -> None:
    original = outcome_of({"a.py": PROGRAM}, ())
    same = check({"a.py": PROGRAM}, (), original, Preserves.TREE)
    assert (same.problems, same.changed) == ((), True)
    assert names_of(check({"a.py": OTHER}, (), original, Preserves.TREE).problems) == {"same edits"}
    assert check({"a.py": OTHER}, (), original, Preserves.EDITS).problems == ()
    nothing = check({"a.py": PROGRAM.replace(b"OpenAI()", b"Other()")}, (), original, Preserves.EDITS)
    assert names_of(nothing.problems) == {"same edits"}


def test_a_run_that_takes_too_long_is_stopped() -> None:
    if sys.platform != "win32":
        assert names_of(check({"a.py": PROGRAM}, (), seconds=0.0001).problems) == {"time"}


def test_settings_that_cannot_be_used_are_no_find() -> None:
    tree = {"a.py": PROGRAM, "pyproject.toml": b"[tool.or-migrate]\nunsafe = 1\n"}
    assert check(tree, ()).problems == ()
    assert outcome_of(tree, ()) == Result(None, tree)


# What is kept.


def test_a_project_is_reduced_to_what_fails() -> None:
    tree = {"a.py": PROGRAM, "b.py": b"x = 1\n" * 9 + b"y = 2\n", "c.py": b""}
    smaller = reduced(tree, lambda each: b"y" in each.get("b.py", b""), time.monotonic() + SECONDS)
    assert smaller == {"b.py": b"y = 2\n"}


class Told:
    """Is told of a session, and stops it as Ctrl-C does."""

    def __init__(self, enough: int) -> None:
        self.enough = enough
        self.examples = 0
        self.kept: tuple[Path, ...] = ()

    def starts(self, recipe: Recipe) -> None: ...

    def ends(self, changed: bool, compared: bool) -> None:
        self.examples += 1
        if self.examples == self.enough:
            raise KeyboardInterrupt

    def finds(self, problem: Problem, folder: Path) -> None:
        self.kept = (*self.kept, folder)


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["fuzz", *words])
        code = fuzz.main()
        return code, "".join(capsys.readouterr())

    return run


def test_a_session_goes_on_until_its_time_is_up(tmp_path: Path) -> None:
    told = Told(enough=3)
    Session(SEEDS, tmp_path, time.monotonic(), SECONDS, told).run(1)
    assert told.examples == 0
    with pytest.raises(KeyboardInterrupt):
        Session(SEEDS, tmp_path, time.monotonic() + 1_000, SECONDS, told).run(1)
    assert (told.examples, told.kept) == (3, ())


def test_what_is_kept_can_be_checked_again(tmp_path: Path, command: Command) -> None:
    told = Told(enough=0)
    session = Session(SEEDS, tmp_path, time.monotonic(), SECONDS, told)
    recipe = next(each for each in some_recipes() if each.preserves is Preserves.TREE)
    problem = Problem("same edits", "-OR201", "not so")
    session.save(Find(problem, {"a.py": OTHER}, ("--unsafe",), recipe, {"a.py": PROGRAM}, {}))
    session.save(Find(replace(problem, name="crash"), {"a.py": OTHER}, (), recipe, None, {}))
    assert [folder.name for folder in told.kept] == ["same-edits-OR201", "crash-OR201"]
    assert names_of(replayed(told.kept[0], SECONDS)) == {"same edits"}
    assert replayed(told.kept[1], SECONDS) == ()
    assert command("--replay", str(told.kept[0]))[0] == 1
    assert command("--replay", str(told.kept[1])) == (0, "all properties hold\n")
    assert command("--replay", str(tmp_path))[0] == 2


def test_the_command_says_which_engine_it_does_without(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "atheris", None)
    assert fuzz.chosen_engine("atheris") == "hypothesis"
    assert len(capsys.readouterr().err.splitlines()) == 1
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    assert fuzz.chosen_engine("hypothesis") is None
