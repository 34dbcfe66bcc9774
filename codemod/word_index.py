"""Which files hold a word, read a member of that name, or set one.

Names are asked for by the hundred, so what a file holds is noted when it is first looked into, and its bytes are not
looked at again. Only files that questions are about are looked into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from codemod.file_sets import Postings, bits_of, numbers_in
from codemod.searching import GAP, encoded

_WORD = re.compile(rb"\w+")
# All that is no part of a word, to be replaced by spaces: several times as fast as to search for words.
_SPACED = bytes(each if _WORD.fullmatch(bytes([each])) else 0x20 for each in range(256))
# Patterns that begin with plain letters are searched for several times as fast.
_READ = (rb"\." + GAP + rb"([A-Za-z_]\w*)", rb"\"([A-Za-z_]\w*)", rb"'([A-Za-z_]\w*)")
_READS = tuple(map(re.compile, _READ))
# What may stand between a member and what sets it, and the rest of a line, which a backslash may lead into the next.
_BLANKS = rb"[\s\\]*"
_REST = rb"[^=\n\\]*(?:\\\n?[^=\n\\]*)*"
_EQUALS = rb"=(?!=)"
# A member that a statement sets: among others, annotated, or alone. The name is looked for as a whole, once.
_SET = re.compile(
    rb"\." + GAP + rb"(?=([A-Za-z_\x80-\xff][\w\x80-\xff]*))\1(?=[\s\\=,)\]:+*/%@&|^<>-])(?=" + _BLANKS + rb"(?:"
    rb"([,)\]])" + _REST + _EQUALS + rb"|"
    rb":" + _REST + rb"(?:\[[^=]*\])?" + _BLANKS + _EQUALS + rb"|"
    rb"(?:[-+*/%@&|^]|//|\*\*|<<|>>)?" + _EQUALS + rb"))"
)
_OWN = re.compile(rb"(?<![\w.])(?:self|cls)$")
_CALL = re.compile(rb"\w\(")
_QUOTED = re.compile(rb"[\"']([A-Za-z_\x80-\xff][\w\x80-\xff]*)[\"']")


class WordIndex:
    """``data`` gives the bytes of the file with a number. Files are given as sets of bits."""

    def __init__(self, data: Callable[[int], bytes]) -> None:
        self._data = data
        self._words: dict[int, bytes] = {}
        # The files that were searched for a text, and those of them that hold it.
        self._found: dict[str, tuple[int, int]] = {}
        self._read = Postings()
        self._set = Postings()
        self._worded = self._with_reads = self._with_sets = 0

    def mentioning(self, text: str, files: int) -> list[int]:
        """The ``files`` that hold ``text``, in order; as a whole word if it is an identifier."""
        searched, found = self._found.get(text, (0, 0))
        fresh = files & ~searched
        if fresh:
            self._note_all(fresh)
            found |= bits_of(self._search(text, numbers_in(fresh)), fresh.bit_length())
            self._found[text] = (searched | files, found)
        return numbers_in(files & found)

    def _search(self, text: str, numbers: list[int]) -> list[int]:
        needle = encoded(text)
        is_word = is_plain_name(text)
        held = self._words
        for word in _WORD.finditer(needle):
            # Where the text begins and ends, a word may go on.
            piece = b" " + word[0] if is_word or word.start() else word[0]
            piece = piece + b" " if is_word or word.end() < len(needle) else piece
            numbers = [number for number in numbers if piece in held[number]]
        return numbers if is_word else [number for number in numbers if needle in self._data(number)]

    def reading(self, name: str, files: int) -> list[int]:
        """The ``files`` that read a member called ``name``, or hold it in quotes."""
        if not is_plain_name(name):
            member = re.compile(rb"(?:\." + GAP + rb"|[\"'])" + re.escape(encoded(name)) + rb"(?![\w\x80-\xff])")
            return [each for each in numbers_in(files) if member.search(self._data(each))]
        self._note_reads(files)
        return [each for each in self._read.of(encoded(name)) if files >> each & 1]

    def setting(self, name: str, files: int) -> list[int]:
        """The ``files`` that set a member called ``name`` of something else than their methods' own ``self``."""
        self._note_sets(files)
        return sorted(each for each in self._set.of(encoded(name)) if files >> each & 1)

    def _note_all(self, files: int) -> None:
        for number in numbers_in(files & ~self._worded):
            data = self._data(number)
            self._words[number] = b" %b " % b" ".join(set(data.translate(_SPACED).split()))
            if not self._with_reads >> number & 1:
                self._read.note(_members_read(data), number)
            if not self._with_sets >> number & 1:
                self._set.note(_members_set(data), number)
        self._worded |= files
        self._with_reads |= files
        self._with_sets |= files

    def _note_reads(self, files: int) -> None:
        for number in numbers_in(files & ~self._with_reads):
            self._read.note(_members_read(self._data(number)), number)
        self._with_reads |= files

    def _note_sets(self, files: int) -> None:
        for number in numbers_in(files & ~self._with_sets):
            self._set.note(_members_set(self._data(number)), number)
        self._with_sets |= files


def is_plain_name(text: str) -> bool:
    return text.isidentifier() and text.isascii()


def _members_read(data: bytes) -> set[bytes]:
    """The members that a file reads, and what follows quotes in it."""
    return {name for pattern in _READS for name in pattern.findall(data)}


def _members_set(data: bytes) -> set[bytes]:
    return set(_all_members_set(data))


def _all_members_set(data: bytes) -> Iterator[bytes]:
    for match in _SET.finditer(data):
        before = data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        # Among others, it may be an argument of a call.
        is_argument = match[2] is not None and before.count(b"(") > before.count(b")") and _CALL.search(before)
        if not is_argument and _OWN.search(before) is None:
            yield match[1]
    if b"setattr" in data:
        yield from _QUOTED.findall(data)
