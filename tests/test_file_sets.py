"""Files by their numbers."""

from __future__ import annotations

from codemod.file_sets import FileSet, Postings, bits_of, numbers_in


def test_bits_hold_numbers() -> None:
    numbers = [0, 7, 8, 63, 64, 1000]
    bits = bits_of(reversed(numbers), 1001)
    assert numbers_in(bits) == numbers
    assert [number for number in range(1100) if FileSet(bits).holds(number)] == numbers
    assert bits_of((), 0) == 0
    assert numbers_in(0) == []


def test_the_files_that_hold_a_word() -> None:
    found = Postings()
    found.note({b"a", b"b"}, 3)
    found.note({b"b"}, 0)
    found.note({b"b"}, 5)
    assert list(found.of(b"a")) == [3]
    assert list(found.of(b"b")) == [3, 0, 5]
    assert list(found.of(b"c")) == []


def test_words_of_several_files_at_once() -> None:
    found = Postings()
    found.note_all([b"a"], [3])
    found.note_all([b"a", b"b"], [4, 5])
    found.note_all([b"b"], [6])
    found.note({b"b"}, 7)
    assert dict(found.items()) == {b"a": [3, 4, 5], b"b": [4, 5, 6, 7]}
    assert list(found.take(b"a")) == [3, 4, 5]
    assert list(found.take(b"a")) == []
    assert list(found.words()) == [b"b"]
