from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codemod.discovery import Discovery, Walks, discover


@pytest.fixture(autouse=True)
def no_user_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / "settings"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "project"
    path.mkdir()
    return path


def write(root: Path, *names: str, **texts: str) -> None:
    for name, text in {**dict.fromkeys(names, ""), **texts}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def ignore(folder: Path, *lines: str, name: str = ".gitignore") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(lines))


def names(root: Path, found: Discovery) -> list[str]:
    return [Path(path).relative_to(root).as_posix() for path in found.files]


def listed(root: Path, *paths: str, **options) -> list[str]:
    return names(root, discover([root / path for path in paths or ("",)], base=root, **options))


# The walk.


def test_lists_python_files_in_sorted_order(root: Path) -> None:
    write(root, "b.py", "a.py", "pkg/z.py", "pkg/a/x.py", "pkg.py", "types.pyi", "script", "a.txt", "a.pyc", ".py")
    found = discover([root], base=root)
    assert names(root, found) == [".py", "a.py", "b.py", "pkg/a/x.py", "pkg/z.py", "pkg.py"]
    assert found.scanned == 6
    assert all(map(os.path.isabs, found.files))


@pytest.mark.parametrize(
    "folder",
    [
        *[".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache"],
        *["__pycache__", "node_modules", "site-packages", "__pypackages__", "build", "dist", ".eggs", "x.egg-info"],
    ],
)
def test_prunes_what_is_nobodys_source(root: Path, folder: str) -> None:
    write(root, f"{folder}/a.py", f"pkg/{folder}/b/c.py", "kept.py", f"{folder}.py")
    kept = sorted(["kept.py", f"{folder}.py"])
    assert listed(root) == kept
    assert sorted(map(os.path.basename, Walks().python_files(root))) == kept


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/history"])
def test_prunes_an_environment_whatever_its_name(root: Path, mark: str) -> None:
    write(root, "env/source.py", f"my env/{mark}", "my env/lib/a.py")
    assert listed(root) == ["env/source.py"]


def test_walks_a_named_folder_whatever_its_name(root: Path) -> None:
    write(root, "build/a.py", "venv/pyvenv.cfg", "venv/b.py")
    assert listed(root, "build", "venv") == ["build/a.py", "venv/b.py"]


def test_lists_each_file_once(root: Path) -> None:
    write(root, "pkg/a.py")
    (root / "alias").symlink_to("pkg")
    assert listed(root, "pkg", "pkg/a.py", "", "pkg/../pkg", "alias", "alias/a.py") == ["pkg/a.py"]


def test_takes_a_relative_path_from_the_working_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "pkg/a.py")
    monkeypatch.chdir(root)
    assert discover([Path("pkg")], base=root).files == (str(root / "pkg/a.py"),)
    assert Walks().python_files(Path("pkg")) == [str(root / "pkg/a.py")]


def test_takes_a_named_file_whatever_its_name(root: Path) -> None:
    write(root, "script", "stub.pyi", "build/gen.py")
    assert listed(root, "script", "stub.pyi", "build/gen.py") == ["build/gen.py", "script", "stub.pyi"]


def test_finds_other_files_by_their_names(root: Path) -> None:
    write(root, "b/.env", "b/x.py", "b/x.txt", ".env", "a/b.env", "build/.env")
    (root / "a/link.env").symlink_to(root / ".env")
    found = Walks().named(root, lambda path: path.endswith(".env"))
    assert found == (root / ".env", root / "a/b.env", root / "a/link.env", root / "b/.env")


def test_tells_what_is_missing(root: Path) -> None:
    write(root, "a.py")
    (root / "dangling.py").symlink_to("nowhere")
    (root / "loop.py").symlink_to("loop.py")
    paths = ["a.py", "no.py", "dangling.py", "loop.py", "a.py/b.py", "x\0y"]
    found = discover([root / path for path in paths], base=root)
    assert names(root, found) == ["a.py"]
    assert found.missing == tuple(sorted(root / path for path in paths[1:]))


