"""The catalogue: which models OpenRouter has, and what OpenAI's ids are called there, each fact with its day.

The embedded one is data/catalogue.json, which ``scripts/build_catalogue.py`` makes; scripts/data/NOTICE.md names its
sources. A listing of OpenRouter's own, fetched later, takes the place of its rows (``listing.py``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal

from codemod.openrouter.listing import Listing, ListingError, OpenRouterModel, base_id, is_day, read_listing
from codemod.records import record

PREFIX = "openai/"
FINE_TUNED_PREFIX = "ft:"
FORMAT = 1
MAX_BYTES = 20_000_000

Relation = Literal["same", "renamed", "snapshot", "no endpoint"]


class CatalogueError(Exception):
    """A catalogue that cannot be used; the message is one line that names the file and what is wrong with it."""


@record
class OpenAIModel:
    """One of OpenAI's models.

    ``relation`` says how ``openrouter_id`` comes about: the ``same`` id behind the prefix; ``renamed``; a dated
    ``snapshot`` under the id without the date; ``no endpoint``: OpenRouter has none that takes such a model.
    ``listed`` says whether OpenRouter lists ``openrouter_id`` (None: not known) as of the day ``as_of``. ``mode`` is
    what the model is for (``chat``, ``embedding``, …; None: not known). ``shutdown`` is the day OpenAI names for its
    end, past or to come. ``replacement`` is the OpenRouter id to take instead. Days are ISO dates.
    """

    id: str
    openrouter_id: str
    relation: Relation
    listed: bool | None
    as_of: str
    mode: str | None
    shutdown: str | None
    replacement: str | None
    note: str

    @property
    def is_gone(self) -> bool:
        """Whether OpenRouter is known not to list it."""
        return self.listed is False


@record
class FineTuned:
    """A fine-tuned model, which only OpenAI serves: the model that it is made from, and the day of its end if known."""

    base: str
    shutdown: str | None


@record
class Catalogue:
    """What is known of the models.

    ``origin`` says where the listing of OpenRouter's models is from: ``embedded`` in this package, ``refreshed`` by
    the user, or a given ``file``; ``path`` is that file, None for the embedded one. ``as_of`` is the day of the
    listing. Both tables are in the order of their ids; ``fine_tuned`` holds the models that OpenAI tunes.
    """

    origin: Literal["embedded", "refreshed", "file"]
    path: Path | None
    as_of: str
    openrouter: Mapping[str, OpenRouterModel]
    openai: Mapping[str, OpenAIModel]
    fine_tuned: Mapping[str, str | None]

    def openai_model(self, text: str) -> OpenAIModel | None:
        """The model that OpenAI calls ``text``, compared exactly; None if no such id is known, or it is fine-tuned."""
        return self.openai.get(text)

    def is_openai_id(self, text: str) -> bool:
        """Whether ``text`` is exactly an id that OpenAI has, or had. A fine-tuned model's id is none."""
        return text in self.openai

    def openrouter_model(self, text: str) -> OpenRouterModel | None:
        """The model that OpenRouter calls ``text``; a suffix that any model takes (``:nitro``) is left out of it."""
        return self.openrouter.get(text) or self.openrouter.get(base_id(text))

    def fine_tuned_model(self, text: str) -> FineTuned | None:
        """What ``ft:BASE:…`` is made from; None for a text of another form."""
        prefix, _, rest = text.partition(":")
        base = rest.partition(":")[0]
        return FineTuned(base, self.fine_tuned.get(base)) if prefix == "ft" and base else None

    def nearest_openrouter_id(self, text: str) -> str | None:
        """The listed id of OpenRouter's that ``text`` is most like, with or without an author; None if none is near."""
        listed = [model.id for model in self.openrouter.values() if model.listed and ":" not in model.id]
        wanted = text.strip().lower().partition(":")[0]
        author, slash, name = wanted.rpartition("/")
        # The author is seldom mistyped, and the names of one author are alike: they decide, if there is such an author.
        own = [each for each in listed if slash and each.startswith(f"{author}/")]
        if own:
            return _nearest(wanted, own) or _nearest(_spelled_otherwise(wanted), own)
        names = {each.partition("/")[2]: each for each in reversed(listed)}
        found = _nearest(name, names)
        return names[found] if found else _nearest(wanted, listed)

    def age(self, today: date) -> int:
        """The days from the listing to ``today``."""
        return (today - date.fromisoformat(self.as_of)).days


def _nearest(text: str, known: Iterable[str]) -> str | None:
    matches = get_close_matches(text.strip().lower(), known, n=1, cutoff=0.85)
    return matches[0] if matches else None


def _spelled_otherwise(text: str) -> str:
    """Versions have a dot at OpenRouter, and no date: claude-sonnet-4-5-20250929 is claude-sonnet-4.5."""
    words = text.split("-")
    if len(words) > 2 and words[-1].isdigit() and len(words[-1]) == 8:
        words.pop()
    if len(words) > 2 and words[-1].isdigit() and words[-2].isdigit():
        words[-2:] = [f"{words[-2]}.{words[-1]}"]
    return "-".join(words)


# Loading


