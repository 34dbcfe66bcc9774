"""What OpenRouter makes of the text in a request's ``model``."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from codemod.openrouter.catalogue import PREFIX, OpenAIModel, embedded
from codemod.verify.traffic import About, Problem, note

# Ids below openai/ that OpenAI itself does not have, as listed on 2026-11-10 (scripts/data/NOTICE.md, first source).
ONLY_ON_OPENROUTER = frozenset(
    PREFIX + name
    for name in (
        "gpt-5-image",
        "gpt-5-image-mini",
        "gpt-5.4-image-2",
        "gpt-5.6-luna-pro",
        "gpt-5.6-sol-pro",
        "gpt-5.6-terra-pro",
        "gpt-6-astra-pro",
        "gpt-6-luna-pro",
        "gpt-6-sol-pro",
        "gpt-6.1-sol-pro",
        "gpt-6.1-terra-pro",
        "gpt-oss-safeguard-20b",
    )
)
# Endings that any model takes (docs, guides/routing/model-variants); others are ids of their own.
_VARIANTS = (":nitro", ":floor", ":exacto", ":online")
_PRESET = "@preset/"
# The endpoints that take only models made for them, with the mode of these models.
_SPECIAL = MappingProxyType(
    {"/embeddings": "embedding", "/audio/speech": "audio_speech", "/audio/transcriptions": "audio_transcription"}
)


@cache
def catalogue() -> MappingProxyType[str, OpenAIModel]:
    """The models by their id on OpenRouter. Of several with one id the one that says most about it is taken."""
    found: dict[str, OpenAIModel] = {}
    for model in sorted(embedded().openai.values(), key=lambda each: (each.listed is None, each.mode is None)):
        found.setdefault(model.openrouter_id, model)
    return MappingProxyType(found)


def model_problem(text: str | None, endpoint: str) -> Problem | None:
    """What is the matter with the model of a request to ``endpoint``; None if nothing is."""
    if text is None:
        return note(About.MODEL, "names no model: the default model of the account answers")
    bare, preset, _ = text.partition(_PRESET)
    if preset and not bare:
        return None
    bare = next((bare.removesuffix(end) for end in _VARIANTS if bare.endswith(end)), bare)
    vendor, slash, name = bare.partition("/")
    if not slash or not name or (vendor == "openrouter" and "/" in name):
        known = embedded().openai_model(bare)
        return _invalid(text, f"; OpenRouter calls it {known.openrouter_id}" if known else "")
    if f"{vendor}/" != PREFIX:
        if embedded().openrouter_model(bare) is not None:
            return None
        return note(About.MODEL, f"{text}: the catalogue of {embedded().as_of} does not list it")
    return _of_openai(bare, endpoint)


def _of_openai(bare: str, endpoint: str) -> Problem | None:
    model = catalogue().get(bare)
    if model is None:
        return None if bare in ONLY_ON_OPENROUTER else _invalid(bare, _renamed(bare))
    if model.listed is False:
        advice = f"; {model.replacement} replaces it" if model.replacement else ""
        return _invalid(bare, f": no longer listed on {model.as_of}{advice}")
    special = set(_SPECIAL.values())
    if model.mode is not None and (endpoint in _SPECIAL or model.mode in special):
        wanted = _SPECIAL.get(endpoint)
        if model.mode != wanted:
            text = f"{bare} does not answer at {endpoint}"
            return Problem(About.MODEL, text, 400, "wrong_endpoint", "wrong_endpoint")
    if model.listed is None:
        return note(About.MODEL, f"{bare}: it is not known whether OpenRouter lists it")
    return None


def _renamed(bare: str) -> str:
    known = embedded().openai_model(bare.removeprefix(PREFIX))
    return f"; OpenRouter calls it {known.openrouter_id}" if known else ""


def _invalid(text: str, more: str) -> Problem:
    return Problem(About.MODEL, f"{text} is not a valid model ID{more}", 400, "invalid_request", "model_not_found")