def test_passes_over_special_files_but_keeps_a_named_one(root: Path) -> None:
    os.mkfifo(root / "pipe.py")
    (root / "folder.py").mkdir()
    assert listed(root) == []
    assert listed(root, "pipe.py") == ["pipe.py"]


def test_survives_odd_names(root: Path) -> None:
    odd = [b"\xff.py", b"new\nline.py", b" .py", b"\xe2\x80\xa8.py", b"-x.py", b"[a].py", b"\xfe/\n/a.py"]
    for name in odd:
        path = root / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    ignore(root, "nothing", "*.txt")
    found = discover([root], base=root, exclude=["none"])
    assert {os.fsencode(os.path.relpath(path, root)) for path in found.files} == set(odd)


# Links.


def test_does_not_follow_links_to_folders(root: Path, tmp_path: Path) -> None:
    write(root, "pkg/a.py")
    write(tmp_path, "elsewhere/b.py")
    (root / "pkg/loop").symlink_to("..")
    (root / "pkg/self").symlink_to(".")
    (root / "out").symlink_to(tmp_path / "elsewhere")
    assert listed(root) == ["pkg/a.py"]


def test_lists_the_target_of_a_link_once(root: Path) -> None:
    write(root, "bin/script", "a.py")
    (root / "script.py").symlink_to("bin/script")
    (root / "second.py").symlink_to("script.py")
    (root / "b.py").symlink_to("a.py")
    assert listed(root) == ["a.py", "bin/script"]
    assert list(map(os.path.basename, Walks().python_files(root))) == ["a.py"]


def test_a_link_is_no_way_into_what_the_walk_passes_over(root: Path) -> None:
    write(root, "build/a.py", "ignored/b.py", "excluded/c.py", "env/pyvenv.cfg", "env/d.py")
    ignore(root, "ignored/")
    for number, target in enumerate(["build/a.py", "ignored/b.py", "excluded/c.py", "env/d.py"]):
        (root / f"link{number}.py").symlink_to(target)
    assert listed(root, exclude=["excluded"]) == []


