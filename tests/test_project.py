"""Which file an import means, and files that are read on demand and once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from codemod.languages.python.front_end import read_facts
from codemod.modules import find_root
from codemod.project import LARGEST, Project
from codemod.provenance.facts import FileFacts, Import
from codemod.source import Source


def project(root: Path, files: Iterable[str] | Mapping[str, str], *roots: str) -> Project:
    """A project with these files on disk; ``roots`` are the given folders, the whole of it if there are none."""
    texts = files if isinstance(files, Mapping) else dict.fromkeys(files, "")
    paths = []
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if path.suffix == ".py":
            paths.append(path)
    return Project(map(str, paths), [root / each for each in roots or (".",)], {"": read_facts, ".py": read_facts}, {})


def written(statement: str) -> Import:
    """``statement`` as the front end reads it."""
    scope = read_facts(Source(Path("a.py"), statement.encode(), "utf-8", False)).scopes[0]
    ((binding,),) = scope.bindings.values()
    assert binding.imported is not None
    return binding.imported


Case = tuple[str, list[str], str, str, str | None]

CASES: list[Case] = [
    # what it shows, files, importer, import, the file that is meant
    ("beside_the_script", ["main.py", "a.py"], "main.py", "import a", "a.py"),
    ("sibling_of_a_nested_script", ["tools/run.py", "tools/a.py"], "tools/run.py", "import a", "tools/a.py"),
    ("from_the_root", ["tools/run.py", "a.py"], "tools/run.py", "import a", "a.py"),
    ("sibling_before_root", ["tools/run.py", "tools/a.py", "a.py"], "tools/run.py", "import a", "tools/a.py"),
    ("src", ["src/p/__init__.py", "src/p/a.py", "tests/t.py"], "tests/t.py", "import p.a as m", "src/p/a.py"),
    ("inside_src", ["src/p/__init__.py", "src/p/a.py", "src/p/b.py"], "src/p/b.py", "import p.a as m", "src/p/a.py"),
    ("package", ["p/__init__.py", "main.py"], "main.py", "import p", "p/__init__.py"),
    ("module_of_a_package", ["p/__init__.py", "p/a.py", "main.py"], "main.py", "from p.a import b", "p/a.py"),
    ("name_of_a_package", ["p/__init__.py", "p/a.py", "main.py"], "main.py", "from p import b", "p/__init__.py"),
    ("module_before_package", ["p/__init__.py", "p.py", "main.py"], "main.py", "import p", "p.py"),
    (
        "from_the_top_of_the_package",
        ["lib/p/__init__.py", "lib/p/q/__init__.py", "lib/p/q/a.py", "lib/p/b.py"],
        "lib/p/q/a.py",
        "from p.b import c",
        "lib/p/b.py",
    ),
    (
        "no_sibling_inside_a_package",
        ["p/__init__.py", "p/a.py", "p/json_tools.py", "json_tools.py"],
        "p/a.py",
        "import json_tools",
        "json_tools.py",
    ),
    ("namespace_package", ["n/p/a.py", "main.py"], "main.py", "from n.p.a import b", "n/p/a.py"),
    ("folder_of_a_namespace_package", ["n/p/a.py", "main.py"], "main.py", "from n.p import a", None),
    ("relative", ["p/__init__.py", "p/a.py", "p/b.py", "b.py"], "p/a.py", "from .b import c", "p/b.py"),
    ("relative_package", ["p/__init__.py", "p/a.py"], "p/a.py", "from . import c", "p/__init__.py"),
    (
        "relative_up",
        ["p/__init__.py", "p/q/__init__.py", "p/q/a.py", "p/b.py"],
        "p/q/a.py",
        "from ..b import c",
        "p/b.py",
    ),
    ("relative_to_the_package", ["p/__init__.py", "p/a.py"], "p/__init__.py", "from .a import b", "p/a.py"),
    ("relative_and_missing", ["p/__init__.py", "p/a.py", "b.py"], "p/a.py", "from .b import c", None),
    ("relative_without_init", ["p/a.py", "p/b.py"], "p/a.py", "from .b import c", "p/b.py"),
    ("missing", ["main.py"], "main.py", "import a", None),
    ("half_of_a_name", ["main.py", "ab.py", "a_b.py"], "main.py", "import a", None),
    ("another_case", ["main.py", "A.py"], "main.py", "import a", None),
    ("never_itself", ["a.py"], "a.py", "import a", None),
    ("never_itself_but_the_root", ["tools/a.py", "a.py"], "tools/a.py", "import a", "a.py"),
    ("never_itself_in_a_package", ["p/__init__.py", "p/a.py"], "p/a.py", "import a", None),
    ("sdk_with_a_provider_of_its_name", ["providers/openai.py", "main.py"], "main.py", "import openai", None),
    ("sdk_inside_the_provider", ["providers/openai.py"], "providers/openai.py", "from openai import OpenAI", None),
    (
        "sdk_beside_the_provider",
        ["providers/openai.py", "providers/azure.py"],
        "providers/azure.py",
        "from openai import OpenAI",
        None,
    ),
    (
        "sdk_in_a_package_with_a_provider",
        ["p/__init__.py", "p/openai.py", "p/b.py"],
        "p/b.py",
        "from openai import OpenAI",
        None,
    ),
    ("relative_provider", ["p/__init__.py", "p/openai.py", "p/b.py"], "p/b.py", "from .openai import A", "p/openai.py"),
    ("dotted_provider", ["p/__init__.py", "p/openai.py", "b.py"], "b.py", "from p.openai import A", "p/openai.py"),
    ("openai_at_the_root", ["openai.py", "main.py"], "main.py", "import openai", "openai.py"),
    ("openai_in_src", ["src/openai/__init__.py", "main.py"], "main.py", "import openai", "src/openai/__init__.py"),
    ("standard_library", ["main.py", "deep/down/json.py"], "main.py", "import json", None),
    ("standard_library_in_a_package", ["p/__init__.py", "p/json.py", "main.py"], "main.py", "import json", None),
    (
        "script_on_a_path_set_at_run_time",
        ["main.py", "lib/deep/helpers.py"],
        "main.py",
        "import helpers",
        "lib/deep/helpers.py",
    ),
    (
        "package_on_a_path_set_at_run_time",
        ["main.py", "lib/p/__init__.py", "lib/p/a.py"],
        "main.py",
        "from p.a import b",
        "lib/p/a.py",
    ),
    ("two_that_it_could_be", ["main.py", "x/helpers.py", "y/helpers.py"], "main.py", "import helpers", None),
    (
        "inside_a_package_is_no_top_module",
        ["main.py", "p/__init__.py", "p/helpers.py"],
        "main.py",
        "import helpers",
        None,
    ),
    (
        "monorepo_with_two_equal_names",
        ["one/src/p/__init__.py", "two/src/p/__init__.py", "scripts/run.py"],
        "scripts/run.py",
        "import p",
        None,
    ),
    (
        "monorepo_nearest_root",
        ["one/pyproject.toml", "one/p/__init__.py", "two/pyproject.toml", "two/p/__init__.py", "one/run.py"],
        "one/run.py",
        "import p",
        "one/p/__init__.py",
    ),
    (
        "monorepo_nearest_src",
        ["one/setup.py", "one/src/p/__init__.py", "two/setup.py", "two/src/p/__init__.py", "two/tests/t.py"],
        "two/tests/t.py",
        "import p",
        "two/src/p/__init__.py",
    ),
    (
        "monorepo_another_member",
        ["one/pyproject.toml", "one/src/p/__init__.py", "two/pyproject.toml", "two/run.py"],
        "two/run.py",
        "import p",
        "one/src/p/__init__.py",
    ),
]


@pytest.mark.parametrize(
    ("files", "importer", "statement", "expected"),
    [pytest.param(*case, id=name) for name, *case in CASES],
)
def test_which_file_an_import_means(
    files: list[str], importer: str, statement: str, expected: str | None, tmp_path: Path
) -> None:
    made = project(tmp_path, ["pyproject.toml", *files])
    wanted = written(statement)
    found = made.resolve(tmp_path / importer, wanted)
    assert found == (None if expected is None else tmp_path / expected)
    assert made.resolve(tmp_path / importer, wanted) == found


@pytest.mark.parametrize(
    ("files", "statement", "expected"),
    [
        (["main.py", "x/a.py", "y/a.py"], "import a", True),
        (["main.py", "x/a.py"], "import a", False),
        (["main.py", "x/a.py", "p/__init__.py", "p/a.py"], "import a", False),
        (["main.py", "x/p/__init__.py", "x/p/a.py", "y/p/__init__.py", "y/p/a.py"], "import p.a as b", True),
        (["main.py", "x/openai.py", "y/openai.py"], "import openai", False),
        (["main.py", "x/json.py", "y/json.py"], "import json", False),
        (["main.py", "x/a.py", "y/a.py"], "from .a import b", False),
    ],
)
def test_ambiguous_imports(files: list[str], statement: str, expected: bool, tmp_path: Path) -> None:
    assert project(tmp_path, files).is_ambiguous(written(statement)) is expected


@pytest.mark.parametrize(
    ("importer", "statement", "expected"),
    [
        ("main.py", "import n", True),
        ("main.py", "from n.q import a", True),
        ("main.py", "import gone", False),
        ("n/q/b.py", "from . import a", True),
        ("n/q/b.py", "from .. import q", True),
        ("n/q/b.py", "from .gone import a", False),
    ],
)
def test_namespaces(importer: str, statement: str, expected: bool, tmp_path: Path) -> None:
    made = project(tmp_path, ["pyproject.toml", "main.py", "n/q/a.py", "n/q/b.py"])
    assert made.is_namespace(tmp_path / importer, written(statement)) is expected


def test_submodules(tmp_path: Path) -> None:
    made = project(tmp_path, ["p/__init__.py", "p/a.py", "p/q/__init__.py", "b.py"])
    package = tmp_path / "p/__init__.py"
    assert made.submodule(package, "a") == tmp_path / "p/a.py"
    assert made.submodule(package, "q") == tmp_path / "p/q/__init__.py"
    assert made.submodule(package, "b") is None
    assert made.submodule(tmp_path / "p/a.py", "q") is None


@pytest.mark.parametrize("marker", ["pyproject.toml", "setup.py", "setup.cfg", ".git"])
def test_the_root_is_the_nearest_marked_folder(marker: str, tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (tmp_path / "a" / marker).touch()
    assert find_root(deep) == tmp_path / "a"
    (tmp_path / "a" / "b" / marker).mkdir()
    assert find_root(deep / "file.py") == tmp_path / "a" / "b"


# Reading.


class Counting:
    """A front end that remembers what it read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, source: Source) -> FileFacts:
        self.read.append(source.path.name)
        return read_facts(source)


