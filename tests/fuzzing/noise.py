"""Mutations without regard for the grammar: tokens, bytes, ends, depth."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.fixture_cases import Tree
from tests.fuzzing.chance import Chance, Mutation, Preserves

_TOKEN = re.compile(rb"\w+|\s+|[^\w\s]")
_BYTES = (b"\x00", b"\x1a", b"\xff", b"\xc3", b"\x0c", b"\r", b"\\", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\x85", b"'''")
_DEPTHS = (50, 200, 1_000, 20_000)


def token_gone(data: bytes, chance: Chance) -> bytes:
    tokens = _TOKEN.findall(data)
    place = chance.below(len(tokens))
    return b"".join((*tokens[:place], *tokens[place + 1 :]))


def token_twice(data: bytes, chance: Chance) -> bytes:
    tokens = _TOKEN.findall(data)
    place = chance.below(len(tokens))
    return b"".join((*tokens[:place], tokens[place], *tokens[place:]))


def tokens_swapped(data: bytes, chance: Chance) -> bytes:
    tokens = _TOKEN.findall(data)
    one, other = chance.below(len(tokens)), chance.below(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]
    return b"".join(tokens)


def byte_put_in(data: bytes, chance: Chance) -> bytes:
    place = chance.below(len(data) + 1)
    return data[:place] + chance.choice(_BYTES) + data[place:]


def byte_changed(data: bytes, chance: Chance) -> bytes:
    place = chance.below(len(data))
    return data[:place] + bytes([chance.below(256)]) + data[place + 1 :]


def cut_off(data: bytes, chance: Chance) -> bytes:
    return data[: chance.below(len(data))]


def other_encoding(data: bytes, chance: Chance) -> bytes:
    """The file in an encoding that it declares, or that it does not."""
    name = chance.choice(("latin-1", "cp1252", "utf-16", "shift_jis", "utf-8", "utf-7", "rot13", "idna", "cp037"))
    text = data.decode("utf-8", "replace")
    if chance.below(2):
        text = f"# -*- coding: {name} -*-\n# é\n{text}"
    try:
        return text.encode(name, "replace")
    except (LookupError, UnicodeError, ValueError):
        return text.encode("utf-8", "surrogateescape")


def deep(data: bytes, chance: Chance) -> bytes:
    """An expression that is nested deep around one of the texts, or a chain of many parts."""
    texts = list(re.finditer(rb"""(['"])[^'"\\\n]*\1""", data))
    if not texts:
        return data
    found = chance.choice(texts)
    depth = chance.choice(_DEPTHS)
    inner = found[0]
    forms: tuple[Callable[[], bytes], ...] = (
        lambda: b"(" * depth + inner + b")" * depth,
        lambda: b"f(" * depth + inner + b")" * depth,
        lambda: inner + b" + 'x'" * depth,
        lambda: b"not " * depth + inner,
        lambda: inner + b".strip()" * depth,
        lambda: b"a if b else " * depth + inner,
    )
    return data[: found.start()] + chance.choice(forms)() + data[found.end() :]


def long_line(data: bytes, chance: Chance) -> bytes:
    return data + b"x = [" + b"'gpt-4o', " * chance.choice((50, 500)) + b"]\n"


def _of_bytes(mutate: Callable[[bytes, Chance], bytes]) -> Mutation:
    def apply(tree: Tree, chance: Chance) -> Tree:
        names = [name for name in sorted(tree) if name.endswith(".py") and tree[name]]
        if not names:
            return tree
        name = chance.choice(names)
        return {**tree, name: mutate(tree[name], chance)}

    return Mutation(mutate.__name__, Preserves.NOTHING, apply)


NOISE: tuple[Mutation, ...] = tuple(
    _of_bytes(each)
    for each in (
        token_gone,
        token_twice,
        tokens_swapped,
        byte_put_in,
        byte_changed,
        cut_off,
        other_encoding,
        deep,
        long_line,
    )
)
