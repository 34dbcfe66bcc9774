"""Whatever the sources look like: nothing crashes, output parses, unplanned bytes stay, a second run finds nothing.

Two projects are made from a fixed seed: programs put together from idioms of the SDK, and real modules of the
standard library and of installed packages with lines of the SDK put in. Both are then damaged at random.
"""

from __future__ import annotations

import ast
import random
import re
import site
import sysconfig
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from codemod.config import Config
from codemod.findings import FileStatus, Outcome
from codemod.migrate import MigrationRequest, migrate

FILES = 50

HEADS = (
    "",
    "#!/usr/bin/env python3\n",
    "# -*- coding: utf-8 -*-\n",
    '"""A module."""\n',
    '"""A module."""\n\nfrom __future__ import annotations\n',
    "# naïve café ☕ comment\n",
)
CLIENTS = (
    "OpenAI()",
    'OpenAI(api_key=os.environ["OPENAI_API_KEY"])',
    'openai.OpenAI(api_key=os.getenv("OPENAI_API_KEY"), organization="org-1", timeout=3)',
    'OpenAI(\n    api_key="sk-test",  # the key\n    max_retries=2,\n    project="p",\n)',
    'OpenAI(base_url="https://api.openai.com/v1", api_key="x")',
    'OpenAI(base_url="http://localhost:8000/v1", api_key="none")',
    'OpenAI(default_headers={"X-Team": "a", "OpenAI-Organization": "b"})',
    'OpenAI(**{"api_key": None, "timeout": 5})',
    "AsyncOpenAI(http_client=None, api_key=None)",
    'AzureOpenAI(azure_endpoint="https://example.org", api_version="1")',
    "OpenAI().with_options(max_retries=4)",
    "Unrelated()",
)
MODELS = (
    '"gpt-4o"',
    "'gpt-4o-mini'",
    '"gpt-4.1-2025-04-14"',
    "MODEL",
    'os.getenv("MODEL", "gpt-4o")',
    '"gpt-" "4o"',
    'r"gpt-4o"',
    'f"gpt-4o"',
    '"openai/gpt-4o"',
    '"ft:gpt-4o-2024-08-06:acme::1"',
    '"gpt-4o" if os.name else "o3"',
)
REQUESTS = (
    "CLIENT.chat.completions.create(model=NAME, messages=[])",
    "CLIENT.chat.completions.create(\n    model=NAME,\n    messages=[],\n)",
    "CLIENT.responses.create(model=NAME, input='hello')",
    "CLIENT.embeddings.create(input=['é'], model=NAME).data[0]",
    "CLIENT.images.generate(model=NAME, prompt='cat')",
    "CLIENT.audio.speech.create(model=NAME, voice='alloy', input='x')",
    "CLIENT.chat.completions.with_raw_response.create(**{'model': NAME, 'messages': []})",
    "for c in CLIENT.chat.completions.create(model=NAME, messages=[], stream=True):\n    print(c.choices[0].delta)",
    "[c.choices[0] for c in CLIENT.chat.completions.create(model=NAME, messages=[], stream=True)]",
)
SHAPES = (
    "client = CONSTRUCTOR\nREQUEST\n",
    "def ask(client=None):\n    client = CONSTRUCTOR\n    REQUEST\n",
    "class A:\n    def __init__(self):\n        self.client = CONSTRUCTOR\n\n    def b(self):\n        SELF_REQUEST\n",
    "def make():\n    return CONSTRUCTOR\n\n\nclient = make()\nREQUEST\n",
    "with CONSTRUCTOR as client:\n    REQUEST\n",
    "if True:\n\tclient = CONSTRUCTOR\n\tREQUEST\n",
    "openai.api_key = os.environ['OPENAI_API_KEY']\nMODULE_REQUEST\n",
)
IMPORTS = "import os\nimport openai\nfrom openai import OpenAI, AsyncOpenAI, AzureOpenAI\n\nMODEL = 'gpt-4o'\n\n"
# Where these stand, no client of the project can be proved to be OpenAI's, and nothing would be edited.
HOST_VARIABLES = re.compile(rb"OPENAI_BASE_URL|OPENAI_API_BASE|OPENAI_API_TYPE")

Mutation = Callable[[random.Random, str], str]


def place(shape: str, marker: str, text: str) -> str:
    """``shape`` with ``text`` in place of ``marker``, indented as the line that holds it."""
    for line in shape.splitlines():
        if marker in line:
            indent = line[: len(line) - len(line.lstrip())]
            return shape.replace(marker, text.replace("\n", f"\n{indent}"), 1)
    return shape


def program(chance: random.Random) -> str:
    return chance.choice(HEADS) + usage(chance)


def usage(chance: random.Random) -> str:
    """Lines that use the SDK, with their imports."""
    shape = chance.choice(SHAPES)
    request = chance.choice(REQUESTS).replace("NAME", chance.choice(MODELS))
    shape = place(shape, "CONSTRUCTOR", chance.choice(CLIENTS))
    for marker, client in (("SELF_REQUEST", "self.client"), ("MODULE_REQUEST", "openai"), ("REQUEST", "client")):
        shape = place(shape, marker, request.replace("CLIENT", client))
    return IMPORTS + shape


