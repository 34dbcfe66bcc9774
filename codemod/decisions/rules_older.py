"""The rules about older forms of the SDK: its module-level client, and versions before 1.0 (OR6xx)."""

from __future__ import annotations

from codemod.findings import Rule

_QUICKSTART = "https://openrouter.ai/docs/quickstart"
_SDK = "https://github.com/openai/openai-python"

_REQUEST = 'answer = openai.chat.completions.create(model="{}", messages=[])\n'

RULES: tuple[Rule, ...] = (
    Rule(
        code="OR601",
        name="module-client",
        what="Gives the module-level client of the SDK the address of OpenRouter.",
        why="openai.chat.completions and its like use one hidden client that is configured by assignments to the "
        "module. Its base_url needs the slash at the end: without it the SDK asks for /api/v1chat/completions.",
        fix_safety="Safe. Applied where the module is configured in code with the deployer's key, and every use of it "
        "in the project is a request that OpenRouter serves.",
        before='import os\n\nimport openai\n\nopenai.api_key = os.environ["OPENAI_API_KEY"]\n'
        + _REQUEST.format("gpt-4o"),
        after="""import os

import openai

openai.api_key = os.environ["OPENROUTER_API_KEY"]
openai.base_url = "https://openrouter.ai/api/v1/"
"""
        + _REQUEST.format("openai/gpt-4o"),
        reference=_QUICKSTART,
    ),
    Rule(
        code="OR602",
        name="module-client-undecided",
        what="Reports uses of the module-level client that cannot be moved as they are.",
        why="The module is configured through the environment alone, from outside of the project, or serves calls "
        "that OpenRouter has no endpoint for. There is only one such client in a process, so it cannot be split.",
        fix_safety="Manual. Make a client, client = OpenAI(), and use it in place of the module.",
        before="import openai\n\n" + _REQUEST.format("gpt-4o"),
        after=None,
        reference=_SDK,
    ),
    Rule(
        code="OR603",
        name="sdk-before-v1",
        what="Reports code for the OpenAI SDK before version 1.0.",
        why="openai.ChatCompletion, openai.api_base and engine= are gone since version 1.0. Moving the code to the "
        "current SDK is a step of its own, for which OpenAI has a guide.",
        fix_safety="Manual. Move to the current SDK first, then run or-migrate.",
        before='import openai\n\nanswer = openai.ChatCompletion.create(model="gpt-4o", messages=[])\n',
        after=None,
        reference="https://github.com/openai/openai-python/discussions/742",
    ),
)
