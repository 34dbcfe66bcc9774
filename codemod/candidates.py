"""Which of the files that mention OpenAI may hold something to decide on.

Most only speak of it: links, licences, prompts, documentation, ids of other models ("openai/clip-vit-base-patch32").
Whatever is decided starts at a word that can be told from those without parsing; each that stands here is one that a
decision asks files for. A file without them is as one that never mentions OpenAI: it is read where a value leads.
"""

from __future__ import annotations

import re
from functools import cache

from codemod import openai_sdk
from codemod.decisions.method_names import telling_chains
from codemod.mentions import may_name_a_model
from codemod.searching import GAP, holds, with_newlines

# How the variables begin that the SDK reads, or used to read, in one text or in two; a test compares.
_VARIABLES = tuple(
    f"OPENAI_{name}".encode() for name in ("API", "BASE", "ORG", "PROJECT", "CUSTOM", "ADMIN", "WEBHOOK", "'", '"')
)
# What decisions about a client ask of other files: a key that is set in it, who takes over all names of its module.
_ASSIGNED_KEY = re.compile(rb"\." + GAP + rb"api_key[\s\\]*[:=]")
_CHAT = re.compile(rb"\." + GAP + rb"completions\b")
_STARRED = re.compile(rb"import[\s(\\]*\*")
# The module by its name, which is no part of a path, of another name or of a host.
_MODULE = re.compile(rb"openai(?<![\w/@-]openai)(?![\w/-]|\.com\b)")
# In prose another word follows: "OpenAI models". In code only one of these does.
_NO_PROSE = rb"(?!\w|-|'s\b|[ \t]+(?!(?:and|as|async|else|for|from|if|in|is|not|or)\b)\w)"
# A comment, a text on one line, or the beginning of a longer one.
_TEXT = re.compile(
    rb"#[^\n]*"
    rb'|"""'
    rb"|'''"
    rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'",
    re.DOTALL,
)
_BACKSLASH = ord("\\")
_LONG_QUOTES = (b'"""', b"'''")
_MEMBER = re.compile(rb"\." + GAP + rb"([A-Za-z_]\w*)")
_QUOTED = re.compile(rb"[\"']([A-Za-z_]\w*)[\"']")


def may_be_decided_on(data: bytes) -> bool:
    """Whether something in a file that mentions OpenAI may be edited or reported for what it is."""
    data = with_newlines(data)
    if any(word in data for word in _VARIABLES) or (holds(data, b"completions") and _CHAT.search(data)):
        return True
    if may_name_a_model(data, holds) or _STARRED.search(data) or _ASSIGNED_KEY.search(data):
        return True
    code = _code(data)
    if _MODULE.search(code) or any(name.search(code) for name in _classes()):
        return True
    return _tells_a_method(code)


def _code(data: bytes) -> bytes:
    """``data`` without the comments and texts that name nothing: lines of comment, and texts with blanks in them.

    Where texts are nested in each other (f-strings of Python 3.12), or one does not end, nothing is taken away.
    """
    kept: list[bytes] = []
    done = position = 0
    while (match := _TEXT.search(data, position)) is not None:
        start, position = match.span()
        if match[0] in _LONG_QUOTES:
            position = _end(data, position, match[0])
            if position < 0:
                return data
        if data.startswith(b"#", start):
            is_kept = bool(data[data.rfind(b"\n", 0, start) + 1 : start].strip())
        elif _is_template(data, start):
            is_kept = True
            if data.count(b"{", start, position) != data.count(b"}", start, position):
                return data
        else:
            is_kept = data.find(b" ", start, position) < 0 and data.find(b"\n", start, position) < 0
        if not is_kept:
            kept += (data[done:start], b'""')
            done = position
    return b"".join((*kept, data[done:]))


def _end(data: bytes, start: int, quotes: bytes) -> int:
    """Where a text ends whose opening ``quotes`` end at ``start``; -1 if it does not."""
    end = data.find(quotes, start)
    while end >= 0:
        before = end
        while before > start and data[before - 1] == _BACKSLASH:
            before -= 1
        if (end - before) % 2 == 0:
            return end + len(quotes)
        end = data.find(quotes, end + 1)
    return end


def _is_template(data: bytes, start: int) -> bool:
    """Whether the text at ``start`` is one with code in it: ``f"…"``, ``rf"…"``, ``t"…"``."""
    prefix = data[max(start - 2, 0) : start].lower()
    return prefix.endswith((b"f", b"t", b"fr", b"tr"))


@cache
def _classes() -> tuple[re.Pattern[bytes], ...]:
    """The names of the SDK's classes, each as a word; a pattern that begins with letters is searched for faster."""
    names = {path.rpartition(".")[2] for path in openai_sdk.CLIENT_CLASSES | openai_sdk.OTHER_HOST_CLASSES}
    found = []
    for ending, behind in (("OpenAI", _NO_PROSE), ("Client", rb"(?!\w)")):
        whole = "|".join(rf"(?<={name})(?<!\w{name})" for name in sorted(names) if name.endswith(ending))
        found.append(re.compile(f"{ending}(?:{whole})".encode() + behind))
    return tuple(found)


def _tells_a_method(code: bytes) -> bool:
    """Whether the names of a chain that tells a method of the SDK are all read in a file, wherever."""
    if _resource().search(code) is None:
        return False
    names = {*_MEMBER.findall(code), *_QUOTED.findall(code)}
    return any(map(names.issuperset, _chains()))


@cache
def _chains() -> tuple[tuple[bytes, ...], ...]:
    return tuple(tuple(name.encode() for name in chain) for chain in telling_chains())


@cache
def _resource() -> re.Pattern[bytes]:
    """What holds a method, in a chain or as the text that ``getattr`` is given."""
    names = "|".join(sorted({chain[-2] for chain in telling_chains()})).encode()
    return re.compile(rb"\." + GAP + rb"(?:" + names + rb")\b|[\"'](?:" + names + rb")[\"']")
