"""Flows of values, and how they end.

A flow has come to an expression; ``path`` are the keys that lead from what the expression holds to the value:
``{"model": X}`` holds X under ("model",), ``["a", X]`` under (1,). What ends a flow is a Use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto

from codemod.provenance.facts import Call, Expression, FileFacts, Name, Role, Route, Scope
from codemod.provenance.origins import Origins
from codemod.records import record

Keys = tuple["str | int", ...]
# Stands for any key or position in a path.
ANY = "*"
# Stands for what entering a context gives.
ENTERED = "<entered>"


class UseKind(Enum):
    MEMBER = auto()
    CALLED = auto()
    ARGUMENT = auto()
    COMPARED = auto()
    KEYED = auto()
    FORMATTED = auto()
    TESTED = auto()
    STORED = auto()
    CONTAINED = auto()
    RETURNED = auto()
    RAISED = auto()
    YIELDED = auto()
    OPERATED = auto()
    ITEM = auto()
    ITERATED = auto()
    DISCARDED = auto()
    # More is added to it in place: to the container itself, or to what a number or a text is.
    EXTENDED = auto()
    # A read of the same name on something that is not known.
    MAYBE = auto()
    # A file that mentions the name and cannot be processed.
    HIDDEN = auto()


@record
class Use:
    """One end of a flow.

    ``node`` is the expression that holds the value there and ``parent`` what takes it. For ARGUMENT, ``call`` takes
    it as ``keyword`` ("" for a position); ``direct`` is False if the value is inside a container there.
    """

    kind: UseKind
    file: FileFacts
    node: Expression
    parent: Expression | Role | None
    call: Call | None = None
    keyword: str = ""
    direct: bool = True


@record
class Flow:
    """Where a value has come to: inside what ``node`` holds, at ``path``."""

    file: FileFacts
    node: Expression
    path: Keys


class Ground:
    """What flows are followed on: where values come from, and what was found on the way."""

    def __init__(self, origins: Origins) -> None:
        self.origins = origins
        self.names: dict[tuple[FileFacts, str], Mapping[int, Sequence[Name]]] = {}
        self.dumped: dict[Scope, tuple[Use, ...]] = {}


# Where a flow gets to next.
Steps = Iterator["Flow | Use"]


def path_behind(path: Keys, route: Route) -> Keys | None:
    """What is left of ``path`` behind ``route``; None if the route does not lead to the value."""
    if len(path) < len(route):
        return None
    for key, wanted in zip(path, route, strict=False):
        if wanted is not None and key not in (ANY, wanted):
            return None
    return path[len(route) :]
