"""What the README says is what the tool does: its commands run, its tables and examples hold."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from codemod.cli import run
from codemod.config import Settings, build_config, load_settings
from codemod.rules import all_rules

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOP = ROOT / "examples" / "shop"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """The text under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def table(title: str) -> list[list[str]]:
    """The rows of the first table of a section, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


COMMANDS = [line for block in blocks("sh") for line in block.splitlines()]
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -q . && "
MAIN, TESTS = (line for line in COMMANDS if line.startswith("python3 -m venv"))
SLOW = {
    "python -m benchmarks.corpus": "pinned",
    "python -m benchmarks.labels": "Bars",
    "python -m benchmarks.sdk_matrix": "newest SDK of each major version",
    "python -m benchmarks.faults": "killed at a random moment",
    "python -m benchmarks.fuzz --minutes 20": "made small",
}
VERIFY = [line for line in COMMANDS if line.startswith("or-migrate verify ")]
# It needs the network; tests/openrouter/test_refresh.py runs it against a server on this machine.
REFRESH = next(line for line in COMMANDS if "--refresh" in line)
EVERYDAY = [line for line in COMMANDS if line.startswith("or-migrate ") and line not in (*VERIFY, REFRESH)]
BEFORE_AND_AFTER = blocks("diff")[0]
BEFORE = "".join(line[1:] for line in BEFORE_AND_AFTER.splitlines(keepends=True) if line[0] != "+")
AFTER = "".join(line[1:] for line in BEFORE_AND_AFTER.splitlines(keepends=True) if line[0] != "-")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the example: tests change no file of the repository."""
    return Path(shutil.copytree(SHOP, tmp_path / "examples" / "shop"))


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with ``or-migrate`` and ``python`` as an installation into this environment would have them."""
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    for name, words in (("or-migrate", "-m codemod "), ("python", "")):
        program = folder / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}"$@"\n')
        program.chmod(0o755)
    return folder


def environment(programs: Path | None = None, **more: str) -> dict[str, str]:
    """What a command runs with: nothing of the caller that changes the outcome."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "OPENROUTER_"))}
    path = os.pathsep.join(filter(None, (programs and str(programs), os.environ["PATH"])))
    return {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1", **more}


def shell(command: str, folder: Path, programs: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-ec", command],
        cwd=folder,
        env=environment(programs, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def or_migrate(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs the command line in a folder, in this process: most of what the README says needs no other."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")

    def run_in(folder: Path, *words: str) -> Done:
        monkeypatch.chdir(folder)
        capfdbinary.readouterr()
        code = run(words)
        out, err = capfdbinary.readouterr()
        return Done(code, out.decode(), err.decode())

    return run_in


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.py"))}


# Commands.


def test_every_command_is_run_by_a_test() -> None:
    assert set(COMMANDS) == {MAIN, TESTS, *SLOW, *VERIFY, REFRESH, *EVERYDAY}
    assert {line.partition("#")[0].strip() for line in EVERYDAY} == set(EXPECTED)


def test_the_main_command_runs_on_the_example(shop: Path, programs: Path, tmp_path: Path) -> None:
    assert MAIN.startswith(SET_UP)
    before = contents(shop)
    done = shell(MAIN.removeprefix(SET_UP), tmp_path, programs)
    assert done.returncode == 0, done.stderr
    assert '+    base_url="https://openrouter.ai/api/v1",' in done.stdout
    assert "Before you run it" in done.stdout
    assert contents(shop) == before


def test_the_command_for_the_tests_is_the_one_of_ci() -> None:
    assert f"\n    {TESTS}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", SLOW)
def test_a_slow_command_exists(command: str, programs: Path) -> None:
    done = shell(f"{command} --help", ROOT, programs)
    assert (done.returncode, SLOW[command] in done.stdout) == (0, True), done.stderr


def test_the_commands_that_verify_and_what_they_show(tmp_path: Path, programs: Path, or_migrate: Run) -> None:
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text(BEFORE)
    (tmp_path / "after" / "pyproject.toml").write_text("")
    assert or_migrate(tmp_path / "after", ".").returncode == 0
    alone, compared = (shell(command, tmp_path / "after", programs) for command in VERIFY)
    assert (alone.returncode, "1 without a problem" in alone.stdout) == (0, True), alone.stderr
    assert compared.stdout == blocks("text")[0]


def test_the_options_and_exit_codes_of_verify(tmp_path: Path, or_migrate: Run) -> None:
    text = or_migrate(tmp_path, "verify", "--help").stdout
    rows = [line.split("|")[1] for line in section("Verify").splitlines() if line.startswith("|")]
    heads = re.findall(r"^  (-.*?)(?:\s{2}|$)", text, re.MULTILINE)
    assert set().union(*map(options_of, rows)) == set().union(*map(options_of, heads))
    codes = {row.strip() for row in rows if row.strip().isdigit()}
    (told,) = re.findall(r"Exit codes: (.*?\binterrupted)", " ".join(text.split()))
    assert codes == {part.split()[0] for part in told.split("; ")}


# What each everyday command ends with on the example, and a text that it shows.
EXPECTED = {
    "or-migrate . --dry-run": (0, "--- a/shop/llm.py"),
    "or-migrate .": (0, "shop/llm.py\n  changed"),
    "or-migrate . --check --strict": (1, "would change"),
    "or-migrate . --dry-run --format diff > moved.patch": (0, ""),
    "or-migrate . --check --output report.json": (1, "would change"),
    "or-migrate - --stdin-filename app.py < app.py": (0, 'model="openai/gpt-4o"'),
    "or-migrate models claude sonnet": (0, "anthropic/claude-sonnet-4.5 "),
    "or-migrate models gpt-4.1": (0, "\nOPENAI ID "),
    "or-migrate models gpt-4.1 --format json": (0, '"parameters": ['),
    "or-migrate rules": (0, "OR201  safe    model-prefix"),
    "or-migrate rule OR201": (0, "Fix safety"),
}


@pytest.mark.parametrize("line", EVERYDAY)
def test_an_everyday_command_runs(line: str, shop: Path, programs: Path, or_migrate: Run) -> None:
    (shop / "app.py").write_text(BEFORE)
    command = line.partition("#")[0].strip()
    needs_shell = {"<", ">"} & set(command)
    done = shell(command, shop, programs) if needs_shell else or_migrate(shop, *command.split()[1:])
    code, shown = EXPECTED[command]
    assert done.returncode == code, done.stderr
    assert shown in done.stdout
    if "moved.patch" in command:
        subprocess.run(["git", "apply", "--check", "moved.patch"], cwd=shop, check=True)
    if "report.json" in command:
        assert json.loads((shop / "report.json").read_bytes())["schema_version"] == 1


# The example project, and the one at the top.


def test_the_before_and_after_at_the_top(tmp_path: Path, or_migrate: Run) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "app.py").write_text(BEFORE)
    assert or_migrate(tmp_path, ".").returncode == 0
    assert (tmp_path / "app.py").read_text() == AFTER


def test_the_example_shows_a_bit_of_everything(shop: Path, or_migrate: Run) -> None:
    done = or_migrate(shop, ".", "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    shown = {finding["rule"] for finding in report["findings"]}
    assert shown >= {"OR101", "OR102", "OR103", "OR104", "OR120", "OR201", "OR203", "OR209", "OR301", "OR302", "OR501"}
    assert all(report["summary"]["requests"][name] for name in ("migrated", "reported", "left"))
    for path in shop.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))
    migrated = contents(shop)
    assert or_migrate(shop, ".", "--check").returncode == 0
    assert contents(shop) == migrated


