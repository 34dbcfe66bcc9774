"""Records behave as the frozen dataclasses that the type checker takes them for."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from codemod.records import entity, ordered_record, record


@record
class Empty:
    pass


@record
class Single:
    value: float


@record
class Pair:
    """A docstring that stays."""

    name: str
    place: int = 0
    seen: tuple[str, ...] = field(default=(), compare=False)

    @property
    def shouted(self) -> str:
        return self.name.upper()


@ordered_record
class Version:
    major: int
    minor: int


@entity
class Node:
    name: str
    below: Node | None = None


def test_records_are_compared_hashed_and_shown_as_dataclasses_are() -> None:
    @dataclass(frozen=True, slots=True)
    class Frozen:
        name: str
        place: int = 0
        seen: tuple[str, ...] = field(default=(), compare=False)

    assert Pair("a", seen=("b",)) == Pair("a", 0)
    assert Pair("a", seen=("b",)) != Pair("a", 1)
    assert Pair("a") != Frozen("a")
    assert hash(Pair("a", 3, ("b",))) == hash(Frozen("a", 3, ("c",)))
    assert repr(Pair("a")) == repr(Frozen("a")).rpartition(".")[2].replace("Frozen", "Pair")
    assert {Pair("a"): 1}[Pair("a", seen=("b",))] == 1
    assert Pair.__doc__ == "A docstring that stays."
    assert Pair("a").shouted == "A"
    assert (Empty(), hash(Empty())) == (Empty(), hash(()))
    assert (Single(1.0), hash(Single(1.0))) == (Single(1), hash((1.0,)))


def test_records_have_slots_and_fields() -> None:
    with pytest.raises(AttributeError):
        Pair("a").other = 1  # type: ignore[attr-defined]
    assert replace(Pair("a", 1), place=2) == Pair("a", 2)
    match Pair("a", 1):
        case Pair(name, place):
            assert (name, place) == ("a", 1)


@pytest.mark.parametrize("value", [Empty(), Single(1.5), Pair("a", 1, ("b",)), Version(1, 2)])
def test_records_are_copied(value: object) -> None:
    assert copy.deepcopy(value) == copy.copy(value) == pickle.loads(pickle.dumps(value)) == value


def test_ordered_records_are_sorted_by_their_fields() -> None:
    old, new = Version(1, 9), Version(2, 0)
    assert sorted([new, old]) == [old, new]
    assert (old < new, old <= new, new > old, new >= old) == (True,) * 4
    assert (new < old, new <= old, old > new, old >= new) == (False,) * 4
    with pytest.raises(TypeError):
        assert old < (2, 0)
    assert old == Version(1, 9) != new
    assert hash(old) == hash((1, 9))


def test_an_entity_equals_only_itself() -> None:
    node = Node("a")
    assert node == node  # noqa: PLR0124
    assert node != Node("a")
    assert len({node, Node("a"), node}) == 2
    node.below = node  # type: ignore[misc]
    assert repr(node) == "Node(name='a', below=...)"


REFUSED = """\
from dataclasses import replace
from codemod.records import entity, ordered_record, record

@record
class A:
    name: str

@ordered_record
class B:
    name: str

@entity
class C:
    name: str

A("").name = "b"  # line 16
B("").name = "b"
C("").name = "b"
A(1)
replace(A(""), name=1)
A("") < A("")  # line 21
A("") == A("")
B("") < B("")
replace(C(""), name="b")
"""


def test_the_type_checker_refuses_assignments(tmp_path: Path) -> None:
    (tmp_path / "refused.py").write_text(REFUSED)
    words = ["--strict", "--no-incremental", "--config-file=", "--follow-imports=silent", "refused.py"]
    said = subprocess.run(
        [sys.executable, "-m", "mypy", *words],
        cwd=tmp_path,
        env={"MYPYPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert [int(line.split(":")[1]) for line in said.splitlines()[:-1]] == [16, 17, 18, 19, 20, 21], said
