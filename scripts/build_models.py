"""Writes codemod/openrouter/data/openai_models.json from a table of models.

    python scripts/build_models.py scripts/data/openai_models.csv

The table's columns and sources are described in scripts/data/NOTICE.md. The same table gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "codemod" / "openrouter" / "data" / "openai_models.json"
LISTED = {"yes": True, "no": False, "unknown": None}
SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2})$")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

# The day whose state a row tells, by how its source begins; the first that fits.
LISTING = "2026-11-10"
OPENAI_LIST = "2026-11-12"
DAYS = (
    ("pi-ai", LISTING),
    ("TanStack", LISTING),
    ("genai-prices", LISTING),
    ("tokencost", LISTING),
    ("all saved lists", LISTING),
    ("no such endpoint", "2026-10-27"),
    ("openai 3.54.0", "2026-11-17"),
    ("openrouter.ai", "2026-08-22"),
    ("tts docs", "2026-08-22"),
    ("", OPENAI_LIST),
)
# What the newest listing cannot tell is known as of the last one that could: it leaves out models without tools.
WITHOUT_TOOLS = "pi-ai omits tool-less models"
LAST_WITH_TOOL_LESS = "2026-09-27"

Row = Mapping[str, str]


def as_of(row: Row) -> str:
    if WITHOUT_TOOLS in row["note"]:
        return LAST_WITH_TOOL_LESS
    return next(day for start, day in DAYS if row["source"].startswith(start))


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


def model(row: Row, *, proven: bool) -> dict[str, str | bool | None]:
    openai_id = row["openai_id"]
    shutdown = DATE.search(row["openai_shutdown_date"])
    replacement = row["suggested_replacement_slug"] or None
    listed = LISTED[row["exists"]]
    note = row["note"]
    if not proven:
        note = f"not proven to be {row['openrouter_id']}"
        replacement = row["openrouter_id"] if listed else replacement
        listed = False
    return {
        "openai_id": openai_id,
        "openrouter_id": row["openrouter_id"] if proven else f"openai/{openai_id}",
        "listed": listed,
        "mode": row["mode"] or None,
        "shutdown": shutdown[0] if shutdown else None,
        "replacement": replacement,
        "as_of": as_of(row),
        "note": note,
    }


def build(table: str) -> str:
    """The models as JSON, one a line, of the text of a CSV table."""
    rows = sorted(csv.DictReader(io.StringIO(table)), key=lambda row: row["openai_id"])
    doubtful = unproven(rows)
    models = [model(row, proven=row["openai_id"] not in doubtful) for row in rows]
    lines = ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in models)
    return f'{{\n "as_of": "{LISTING}",\n "models": [\n{lines}\n ]\n}}\n'


def main() -> None:
    """Build the models from the table named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, metavar="CSV")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    text = build(arguments.table.read_text(encoding="utf-8"))
    arguments.output.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
