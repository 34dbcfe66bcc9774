"""The imports in the bytes of a file, read without parsing: each real one, and some text that looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from codemod.records import record
from codemod.searching import find

# How a line ends that goes on in the next.
_GOES_ON = (b"\\\n", b"\\\r\n")
_BLANK = b" \t\f\r\n\\"
_MAY_GO_ON = (b"\\", b"\r")
# What is not ASCII is a letter; what else it can be stands in comments.
_IMPORTED = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*|\*")
_INSIDE_NAME = re.compile(rb"[\w\x80-\xff]")
_COMMENT = re.compile(rb"#[^\n]*")
# How most imports of names are written, between zeros, and most of modules.
_PLAIN = re.compile(
    rb"\0(from[ \t]+(\.*)([A-Za-z_\x80-\xff][\w.\x80-\xff]*|(?<=\.))[ \t]+"
    rb"import[ \t]+(\([\w\x80-\xff\s,]+\)|[\w\x80-\xff][\w\x80-\xff \t,]*)(?:#[^\n\0]*)?)(?=\0)"
)
_PLAIN_MODULE = re.compile(rb"import[ \t]+([A-Za-z_][\w.]*)(?:[ \t]+as[ \t]+\w+)?")
_NO_NAMES = bytes.maketrans(b"(),", b"   ")


@record
class ImportStatement:
    """``from module import names`` ("*" among them), or ``import module`` without; ``level`` counts leading dots."""

    module: str
    level: int
    names: tuple[bytes, ...]


def import_texts(data: bytes) -> list[bytes]:
    """The lines with the word ``import`` in them, whole statements as far as these go on in other lines."""
    texts = []
    start = find(data, b"import", 0)
    while start >= 0:
        line = data.rfind(b"\n", 0, start) + 1
        if line > 1 and data[line - 2] in b"\\\r":
            line = _line_start(data, line)
        end = data.find(b"\n", start)
        if end < 0:
            end = len(data)
        text = data[line:end]
        opened = text.rfind(b"(")
        if text.endswith(_MAY_GO_ON) or (opened >= 0 and text.find(b")", opened) < 0):
            end = _statement_end(data, start + len(b"import"), end)
            text = data[line:end]
        texts.append(text.strip())
        start = find(data, b"import", end)
    return texts


def plain_imports(texts: Iterable[bytes]) -> Iterator[tuple[bytes, ImportStatement]]:
    """Those of the ``import_texts`` that are one import and nothing else, with all that it names.

    They are searched for at once: to match each takes twice as long. Where a text has a zero in it, what stands
    between zeros may be given too.
    """
    for found in _PLAIN.finditer(b"\0%b\0" % b"\0".join(texts)):
        text, dots, module, listed = found.groups()
        if text.count(b"import") == 1:
            yield text, ImportStatement(_text(module), len(dots), tuple(listed.translate(_NO_NAMES).split()))


def import_statements(text: bytes) -> Iterator[ImportStatement]:
    """What may be an import in one of the ``import_texts``."""
    plain = _PLAIN_MODULE.fullmatch(text)
    if plain is not None:
        imported = _text(plain[1])
        dot = imported.find(".")
        while dot >= 0:
            yield ImportStatement(imported[:dot], 0, ())
            dot = imported.find(".", dot + 1)
        yield ImportStatement(imported, 0, ())
        return
    start = text.find(b"import")
    while start >= 0:
        end = start + len(b"import")
        if not _INSIDE_NAME.match(text, end):
            head = _before(text, start)
            if head == b"":
                for module in _list_behind(text, end).split(b","):
                    parts = _IMPORTED.findall(module.partition(b" as ")[0])
                    for length in range(1, len(parts) + 1):
                        yield ImportStatement(_text(b".".join(parts[:length])), 0, ())
            elif head is not None:
                name = head.translate(None, _BLANK)
                module = name.lstrip(b".")
                names = tuple(_IMPORTED.findall(_list_behind(text, end)))
                yield ImportStatement(_text(module), len(name) - len(module), names)
        start = text.find(b"import", end)


def imported_words(text: bytes) -> list[bytes]:
    """The words behind ``import`` in one of the ``import_texts`` that is an import: what it names, aliases, "*"."""
    behind = text[text.find(b"import") + len(b"import") :]
    return _IMPORTED.findall(_COMMENT.sub(b"", behind) if b"#" in behind else behind)


def words_of_call(text: bytes) -> list[bytes]:
    """The words in one of the ``import_texts`` that calls a function which imports what a text names; else none."""
    is_call = b"import_module" in text or b"__import__" in text
    return _IMPORTED.findall(text) if is_call else []


def _before(text: bytes, start: int) -> bytes | None:
    """What stands between ``from`` and ``import``; "" if there is no ``from``, None if this is no import."""
    head = text[_line_start(text, start) : start]
    head = head[max(head.rfind(b";"), head.rfind(b":")) + 1 :].strip(_BLANK)
    if head[:4] == b"from" and not _INSIDE_NAME.match(head, 4):
        return head[4:]
    return b"" if not head else None


def _line_start(data: bytes, position: int) -> int:
    """Where the line starts that ``position`` is in, or the first of those that it goes on from."""
    line = data.rfind(b"\n", 0, position) + 1
    while line > 1 and data[max(0, line - 3) : line].endswith(_GOES_ON):
        line = data.rfind(b"\n", 0, line - 1) + 1
    return line


def _line_end(data: bytes, position: int) -> int:
    """Where the line ends that ``position`` is in, or the last of those that it goes on in."""
    line = data.find(b"\n", position)
    while line > 0 and data[max(0, line - 2) : line + 1].endswith(_GOES_ON):
        line = data.find(b"\n", line + 1)
    return line if line >= 0 else len(data)


def _statement_end(data: bytes, position: int, end: int) -> int:
    """Where the last line of the statement ends that ``position`` is in; its own line ends at ``end``."""
    while True:
        end = _line_end(data, end)
        opened = data.rfind(b"(", position, end)
        if opened < 0 or data.find(b")", opened, end) >= 0 or end == len(data):
            return end
        closed = data.find(b")", end)
        end = closed if closed >= 0 else len(data)
        position = opened + 1


def _list_behind(text: bytes, end: int) -> bytes:
    """The names behind ``import``."""
    opened = end
    while opened < len(text) and text[opened] in _BLANK:
        opened += 1
    if text[opened : opened + 1] == b"(":
        closed = text.find(b")", opened)
        return text[opened + 1 : closed if closed >= 0 else len(text)]
    return text[end : _line_end(text, end)].partition(b"#")[0]


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
