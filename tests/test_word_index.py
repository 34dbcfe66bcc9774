"""What files mention, read and set, each looked into once."""

from __future__ import annotations

import pytest

from codemod.word_index import WordIndex

ALL = 0b111


def index(*texts: str) -> WordIndex:
    return WordIndex(lambda number: texts[number].encode())


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("model", [0]),
        ("models", [1]),
        ("del", [2]),
        ("replace(", [0, 1]),
        ("import *", [2]),
        ("a.b", [1]),
        ("größe", [2]),
        ("nothing", []),
    ],
)
def test_files_that_mention_a_text(wanted: str, found: list[int]) -> None:
    words = index("model = replace(x)", "models = my_replace(a.b)", "from a import *; größe = 1\ndel größe")
    assert words.mentioning(wanted, ALL) == found
    assert words.mentioning(wanted, 0b100) == [number for number in found if number == 2]


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("m.name()", True),
        ("(m.\n    name)", True),
        ("m.\\\n    name", True),
        ("(m.  # why\n    name)", True),
        ("m.  # why name", False),
        ("getattr(m, 'name')", True),
        ('m["name"]', True),
        ("name()", False),
        ("m.names", False),
        ("m.my_name", False),
    ],
)
def test_files_that_read_a_member(text: str, is_read: bool) -> None:
    assert index(text).reading("name", 1) == ([0] if is_read else [])


@pytest.mark.parametrize(
    ("text", "is_read"), [("m.größe", True), ("(m.  # why\n größe)", True), ("m.größen", False), ("m.straße()", False)]
)
def test_files_that_read_a_member_with_another_letter(text: str, is_read: bool) -> None:
    assert index(text).reading("größe", 1) == ([0] if is_read else [])


def test_a_file_is_looked_into_once_for_each_kind_of_question() -> None:
    asked = []

    def data(number: int) -> bytes:
        asked.append(number)
        return b"m.x = m.y"

    words = WordIndex(data)
    assert words.reading("y", 0b11) == [0, 1]
    assert words.setting("x", 0b01) == [0]
    assert words.mentioning("m", 0b11) == [0, 1]
    assert sorted(asked) == [0, 0, 0, 1, 1]
    for name in ("x", "y", "m", "z"):
        words.reading(name, 0b11)
        words.setting(name, 0b11)
        words.mentioning(name, 0b11)
    assert len(asked) == 5


@pytest.mark.parametrize(
    ("text", "is_set"),
    [
        ("m.name = 1", True),
        ("m.name \\\n = 1", True),
        ("m.\\\n name = 1", True),
        ("m.name, m.a = 1, 2", True),
        ("m.name, \\\n m.a = 1, 2", True),
        ("m.name: dict[str, int] = x", True),
        ("m.name: dict[\n str, int\n] = x", True),
        ("m.name += 1", True),
        ("setattr(m, 'name', 1)", True),
        ("self.name = 1", False),
        ("m.name == 1", False),
        ("f(m.name, a=1)", False),
        ("f(\n m.name,\n a=1)", False),
        ("{m.name: 1}\na = 1", False),
        ("m.name\na = 1", False),
    ],
)
def test_files_that_set_a_member(text: str, is_set: bool) -> None:
    assert index(text).setting("name", 1) == ([0] if is_set else [])


def test_a_member_with_another_letter_is_set() -> None:
    assert index("m.größe = 1", "m.gr = 1").setting("größe", 0b11) == [0]