def test_the_json_finding_is_one_of_the_example(shop: Path, tmp_path: Path, or_migrate: Run) -> None:
    report = json.loads(or_migrate(tmp_path, "examples/shop", "--dry-run", "--format", "json").stdout)
    assert json.loads(blocks("json")[0]) in report["findings"]


# Tables.

OPENAI = "from openai import OpenAI\n\n"
CHANGES = OPENAI + 'OpenAI().chat.completions.create(model="gpt-4o", messages=[])\n'
REMAINS = OPENAI + 'OpenAI().moderations.create(input="x")\n'
BROKEN = {"b.py": "import openai\nprint 'x'\n"}

EXIT_CODES = [
    ("0", "done", {"a.py": CHANGES}, ["."]),
    ("1", "`--check`: something would change", {"a.py": CHANGES}, [".", "--check"]),
    ("1", "`--strict`: findings remain for a person", {"a.py": REMAINS}, [".", "--strict"]),
    ("2", "wrong use or configuration; a path that does not exist", {"a.py": CHANGES}, ["gone.py"]),
    (
        "3",
        "a file that mentions openai could not be processed; all others were",
        {"a.py": CHANGES, **BROKEN},
        ["."],
    ),
]
INTERRUPTED = ("130", "interrupted")


def test_the_exit_codes_are_those_tested_below() -> None:
    assert [tuple(row) for row in table("Exit codes")] == [*(row[:2] for row in EXIT_CODES), INTERRUPTED]