@cache
def embedded() -> Catalogue:
    """The catalogue of this package."""
    path = Path(__file__).with_name("data") / "catalogue.json"
    return _catalogue(json.loads(path.read_text(encoding="utf-8")), "embedded", None)


def load(path: Path | None) -> Catalogue:
    """The catalogue in the file ``path``, or (None) the embedded one.

    The file has the form of data/catalogue.json, or is an answer of OpenRouter's models endpoint, which then takes
    the place of the embedded rows; without an ``as_of`` it is as old as the file. Raises CatalogueError.
    """
    return embedded() if path is None else _load(path, "file")


def choose(given: Path | None, refreshed: Path) -> tuple[Catalogue, str | None]:
    """The catalogue of a run, and a line about a file that cannot be used.

    That is ``given``, which must be usable (else CatalogueError); or ``refreshed``, if it is there and newer than the
    embedded one; or the embedded one.
    """
    if given is not None or not refreshed.is_file():
        return load(given), None
    try:
        found = _load(refreshed, "refreshed")
    except CatalogueError as error:
        return embedded(), f"{error}; the embedded catalogue is used"
    return (found if found.as_of > embedded().as_of else embedded()), None


def _load(path: Path, origin: Literal["refreshed", "file"]) -> Catalogue:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise CatalogueError(f"{path}: too large for a catalogue")
        content = json.loads(data)
        if isinstance(content, dict) and "format" in content:
            return _catalogue(content, origin, path)
        changed = date.fromtimestamp(path.stat().st_mtime).isoformat()
        return merged(embedded(), read_listing(content, changed), origin, path)
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read: {error.strerror}") from None
    except ListingError as error:
        raise CatalogueError(f"{path}: {error}") from None
    except (ValueError, RecursionError):
        raise CatalogueError(f"{path}: not valid JSON") from None
    except (KeyError, TypeError, IndexError, AttributeError):
        raise CatalogueError(f"{path}: not a catalogue of format {FORMAT}") from None


def _catalogue(
    content: dict[str, Any], origin: Literal["embedded", "refreshed", "file"], path: Path | None
) -> Catalogue:
    """The catalogue that the JSON spells. Raises LookupError or TypeError where it has another form."""
    if content["format"] != FORMAT or not is_day(content["as_of"]):
        raise KeyError("format")
    sets = [frozenset(each) for each in content["parameter_sets"]]
    models = {row[0]: _openrouter_model(row, sets) for row in _rows(content["models"], OpenRouterModel)}
    openai = {row[0]: _resolved(OpenAIModel(*row), models) for row in _rows(content["openai"], OpenAIModel)}
    return Catalogue(origin, path, content["as_of"], models, openai, content["fine_tuned"])


def _rows(table: dict[str, Any], kind: type) -> list[list[Any]]:
    """The rows of a table, which has the columns in the order of the fields: a third faster than by name."""
    names = [each.name for each in fields(kind)]
    if table["columns"] != names or any(len(row) != len(names) for row in table["rows"]):
        raise KeyError("columns")
    rows: list[list[Any]] = table["rows"]
    return rows


def _openrouter_model(row: list[Any], sets: Sequence[frozenset[str]]) -> OpenRouterModel:
    *facts, into, out, parameters, details_as_of, expires = row
    kinds = [None if each is None else tuple(each.split("+")) for each in (into, out)]
    facts += [*kinds, None if parameters is None else sets[parameters], details_as_of, expires]
    return OpenRouterModel(*facts)


def _resolved(model: OpenAIModel, models: Mapping[str, OpenRouterModel]) -> OpenAIModel:
    """The model, listed as the row of OpenRouter's model says, if there is one."""
    found = models.get(model.openrouter_id)
    return model if found is None else replace(model, listed=found.listed, as_of=found.as_of)


# Putting a newer listing in


def merged(known: Catalogue, listing: Listing, origin: Literal["refreshed", "file"], path: Path | None) -> Catalogue:
    """The catalogue ``known`` with ``listing`` in the place of its rows.

    The listing holds models that answer with text: those of them that it lacks are gone, of others it tells nothing.
    An id of OpenAI's that only the listing has is known from now on.
    """
    models = {
        model.id: replace(model, listed=False, as_of=listing.as_of, expires=None) if model.kind == "chat" else model
        for model in known.openrouter.values()
    }
    models |= {model.id: model for model in listing.models}
    models = dict(sorted(models.items()))
    openai = {model.id: _listed_anew(model, models, listing) for model in known.openai.values()}
    for model in listing.models:
        name = model.id.removeprefix(PREFIX)
        if model.id not in known.openrouter and name != model.id and ":" not in name:
            openai.setdefault(name, OpenAIModel(name, model.id, "same", True, model.as_of, None, None, None, "new"))
    return Catalogue(origin, path, listing.as_of, models, dict(sorted(openai.items())), known.fine_tuned)


def _listed_anew(model: OpenAIModel, models: Mapping[str, OpenRouterModel], listing: Listing) -> OpenAIModel:
    if model.openrouter_id not in models and model.listed is None and model.mode in {"chat", "responses"}:
        return replace(model, listed=False, as_of=listing.as_of)
    return _resolved(model, models)
