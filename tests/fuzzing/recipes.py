"""What an example is: a seed, the mutations of it, and the options of the run. Plain data, to be saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.fixture_cases import Tree
from tests.fuzzing.chance import Chance, Preserves
from tests.fuzzing.layout import LAYOUT
from tests.fuzzing.meaning import MEANING
from tests.fuzzing.noise import NOISE
from tests.fuzzing.seeds import Seed
from tests.fuzzing.settings import SETTINGS

MUTATIONS = {each.name: each for each in (*LAYOUT, *MEANING, *SETTINGS, *NOISE)}
OPTIONS: tuple[tuple[str, ...], ...] = (
    (),
    ("--unsafe",),
    ("--replace-retired",),
    ("--app-title", "Shop", "--site-url", "https://shop.example"),
    ("--mixed-clients", "migrate"),
    ("--mixed-clients", "keep"),
    ("--map", "gpt-4o=anthropic/claude-sonnet-4.5"),
)
_NUMBERS = 4
_STEPS = 4
_LARGEST = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class Step:
    """One mutation, and the numbers from which it takes its choices."""

    mutation: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """An example. ``seed`` is the name of a seed; ``options`` are given to the tool beside those of the seed."""

    seed: str
    steps: tuple[Step, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def preserves(self) -> Preserves:
        """What all of the steps leave as it is."""
        return min((MUTATIONS[step.mutation].preserves for step in self.steps), default=Preserves.TREE)

    @property
    def damages(self) -> bool:
        """Whether a step is made without regard for the grammar."""
        return any(MUTATIONS[step.mutation] in NOISE for step in self.steps)


def mutated(tree: Tree, steps: Sequence[Step]) -> Tree:
    """The project after the steps; one that finds nothing to change changes nothing."""
    for step in steps:
        tree = MUTATIONS[step.mutation].apply(tree, Chance(step.numbers))
    return tree


def recipes(seeds: Mapping[str, Seed]) -> st.SearchStrategy[Recipe]:
    """Recipes over ``seeds``. One in three keeps what the program does, so that the edits can be compared."""
    numbers = st.lists(st.integers(0, _LARGEST), min_size=_NUMBERS, max_size=_NUMBERS).map(tuple)
    keeping = [each.name for each in MUTATIONS.values() if each.preserves is not Preserves.NOTHING]
    parsing = [each.name for each in MUTATIONS.values() if each not in NOISE]

    def steps(names: Sequence[str]) -> st.SearchStrategy[tuple[Step, ...]]:
        return st.lists(st.builds(Step, st.sampled_from(names), numbers), min_size=1, max_size=_STEPS).map(tuple)

    chosen = st.one_of(steps(keeping), steps(parsing), steps(list(MUTATIONS)))
    return st.builds(Recipe, st.sampled_from(list(seeds)), chosen, st.sampled_from(OPTIONS))
