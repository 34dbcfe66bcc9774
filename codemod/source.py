"""Bytes and text: decoding and encoding Python source byte-exactly, positions, and the atomic replacement of files."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
from array import array
from bisect import bisect_right
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.findings import Place
from codemod.records import record

if TYPE_CHECKING:
    from codemod.rewrites import Span

# PEP 263. Read from the bytes, as the interpreter does: the rest of the line may be in the declared encoding.
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK_OR_COMMENT = re.compile(rb"[ \t\f]*(?:#.*)?$")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_NEWLINE_BYTES = re.compile(rb"\r\n|\r|\n")
_UTF8 = ("utf-8", "utf-8-sig")
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unprocessable(Exception):  # noqa: N818 - a verdict on a file that ends up as a finding
    """A file that cannot be read, decoded or written.

    ``rule`` is OR901, OR903 or OR904; ``reason`` is one line that says what is wrong and what to do; ``line`` counts
    from 1 and is None where the reason has no place.
    """

    def __init__(self, rule: str, reason: str, line: int | None = None) -> None:
        super().__init__(rule, reason, line)
        self.rule = rule
        self.reason = reason
        self.line = line

    def __str__(self) -> str:
        return self.reason


@record
class Source:
    """A file whose bytes ``data`` can be decoded; ``encoding`` is the codec's own name."""

    path: Path
    data: bytes
    encoding: str
    bom: bool

    @property
    def text(self) -> str:
        """The text, without byte order mark and with its newlines.

        Decoded each time: one character outside of Latin-1 makes a text take two or four times its bytes.
        """
        return _body(self.data, self.bom).decode(self.encoding)

    @property
    def newline(self) -> str:
        r"""The newline that most lines end with; of equals the first in the file; "\n" where there is none."""
        text = self.text
        pairs = text.count("\r\n")
        counts = {"\r\n": pairs, "\n": text.count("\n") - pairs, "\r": text.count("\r") - pairs}
        most = max(counts.values())
        if most == 0:
            return "\n"
        leading = [newline for newline, count in counts.items() if count == most]
        if len(leading) == 1:
            return leading[0]
        return next(match[0] for match in _NEWLINE.finditer(text) if match[0] in leading)


def decode(path: Path, data: bytes) -> Source:
    """The source that ``data`` holds, such that ``encode(source, source.text) == data``.

    Raises Unprocessable (OR901) for bytes that are no Python source text in the declared encoding.
    """
    if data.startswith(_WIDE_MARKS):
        raise Unprocessable("OR901", "the file is UTF-16 or UTF-32, which Python does not read; save it as UTF-8", 1)
    zero = data.find(0)
    if zero >= 0:
        line = _line_of(data, zero)
        reason = f"line {line} holds a NUL byte, which Python source cannot; remove it, or exclude the file"
        raise Unprocessable("OR901", reason, line)
    bom = data.startswith(codecs.BOM_UTF8)
    body = _body(data, bom)
    encoding = _encoding(body, bom)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line_of(body, error.start)
        reason = (
            f"line {line} holds the byte 0x{body[error.start]:02x}, which is not valid {encoding}; "
            "save the file as UTF-8, or declare its encoding in the first line"
        )
        raise Unprocessable("OR901", reason, line) from None
    except (LookupError, UnicodeError):
        raise _unknown_encoding(encoding, None) from None
    source = Source(path, data, encoding, bom)
    # What is UTF-8 is the only way to encode its text.
    if encoding != "utf-8" and _encoded(source, text) != data:
        reason = f"decoding the file as {encoding} and encoding it again changes its bytes; save it as UTF-8"
        raise Unprocessable("OR901", reason)
    return source


def encode(source: Source, new_text: str) -> bytes:
    """The bytes of ``new_text`` in the encoding of ``source``, with its byte order mark if it has one.

    Raises Unprocessable (OR903) if the encoding cannot hold the text.
    """
    try:
        return _encoded(source, new_text)
    except UnicodeEncodeError as error:
        line = Lines(new_text).line(error.start)
        character = f"U+{ord(new_text[error.start]):04X}"
        reason = f"the new text holds {character}, which {source.encoding} cannot; save the file as UTF-8 first"
        raise Unprocessable("OR903", reason, line) from None


def _body(data: bytes, bom: bool) -> bytes:
    return data[len(codecs.BOM_UTF8) :] if bom else data


def _encoded(source: Source, text: str) -> bytes:
    return (codecs.BOM_UTF8 if source.bom else b"") + text.encode(source.encoding)


