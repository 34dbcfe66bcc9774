"""The fast search finds what ``in`` finds."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from codemod.searching import find, holds

ROOT = Path(__file__).resolve().parent.parent


def test_words_are_found_wherever_they_stand() -> None:
    word = b"openai"
    for length in range(200):
        for place in {0, 1, length // 2, length - 1, length}:
            data = b"o" * place + word + b"i" * (length - place)
            assert holds(data, word)
            assert not holds(data.replace(word, b"openxi"), word)
    assert not holds(b"", word)
    assert not holds(b"opena", word)


def test_agrees_with_in() -> None:
    chance = random.Random(6)
    for _ in range(20_000):
        data = bytes(chance.choices(b"aab\0\xff", k=chance.randrange(150)))
        word = bytes(chance.choices(b"aab\0\xff", k=chance.randrange(1, 9)))
        assert holds(data, word) is (word in data)


def test_the_library_can_be_missing() -> None:
    without = "import sys; sys.modules['stringzilla'] = None; from codemod.searching import find, holds"
    done = subprocess.run(
        [sys.executable, "-c", f"{without}; print(holds(b'ab', b'b'), find(b'abb', b'b', 2))"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert done.stdout.split() == [b"True", b"2"]


def test_finds_where_bytes_find() -> None:
    chance = random.Random(7)
    for _ in range(5_000):
        data = bytes(chance.choices(b"aab\0\xff", k=chance.randrange(100)))
        word = bytes(chance.choices(b"aab\0\xff", k=chance.randrange(1, 9)))
        start = chance.randrange(len(data) + 1)
        assert find(data, word, start) == data.find(word, start)
