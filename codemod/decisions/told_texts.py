"""The texts that an expression tells: what a value is compared with, looked up by or searched for."""

from __future__ import annotations

from collections.abc import Iterator

from codemod.decisions.context import Context
from codemod.provenance.facts import Expression, FileFacts, MappingDisplay, SequenceDisplay, Text
from codemod.provenance.values import MappingValue, ProductValue, SequenceValue, TemplateValue, TextValue, Value

_COMPILING = frozenset({"re.compile", "regex.compile"})


def texts_of(context: Context, file: FileFacts, expression: Expression) -> Iterator[str]:
    """The literal texts that ``expression`` can be, or holds: elements of a sequence, keys of a mapping, a pattern.

    Of a template it is the beginning, as far as that is literal.
    """
    for value in context.values(file, expression):
        yield from _beginnings(value)
        if isinstance(value, ProductValue) and value.path in _COMPILING and value.call.arguments:
            for pattern in context.values(value.file, value.call.arguments[0].value):
                yield from _beginnings(pattern)
        elif isinstance(value, SequenceValue) and isinstance(value.node, SequenceDisplay):
            for item in value.node.items:
                yield from _texts_in(context, value.file, item)
        elif isinstance(value, MappingValue) and isinstance(value.node, MappingDisplay):
            for entry in value.node.entries:
                if entry.key is not None:
                    yield from _texts_in(context, value.file, entry.key)


def _beginnings(value: Value) -> Iterator[str]:
    """The text that a value is, or begins with."""
    if isinstance(value, TextValue):
        yield value.node.value
    elif isinstance(value, TemplateValue) and value.node.parts:
        first = value.node.parts[0]
        if isinstance(first, Text):
            yield first.value


def _texts_in(context: Context, file: FileFacts, part: Expression) -> Iterator[str]:
    """The texts that a part of a container can be; what it holds in its turn does not matter."""
    return (value.node.value for value in context.values(file, part) if isinstance(value, TextValue))
