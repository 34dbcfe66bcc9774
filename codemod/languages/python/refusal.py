"""The one exception of the back end: a rewrite that cannot be made safely."""

from __future__ import annotations

from codemod.rewrites import Span


class Refusal(Exception):  # noqa: N818 - a verdict, turned into a value at the back end's border
    """``reason`` is one line for the report; ``span`` is the place, None if it is the whole file."""

    def __init__(self, reason: str, span: Span | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span
