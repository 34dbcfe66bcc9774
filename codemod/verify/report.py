"""What a verification found, for a person and for a program."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from shlex import join
from typing import Any

from codemod.reports.masking import mask_for
from codemod.reports.printing import printable
from codemod.verify.compare import Pair, notes, wrong
from codemod.verify.run import Observed, Verdict, Verification
from codemod.verify.traffic import Api, Seen

_SCHEMA_VERSION = 1
_HEAD = ("no", "host", "request", "model", "key", "headers", "answer", "verdict")
_GAP = "  "
_INDENT = " " * 9
_NARROWEST = 40
_LIMITS = "This speaks of the code that ran, and not of what OpenRouter's models answer."


def _command(found: Verification) -> Sequence[str]:
    """The command without keys that stand in it."""
    return tuple(map(mask_for(()), found.command))


def _entries(found: Verification) -> Sequence[Pair]:
    """The requests to show, those of the migrated program first; where it did not run, those before."""
    if found.comparison:
        return found.comparison.pairs
    if found.after:
        return tuple(Pair(None, seen, ()) for seen in found.after.requests)
    return tuple(Pair(seen, None, ()) for seen in found.before.requests) if found.before else ()


def _problems(pair: Pair) -> tuple[str, ...]:
    return (*(wrong(pair.after) if pair.after else ()), *pair.differences)


def _word(found: Verification, pair: Pair) -> str:
    if found.after is None:
        return "before"
    if _problems(pair):
        return "problem"
    if not found.comparison and pair.after and pair.after.api is Api.OTHER:
        return "not judged"
    return "equivalent" if found.comparison else "good"


def terminal_report(found: Verification, width: int) -> str:
    """The requests, as a table where it fits into ``width`` columns, what is the matter with each, and the summary."""
    return "\n".join(map(printable, _lines(found, width))) + "\n"


def _lines(found: Verification, width: int) -> Iterator[str]:
    entries = _entries(found)
    if entries:
        rows = [_row(number, found, pair) for number, pair in enumerate(entries, 1)]
        widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
        is_table = sum(widths) + len(_GAP) * (len(widths) - 1) <= max(_NARROWEST, width)
        if is_table:
            yield _table_line(_HEAD, widths)
        for row, entry in zip(rows, entries, strict=True):
            yield from [_table_line(row, widths)] if is_table else _stacked(row, width)
            yield from _details(entry, width)
        yield ""
    yield from _summary(found, width)


def _table_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(cell.ljust(size) for cell, size in zip(cells, widths, strict=True)).rstrip()


def _stacked(row: Sequence[str], width: int) -> Iterator[str]:
    """A row where the table is too wide: what it is and its verdict, and below that the rest with its names."""
    number, host, request, *others, verdict = row
    yield from _wrapped(f"{request}: {verdict}", f"{number:<3}", "   ", width)
    named = [f"{name} {cell}" for name, cell in zip(_HEAD[3:-1], others, strict=True)]
    yield from _wrapped(", ".join((host, *named)), "   ", "   ", width)


def _wrapped(text: str, first: str, rest: str, width: int) -> list[str]:
    columns = max(_NARROWEST, width)
    return textwrap.wrap(text, columns, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _row(number: int, found: Verification, pair: Pair) -> tuple[str, ...]:
    seen = pair.after or pair.before
    assert seen is not None
    where = f"{seen.method} {seen.endpoint}"
    answer = str(seen.status or "none")
    return (
        str(number),
        seen.host,
        where,
        seen.model or "-",
        seen.key.value,
        ", ".join(seen.attribution) or "-",
        answer,
        _word(found, pair),
    )


def _details(pair: Pair, width: int) -> Iterator[str]:
    remarks = notes(pair.after) if pair.after else ()
    for text in (*_problems(pair), *(f"note: {remark}" for remark in remarks)):
        yield from _wrapped(text, "   - ", "     ", width)


def _summary(found: Verification, width: int) -> Iterator[str]:
    # It stays one line, to be copied.
    yield f"Command  {join(_command(found))}"
    for name, run in (("Before", found.before), ("After", found.after)):
        if run:
            yield from _wrapped(f"{_count(len(run.requests))}; the program {run.end}", f"{name:<9}", _INDENT, width)
    yield from _wrapped(_verdict(found), "Verdict  ", _INDENT, width)
    for text in found.problems:
        yield from _wrapped(text, f"{_INDENT}- ", f"{_INDENT}  ", width)
    yield from _wrapped(_LIMITS, _INDENT, _INDENT, width)


def _verdict(found: Verification) -> str:
    if found.verdict is Verdict.INCONCLUSIVE:
        return f"inconclusive: {found.doubt}"
    assert found.after is not None
    what = "equivalent" if found.comparison else "without a problem"
    return f"{_count(len(found.after.requests))} observed, {found.good} {what}"


def _count(number: int) -> str:
    return f"{number} request{'' if number == 1 else 's'}"


def json_report(found: Verification) -> str:
    """The same as JSON. The bodies of the requests are not in it."""
    entries = _entries(found)
    value = {
        "schema_version": _SCHEMA_VERSION,
        "command": list(_command(found)),
        "verdict": found.verdict.value,
        "doubt": found.doubt,
        "problems": list(found.problems),
        "summary": {
            "observed": len(found.after.requests) if found.after else 0,
            "equivalent" if found.comparison else "without_problem": found.good,
        },
        "before": _run(found.before),
        "after": _run(found.after),
        "requests": [_entry(found, pair) for pair in entries],
    }
    return json.dumps(value, indent=2) + "\n"


def _run(run: Observed | None) -> Any:
    if run is None:
        return None
    code = run.end.code
    ended = {"exit_code": max(code, 0) if code >= 0 else None, "signal": -code if code < 0 else None}
    return {"requests": len(run.requests), **ended, "timed_out": run.end.timed_out}


def _entry(found: Verification, pair: Pair) -> Any:
    return {
        "verdict": _word(found, pair),
        "problems": list(_problems(pair)),
        "notes": list(notes(pair.after)) if pair.after else [],
        "before": _request(pair.before),
        "after": _request(pair.after),
    }


def _request(seen: Seen | None) -> Any:
    if seen is None:
        return None
    return {
        "host": seen.host,
        "method": seen.method,
        "endpoint": seen.endpoint,
        "model": seen.model,
        "key": seen.key.value,
        "headers": list(seen.attribution),
        "status": seen.status,
    }
