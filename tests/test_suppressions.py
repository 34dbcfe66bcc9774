from __future__ import annotations

import pytest

from codemod.suppressions import Suppressions, read_suppressions


@pytest.mark.parametrize(
    ("comment", "rule", "silent"),
    [
        ("# or-migrate: ignore", "OR201", True),
        ("#or-migrate:ignore", "OR901", True),
        ("# noqa: E501  # or-migrate: ignore", "OR201", True),
        ("# or-migrate: ignore, since the proxy needs it", "OR201", True),
        ("# or-migrate: ignore[OR201]", "OR201", True),
        ("# or-migrate: ignore[OR201]", "OR202", False),
        ("# or-migrate: ignore[OR201, OR1]", "OR101", True),
        ("# or-migrate: ignore[OR201, OR1]", "OR202", False),
        ("# or-migrate: ignore [or201]", "OR201", True),
        ("# or-migrate: ignore[OR2] it is a fixture", "OR210", True),
        ("# or-migrate: ignore[]", "OR201", False),
        ("# or-migrate: ignored", "OR201", False),
        ("# or-migrate: ignore-next", "OR201", False),
        ("# or-migrate ignore", "OR201", False),
        ("# see or-migrate: ignore", "OR201", False),
    ],
)
def test_what_a_comment_silences(comment: str, rule: str, silent: bool) -> None:
    assert read_suppressions(f"x = 1  {comment}\n").silences(rule, 1, 1) is silent


TEXT = """\
import openai
# or-migrate: ignore[OR101]
client = openai.OpenAI(
    timeout=3,  # or-migrate: ignore[OR102]
    # or-migrate: ignore[OR103]
    project="p",
)  # or-migrate: ignore[OR104]
a = "# or-migrate: ignore"
if a:
    # or-migrate: ignore[OR201]
    # because the tests compare it

    b = \"\"\"
# or-migrate: ignore
\"\"\"  # or-migrate: ignore[OR202]
c = 1
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_where_a_comment_silences(newline: str) -> None:
    found = read_suppressions(TEXT.replace("\n", newline))
    silenced = {
        (rule, lines)
        for lines in [(1, 1), (3, 7), (4, 4), (6, 6), (7, 7), (8, 8), (9, 9), (13, 15), (15, 15), (16, 16)]
        for rule in ["OR101", "OR102", "OR103", "OR104", "OR201", "OR202"]
        if found.silences(rule, *lines)
    }
    assert silenced == {
        ("OR101", (3, 7)), ("OR102", (3, 7)), ("OR103", (3, 7)), ("OR104", (3, 7)),
        ("OR102", (4, 4)), ("OR103", (6, 6)), ("OR104", (7, 7)),
        ("OR201", (13, 15)), ("OR202", (13, 15)), ("OR202", (15, 15)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("# or-migrate: ignore-file\nx = 1\n", True),
        ("x = 1\n\n# or-migrate: ignore-file\n", True),
        ("x = 1\n# or-migrate: ignore-file", True),
        ("def f():\n    # or-migrate: ignore-file\n    x = 1\n", False),
        ("x = 1  # or-migrate: ignore-file\n", False),
        ("x = '''\n# or-migrate: ignore-file\n'''\n", False),
    ],
)
def test_ignore_file_stands_in_the_first_column(text: str, silent: bool) -> None:
    assert read_suppressions(text).silences("OR101", 99, 99) is silent


def test_a_comment_at_the_end_of_the_file_is_about_nothing() -> None:
    assert read_suppressions("x = 1\n# or-migrate: ignore\n") == Suppressions()


def test_form_feeds_and_line_separators_are_no_lines() -> None:
    found = read_suppressions("\x0c\nx = '\u2028\x0b'\ny = 1  # or-migrate: ignore\n")
    assert found.silences("OR101", 3, 3)
    assert not found.silences("OR101", 4, 4)


@pytest.mark.parametrize(
    "text", ["x = (\n# or-migrate:\n", "  x\n y # or-migrate:\n", "'''# or-migrate:", "0777a $ # or-migrate:"]
)
def test_what_cannot_be_tokenised_silences_nothing(text: str) -> None:
    assert read_suppressions(text) == Suppressions()
