"""What OpenRouter refuses, and what it takes in another way than OpenAI.

The facts are those of OpenRouter's documentation (2026-08-22) and of its Python package 1.3.84 (2026-10-27): see
``codemod/openrouter/endpoints.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from codemod.verify.model_ids import model_problem
from codemod.verify.traffic import About, Json, KeyKind, Problem, Received, kind_of_key, note

CHAT = "/chat/completions"
COMPLETIONS = "/completions"
RESPONSES = "/responses"
EMBEDDINGS = "/embeddings"
SPEECH = "/audio/speech"
TRANSCRIPTIONS = "/audio/transcriptions"
MODELS = "/models"
KEY = "/key"

SERVED = MappingProxyType(
    {
        CHAT: "POST",
        COMPLETIONS: "POST",
        RESPONSES: "POST",
        EMBEDDINGS: "POST",
        SPEECH: "POST",
        TRANSCRIPTIONS: "POST",
        MODELS: "GET",
        KEY: "GET",
    }
)
_OPENAI_HEADERS = (("openai-organization", "OPENAI_ORG_ID"), ("openai-project", "OPENAI_PROJECT_ID"))


def problems(request: Received, root: str, headers: tuple[str, ...]) -> tuple[Problem, ...]:
    """All that is the matter with a request to OpenRouter, the one that it is refused for first.

    ``root`` is the path of the base URL, as ``/api/v1``. ``headers`` are the names that the project is configured to
    send.
    """
    found = [*_of_endpoint(request, root), *_of_key(request, root), *_of_headers(request, headers)]
    if not any(problem.status == 404 for problem in found):
        found += _of_content(request, request.path.removeprefix(root))
    return tuple(sorted(found, key=lambda problem: problem.status is None))


def refuses_content(method: str, endpoint: str, content: Json) -> bool:
    """Whether OpenRouter does not serve such a request, whatever its model: then it is right to leave it on OpenAI."""
    if SERVED.get(endpoint) != method or endpoint in {MODELS, COMPLETIONS}:
        return True
    return any(not problem.is_note for problem in _of_body(endpoint, content))


def _of_endpoint(request: Received, root: str) -> Iterator[Problem]:
    if request.path.startswith(root) and not request.path.startswith(f"{root}/"):
        text = f"{request.path}: the base URL of the module-level client lacks its last slash"
        yield Problem(About.ENDPOINT, text, 404, "not_found")
        return
    endpoint = request.path.removeprefix(root)
    if not request.path.startswith(f"{root}/") or SERVED.get(endpoint) != request.method:
        yield Problem(About.ENDPOINT, f"OpenRouter does not serve {request.method} {request.path}", 404, "not_found")
    elif endpoint == COMPLETIONS:
        yield Problem(About.ENDPOINT, "OpenRouter serves /completions without documenting it; move to chat completions")


def _of_key(request: Received, root: str) -> Iterator[Problem]:
    key = request.key
    kind = kind_of_key(key)
    if kind is KeyKind.NONE:
        if request.path != root + MODELS:
            yield Problem(About.KEY, "No auth credentials found", 401, "authentication")
    elif kind is not KeyKind.OPENROUTER:
        whose = "a key of OpenAI" if kind is KeyKind.OPENAI else "another vendor's key"
        yield Problem(
            About.KEY, f"Invalid API key: this is not an OpenRouter API key but {whose}", 401, "authentication"
        )
    elif key is not None and key != key.strip(" \t\"'"):
        yield Problem(About.KEY, "Invalid API key: it is sent with quotes or blanks around it", 401, "authentication")


def _of_headers(request: Received, configured: tuple[str, ...]) -> Iterator[Problem]:
    for name, variable in _OPENAI_HEADERS:
        if name in request.headers:
            text = f"sends the header {name} of OpenAI: the SDK takes it from an argument or from {variable}"
            yield Problem(About.HEADERS, text)
    for name in configured:
        others = {"x-title", "x-openrouter-title"} if name.lower().endswith("title") else {name.lower()}
        if not others & request.headers.keys():
            yield Problem(About.HEADERS, f"lacks the configured header {name}")


def _of_content(request: Received, endpoint: str) -> Iterator[Problem]:
    if request.method != "POST":
        return
    content = request.content
    if content is None:
        yield Problem(About.BODY, "the body is no JSON object", 400, "invalid_request")
        return
    model = model_problem(request.model, endpoint)
    if model is not None:
        yield model
    yield from _of_body(endpoint, content)


def _of_body(endpoint: str, content: Json) -> Iterator[Problem]:
    if endpoint == CHAT:
        yield from _of_chat(content)
    elif endpoint == RESPONSES:
        yield from _of_responses(content)
    elif endpoint == EMBEDDINGS and content.get("encoding_format", "float") not in {"float", "base64"}:
        yield _invalid("encoding_format must be float or base64")
    elif endpoint == SPEECH:
        yield from _of_speech(content)
    elif endpoint == TRANSCRIPTIONS:
        yield from _of_transcription(content)


def _of_chat(content: Json) -> Iterator[Problem]:
    for name in ("functions", "function_call"):
        if name in content:
            yield note(About.BODY, f"{name} is no parameter of OpenRouter; use tools")
    if content.get("n") not in {None, 1}:
        yield note(About.BODY, "OpenRouter ignores n and answers with one choice")
    if not isinstance(content.get("messages"), list) and "prompt" not in content:
        yield _invalid("messages or prompt is required")


def _of_responses(content: Json) -> Iterator[Problem]:
    if content.get("previous_response_id") is not None:
        yield _invalid("previous_response_id is not supported: responses are stateless")
    if content.get("store"):
        yield _invalid("store must be false: responses are stateless")
    for name in ("background", "conversation", "prompt"):
        if content.get(name):
            yield Problem(About.BODY, f"{name} relies on what OpenAI stores; OpenRouter's responses are stateless")


def _of_speech(content: Json) -> Iterator[Problem]:
    wanted = content.get("response_format")
    if wanted is None:
        yield Problem(About.BODY, "without response_format OpenRouter answers with pcm, where OpenAI does with mp3")
    elif wanted not in {"mp3", "pcm"}:
        yield _invalid(f"response_format must be mp3 or pcm, not {wanted}")


def _of_transcription(content: Json) -> Iterator[Problem]:
    wanted = content.get("response_format", "json")
    if wanted not in {"json", "verbose_json"}:
        yield _invalid(f"response_format must be json or verbose_json, not {wanted}")
    if "prompt" in content:
        yield note(About.BODY, "OpenRouter ignores the prompt of a transcription")
    if str(content.get("stream", "false")).lower() == "true":
        yield Problem(About.BODY, "OpenRouter does not stream transcriptions")


def _invalid(text: str) -> Problem:
    return Problem(About.BODY, text, 400, "invalid_request")
