"""Literal keys in the source, for masking."""

from __future__ import annotations

from codemod.decisions.context import Context
from codemod.decisions.survey import Client
from codemod.provenance.facts import Expression, FileFacts
from codemod.provenance.values import TextValue

_SECRET_ARGUMENTS = ("api_key", "admin_api_key", "webhook_secret", "azure_ad_token")


def literal_keys(context: Context, clients: tuple[Client, ...]) -> frozenset[str]:
    """Every text that stands in the source and reaches a client, or the SDK's module, as a key."""
    found: set[str] = set()
    for client in clients:
        for name in _SECRET_ARGUMENTS:
            argument = client.call.keyword(name)
            if argument is not None:
                found |= _texts(context, client.file, argument)
    for file in context.files:
        for binding in file.member_bindings.get("api_key", ()):
            found |= _texts(context, file, binding.value)
    return frozenset(found)


def _texts(context: Context, file: FileFacts, expression: Expression) -> set[str]:
    return {
        value.node.value
        for value in context.values(file, expression)
        if isinstance(value, TextValue) and value.node.value
    }
