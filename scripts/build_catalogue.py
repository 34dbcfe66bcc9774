"""Writes codemod/openrouter/data/catalogue.json: the models of OpenRouter, and OpenAI's ids with their place there.

    python scripts/build_catalogue.py scripts/data

The folder holds these files; scripts/data/NOTICE.md says more about where they come from. Of a kind with a day in
its name the newest file is read.

- ``openrouter-listing-DAY.json``: the models that OpenRouter listed on that day, with context and price. It leaves
  out models that take no tools.
- ``openrouter-models-DAY.json``: rows of OpenRouter's models endpoint, with modalities and supported parameters.
- ``openai-models-DAY.json``: OpenAI's own ids and the days of their shutdown.
- ``openai_models.csv``: OpenAI's ids, each with its id on OpenRouter, and what else was looked up about it.
- ``sources.json``: what the catalogue says of its sources; the day is that of the file's name.

The same files give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).resolve().parent.parent / "codemod" / "openrouter" / "data" / "catalogue.json"
FORMAT = 1
LISTED = {"yes": True, "no": False, "unknown": None}
SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2})$")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# The last day on which a model is still meant to be there; the listing says so where no end is planned.
NEVER = "2098-12-31"
# What a model that is in no listing of chat models is for, by what OpenAI's list calls its mode.
KINDS = {"embedding": "embedding", "audio_speech": "speech", "audio_transcription": "transcription"}
# OpenRouter lists its routers at the price 0; they cost what the model costs that they choose.
ROUTERS = re.compile(r"openrouter/(?!free$)|.*-router$")

MODEL_COLUMNS = (
    *("id", "kind", "listed", "as_of", "seen", "context", "max_output", "input_price", "output_price"),
    *("input", "output", "parameters", "details_as_of", "expires"),
)
OPENAI_COLUMNS = ("id", "openrouter_id", "relation", "listed", "as_of", "mode", "shutdown", "replacement", "note")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Inputs:
    """The files of the folder, and the days that their names tell."""

    folder: Path

    @cached_property
    def listing(self) -> dict[str, Row]:
        """The listed models by id. An id that is listed twice counts as a chat model."""
        models = [row for rows in self._read("openrouter-listing").values() for row in rows.values()]
        models.sort(key=lambda row: row["type"] != "chat")
        return {row["id"]: row for row in reversed(models) if "/" in row["id"]}

    @cached_property
    def details(self) -> dict[str, Row]:
        return {row["id"]: row for row in self._read("openrouter-models")}

    @cached_property
    def openai(self) -> dict[str, Row]:
        return dict(self._read("openai-models"))

    @cached_property
    def table(self) -> list[dict[str, str]]:
        with (self.folder / "openai_models.csv").open(encoding="utf-8", newline="") as file:
            return sorted(csv.DictReader(file), key=lambda row: row["openai_id"])

    def day(self, kind: str) -> str:
        found = DAY.search(self._newest(kind).name)
        assert found is not None
        return found[0]

    def _read(self, kind: str) -> Any:
        return json.loads(self._newest(kind).read_text(encoding="utf-8"))

    def _newest(self, kind: str) -> Path:
        return max(self.folder.glob(f"{kind}-????-??-??.json"))


def as_of(row: Row, inputs: Inputs) -> str:
    """The day whose state a row of the table tells, by how its source begins; the first that fits."""
    listing, documentation = inputs.day("openrouter-listing"), inputs.day("openrouter-models")
    days = (
        *((start, listing) for start in ("pi-ai", "TanStack", "genai-prices", "tokencost", "all saved lists")),
        ("no such endpoint", "2026-10-27"),
        ("openai 3.54.0", "2026-11-17"),
        *((start, documentation) for start in ("openrouter.ai", "tts docs")),
        ("", inputs.day("openai-models")),
    )
    return next(day for start, day in days if row["source"].startswith(start))


# OpenRouter's models


def openrouter_rows(inputs: Inputs) -> Iterator[dict[str, Any]]:
    """What is known of each model that OpenRouter lists, or listed when the details were fetched."""
    listed, detailed = inputs.day("openrouter-listing"), inputs.day("openrouter-models")
    for model_id in sorted(inputs.listing.keys() | inputs.details.keys()):
        row, details = inputs.listing.get(model_id), inputs.details.get(model_id)
        known = {"id": model_id, **(details_of(details, detailed) if details else {})}
        if row is not None:
            yield {
                "input": "+".join(row["input"]),
                **known,
                **listed_now(row),
                "listed": True,
                "as_of": listed,
                "seen": listed,
            }
        else:
            # A model with tools would be in the newer listing; of one without, that listing tells nothing.
            listed_once = details is not None and "tools" in details["supported_parameters"]
            yield {**known, "listed": False if listed_once else None, "as_of": listed, "seen": detailed}


def details_of(row: Row, day: str) -> dict[str, Any]:
    routed = ROUTERS.match(row["id"])
    expires = row["expiration_date"]
    return {
        "kind": "chat",
        "context": row["context_length"],
        "max_output": row["top_provider"]["max_completion_tokens"],
        "input_price": None if routed else price(float(row["pricing"]["prompt"]) * 1e6),
        "output_price": None if routed else price(float(row["pricing"]["completion"]) * 1e6),
        "input": "+".join(row["architecture"]["input_modalities"]),
        "output": "+".join(row["architecture"]["output_modalities"]),
        "parameters": tuple(sorted(row["supported_parameters"])),
        "details_as_of": day,
        "expires": None if expires == NEVER else expires,
    }


def listed_now(row: Row) -> dict[str, Any]:
    """What the newer listing tells. Of what goes into a chat model it knows texts and images only."""
    kind, cost = row["type"], row["cost"]
    unpriced = ROUTERS.match(row["id"]) or (kind != "chat" and not cost["input"])
    known = {
        "kind": kind,
        "context": row.get("contextWindow"),
        "max_output": row.get("maxTokens"),
        "input_price": None if unpriced else price(cost["input"]),
        "output_price": None if unpriced else price(cost["output"]),
    }
    if "output" in row:
        known |= {"input": "+".join(row["input"]), "output": "+".join(row["output"])}
    return known


def price(dollars: float) -> float | int | None:
    """US dollars for a million tokens; None for the negative ones that stand for "it depends"."""
    if dollars < 0:
        return None
    rounded = round(dollars, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def special_rows(inputs: Inputs, known: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Models of other endpoints, which the listings of chat models lack and OpenRouter's documentation names."""
    said = set(known)
    for row in inputs.table:
        if LISTED[row["exists"]] and row["openrouter_id"] not in said:
            said.add(row["openrouter_id"])
            day = as_of(row, inputs)
            yield {"id": row["openrouter_id"], "kind": KINDS[row["mode"]], "listed": True, "as_of": day, "seen": day}


