from __future__ import annotations

import ast
import os
import pickle
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from codemod.findings import Place
from codemod.rewrites import Span
from codemod.source import Lines, Source, Unprocessable, can_replace, decode, encode, read_file, replace_file

PATH = Path("module.py")
BOM = b"\xef\xbb\xbf"


def failure(data: bytes) -> Unprocessable:
    with pytest.raises(Unprocessable) as caught:
        decode(PATH, data)
    assert caught.value.rule == "OR901"
    assert "\n" not in caught.value.reason
    return caught.value


# Decoding.


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        pytest.param(b"", "utf-8", "", id="empty"),
        pytest.param(BOM, "utf-8", "", id="bom_alone"),
        pytest.param(b"x = 1", "utf-8", "x = 1", id="no_final_newline"),
        pytest.param(b"x\r\ny\r\n", "utf-8", "x\r\ny\r\n", id="crlf"),
        pytest.param(b"x\ry\r", "utf-8", "x\ry\r", id="cr"),
        pytest.param(b"x\r\ny\rz\n\r", "utf-8", "x\r\ny\rz\n\r", id="mixed_newlines"),
        pytest.param(b"x\n\x0c\ny\n", "utf-8", "x\n\x0c\ny\n", id="form_feed"),
        pytest.param("é\u2028=1\n".encode(), "utf-8", "é\u2028=1\n", id="line_separator"),
        pytest.param(BOM + b"x\n", "utf-8", "x\n", id="bom"),
        pytest.param(BOM + b"# coding: utf-8\n", "utf-8", "# coding: utf-8\n", id="bom_with_its_cookie"),
        pytest.param(BOM + b"# coding: utf8\n", "utf-8", "# coding: utf8\n", id="bom_with_a_cookie_that_means_it"),
        pytest.param(BOM + BOM + b"x\n", "utf-8", "\ufeffx\n", id="two_boms"),
        pytest.param(b"# coding: utf-8-sig\nx\n", "utf-8", "# coding: utf-8-sig\nx\n", id="utf_8_sig_without_bom"),
        pytest.param(b"# -*- coding: latin-1 -*-\n'\xe9'", "iso8859-1", "# -*- coding: latin-1 -*-\n'é'", id="latin_1"),
        pytest.param(b"#!x\n# vim: set fileencoding=cp1252 :\n\x80", "cp1252", None, id="cookie_in_second_line"),
        pytest.param(b"\n# coding: latin-1\n\xe9", "iso8859-1", None, id="cookie_behind_blank_line"),
        pytest.param(b"\x0c# coding: latin-1\n\xe9", "iso8859-1", None, id="cookie_behind_form_feed"),
        pytest.param(b"# coding: latin-1 \xe9\n", "iso8859-1", None, id="cookie_line_in_its_own_encoding"),
        pytest.param(b"#\r# coding: latin-1\r\xe9\r", "iso8859-1", None, id="cookie_between_carriage_returns"),
        pytest.param("# coding: euc-jp\nx = '日本'\n".encode("euc-jp"), "euc_jp", None, id="multibyte"),
        pytest.param(b"x = 1\n# coding: latin-1\n", "utf-8", None, id="cookie_behind_code_is_none"),
        pytest.param(b"#\n#\n# coding: latin-1\n", "utf-8", None, id="cookie_in_third_line_is_none"),
        pytest.param(b"x\r# coding: ebcdic-xy\n", "utf-8", None, id="comment_in_a_later_cr_line_is_none"),
        pytest.param(b"'# coding: nonsense'\n", "utf-8", None, id="string_that_looks_like_a_cookie"),
    ],
)
def test_decodes_and_encodes_to_the_same_bytes(data: bytes, encoding: str, text: str | None) -> None:
    source = decode(PATH, data)
    assert source.encoding == encoding
    assert source.bom == data.startswith(BOM)
    if text is not None:
        assert source.text == text
    assert encode(source, source.text) == data


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        pytest.param(b"x\ny = '\x00'\n", 2, "NUL", id="nul"),
        pytest.param(b"x\r\ry = '\xe9'\n", 3, "0xe9", id="undecodable"),
        pytest.param(BOM + b"x\n\xff", 2, "0xff", id="undecodable_behind_bom"),
        pytest.param("x = 1\n".encode("utf-16"), 1, "UTF-16", id="utf_16"),
        pytest.param(b"#!x\n# coding: klingon\n", 2, "klingon", id="unknown_cookie"),
        pytest.param(b"# coding: rot13\n", 1, "rot13", id="cookie_that_is_no_text_encoding"),
        pytest.param(b"# coding: utf-16-le\n1", 1, "utf-16-le", id="cookie_that_cannot_be"),
        pytest.param(b"# coding: ...\n", 1, "...", id="cookie_of_dots"),
        pytest.param(b"# coding: undefined\n", 1, "undefined", id="codec_that_always_fails"),
        pytest.param(BOM + b"# coding: latin-1\n", 1, "latin-1", id="cookie_against_bom"),
        pytest.param(b"# coding: ascii\n\n'\xc3\xa9'", 3, "ascii", id="not_in_the_declared_encoding"),
        pytest.param(b"# coding: unicode_escape\nx = '\\x41'\n", None, "again", id="encoding_that_does_not_come_back"),
    ],
)
def test_refuses_what_is_no_source(data: bytes, line: int | None, words: str) -> None:
    refused = failure(data)
    assert refused.line == line
    assert words in refused.reason