def _encoding(body: bytes, bom: bool) -> str:
    cookie = _cookie(body)
    if cookie is None:
        return "utf-8"
    name, line = cookie
    try:
        encoding = codecs.lookup(name).name
    except (LookupError, ValueError):
        raise _unknown_encoding(name, line) from None
    if encoding in _UTF8:
        return "utf-8"
    if bom:
        reason = f"line {line} declares {name}, but the file starts with a UTF-8 byte order mark; remove one of them"
        raise Unprocessable("OR901", reason, line)
    # An encoding in which the declaration itself reads differently (UTF-16) cannot be that of the file.
    try:
        readable = name.encode().decode(encoding) == name
    except (LookupError, UnicodeError):
        readable = False
    if not readable:
        raise _unknown_encoding(name, line)
    return encoding


def _cookie(body: bytes) -> tuple[str, int] | None:
    """The declared encoding and its line: in the first line, or in the second if the first holds no code."""
    start = 0
    for number in (1, 2):
        match = _NEWLINE_BYTES.search(body, start)
        line = body[start : match.start() if match else len(body)]
        cookie = _COOKIE.match(line)
        if cookie:
            return cookie[1].decode("ascii"), number
        if not match or not _BLANK_OR_COMMENT.match(line):
            return None
        start = match.end()
    return None


def _unknown_encoding(name: str, line: int | None) -> Unprocessable:
    reason = f"the file declares the encoding {name}, which Python cannot read it in; save it as UTF-8"
    return Unprocessable("OR901", reason, line)


def _line_of(data: bytes, offset: int) -> int:
    return 1 + sum(1 for _ in _NEWLINE_BYTES.finditer(data, 0, offset))


class Places:
    """Lines and columns in a text, known by ``starts``: the offsets at which its lines start."""

    __slots__ = ("starts",)

    def __init__(self, starts: array[int]) -> None:
        self.starts = starts

    def place(self, span: Span) -> Place:
        """Lines and columns of ``span``: from 1, in characters, the end exclusive."""
        return Place(*self._position(span.start), *self._position(span.end))

    def line(self, offset: int) -> int:
        """The line of a character, from 1."""
        return bisect_right(self.starts, offset)

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


class Lines(Places):
    r"""Positions in a text whose lines end at "\r\n", "\r" and "\n" alone, as Python's own parser has them.

    ``wide`` are the numbers, from 1, of the lines that are not all ASCII: in the others, a column in bytes is one in
    characters.
    """

    __slots__ = ("_text", "_widths", "wide")

    def __init__(self, text: str) -> None:
        lines = io.StringIO(text, newline="").readlines()
        ends = accumulate(map(len, lines))
        starts = [0, *ends] if not lines or lines[-1].endswith(("\n", "\r")) else [0, *ends][:-1]
        super().__init__(array("I", starts))
        self._text = text
        self._widths: dict[int, array[int]] = {}
        self.wide = frozenset(() if text.isascii() else (n for n, line in enumerate(lines, 1) if not line.isascii()))

    def offset(self, line: int, utf8_column: int) -> int:
        """The character offset of a position as ``ast`` gives it.

        ``line`` counts from 1, ``utf8_column`` from 0 in bytes of UTF-8. Raises IndexError if there is no such line.
        """
        start = self.starts[line - 1]
        if line not in self.wide:
            return start + utf8_column
        widths = self._widths.get(line)
        if widths is None:
            widths = self._widths[line] = self._measure(line)
        return start + bisect_right(widths, utf8_column)

    def _measure(self, line: int) -> array[int]:
        """Where each character of the line ends, in bytes of UTF-8.

        Kept for the next position in the line: measuring a long line again for each is quadratic.
        """
        end = self.starts[line] if line < len(self.starts) else len(self._text)
        text = self._text[self.starts[line - 1] : end]
        return array("I", accumulate(1 + (c > "\x7f") + (c > "\u07ff") + (c > "\uffff") for c in text))


def read_file(path: Path | str) -> bytes:
    """The bytes of a regular file. Raises Unprocessable (OR901) for anything else; never waits for a FIFO."""
    name = os.fspath(path)
    try:
        _require_regular(os.stat(name).st_mode)  # noqa: PTH116 - for thousands of files, the objects count
        descriptor = os.open(name, _READ)
        try:
            # Again: it may have been exchanged since.
            status = os.fstat(descriptor)
            _require_regular(status.st_mode)
            return _read_all(descriptor, status.st_size)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        reason = f"the file cannot be read ({_why(error)}); check that it exists and its permissions, or exclude it"
        raise Unprocessable("OR901", reason) from None