def test_files_are_read_when_they_are_asked_for_and_once(tmp_path: Path) -> None:
    project(tmp_path, {"a.py": "x = 1", "b.py": "x = 2", "c.py": "y = 3"})
    front_end = Counting()
    made = Project([str(tmp_path / name) for name in ("c.py", "b.py", "a.py")], [tmp_path], {"": front_end}, {})
    assert made.files_mentioning("x") == (tmp_path / "a.py", tmp_path / "b.py")
    assert front_end.read == []
    assert [facts.path.name for facts in made.facts_mentioning("x")] == ["a.py", "b.py"]
    first = made.facts(tmp_path / "a.py")
    (tmp_path / "a.py").write_text("z = 1")
    assert made.facts(tmp_path / "a.py") is first
    assert made.files_mentioning("z") == ()
    assert front_end.read == ["a.py", "b.py"]


def test_what_was_parsed_is_what_is_read_and_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codemod.project._KEPT", 0)
    made = project(tmp_path, {"a.py": "x = 'ü😀'"})
    facts = made.facts(tmp_path / "a.py")
    (tmp_path / "a.py").write_text("x = 2")
    source = made.source(tmp_path / "a.py")
    assert facts is not None
    assert source is not None
    assert (facts.text, source.text, made.data(tmp_path / "a.py")) == ("x = 'ü😀'", "x = 'ü😀'", "x = 'ü😀'".encode())


