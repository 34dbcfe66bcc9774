"""What may be decided on is told from bytes: never too little, and not every mention."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemod import openai_sdk
from codemod.candidates import may_be_decided_on
from codemod.decisions.method_names import is_of_module, mentions, telling_chains, told_method
from codemod.languages.python.front_end import read_facts
from codemod.mentions import may_hold_requests
from codemod.openrouter.catalogue import embedded
from codemod.settings_search import ENDPOINT_VARIABLES
from codemod.source import decode

TESTS = Path(__file__).resolve().parent
CLASSES = {path.rpartition(".")[2] for path in openai_sdk.CLIENT_CLASSES | openai_sdk.OTHER_HOST_CLASSES}
MENTION = "# openai\n"

SPEAKS = [
    "# Copyright 2018 The OpenAI Team\n",
    "MODEL = 'openai/clip-vit-base-patch32'\n",
    "MODEL = 'openai-community/gpt2'\n",
    "LINK = 'https://github.com/openai/whisper'\n",
    "LINK = 'https://platform.openai.com/docs'\n",
    "from transformers import OpenAIGPTModel, openai_gpt\n",
    "from .image import OPENAI_CLIP_MEAN\n",
    '"""Use it as\n\n    from openai import OpenAI\n    OpenAI().images.generate()\n"""\n',
    "PROMPT = 'You are a model by OpenAI.'\n",
    "class Layer:\n    'Activation of the OpenAI GPT'\n",
    "raise ImportError('run pip install openai')\n",
    "for model in files.list_models(x):\n    model.images.save(y)\n",
    "from ...models import list\n",
    "x['n'] = 1\n",
    "options |= {'n': 2}\n",
    "def f(): return {'file_id': x}\n",
]


@pytest.mark.parametrize("text", SPEAKS)
def test_who_only_speaks_of_openai_is_none(text: str) -> None:
    assert not may_be_decided_on((MENTION + text).encode())


DOES = [
    "import os, openai as o\n",
    "from openai.types import x\n",
    "from app import openai\n",
    "from langfuse.openai import x\n",
    "import importlib\nsdk = importlib.import_module('openai')\n",
    "import app\napp.openai.ChatCompletion.create()\n",
    "from app import (\n    OpenAI,\n)\n",
    "from app import Client as Sdk\n",
    "make = OpenAI if x else None\n",
    "class Mine(app.AsyncOpenAI): pass\n",
    "mocker.patch('app.clients.OpenAI', Fake)\n",
    "client.images.generate()\n",
    "client.images . \\\n  generate()\n",
    "(client\n .images  # pictures\n . # of\n generate())\n",
    "pictures = client.images\npictures.generate()\n",
    "getattr(client, 'images').generate()\n",
    "send = getattr(client.images, 'generate')\n",
    "text = f'the picture {client.images.generate(prompt)} is it'\n",
    "text = rf'''\n{client.images.generate(prompt)}\n'''\n",
    'text = f"{a["x"] + client.images.generate(b) + b["y z"]}"\n',
    "x = '''\nbroken\nclient.images.generate()\ny = 'a b'\n",
    "def f(x): x.chat.completions\n",
    "def f(x): x.chat. \\\n completions\n",
    "# of old\rclient.images.generate()\r",
    "app.api_key \\\n = 'abc'\n",
    "os.environ['OPENAI_API_KEY'] = x\n",
    "os.environ['OPENAI_' 'API_KEY'] = x\n",
    "MODEL = 'gpt-4o'\n",
    "assert sent == 'o3'\n",
    "from app.settings import *\n",
    "app.api_key = 'abc'\n",
]


@pytest.mark.parametrize("text", DOES)
def test_what_a_decision_may_start_at_is_seen(text: str) -> None:
    assert may_be_decided_on((MENTION + text).encode())


def test_all_names_of_the_sdk_are_seen() -> None:
    variables = {*openai_sdk.ENVIRONMENT_VARIABLES.values(), *ENDPOINT_VARIABLES}
    texts = [f"os.environ['{name}']" for name in variables]
    texts += [f"from app import {name}" for name in CLASSES]
    texts += [f"app.{name}()" for name in CLASSES]
    texts += [f"client.{'.'.join(chain)}()" for chain in telling_chains()]
    texts += [f"MODEL = {name!r}" for name in (*embedded().openai, "ft:any")]
    assert [text for text in texts if not may_be_decided_on((MENTION + text).encode())] == []


SAMPLES = sorted(
    path
    for folder in ("fixtures", "apps", "programs", "labels")
    for path in (TESTS / folder).rglob("*.py")
    if may_hold_requests(path.read_bytes())
)


def test_nothing_that_facts_tell_is_missed() -> None:
    missed = []
    for path in SAMPLES:
        data = path.read_bytes()
        if may_be_decided_on(data):
            continue
        file = read_facts(decode(path, data))
        told = any(told_method(file, call.callee) or is_of_module(file, call.callee) for call in file.calls)
        names = {*file.attributes, *file.names, *file.imports}
        if told or any(mentions(file)) or not names.isdisjoint({*CLASSES, "openai"}):
            missed.append(path)
    assert missed == []
