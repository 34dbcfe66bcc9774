"""Keys that are looked up under a literal name: in a library's store, or by a helper of the project.

``st.secrets["OPENAI_API_KEY"]``, ``env.str("OPENAI_API_KEY")``, and ``require("OPENAI_API_KEY")`` where ``require``
reads the environment variable that its caller names.
"""

from __future__ import annotations

from collections.abc import Iterable

from codemod.decisions.context import Context
from codemod.decisions.guards import is_never_missing
from codemod.decisions.key_values import KeyOrigin
from codemod.provenance.calls import arguments_for
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Expression,
    FileFacts,
    Name,
    Subscript,
    Text,
)
from codemod.provenance.flows import Use
from codemod.provenance.questions import Returned, ValueOf
from codemod.provenance.values import (
    ExternalValue,
    FunctionValue,
    LookupValue,
    ProductValue,
    ResultValue,
    UnknownValue,
    Value,
    library_path,
)
from codemod.records import record
from codemod.rewrites import RenameMember, ReplaceText, Rewrite

# Objects that raise when they are called with the name of a variable that is missing (environs, django-environ,
# starlette and python-decouple), and methods of theirs that do so.
_READERS = frozenset(
    {
        "environs.Env",
        "environ.Env",
        "environ.FileAwareEnv",
        "starlette.config.Config",
        "decouple.Config",
        "decouple.AutoConfig",
    }
)
_METHODS = frozenset({"environs.Env.str", "environ.Env.str", "environ.FileAwareEnv.str"})
# Stores whose members are the secrets by their names; a missing one raises.
_STORES = ("streamlit.secrets.",)
_NAMED_READS = ("os.getenv", "os.environ.get")


@record
class Lookup:
    """``node`` gives the key for ``name``, which stands in the text ``key`` (None: it is the member that is read).

    ``required`` if a missing one raises; ``of_environment`` if it is a variable of the environment.
    """

    file: FileFacts
    node: Expression
    name: str
    key: Text | None
    required: bool
    of_environment: bool = False

    def renamed(self, name: str) -> Rewrite | None:
        """The rewrite that looks for ``name`` instead; None if it cannot be written."""
        if self.key is None:
            return RenameMember(self.node.span, name) if name.isidentifier() else None
        return ReplaceText(self.key.span, name) if self.key.editable else None


def lookup_at(context: Context, origin: KeyOrigin, reached: Iterable[Use]) -> Lookup | None:
    """The lookup that ``origin`` is, None if it is none; ``reached`` are the places where the key must be there."""
    value = origin.value
    if isinstance(value, LookupValue):
        return Lookup(value.file, value.node, value.key.value, value.key, value.required)
    if isinstance(value, ResultValue):
        owner = value.member
        made = owner.owner if not isinstance(owner, ExternalValue) else None
        if library_path(owner) in _METHODS and isinstance(made, ProductValue):
            return _read_by_name(value.file, value.call, (made,))
    if isinstance(value, UnknownValue) and isinstance(value.node, Call):
        callees = context.values(value.file, value.node.callee)
        readers = [callee for callee in callees if isinstance(callee, ProductValue) and callee.path in _READERS]
        if readers and len(readers) == len(callees):
            return _read_by_name(value.file, value.node, readers)
    if isinstance(value, ExternalValue) and value.path.startswith(_STORES):
        return _member_of_store(value, origin)
    return _of_helper(context, origin, reached)


def _read_by_name(file: FileFacts, call: Call, readers: Iterable[ProductValue]) -> Lookup | None:
    key = call.arguments[0].value if call.arguments else None
    if not isinstance(key, Text) or call.arguments[0].keyword is not None:
        return None
    has_default = any(
        argument.expansion or argument.keyword == key.value for reader in readers for argument in reader.call.arguments
    )
    return Lookup(file, call, key.value, key, required=len(call.arguments) == 1 and not has_default)


def _member_of_store(value: ExternalValue, origin: KeyOrigin) -> Lookup | None:
    store, _, name = value.path.rpartition(".")
    if f"{store}." not in _STORES:
        return None
    for question in origin.path:
        if isinstance(question, ValueOf):
            node = question.expression
            if isinstance(node, Attribute) and node.name == name:
                return Lookup(question.file, node, name, None, required=True)
    return None


# Helpers of the project


def _of_helper(context: Context, origin: KeyOrigin, reached: Iterable[Use]) -> Lookup | None:
    """``require("NAME")``, where ``def require(name)`` gives the variable that ``name`` names."""
    value = origin.value
    parameter = _named_by(context, value)
    if parameter is None or not isinstance(value, (ProductValue, UnknownValue)):
        return None
    function = value.file.scopes[parameter.scope]
    for before, question in zip(origin.path, origin.path[1:], strict=False):
        if not (isinstance(question, Returned) and question.scope is function and isinstance(before, ValueOf)):
            continue
        call = before.expression
        key = _name_given(context, before.file, call, FunctionValue(value.file, function), parameter)
        if key is None:
            return None
        required = isinstance(value, UnknownValue) or _is_demanded(context, value, reached)
        return Lookup(before.file, call, key.value, key, required, of_environment=True)
    return None


def _named_by(context: Context, value: Value) -> Binding | None:
    """The parameter that names the environment variable which ``value`` is."""
    name: Expression | None = None
    if isinstance(value, ProductValue) and value.path in _NAMED_READS and value.call.arguments:
        name = value.call.arguments[0].value
    elif isinstance(value, UnknownValue) and isinstance(value.node, Subscript):
        holders = context.values(value.file, value.node.value)
        if holders == (ExternalValue("os.environ"),):
            name = value.node.key
    if not isinstance(name, Name) or not isinstance(value, (ProductValue, UnknownValue)):
        return None
    bindings = value.file.lookup(name.id, name.scope)
    return bindings[0] if len(bindings) == 1 and bindings[0].kind is BindingKind.PARAMETER else None


def _name_given(
    context: Context, file: FileFacts, call: Expression, function: FunctionValue, parameter: Binding
) -> Text | None:
    """The literal name that ``call`` gives for the parameter of a helper."""
    if not isinstance(call, Call):
        return None
    callees = context.values(file, call.callee)
    (callee,) = callees if len(callees) == 1 else (None,)
    if not isinstance(callee, FunctionValue) or callee.scope is not function.scope:
        return None
    passed = arguments_for(function.scope, parameter, call.arguments, bound=callee.bound)
    if len(passed) != 1 or passed[0].route or passed[0].argument.expansion:
        return None
    key = passed[0].argument.value
    return key if isinstance(key, Text) else None


def _is_demanded(context: Context, value: ProductValue, reached: Iterable[Use]) -> bool:
    """Whether the helper does not give a missing variable back.

    Only tests in the helper count: those elsewhere may be about another variable that it was asked for.
    """
    function = next(each for each in value.file.enclosing(value.call.scope) if each.is_function)
    inside = [
        use
        for use in context.uses.of(value.file, value.call)
        if use.file is value.file and function.span.contains(use.node.span)
    ]
    return is_never_missing(context, value, inside, tuple(reached))