def test_a_refusal_travels_between_processes() -> None:
    copy = pickle.loads(pickle.dumps(Unprocessable("OR901", "why", 3)))
    assert (copy.rule, copy.reason, copy.line, str(copy)) == ("OR901", "why", 3, "why")


def test_encodes_new_text_with_bom_and_cookie() -> None:
    assert encode(decode(PATH, BOM + b"x\r\n"), "é\r\n") == BOM + "é\r\n".encode()
    assert encode(decode(PATH, b"# coding: latin-1\n"), "# coding: latin-1\né") == b"# coding: latin-1\n\xe9"


def test_refuses_a_character_that_the_encoding_cannot_hold() -> None:
    with pytest.raises(Unprocessable) as caught:
        encode(decode(PATH, b"# coding: latin-1\n"), "# coding: latin-1\n'€'")
    assert (caught.value.rule, caught.value.line) == ("OR903", 2)
    assert "U+20AC" in caught.value.reason


@pytest.mark.parametrize(
    ("text", "newline"),
    [
        ("", "\n"),
        ("x", "\n"),
        ("x\x0cy\u2028z", "\n"),
        ("a\nb\n", "\n"),
        ("a\r\nb\r\n", "\r\n"),
        ("a\rb\r", "\r"),
        ("a\nb\r\nc\r\n", "\r\n"),
        ("a\r\nb\n", "\r\n"),
        ("a\nb\r\n", "\n"),
        ("a\r\n\rb\n\r", "\r"),
    ],
)
def test_newline_of_a_file(text: str, newline: str) -> None:
    assert Source(PATH, text.encode(), "utf-8", False).newline == newline


# Positions.

SNIPPET = '''\
"""Docs with é and
two lines"""
\x0cimport os
\x0c
class Ünïcode(Base, metaclass=Meta):
    field: "Annotated[é]" = call("日本語", key=f(x), *rest)  # é
\x0c    other = {"😀": "a", "b\u2028c": [é, "😀" + tail]}; more = late("\x0b")

    def method(self, model="gpt-4o"):
        text = """one é
 two 😀""" + after
        return self.client.chat.completions.create(
            model=model, messages=[{"role": "é", "content": "x" \\
                "y"}], **extra)
last = 1 if cond else 'ü' or end'''


