"""The rules about code around requests that acts differently after the move: errors, ids, limits, account variables."""

from __future__ import annotations

from codemod.findings import Rule

_ERRORS = "https://openrouter.ai/docs/api_reference/errors-and-debugging"

_CLIENT = """import os

import openai

client = openai.OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
"""
_CALL = 'client.chat.completions.create(model="openai/gpt-4o", messages=[])'
_TRY = f"{_CLIENT}try:\n    answer = {_CALL}\n"

RULES: tuple[Rule, ...] = (
    Rule(
        code="OR106",
        name="account-variable",
        what="Reports code that reads or sets OPENAI_ORG_ID, OPENAI_PROJECT_ID or OPENAI_CUSTOM_HEADERS.",
        why="The SDK reads these variables by itself and sends their values as headers to whatever host the client "
        "talks to, also where organization= and project= are taken from it (seen with openai 1.109.1, 2.8.0 and "
        "3.54.0, custom headers with 3.54.0, on 2026-11-21).",
        fix_safety="Manual. Unset them where migrated clients run. Clients that stay on OpenAI can be given the "
        "values as arguments.",
        before=f'import os\n\nos.environ["OPENAI_ORG_ID"] = "org-1"\n{_CLIENT}answer = {_CALL}\n',
        after=None,
        reference="https://github.com/openai/openai-python",
    ),
    Rule(
        code="OR505",
        name="credit-error-uncaught",
        what="Reports except RateLimitError around a migrated request where nothing catches other errors of the API.",
        why="OpenAI answers 429 (insufficient_quota) when credit has run out, which is RateLimitError. OpenRouter "
        "answers 402, for which the SDK has no class of its own: it raises APIStatusError (documentation of "
        "2026-08-22, seen with openai 3.54.0).",
        fix_safety="Manual. Catch openai.APIStatusError as well and look at status_code.",
        before=f"{_TRY}except openai.RateLimitError:\n    answer = None\n",
        after=None,
        reference=_ERRORS,
    ),
    Rule(
        code="OR506",
        name="model-error-uncaught",
        what="Reports except NotFoundError around a migrated request where the clause does not catch BadRequestError.",
        why="A model that does not exist is 404 at OpenAI and 400 at OpenRouter, BadRequestError. OpenRouter's 404 "
        "says that no provider is left for the request (documentation of 2026-08-22).",
        fix_safety="Manual. Catch openai.BadRequestError as well if the clause is about the model.",
        before=f"{_TRY}except openai.NotFoundError:\n    answer = None\n",
        after=None,
        reference=_ERRORS,
    ),
    Rule(
        code="OR507",
        name="error-code-compared",
        what="Reports comparisons of the code or type of a migrated request's error with OpenAI's texts.",
        why="OpenRouter's errors carry the HTTP status as code, a number before openai 3 and a text since, and have "
        "no type. Texts such as insufficient_quota and context_length_exceeded do not occur (documentation of "
        "2026-08-22, seen with openai 1.109.1 and 3.54.0).",
        fix_safety="Manual. Decide by status_code, or by error_type in the metadata of the error's body.",
        before=f"""{_TRY}except openai.APIError as error:
    if error.code != "context_length_exceeded":
        raise
""",
        after=None,
        reference=_ERRORS,
    ),
    Rule(
        code="OR508",
        name="response-id-prefix",
        what="Reports comparisons of the id of a migrated request's answer with the prefix chatcmpl-.",
        why="The ids of OpenRouter's answers begin with gen- (documentation of 2026-08-22).",
        fix_safety="Manual. Do not tell answers by the beginning of their id, or know gen- too.",
        before=f'{_CLIENT}answer = {_CALL}\nis_chat = answer.id.startswith("chatcmpl-")\n',
        after=None,
        reference="https://openrouter.ai/docs/api_reference/overview",
    ),
    Rule(
        code="OR509",
        name="rate-limit-header",
        what="Reports reads of x-ratelimit headers from the raw answer to a migrated request.",
        why="OpenAI sends them with each answer. OpenRouter sends X-RateLimit headers with status 429 only "
        "(documentation of 2026-08-22), so get gives None and a subscript raises KeyError.",
        fix_safety="Manual. Do without the header, or ask https://openrouter.ai/api/v1/key for the limits of the key.",
        before=f"""{_CLIENT}raw = client.chat.completions.with_raw_response.create(model="openai/gpt-4o", messages=[])
left = raw.headers["x-ratelimit-remaining-requests"]
""",
        after=None,
        reference="https://openrouter.ai/docs/api_reference/limits",
    ),
)
