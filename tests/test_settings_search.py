"""Settings files: what sets the endpoint, what does not, and which files are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemod.discovery import Walks
from codemod.settings_search import endpoint_settings, is_openais_own, may_hold_settings


def found(tmp_path: Path, name: str, text: str) -> list[tuple[int, str, str]]:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return [(each.line, each.name, each.value) for each in endpoint_settings([path])]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        (".env", "OPENAI_BASE_URL=http://localhost:1/v1\n", "http://localhost:1/v1"),
        (".env", "export OPENAI_BASE_URL='http://localhost:1/v1'  # ours\n", "http://localhost:1/v1"),
        (".env", "OPENAI_BASE_URL=http://localhost:1/v1\r\n", "http://localhost:1/v1"),
        ("Dockerfile", "ENV A=1 OPENAI_BASE_URL=http://proxy/v1\n", "http://proxy/v1"),
        ("Dockerfile", "ENV OPENAI_BASE_URL http://proxy/v1\n", "http://proxy/v1"),
        ("Dockerfile", 'env OPENAI_BASE_URL "http://proxy/v1"\n', "http://proxy/v1"),
        ("compose.yaml", "    environment: {OPENAI_BASE_URL: http://proxy/v1, A: b}\n", "http://proxy/v1"),
        ("compose.yaml", '    environment: ["OPENAI_BASE_URL=http://proxy/v1"]\n', "http://proxy/v1"),
        ("compose.yaml", "      - OPENAI_BASE_URL=http://proxy/v1\n", "http://proxy/v1"),
        ("compose.yaml", "      OPENAI_BASE_URL: ${OPENAI_BASE_URL}\n", "${OPENAI_BASE_URL"),
        ("compose.yaml", "      - OPENAI_BASE_URL\n", ""),
        ("compose.yaml", "      - OPENAI_BASE_URL\r\n", ""),
        (".github/workflows/ci.yml", "      run: OPENAI_BASE_URL=http://proxy/v1 python app.py\n", "http://proxy/v1"),
        (".github/workflows/ci.yml", "      OPENAI_BASE_URL: ${{ vars.OPENAI_BASE_URL }}\n", "${{"),
        (".github/workflows/ci.yml", "      run: docker run -e OPENAI_BASE_URL app\n", ""),
        (
            ".github/workflows/ci.yml",
            '      run: docker run -e OPENAI_BASE_URL="http://proxy/v1" app\n',
            "http://proxy/v1",
        ),
    ],
)
def test_sets_the_endpoint(tmp_path: Path, name: str, text: str, value: str) -> None:
    assert found(tmp_path, name, f"\n{text}") == [(2, "OPENAI_BASE_URL", value)]


@pytest.mark.parametrize(
    "text",
    [
        "# OPENAI_BASE_URL=http://localhost:1/v1\n",
        "A=1 # OPENAI_BASE_URL=http://localhost:1/v1\n",
        "      # - OPENAI_BASE_URL\n",
        "OPENAI_BASE_URL=\n",
        'OPENAI_BASE_URL=""\n',
        "OPENAI_BASE_URL: ''\n",
        "OPENAI_BASE_URL=https://api.openai.com/v1\n",
        "OPENAI_BASE_URL='https://eu.api.openai.com/v1'\n",
        "OPENAI_API_TYPE=openai\n",
        "MY_OPENAI_BASE_URL=http://localhost:1/v1\n",
        "OPENAI_BASE_URL_OLD=http://localhost:1/v1\n",
        "URL=$OPENAI_BASE_URL\n",
        "URL=${OPENAI_BASE_URL:-http://localhost:1/v1}\n",
        "if: vars.OPENAI_BASE_URL == 'x'\n",
        "ENV OPENAI_BASE_URL \n",
    ],
)
def test_sets_nothing(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, ".env", text) == []


def test_says_each_line_once(tmp_path: Path) -> None:
    text = "OPENAI_API_BASE=http://a/v1\nOPENAI_API_TYPE=azure\nOPENAI_API_BASE=http://a/v1\n"
    assert [(line, name) for line, name, _ in found(tmp_path, ".env", text)] == [
        (1, "OPENAI_API_BASE"),
        (2, "OPENAI_API_TYPE"),
        (3, "OPENAI_API_BASE"),
    ]


def test_passes_over_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert endpoint_settings([tmp_path / ".env", tmp_path / "missing.env"]) == ()


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.local",
        "deploy/prod.env",
        "Dockerfile",
        "docker/Dockerfile.dev",
        "web.dockerfile",
        "docker-compose.yml",
        "compose.override.yaml",
        "a/.github/workflows/ci.yml",
        "a\\.github\\workflows\\ci.yml",
    ],
)
def test_looks_into(path: str) -> None:
    assert may_hold_settings(path)


@pytest.mark.parametrize(
    "path", ["settings.yml", "env.py", "compose.py", "workflows/ci.yml", "README.md", "my.env.txt"]
)
def test_does_not_look_into(path: str) -> None:
    assert not may_hold_settings(path)


def test_walk_finds_ignored_files_but_not_pruned_folders(tmp_path: Path) -> None:
    for name in (".env", "deploy/prod.env", "node_modules/x/.env", "data/.env", "venv/.env", "docs/index.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("A=1\n")
    (tmp_path / ".gitignore").write_text(".env\ndata/\n")
    walked = [path.relative_to(tmp_path).as_posix() for path in Walks().named(tmp_path, may_hold_settings)]
    assert walked == [".env", "deploy/prod.env"]


def test_own_endpoint() -> None:
    assert is_openais_own("OPENAI_BASE_URL", "https://api.openai.com/v1")
    assert not is_openais_own("OPENAI_BASE_URL", "https://api.openai.com.example.org/v1")
    assert not is_openais_own("OPENAI_BASE_URL", "http://[/v1")
    assert not is_openais_own("OPENAI_BASE_URL", "")
