"""What OpenRouter makes of the parameters of a chat completion, as data with sources.

Which of them a model takes is in its row of the catalogue (``OpenRouterModel.parameters``): the field
``supported_parameters`` of the listing. A parameter that the model does not take is passed over without a word.
"""

from __future__ import annotations

from types import MappingProxyType

from codemod.records import record

DOCS = "https://openrouter.ai/docs/"
DOCS_DAY = "2026-08-22"
# The newest description of the API: the generated client shows the body of a request.
SPECIFICATION = "https://pypi.org/project/openrouter/1.3.84/"
SPECIFICATION_DAY = "2026-10-27"

# The parameters of the SDK's chat methods that rows of the listing name, and so can be seen to lack. Not among them
# are parallel_tool_calls and verbosity, which OpenRouter takes for models whose rows do not name them.
# https://openrouter.ai/docs/api_reference/overview, as of 2026-08-22
LISTED = (
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "max_tokens",
    "max_completion_tokens",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "prediction",
    "seed",
    "stop",
    "tools",
    "tool_choice",
    "reasoning_effort",
    "web_search_options",
)

# A row with one of these may do for the parameter: reasoning_effort is short for reasoning.effort.
# https://openrouter.ai/docs/guides/best-practices/reasoning-tokens, as of 2026-08-22
SAME_AS = MappingProxyType({"reasoning_effort": "reasoning"})

# Both are in the description of the API, most rows name both and some only one. Whether OpenRouter gives a model the
# one where it is sent the other is not known. https://pypi.org/project/openrouter/1.3.84/, as of 2026-10-27
INTERCHANGED = MappingProxyType({"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"})

# The values that are OpenAI's defaults: it makes no difference if they are passed over.
# https://platform.openai.com/docs/api-reference/chat/create
DEFAULTS: MappingProxyType[str, float] = MappingProxyType(
    {
        "temperature": 1,
        "top_p": 1,
        "frequency_penalty": 0,
        "presence_penalty": 0,
        "logprobs": False,
        "top_logprobs": 0,
    }
)

# The parameters of a row of which each form of response_format needs one.
# https://openrouter.ai/docs/guides/features/structured-outputs, as of 2026-08-22
FORMATS = MappingProxyType(
    {
        "json_object": frozenset({"response_format", "structured_outputs"}),
        "json_schema": frozenset({"structured_outputs"}),
    }
)


@record
class Fact:
    """What holds of a parameter whatever the model is; ``as_of`` is the ISO date of what was read at ``source``."""

    rule: str
    message: str
    remedy: str
    source: str
    as_of: str


N = Fact(
    "OR402",
    "OpenRouter answers with one choice, whatever n says",
    "Send the request n times, or ask for several answers in the prompt.",
    SPECIFICATION,
    SPECIFICATION_DAY,
)
FUNCTIONS = Fact(
    "OR403",
    "OpenRouter does not know functions, function_call and messages of the role function: they are tools there",
    "Send tools and tool_choice, answer with messages of the role tool, and read message.tool_calls.",
    SPECIFICATION,
    SPECIFICATION_DAY,
)
STORE = Fact(
    "OR404",
    "OpenRouter stores no completions: store is not among its parameters",
    "Leave store out, and keep what is needed in the program.",
    SPECIFICATION,
    SPECIFICATION_DAY,
)
UNKNOWN = MappingProxyType(
    {
        name: Fact(
            "OR401",
            f"{name} is not among the parameters of OpenRouter's chat completions",
            remedy,
            SPECIFICATION,
            SPECIFICATION_DAY,
        )
        for name, remedy in (
            ("safety_identifier", "Send user, which OpenRouter hashes and hands on."),
            ("prompt_cache_retention", "Leave it out if the answer is good without."),
        )
    }
)
STREAM_OPTIONS = Fact(
    "OR406",
    "stream_options makes no difference: OpenRouter sends the usage with every stream",
    "",
    DOCS + "cookbook/administration/usage-accounting",
    DOCS_DAY,
)
SERVICE_TIER = Fact(
    "OR407",
    "OpenRouter has a service_tier of its own: flex never falls back to default, priority does, and the tier that "
    "serves is the one that is billed",
    "",
    DOCS + "guides/features/service-tiers",
    DOCS_DAY,
)
# Values of service_tier that ask for nothing.
USUAL_TIERS = frozenset({"auto", "default"})
