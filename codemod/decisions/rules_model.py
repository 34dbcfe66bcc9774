"""The rules about models: which text a request sends, and where it comes from (OR2xx)."""

from __future__ import annotations

from codemod.findings import Rule

_DOCS = "https://openrouter.ai/docs"
_MODELS = f"{_DOCS}/guides/overview/models"
_MIGRATE = f"{_DOCS}/cookbook/get-started/migrate-to-openrouter"
_UNPREFIXED = "https://github.com/OpenRouterTeam/openrouter-examples/issues/74"
_DEPRECATIONS = "https://developers.openai.com/api/docs/deprecations"

_CLIENT = """import os

from openai import OpenAI

client = OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
"""
_REQUEST = "answer = client.chat.completions.create(model={}, messages=[])\n"


def _request(model: str) -> str:
    return _CLIENT + _REQUEST.format(model)


RULES: tuple[Rule, ...] = (
    Rule(
        code="OR201",
        name="model-prefix",
        what="Gives a model id the prefix of its author: gpt-4o becomes openai/gpt-4o.",
        why="OpenRouter serves models of many authors and rejects an id without one: 400, not a valid model ID.",
        fix_safety="Safe. Applied where the text stands, if it provably reaches requests of migrated clients only.",
        before=_request('"gpt-4o"'),
        after=_request('"openai/gpt-4o"'),
        reference=_UNPREFIXED,
    ),
    Rule(
        code="OR202",
        name="model-renamed",
        what="Replaces a model id by the id under which OpenRouter lists the same model.",
        why="Most dated snapshots and some renamed models of OpenAI have no entry of their own at OpenRouter, so the "
        "prefix alone would name a model that does not exist. --map names other targets.",
        fix_safety="Safe. Applied only where the catalogue proves that it is the same model.",
        before=_request('"gpt-5.1-2025-11-13"'),
        after=_request('"openai/gpt-5.1"'),
        reference=_MODELS,
    ),
    Rule(
        code="OR203",
        name="model-at-request",
        what='Adds the prefix at the request: model=f"openai/{MODEL}".',
        why="The text also goes to a tokenizer, a price table, a comparison or a file name, which know the id without "
        "prefix. The definition stays and the request alone changes.",
        fix_safety="Safe. Applied only if every value that can arrive is a text whose OpenRouter id is exactly "
        "openai/ and that text.",
        before=f"""{_CLIENT}MODEL = "gpt-4o"
PRICES = {{"gpt-4o": 2.5}}
price = PRICES[MODEL]
{_REQUEST.format("MODEL")}""",
        after=f"""{_CLIENT}MODEL = "gpt-4o"
PRICES = {{"gpt-4o": 2.5}}
price = PRICES[MODEL]
{_REQUEST.format('f"openai/{MODEL}"')}""",
        reference=_UNPREFIXED,
    ),
    Rule(
        code="OR204",
        name="model-shared",
        what="Reports a model text that other code needs as it is, at a request that cannot add the prefix.",
        why="Changing the definition would break the other uses (tiktoken knows no openai/gpt-4o), and a prefix at "
        "the request would be wrong for some of the values that can arrive.",
        fix_safety="Manual. Give the request a value of its own.",
        before=f"""{_CLIENT}MODEL = os.environ.get("MODEL") or "gpt-4o"
is_small = MODEL.endswith("-mini")
{_REQUEST.format("MODEL")}""",
        after=None,
        reference="https://github.com/openai/tiktoken",
    ),
    Rule(
        code="OR205",
        name="model-undecided",
        what="Reports the place where a model comes in from outside.",
        why="The id is read from the environment, handed in by callers that are not in the project, or computed. "
        "Whoever supplies it has to supply an OpenRouter id from now on.",
        fix_safety="Manual. Reported once for each source; the client still moves.",
        before=_request('os.environ["MODEL"]'),
        after=None,
        reference=_MODELS,
    ),
    Rule(
        code="OR206",
        name="model-unknown",
        what="Reports a model text that is no id of OpenAI, or a fine-tuned model.",
        why="OpenRouter does not serve the fine-tuned models of an OpenAI account, and a text that is not in the "
        "catalogue cannot be translated.",
        fix_safety="Manual. Keep a fine-tuned model on OpenAI, or choose a model; --map OLD=NEW does the rest.",
        before=_request('"ft:gpt-4o-mini-2024-07-18:acme::abc123"'),
        after=None,
        reference=f"{_DOCS}/guides/routing/private-models",
    ),
    Rule(
        code="OR207",
        name="model-menu",
        what="Reports a menu of models whose choice is sent as the model.",
        why="Choices, their validation, their default and what is stored of them have to change together; one side "
        "alone is rejected by the other.",
        fix_safety="Manual. Reported once for each menu.",
        before=f"""{_CLIENT}from typing import Literal


def ask(model: Literal["gpt-4o", "gpt-4o-mini"] = "gpt-4o"):
    return client.chat.completions.create(model=model, messages=[])
""",
        after=None,
        reference=_MODELS,
    ),
    Rule(
        code="OR208",
        name="model-of-reported-client",
        what="Reports the model of a client that a person has to decide about.",
        why="A model follows its client: with a prefix OpenAI rejects it, without one OpenRouter does.",
        fix_safety="Manual. Decide about the client; the next run does the model.",
        before="""import os

from openai import OpenAI

client = OpenAI(base_url=os.getenv("LLM_URL"))
answer = client.chat.completions.create(model="gpt-4o", messages=[])
""",
        after=None,
        reference=_UNPREFIXED,
    ),
    Rule(
        code="OR209",
        name="model-gone",
        what="Reports a model that OpenRouter no longer lists, and names the replacement.",
        why="Requests for it fail after the move; most of these models are shut down at OpenAI too. Another model "
        "answers differently, so the choice is not made here.",
        fix_safety="Manual. Stands beside the edit of OR201. --replace-retired writes the replacement, --map OLD=NEW "
        "another model; both are another model, so they are asked for and not proven.",
        before=_request('"o3-mini"'),
        after=_request('"openai/o3-mini"'),
        reference=_DEPRECATIONS,
    ),
    Rule(
        code="OR210",
        name="deployed-model",
        what="Reports a setting whose default changed and whose deployed values have to change too.",
        why="The default in the code is rewritten, but a value that is set where the program runs still is an id "
        "without prefix.",
        fix_safety="Manual. Stands beside the edit of the default.",
        before=_request('os.getenv("MODEL", "gpt-4o")'),
        after=_request('os.getenv("MODEL", "openai/gpt-4o")'),
        reference=_UNPREFIXED,
    ),
    Rule(
        code="OR211",
        name="model-retiring",
        what="Names a model of which the end is past or less than 90 days away, by the day that OpenAI or OpenRouter "
        "names, while OpenRouter still lists it or may.",
        why="OpenRouter drops most models of OpenAI soon after OpenAI shuts them down; some stay, served by others.",
        fix_safety="Info. The move does not change it; --map OLD=NEW writes another model.",
        before=_request('"gpt-4"'),
        after=_request('"openai/gpt-4"'),
        reference=_DEPRECATIONS,
    ),
    Rule(
        code="OR212",
        name="model-unverified",
        what="Names a model of which it is not known whether OpenRouter lists it.",
        why="The sources of the catalogue do not tell: they leave out models without tools, and most of those that "
        "make images or sound. or-migrate models --refresh fetches the newest listing.",
        fix_safety="Info. Look the model up before you rely on it.",
        before=_request('"gpt-5-search-api"'),
        after=_request('"openai/gpt-5-search-api"'),
        reference=_MODELS,
    ),
    Rule(
        code="OR220",
        name="model-left",
        what="Lists a model text that is left alone, and why.",
        why="It names a model of another host, has its prefix already, or goes to something that is no request.",
        fix_safety="Info. Nothing is to be done.",
        before=_request('"anthropic/claude-sonnet-4.5"'),
        after=None,
        reference=_MIGRATE,
    ),
)
