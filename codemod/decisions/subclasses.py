"""The project's own classes between a client and the SDK's class.

Such a class may make another client of it than the SDK's; what it does besides is its own affair.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemod import openai_sdk
from codemod.decisions.context import Context
from codemod.decisions.known_libraries import LIBRARIES
from codemod.decisions.survey import Client
from codemod.decisions.verdicts import Reason, endpoint_undecided
from codemod.provenance.calls import forwards_all
from codemod.provenance.facts import Binding, FileFacts, Scope, Subscript
from codemod.provenance.values import ClassValue, ExternalValue, Value

# What a subclass of the SDK's client defines to be another client than that.
_CLIENT_MEMBERS = frozenset(
    {
        "__init__",
        "__new__",
        "_base_url",
        "_build_request",
        "_client",
        "_prepare_options",
        "_prepare_request",
        "_prepare_url",
        "_request",
        "api_key",
        "auth_headers",
        "base_url",
        "default_headers",
        "default_query",
        "post",
        "request",
    }
)
# Packages whose classes add nothing to a client.
_PLAIN_PACKAGES = ("abc", "builtins", "typing")


def subclass_reason(context: Context, client: Client) -> Reason | None:
    """Why the class of a client keeps it from moving; None if it does not."""
    for value in classes_between(context, client):
        if isinstance(value, ClassValue):
            if _changes_client(value.file, value.scope):
                return endpoint_undecided(
                    f"the project's class {value.scope.name} changes how the SDK's client is set up"
                )
        elif not _is_plain(value):
            return endpoint_undecided("its class also derives from a class that is not visible")
    return None


def classes_between(context: Context, client: Client) -> Iterator[Value]:
    """The project's classes from the client's own to the SDK's, and what else they derive from."""
    if client.subclass is None:
        return
    pending: list[Value] = [
        value
        for value in context.values(client.file, client.call.callee)
        if isinstance(value, ClassValue) and value.scope is client.subclass
    ]
    seen: set[Value] = set()
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        yield value
        if isinstance(value, ClassValue):
            for base in value.scope.bases:
                pending += context.values(value.file, base.value if isinstance(base, Subscript) else base)


def _is_plain(value: Value) -> bool:
    return isinstance(value, ExternalValue) and (
        value.path in LIBRARIES.classes or value.path.split(".")[0] in _PLAIN_PACKAGES
    )


def _only_forwards(file: FileFacts, initialiser: Binding) -> bool:
    """Whether an ``__init__`` gives the SDK's class what it is given itself."""
    return initialiser.defines is not None and forwards_all(file, file.scopes[initialiser.defines])


def _changes_client(file: FileFacts, scope: Scope) -> bool:
    defined = (_CLIENT_MEMBERS | openai_sdk.resources()) & set(scope.bindings)
    if defined - {"__init__"} or not all(_only_forwards(file, each) for each in scope.bindings.get("__init__", ())):
        return True
    return any(
        scope in file.enclosing(binding.scope)
        for name in _CLIENT_MEMBERS
        for binding in file.member_bindings.get(name, ())
    )