def mixed(text: str) -> str:
    newlines = ["\r", "\n", "\r\n"]
    parts = text.split("\n")
    return "".join(part + newlines[i % 3] for i, part in enumerate(parts[:-1])) + parts[-1]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SNIPPET, id="lf"),
        pytest.param(SNIPPET.replace("\n", "\r\n"), id="crlf"),
        pytest.param(SNIPPET.replace("\n", "\r"), id="cr"),
        pytest.param(mixed(SNIPPET), id="mixed"),
        pytest.param(SNIPPET.encode("ascii", "replace").decode().replace("?", "q"), id="ascii"),
    ],
)
def test_offsets_are_those_of_the_parser(text: str) -> None:
    """Each expression's own text, parsed alone, is that expression again."""
    lines = Lines(text)
    checked = 0
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr) and not isinstance(node, ast.Starred):
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            start = lines.offset(node.lineno, node.col_offset)
            end = lines.offset(node.end_lineno, node.end_col_offset)
            alone = ast.parse(f"({text[start:end]})", mode="eval").body
            assert ast.dump(alone) == ast.dump(node).replace("ctx=Store()", "ctx=Load()")
            assert lines.place(Span(start, end)).line == node.lineno
            checked += 1
    assert checked > 40


def test_places_count_characters_from_one() -> None:
    lines = Lines("é😀x\r\n\x0cy\rz")
    assert lines.place(Span(0, 3)) == Place(1, 1, 1, 4)
    assert lines.place(Span(2, 7)) == Place(1, 3, 2, 3)
    assert lines.place(Span(8, 9)) == Place(3, 1, 3, 2)
    assert Lines("").place(Span(0, 0)) == Place(1, 1, 1, 1)
    assert Lines("a\n").place(Span(2, 2)) == Place(2, 1, 2, 1)


