"""The arguments of a call, given by keyword or through one visible mapping that is expanded into it."""

from __future__ import annotations

from codemod.decisions.context import Context
from codemod.provenance.facts import Binding, Call, EnvironmentRead, Expression, FileFacts, MappingDisplay, Text
from codemod.provenance.flows import UseKind
from codemod.provenance.values import ConstantValue, MappingValue, ParameterValue, TextValue, Value
from codemod.records import record
from codemod.rewrites import Code, RemoveArgument, RemoveEntry, Rewrite, SetArgument, SetEntry


@record
class Given:
    """An argument's value and the file it stands in."""

    file: FileFacts
    value: Expression


@record
class Arguments:
    """``holder`` is the mapping that an expansion brings in; ``hidden`` if something may be given out of sight."""

    file: FileFacts
    call: Call
    holder: MappingValue | None = None
    hidden: bool = False

    def given(self, name: str) -> Given | None:
        value = self.call.keyword(name)
        if value is not None:
            return Given(self.file, value)
        if self.holder is None:
            return None
        held = _entry(self.holder.node, name)
        return None if held is None else Given(self.holder.file, held)

    def set(self, name: str, value: Code) -> tuple[FileFacts, Rewrite]:
        """The rewrite that gives the call this argument, and the file it is for."""
        if self.holder is None or self.call.keyword(name) is not None:
            return self.file, SetArgument(self.call.span, name, value)
        if not isinstance(self.holder.node, MappingDisplay):
            return self.holder.file, SetArgument(self.holder.node.span, name, value)
        return self.holder.file, SetEntry(self.holder.node.span, name, value)

    def remove(self, name: str) -> tuple[FileFacts, Rewrite]:
        """The rewrite that takes this argument from the call, and the file it is for."""
        if self.holder is None or self.call.keyword(name) is not None:
            return self.file, RemoveArgument(self.call.span, name)
        if not isinstance(self.holder.node, MappingDisplay):
            return self.holder.file, RemoveArgument(self.holder.node.span, name)
        return self.holder.file, RemoveEntry(self.holder.node.span, name)


def read_arguments(context: Context, file: FileFacts, call: Call) -> Arguments:
    """The arguments of ``call``; a mapping counts as visible if it is one literal that is used only here."""
    if any(argument.expansion == "*" for argument in call.arguments):
        return Arguments(file, call, hidden=True)
    expansions = call.expansions
    if not expansions:
        return Arguments(file, call)
    if len(expansions) > 1:
        return Arguments(file, call, hidden=True)
    values = context.values(file, expansions[0])
    if len(values) != 1 or not isinstance(values[0], MappingValue) or not _is_plain(values[0].node):
        return Arguments(file, call, hidden=True)
    holder = values[0]
    if holder.node is not expansions[0] and not isinstance(holder.node, Binding):
        uses = context.uses.of(holder.file, holder.node)
        if not uses or any(use.kind is not UseKind.ARGUMENT or use.call is not call for use in uses):
            return Arguments(file, call, hidden=True)
    return Arguments(file, call, holder)


def literal_argument(context: Context, file: FileFacts, call: Call, name: str) -> tuple[Value, ...]:
    """What the argument ``name`` of ``call`` can be, looked up in expanded mappings too; () if it is not given.

    Callers outside the project are not thought of where the project shows what a parameter is given.
    """
    value = call.keyword(name)
    found: list[Value] = []
    if value is not None:
        found += context.values(file, value)
    else:
        for expansion in call.expansions:
            for holder in context.values(file, expansion):
                if isinstance(holder, MappingValue):
                    found += context.origins.item(holder.file, holder.node, name)
    return tuple(each for each in found if not (isinstance(each, ParameterValue) and each.supplied))


def is_missing(values: tuple[Value, ...]) -> bool:
    """Whether an argument is left out or None on every path."""
    return all(isinstance(value, ConstantValue) and value.is_none for value in values)


def only_texts(values: tuple[Value, ...]) -> tuple[str, ...] | None:
    """The texts that a value can be, None aside; None if it can be anything else."""
    texts: list[str] = []
    for value in values:
        if isinstance(value, TextValue):
            texts.append(value.node.value)
        elif not (isinstance(value, ConstantValue) and value.is_none):
            return None
    return tuple(texts)


def has_side_effects(value: Expression) -> bool:
    """A call may do more than give a value; reading the environment does not."""
    if isinstance(value, Call):
        return True
    if isinstance(value, EnvironmentRead):
        return value.default is not None and has_side_effects(value.default)
    parts = getattr(value, "options", ()) or getattr(value, "parts", ())
    return any(has_side_effects(part) for part in parts)


def _is_plain(node: Expression | Binding) -> bool:
    if isinstance(node, MappingDisplay):
        return all(isinstance(entry.key, Text) for entry in node.entries)
    return isinstance(node, Call) and all(argument.keyword is not None for argument in node.arguments)


def _entry(node: Expression | Binding, name: str) -> Expression | None:
    if isinstance(node, MappingDisplay):
        for entry in node.entries:
            if isinstance(entry.key, Text) and entry.key.value == name:
                return entry.value
        return None
    return node.keyword(name) if isinstance(node, Call) else None
