"""All expressions of a file's facts, and what holds each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from codemod.provenance.facts import Argument, Clause, Entry, Expression, FileFacts, Part, Role
from codemod.records import field_names


def children(node: Expression) -> Iterator[Expression]:
    """The expressions directly inside ``node``, whatever field holds them."""
    pending: list[object] = [getattr(node, name) for name in field_names(type(node))]
    while pending:
        part = pending.pop(0)
        if isinstance(part, Part):
            yield cast("Expression", part)
        elif isinstance(part, tuple):
            pending[:0] = part
        elif isinstance(part, (Argument, Clause, Entry)):
            pending[:0] = [getattr(part, name) for name in field_names(type(part))]


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
