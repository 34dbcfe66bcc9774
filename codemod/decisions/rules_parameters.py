"""The rules about the parameters of a request that OpenRouter passes over or takes otherwise (OR4xx)."""

from __future__ import annotations

from codemod.findings import Rule
from codemod.openrouter.parameters import FUNCTIONS, SERVICE_TIER, STORE, STREAM_OPTIONS, N

_PARAMETERS = "https://openrouter.ai/docs/api_reference/overview"

_CLIENT = """import os

from openai import OpenAI

client = OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
"""


def _request(model: str, *more: str) -> str:
    lines = [f'model="{model}"', "messages=[]", *more]
    return _CLIENT + "answer = client.chat.completions.create(\n" + "".join(f"    {each},\n" for each in lines) + ")\n"


_WEATHER = '{"name": "weather", "parameters": {"type": "object", "properties": {}}}'

RULES: tuple[Rule, ...] = (
    Rule(
        code="OR401",
        name="parameter-ignored",
        what="Reports arguments that OpenRouter does not take for the model of the request.",
        why="OpenRouter lists the parameters of each model and passes over all others without an error, so the answer "
        "changes silently. What it lists is of the day that the message names.",
        fix_safety="Manual. Leave the argument out, or choose a model that takes it. An info where the value is "
        "OpenAI's default or cannot be seen, and where it is not known what the model takes.",
        before=_request("openai/gpt-4.1", 'stop=["END"]'),
        after=None,
        reference=_PARAMETERS,
    ),
    Rule(
        code="OR402",
        name="several-choices",
        what="Reports a request for more than one choice.",
        why="n is not in the description of OpenRouter's API; one choice comes back whatever it says "
        f"(as of {N.as_of}).",
        fix_safety="Manual. Send the request as often as needed. An info where the value cannot be seen.",
        before=_request("openai/gpt-4o", "n=3"),
        after=None,
        reference="https://github.com/OpenRouterArchived/openrouter-runner/issues/99",
    ),
    Rule(
        code="OR403",
        name="functions-to-tools",
        what="Gives a request tools and tool_choice in the place of functions and function_call; reports what reads "
        "and answers the calls.",
        why="OpenRouter takes tools only: functions, function_call and messages of the role function are not in the "
        f"description of its API (as of {FUNCTIONS.as_of}).",
        fix_safety="Unsafe. The answer then holds tool_calls, and None in function_call: change what reads it by hand. "
        "Manual where the functions are not all in the call, or messages of the role function are sent.",
        before=_request("openai/gpt-4o", f"functions=[{_WEATHER}]", 'function_call="auto"'),
        after=_request(
            "openai/gpt-4o",
            f'tools=[{{"type": "function", "function": {_WEATHER}}}]',
            'tool_choice="auto"',
        ),
        reference=FUNCTIONS.source,
    ),
    Rule(
        code="OR404",
        name="completion-stored",
        what="Reports a request whose completion OpenAI would store.",
        why=f"OpenRouter stores none, and has no endpoint to read them from (as of {STORE.as_of}).",
        fix_safety="Manual. Keep the completion in the program. An info where the value cannot be seen.",
        before=_request("openai/gpt-4o", "store=True"),
        after=None,
        reference=STORE.source,
    ),
    Rule(
        code="OR405",
        name="response-format-unlisted",
        what="Reports a response_format that OpenRouter does not list for the model of the request.",
        why="Without it the answer is free text, and code that parses it fails. What OpenRouter lists is of the day "
        "that the message names.",
        fix_safety="Manual. Choose a model that is listed with it.",
        before=_request("amazon/nova-pro-v1", 'response_format={"type": "json_object"}'),
        after=None,
        reference="https://openrouter.ai/docs/guides/features/structured-outputs",
    ),
    Rule(
        code="OR406",
        name="stream-options",
        what="Lists a request with stream_options.",
        why=f"OpenRouter sends the usage with every stream, whatever they say (as of {STREAM_OPTIONS.as_of}).",
        fix_safety="Info. Nothing is to be done.",
        before=_request("openai/gpt-4o", "stream=True", 'stream_options={"include_usage": True}'),
        after=None,
        reference=STREAM_OPTIONS.source,
    ),
    Rule(
        code="OR407",
        name="service-tier",
        what="Lists a request with a service_tier.",
        why="OpenRouter has tiers of its own: flex never falls back to default, priority does "
        f"(as of {SERVICE_TIER.as_of}).",
        fix_safety="Info. The tier that serves is the one that is billed.",
        before=_request("openai/gpt-4o", 'service_tier="flex"'),
        after=None,
        reference=SERVICE_TIER.source,
    ),
)
