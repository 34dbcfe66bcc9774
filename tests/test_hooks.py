"""The pre-commit hooks, run by pre-commit itself in a git repository made for the test.

The hook repository is made of the real ``.pre-commit-hooks.yaml``. Only its language is another one: pre-commit would
install the package, and tests use no network; instead it finds ``or-migrate`` on the path.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / ".pre-commit-hooks.yaml"

OLD_CLIENT = "from openai import OpenAI\n\nclient = OpenAI()\n"
OLD = f'{OLD_CLIENT}client.chat.completions.create(model="gpt-4o", messages=[])\n'
NEW = """import os
from openai import OpenAI

client = OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
client.chat.completions.create(model="openai/gpt-4o", messages=[])
"""


@dataclass(frozen=True)
class Repository:
    """A project under git with pre-commit configured."""

    folder: Path
    environment: dict[str, str]

    def write(self, **files: str) -> None:
        """Write files (``a`` is a.py) and stage them, and nothing else."""
        for name, text in files.items():
            path = self.folder / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            self.git("add", str(path))

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()

    def git(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run("git", *words)

    def commit_without_hooks(self) -> None:
        self.git("commit", "-q", "--no-verify", "-m", "more")

    def pre_commit(self, hook: str) -> subprocess.CompletedProcess[str]:
        """Run a hook on what is staged."""
        return self.run(sys.executable, "-m", "pre_commit", "run", hook, "--verbose", "--color", "never")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project; what it says stands in ``stdout``, errors included."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment of its own for git and pre-commit, with ``or-migrate`` on the path; one cache for all tests."""
    folder = tmp_path_factory.mktemp("hooks")
    programs = folder / "bin"
    programs.mkdir()
    program = programs / "or-migrate"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m codemod "$@"\n')
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "SKIP"))}
    return {
        **kept,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PRE_COMMIT_HOME": str(folder / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }


@pytest.fixture(scope="session")
def hook_repository(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The entry of ``.pre-commit-config.yaml`` for a repository with the hooks."""
    hooks = Repository(tmp_path_factory.mktemp("offered"), environment)
    manifest = MANIFEST.read_text(encoding="utf-8").replace("language: python", "language: system")
    (hooks.folder / MANIFEST.name).write_text(manifest)
    hooks.git("init", "-q")
    hooks.git("add", ".")
    hooks.git("commit", "-q", "-m", "hooks")
    offered = [{"id": hook["id"]} for hook in yaml.safe_load(manifest)]
    revision = hooks.git("rev-parse", "HEAD").stdout.strip()
    return {"repo": str(hooks.folder), "rev": revision, "hooks": offered}


@pytest.fixture
def repository(environment: dict[str, str], hook_repository: dict[str, object], tmp_path: Path) -> Repository:
    project = Repository(tmp_path, environment)
    (project.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [hook_repository]}))
    (project.folder / "pyproject.toml").write_text('[tool.or-migrate]\nexclude = ["vendored/"]\n')
    project.git("init", "-q")
    project.git("add", ".")
    project.commit_without_hooks()
    return project


def test_the_manifest() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)]
    subprocess.run(command, check=True)
    hooks = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}
    entries = {name: hook["entry"] for name, hook in hooks.items()}
    assert entries == {
        "or-migrate": "or-migrate --force-exclude",
        "or-migrate-check": "or-migrate --force-exclude --check",
    }
    for hook in hooks.values():
        assert (hook["language"], hook["types_or"], hook["require_serial"]) == ("python", ["python"], True)
        assert "args" not in hook  # the user's take their place


def test_the_check_fails_and_changes_nothing(repository: Repository) -> None:
    repository.write(a=OLD)
    done = repository.pre_commit("or-migrate-check")
    assert (done.returncode, "exit code: 1" in done.stdout) == (1, True), done.stdout
    assert repository.read("a.py") == OLD


def test_excludes_hold_for_files_that_are_named(repository: Repository) -> None:
    repository.write(vendored__a=OLD)
    done = repository.pre_commit("or-migrate")
    assert (done.returncode, "is excluded" in done.stdout) == (0, True), done.stdout
    assert repository.read("vendored/a.py") == OLD


def test_the_rest_of_the_project_is_read_but_not_edited(repository: Repository) -> None:
    migrated_client = NEW[: NEW.index("client.chat")]
    repository.write(shared=migrated_client, other=OLD)
    repository.commit_without_hooks()
    asks = 'from shared import client\n\nclient.chat.completions.create(model="gpt-4o", messages=[])  # openai\n'
    repository.write(asks=asks)
    assert repository.pre_commit("or-migrate").returncode == 1
    assert repository.read("asks.py") == asks.replace("gpt-4o", "openai/gpt-4o")
    assert (repository.read("shared.py"), repository.read("other.py")) == (migrated_client, OLD)


def test_a_group_is_never_applied_in_part(repository: Repository) -> None:
    constant = 'MODEL = "gpt-4o"\n'
    repository.write(b=constant)
    repository.commit_without_hooks()
    client = (
        "from b import MODEL\n"
        + OLD_CLIENT
        + "print(client.chat.completions.create(model=MODEL, messages=[]).choices)\n"
    )
    repository.write(a=client)
    done = repository.pre_commit("or-migrate")
    assert done.returncode == 0, done.stdout
    assert "OR121" in done.stdout
    assert "b.py:1 is outside the given paths" in done.stdout
    assert (repository.read("a.py"), repository.read("b.py")) == (client, constant)
    repository.write(b=constant + "# staged as well\n")
    assert repository.pre_commit("or-migrate").returncode == 1
    assert 'MODEL = "openai/gpt-4o"' in repository.read("b.py")
    assert "openrouter.ai" in repository.read("a.py")


def test_a_commit_is_fixed_and_the_second_one_is_clean(repository: Repository) -> None:
    repository.run(sys.executable, "-m", "pre_commit", "install")
    repository.write(a=OLD)
    first = repository.git("commit", "-q", "-m", "old")
    assert (first.returncode, repository.read("a.py")) == (1, NEW), first.stdout
    assert "files were modified by this hook" in first.stdout
    repository.git("add", "a.py")
    second = repository.git("commit", "-q", "-m", "new")
    assert (second.returncode, second.stdout.count("Passed")) == (0, 2), second.stdout
    assert repository.git("status", "--porcelain").stdout == ""
