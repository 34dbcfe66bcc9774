"""Lines of imports, read from bytes."""

from __future__ import annotations

import pytest

from codemod.import_lines import ImportStatement, import_statements, import_texts, imported_words, plain_imports


def statements(text: str) -> list[ImportStatement]:
    return [each for line in import_texts(text.encode()) for each in import_statements(line)]


def names(module: str, *imported: str, level: int = 0) -> ImportStatement:
    return ImportStatement(module, level, tuple(each.encode() for each in imported))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a", [names("a")]),
        ("import a.b as c, d", [names("a"), names("a.b"), names("d")]),
        ("from a import b, c", [names("a", "b", "c")]),
        ("from a import b as c", [names("a", "b", "as", "c")]),
        ("from a import b  # c", [names("a", "b")]),
        ("import a.b.c as d", [names("a"), names("a.b"), names("a.b.c")]),
        ("from important import b", [names("important", "b")]),
        ("from a import *", [names("a", "*")]),
        ("from a import(b)", [names("a", "b")]),
        ("from . import b", [names("", "b", level=1)]),
        ("from .. a . b import c", [names("a.b", "c", level=2)]),
        ("from a import (\n    b,  # x\n    c,\n)\nimport d", [names("a", "b", "x", "c"), names("d")]),
        ("from a import (b,\n  c); import d", [names("a", "b", "c"), names("d")]),
        ("from a \\\n  import b, \\\n  c\nd = 1", [names("a", "b", "c")]),
        ("from a import b\r\nfrom c import \\\r\n  d\r\n", [names("a", "b"), names("c", "d")]),
        ("if x: import a", [names("a")]),
        ("x = 1; from a import b", [names("a", "b")]),
        ("f(  # import a\n)\nimport b", [names("b")]),
        ("from größe import länge", [names("größe", "länge")]),
        ("imported = important\nimporter.import_all()", []),
        ("# import a", []),
    ],
)
def test_statements(text: str, expected: list[ImportStatement]) -> None:
    assert statements(text) == expected


def test_words_of_a_line_leave_comments_out() -> None:
    (line,) = import_texts(b"from a import (  # one\n    b as c,  # two\n)\n")
    assert imported_words(line) == [b"b", b"as", b"c"]


@pytest.mark.parametrize(
    "text",
    [
        b"from a import b",
        b"from a.b\timport  b , c",
        b"from . import b",
        b"from ..a import b as c  # d",
        b"from a import (\n    b,\n    c,\n)",
        "from größe import länge".encode(),
    ],
)
def test_a_plain_import_is_what_the_closer_look_says(text: bytes) -> None:
    among_others = [b"x = important", text, b"import c"]
    assert list(plain_imports(among_others)) == [(text, statement) for statement in import_statements(text)]


@pytest.mark.parametrize(
    "text",
    [
        b"import a",
        b"from a import *",
        b"from a import b; import c",
        b"from a import b  # import c",
        b"from a import (b,  # c\n    d)",
        b"from .. a import b",
        b"from a \\\n import b",
        b"x = 1; from a import b",
    ],
)
def test_no_other_line_is_a_plain_import(text: bytes) -> None:
    assert list(plain_imports([text, b"from a import b"])) == [
        (b"from a import b", ImportStatement("a", 0, (b"b",))),
    ]


def test_blanks_without_end_are_no_import() -> None:
    blanks = b" " * 100_000
    assert not list(
        plain_imports([b"from" + blanks + b"imports", b"from a import" + blanks + b"%", b"from ." + blanks])
    )