def real_module(chance: random.Random) -> str:
    """A module of the standard library or of an installed package, with lines of the SDK in front of a statement."""
    text = chance.choice(REAL).read_text(encoding="utf-8")
    starts = [node.lineno for node in ast.parse(text).body if may_follow_lines(node)]
    lines = text.split("\n")
    lines.insert(chance.choice(starts) - 1 if starts else len(lines), usage(chance))
    return "\n".join(lines)


def may_follow_lines(node: ast.stmt) -> bool:
    match node:
        case ast.ImportFrom(module=module):
            return module != "__future__"
        case _:
            return isinstance(node, (ast.Import, ast.Assign))


def find_real_modules() -> list[Path]:
    library = Path(sysconfig.get_path("stdlib"))
    packages = [Path(folder) for folder in site.getsitepackages()]
    folders = [library, library / "json", library / "email", library / "asyncio"]
    folders += [folder / name for folder in packages for name in ("openai/resources", "rich", "hypothesis", "libcst")]
    found = [file for folder in folders if folder.is_dir() for file in sorted(folder.glob("*.py"))]
    return [file for file in found if 200 < file.stat().st_size < 20_000 and readable(file.read_bytes())]


def readable(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return parses(data) and not HOST_VARIABLES.search(data)


def parses(data: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(data)
        except (SyntaxError, ValueError):
            return False
    return True


REAL = find_real_modules()


def delete_lines(chance: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    start = chance.randrange(len(lines))
    del lines[start : start + chance.randint(1, 3)]
    return "".join(lines)


def duplicate_lines(chance: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    start = chance.randrange(len(lines))
    chosen = lines[start : start + chance.randint(1, 3)]
    lines[start:start] = chosen
    return "".join(lines)


def swap_tokens(chance: random.Random, text: str) -> str:
    tokens = list(re.finditer(r"\w+|[^\w\s]", text))
    if len(tokens) < 2:
        return text
    first, second = sorted(chance.sample(tokens, 2), key=lambda token: token.start())
    between = text[first.end() : second.start()]
    return text[: first.start()] + second[0] + between + first[0] + text[second.end() :]


def insert_request(chance: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    request = chance.choice(REQUESTS).replace("NAME", chance.choice(MODELS)).replace("CLIENT", chance.choice(CLIENTS))
    lines.insert(chance.randrange(len(lines) + 1), f"{request}\n")
    return "".join(lines)


def change_newlines(chance: random.Random, text: str) -> str:
    newline = chance.choice(("\r\n", "\r"))
    if chance.random() < 0.3:
        return re.sub("\n", lambda _: chance.choice(("\n", newline)), text)
    return text.replace("\n", newline)


def odd_ends(chance: random.Random, text: str) -> str:
    return chance.choice(
        (text.rstrip("\n"), "\ufeff" + text, "\f\n" + text, text + "\f", text + "    # end", text + "\\\n")
    )


MUTATIONS: tuple[Mutation, ...] = (
    delete_lines,
    duplicate_lines,
    swap_tokens,
    insert_request,
    change_newlines,
    odd_ends,
)
# Damage of the first kind mostly leaves a program, so that there is something to edit.
GENTLE: tuple[Mutation, ...] = (insert_request, change_newlines, odd_ends, duplicate_lines)


def write_project(folder: Path, make: Callable[[random.Random], str], seed: int) -> None:
    """Fill ``folder`` with files made by ``make``: a third as they are, a third gently and a third badly damaged."""
    chance = random.Random(seed)
    folder.mkdir()
    (folder / "pyproject.toml").write_bytes(b"")
    for number in range(FILES):
        text = make(chance)
        mutations = ((), GENTLE, MUTATIONS)[number % 3]
        for _ in range(chance.randint(1, 3) if mutations else 0):
            text = chance.choice(mutations)(chance, text) or "\n"
        (folder / f"module_{number:02}.py").write_bytes(text.encode())


def read(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in sorted(folder.rglob("*"))}


def run(folder: Path, *, write: bool) -> Outcome:
    """One run; nothing may be said of the sources through warnings, which would reach the user's terminal."""
    request = MigrationRequest(paths=(folder,), config=Config(), write=write, working_folder=folder)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outcome = migrate(request, None)
    assert [str(warning.message) for warning in caught] == []
    return outcome


@pytest.mark.parametrize(("make", "seed"), [(program, 1), (real_module, 2)])
def test_any_project(make: Callable[[random.Random], str], seed: int, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    write_project(folder, make, seed)
    original = read(folder)

    planned = run(folder, write=False)
    assert read(folder) == original

    done = run(folder, write=True)
    migrated = read(folder)
    assert list(migrated) == list(original), "files appeared or vanished"
    assert [(file.path, file.status, file.after) for file in planned.files] == [
        (file.path, file.status, file.after) for file in done.files
    ]
    changed = {file.path for file in done.files if file.status is FileStatus.CHANGED}
    assert changed == {path for path in original if migrated[path] != original[path]}
    assert changed == {finding.path for finding in done.findings if finding.applied}
    assert [path.name for path in changed if not (parses(original[path]) and parses(migrated[path]))] == []
    assert len(changed) > FILES // 10, "too few edits to prove anything"

    again = run(folder, write=True)
    assert [(finding.path.name, finding.rule) for finding in again.findings if finding.applied] == []
    assert read(folder) == migrated