# OpenAI's models


def unproven(rows: Iterable[Row]) -> frozenset[str]:
    """Dated ids of which the table does not prove that the listed id is the same model.

    That is so where several snapshots share one listed id, and where the listed id is another snapshot.
    """
    dated = [row for row in rows if SNAPSHOT.search(row["openai_id"]) and "canonical slug" not in row["note"]]
    moved = [row for row in dated if row["openrouter_id"] != f"openai/{row['openai_id']}"]
    shared = Counter(row["openrouter_id"] for row in moved)
    return frozenset(
        row["openai_id"] for row in moved if shared[row["openrouter_id"]] > 1 or SNAPSHOT.search(row["openrouter_id"])
    )


def openai_row(row: Row, inputs: Inputs, models: Mapping[str, Row], *, proven: bool) -> dict[str, Any]:
    """One of OpenAI's models; whether it is listed is said only where no row of OpenRouter's models says it."""
    openai_id = row["openai_id"]
    replacement = row["suggested_replacement_slug"] or None
    listed = LISTED[row["exists"]]
    note = row["note"]
    if not proven:
        note = f"not proven to be {row['openrouter_id']}"
        replacement = row["openrouter_id"] if listed else replacement
        listed = False
    openrouter_id = row["openrouter_id"] if proven else f"openai/{openai_id}"
    model = models.get(openrouter_id)
    if model is not None and model["listed"] is not listed:
        raise SystemExit(f"{openai_id}: the table and the listings differ on whether {openrouter_id} is listed")
    return {
        "id": openai_id,
        "openrouter_id": openrouter_id,
        "relation": relation(openai_id, openrouter_id, note),
        "listed": listed if model is None else None,
        "as_of": as_of(row, inputs) if model is None else None,
        "mode": row["mode"] or None,
        "shutdown": shutdown(row, inputs),
        "replacement": replacement,
        "note": note,
    }


