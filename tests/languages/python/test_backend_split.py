"""A second name for what a first one holds: copied assignments, renamed reads, names imported beside others."""

from __future__ import annotations

import ast

import pytest

from codemod.rewrites import CopyAssignment, ImportBeside, RenameName, Rewrite, SetArgument
from tests.languages.python.edits import BASE_URL, at, call, edit, node_at, refusal


def test_the_copy_is_the_statement_as_it_was() -> None:
    text = "client = OpenAI(\n    timeout=3,\n)  # all\nuse(client)\n"
    rewrites: list[Rewrite] = [
        SetArgument(call(text, "OpenAI"), "base_url", BASE_URL),
        CopyAssignment(node_at(text, ast.stmt, "client"), "other"),
    ]
    first = 'client = OpenAI(\n    timeout=3,\n    base_url="https://openrouter.ai/api/v1",\n)  # all\n'
    assert edit(text, *rewrites) == first + "other = OpenAI(\n    timeout=3,\n)\nuse(client)\n"


@pytest.mark.parametrize("statement", ["self.client = OpenAI()", "self.client: OpenAI = OpenAI()"])
def test_a_member_is_copied_beside_it(statement: str) -> None:
    text = f"def f(self):\n    {statement}\n"
    after = text + "    " + statement.replace("self.client", "self.other") + "\n"
    assert edit(text, CopyAssignment(at(text, statement), "self.other")) == after


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("a = 1; client = OpenAI()\n", "client = OpenAI()"),
        ("client = OpenAI(  # here\n)\n", "client = OpenAI(  # here\n)"),
        ("client = other = OpenAI()\n", "client = other = OpenAI()"),
        ("clients[0] = OpenAI()\n", "clients[0] = OpenAI()"),
        ("client: OpenAI\n", "client: OpenAI"),
    ],
)
def test_statements_that_are_not_copied(text: str, statement: str) -> None:
    refusal(text, CopyAssignment(at(text, statement), "other"))


def test_a_read_is_renamed() -> None:
    text = "x = client.moderations.create(input=client.name)\n"
    assert edit(text, RenameName(at(text, "client"), "other")) == text.replace("client.m", "other.m")


def test_what_is_assigned_is_not_renamed() -> None:
    refusal("client = 1\n", RenameName(at("client = 1\n", "client"), "other"))


@pytest.mark.parametrize(
    ("before", "alias", "after"),
    [
        ("from m import client\n", "client", "from m import client, other\n"),
        ("from m import client as c, x  # y\n", "client as c", "from m import client as c, other, x  # y\n"),
        ("from m import (client)\n", "client", "from m import (client, other)\n"),
        ("from m import (\n    client,\n)\n", "client", "from m import (\n    client,\n    other,\n)\n"),
        (
            "from m import (\n    client,  # c\n    x\n)\n",
            "client",
            "from m import (\n    client,  # c\n    other,\n    x\n)\n",
        ),
        ("from m import (\n    client\n)\n", "client", "from m import (\n    client,\n    other\n)\n"),
        ("from m import (\n    client, x\n)\n", "client", "from m import (\n    client,\n    other, x\n)\n"),
        ("from m import x, \\\n    client\n", "client", "from m import x, \\\n    client, other\n"),
    ],
)
def test_a_name_is_imported_beside_another(before: str, alias: str, after: str) -> None:
    assert edit(before, ImportBeside(at(before, alias), "other")) == after


def test_a_module_brings_no_names_along() -> None:
    refusal("import client\n", ImportBeside(at("import client\n", "client"), "other"))
