"""The rules about what behaves differently after the move (OR5xx)."""

from __future__ import annotations

from codemod.findings import Rule

_USAGE = "https://openrouter.ai/docs/cookbook/administration/usage-accounting"

_CLIENT = """import os

from openai import OpenAI

client = OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
"""
_STREAM = 'stream = client.chat.completions.create(model="openai/gpt-4o", messages=[], stream=True)\n'

RULES: tuple[Rule, ...] = (
    Rule(
        code="OR501",
        name="stream-guard",
        what="Makes a loop over a stream pass over chunks without choices.",
        why="OpenRouter ends each stream with a chunk that carries the usage and has an empty choices; OpenAI sends "
        "one only on request. chunk.choices[0] raises IndexError there.",
        fix_safety="Safe. The old program never saw such a chunk, so the guard changes nothing else. It belongs to "
        "the group of its client.",
        before=f"""{_CLIENT}{_STREAM}for chunk in stream:
    print(chunk.choices[0].delta.content)
""",
        after=f"""{_CLIENT}{_STREAM}for chunk in stream:
    if not chunk.choices:
        continue
    print(chunk.choices[0].delta.content)
""",
        reference=_USAGE,
    ),
    Rule(
        code="OR502",
        name="stream-unguarded",
        what="Reports a stream whose reader cannot be guarded.",
        why="The chunks are read with next or list, or by code that is not visible. If that code indexes choices, "
        "the last chunk of OpenRouter makes it fail.",
        fix_safety="Manual. Skip chunks whose choices is empty where they are read.",
        before=f"{_CLIENT}{_STREAM}chunks = list(stream)\n",
        after=None,
        reference="https://github.com/langchain-ai/langchain/issues/35559",
    ),
    Rule(
        code="OR504",
        name="response-model-compared",
        what="Reports a comparison with the model name of an answer.",
        why="OpenRouter answers with its own id, openai/gpt-4o, and with that of another model where a fallback "
        "served the request.",
        fix_safety="Manual. Compare with the OpenRouter id.",
        before=f"""{_CLIENT}answer = client.chat.completions.create(model="openai/gpt-4o", messages=[])
is_expected = answer.model == "gpt-4o"
""",
        after=None,
        reference="https://openrouter.ai/docs/guides/routing/model-fallbacks",
    ),
)
