"""Errors in the shape of each API, and the faults that a stand-in can be told to have."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType

from codemod.verify.answers import DONE, Answer, as_json, as_stream, event
from codemod.verify.traffic import Api, Json, Problem

_TEXTS = MappingProxyType(
    {
        402: ("payment_required", "Insufficient credits. Add more at https://openrouter.ai/settings/credits"),
        404: ("not_found", "No endpoints found that can handle the requested parameters."),
        429: ("rate_limit_exceeded", "Rate limit exceeded."),
        502: ("provider_error", "Provider returned error"),
    }
)


class Fault(Enum):
    """A way in which OpenRouter fails although the request is right."""

    NO_CREDITS = "402"
    NO_ENDPOINT = "404"
    RATE_LIMIT = "429"
    BAD_GATEWAY = "502"
    IN_STREAM = "an error in the middle of a stream"
    IN_BODY = "status 200 with an error as its body"


def refusal(api: Api, problem: Problem) -> Answer:
    """The answer to a request that is refused for ``problem``, which names a status."""
    status = problem.status or 500
    if api is not Api.OPENROUTER:
        error = {"message": problem.text, "type": problem.type, "param": None, "code": problem.code}
        return as_json({"error": error}, status)
    body = _error(status, problem.text, problem.type)
    if problem.code:
        body["error"]["availability"] = {"code": problem.code, "retryable": False}
    return as_json(body, status)


def faulty(fault: Fault, good: Answer) -> Answer:
    """The answer with ``fault``, where ``good`` is the one without."""
    if fault is Fault.IN_BODY:
        return as_json(_error(502, *reversed(_TEXTS[502])))
    if fault is Fault.IN_STREAM and good.is_stream:
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
        broken = event({**_error(502, *reversed(_TEXTS[502])), "object": "chat.completion.chunk", "choices": [choice]})
        return as_stream([*good.pieces[: len(good.pieces) // 2], broken, DONE])
    status = 502 if fault is Fault.IN_STREAM else int(fault.value)
    kind, text = _TEXTS[status]
    headers = (("Retry-After", "1"), ("X-RateLimit-Limit", "20"), ("X-RateLimit-Remaining", "0"))
    return as_json(_error(status, text, kind), status, headers if status == 429 else ())


def _error(status: int, text: str, kind: str | None) -> Json:
    return {"error": {"code": status, "message": text, "metadata": {"error_type": kind}}}
