"""The models of a catalogue for a person and for programs: what ``or-migrate models`` shows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from codemod.openrouter.catalogue import Catalogue, OpenAIModel
from codemod.openrouter.listing import OpenRouterModel
from codemod.records import record

_UNKNOWN = "?"
_HEAD = ("OPENROUTER ID", "LISTED", "CONTEXT", "$/M IN", "$/M OUT", "TAKES > GIVES")
_OPENAI_HEAD = ("OPENAI ID", "OPENROUTER ID", "LISTED", "SHUTDOWN", "SUGGESTED")


@record
class Found:
    """What a search found: models of OpenRouter, and OpenAI's ids, each in order of its id.

    ``counts`` are the listed ones among the models by their author, most first.
    """

    query: str
    models: tuple[OpenRouterModel, ...]
    openai: tuple[OpenAIModel, ...]
    counts: tuple[tuple[str, int], ...]


def search(catalogue: Catalogue, query: str) -> Found:
    """The models of which the id has every word of ``query`` in it, and those that such an id of OpenAI's leads to."""
    words = query.lower().split()
    openai = tuple(model for model in catalogue.openai.values() if words and _has(model.id, words))
    meant = {model.openrouter_id for model in openai}
    models = tuple(model for model in catalogue.openrouter.values() if _has(model.id, words) or model.id in meant)
    counts = Counter(model.author for model in models if model.listed)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Found(query, models, openai, tuple(ordered))


def _has(model_id: str, words: Iterable[str]) -> bool:
    return all(word in model_id.lower() for word in words)


def models_table(catalogue: Catalogue, found: Found, width: int) -> str:
    """The search's tables, in lines of ``width`` characters as far as the ids allow."""
    return "".join(f"{line}\n" for line in _lines(catalogue, found, width))


def _lines(catalogue: Catalogue, found: Found, width: int) -> Iterator[str]:
    if not found.models and not found.openai:
        tuned = catalogue.fine_tuned_model(found.query)
        nearest = catalogue.nearest_openrouter_id(found.query)
        hint = f"; the nearest is {nearest}" if nearest else ""
        if tuned is not None:
            hint = ": a fine-tuned model, which only OpenAI serves"
            hint += f", until {tuned.shutdown}" if tuned.shutdown else ""
        yield f'no model has "{found.query}" in its id{hint}'
        return
    if found.models:
        yield from _table(_HEAD, [_cells(catalogue, model) for model in found.models], width, right={2, 3, 4})
    if found.openai:
        yield ""
        yield from _table(_OPENAI_HEAD, [_openai_cells(catalogue, model) for model in found.openai], width)
    listed = sum(count for _, count in found.counts)
    yield ""
    yield f"{listed:,} listed as of {catalogue.as_of}; by author:"
    counts = [f"{author} {count}" for author, count in found.counts]
    yield from _joined(counts, width)


def _cells(catalogue: Catalogue, model: OpenRouterModel) -> tuple[str, ...]:
    shape = " > ".join(_UNKNOWN if kinds is None else "+".join(kinds) for kinds in (model.input, model.output))
    return (
        model.id,
        _listed(catalogue, model.listed, model.as_of, model.seen),
        _UNKNOWN if model.context is None else f"{model.context:,}",
        _dollars(model.input_price),
        _dollars(model.output_price),
        shape if model.input or model.output else model.kind,
    )


def _openai_cells(catalogue: Catalogue, model: OpenAIModel) -> tuple[str, ...]:
    listed = "no endpoint" if model.relation == "no endpoint" else _listed(catalogue, model.listed, model.as_of, None)
    return (model.id, model.openrouter_id, listed, model.shutdown or "", model.replacement or "")


def _dollars(price: float | None) -> str:
    return _UNKNOWN if price is None else f"{price:g}"


def _listed(catalogue: Catalogue, listed: bool | None, as_of: str, seen: str | None) -> str:
    if listed is None:
        return f"not known since {seen}" if seen else f"not known as of {as_of}"
    if not listed:
        return f"gone by {as_of}"
    return "yes" if as_of == catalogue.as_of else f"yes, {as_of}"


def _table(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], width: int, right: Iterable[int] = ()
) -> Iterator[str]:
    """Columns as wide as their widest cell; the last ones are left out where they do not fit."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    while len(widths) > 2 and sum(widths) + 2 * (len(widths) - 1) > width:
        widths.pop()
    for line in lines:
        cells = [
            cell.rjust(size) if column in right else cell.ljust(size)
            for column, (cell, size) in enumerate(zip(line, widths, strict=False))
        ]
        yield "  ".join(cells).rstrip()


def _joined(texts: Iterable[str], width: int) -> Iterator[str]:
    line = ""
    for text in texts:
        if line and len(line) + len(text) + 2 > width:
            yield f"{line},"
            line = ""
        line = f"{line}, {text}" if line else text
    if line:
        yield line


def models_json(catalogue: Catalogue, found: Found) -> bytes:
    """The search as JSON in UTF-8. Prices are in US dollars for a million tokens; null stands for "not known"."""
    report = {
        "schema_version": 1,
        "catalogue": {"origin": catalogue.origin, "as_of": catalogue.as_of},
        "models": [_model(model) for model in found.models],
        "openai": [
            {
                "id": model.id,
                "openrouter_id": model.openrouter_id,
                "relation": model.relation,
                "listed": model.listed,
                "as_of": model.as_of,
                "mode": model.mode,
                "shutdown": model.shutdown,
                "replacement": model.replacement,
            }
            for model in found.openai
        ],
        "authors": dict(found.counts),
    }
    return json.dumps(report, ensure_ascii=True, indent=2).encode() + b"\n"


def _model(model: OpenRouterModel) -> dict[str, object]:
    return {
        "id": model.id,
        "author": model.author,
        "kind": model.kind,
        "listed": model.listed,
        "as_of": model.as_of,
        "seen": model.seen,
        "context": model.context,
        "max_output": model.max_output,
        "input_price": model.input_price,
        "output_price": model.output_price,
        "input": model.input,
        "output": model.output,
        "parameters": None if model.parameters is None else sorted(model.parameters),
        "details_as_of": model.details_as_of,
        "expires": model.expires,
    }
