"""What is told from the bytes of a file is never less than what its facts say, however the file is written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codemod.import_lines import import_statements, import_texts, plain_imports
from codemod.languages.python.front_end import read_facts
from codemod.project import Project
from codemod.provenance.bracketed import is_used_on_others, words_given_to, words_in_bases
from codemod.provenance.calls import last_name
from codemod.provenance.facts import Call, FileFacts, Name
from codemod.searching import with_newlines
from tests.spreading import spread

TESTS = Path(__file__).resolve().parent
ROOT = Path("/a project that is not on any disk")
FILE = ROOT / "main.py"

WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "with CRLF": lambda text: text.replace("\n", "\r\n"),
    "with CR": lambda text: text.replace("\n", "\r"),
    "behind backslashes": lambda text: spread(text, "\\\n "),
    "behind comments": lambda text: spread(text, "", "  # it's (a \"note [\n  "),
    "behind form feeds": lambda text: spread(text, "\f\t "),
}
OTHERS = [
    "import a.b, c as d; from e import (f as g, h)",
    "if x: from .. import i",
    "if x: import k",
    "try: from . import *\nexcept ImportError: pass",
    "from .a.b import c, d as e",
    "from . import (\n    a,  # (why\n    b as c,\n)",
    "x = 1; import y",
    "def f(): import a, b.c",
    "class A: from b import c",
    "a.one, b.two = 1, 2",
    "a.one: int = 1",
    "a.one: dict[str, int] = {}",
    "a.one: dict[\n    str, list[int]\n] = {}",
    "a.nine += 1; a.ten = b.eleven = 3",
    "a.one //= 2",
    "a.one = (\n    1\n)",
    "if x: a.one = 1",
    "setattr(a, 'one', 1)",
    "setattr(\n    a,\n    'one',\n    1)",
    "a['x'] = 1",
    "b.a['x'] = 1",
    "a |= {}",
    "a += [1]",
    "a.update(x=1)",
    "b.a.append(1)",
    "class A(b.B, metaclass=C): pass",
    "class D(make(E)[F], G): pass",
    "class D(\n    'a (text'[0], G): pass",
    "if x:\n    class A(B, C['d']): pass",
    "dataclasses.replace(a, model=b)",
    "a.evolve(b, c=(d := 1), e=f'{g}')",
    "f'{a.b}' f\"{a['c'].d!r:>{e.f}}\"",
    "rf'''\n{a.b}\n'''",
    "[a.b for a.c in d if e.f]",
    "match a:\n    case b.C(d=e.F): pass",
    "@a.b(c.d)\nclass E(F): pass",
    "lambda: (yield a.b)",
    "del a.b, c.d['e']",
    "with a.b as c: pass",
    "a.größe = b.länge; class_größe = 1",
]
SAMPLES = {
    **{text: text + "\n" for text in OTHERS},
    **{
        str(path.relative_to(TESTS)): path.read_text(encoding="utf-8")
        for path in sorted((TESTS / "fixtures").glob("client_ways/a*/before/**/*.py"))
        if path.read_bytes().isascii()
    },
}


def missed(text: str) -> Iterator[str]:
    """What the facts of a file say that its bytes do not."""
    data = text.encode()
    project = Project([str(FILE)], [ROOT], {"": read_facts, ".py": read_facts}, {FILE: data})
    file = project.facts(FILE)
    assert file is not None
    for name in file.attributes:
        if not project.files_reading(name, FILE):
            yield f"reads .{name}"
    for name, members in file.member_bindings.items():
        own = [
            each for each in members if isinstance(each.target.value, Name) and each.target.value.id in ("self", "cls")
        ]
        if len(own) < len(members) and not project.files_assigning(name, FILE):
            yield f"sets .{name}"
    for item in file.item_bindings:
        name = last_name(item.target.value)
        if name and not project.files_changing(name, FILE):
            yield f"sets items of {name}"
    data = with_newlines(data)
    for name, reads in file.attributes.items():
        others = [each for each in reads if not (isinstance(each.value, Name) and each.value.id == "self")]
        if others and not is_used_on_others(data, name.encode()):
            yield f"reads .{name} of another"
    bases = words_in_bases(data)
    for scope in file.scopes:
        yield from (f"base {name}" for base in scope.bases if (name := last_name(base)) and name.encode() not in bases)
    for call in file.calls:
        yield from _not_given(file, call, data)
    yield from _not_imported(text, data)


def _not_given(file: FileFacts, call: Call, data: bytes) -> Iterator[str]:
    callee = last_name(call.callee)
    given = words_given_to(data, callee.encode()) if callee else frozenset()
    for argument in call.arguments:
        if callee and argument.keyword and argument.keyword.encode() not in given:
            yield f"{callee}({argument.keyword}=…)"


def _not_imported(text: str, data: bytes) -> Iterator[str]:
    lines = import_texts(data)
    plain = dict(plain_imports(lines))
    statements = [*plain.values(), *(each for line in lines if line not in plain for each in import_statements(line))]
    modules = {(each.module, each.level) for each in statements}
    names = {(each.module, each.level, name.decode()) for each in statements for name in each.names}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (f"import {each.name}" for each in node.names if (each.name, 0) not in modules)
        elif isinstance(node, ast.ImportFrom):
            wanted = (((node.module or ""), node.level, each.name) for each in node.names)
            yield from (f"from {each}" for each in wanted if each not in names)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_missed(way: str) -> None:
    found = {name: sorted(set(missed(WAYS[way](text)))) for name, text in SAMPLES.items()}
    assert {name: each for name, each in found.items() if each} == {}
