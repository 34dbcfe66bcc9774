"""The walk that finds what a report must speak of, and that it speaks of all of it in the example.

That it does in the fixtures is in test_fixtures.py, where the tool runs over them anyway.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.denominator import main, read_source, sites_of, sites_of_tree, unaccounted
from tests.fixture_cases import write_tree
from tests.test_fixtures import run_tool

SHOP = Path(__file__).parent.parent / "examples" / "shop"


def found(**files: str) -> list[str]:
    """The sites of a project of these modules, as ``line kind text``; the module's name first if there are more."""
    sources = {
        name: read_source(name, dedent(text).encode())
        for name, text in ((f"{module.replace('__', '/')}.py", text) for module, text in files.items())
    }
    return [
        f"{f'{site.path[:-3]} ' if len(files) > 1 else ''}{site.start[0]} {site.kind} {site.text}"
        for site in sites_of(sources)
    ]


def spans(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return [(site.start, site.end) for site in sites_of({"a.py": read_source("a.py", dedent(text).encode())})]


# Clients


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("from openai import OpenAI\nOpenAI()", "2 client OpenAI"),
        ("import openai\nopenai.AsyncOpenAI(timeout=5)", "2 client openai.AsyncOpenAI"),
        ("import openai as o\no.OpenAI()", "2 client o.OpenAI"),
        ("from openai import OpenAI as X\nclient = X()", "2 client X"),
        ("from openai import (\n    AsyncOpenAI as Y,  # later\n)\nY()", "4 client Y"),
        ("from openai import Client\nClient()", "2 client Client"),
        ("import openai\nopenai.AzureOpenAI()", "2 client openai.AzureOpenAI"),
        ("from langfuse.openai import OpenAI\nOpenAI()", "2 client OpenAI"),
        ("if True: from openai import OpenAI as X\nX()", "2 client X"),
        ("import openai\nMake = openai.OpenAI\nMake()", "3 client Make"),
        ("def make(OpenAI): return OpenAI()", "1 client OpenAI"),
        ("import openai\nclass OpenAI(openai.OpenAI): pass\nOpenAI()", "3 client OpenAI"),
        ("from openai import OpenAI\n@OpenAI()\ndef f(): pass", "2 client OpenAI"),
        ("from openai import OpenAI\nf'{OpenAI()}'", "2 client OpenAI"),
        ("from .clients import OpenAI\nOpenAI()", "2 client OpenAI"),
    ],
)
def test_finds_a_client(text: str, site: str) -> None:
    assert found(main=text) == [site]


@pytest.mark.parametrize(
    "text",
    [
        "class OpenAI(Base): pass",
        "class OpenAI: pass\nOpenAI()",
        "def OpenAI(): pass",
        "from langchain.llms import OpenAI\nOpenAI()",
        "import langchain\nlangchain.llms.OpenAI()",
        "from httpx import Client\nClient()",
        "# OpenAI()",
        '"""OpenAI()"""',
        "x: OpenAI = None\nisinstance(x, OpenAI)",
        "match x:\n    case OpenAI(): pass",
    ],
)
def test_passes_over_what_makes_no_client(text: str) -> None:
    assert found(main=text) == []


def test_reads_whose_class_a_module_of_the_project_hands_on() -> None:
    use = "from lib.{} import OpenAI\nOpenAI()"
    assert found(
        lib__sdk="from openai import OpenAI",
        lib__own="class OpenAI: pass",
        first=use.format("sdk"),
        second=use.format("own"),
    ) == ["first 2 client OpenAI"]


