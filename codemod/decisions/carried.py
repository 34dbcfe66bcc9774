"""What a client carries besides its base_url and its key: HTTP clients, queries, headers, options that are given later.

Each of them can send requests to another host, or send an OpenAI key to OpenRouter; so can code that reads the key
back from the client to send it by other means. A client moves only where none of that can be.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemod import openai_sdk
from codemod.decisions.arguments import Arguments, Given
from codemod.decisions.context import Context
from codemod.decisions.entries import given_to_request, header_arguments, read_entries
from codemod.decisions.subclasses import classes_between
from codemod.decisions.survey import Client, ClientUses
from codemod.decisions.verdicts import Reason, endpoint_undecided, key_undecided
from codemod.provenance.facts import Attribute, Call, Expression, FileFacts, Role, RoleKind
from codemod.provenance.flows import UseKind
from codemod.provenance.values import ClassValue, ConstantValue, InstanceValue, ProductValue, Value

_DECIDE_HEADERS = "Take the key out of the headers, or see that none is in them; then set base_url and api_key by hand."
# Headers that carry a key: the SDK's own, and those of gateways.
_KEY_HEADERS = frozenset({"authorization", "api-key", "x-api-key"})
# Words in the names of a query that tell of a host or a key.
_TELLING_WORDS = ("version", "key", "host", "token")
# Options that only OpenAI understands, and those of them and others that send a derived client elsewhere.
_OPENAI_OPTIONS = ("workload_identity", "websocket_base_url", "admin_api_key")
_HOST_OPTIONS = (*_OPENAI_OPTIONS, "data_residency", "provider")
_HTTP_CLIENTS = frozenset(
    {
        "httpx.Client",
        "httpx.AsyncClient",
        "openai.DefaultHttpxClient",
        "httpx2.Client",
        "httpx2.AsyncClient",
        "openai.DefaultAsyncHttpxClient",
        "openai.DefaultHttpx2Client",
        "openai.DefaultAsyncHttpx2Client",
        "openai.DefaultAioHttpClient",
    }
)
# Arguments of an HTTP client that say nothing about where requests go and what they carry.
_HTTP_KEYWORDS = frozenset(
    {
        "timeout",
        "limits",
        "verify",
        "cert",
        "http1",
        "http2",
        "proxy",
        "proxies",
        "trust_env",
        "follow_redirects",
        "max_redirects",
        "default_encoding",
    }
)
# Members of an HTTP client whose mention may change where requests go and what they carry.
_HTTP_MEMBERS = frozenset({"auth", "base_url", "cookies", "event_hooks", "headers", "params", "_mounts", "_transport"})
_KEY_MEMBERS = frozenset({"api_key", "auth_headers", "default_headers"})
_KEEPS_KEY = frozenset({UseKind.TESTED, UseKind.COMPARED, UseKind.DISCARDED})


def carried_reason(context: Context, client: Client, uses: ClientUses, arguments: Arguments) -> Reason | None:
    """Why what a client is given, at first or later on, keeps it from moving; None if it does not."""
    return (
        _arguments_reason(context, arguments)
        or _assignments_reason(uses)
        or next((reason for each in uses.options if (reason := _options_reason(context, *each))), None)
        or _headers_reason(context, uses, arguments)
        or _key_read_reason(context, client, uses)
    )


def _arguments_reason(context: Context, arguments: Arguments) -> Reason | None:
    for name in _OPENAI_OPTIONS:
        if arguments.given(name) is not None:
            return endpoint_undecided(f"{name}= means nothing to OpenRouter")
    for name in ("http_client", "default_query"):
        given = arguments.given(name)
        if given is not None and carries_host(context, given, name):
            return endpoint_undecided(f"its {name} may carry a host, a key or an api version")
    return None


def _assignments_reason(uses: ClientUses) -> Reason | None:
    if not uses.assignments:
        return None
    name = uses.assignments[0][1].name
    if name not in openai_sdk.CONSTRUCTOR_KEYWORDS:
        return None
    return endpoint_undecided(f"{name} is assigned after the client is made")


def _options_reason(context: Context, file: FileFacts, call: Call) -> Reason | None:
    for keyword in ("base_url", "http_client", *_HOST_OPTIONS):
        if call.keyword(keyword) is not None:
            return endpoint_undecided(f"with_options gives {keyword} anew")
    if call.keyword("api_key") is not None:
        return key_undecided("with_options gives api_key anew")
    if call.expansions:
        return endpoint_undecided("with_options takes arguments that are not visible")
    for keyword in ("default_query", "set_default_query"):
        query = call.keyword(keyword)
        if query is not None and carries_host(context, Given(file, query), "default_query"):
            return endpoint_undecided(f"the {keyword} of with_options may carry a host, a key or an api version")
    return None


# HTTP clients and queries


def carries_host(context: Context, given: Given, name: str) -> bool:
    """Whether the setting ``name``, http_client or default_query, may choose the host or carry a key."""
    if name == "default_query":
        entries = read_entries(context, given)
        return entries.hidden or any(word in each for each in entries.names for word in _TELLING_WORDS)
    values = context.values(given.file, given.value)
    return not values or not all(_is_plain_http_client(context, value) for value in values)


def _is_plain_http_client(context: Context, value: Value) -> bool:
    if isinstance(value, ConstantValue):
        return value.is_none
    if not isinstance(value, ProductValue) or value.path not in _HTTP_CLIENTS:
        return False
    if any(argument.keyword not in _HTTP_KEYWORDS for argument in value.call.arguments):
        return False
    members = (use.parent for use in context.uses.of(value.file, value.call) if use.kind is UseKind.MEMBER)
    return not any(isinstance(member, Attribute) and member.name in _HTTP_MEMBERS for member in members)


# Headers


def _headers_reason(context: Context, uses: ClientUses, arguments: Arguments) -> Reason | None:
    for headers in _headers(context, uses, arguments):
        message = key_in_headers(context, headers)
        if message:
            return key_undecided(message, _DECIDE_HEADERS)
    return None


def _headers(context: Context, uses: ClientUses, arguments: Arguments) -> Iterator[Given]:
    """The mappings of headers that the client and its requests are given."""
    given = arguments.given("default_headers")
    if given is not None:
        yield given
    for file, call, name in header_arguments(uses):
        yield from given_to_request(context, file, call, name)


def key_in_headers(context: Context, headers: Given) -> str:
    """What is the matter with headers that carry a key, or may; "" if they do not."""
    entries = read_entries(context, headers)
    carrying = [entry.name for entry in entries.shown if entry.name.lower() in _KEY_HEADERS]
    place = f"{headers.file.path.name}:{headers.file.line(headers.value.span)}"
    if carrying:
        return f"the header {carrying[0]} carries a key ({place})"
    return f"headers that are not visible may carry a key ({place})" if entries.hidden else ""


# Keys that are read back


def _key_read_reason(context: Context, client: Client, uses: ClientUses) -> Reason | None:
    """Where the client's key is read back, to be sent by other means."""
    for file, read in _key_members(context, client, uses):
        role = file.parents.get(read)
        is_target = isinstance(role, Role) and role.kind is RoleKind.TARGET
        if not is_target and leaves_the_program(context, file, read):
            place = f"{file.path.name}:{file.line(read.span)}"
            return key_undecided(f"{read.name} is read in {place}, which may send it to OpenAI")
    return None


def _key_members(context: Context, client: Client, uses: ClientUses) -> Iterator[tuple[FileFacts, Attribute]]:
    """The reads of the client's members that show the key, ``self.api_key`` in the project's own class among them."""
    for file, call in ((client.file, client.call), *uses.options):
        for use in context.uses.of(file, call):
            if use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute) and use.parent.name in _KEY_MEMBERS:
                yield use.file, use.parent
    for value in classes_between(context, client):
        if isinstance(value, ClassValue):
            for name in sorted(_KEY_MEMBERS):
                for read in value.file.attributes.get(name, ()):
                    owners = context.values(value.file, read.value)
                    if any(isinstance(owner, InstanceValue) and owner.scope is value.scope for owner in owners):
                        yield value.file, read


def leaves_the_program(context: Context, file: FileFacts, read: Expression) -> bool:
    """Whether the value that ``read`` gives goes anywhere but into a test."""
    return any(use.kind not in _KEEPS_KEY for use in context.uses.of(file, read))
