"""Where fuzzing starts: the projects of the fixtures, and files of real packages that mention openai."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codemod.mentions import mentions_openai
from tests.fixture_cases import Tree, read_cases

LARGEST = 40_000


@dataclass(frozen=True, slots=True)
class Seed:
    """A project to mutate, and the options that the tool is run with. ``name`` tells where it is from."""

    name: str
    tree: Tree
    options: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(map(len, self.tree.values()))


def fixture_seeds() -> tuple[Seed, ...]:
    """The fixtures, small ones first: what fails is told with the smallest project that shows it."""
    return _ordered([Seed(case.id, case.before, case.options) for case in read_cases()])


def corpus_seeds(folders: Iterable[Path]) -> tuple[Seed, ...]:
    """The files of unpacked packages that mention openai, each as a project of its own.

    Files of more than LARGEST bytes are left out, and so are folders that are not there.
    """
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if path.is_file() and path.stat().st_size <= LARGEST:
                data = path.read_bytes()
                if mentions_openai(data):
                    found.append(Seed(path.relative_to(folder.parent).as_posix(), {path.name: data}))
    return _ordered(found)


def _ordered(seeds: list[Seed]) -> tuple[Seed, ...]:
    return tuple(sorted(seeds, key=lambda seed: (seed.size, seed.name)))