# Requests


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("client.chat.completions.create(x=1)", "1 request client.chat.completions.create"),
        ("make().chat.completions.parse()", "1 request .chat.completions.parse"),
        ("(client\n  .chat  # a\n  .completions\n  .create())", "1 request client.chat.completions.create"),
        ("self.c.chat.completions.with_raw_response.create()", None),
        ("client.beta.chat.completions.stream()", None),
        ("retry(client.chat.completions.create, x=1)", "1 request client.chat.completions.create"),
        ("openai.ChatCompletion.create()", None),
        ("client.responses.create()", None),
        ("clients[0].embeddings.create()", "1 request .embeddings.create"),
        ("client.audio.speech.create()", None),
        ("client.images.generate()", None),
        ("client.fine_tuning.jobs.create()", None),
        ("import openai\nclient.models.list()", "2 request client.models.list"),
        ("import openai\nclient.files.create()", "2 request client.files.create"),
        ("c = client.chat.completions\nc.create()", "2 request c.create"),
        ("self.chat = client.chat\nself.chat.completions.create()", "2 request self.chat.completions.create"),
        ("create = client.chat.completions.create\ncreate()", "2 request create"),
        ("create: F = given or self.c.responses.create\ncreate()", "2 request create"),
        ("wrap(client.chat.completions)", "1 request client.chat.completions"),
        ("def f(): return client.chat.completions", "1 request client.chat.completions"),
        ("c = x.chat.completions\nc.create\nreturn x.chat.completions", "3 request x.chat.completions"),
        ("self.ask = client.responses.create", "1 request client.responses.create"),
        ("f'{client.moderations.create(input=x).id}'", "1 request client.moderations.create"),
        ("@retry\nasync def f():\n    await c.responses.create()", "3 request c.responses.create"),
    ],
)
def test_finds_a_request(text: str, site: str | None) -> None:
    assert found(main=text) == [site or f"1 request {text.removesuffix('()')}"]


@pytest.mark.parametrize(
    "text",
    [
        "from openai.types.chat.completions import create",
        "from openai.resources.chat.completions import Completions",
        "x: openai.resources.chat.completions.Completions",
        "client.chat.completions.create = fake",
        "client.chat.completions.create.return_value = 1",
        "client.chat.completions.create.assert_called_once()",
        "hasattr(client.chat.completions, 'create')",
        "settings.chat.completions.model",
        "# client.chat.completions.create()",
        "'client.chat.completions.create()'",
        "client.files.create()",
        "import openai\nself.videos.extend(more)",
        "import openai\nanthropic_client.models.list()",
    ],
)
def test_passes_over_what_sends_no_request(text: str) -> None:
    assert found(main=text) == []


# Models


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("x = 'gpt-4o'", "1 model gpt-4o"),
        ("x = r'''gpt-4o'''", "1 model gpt-4o"),
        ("x = 'gpt-' '4o'", "1 model gpt-4o"),
        ("x = f'gpt-4o'", "1 model gpt-4o"),
        ("x = {'gpt-4o': 1}", "1 model gpt-4o"),
        ("x = f'{y or \"gpt-4o\"} is used'", "1 model gpt-4o"),
        ("x = f'''\n{y or \"gpt-4o\"}'''", "2 model gpt-4o"),
        ("def f(m: Literal['o1']): pass", "1 model o1"),
    ],
)
def test_finds_a_model(text: str, site: str) -> None:
    assert found(main=text) == [site]


@pytest.mark.parametrize(
    "text",
    [
        "# 'gpt-4o'",
        "x = 'gpt-4o is good'",
        "x = 'gpt-4o' ' is good'",
        "x = f'gpt-4o{y}'",
        "x = f'{y} is' 'gpt-4o'",
        "x = 'gpt-4o' f'{y}'",
        "x = f'{{gpt-4o}}'",
        "x = b'gpt-4o'",
        "x = 'openai/gpt-4o'",
        "x = gpt_4o",
        "x = 'gpt-4o'  # or-migrate: ignore",
        "# or-migrate: ignore[OR201]\n\nx = 'gpt-4o'",
        "# or-migrate: ignore-file\nx = 'gpt-4o'",
    ],
)
def test_passes_over_what_names_no_model(text: str) -> None:
    assert found(main=text) == []


# Places