def test_does_not_follow_a_link_that_leads_outside(root: Path, tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/a.py")
    write(root, "pkg/b.py")
    (root / "pkg/out.py").symlink_to(tmp_path / "elsewhere/a.py")
    found = discover([root / "pkg", root / "pkg/out.py"], base=root)
    assert names(root, found) == ["pkg/b.py"]
    assert found.outside == (root / "pkg/out.py",)
    assert len(discover([root / "pkg/out.py", tmp_path / "elsewhere"], base=root).files) == 1


def test_follows_a_named_link_within_the_base_folder(root: Path) -> None:
    write(root, "build/a.py")
    (root / "link.py").symlink_to("build/a.py")
    assert listed(root, "link.py") == ["build/a.py"]


# Excludes.


@pytest.mark.parametrize(
    ("patterns", "kept"),
    [
        (["tests"], ["a.py", "src/tests.py", "src/x.py"]),
        (["/tests"], ["a.py", "src/tests/t.py", "src/tests.py", "src/x.py"]),
        (["src/*", "!src/x.py"], ["a.py", "src/x.py", "tests/t.py"]),
        (["*.py", "!a.py"], ["a.py"]),
        (["**/tests/**"], ["a.py", "src/tests.py", "src/x.py"]),
        (["*/tests/", "# not a.py", ""], ["a.py", "src/tests.py", "src/x.py", "tests/t.py"]),
    ],
)
def test_exclude_patterns_read_like_ignore_files(root: Path, patterns: list[str], kept: list[str]) -> None:
    write(root, "a.py", "src/x.py", "src/tests.py", "src/tests/t.py", "tests/t.py")
    assert listed(root, exclude=patterns) == kept
    assert len(list(Walks().python_files(root))) == 5


def test_exclude_patterns_are_relative_to_the_base_folder(root: Path, tmp_path: Path) -> None:
    write(root, "src/gen/a.py", "src/src/gen/b.py")
    assert listed(root, "src", exclude=["src/gen"]) == ["src/src/gen/b.py"]
    write(tmp_path, "elsewhere/gen/a.py", "elsewhere/b.py")
    found = discover([tmp_path / "elsewhere"], base=root, exclude=["gen", "elsewhere"])
    assert names(tmp_path, found) == ["elsewhere/b.py"]


def test_a_named_path_is_excluded_only_by_force(root: Path) -> None:
    write(root, "tests/a.py", "tests/deep/b.py", "c.py", "d.py")
    ignore(root, "d.py")
    paths = [root / path for path in ("tests/a.py", "tests/deep", "c.py", "d.py")]
    assert len(discover(paths, base=root, exclude=["tests"]).files) == 4
    found = discover(paths, base=root, exclude=["tests"], force_exclude=True)
    assert names(root, found) == ["c.py", "d.py"]
    assert found.excluded == (root / "tests/a.py", root / "tests/deep")


# Ignore files.


def git(root: Path, *arguments: str, given: str = "") -> str:
    run = subprocess.run(["git", *arguments], cwd=root, input=given, capture_output=True, text=True, check=False)
    assert run.returncode in {0, 1}, run.stderr
    return run.stdout


FOLDERS = ["", "src", "src/lib", "src/lib/deep", "lib", "lib/src", "out", "out/keep", "[x]", "two words", "data/a/b"]
FILES = ["keep.py", "gen.py", "a b.py", "é.py", "#x.py", "!x.py", "[x].py", "x_test.py", ".hidden.py"]
TREE_RULES = {
    "": ["# comment", "", "*_test.py", "/lib/*", "!/lib/src", "out/**", "!out/keep", "\\#x.py", "[", "two\\ words/"],
    "src": ["*.py", "!keep.py", "!lib/**", "/lib/gen.py   ", "!**/x_test.py"],
    "src/lib": ["*", "!*/", "!é.py", "\\!x.py\r"],
    "src/lib/deep": ["!gen.py", "?.py", "[[:alpha:]]*"],
    "lib/src": ["!*_test.py", "a\\ b.py"],
    "[x]": ["**", "!\\[x\\].py"],
    "data": ["/a/*", "!/a/b/", "**/gen.py", "/a/b/[!k]*.py"],
}  # fmt: skip


def test_agrees_with_git_about_a_tree(root: Path) -> None:
    git(root, "init", "-q")
    write(root, *(f"{folder}/{file}" for folder in FOLDERS for file in FILES))
    for folder, lines in TREE_RULES.items():
        ignore(root / folder, *lines)
    ignore(root, ".hidden.py", "gen.py", name=".git/info/exclude")
    every = [path.relative_to(root).as_posix() for path in root.rglob("*.py")]
    ignored = git(root, "check-ignore", "--no-index", "-z", "--stdin", given="\0".join(every)).split("\0")
    kept = set(every) - set(ignored)
    assert 10 < len(kept) < len(every) - 10
    assert set(listed(root)) == kept
    assert {Path(path).relative_to(root).as_posix() for path in Walks().python_files(root)} == kept
    for folder in ["src", "src/lib", "src/lib/deep", "data", "lib/src"]:
        assert set(listed(root, folder)) == {path for path in kept if path.startswith(folder + "/")}
    assert len(listed(root, walks=Walks(gitignore=False))) == len(every)


def test_counts_ignore_files_outside_a_repository(root: Path) -> None:
    write(root, "a.py", "pkg/b.py", "pkg/c.py")
    ignore(root, "b.py")
    ignore(root / "pkg", "c.py")
    assert listed(root) == ["a.py"]
    assert listed(root, "pkg") == ["pkg/b.py"]


def test_a_named_file_or_folder_is_taken_though_ignored(root: Path) -> None:
    git(root, "init", "-q")
    write(root, "out/a.py", "out/deep/b.py", "c.py")
    ignore(root, "out/", "c.py")
    assert listed(root) == []
    assert listed(root, "c.py") == ["c.py"]
    assert listed(root, "out") == ["out/a.py", "out/deep/b.py"]
    assert listed(root, "out/deep", "out/a.py") == ["out/a.py", "out/deep/b.py"]


def test_the_users_own_ignore_file_counts_in_repositories(root: Path, tmp_path: Path) -> None:
    write(root, "a.py", "b.py", "c.py")
    settings = tmp_path / "home/settings/git"
    ignore(settings, "a.py", name="ignore")
    assert listed(root) == ["a.py", "b.py", "c.py"]
    git(root, "init", "-q")
    assert listed(root) == ["b.py", "c.py"]
    ignore(root, "!a.py", name=".git/info/exclude")
    assert listed(root) == ["a.py", "b.py", "c.py"]
    ignore(tmp_path / "home", "b.py", name="my ignores")
    git(root, "config", "--global", "core.excludesFile", "~/my ignores")
    assert listed(root) == ["a.py", "c.py"]
    git(root, "config", "core.excludesfile", str(tmp_path / "home/none"))
    assert listed(root) == ["a.py", "b.py", "c.py"]


def test_a_repository_within_a_repository_has_its_own_rules(root: Path) -> None:
    write(root, "a.py", "inner/a.py", "inner/b.py", "module/b.py")
    git(root, "init", "-q")
    git(root / "inner", "init", "-q")
    ignore(root, "a.py")
    ignore(root / "inner", "b.py", name=".git/info/exclude")
    ignore(root / ".git/modules/module/info", "b.py", name="exclude")
    write(root, **{"module/.git": "gitdir: ../.git/modules/module\n"})
    assert listed(root) == ["inner/a.py"]
    assert listed(root, "module") == []


def test_a_linked_worktree_shares_the_exclude_file(root: Path, tmp_path: Path) -> None:
    git(root, "init", "-q")
    git(root, "-c", "user.name=x", "-c", "user.email=x", "commit", "-q", "--allow-empty", "-m", "x")
    git(root, "worktree", "add", "-q", str(tmp_path / "tree"))
    ignore(root, "a.py", name=".git/info/exclude")
    write(tmp_path, "tree/a.py", "tree/b.py")
    assert listed(tmp_path / "tree") == ["b.py"]


def test_an_ignore_file_that_is_no_text_or_no_file_is_none(root: Path, tmp_path: Path) -> None:
    write(root, "a.py", "b/c.py")
    (root / ".gitignore").write_bytes(b"\xef\xbb\xbfa.py\r\n\xff\xfe\x00")
    (root / "b/.gitignore").mkdir()
    assert listed(root) == ["b/c.py"]
    (root / ".gitignore").unlink()
    ignore(tmp_path, "*.py", name="elsewhere")
    (root / ".gitignore").symlink_to(tmp_path / "elsewhere")  # git does not follow it either
    assert listed(root) == ["a.py", "b/c.py"]


# What cannot be looked at.


@contextmanager
def ordinary_user() -> Iterator[Path]:
    """A folder that a user without privileges owns and works in."""
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
            try:
                yield Path(folder)
            finally:
                os.seteuid(0)
        else:
            yield Path(folder)


def test_tells_which_folders_cannot_be_read() -> None:
    with ordinary_user() as root:
        write(root, "a.py", "closed/b.py", "listed/c.py")
        (root / "closed").chmod(0)
        found = discover([root, root / "closed", root / "closed/b.py"], base=root)
        assert found.files == (str(root / "a.py"), str(root / "listed/c.py"))
        denied = "permission denied"
        assert found.unreadable == ((root / "closed", denied), (root / "closed/b.py", denied))
        assert not found.missing
        assert len(list(Walks().python_files(root))) == 2
        (root / "closed").chmod(0o755)