@pytest.mark.parametrize(("code", "meaning", "files", "words"), EXIT_CODES, ids=[row[1] for row in EXIT_CODES])
def test_an_exit_code(
    code: str, meaning: str, files: dict[str, str], words: list[str], tmp_path: Path, or_migrate: Run
) -> None:
    for name, text in {"pyproject.toml": "", **files}.items():
        (tmp_path / name).write_text(text)
    done = or_migrate(tmp_path, *words)
    assert done.returncode == int(code), done.stderr
    applied = (tmp_path / "a.py").read_text() != files["a.py"]
    assert applied == (code in {"0", "3"})


def test_wrong_configuration_is_exit_code_2(tmp_path: Path, or_migrate: Run) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.or-migrate]\nsite-ulr = 'x'\n")
    done = or_migrate(tmp_path, ".")
    assert (done.returncode, '"site-ulr"' in done.stderr) == (2, True)


def test_a_broken_file_that_does_not_mention_openai_changes_nothing(tmp_path: Path, or_migrate: Run) -> None:
    (tmp_path / "b.py").write_text("print 'x'\n")
    assert or_migrate(tmp_path, ".").returncode == 0


def test_interrupted_is_exit_code_130(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "codemod", "-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # A shell's background jobs ignore the interrupt, and what they start inherits that.
    pipes["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # type: ignore[assignment]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), **pipes) as process:  # type: ignore[call-overload]
        # More than the pipe holds: when the write is done, the process has begun to read.
        process.stdin.write(b"#" * 1_000_000)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == int(INTERRUPTED[0])


DEGREES = {"Rewritten": "safe", "Rewritten with `--unsafe`": "unsafe", "Reported": "manual", "Left": "info"}


def test_the_rules_are_all_in_the_table_where_they_belong(tmp_path: Path, or_migrate: Run) -> None:
    listed = {line[:5]: line.split()[1] for line in or_migrate(tmp_path, "rules").stdout.splitlines() if line[0] == "O"}
    assert set(listed) == {rule.code for rule in all_rules()}
    degree, found = "", {}
    for kind, _, codes in table("What is rewritten, reported and left"):
        degree = DEGREES.get(kind.replace("*", ""), degree)
        found.update(dict.fromkeys(codes.split(), degree))
    assert found == listed


def options_of(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


def test_the_options_are_those_of_the_help(tmp_path: Path, or_migrate: Run) -> None:
    named = set().union(*(options_of(row[0]) for row in table("Options")))
    heads = re.findall(r"^  (-.*?)(?:\s{2}|$)", or_migrate(tmp_path, "--help").stdout, re.MULTILINE)
    assert named == set().union(*map(options_of, heads))


# What an option asks of one run alone is no setting.
OF_ONE_RUN = {"dry-run", "check", "verbose", "format", "output", "catalogue", "stdin-filename", "version", "help"}


def test_the_configuration_can_be_loaded_and_has_every_setting(tmp_path: Path) -> None:
    (block,) = blocks("toml")
    (tmp_path / "pyproject.toml").write_text(block)
    settings = load_settings(tmp_path)
    config = build_config(settings, Settings(), known={rule.code for rule in all_rules()})
    assert config.headers == (("HTTP-Referer", "https://shop.example.com"), ("X-Title", "Shop assistant"))
    assert config.models == {"gpt-4o": "anthropic/claude-sonnet-4.5"}
    options = {name[2:] for row in table("Options") for name in options_of(row[0]) if name.startswith("--")}
    settable = {name for name in options - OF_ONE_RUN if not name.startswith("no-")}
    keys = set(re.findall(r"^([a-z-]+) =", block, re.MULTILINE)) | {"map"}
    assert keys == settable


def test_the_silencing_comments_silence(tmp_path: Path, or_migrate: Run) -> None:
    block = blocks("python")[0]
    source = OPENAI + block
    (tmp_path / "pyproject.toml").write_text("")
    for text, expected in ((source, False), (re.sub(r" *# or-migrate.*", "", source), True)):
        (tmp_path / "a.py").write_text(text)
        findings = json.loads(or_migrate(tmp_path, ".", "--dry-run", "--format", "json").stdout)["findings"]
        assert any(finding["rule"] == "OR209" for finding in findings) is expected
        assert any(finding["rule"] == "OR101" for finding in findings) is expected


# Recipes.


def test_the_recipes_name_hooks_that_exist_and_this_version(tmp_path: Path) -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    (repository,) = yaml.safe_load(blocks("yaml")[0])["repos"]
    assert {hook["id"] for hook in repository["hooks"]} <= offered
    assert repository["rev"] == f"v{version[1]}"
    assert set(re.findall(r"@(v\d\.\d\.\d)", README)) == {f"v{version[1]}"}


WORKFLOW_COMMANDS = {"or-migrate . --check --strict": 1, 'or-migrate . --output terminal:"$RUNNER_TEMP/report.txt"': 0}


def test_the_workflows_run_commands_that_work(tmp_path: Path, programs: Path) -> None:
    steps = [
        step["run"]
        for workflow in map(yaml.safe_load, blocks("yaml")[1:])
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if step.get("run", "").startswith("or-migrate")
    ]
    assert steps == list(WORKFLOW_COMMANDS)
    for command, code in WORKFLOW_COMMANDS.items():
        folder = Path(shutil.copytree(SHOP, tmp_path / str(code)))
        done = shell(command, folder, programs, RUNNER_TEMP=str(tmp_path))
        assert done.returncode == code, done.stderr
    assert "Summary" in (tmp_path / "report.txt").read_text(encoding="utf-8")


# The rest.


def test_the_sections_that_the_code_names_exist() -> None:
    named = {
        title
        for path in (ROOT / "codemod").rglob("*.py")
        for title in re.findall(r'"([A-Z][a-z]+)" in the README', path.read_text(encoding="utf-8"))
    }
    assert named
    assert all(section(title).strip() for title in named)


def test_the_files_that_it_links_to_exist() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_dependencies_are_those_that_the_code_imports() -> None:
    imported = set()
    for path in (ROOT / "codemod").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    named = set(re.findall(r"^- \[(\w+)\]", section("Dependencies"), re.MULTILINE))
    # tomllib is of the standard library from 3.11 on; typing_extensions is read by the type checker alone.
    others = {"codemod", "__future__", "tomllib", "typing_extensions"}
    assert named == imported - sys.stdlib_module_names - others
    required = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(re.search(rf'^    "{name}>=', required, re.MULTILINE) for name in named)