@pytest.mark.parametrize(
    "text", ["", "a", "a\n", "a\nb", "a\r", "\r\n\n\r\r\n", "a\x0b\x0c\x1c\u2028b\r\nc", "é\rb\n\nü"]
)
def test_lines_start_behind_the_newlines_of_python_alone(text: str) -> None:
    lines = Lines(text)
    assert list(lines.starts) == [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    pieces = [text[start:end] for start, end in zip(lines.starts, [*lines.starts[1:], len(text)], strict=True)]
    assert lines.wide == {number for number, piece in enumerate(pieces, 1) if not piece.isascii()}


def test_a_position_beyond_the_text_is_an_error() -> None:
    with pytest.raises(IndexError):
        Lines("a\nb").offset(3, 0)


def test_a_very_long_line_is_measured_once() -> None:
    text = "é" * 300_000
    lines = Lines(text)
    assert [lines.offset(1, 2 * column) for column in range(0, 300_000, 10)] == list(range(0, 300_000, 10))


# Reading.


def test_reads_a_file_its_link_and_its_hard_link(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x\r\n")
    (tmp_path / "soft.py").symlink_to(file)
    (tmp_path / "hard.py").hardlink_to(file)
    assert [read_file(path) for path in sorted(tmp_path.iterdir())] == [b"x\r\n"] * 3


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket must be short
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


ODD = [
    pytest.param(make_fifo, "FIFO", id="fifo"),
    pytest.param(make_socket, "socket", id="socket"),
    pytest.param(make_device, "device", id="device"),
    pytest.param(Path.mkdir, "folder", id="folder"),
    pytest.param(make_loop, "symbolic links", id="link_loop"),
    pytest.param(make_dangling, "no such file", id="dangling_link"),
    pytest.param(lambda _path: None, "no such file", id="missing"),
]


@pytest.mark.parametrize(("make", "words"), ODD)
def test_never_reads_anything_but_a_regular_file(make, words: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.py"
    make(path)
    with pytest.raises(Unprocessable, match=words) as caught:
        read_file(path)
    assert caught.value.rule == "OR901"
    assert can_replace(path) is not None


def test_a_path_with_a_nul_is_a_refusal() -> None:
    with pytest.raises(Unprocessable):
        read_file(Path("a\0b"))


# Writing.


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A file; afterwards, no temporary file may be beside it."""
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "a.py"
    path.write_bytes(b"old")
    yield path
    folder.chmod(0o755)
    assert not list(folder.glob(".or-migrate-*"))


def refusal(path: Path, expected: bytes = b"old") -> str:
    before = path.read_bytes()
    with pytest.raises(Unprocessable) as caught:
        replace_file(path, expected, b"new")
    assert caught.value.rule == "OR904"
    assert "\n" not in caught.value.reason
    assert path.read_bytes() == before
    return caught.value.reason


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o200 | 0o444])
def test_replaces_the_bytes_and_keeps_the_mode(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert can_replace(file) is None
    replace_file(file, b"old", b"new\r")
    assert file.read_bytes() == b"new\r"
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only a privileged user can give files away")
def test_keeps_the_owner(file: Path) -> None:
    os.chown(file, 1234, 4321)
    file.chmod(0o4755)
    replace_file(file, b"old", b"new")
    after = file.stat()
    assert (after.st_uid, after.st_gid, stat.S_IMODE(after.st_mode)) == (1234, 4321, 0o4755)


def test_keeps_extended_attributes(file: Path) -> None:
    try:
        os.setxattr(file, "user.note", b"kept")
    except (OSError, AttributeError):
        pytest.skip("the file system has no extended attributes")
    replace_file(file, b"old", b"new")
    assert os.getxattr(file, "user.note") == b"kept"


def test_refuses_to_write_through_a_link(file: Path, tmp_path: Path) -> None:
    link, behind = tmp_path / "link.py", tmp_path / "other" / "a.py"
    link.symlink_to("folder/a.py")
    behind.parent.symlink_to(file.parent)
    for path in (link, behind):
        assert "is a symbolic link now" in refusal(path)
        assert can_replace(path) == refusal(path)
    assert file.read_bytes() == b"old"


def test_a_long_or_odd_name_is_no_hindrance(file: Path) -> None:
    for name in (b"a" * 252 + b".py", b"\xff\n .py"):
        path = file.parent / os.fsdecode(name)
        path.write_bytes(b"old")
        replace_file(path, b"old", b"new")
        assert path.read_bytes() == b"new"


def test_refuses_hard_links(file: Path, tmp_path: Path) -> None:
    (tmp_path / "other.py").hardlink_to(file)
    assert "hard links" in refusal(file)
    assert can_replace(file) == refusal(file)


def test_refuses_a_read_only_file_even_from_a_privileged_user(file: Path) -> None:
    file.chmod(0o444)
    assert "the file is read-only" in refusal(file)
    assert can_replace(file) == refusal(file)


def test_refuses_a_read_only_folder_even_from_a_privileged_user(file: Path) -> None:
    file.parent.chmod(0o555)
    assert "folder of the file is read-only" in refusal(file)
    assert can_replace(file) == refusal(file)


def test_refuses_a_file_that_has_changed(file: Path) -> None:
    assert "changed since it was read" in refusal(file, expected=b"older")
    assert can_replace(file) is None


def test_refuses_a_file_that_is_gone(file: Path) -> None:
    file.unlink()
    with pytest.raises(Unprocessable) as caught:
        replace_file(file, b"old", b"new")
    assert caught.value.rule == "OR904"
    assert can_replace(file) is not None


class Interrupting(bytes):
    """Expected bytes whose comparison is where the user presses Ctrl-C."""

    __hash__ = bytes.__hash__

    def __eq__(self, other: object) -> bool:
        raise KeyboardInterrupt


def test_an_interrupt_leaves_the_file_and_nothing_else(file: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        replace_file(file, Interrupting(b"old"), b"new")
    assert file.read_bytes() == b"old"
    assert list(file.parent.iterdir()) == [file]


WRITE_WITH_FULL_DISK = """
import resource, sys
from pathlib import Path
from codemod.source import Unprocessable, replace_file
resource.setrlimit(resource.RLIMIT_FSIZE, (4, resource.RLIM_INFINITY))
try:
    replace_file(Path(sys.argv[1]), b"old", b"new " * 100)
except Unprocessable as refused:
    print(refused.rule, refused.reason)
"""


def test_a_failing_write_leaves_the_file_and_nothing_else(file: Path) -> None:
    root = Path(__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-B", "-c", WRITE_WITH_FULL_DISK, str(file)],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.startswith("OR904 writing failed (file too large)")
    assert file.read_bytes() == b"old"
    assert list(file.parent.iterdir()) == [file]
