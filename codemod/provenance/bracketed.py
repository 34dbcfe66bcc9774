"""What stands in brackets, told from bytes: most files that are asked about need not be parsed to see they say no."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemod.searching import GAP, find

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_GIVEN = re.compile(_WORD.pattern + rb"|\*\*")
# Patterns that begin with plain letters are searched for several times as fast.
_CLASS = re.compile(rb"class(?<![\w\x80-\xff]class)[\s\\]+[\w\x80-\xff]+[\s\\]*([(\[])")
_AS = re.compile(rb"(?=[\s\\#])" + GAP + rb"as\b")
_SELF = rb"[\s\\]*self[\s\\]*"
# One of these stands in each file that sets members by names that are not fixed.
SETTING = ("setattr", "__dict__")
_SETS_BY_NAME = re.compile(rb"setattr(?<!\wsetattr)" + GAP + rb"\((?!" + _SELF + rb",)[^,]*,(?![\s\\]*[\"'])")
_UPDATES_MEMBERS = re.compile(rb"\.(?<!\bself\.)" + GAP + rb"__dict__" + GAP + rb"\." + GAP + rb"update\b")
_OPENED = re.compile(rb"[\s\\]*\(")
# Comments and texts hide brackets.
_TOKEN = re.compile(
    rb'#[^\n]*|"""(?:[^\\]|\\.)*?"""|'
    rb"'''(?:[^\\]|\\.)*?'''|"
    rb'"(?:[^"\\\n]|\\.)*"|'
    rb"'(?:[^'\\\n]|\\.)*'|[()\[\]{}]",
    re.DOTALL,
)
_OPENING, _CLOSING = frozenset((b"(", b"[", b"{")), frozenset((b")", b"]", b"}"))


def words_given_to(data: bytes, callee: bytes) -> frozenset[bytes]:
    """All words in the arguments of what may be calls of ``callee``, on whatever, and ``**``."""
    found: set[bytes] = set()
    for match in re.finditer(re.escape(callee) + GAP + rb"\(", data):
        found.update(_GIVEN.findall(data, match.end(), _end(data, match.end())))
    return frozenset(found)


def is_renamed(data: bytes, name: bytes) -> bool:
    """Whether an import may give ``name`` another."""
    start = find(data, name, 0)
    while start >= 0:
        start += len(name)
        if _AS.match(data, start):
            return True
        start = find(data, name, start)
    return False


def is_used_on_others(data: bytes, name: bytes) -> bool:
    """Whether a function or member called ``name`` may be used on something else than ``self``."""
    name = re.escape(name)
    called = name + rb"(?<!\w" + name + rb")" + GAP + rb"\((?!" + _SELF + rb"[,)])"
    read = rb"\.(?<!\bself\.)" + GAP + name
    return re.search(called, data) is not None or re.search(read, data) is not None


def sets_by_name(data: bytes) -> bool:
    """Whether members of something else than ``self`` may be set by names that are not fixed."""
    return _SETS_BY_NAME.search(data) is not None or _UPDATES_MEMBERS.search(data) is not None


def words_in_bases(data: bytes) -> frozenset[bytes]:
    """All words that stand in what may be the bases of classes."""
    return frozenset(word for start, end in _bases(data) for word in _WORD.findall(data, start, end))


def _bases(data: bytes) -> Iterator[tuple[int, int]]:
    for match in _CLASS.finditer(data):
        start = match.end()
        end = _end(data, start)
        yield start, end
        behind = _OPENED.match(data, end + 1) if match[1] == b"[" else None
        if behind is not None:
            yield behind.end(), _end(data, behind.end())


def _end(data: bytes, start: int) -> int:
    """Where the bracket closes that is open at ``start``; the end of the file if it does not."""
    depth = 1
    for match in _TOKEN.finditer(data, start):
        token = match[0]
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
            if not depth:
                return match.start()
    return len(data)
