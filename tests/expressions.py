"""All expressions of a file's facts, and what holds each of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import cast

from codemod.provenance.facts import Binding, Expression, FileFacts, Part, Role
from codemod.rewrites import Span


def children(node: Expression) -> Iterator[Expression]:
    """The expressions directly inside ``node``, whatever field holds them."""
    pending: list[object] = [getattr(node, field.name) for field in dataclasses.fields(node)]
    while pending:
        part = pending.pop(0)
        if isinstance(part, Part):
            yield cast("Expression", part)
        elif isinstance(part, tuple):
            pending[:0] = part
        elif dataclasses.is_dataclass(part) and not isinstance(part, (Span, Binding)):
            pending[:0] = [getattr(part, field.name) for field in dataclasses.fields(part)]


def parents_of(facts: FileFacts) -> dict[Expression, Expression | Role]:
    """What holds each expression of a file: from the outermost ones inwards, all that an expression holds."""
    found: dict[Expression, Expression | Role] = {}
    pending = list(facts.outermost)
    while pending:
        node = pending.pop()
        up = facts.parents.get(node)
        assert up is not None
        found[node] = up
        pending += (each for each in children(node) if each not in found)
    return found
