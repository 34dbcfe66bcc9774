"""The texts that an expression tells: what a value is compared with, looked up by or searched for."""

from __future__ import annotations

from collections.abc import Iterator

from codemod.decisions.context import Context
from codemod.provenance.facts import Expression, FileFacts, MappingDisplay, SequenceDisplay, Text
from codemod.provenance.values import MappingValue, ProductValue, SequenceValue, TemplateValue, TextValue

_COMPILING = frozenset({"re.compile", "regex.compile"})


def texts_of(context: Context, file: FileFacts, expression: Expression) -> Iterator[str]:
    """The literal texts that ``expression`` can be, or holds: elements of a sequence, keys of a mapping, a pattern.

    Of a template it is the beginning, as far as that is literal.
    """
    for value in context.values(file, expression):
        if isinstance(value, TextValue):
            yield value.node.value
        elif isinstance(value, TemplateValue):
            first = value.node.parts[0] if value.node.parts else None
            if isinstance(first, Text):
                yield first.value
        elif isinstance(value, ProductValue) and value.path in _COMPILING and value.call.arguments:
            yield from texts_of(context, value.file, value.call.arguments[0].value)
        elif isinstance(value, SequenceValue) and isinstance(value.node, SequenceDisplay):
            for item in value.node.items:
                yield from _texts_in(context, value.file, item)
        elif isinstance(value, MappingValue) and isinstance(value.node, MappingDisplay):
            for entry in value.node.entries:
                if entry.key is not None:
                    yield from _texts_in(context, value.file, entry.key)


def _texts_in(context: Context, file: FileFacts, part: Expression) -> Iterator[str]:
    """The texts that a part of a container can be; what it holds in its turn does not matter."""
    return (value.node.value for value in context.values(file, part) if isinstance(value, TextValue))