def test_given_bytes_stand_for_files(tmp_path: Path) -> None:
    project(tmp_path, {"a.py": "x = 1"})
    given = {tmp_path / "a.py": b"y = 2", tmp_path / "not there.py": b"y = 3"}
    made = Project(map(str, given), [tmp_path], {"": read_facts}, given)
    assert made.files_mentioning("x") == ()
    assert [facts.text for facts in made.facts_mentioning("y")] == ["y = 2", "y = 3"]
    assert (tmp_path / "a.py").read_text() == "x = 1"


def test_front_ends_are_chosen_by_suffix(tmp_path: Path) -> None:
    python, other = Counting(), Counting()
    for name in ("a.py", "script", "c.pyw"):
        (tmp_path / name).write_text("")
    files = [str(tmp_path / name) for name in ("a.py", "script", "c.pyw")]
    made = Project(files, [tmp_path], {".py": python, "": other}, {})
    for path in files:
        made.facts(Path(path))
    assert (python.read, other.read) == (["a.py"], ["script", "c.pyw"])


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("x.a = 1", "a", True),
        ("x.a: int = 1", "a", True),
        ("x.a, y = 1, 2", "a", True),
        ("x.a == 1", "a", False),
        ("a = 1", "a", False),
        ("x.ab = 1", "a", False),
        ("x.a()", "a", False),
        ("x.a += 1", "a", True),
        ("y, x.a = 1, 2", "a", True),
        ("(y.b, x.a) = 1, 2", "a", True),
        ("(x.a, y.b) = 1, 2", "a", True),
        ("f(x.a, b=1)", "a", False),
        ("self.a = 1", "a", False),
        ("self.x.a = 1", "a", True),
        ("myself.a = 1", "a", True),
        ("cls.a = 1", "a", False),
        ("setattr(x, 'a', 1)", "a", True),
    ],
)
def test_files_that_assign_a_member(text: str, name: str, expected: bool, tmp_path: Path) -> None:
    made = project(tmp_path, {"m.py": text})
    assert bool(made.files_assigning(name)) is expected


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"x = = 1  # name", "OR902", 1),
        (b"\n\nx = (  # name", "OR902", 3),
        (b"x = '\xff'  # name", "OR901", 1),
        (b"\nx = '\0'  # name", "OR901", 2),
        (b"# coding: nonsense\n# name", "OR901", 1),
        (b"x = " + b"(" * 10_000 + b")" * 10_000 + b"  # name", "OR902", 1),
        (b"x = 1  # name" + b" " * LARGEST, "OR902", 1),
    ],
    ids=lambda value: str(value)[:30],
)
def test_failures_are_recorded(data: bytes, rule: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    made = Project([str(path)], [tmp_path], {"": read_facts}, {})
    assert not made.failures
    assert made.facts(path) is None
    assert made.facts(path) is None
    failure = made.failures[path]
    assert (failure.rule, failure.line or 1) == (rule, line)
    assert "\n" not in failure.reason
    assert made.facts_mentioning("name") == []


def test_a_file_that_is_gone_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "gone.py"
    made = Project([str(path)], [tmp_path], {"": read_facts}, {})
    assert made.facts(path) is None
    assert made.data(path) is None
    assert list(made.failures) == [path]
    assert made.files_mentioning("x") == ()


def test_broken_files_that_may_read_a_name(tmp_path: Path) -> None:
    made = project(
        tmp_path,
        {
            "settings.py": "MODEL = 1",
            "broken.py": "from settings import MODEL\nx = = 1",
            "unrelated.py": "MODEL = = 1",
            "fine.py": "from settings import MODEL",
        },
    )
    assert made.unreadable_mentioning("MODEL", tmp_path / "settings.py") == (tmp_path / "broken.py",)


def test_broken_files_that_may_read_a_name_of_a_package(tmp_path: Path) -> None:
    made = project(tmp_path, {"shop/__init__.py": "MODEL = 1", "broken.py": "from shop import MODEL\nx = = 1"})
    assert made.unreadable_mentioning("MODEL", tmp_path / "shop/__init__.py") == (tmp_path / "broken.py",)


def test_each_file_reads_its_own_function_of_a_common_name(tmp_path: Path) -> None:
    made = project(
        tmp_path, {"a.py": "def make(): pass\nmake()", "b.py": "def make(): pass\nmake()", "c.py": "import a"}
    )
    assert made.files_referring("make", tmp_path / "a.py") == (tmp_path / "a.py",)
    assert made.files_referring("make", tmp_path / "b.py") == (tmp_path / "b.py",)


IMPORTS = {
    "plain": ("import p.a", "p/a.py"),
    "alias": ("import p.a as other", "p/a.py"),
    "name": ("from p import a", "p/a.py"),
    "among_names": ("from p import (\n    # what is used\n    b,\n    a,\n)", "p/a.py"),
    "from_module": ("from p.a import thing", "p/a.py"),
    "star": ("from p.a import *", "p/a.py"),
    "continued": ("from p \\\n    import a", "p/a.py"),
    "continued_list": ("from p import b, \\\n    a", "p/a.py"),
    "no_spaces": ("from p import(a)", "p/a.py"),
    "behind_a_statement": ("x = 1; import p.a", "p/a.py"),
    "in_a_branch": ("if x: from p import a", "p/a.py"),
    "in_a_function": ("def f():\n\tfrom p import a", "p/a.py"),
    "several": ("import os, p.a", "p/a.py"),
    "crlf": ("import os\r\nfrom p import \\\r\n    a\r\n", "p/a.py"),
    "package": ("import p", "p/__init__.py"),
    "package_of_a_module": ("import p.a", "p/__init__.py"),
    "by_path": ("import tool", "scripts/lib/tool.py"),
}


@pytest.mark.parametrize(("statement", "imported"), IMPORTS.values(), ids=IMPORTS)
def test_an_import_joins_files(statement: str, imported: str, tmp_path: Path) -> None:
    assert "main.py" in near_in_a_heap(tmp_path, imported, {"main.py": statement})


@pytest.mark.parametrize(
    ("importer", "statement", "imported"),
    [
        ("p/b.py", "from . import a", "p/a.py"),
        ("p/b.py", "from .a import x", "p/a.py"),
        ("p/b.py", "from . import b", "p/__init__.py"),
        ("p/q/c.py", "from .. import a", "p/a.py"),
        ("p/q/c.py", "from ..a import x", "p/a.py"),
        ("p/q/c.py", "from .. import x", "p/__init__.py"),
        ("p/q/c.py", "from ...p.a import x", "p/a.py"),
    ],
)
def test_a_relative_import_joins_files(importer: str, statement: str, imported: str, tmp_path: Path) -> None:
    assert importer in near_in_a_heap(tmp_path, imported, {importer: statement})


def test_files_that_nothing_joins_are_not_looked_into(tmp_path: Path) -> None:
    texts = {
        "main.py": "from p.a import x\nimport shared",
        "shared.py": "",
        "elsewhere/other.py": "import os",
        "p/q/d.py": "import shared",
        "p/q/__init__.py": "",
    }
    near = near_in_a_heap(tmp_path, "p/a.py", texts)
    assert {"main.py", "shared.py", "p/__init__.py"} <= near
    assert near.isdisjoint({"elsewhere/other.py", "p/q/d.py"})


def test_a_hub_is_asked_for_what_is_imported_of_it(tmp_path: Path) -> None:
    texts = {"hub.py": "def make(): pass", "user.py": "from hub import make", "member.py": "import hub\nhub.make()"}
    texts |= {f"heap/h{number}.py": "import hub\n" for number in range(2_001)}
    made = project(tmp_path, texts)
    assert made.is_hub(tmp_path / "hub.py")
    assert {path.name for path in made.files_referring("make", tmp_path / "hub.py")} == {
        "hub.py",
        "user.py",
        "member.py",
    }


@pytest.mark.parametrize(
    "text",
    ["import p.a\np.a.x = 1", "from p import a as m\nm.x = 1", "import p\np.a.x = 1", "import p as q\nq.a.x = 1"],
)
@pytest.mark.parametrize("heap", [0, 301])
def test_files_that_assign_a_global_from_outside(heap: int, text: str, tmp_path: Path) -> None:
    texts = {"p/__init__.py": "", "p/a.py": "x = 0", "main.py": text, "other.py": "import q\nq.x = 1"}
    made = project(tmp_path, texts | {f"heap/h{number}.py": "" for number in range(heap)})
    assert tmp_path / "main.py" in made.files_assigning_global("x", tmp_path / "p/a.py")


def test_files_that_imports_join_may_run_together(tmp_path: Path) -> None:
    texts = {"one/main.py": "from p.a import x", "p/__init__.py": "", "p/a.py": "", "other/b.py": "", "other/c.py": ""}
    small = project(tmp_path, texts)
    large = project(tmp_path, texts | {f"heap/h{number}.py": "" for number in range(301)})
    main, used, other = (tmp_path / name for name in ("one/main.py", "p/a.py", "other/b.py"))
    assert small.may_run_together(main, other)
    assert large.may_run_together(main, used)
    assert large.may_run_together(used, main)
    assert not large.may_run_together(main, other)
    assert large.may_run_together(main, tmp_path / ".env")


@pytest.mark.parametrize("noted", ["none", "some", "all"])
def test_what_is_noted_of_files_while_they_are_at_hand_is_what_would_be_read(noted: str, tmp_path: Path) -> None:
    texts = {"a.py": "WORD = 1", "b.py": "import a\nKEYWORD = 2", "c.py": "import b\nprint('WORD')", "d.py": ""}
    made = project(tmp_path, texts | {f"heap/h{number}.py": "" for number in range(301)})
    for number, path in enumerate(made.files):
        if noted == "all" or (noted == "some" and number % 2):
            made.note(number, Path(path).read_bytes(), ("WORD",))
    assert [path.name for path in made.files_mentioning("WORD")] == ["a.py", "c.py"]
    assert [made.may_run_together(tmp_path / "a.py", tmp_path / f"{name}.py") for name in "bcd"] == [True, True, True]
    assert not made.may_run_together(tmp_path / "a.py", tmp_path / "heap/h0.py")


@pytest.mark.parametrize("noted", ["none", "some", "all"])
def test_where_a_part_of_a_text_is_not_it_is_not_looked_for(
    noted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"a.py": "Base.register(A)", "b.py": "Other.register(B)", "c.py": "Base = 1"}
    made = project(tmp_path, texts | {f"heap/h{number}.py": "" for number in range(2_001)})
    for number, path in enumerate(made.files):
        if noted == "all" or (noted == "some" and number % 2):
            made.note(number, Path(path).read_bytes(), ("UNRELATED", ".register"))
    asked: list[str] = []
    data_of = made.data_of
    monkeypatch.setattr(made, "data_of", lambda number: asked.append(made.files[number]) or data_of(number))
    assert made.files_mentioning("Base.register") == (tmp_path / "a.py",)
    if noted == "all":
        assert [Path(path).name for path in asked] == ["a.py", "b.py"]


def test_a_path_is_made_of_files_that_are_spoken_of_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"heap/h{number}.py": "WORD = 1" if number == 7 else "" for number in range(400)}
    found = project(tmp_path, texts)
    made: list[str] = []

    class Counted(type(tmp_path)):  # type: ignore[misc]
        def __new__(cls, *parts: str) -> Path:
            made.append(*parts)
            return Path(*parts)

    monkeypatch.setattr("codemod.project.Path", Counted)
    for number in range(len(found.files)):
        found.note(number, found.data_of(number) or b"", ("WORD",))
    assert [path.name for path in found.files_mentioning("WORD")] == ["h7.py"]
    assert found.files_mentioning("WORD", tmp_path / "heap/h7.py")
    assert [Path(path).name for path in made] == ["h7.py"]


