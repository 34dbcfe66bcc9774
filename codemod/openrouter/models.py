"""OpenAI's model ids and what they are called on OpenRouter, from the table in data/openai_models.json.

``scripts/build_models.py`` makes the table; scripts/data/NOTICE.md names its sources.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

PREFIX = "openai/"
FINE_TUNED_PREFIX = "ft:"


@dataclass(frozen=True, slots=True)
class Model:
    """One of OpenAI's models.

    ``listed`` says whether OpenRouter lists ``openrouter_id`` (None: not known) as of the day ``as_of``. ``mode`` is
    what the model is for (``chat``, ``embedding``, …; None: not known). ``shutdown`` is the day OpenAI names for its
    end, past or to come. ``replacement`` is the OpenRouter id to take instead. Days are ISO dates.
    """

    openai_id: str
    openrouter_id: str
    listed: bool | None
    mode: str | None
    shutdown: str | None
    replacement: str | None
    as_of: str
    note: str

    @property
    def relation(self) -> Literal["same", "renamed"]:
        """``renamed`` if more than the prefix differs between the two ids."""
        return "same" if self.openrouter_id == PREFIX + self.openai_id else "renamed"


@cache
def all_models() -> MappingProxyType[str, Model]:
    """The known models by their OpenAI id, in the order of the ids."""
    text = (Path(__file__).with_name("data") / "openai_models.json").read_text(encoding="utf-8")
    models = (Model(**row) for row in json.loads(text)["models"])
    return MappingProxyType({model.openai_id: model for model in models})


def find_model(openai_id: str) -> Model | None:
    """The model that OpenAI calls ``openai_id``, compared exactly; None if no such id is known."""
    return all_models().get(openai_id)


def is_openai_id(text: str) -> bool:
    """Whether ``text`` is exactly an id that OpenAI has, or had. A fine-tuned model's id is none."""
    return text in all_models()


def nearest(text: str) -> str | None:
    """The known id that ``text`` is most like, for a hint about a mistyped one; None if none is near."""
    matches = get_close_matches(text.strip().lower(), all_models(), n=1, cutoff=0.85)
    return matches[0] if matches else None