def relation(openai_id: str, openrouter_id: str, note: str) -> str:
    if note == "no OpenRouter endpoint":
        return "no endpoint"
    if openrouter_id == f"openai/{openai_id}":
        return "same"
    return "snapshot" if SNAPSHOT.sub("", openai_id) == openrouter_id.partition("/")[2] else "renamed"


def shutdown(row: Row, inputs: Inputs) -> str | None:
    """The day that OpenAI names; the table knows some that the list of OpenAI's models lacks, and may not differ."""
    listed = inputs.openai.get(row["openai_id"], {}).get("deprecation_date")
    looked_up = DAY.search(row["openai_shutdown_date"])
    if listed and (looked_up is None or looked_up[0] != listed):
        raise SystemExit(f"{row['openai_id']}: the sources name different days: {listed}, {looked_up and looked_up[0]}")
    return listed or (looked_up[0] if looked_up else None)


def fine_tuned(inputs: Inputs) -> dict[str, str | None]:
    """The models that fine-tuned ones are made from, with the day on which these end."""
    return {
        model_id.removeprefix("ft:"): row["deprecation_date"]
        for model_id, row in sorted(inputs.openai.items())
        if model_id.startswith("ft:")
    }


# The file


def sources(inputs: Inputs) -> Iterator[dict[str, str]]:
    for source in json.loads((inputs.folder / "sources.json").read_text(encoding="utf-8")):
        yield {"what": source["what"], "from": source["from"], "as_of": inputs.day(source["file"])}


def build(inputs: Inputs) -> str:
    """The catalogue as JSON, one model a line."""
    models = list(openrouter_rows(inputs))
    models = sorted([*models, *special_rows(inputs, (row["id"] for row in models))], key=lambda row: row["id"])
    sets = sorted({row["parameters"] for row in models if "parameters" in row})
    for row in models:
        if "parameters" in row:
            row["parameters"] = sets.index(row["parameters"])
    doubtful = unproven(inputs.table)
    known = {row["id"]: row for row in models}
    openai = [openai_row(row, inputs, known, proven=row["openai_id"] not in doubtful) for row in inputs.table]
    parts = {
        "format": json.dumps(FORMAT),
        "as_of": json.dumps(inputs.day("openrouter-listing")),
        "sources": lines(map(compact, sources(inputs))),
        "fine_tuned": compact(fine_tuned(inputs)),
        "parameter_sets": lines(compact(list(each)) for each in sets),
        "models": table(MODEL_COLUMNS, models),
        "openai": table(OPENAI_COLUMNS, openai),
    }
    return "{\n" + ",\n".join(f' "{name}": {text}' for name, text in parts.items()) + "\n}\n"


def table(columns: Sequence[str], rows: Iterable[Row]) -> str:
    cells = (compact([row.get(column) for column in columns]) for row in rows)
    return f'{{\n  "columns": {compact(list(columns))},\n  "rows": {lines(cells)}}}'


def lines(texts: Iterable[str]) -> str:
    return "[\n   " + ",\n   ".join(texts) + "\n  ]"


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Build the catalogue from the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    arguments.output.write_text(build(Inputs(arguments.folder)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
