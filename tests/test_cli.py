"""The command line, up to the work and from its outcome on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from codemod.cli import run
from codemod.config import Config
from codemod.findings import FileResult, FileStatus, Outcome
from codemod.reading import MigrationRequest
from codemod.reports import Progress
from codemod.run import Format, Target, UsageError, Wanted, exit_code, migrate_and_report, target_from
from tests.reports.outcomes import FOLDER, FULL, INFO, KEY, MANUAL, SAFE, UNSAFE, changed, finding

CHANGED = changed("a.py", "a\n", "b\n")
FAILED = FileResult(FOLDER / "b.py", FileStatus.FAILED, "broken")
BROKEN_BUT_UNRELATED = replace(FAILED, matters=False)

# Exit codes.


@pytest.mark.parametrize(
    ("outcome", "check", "strict", "code"),
    [
        (Outcome(), False, False, 0),
        (Outcome(), True, True, 0),
        (Outcome(files=(CHANGED,)), False, False, 0),
        (Outcome(files=(CHANGED,)), False, True, 0),
        (Outcome(files=(CHANGED,)), True, False, 1),
        (Outcome(findings=(finding("OR110", 1, MANUAL, ""),)), False, False, 0),
        (Outcome(findings=(finding("OR110", 1, MANUAL, ""),)), True, False, 0),
        (Outcome(findings=(finding("OR110", 1, MANUAL, ""),)), False, True, 1),
        (Outcome(findings=(finding("OR501", 1, UNSAFE, ""),)), False, True, 1),
        (Outcome(findings=(finding("OR501", 1, UNSAFE, "", applied=True),)), False, True, 0),
        (Outcome(findings=(finding("OR201", 1, SAFE, "", applied=True),)), False, True, 0),
        (Outcome(findings=(finding("OR120", 1, INFO, ""),)), True, True, 0),
        (Outcome(files=(FAILED,)), False, False, 3),
        (Outcome(files=(CHANGED, FAILED)), True, True, 3),
        (Outcome(files=(BROKEN_BUT_UNRELATED,)), True, True, 0),
        (Outcome(files=(BROKEN_BUT_UNRELATED, CHANGED)), True, False, 1),
        (Outcome(files=(CHANGED, FAILED), interrupted=True), True, True, 130),
    ],
)
def test_exit_code(outcome: Outcome, check: bool, strict: bool, code: int) -> None:
    assert exit_code(outcome, check=check, strict=strict) == code


# From an outcome to the outputs.


def request(folder: Path, *, write: bool = True, stdin: bytes | None = None, strict: bool = False) -> MigrationRequest:
    filename = None if stdin is None else folder / "stdin.py"
    return MigrationRequest((folder,), Config(strict=strict), write, folder, stdin, filename)


def giving(outcome: Outcome):  # type: ignore[no-untyped-def]
    return lambda _request, _progress: outcome


@pytest.mark.parametrize("form", Format)
def test_the_exit_code_is_the_same_for_every_format(form: Format, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    work = giving(FULL)
    assert migrate_and_report(request(FOLDER), Wanted(form), work) == 3
    assert KEY.encode() not in b"".join(capfdbinary.readouterr())


def test_json_is_all_of_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    migrate_and_report(request(FOLDER), Wanted(Format.JSON), giving(replace(FULL, notices=("unclean",))))
    out, err = capfdbinary.readouterr()
    assert json.loads(out)["schema_version"] == 1
    assert err == b"note: unclean\n"


def test_the_diff_is_all_of_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    outcome = Outcome(files=(changed("a.py", "a\r\nb\n", "ä\r\nb\n"),), notices=("unclean",))
    migrate_and_report(request(FOLDER), Wanted(Format.DIFF), giving(outcome))
    out, err = capfdbinary.readouterr()
    assert out == "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-a\r\n+ä\r\n b\n".encode()
    assert err == b"note: unclean\n"


def test_what_the_diff_leaves_out_is_said(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    migrate_and_report(request(FOLDER), Wanted(Format.DIFF), giving(FULL))
    out, err = capfdbinary.readouterr()
    assert b"+    return" in out
    assert err == b"note: app/chat.py: left out of the diff because a secret would show: the change near line 1\n"


def test_the_diff_stands_in_front_of_the_report(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    migrate_and_report(request(FOLDER, write=False), Wanted(diff=True), giving(FULL))
    out, _ = capfdbinary.readouterr()
    assert out.startswith(b"--- a/app/chat.py\n")
    assert b"\nSummary\n" in out


def test_outputs_are_written_beside_standard_output(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    targets = tuple(Target(tmp_path / f"report.{form.value}", form) for form in Format)
    assert migrate_and_report(request(FOLDER), Wanted(targets=targets), giving(FULL)) == 3
    assert b"Summary" in capfdbinary.readouterr().out
    assert b"Summary" in (tmp_path / "report.terminal").read_bytes()
    assert json.loads((tmp_path / "report.json").read_bytes())["schema_version"] == 1
    assert (tmp_path / "report.diff").read_bytes().startswith(b"diff --git")
    assert len(list(tmp_path.iterdir())) == 3


def test_an_output_replaces_a_file_and_keeps_its_mode_and_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    migrate_and_report(request(FOLDER), Wanted(targets=(Target(link, Format.JSON),)), giving(FULL))
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert json.loads(real.read_bytes())["schema_version"] == 1


def test_an_output_that_cannot_be_written_is_wrong_use(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = Target(tmp_path / "gone" / "report.json", Format.JSON)
    assert migrate_and_report(request(FOLDER), Wanted(targets=(target,)), giving(FULL)) == 2
    assert "cannot be written: No such file or directory" in capfd.readouterr().err


def test_a_filter_gives_the_new_text_and_reports_on_standard_error(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    outcome = Outcome(files=(changed("stdin.py", "ü\r\n", "ö\r\n", "utf-8-sig"),), written=True)
    migrate_and_report(request(FOLDER, stdin=b"old"), Wanted(as_filter=True), giving(outcome))
    out, err = capfdbinary.readouterr()
    assert out == "ö\r\n".encode("utf-8-sig")
    assert b"Summary" in err


@pytest.mark.parametrize("files", [(), (FileResult(FOLDER / "stdin.py", FileStatus.FAILED, "broken"),)])
def test_a_filter_gives_back_what_it_cannot_change(
    files: tuple[FileResult, ...], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    migrate_and_report(request(FOLDER, stdin=b"\xff\r\n\x00"), Wanted(as_filter=True), giving(Outcome(files=files)))
    assert capfdbinary.readouterr().out == b"\xff\r\n\x00"


def test_check_and_strict_come_from_options_and_configuration(capfd: pytest.CaptureFixture[str]) -> None:
    changes = Outcome(files=(CHANGED,))
    assert migrate_and_report(request(FOLDER), Wanted(check=True), giving(changes)) == 1
    remains = Outcome(findings=(finding("OR110", 1, MANUAL, "m"),))
    assert migrate_and_report(request(FOLDER, strict=True), Wanted(), giving(remains)) == 1


def test_an_interrupt_ends_with_130(capfd: pytest.CaptureFixture[str]) -> None:
    def work(_request: MigrationRequest, _progress: Progress | None) -> Outcome:
        raise KeyboardInterrupt

    assert migrate_and_report(request(FOLDER), Wanted(), work) == 130
    assert capfd.readouterr() == ("", "interrupted\n")


@pytest.mark.parametrize(
    ("write", "end"), [(False, "no file was changed"), (True, "git diff shows whether files were changed")]
)
def test_a_bug_is_one_line(
    write: bool, end: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OR_MIGRATE_DEBUG", raising=False)

    def work(_request: MigrationRequest, _progress: Progress | None) -> Outcome:
        raise LookupError(f"\x1b[31m{KEY}\nno")

    assert migrate_and_report(request(FOLDER, write=write), Wanted(), work) == 3
    out, err = capfd.readouterr()
    assert out == ""
    assert err == (
        "internal error (LookupError \\x1b[31msk-\u2039masked\u203a no); "
        f"please report it, OR_MIGRATE_DEBUG=1 shows where; {end}\n"
    )


def test_a_bug_shows_its_traceback_to_those_who_ask(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OR_MIGRATE_DEBUG", "1")

    def work(_request: MigrationRequest, _progress: Progress | None) -> Outcome:
        raise LookupError

    migrate_and_report(request(FOLDER), Wanted(), work)
    assert "Traceback" in capfd.readouterr().err


# From words to the work.


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ("report.json", "report.json", Format.JSON),
        ("report.diff", "report.diff", Format.DIFF),
        ("report.PATCH", "report.PATCH", Format.DIFF),
        ("report.txt", "report.txt", Format.TERMINAL),
        ("report", "report", Format.TERMINAL),
        ("json:report.txt", "report.txt", Format.JSON),
        ("terminal:report.json", "report.json", Format.TERMINAL),
        ("diff:a:b", "a:b", Format.DIFF),
        ("other:a", "other:a", Format.TERMINAL),
    ],
)
def test_output(text: str, name: str, form: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert target_from(text) == Target(tmp_path / name, form)


@pytest.mark.parametrize("text", ["", "json:", ".", "json:.", "gone/report.json"])
def test_output_that_is_no_file(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        target_from(text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("import openai\n")
    return tmp_path


WRONG_USE = [
    ([], "Missing argument 'PATH"),
    (["--dry-run"], "Missing argument 'PATH"),
    (["gone.py", "--dry-run"], "error: gone.py does not exist\n"),
    (["a.py", "gone\x1b.py"], "error: gone\\x1b.py does not exist\n"),
    (["a.py/x.py"], "error: a.py/x.py does not exist\n"),
    (["--", "--check"], "error: --check does not exist\n"),
    (["a.py", "--dryrun"], "No such option: --dryrun"),
    (["a.py", "--format", "xml"], "'xml' is not one of 'terminal', 'json', 'diff'"),
    (["-", "a.py"], "error: - (standard input) cannot be combined with other paths\n"),
    (["a.py", "--stdin-filename", "x.py"], "error: --stdin-filename needs - as the path\n"),
    (["a.py", "--output", "gone/x.json"], "error: --output gone/x.json: there is no folder"),
    (["a.py", "--map", "gpt-4o"], "error: --map"),
    (["a.py", "--select", "OR999"], 'error: --select: unknown rule "OR999"'),
    (["a.py", "--base-url", "http://example.com"], "error: --base-url must be an https URL"),
    (["a.py", "--api-key-env", KEY], "error: --api-key-env must be the name of an environment variable"),
    (["a.py", "--catalogue", "gone.json"], "gone.json: cannot be read: No such file"),
    (["models", "--catalogue", "a.py"], "a.py: not valid JSON"),
    (["rule"], "Missing argument 'CODE'"),
    (["rule", "OR299"], 'error: no rule "OR299"; the nearest is OR209\n'),
    (["rule", "model-prefx"], 'error: no rule "model-prefx"; the nearest is OR201\n'),
    (["rules", "a.py"], "unexpected extra argument"),
]


@pytest.mark.parametrize(("words", "message"), WRONG_USE)
def test_wrong_use_ends_with_2(words: list[str], message: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert message in err
    assert KEY not in err
    assert (folder / "a.py").read_text() == "import openai\n"


@pytest.mark.parametrize("word", ["rules", "rule", "models"])
def test_a_path_named_like_a_command_is_ambiguous(word: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / word).mkdir()
    assert run([word]) == 2
    assert f"For the path write ./{word}" in capfd.readouterr().err


def test_a_wrong_setting_of_the_project_is_named(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "pyproject.toml").write_text("[tool.or-migrate]\nbase-ur = 'x'\n")
    assert run(["a.py"]) == 2
    assert 'unknown key "base-ur" in [tool.or-migrate]; did you mean "base-url"?' in capfd.readouterr().err


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capfd.readouterr().out.startswith("or-migrate ")


@pytest.mark.parametrize("width", [60, 120])
@pytest.mark.parametrize(
    "words",
    [["--help"], ["rules", "--help"], ["rule", "-h"], ["models", "-h"], ["rules"], ["rule", "OR102"]],
)
def test_help_fits_the_terminal(
    words: list[str], width: int, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert run(words) == 0
    lines = capfd.readouterr().out.splitlines()
    code = [line for line in lines if line[2:3] in {" ", "+", "-"} and "(" in line and words == ["rule", "OR102"]]
    assert all(len(line) <= width for line in lines if line not in code)


def test_help_names_every_option(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(["--help"])
    text = capfd.readouterr().out
    assert text.startswith("Usage: or-migrate PATH... [OPTIONS]\n")
    options = [
        *("--dry-run", "--check", "--unsafe", "--strict", "--verbose", "--format", "--output", "--select", "--ignore"),
        *("--exclude", "--force-exclude", "--no-gitignore", "--site-url", "--app-title", "--title-header"),
        *("--api-key-env", "--base-url", "--allow-host", "--map", "--replace-retired", "--catalogue"),
        *("--stdin-filename", "--version"),
    ]
    assert [option for option in options if option not in text] == []


@pytest.mark.parametrize("text", ["OR201", "or201", "model-prefix", "Model-Prefix"])
def test_a_rule_is_explained(text: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["rule", text]) == 0
    out = capfd.readouterr().out
    assert out.startswith("OR201 model-prefix\n\nWhat it does\n")
    assert '\n  -answer = client.chat.completions.create(model="gpt-4o", messages=[])\n' in out
    assert '\n  +answer = client.chat.completions.create(model="openai/gpt-4o", messages=[])\n' in out


def test_a_reader_that_goes_away_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        [sys.executable, "-m", "codemod", "rules"],
        cwd=Path(__file__).parent.parent,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (process.returncode, process.stderr) == (0, b"")