def test_some_of_the_files_are_chosen(tmp_path: Path) -> None:
    found = project(tmp_path, {"a.py": "", "b.py": "", "c.py": ""})
    some = found.chosen({str(tmp_path / "a.py"), str(tmp_path / "c.py")})
    assert [some.holds(number) for number in range(3)] == [True, False, True]
    assert len(some) == 2
    assert [tmp_path / name in some for name in ("a.py", "b.py", "c.py", "d.py")] == [True, False, True, False]


def test_what_searches_have_noted_can_be_forgotten(tmp_path: Path) -> None:
    texts = {"a.py": "WORD = 1", "b.py": "import a\nprint(a.WORD)"}
    made = project(tmp_path, texts | {f"heap/h{number}.py": "" for number in range(301)})
    for _ in range(2):
        assert [path.name for path in made.files_reading("WORD", tmp_path / "a.py")] == ["b.py"]
        assert made.may_run_together(tmp_path / "a.py", tmp_path / "b.py")
        assert not made.may_run_together(tmp_path / "a.py", tmp_path / "heap/h0.py")
        made.forget_searches()


def near_in_a_heap(root: Path, home: str, texts: Mapping[str, str]) -> set[str]:
    """The files that hold the word ``x`` near ``home``, in a project that is too large to be searched as a whole."""
    files = {"p/__init__.py": "", "p/a.py": "", "p/b.py": "", "scripts/lib/tool.py": "", **texts}
    files |= {f"heap/h{number}.py": "" for number in range(301)}
    made = project(root, {name: f"{text}\n# x\n" for name, text in files.items()})
    return {path.relative_to(root).as_posix() for path in made.files_mentioning("x", root / home)}


def test_a_file_that_cannot_be_parsed_is_read_again_when_more_is_read_than_is_kept(tmp_path: Path) -> None:
    broken, other = tmp_path / "broken.py", tmp_path / "other.py"
    broken.write_bytes(b"def\n" + b"#" * 300_000)
    other.write_bytes(b"x = 1\n" + b"#" * 650_000)
    project = Project([str(broken), str(other)], [tmp_path], {"": read_facts, ".py": read_facts}, {})
    assert all(project.data(path) for path in (broken, other))
    assert project.facts(broken) is None
    assert [project.data(broken) for _ in range(2)] == [broken.read_bytes()] * 2
    assert project.facts(other) is not None
