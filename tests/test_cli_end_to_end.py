"""The command line as a user calls it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from codemod.cli import run

OLD = """import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
answer = client.chat.completions.create(model="gpt-4o", messages=[])
"""
NEW = """import os

from openai import OpenAI

client = OpenAI(
    api_key=os.environ["OPENROUTER_API_KEY"],
    base_url="https://openrouter.ai/api/v1",
)
answer = client.chat.completions.create(model="openai/gpt-4o", messages=[])
"""
REMAINS = 'def ask(client):\n    return client.chat.completions.create(model="gpt-4o", messages=[])  # openai\n'
BROKEN = "import openai\nprint 'x'\n"
KEY = "sk-proj-abcdefghijklmnop0123456789"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


Run = Callable[..., Done]


@pytest.fixture
def or_migrate(folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs the command line in the folder, in this process: most of what is shown here needs no other."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)

    def run_here(*words: str, stdin: bytes = b"", **environment: str) -> Done:
        capfdbinary.readouterr()
        with monkeypatch.context() as here:
            here.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name, value in environment.items():
                here.setenv(name, value)
            code = run(words)
        return Done(code, *capfdbinary.readouterr())

    return run_here


def process(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "codemod", *words],
        cwd=folder,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **environment},
    )


@pytest.mark.parametrize(
    "words",
    [["a.py", "--dry-run"], ["--dry-run", "a.py"], ["a.py", "b.py", "--dry-run", "rules"], ["--dry-run", "--", "a.py"]],
)
def test_options_stand_in_any_position(words: list[str], folder: Path, or_migrate: Run) -> None:
    for name in ("a.py", "b.py", "rules"):
        (folder / name).write_text(OLD)
    result = or_migrate(*words)
    assert result.returncode == 0, result.stderr
    assert b"--- a/a.py\n+++ b/a.py\n" in result.stdout
    assert (b"--- a/rules\n" in result.stdout) == ("rules" in words)
    assert all((folder / name).read_text() == OLD for name in ("a.py", "b.py", "rules"))


@pytest.mark.parametrize("words", [["./rule"], ["--", "rule"], ["--strict", "rule"]])
def test_a_path_may_be_named_like_a_command(words: list[str], folder: Path, or_migrate: Run) -> None:
    (folder / "rule").write_text(OLD)
    assert or_migrate(*words).returncode == 0
    assert (folder / "rule").read_text() == NEW


def test_safe_edits_are_applied_and_a_second_run_changes_nothing(folder: Path, or_migrate: Run) -> None:
    (folder / "a.py").write_text(OLD)
    first = or_migrate(".")
    assert (first.returncode, (folder / "a.py").read_text()) == (0, NEW)
    assert b"a.py\n  changed\n" in first.stdout
    assert b"\x1b" not in first.stdout
    second = or_migrate(".", "--check")
    assert (second.returncode, (folder / "a.py").read_text()) == (0, NEW)


# The rows of the table of exit codes. Each holds for every format.
EXIT_CODES = [
    ({"a.py": OLD}, ["."], 0),
    ({"a.py": OLD}, [".", "--dry-run"], 0),
    ({"a.py": OLD}, [".", "--check"], 1),
    ({"a.py": NEW}, [".", "--check", "--strict"], 0),
    ({"a.py": REMAINS}, ["."], 0),
    ({"a.py": REMAINS}, [".", "--check"], 0),
    ({"a.py": REMAINS}, [".", "--strict"], 1),
    ({"a.py": REMAINS}, [".", "--strict", "--dry-run"], 1),
    ({"a.py": OLD}, ["gone"], 2),
    ({"a.py": OLD, "b.py": BROKEN}, ["."], 3),
    ({"a.py": OLD, "b.py": BROKEN}, [".", "--check", "--strict"], 3),
    ({"a.py": OLD, "b.py": "print 'x'\n"}, ["."], 0),
]


@pytest.mark.parametrize("form", ["terminal", "json", "diff"])
@pytest.mark.parametrize(("files", "words", "code"), EXIT_CODES)
def test_exit_code(
    files: dict[str, str],
    words: list[str],
    code: int,
    form: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(folder)
    for name, text in files.items():
        (folder / name).write_text(text)
    assert run([*words, "--format", form]) == code, capfdbinary.readouterr().err


def test_the_diff_applies(folder: Path, or_migrate: Run) -> None:
    (folder / "a b.py").write_bytes(OLD.replace("\n", "\r\n").encode().rstrip())
    result = or_migrate(".", "--dry-run", "--format", "diff")
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=result.stdout, check=True)
    assert (folder / "a b.py").read_bytes() == NEW.replace("\n", "\r\n").encode().rstrip()


def test_json_and_a_report_for_a_person_in_one_run(folder: Path, or_migrate: Run) -> None:
    (folder / "a.py").write_text(OLD)
    result = or_migrate(".", "--output", "report.json", "--output", "terminal:report.txt")
    assert b"Summary" in result.stdout
    report = json.loads((folder / "report.json").read_bytes())
    assert [file["path"] for file in report["files"]] == ["a.py"]
    assert {finding["rule"] for finding in report["findings"] if finding["applied"]} == {"OR101", "OR102", "OR201"}
    requests = report["summary"]["requests"]
    assert requests == {"migrated": 1, "reported": 0, "left": 0}


@pytest.mark.parametrize("mode", [["--dry-run", "--verbose"], ["--check"], []])
def test_no_format_shows_a_key(mode: list[str], folder: Path, or_migrate: Run) -> None:
    text = OLD.replace('os.environ["OPENAI_API_KEY"]', f'"{KEY}"') + "".join(f"x{n} = {n}\n" for n in range(20))
    (folder / "a.py").write_text(text)
    result = or_migrate(".", *mode, "--output", "all.json", "--output", "all.diff")
    assert result.returncode == (1 if mode == ["--check"] else 0), result.stderr
    everything = result.stdout + result.stderr + (folder / "all.json").read_bytes() + (folder / "all.diff").read_bytes()
    assert KEY[6:].encode() not in everything


@pytest.mark.parametrize("text", [OLD, NEW, "x = 1\n", BROKEN, ""])
def test_standard_input_comes_out_migrated_or_as_it_is(text: str, folder: Path, or_migrate: Run) -> None:
    result = or_migrate("-", "--stdin-filename", "app.py", stdin=text.encode())
    assert result.stdout.decode() == (NEW if text == OLD else text)
    assert result.returncode == (3 if text == BROKEN else 0)
    assert b"Summary" in result.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["pyproject.toml"]


def test_standard_input_as_a_diff(folder: Path, or_migrate: Run) -> None:
    result = or_migrate("-", "--dry-run", "--format", "diff", "--stdin-filename", "x/app.py", stdin=OLD.encode())
    assert result.stdout.startswith(b"diff --git a/x/app.py b/x/app.py\n")


def test_colour_follows_the_environment(folder: Path, or_migrate: Run) -> None:
    (folder / "a.py").write_text(OLD)
    assert b"\x1b" not in or_migrate(".", "--dry-run").stdout
    assert b"\x1b[32m+" in or_migrate(".", "--dry-run", FORCE_COLOR="1").stdout
    assert b"\x1b" not in or_migrate(".", "--dry-run", FORCE_COLOR="1", NO_COLOR="1").stdout


def test_an_output_that_knows_no_unicode(folder: Path) -> None:
    (folder / "ü.py").write_text(REMAINS)
    result = process(folder, ".", "--verbose", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert result.returncode == 0, result.stderr
    assert b"\\xfc.py" in result.stdout


def test_it_runs_as_a_process_of_its_own(folder: Path) -> None:
    (folder / "a.py").write_text(OLD)
    result = process(folder, ".")
    assert (result.returncode, (folder / "a.py").read_text()) == (0, NEW), result.stderr
    assert b"a.py\n  changed\n" in result.stdout


def loaded(folder: Path, *words: str) -> set[str]:
    """The packages that a run has imported."""
    code = (
        "import json, sys; from codemod.cli import run; run(sys.argv[1:]);"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["a.py", "--check", "--format", "json"]])
def test_what_shows_no_report_for_a_person_starts_without_rich(words: list[str], folder: Path) -> None:
    (folder / "a.py").write_text("import openai\n")
    assert "rich" not in loaded(folder, *words)


def test_a_project_without_openai_says_so(folder: Path, or_migrate: Run) -> None:
    (folder / "a.py").write_text("x = 1\n")
    result = or_migrate(".")
    assert (result.returncode, b"Nothing matched" in result.stdout) == (0, True)


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True)


def commit(folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "all")


def test_an_edit_of_a_file_that_git_does_not_know_is_noticed(folder: Path, or_migrate: Run) -> None:
    commit(folder)
    (folder / "a.py").write_text(OLD)
    done = or_migrate(".", "--format", "json")
    assert json.loads(done.stdout)["schema_version"] == 1
    assert done.stderr == (
        b"note: git did not know 1 of the 1 edited files before this run; git diff does not show them\n"
    )


@pytest.mark.parametrize("name", ["a.py", "notes.txt"])
def test_an_unclean_tree_is_noticed_on_standard_error(name: str, folder: Path, or_migrate: Run) -> None:
    (folder / "a.py").write_text(OLD)
    (folder / "notes.txt").write_text("")
    commit(folder)
    with (folder / name).open("a") as file:
        file.write("# more\n")
    done = or_migrate(".", "--format", "json")
    assert done.stderr == (
        b"note: the git tree held uncommitted changes before this run; git diff shows them together with the edits\n"
    )


@pytest.mark.parametrize("words", [["."], [".", "--dry-run"]])
def test_a_clean_tree_is_no_news(words: list[str], folder: Path, or_migrate: Run) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "ä b.py").write_text(OLD)
    (folder / "a.py").write_text(OLD)
    commit(folder)
    (folder / "untracked.txt").write_text("")
    if "--dry-run" in words:
        (folder / "a.py").write_text(OLD + "# more\n")
    assert or_migrate(*words).stderr == b""


def test_an_interrupt_ends_with_130_and_no_traceback(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "codemod", "-"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        # A shell's background jobs ignore the interrupt, and what they start inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )
    assert process.stdin
    # More than the pipe holds: when the write is done, the process has begun to read.
    process.stdin.write(b"#" * 1_000_000)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
