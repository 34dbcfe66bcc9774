"""Clients that stay with OpenAI while others move: what they need where the program runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codemod.decisions.arguments import is_missing
from codemod.decisions.context import Context
from codemod.decisions.survey import Client
from codemod.decisions.verdicts import ClientVerdict, Verdict
from codemod.provenance.values import EnvironmentValue, TextValue
from codemod.records import record

# What the SDK reads where it is given no key.
OPENAI_VARIABLE = "OPENAI_API_KEY"


@record
class Staying:
    """A client that goes on to OpenAI with its own key.

    ``client`` is the constructor of today. ``name`` is that of the second half of a client that is split; "" for a
    client that stays whole. ``variable`` is what its key is read from; "" where that is not one variable.
    """

    client: Client
    name: str
    variable: str


def staying_clients(context: Context, verdicts: Iterable[ClientVerdict]) -> Iterator[Staying]:
    """The halves and the clients that stay and that are handed their key from outside of the code."""
    for verdict in verdicts:
        split = verdict.split
        is_half = verdict.verdict is Verdict.MIGRATE and split is not None and split.copied is not None
        is_whole = verdict.reason is not None and verdict.reason.rule == "OR302"
        variable = _variable(context, verdict) if is_half or is_whole else None
        if variable is not None:
            yield Staying(verdict.client, split.name if is_half and split is not None else "", variable)


def _variable(context: Context, verdict: ClientVerdict) -> str | None:
    """What the key is read from: "" for anything but one variable, None where it stands in the code."""
    given = verdict.arguments.given("api_key")
    if given is None:
        return OPENAI_VARIABLE
    values = tuple(context.values(given.file, given.value))
    if is_missing(values):
        return OPENAI_VARIABLE
    names = {value.node.name.value if isinstance(value, EnvironmentValue) else "" for value in values}
    if values and all(isinstance(value, TextValue) for value in values):
        return None
    return names.pop() if len(names) == 1 else ""