def test_tells_places_in_characters_of_the_file() -> None:
    assert spans("ä = 'gpt-4o'\n") == [((1, 5), (1, 13))]
    assert spans("x = ('gpt-'\n     '4o')\n") == [((1, 6), (2, 10))]
    assert spans("x = f'{\"gpt-4o\"}!'\n") == [((1, 8), (1, 16))]
    assert spans("x = f'''\n{a} {\"gpt-4o\"}'''\n") == [((2, 6), (2, 14))]
    assert spans("client.responses.create()\r\nx = 'gpt-4o'\r\n") == [((1, 1), (1, 24)), ((2, 5), (2, 13))]


@pytest.mark.parametrize("text", ["x = (\n", "x = '''\n", "  x\n y\n"])
def test_scans_the_lines_of_a_file_without_tokens(text: str) -> None:
    code = "client = OpenAI()\nclient.chat.completions.create(model='gpt-4o')  # OpenAI()\nclass OpenAI(Base): pass\n"
    assert [line[2:] for line in found(main=code + text)] == [
        "client OpenAI",
        "request client.chat.completions.create",
        "model gpt-4o",
    ]


def test_reads_bytes_that_are_no_text() -> None:
    source = read_source("a.py", b"x = 'gpt-4o'  # \xff\n")
    assert [site.text for site in sites_of({"a.py": source})] == ["gpt-4o"]


def test_walks_the_code_of_a_tree(tmp_path: Path) -> None:
    code = b"from openai import OpenAI\nOpenAI()\n"
    names = ["a.py", "b/c.py", "a.txt", ".venv/d.py", "node_modules/e.py", "env/f.py", "env/pyvenv.cfg"]
    write_tree(tmp_path, dict.fromkeys(names, code))
    assert [site.path for site in sites_of_tree(tmp_path)] == ["a.py", "b/c.py"]
    assert [site.path for site in sites_of_tree(tmp_path / "b" / "c.py")] == ["c.py"]


# Against a report


def finding(rule: str, line: int, column: int, end_line: int, end_column: int, path: str = "a.py") -> dict[str, Any]:
    place = {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
    return {"rule": rule, "path": path, **place}


@pytest.mark.parametrize(
    ("findings", "missed"),
    [
        ([], "client request model"),
        ([finding("OR101", 1, 10, 1, 18)], "request model"),
        ([finding("OR101", 1, 10, 1, 18, "b.py")], "client request model"),
        ([finding("OR300", 2, 1, 2, 47)], "client model"),
        ([finding("OR311", 2, 1, 2, 47)], "client"),
        ([finding("OR201", 2, 38, 2, 46)], "client request"),
        ([finding("OR201", 2, 39, 2, 46)], "client request model"),
        ([finding("OR902", 1, 1, 1, 1)], ""),
    ],
)
def test_a_finding_speaks_of_what_it_covers(findings: list[dict[str, Any]], missed: str) -> None:
    code = b"client = OpenAI()\nclient.chat.completions.create(model='gpt-4o')\n"
    sites = sites_of({"a.py": read_source("a.py", code)})
    assert " ".join(site.kind for site in unaccounted(sites, findings)) == missed


def test_command_lists_what_a_report_misses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tree(tmp_path, {"src/a.py": b"from openai import OpenAI\nOpenAI()\n", "empty.json": b'{"findings": []}'})
    assert main(["src", "empty.json"]) == 1
    assert capsys.readouterr().out == "a.py:2: client OpenAI\n"
    full = json.dumps({"findings": [finding("OR119", 2, 1, 2, 9, "src/a.py")]})
    (tmp_path / "full.json").write_text(full)
    assert main(["src", "full.json"]) == 0
    assert main(["src", "no.json"]) == 2
    assert main(["src"]) == 0


# The report of the tool


def test_report_speaks_of_every_site_of_the_example(tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path / "shop")
    _, report = run_tool(tmp_path / "shop", ["--dry-run"])
    sites = sites_of_tree(tmp_path / "shop")
    assert len(sites) > 10
    assert [str(site) for site in unaccounted(sites, report["findings"])] == []
