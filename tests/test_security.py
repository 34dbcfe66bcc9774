"""What SECURITY.md promises of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codemod.cli import run as run_here

ROOT = Path(__file__).resolve().parent.parent
SECRET = "sk-proj-" + "Ab3" * 12
OTHER_SECRET = "sk-" + "Zq9X" * 10
PROGRAM = f"""\
from openai import OpenAI

client = OpenAI(api_key="{SECRET}", organization="org-\x1b[31mred")
other = OpenAI(base_url="http://localhost/v1", api_key="{OTHER_SECRET}")
model = "gpt-4o\\x1b]0;title\\x07"
print(client.chat.completions.create(model="gpt-4o", messages=[]))
print(client.chat.completions.create(model=model, messages=[]))
print(other.chat.completions.create(model="\x1b[2J", messages=[]))
"""


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "odd\x1b[31m\nname.py").write_text(PROGRAM)
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={SECRET}\nOPENAI_BASE_URL=https://u:{OTHER_SECRET}@proxy/v1\n")
    return tmp_path


def run(folder: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "codemod", ".", *options],
        cwd=folder,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        timeout=60,
    )
    assert done.returncode in (0, 1), done.stderr
    return (done.stdout + done.stderr).decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("form", ["terminal", "json", "diff"])
@pytest.mark.parametrize("more", [("--dry-run",), ("--dry-run", "--verbose"), ("--check",), ("--verbose",)])
@pytest.mark.parametrize("is_edited", [True, False])
def test_no_format_shows_a_key(
    hostile: Path,
    form: str,
    more: tuple[str, ...],
    is_edited: bool,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    if is_edited:
        (hostile / ".env").unlink()
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("NO_COLOR", "1")
    assert run_here([".", "--format", form, *more]) in (0, 1)
    shown = b"".join(capfdbinary.readouterr()).decode("utf-8", "surrogateescape")
    assert shown.strip() or (form == "diff" and not is_edited)
    assert SECRET not in shown
    assert OTHER_SECRET not in shown


def test_names_and_texts_do_not_steer_the_terminal(hostile: Path) -> None:
    shown = run(hostile, "--dry-run", "--verbose")
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_the_configuration_is_data(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import openai\nopen('run', 'w')\n")
    (tmp_path / "pyproject.toml").write_text(
        "[tool.or-migrate]\nsite-url = 'https://x.example/$(touch run)'\napp-title = '{__import__(\"os\")}'\n"
    )
    run(tmp_path, "--dry-run")
    assert not (tmp_path / "run").exists()
