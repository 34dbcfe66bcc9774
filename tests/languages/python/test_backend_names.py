"""Members that are renamed where they are read and declared, and declarations that get a copy."""

from __future__ import annotations

import ast

import pytest

from codemod.rewrites import CopyStatement, RenameMember, RenameTarget, SetArgument
from tests.languages.python.edits import BASE_URL, at, call, edit, node_at, refusal

OLD, NEW = "openai_api_key", "openrouter_api_key"
SETTINGS = """class Settings:
    debug = False
    openai_api_key: str  # of the team
    timeout = 30
"""


@pytest.mark.parametrize(
    ("before", "fragment", "after"),
    [
        ("f(s.openai_api_key)\n", "s.openai_api_key", "f(s.openrouter_api_key)\n"),
        ("x = (s\n  .openai_api_key.get())\n", "s\n  .openai_api_key", "x = (s\n  .openrouter_api_key.get())\n"),
        ("x = f().openai_api_key\n", "f().openai_api_key", "x = f().openrouter_api_key\n"),
        ("größe = s. openai_api_key  # ü\n", "s. openai_api_key", "größe = s. openrouter_api_key  # ü\n"),
    ],
)
def test_renamed_member(before: str, fragment: str, after: str) -> None:
    assert edit(before, RenameMember(at(before, fragment), NEW)) == after


def test_renamed_member_inside_of_a_call_that_gets_an_argument() -> None:
    text = "client = OpenAI(api_key=s.openai_api_key)\n"
    rewrites = [
        RenameMember(at(text, "s.openai_api_key"), NEW),
        SetArgument(call(text, "OpenAI"), "base_url", BASE_URL),
    ]
    after = 'client = OpenAI(api_key=s.openrouter_api_key, base_url="https://openrouter.ai/api/v1")\n'
    assert edit(text, *rewrites, line_length=120) == after


@pytest.mark.parametrize("statement", [f"{OLD}: str", f'{OLD}: str = ""', f"{OLD} = f({OLD!r})"])
def test_renamed_target(statement: str) -> None:
    text = f"class S:\n    {statement}  # note\n"
    expected = text.replace(statement, statement.replace(OLD, NEW, 1))
    assert edit(text, RenameTarget(node_at(text, ast.stmt, OLD), NEW)) == expected


def test_copy_stands_behind_the_comment_of_its_original() -> None:
    span = node_at(SETTINGS, ast.stmt, OLD)
    after = SETTINGS.replace("# of the team\n", "# of the team\n    openrouter_api_key: str\n")
    assert edit(SETTINGS, CopyStatement(span, NEW, OLD, NEW)) == after


def test_copy_of_several_lines_with_another_text() -> None:
    text = "class S:\n    key: str = Field(\n        env='OPENAI_API_KEY',\n    )\n"
    copy = "    new: str = Field(\n        env='OPENROUTER_API_KEY',\n    )\n"
    span = node_at(text, ast.stmt, "key")
    assert edit(text, CopyStatement(span, "new", "OPENAI_API_KEY", "OPENROUTER_API_KEY")) == text + copy


def test_copy_behind_the_last_line_without_a_newline() -> None:
    text = 'KEY = os.environ["OPENAI_API_KEY"]'
    after = text + '\nNEW = os.environ["OPENROUTER_API_KEY"]'
    assert edit(text, CopyStatement(at(text, text), "NEW", "OPENAI_API_KEY", "OPENROUTER_API_KEY")) == after


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("a = 1; key = 2\n", "key = 2"),
        ("key = 2; a = 1\n", "key = 2"),
        ("key = f(\n    1,  # one\n)\n", "key = f(\n    1,  # one\n)"),
        ("key = other = 1\n", "key = other = 1"),
        ("s.key = 1\n", "s.key = 1"),
        ('key = f"{x}"\n', "x"),
    ],
)
def test_statements_that_are_not_copied(text: str, statement: str) -> None:
    refusal(text, CopyStatement(at(text, statement), "new", "old", "new"))


@pytest.mark.parametrize("text", ['x = f"{s.key}"\n', "s.key.more()\n"])
def test_members_that_are_not_renamed(text: str) -> None:
    span = at(text, "s.key") if "{" in text else at(text, "s.key.more()")
    refusal(text, RenameMember(span, "new"))


def test_a_member_gets_no_name_that_is_none() -> None:
    refusal("x = s.key\n", RenameMember(at("x = s.key\n", "s.key"), "not a name"))
