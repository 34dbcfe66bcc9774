"""What a request gives for one of its parameters, by keyword or in a mapping that is visibly expanded into the call."""

from __future__ import annotations

from codemod.decisions.arguments import literal_argument
from codemod.decisions.context import Context
from codemod.decisions.expressions import leaves
from codemod.decisions.survey import Request
from codemod.openrouter.parameters import DEFAULTS
from codemod.provenance.facts import Binding, Call, Expression, FileFacts, MappingDisplay, Subscript, Text
from codemod.provenance.values import (
    ConstantValue,
    EnvironmentValue,
    ExternalValue,
    LookupValue,
    MappingValue,
    MemberValue,
    OptionValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    SettingValue,
    UnknownValue,
    Value,
)
from codemod.records import record
from codemod.rewrites import Span

_LEFT_OUT = frozenset({"NOT_GIVEN", "NotGiven", "Omit", "not_given", "omit"})
# What may be None as well as anything else.
_OPEN = (
    *(EnvironmentValue, LookupValue, MemberValue, OptionValue, ParameterValue),
    *(ResultValue, SettingValue, UnknownValue),
)


@record
class GivenParameter:
    """A parameter that a request gives, or may give.

    ``values`` are what it can be. ``shown`` if the code shows one that is not OpenAI's default; ``certain`` if no
    condition, which may ask for the model, is seen to leave it out either.
    """

    name: str
    values: tuple[Value, ...]
    shown: bool
    certain: bool


def given_parameter(context: Context, request: Request, name: str) -> GivenParameter | None:
    """The parameter ``name``, unless it is left out on every path that is seen.

    What callers that nobody sees may put into ``**keywords`` is not thought of.
    """
    named = request.call.keyword(name)
    # Of most requests this is asked of dozens of names, and they give three.
    if named is None and not request.call.expansions:
        return None
    found = literal_argument(context, request.file, request.call, name)
    values = tuple(value for value in found if not _is_left_out(value) and (named is not None or is_seen(value)))
    if not values:
        return None
    shown = any(is_seen(value) and not _is_default(name, value) for value in values)
    if named is None:
        always = _is_in_display(context, request, name)
    else:
        always = len(values) == len(found) or len(list(leaves(named))) == 1
    return GivenParameter(name, values, shown, shown and always)


def is_seen(value: Value) -> bool:
    """Whether the code shows the value."""
    return not isinstance(value, _OPEN)


def place_of(request: Request, name: str) -> Span:
    """Where to speak of a parameter: at its value, or at the call where it comes with a mapping."""
    return (request.call.keyword(name) or request.call).span


def _is_in_display(context: Context, request: Request, name: str) -> bool:
    """Whether each mapping that is expanded shows the parameter where it is made, and nothing takes it out or sets it.

    What sets an entry later, or takes it out, may do so for some models only.
    """
    for expansion in request.call.expansions:
        for holder in context.values(request.file, expansion):
            if isinstance(holder, MappingValue) and _entry_shown(holder.node, name):
                return not any(_is_key_of_a_change(file, name) for file in {request.file, holder.file})
    return False


def _entry_shown(node: Expression | Binding, name: str) -> bool:
    if isinstance(node, MappingDisplay):
        return any(isinstance(entry.key, Text) and entry.key.value == name for entry in node.entries)
    return isinstance(node, Call) and node.keyword(name) is not None


def _is_key_of_a_change(file: FileFacts, name: str) -> bool:
    """Whether the file names the parameter as the key of an item, or hands the name to a call, as ``pop("stop")``."""
    return any(text.value == name and isinstance(file.parents.get(text), (Subscript, Call)) for text in file.texts)


def _is_left_out(value: Value) -> bool:
    if isinstance(value, ConstantValue):
        return value.is_none
    if isinstance(value, (ExternalValue, ProductValue)):
        return value.path.startswith("openai.") and value.path.rsplit(".", 1)[-1] in _LEFT_OUT
    return False


def _is_default(name: str, value: Value) -> bool:
    return isinstance(value, ConstantValue) and value.node.value == DEFAULTS.get(name)
