"""Files by their numbers: sets of them, and which of them hold a word.

Trees have tens of thousands of files, and each file may have another set near it. A number is a bit in a set, so that
a set takes two kilobytes and not a hundred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from codemod.records import entity

# Which bits are set in each byte.
_BITS = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
_SOME = re.compile(rb"[^\0]", re.DOTALL)


@entity
class FileSet:
    """The files whose bits are set in ``bits``."""

    bits: int

    def holds(self, number: int) -> bool:
        return bool(self.bits >> number & 1)


def bits_of(numbers: Iterable[int], size: int) -> int:
    """The bits of ``numbers``, which are below ``size``."""
    held = bytearray(size // 8 + 1)
    for number in numbers:
        held[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(held, "little")


def numbers_in(bits: int) -> list[int]:
    """The numbers of the bits that are set, in order."""
    found = []
    # Few are set of tens of thousands: the gaps between them are passed over by the search.
    for match in _SOME.finditer(bits.to_bytes(bits.bit_length() // 8 + 1, "little")):
        place = match.start() * 8
        found += [place + bit for bit in _BITS[match[0][0]]]
    return found


class Postings:
    """The files that hold each word; most words stand in one file alone, and take no list."""

    def __init__(self) -> None:
        self._held: dict[bytes, int | list[int]] = {}

    def note(self, words: Iterable[bytes], number: int) -> None:
        """The file ``number`` holds ``words``, each of which is given once."""
        held = self._held
        for word in words:
            if word not in held:
                held[word] = number
                continue
            before = held[word]
            if isinstance(before, list):
                before.append(number)
            else:
                held[word] = [before, number]

    def note_all(self, words: Iterable[bytes], numbers: Sequence[int]) -> None:
        """Each of the files ``numbers`` holds ``words``."""
        held = self._held
        alone = numbers[0] if len(numbers) == 1 else None
        for word in words:
            before = held.get(word)
            if isinstance(before, list):
                before += numbers
            elif before is not None:
                held[word] = [before, *numbers]
            else:
                held[word] = list(numbers) if alone is None else alone

    def words(self) -> Iterable[bytes]:
        return self._held.keys()

    def take(self, word: bytes) -> Sequence[int]:
        """The files that hold ``word``, which is forgotten."""
        found = self._held.pop(word, ())
        return (found,) if isinstance(found, int) else found

    def items(self) -> Iterator[tuple[bytes, Sequence[int]]]:
        """The words, and the files that hold them."""
        for word, found in self._held.items():
            yield word, (found,) if isinstance(found, int) else found

    def of(self, word: bytes) -> Sequence[int]:
        """The files that hold ``word``, in the order in which they were noted."""
        found = self._held.get(word, ())
        return (found,) if isinstance(found, int) else found
