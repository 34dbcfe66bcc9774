"""The specification as before/after pairs: reads the cases of tests/fixtures and compares trees with them.

A case is a folder ``<section>/<name>`` with ``case.toml``, a small project in ``before/`` and, where the tool edits it,
the changed files in ``after/``. Its findings are all that are safe, unsafe or manual, as ``path:line rule
applicability``, in plain text order; the info ones are not listed.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parent / "fixtures"
KEYS = frozenset({"decision", "kind", "options", "paths", "findings"})
KINDS = frozenset({"positive", "negative"})

Tree = Mapping[str, bytes]  # path inside the project, with "/", to the bytes of the file


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    ``decision`` is the line of the specification that it shows, ``paths`` what the tool is pointed at. ``after`` is the
    whole tree as it must be after the run: the files of ``before`` with the changed ones in their place. ``toml`` is
    case.toml as it was read.
    """

    section: str
    name: str
    decision: str
    kind: str
    options: tuple[str, ...]
    paths: tuple[str, ...]
    findings: tuple[str, ...]
    before: Tree
    after: Tree
    toml: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.section}/{self.name}"


def read_tree(folder: Path) -> dict[str, bytes]:
    """The files below ``folder``; empty if there is no such folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def write_tree(folder: Path, tree: Tree) -> None:
    for name, data in tree.items():
        path = folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def read_case(folder: Path) -> Case:
    toml = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    before = read_tree(folder / "before")
    return Case(
        section=folder.parent.name,
        name=folder.name,
        decision=toml.get("decision", ""),
        kind=toml.get("kind", ""),
        options=tuple(toml.get("options", ())),
        paths=tuple(toml.get("paths", (".",))),
        findings=tuple(toml.get("findings", ())),
        before=before,
        after=before | read_tree(folder / "after"),
        toml=toml,
    )


@cache
def read_cases() -> tuple[Case, ...]:
    """All cases, in the order of their names."""
    return tuple(read_case(path.parent) for path in sorted(FOLDER.glob("*/*/case.toml")))


def with_crlf(tree: Tree) -> dict[str, bytes]:
    """The same files with CRLF for every newline; files that hold a carriage return already stay as they are."""
    return {name: data if b"\r" in data else data.replace(b"\n", b"\r\n") for name, data in tree.items()}


def visible(data: bytes) -> list[str]:
    """The lines of a file for a diff: invisible characters are shown by name, and so is a missing last newline."""
    text = data.decode("utf-8", "backslashreplace")
    for character, name in (("\r", "␍"), ("\t", "→"), ("\x0c", "␌"), ("\u2028", "<LS>")):
        text = text.replace(character, name)
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else [*lines[:-1], lines[-1] + "  <no newline>"]


def differences(expected: Tree, actual: Tree) -> Iterator[str]:
    """One text for each file that is not as expected: a unified diff, from what is expected to what is there."""
    for name in sorted(expected.keys() | actual.keys()):
        if name not in actual:
            yield f"{name}: is gone"
        elif name not in expected:
            yield f"{name}: should not be there"
        elif expected[name] != actual[name]:
            lines = difflib.unified_diff(
                visible(expected[name]), visible(actual[name]), f"{name} (expected)", f"{name} (is)", lineterm=""
            )
            yield "\n".join(lines)
