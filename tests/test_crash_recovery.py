"""After a crash between two files a second run reaches the tree of an uninterrupted run, from any subset of them.

Each project keeps its client, its model, its key and its stream in different files, so that one group spans them.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from codemod.cli import run

Tree = Mapping[str, str]

CLIENT = """
    import os

    from openai import OpenAI

    client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
"""
ASK = """
    from clients import client
    from settings import MODEL

    answer = client.chat.completions.create(model=MODEL, messages=[])
"""
STREAM = """
    from clients import client
    from settings import MODEL

    for chunk in client.chat.completions.create(model=MODEL, messages=[], stream=True):
        print(chunk.choices[0].delta.content)
"""
LEFT = """
    from openai import AzureOpenAI

    azure = AzureOpenAI(azure_endpoint="https://example.org", api_version="1")
    azure.chat.completions.create(model="gpt-4o", messages=[])
"""

PROJECTS: dict[str, Tree] = {
    "client_and_model_constant": {"clients.py": CLIENT, "settings.py": 'MODEL = "gpt-4o"', "ask.py": ASK},
    "client_model_and_stream": {
        "clients.py": CLIENT,
        "settings.py": 'MODEL = "gpt-4o"\nOTHER = 1',
        "stream.py": STREAM,
        "left.py": LEFT,
    },
    "two_streams_of_one_client": {
        "clients.py": CLIENT,
        "settings.py": 'MODEL = "gpt-4o"',
        "one.py": STREAM,
        "two.py": STREAM,
    },
    "client_from_a_factory": {
        "factory.py": """
            from openai import OpenAI

            def make_client():
                return OpenAI()
        """,
        "models.py": 'FAST = "gpt-4o-mini"\nGOOD = "gpt-4o"',
        "fast.py": """
            from factory import make_client
            from models import FAST

            def ask(messages):
                return make_client().chat.completions.create(model=FAST, messages=messages)
        """,
        "good.py": """
            from factory import make_client
            from models import GOOD

            def ask(messages):
                return make_client().responses.create(model=GOOD, input=messages)
        """,
    },
    "client_passed_as_an_argument": {
        "main.py": """
            from openai import OpenAI

            from work import ask

            ask(OpenAI(organization="org-1"), "gpt-4o")
        """,
        "work.py": """
            def ask(client, model):
                for chunk in client.chat.completions.create(model=model, messages=[], stream=True):
                    print(chunk.choices[0])
        """,
        "more.py": """
            from openai import OpenAI

            from work import ask

            ask(OpenAI(), "gpt-4o-mini")
        """,
    },
    "client_that_is_split": {
        "clients.py": CLIENT,
        "settings.py": 'MODEL = "gpt-4o"',
        "ask.py": ASK,
        "check.py": """
            from clients import client

            def is_bad(text):
                return client.moderations.create(input=text).results[0].flagged
        """,
        "tune.py": """
            from clients import client

            def retry(client_of_mail, text):
                client.images.generate(model="dall-e-3", prompt=text)
                return client.embeddings.create(model="text-embedding-3-small", input=text)
        """,
    },
    "client_in_a_base_class": {
        "base.py": """
            from openai import OpenAI

            class Base:
                model = "gpt-4o"

                def __init__(self):
                    self.client = OpenAI()
        """,
        "agent.py": """
            from base import Base

            class Agent(Base):
                model = "gpt-4o-mini"

                def ask(self):
                    return self.client.chat.completions.create(model=self.model, messages=[])
        """,
        "streamer.py": """
            from base import Base

            class Streamer(Base):
                def ask(self):
                    for chunk in self.client.chat.completions.create(model=self.model, messages=[], stream=True):
                        print(chunk.choices[0].delta)
        """,
    },
    "defaults_and_wrappers": {
        "llm.py": """
            from openai import OpenAI

            client = OpenAI()

            def ask(text, model="gpt-4o"):
                return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}])
        """,
        "a.py": 'from llm import ask\n\nask("a", model="gpt-4o-mini")',
        "b.py": 'from llm import ask\n\nask("b", "gpt-4.1")',
    },
    "options_in_mappings": {
        "clients.py": CLIENT,
        "options.py": 'OPTIONS = {"model": "gpt-4o", "temperature": 0}',
        "ask.py": """
            from clients import client
            from options import OPTIONS

            client.chat.completions.create(messages=[], **OPTIONS)
        """,
    },
    "two_groups_that_share_files": {
        "clients.py": """
            from openai import AsyncOpenAI, OpenAI

            one = OpenAI(api_key="x", project="p")
            two = AsyncOpenAI(base_url="https://api.openai.com/v1")
        """,
        "models.py": 'FIRST = "gpt-4o"\nSECOND = "gpt-4o-mini"',
        "uses.py": """
            from clients import one, two
            from models import FIRST, SECOND

            one.embeddings.create(model="text-embedding-3-small", input="a")
            one.chat.completions.create(model=FIRST, messages=[])

            async def stream():
                async for chunk in await two.chat.completions.create(model=SECOND, messages=[], stream=True):
                    print(chunk.choices[0])
        """,
    },
    "model_with_a_second_life": {
        "clients.py": CLIENT,
        "settings.py": 'MODEL = "gpt-4o"',
        "count.py": "import tiktoken\n\nfrom settings import MODEL\n\ntiktoken.encoding_for_model(MODEL)",
        "ask.py": ASK,
        "stream.py": STREAM,
    },
    "package_with_relative_imports": {
        "app/__init__.py": "from .clients import client",
        "app/clients.py": 'from openai import OpenAI\n\nclient = OpenAI(api_key="x", organization="o")',
        "app/settings.py": 'import os\n\nMODEL = os.getenv("MODEL", "gpt-4o")',
        "app/ask.py": """
            from . import client, settings

            client.chat.completions.create(model=settings.MODEL, messages=[])
        """,
    },
    "model_of_two_clients": {
        "first.py": """
            from openai import OpenAI

            from settings import MODEL

            client = OpenAI()
            client.chat.completions.create(model=MODEL, messages=[])
        """,
        "second.py": """
            from openai import OpenAI

            from settings import MODEL

            client = OpenAI()
            client.chat.completions.create(model=MODEL, messages=[])
        """,
        "settings.py": 'MODEL = "gpt-4o-2024-08-06"',
    },
    "stream_returned_to_other_files": {
        "clients.py": CLIENT,
        "streams.py": """
            from clients import client

            def stream(model="gpt-4o"):
                return client.chat.completions.create(model=model, messages=[], stream=True)
        """,
        "loop.py": """
            from streams import stream

            for chunk in stream():
                print(chunk.choices[0].delta)
        """,
        "listed.py": """
            from streams import stream

            print([chunk.choices[0] for chunk in stream("gpt-4o-mini")])
        """,
    },
    "endpoint_in_another_file": {
        "settings.py": 'URL = "https://api.openai.com/v1"\nMODEL = "gpt-4o"',
        "clients.py": """
            from openai import OpenAI

            from settings import URL

            client = OpenAI(base_url=URL)
        """,
        "ask.py": ASK,
    },
    "options_of_the_client_in_another_file": {
        "options.py": """
            import os

            OPTIONS = {"api_key": os.environ["OPENAI_API_KEY"], "organization": "o"}
        """,
        "clients.py": "from openai import OpenAI\n\nfrom options import OPTIONS\n\nclient = OpenAI(**OPTIONS)",
        "ask.py": """
            from clients import client

            client.chat.completions.create(model="gpt-4o", messages=[])
        """,
    },
    "module_level_client": {
        "setup_openai.py": 'import os\n\nimport openai\n\nopenai.api_key = os.environ["OPENAI_API_KEY"]',
        "settings.py": 'MODEL = "gpt-4o"',
        "ask.py": """
            import openai

            import setup_openai
            from settings import MODEL

            openai.chat.completions.create(model=MODEL, messages=[])
        """,
    },
    "extra_headers_elsewhere": {
        "clients.py": CLIENT,
        "settings.py": 'MODEL="gpt-4o"',
        "ask.py": (
            "from clients import client\n"
            "from settings import MODEL\n"
            "\n"
            "client.chat.completions.create(model=MODEL, messages=[], extra_headers={'OpenAI-Organizati"
            "on': 'o', 'X-A': 'b'})"
        ),
    },
    "default_headers_elsewhere": {
        "clients.py": (
            "from openai import OpenAI\nfrom headers import HEADERS\n\nclient = OpenAI(default_headers=HEADERS)"
        ),
        "headers.py": "HEADERS = {'OpenAI-Organization': 'o', 'X-A': 'b'}",
        "settings.py": 'MODEL="gpt-4o"',
        "ask.py": ASK,
    },
    "literal_key": {
        "keys.py": 'KEY = "sk-abcdefghijklmnopqrstuv"',
        "clients.py": "from openai import OpenAI\n\nfrom keys import KEY\n\nclient = OpenAI(api_key=KEY)",
        "settings.py": 'MODEL="gpt-4o"',
        "ask.py": ASK,
    },
    "key_settings_class": {
        "conf.py": (
            "import os\n"
            "class Settings:\n"
            '    key = os.environ["OPENAI_API_KEY"]\n'
            '    model = "gpt-4o"\n'
            "settings = Settings()"
        ),
        "clients.py": "from openai import OpenAI\n\nfrom conf import settings\n\nclient = OpenAI(api_key=settings.key)",
        "ask.py": (
            "from clients import client\n"
            "from conf import settings\n"
            "client.chat.completions.create(model=settings.model, messages=[])"
        ),
    },
    "shared_key_two_clients": {
        "a_client.py": (
            "from openai import OpenAI\n"
            "from keys import KEY\n"
            "client = OpenAI(api_key=KEY)\n"
            'client.chat.completions.create(model="gpt-4o", messages=[])'
        ),
        "z_client.py": (
            "from openai import OpenAI\n"
            "from keys import KEY\n"
            "client = OpenAI(api_key=KEY)\n"
            'client.chat.completions.create(model="gpt-4o", messages=[])'
        ),
        "keys.py": 'import os\nKEY = os.environ["OPENAI_API_KEY"]',
    },
    "with_options_elsewhere": {
        "clients.py": CLIENT,
        "ask.py": (
            "from clients import client\n"
            "client.with_options(organization='o', max_retries=2).chat.completions.create(model='gpt-4o"
            "', messages=[])"
        ),
        "z.py": (
            "from clients import client\n"
            "for c in client.with_options(timeout=3).chat.completions.create(model='gpt-4o', messages=["
            "], stream=True):\n"
            "    print(c.choices[0])"
        ),
    },
    "module_level_key_elsewhere": {
        "keys.py": 'import os\nKEY = os.environ["OPENAI_API_KEY"]',
        "a_setup.py": "import openai\nfrom keys import KEY\nopenai.api_key = KEY",
        "k.py": "import openai\nfrom m import M\nopenai.chat.completions.create(model=M, messages=[])",
        "m.py": "M='gpt-4o'",
    },
    "getenv_key": {
        "keys.py": 'import os\ndef key():\n    return os.getenv("OPENAI_API_KEY")',
        "clients.py": "from openai import OpenAI\n\nfrom keys import key\n\nclient = OpenAI(api_key=key())",
        "settings.py": 'MODEL="gpt-4o"',
        "ask.py": ASK,
    },
    "second_life_in_two": {
        "clients.py": CLIENT,
        "settings.py": 'MODEL = "gpt-4o"\nif MODEL == "gpt-4o": pass',
        "a.py": ASK,
        "z.py": STREAM,
    },
}


def lay_out(folder: Path, tree: Mapping[str, bytes]) -> None:
    for name, data in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def read(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def subsets(names: list[str]) -> Iterator[tuple[str, ...]]:
    return itertools.chain.from_iterable(itertools.combinations(names, size) for size in range(len(names) + 1))


@pytest.mark.parametrize("name", sorted(PROJECTS))
def test_a_second_run_completes_any_part_of_the_first(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = {file: f"{textwrap.dedent(text).strip()}\n".encode() for file, text in PROJECTS[name].items()}
    original = {"pyproject.toml": b"", **sources}
    whole = tmp_path / "whole"
    lay_out(whole, original)
    assert run([str(whole)]) == 0
    migrated = read(whole)
    written = sorted(file for file in migrated if migrated[file] != original[file])
    assert len(written) > 1, "a project that tests nothing"
    wrong = []
    for number, part in enumerate(subsets(written)):
        folder = tmp_path / str(number)
        lay_out(folder, {**original, **{file: migrated[file] for file in part}})
        assert run([str(folder)]) == 0
        found = read(folder)
        if found != migrated:
            wrong.append((part, [file for file in migrated if found[file] != migrated[file]]))
    capsys.readouterr()
    assert wrong == []