_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def _read_all(descriptor: int, size: int) -> bytes:
    """What is left to read; ``size`` is what the file system says, which need not hold (``/proc``)."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    pieces = [data]
    while pieces[-1]:
        pieces.append(os.read(descriptor, 1 << 20))
    return b"".join(pieces)


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "a special file")
        raise Unprocessable("OR901", f"the path is {kind}, not a regular file; leave it out of the paths")


_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def can_replace(path: Path) -> str | None:
    """Why ``replace_file`` would refuse ``path``, as one line with its remedy; None if nothing speaks against it.

    ``path`` is a real path: a file that has become a link, or lies behind one now, may be one outside the project.
    Writes nothing, so a full disk is not foreseen.
    """
    try:
        is_real = path.resolve(strict=True) == path
        file, folder = path.stat(), path.parent.stat()
    except (OSError, ValueError, RuntimeError) as error:
        return f"the file cannot be written ({_why(error)}); check that it exists and its permissions"
    if not is_real:
        return _NOW_A_LINK
    if not stat.S_ISREG(file.st_mode):
        return "the path is not a regular file; leave it out of the paths"
    if file.st_nlink > 1:
        return "the file has several hard links, and replacing it would part them; unlink the others, or edit by hand"
    # By the mode too: a privileged user may write what its owner protected.
    if not file.st_mode & 0o222 or not os.access(path, os.W_OK):
        return "the file is read-only; make it writable (chmod u+w) and run again"
    if not folder.st_mode & 0o222 or not os.access(path.parent, os.W_OK | os.X_OK):
        return "the folder of the file is read-only; make it writable (chmod u+w) and run again"
    return None


_NOW_A_LINK = "the file, or a folder above it, is a symbolic link now; run again"


def replace_file(path: Path, expected: bytes, new: bytes) -> None:
    """Replace the file at ``path`` by ``new``: whole or not at all, with its mode, and its owner where permitted.

    ``path`` is a real path; nothing is written through a symbolic link that has taken its place. Raises Unprocessable
    (OR904), the file as it was, if its bytes are not ``expected`` any more or it cannot be replaced. A temporary file
    is removed whatever happens, but if the process is killed: then ``.or-migrate-*.tmp`` stays beside the file. No run
    reads such a file, and none removes it, for it may be that of a run at work.
    """
    obstacle = can_replace(path)
    if obstacle:
        raise Unprocessable("OR904", obstacle)
    try:
        # A name of its own, not one made from the file's: that could be too long.
        temporary = path.parent / f".or-migrate-{os.urandom(8).hex()}.tmp"
        try:
            _write_like(path, temporary, new)
            unchanged = path.resolve(strict=True) == path and _holds(path, expected)
            if unchanged:
                temporary.replace(path)
        finally:
            with suppress(OSError):
                temporary.unlink()
    except (OSError, ValueError, RuntimeError) as error:
        reason = f"writing failed ({_why(error)}), the file is as it was; remove the cause and run again"
        raise Unprocessable("OR904", reason) from None
    if not unchanged:
        raise Unprocessable("OR904", "the file has changed since it was read; run again")
    _sync_folder(path.parent)


def _holds(path: Path, expected: bytes) -> bool:
    try:
        return read_file(path) == expected
    except Unprocessable:
        return False


def _write_like(target: Path, temporary: Path, data: bytes) -> None:
    """Write ``data`` to ``temporary``, down to the disk, with the mode, owner and attributes of ``target``."""
    like = target.stat()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(temporary, flags, 0o600), "wb") as file:  # noqa: PTH123 - opened by descriptor
        file.write(data)
        file.flush()
        mode = stat.S_IMODE(like.st_mode)
        if hasattr(os, "fchown"):
            try:
                os.fchown(file.fileno(), like.st_uid, like.st_gid)
            except OSError:
                mode &= 0o777  # the set-id bits would give away the rights of another user
        if hasattr(os, "listxattr"):
            for name in os.listxattr(target):
                with suppress(OSError):  # some belong to the system, which sets them itself
                    os.setxattr(file.fileno(), name, os.getxattr(target, name))
        temporary.chmod(mode)
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    # The file is replaced already: a folder that cannot be synchronised (Windows, some networks) is no failure.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _why(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text[:1].lower() + text[1:]).replace("\n", " ")
