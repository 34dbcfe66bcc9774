"""The patch is what ``git apply`` takes, byte for byte; what would show a secret is left out of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codemod.findings import FileResult, FileStatus
from codemod.reports.diff import patch, shown_hunks
from codemod.reports.masking import mask_for

KEY = "sk-abcdefghijklmnop"


def change(path: Path, before: str, after: str, encoding: str = "utf-8") -> FileResult:
    return FileResult(path, FileStatus.CHANGED, None, before, after, encoding=encoding)


def assert_applies(folder: Path, *files: FileResult) -> None:
    """``git apply`` turns the old bytes into the new ones."""
    for file in files:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_bytes(file.before.encode(file.encoding))
    made = patch(files, folder, mask_for(()))
    assert made.notes == ()
    result = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=made.data, capture_output=True, check=False
    )
    assert result.returncode == 0, result.stderr
    for file in files:
        assert file.path.read_bytes() == file.after.encode(file.encoding)


LONG = "".join(f"line {number}\n" for number in range(40))

TEXTS = {
    "one line": ("a\nb\nc\n", "a\nB\nc\n"),
    "two hunks": (LONG, LONG.replace("line 3\n", "three\nand more\n").replace("line 30\n", "thirty\n")),
    "first and last line": (LONG, "top\n" + LONG + "bottom\n"),
    "crlf": ("a\r\nb\r\nc\r\n", "a\r\nB\r\nnew\r\nc\r\n"),
    "cr only": ("a\rb\rc\r", "a\rB\rc\r"),
    "mixed newlines": ("a\r\nb\nc\rd\n", "a\r\nB\nc\rD\n"),
    "no final newline": ("a\nb", "a\nB"),
    "no final newline, change elsewhere": ("a\nb\nc", "A\nb\nc"),
    "final newline added": ("a\nb", "a\nb\n"),
    "final newline lost": ("a\nb\n", "a\nb"),
    "into an empty file": ("", "a\n"),
    "emptied": ("a\n", ""),
    "form feed and separators": ("a\x0c\nb\u2028c\x85d\n", "a\x0c\nB\u2028c\x85d\n"),
    "trailing blanks and tabs": ("a \t\n\tb  \n", "a \t\n\tB  \n"),
    "looks like a diff": (
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n\\ No newline\n",
        "--- a/x\n+++ b/y\n@@ -1 +1 @@\n\\ No newline\n",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_git_applies_it(case: str, tmp_path: Path) -> None:
    assert_applies(tmp_path, change(tmp_path / "app.py", *TEXTS[case]))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "# ü 漢 😀\nx = 1\n"),
        ("utf-8-sig", "# ü\nx = 1\n"),
        ("latin-1", "# ü\nx = 1\n"),
        ("shift_jis", "# 漢字\nx = 1\n"),
    ],
)
def test_the_bytes_are_those_of_the_encoding(encoding: str, text: str, tmp_path: Path) -> None:
    assert_applies(tmp_path, change(tmp_path / "app.py", text, text.replace("x = 1", "x = 2"), encoding))
    assert_applies(tmp_path, change(tmp_path / "app.py", text, "# new\n" + text, encoding))


@pytest.mark.parametrize(
    "name",
    [
        "a b.py",
        'qu"ote.py',
        "back\\slash.py",
        "tab\there.py",
        "new\nline.py",
        "ü漢.py",
        "[x].py",
        "a/b c/d e.py",
        "-x.py",
    ],
)
def test_git_understands_odd_names(name: str, tmp_path: Path) -> None:
    assert_applies(tmp_path, change(tmp_path / name, "a\n", "b\n"), change(tmp_path / "plain.py", "c\n", "d\n"))


def test_git_understands_a_name_that_is_no_text(tmp_path: Path) -> None:
    assert_applies(tmp_path, change(tmp_path / b"odd-\xff.py".decode("utf-8", "surrogateescape"), "a\n", "b\n"))


def test_the_header_is_that_of_git(tmp_path: Path) -> None:
    made = patch([change(tmp_path / "a b.py", "x\n", "y\n")], tmp_path, mask_for(()))
    assert made.data == b"diff --git a/a b.py b/a b.py\n--- a/a b.py\t\n+++ b/a b.py\t\n@@ -1,1 +1,1 @@\n-x\n+y\n"


def test_only_changed_files_are_in_it(tmp_path: Path) -> None:
    files = [
        FileResult(tmp_path / "a.py", FileStatus.UNCHANGED),
        FileResult(tmp_path / "b.py", FileStatus.FAILED, "no"),
    ]
    assert patch(files, tmp_path, mask_for(())).data == b""


def test_a_hunk_that_would_show_a_secret_is_left_out_and_the_others_still_apply(tmp_path: Path) -> None:
    before = LONG.replace("line 3\n", f'client = OpenAI(api_key="{KEY}")\n')
    after = before.replace(f'"{KEY}"', "key").replace("key)\n", "key)\none more\nand another\n")
    after = after.replace("line 20\n", "twenty\nand a half\n").replace("line 35\n", "")
    file = change(tmp_path / "app.py", before, after)
    made = patch([file], tmp_path, mask_for(()))
    assert b"sk-" not in made.data
    assert made.notes == ("app.py: left out of the diff because a secret would show: the change near line 1",)
    assert b"@@ -18,7 +18,8 @@" in made.data
    file.path.write_bytes(before.encode())
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=made.data, check=True)
    assert file.path.read_text() == before.replace("line 20\n", "twenty\nand a half\n").replace("line 35\n", "")


def test_a_secret_in_the_context_counts_too(tmp_path: Path) -> None:
    made = patch([change(tmp_path / "app.py", f"a\n{KEY}\n", f"b\n{KEY}\n")], tmp_path, mask_for(()))
    assert made.data == b""
    assert len(made.notes) == 1


def test_a_file_outside_of_the_working_folder_is_left_out(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    made = patch([change(tmp_path / "x.py", "a\n", "b\n"), change(inside / "y.py", "a\n", "b\n")], inside, mask_for(()))
    assert made.notes == ("../x.py is left out of the diff: it lies outside of the working folder",)
    assert made.data.startswith(b"diff --git a/y.py b/y.py\n")


def test_a_working_folder_may_be_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    made = patch([change(tmp_path / "link" / "x.py", "a\n", "b\n")], tmp_path / "real", mask_for(()))
    assert made.data.startswith(b"diff --git a/x.py b/x.py\n")


def test_the_shown_diff_breaks_lines_at_every_newline(tmp_path: Path) -> None:
    file = change(tmp_path / "app.py", "a\rb\rc", "a\rB\rc")
    assert list(shown_hunks(file)) == [("@@ -1,3 +1,3 @@", (" a", "-b", "+B", " c", "\\ No newline at end of file"))]
