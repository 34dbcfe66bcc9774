"""What OpenAI refuses: enough of it for a program that has not been migrated yet."""

from __future__ import annotations

from codemod.openrouter.catalogue import embedded
from codemod.verify.traffic import About, KeyKind, Problem, Received, kind_of_key

ROOT = "/v1"


def problems(request: Received) -> tuple[Problem, ...]:
    """What OpenAI refuses the request for; empty if it would answer."""
    kind = kind_of_key(request.key)
    if kind is KeyKind.NONE:
        text = "You didn't provide an API key."
        return (Problem(About.KEY, text, 401, "invalid_request_error"),)
    if kind is KeyKind.OPENROUTER:
        text = "Incorrect API key provided: it is one of OpenRouter"
        return (Problem(About.KEY, text, 401, "invalid_request_error", "invalid_api_key"),)
    model = request.model
    if model is not None and "/" in model and embedded().openai_model(model) is None:
        text = f"The model `{model}` does not exist or you do not have access to it."
        return (Problem(About.MODEL, text, 404, "invalid_request_error", "model_not_found"),)
    return ()
