"""What lines of imports mean, gathered from many files."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemod.modules import Modules, folder_of
from codemod.noted_imports import Imports, NotedImports

ROOT = Path("/project")


def understood(texts: dict[str, str]) -> tuple[list[str], Imports]:
    files = sorted(str(ROOT / name) for name in texts)
    noted = NotedImports([folder_of(each) for each in files], Modules(files, [ROOT]))
    for number, file in enumerate(files):
        noted.note(number, texts[str(Path(file).relative_to(ROOT))].encode())
    return [str(Path(file).relative_to(ROOT)) for file in files], noted.understand()


def imported(texts: dict[str, str], importer: str) -> set[str]:
    names, imports = understood(texts)
    return {names[each] for each in imports.files[names.index(importer)]} - {importer}


PROJECT = {"a.py": "", "p/__init__.py": "", "p/a.py": "", "p/b.py": "", "q/__init__.py": "", "q/a.py": ""}


@pytest.mark.parametrize(
    ("importer", "line", "expected"),
    [
        ("p/b.py", "from . import a", {"p/__init__.py", "p/a.py"}),
        ("p/b.py", "from .a import x", {"p/a.py"}),
        ("p/b.py", "from a import x", {"a.py"}),
        ("p/b.py", "import q.a as other", {"q/__init__.py", "q/a.py"}),
        ("p/b.py", "from .a import x; from q import a", {"p/a.py", "q/__init__.py", "q/a.py"}),
        ("p/b.py", "from q import (a,  # all of it\n    b)", {"q/__init__.py", "q/a.py"}),
        ("p/b.py", "from elsewhere import a", set()),
        # A module does not import itself.
        ("a.py", "import a", set()),
        ("p/a.py", "from a import x", {"a.py"}),
        ("p/a.py", "from p import a, b", {"p/__init__.py", "p/b.py"}),
    ],
)
def test_imports(importer: str, line: str, expected: set[str]) -> None:
    assert imported({**PROJECT, importer: f"import os\n{line}\n"}, importer) == expected


def test_the_same_line_means_other_files_in_other_folders() -> None:
    texts = {**PROJECT, "p/b.py": "from . import a\n", "q/b.py": "from . import a\n"}
    assert imported(texts, "p/b.py") == {"p/__init__.py", "p/a.py"}
    assert imported(texts, "q/b.py") == {"q/__init__.py", "q/a.py"}


def test_the_same_line_means_other_files_below_other_roots() -> None:
    texts = {"one/a.py": "", "one/b.py": "import a\n", "two/a.py": "", "two/b.py": "import a\n"}
    assert imported(texts, "one/b.py") == {"one/a.py"}
    assert imported(texts, "two/b.py") == {"two/a.py"}


def test_words_stand_in_the_files_that_import_from_the_project() -> None:
    texts = {**PROJECT, "p/b.py": "from q import a as name\nfrom os import path\n", "main.py": "from .q import name\n"}
    names, imports = understood(texts)
    assert sorted(names[each] for each in imports.listed.of(b"name")) == ["main.py", "p/b.py"]
    assert [names[each] for each in imports.listed.of(b"a")] == ["p/b.py"]
    assert not imports.listed.of(b"path")


def test_what_a_function_imports_by_its_name() -> None:
    names, imports = understood({**PROJECT, "p/b.py": 'import_module("q.a")\n'})
    assert [names[each] for each in imports.called.of(b"q")] == ["p/b.py"]


def test_nothing_is_missing_of_a_file_that_was_noted() -> None:
    noted = NotedImports(["/project", "/project"], Modules(["/project/a.py", "/project/b.py"], [ROOT]))
    noted.note(1, b"import a")
    assert list(noted.missing()) == [0]
