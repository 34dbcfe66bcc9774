"""Mutations of what stands beside the code: settings of the tool and of the project, and files that look like some."""

from __future__ import annotations

from tests.fixture_cases import Tree
from tests.fuzzing.chance import Chance, Mutation, Preserves

_TABLES = (
    b'[tool.or-migrate]\nunsafe = true\napp-title = "Shop"\n',
    b'[tool.or-migrate]\nexclude = ["app", "*.py", "**", "["]\n',
    b'[tool.or-migrate]\nignore = ["OR201", "or3"]\nstrict = true\n',
    b'[tool.or-migrate.map]\ngpt-4o = "anthropic/claude-sonnet-4.5"\n"gpt-4.1" = "x/y"\n',
    b'[tool.or-migrate]\nmixed-clients = "keep"\nbase-url = "https://eu.openrouter.ai/api/v1"\n',
    b'[tool.or-migrate]\napi-key-env = "KEY_OF_SHOP"\nreplace-retired = true\n',
    b'[project]\nname = "shop"\nversion = "1"\n\n[build-system]\nrequires = []\n',
    b"[tool.ruff]\nline-length = 20\n",
    b"[tool.black]\nline-length = 100000\n",
    b"\xef\xbb\xbf[tool.or-migrate]\r\n",
    b"[tool]\nor-migrate = 1\n",
    b"x = " + b"[" * 3000,
)
_FILES = (
    (".env", b"OPENAI_API_KEY=sk-proj-abcdefghijklmnop0123456789\nOPENAI_BASE_URL=\n"),
    (".env", b"export OPENAI_BASE_URL='https://proxy.test/v1'\r\n"),
    (".env.example", b"OPENAI_BASE_URL=https://api.openai.com/v1 # own\n"),
    (".env", b"\xff\xfe\x00OPENAI_API_BASE=\x00https://[::1\n"),
    (
        "docker-compose.yml",
        b"services:\n  a:\n    environment:\n      - OPENAI_API_TYPE\n      - OPENAI_BASE_URL=$X\n",
    ),
    ("Dockerfile", b"FROM x\nENV OPENAI_API_BASE http://[bad\n"),
    (".github/workflows/ci.yml", b"env:\n  OPENAI_BASE_URL: ${{ vars.URL }}\n"),
    ("notes.ipynb", b'{"cells": [{"cell_type": "code", "source": ["from openai import OpenAI\\n", "OpenAI()"]}]}'),
    ("notes.ipynb", b'{"cells": ' + b"[" * 1000),
    ("openai.py", b"class OpenAI: ...\n"),
    ("openai/__init__.py", b"from .client import OpenAI\n"),
    (".gitignore", b"*\n!*.py\n[\n"),
    (".gitignore", b"/app/\n**/x\n\xff\n"),
    ("ruff.toml", b"line-length = 'x'\n"),
)


def settings_of_the_tool(tree: Tree, chance: Chance) -> Tree:
    return {**tree, "pyproject.toml": tree.get("pyproject.toml", b"") + b"\n" + chance.choice(_TABLES)}


def file_beside(tree: Tree, chance: Chance) -> Tree:
    name, data = chance.choice(_FILES)
    is_taken = any(other != name and (other.startswith(f"{name}/") or name.startswith(f"{other}/")) for other in tree)
    return tree if is_taken else {**tree, name: data}


def damaged_settings(tree: Tree, chance: Chance) -> Tree:
    """A byte of a file that is no Python is another one, or is gone with all that follows."""
    names = [name for name in sorted(tree) if not name.endswith(".py") and tree[name]]
    if not names:
        return tree
    name = chance.choice(names)
    data = tree[name]
    place = chance.below(len(data))
    rest = b"" if chance.below(2) else data[place + 1 :]
    return {**tree, name: data[:place] + bytes([chance.below(256)]) + rest}


SETTINGS: tuple[Mutation, ...] = tuple(
    Mutation(each.__name__, Preserves.NOTHING, each) for each in (settings_of_the_tool, file_beside, damaged_settings)
)
