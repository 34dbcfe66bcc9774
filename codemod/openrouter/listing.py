"""OpenRouter's models, and the reading of a listing of them: what GET /api/v1/models answers.

The endpoint and its fields: https://openrouter.ai/docs/guides/overview/models
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from codemod.records import record

MODEL_ID = re.compile(r"[^\s/]{1,100}/[^\s/]{1,200}")
# Fewer rows than this are no listing of OpenRouter's, and would make of most models ones that are gone.
FEWEST_ROWS = 100
# These suffixes go with any model: https://openrouter.ai/docs/guides/routing/model-variants
_SUFFIXES = frozenset({"nitro", "floor", "exacto", "online"})
_PRESET = "@preset/"
# By the first of these that comes out of a model: what it is for.
_KINDS = {
    "text": "chat",
    "image": "image",
    "embeddings": "embedding",
    "speech": "speech",
    "audio": "speech",
    "transcription": "transcription",
}


class ListingError(ValueError):
    """A listing that has not the form it should have; the message is one line."""


@record
class OpenRouterModel:
    """One of OpenRouter's models. None stands for "not known" everywhere.

    ``kind`` is what it is for: chat, image, embedding, speech, transcription, classifier, other. ``listed`` says
    whether OpenRouter lists it as of the day ``as_of``; ``seen`` is the last day on which it did. ``context`` and
    ``max_output`` (tokens) and the prices (US dollars for a million tokens) are of that day. ``input`` and ``output``
    are kinds of content, and ``parameters`` the supported parameters, as of the day ``details_as_of``; where that is
    None, ``input`` may lack some. ``expires`` is the day that OpenRouter names for its end. Days are ISO dates.
    """

    id: str
    kind: str
    listed: bool | None
    as_of: str
    seen: str
    context: int | None = None
    max_output: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    input: tuple[str, ...] | None = None
    output: tuple[str, ...] | None = None
    parameters: frozenset[str] | None = None
    details_as_of: str | None = None
    expires: str | None = None

    @property
    def author(self) -> str:
        """What stands in front of the slash: openai, anthropic."""
        return self.id.partition("/")[0].lstrip("~")


@record
class Listing:
    """The models that OpenRouter lists as of the day ``as_of``, in order of their ids."""

    as_of: str
    models: tuple[OpenRouterModel, ...]


def is_day(text: object) -> bool:
    """Whether ``text`` is an ISO date."""
    try:
        return isinstance(text, str) and len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def base_id(text: str) -> str:
    """``text`` without a suffix that any model takes, as ``:nitro``."""
    base, _, suffix = text.rpartition(":")
    return base if suffix in _SUFFIXES else text


def is_preset(text: str) -> bool:
    """Whether ``text`` names a preset of the user's account, which no listing has."""
    return _PRESET in text


def read_listing(content: object, day: str) -> Listing:
    """The listing in an answer of the models endpoint, parsed from JSON; ``day`` is its day if it does not say.

    Fields that are not asked for are passed over, so that OpenRouter can add some. Raises ListingError where the
    answer has another form, or too few rows to be the listing.
    """
    rows = content.get("data") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(rows, list):
        raise ListingError('not a listing of models: a table "data" is missing')
    if len(rows) < FEWEST_ROWS:
        raise ListingError(f"not a listing of models: {len(rows)} rows are too few")
    day = content.get("as_of", day)
    if not is_day(day):
        raise ListingError("not a listing of models: as_of is no day")
    models = {model.id: model for model in (_model(row, number, day) for number, row in enumerate(rows, 1))}
    if not any(model.author == "openai" for model in models.values()):
        raise ListingError("not a listing of OpenRouter's models: none of OpenAI's is in it")
    return Listing(day, tuple(models[name] for name in sorted(models)))


def reduced(content: Mapping[str, Any], day: str, source: str) -> dict[str, Any]:
    """What ``read_listing`` needs of an answer that it has read, to be kept: no descriptions."""
    kept = ("id", "context_length", "supported_parameters", "expiration_date")
    rows = [
        {
            **{name: row[name] for name in kept if name in row},
            "architecture": _some(row.get("architecture"), "input_modalities", "output_modalities"),
            "pricing": _some(row.get("pricing"), "prompt", "completion"),
            "top_provider": _some(row.get("top_provider"), "max_completion_tokens"),
        }
        for row in content["data"]
    ]
    return {"as_of": day, "source": source, "data": rows}


def _some(table: Mapping[str, Any] | None, *names: str) -> dict[str, Any]:
    return {name: table[name] for name in names if name in table} if table else {}


def _model(row: object, number: int, day: str) -> OpenRouterModel:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not MODEL_ID.fullmatch(row["id"]):
        raise ListingError(f"not a listing of models: row {number} has no id")
    fields = _Row(row["id"], row)
    shapes, price = fields.part("architecture"), fields.part("pricing")
    output = shapes.texts("output_modalities")
    parameters = fields.texts("supported_parameters")
    expires = fields.value("expiration_date", str)
    return OpenRouterModel(
        id=row["id"],
        kind="chat" if output is None else next((kind for each, kind in _KINDS.items() if each in output), "other"),
        listed=True,
        as_of=day,
        seen=day,
        context=fields.whole("context_length"),
        max_output=fields.part("top_provider").whole("max_completion_tokens"),
        input_price=price.dollars("prompt"),
        output_price=price.dollars("completion"),
        input=shapes.texts("input_modalities"),
        output=output,
        parameters=None if parameters is None else frozenset(parameters),
        details_as_of=None if parameters is None else day,
        expires=expires[:10] if expires and is_day(expires[:10]) else None,
    )


@record
class _Row:
    """A table of the answer, read with its types checked; what is absent or null is None."""

    model: str
    table: Mapping[str, Any]

    def value(self, name: str, kind: type) -> Any:
        value = self.table.get(name)
        if value is None or (isinstance(value, kind) and not isinstance(value, bool)):
            return value
        raise ListingError(f"not a listing of models: {name} of {self.model} has a wrong type")

    def part(self, name: str) -> _Row:
        return _Row(self.model, self.value(name, dict) or {})

    def whole(self, name: str) -> int | None:
        value = self.value(name, (int, float))  # type: ignore[arg-type]
        return int(value) if value is not None and math.isfinite(value) and value >= 0 else None

    def texts(self, name: str) -> tuple[str, ...] | None:
        values = self.value(name, list)
        if values is not None and not all(isinstance(each, str) for each in values):
            raise ListingError(f"not a listing of models: {name} of {self.model} has a wrong type")
        return None if values is None else tuple(values)

    def dollars(self, name: str) -> float | None:
        """The price of a million tokens from that of one, which is a text; None where it depends (-1)."""
        value = self.table.get(name)
        try:
            price = math.nan if value is None else float(value) * 1_000_000
        except (TypeError, ValueError):
            raise ListingError(f"not a listing of models: {name} of {self.model} is no price") from None
        return round(price, 6) if price >= 0 and math.isfinite(price) else None
