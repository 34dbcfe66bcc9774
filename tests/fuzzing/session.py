"""A session of fuzzing: tries recipes until its time is up, and keeps what fails, made small, in a folder each."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from tests.fixture_cases import Tree, read_tree, write_tree
from tests.fuzzing.chance import Preserves
from tests.fuzzing.properties import Problem, Result, check, outcome_of
from tests.fuzzing.recipes import Recipe, mutated, recipes
from tests.fuzzing.seeds import Seed

FIND = "find.json"
_EXAMPLES_OF_A_ROUND = 200
_SHRINKING = 30.0
_REDUCING = 30.0


class Told(Protocol):
    """Who is told how a session goes."""

    def starts(self, recipe: Recipe) -> None: ...

    def ends(self, changed: bool, compared: bool) -> None: ...

    def finds(self, problem: Problem, folder: Path) -> None: ...


class FoundError(Exception):
    """An example fails, and hypothesis is to make it small."""


@dataclass(frozen=True, slots=True)
class Find:
    """A project for which a property does not hold.

    ``original`` is the one that it is compared with, if it is; ``whole`` the project before it was made small.
    """

    problem: Problem
    tree: Tree
    options: tuple[str, ...]
    recipe: Recipe
    original: Tree | None
    whole: Tree


class Session:
    """One session. ``known`` holds the problems that have been found; nothing else is said of them."""

    def __init__(self, seeds: Mapping[str, Seed], save: Path, ends_at: float, limit: float, told: Told) -> None:
        """``ends_at`` is a time of ``time.monotonic``, ``limit`` the seconds that an example may take."""
        self.seeds = seeds
        self.known: set[tuple[str, str]] = set()
        self._save = save
        self._ends_at = ends_at
        self._limit = limit
        self._told = told
        self._original = lru_cache(maxsize=64)(self._outcome)
        self._failing: dict[Recipe, Problem] = {}
        self._last: tuple[Recipe, Problem] | None = None
        self._shrinks_until = 0.0

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._ends_at

    def _outcome(self, name: str, options: tuple[str, ...]) -> Result:
        return outcome_of(self.seeds[name].tree, options)

    def problems_of(self, recipe: Recipe) -> tuple[Problem, ...]:
        """The problems of a recipe that are not known yet."""
        seed = self.seeds[recipe.seed]
        options = (*seed.options, *recipe.options)
        preserves = recipe.preserves
        self._told.starts(recipe)
        original = None if preserves is Preserves.NOTHING else self._original(seed.name, options)
        tree = mutated(seed.tree, recipe.steps)
        checked = check(tree, options, original, preserves, self._limit, damaged=recipe.damages)
        self._told.ends(checked.changed, original is not None)
        return tuple(each for each in checked.problems if (each.name, each.kind) not in self.known)

    # With hypothesis, which makes small what fails.

    def run(self, number: int) -> None:
        """Rounds of hypothesis until the time is up; ``number`` decides on their examples."""
        while not self.is_over:
            self._last = None
            self._failing.clear()
            test = given(recipes(self.seeds))(self._try)
            test = seeded(number)(test)
            test = settings(
                max_examples=_EXAMPLES_OF_A_ROUND,
                database=None,
                deadline=None,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate, Phase.shrink),
            )(test)
            try:
                test()
            except Exception:  # a run that takes as long as its limit may fail and not fail
                if self._last is None:
                    raise
            if self._last is not None:
                self.keep(*self._last)
            number += 1

    def _try(self, recipe: Recipe) -> None:
        if recipe in self._failing:
            raise FoundError
        if time.monotonic() > self._shrinks_until if self._last else self.is_over:
            return
        for problem in self.problems_of(recipe):
            if self._last is None:
                self._shrinks_until = time.monotonic() + _SHRINKING
            elif (problem.name, problem.kind) != (self._last[1].name, self._last[1].kind):
                continue
            self._failing[recipe] = problem
            self._last = recipe, problem
            raise FoundError

    # What is kept.

    def keep(self, recipe: Recipe, problem: Problem) -> None:
        """Make the project of a failing recipe small, and save it."""
        self.known.add((problem.name, problem.kind))
        seed = self.seeds[recipe.seed]
        options = (*seed.options, *recipe.options)
        until = time.monotonic() + _REDUCING
        whole = mutated(seed.tree, recipe.steps)
        if problem.name != "same edits":
            tree = reduced(whole, lambda smaller: self._still(problem, smaller, options), until)
            self.save(Find(problem, tree, options, recipe, None, whole))
            return

        def differs(smaller: Tree) -> bool:
            result = outcome_of(smaller, options)
            changed = mutated(smaller, recipe.steps)
            return self._still(problem, changed, options, result, recipe.preserves)

        tree = reduced(seed.tree, differs, until)
        self.save(Find(problem, mutated(tree, recipe.steps), options, recipe, tree, whole))

    def _still(
        self,
        problem: Problem,
        tree: Tree,
        options: tuple[str, ...],
        original: Result | None = None,
        preserves: Preserves = Preserves.NOTHING,
    ) -> bool:
        found = check(tree, options, original, preserves, self._limit).problems
        return any((each.name, each.kind) == (problem.name, problem.kind) for each in found)

    def save(self, find: Find) -> None:
        """Write a find to a folder of its own and tell of it."""
        slug = re.sub(r"[^A-Za-z0-9]+", "-", f"{find.problem.name} {find.problem.kind}").strip("-")[:60]
        folder = self._save / slug
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_tree(folder / "before", find.tree)
        write_tree(folder / "whole", find.whole)
        if find.original is not None:
            write_tree(folder / "original", find.original)
        said = {
            "problem": asdict(find.problem),
            "options": find.options,
            "preserves": int(find.recipe.preserves),
            "damaged": find.recipe.damages,
            "recipe": asdict(find.recipe),
        }
        (folder / FIND).write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
        self._told.finds(find.problem, folder)


def replayed(folder: Path, limit: float) -> Sequence[Problem]:
    """The problems of a project that a session has kept. Raises OSError, ValueError or KeyError for another folder."""
    said = json.loads((folder / FIND).read_text(encoding="utf-8"))
    options = tuple(said["options"])
    tree = read_tree(folder / "before")
    if not (folder / "original").is_dir():
        return check(tree, options, seconds=limit, damaged=said["damaged"]).problems
    original = outcome_of(read_tree(folder / "original"), options)
    return check(tree, options, original, Preserves(said["preserves"]), limit).problems


def reduced(tree: Tree, fails: Callable[[Tree], bool], until: float) -> Tree:
    """A smaller project that fails still: files are dropped, then lines, fewer and fewer at a time."""
    for name in sorted(tree):
        smaller = {other: data for other, data in tree.items() if other != name}
        if smaller and time.monotonic() < until and fails(smaller):
            tree = smaller
    for name in sorted(tree):
        size = len(tree[name].splitlines(keepends=True)) // 2
        while size:
            start = 0
            while start < len(lines := tree[name].splitlines(keepends=True)) and time.monotonic() < until:
                smaller = {**tree, name: b"".join([*lines[:start], *lines[start + size :]])}
                if fails(smaller):
                    tree = smaller
                else:
                    start += size
            size //= 2
    return tree
