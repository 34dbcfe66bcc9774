"""What is to become of each client: migrated, reported with the reason, or left.

A client's verdict follows from its arguments, from what is called on it, and from the other things that its requests
can be sent through: a request is never half migrated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from codemod.decisions.arguments import Arguments, Given, only_texts, read_arguments
from codemod.decisions.carried import carried_reason
from codemod.decisions.context import Context
from codemod.decisions.endpoint import endpoint_reason
from codemod.decisions.expressions import source_of
from codemod.decisions.keys import KeyPlan, is_secret, plan_client_key, plan_unfinished_key
from codemod.decisions.method_names import CHAT_RESOURCE
from codemod.decisions.other_sdks import is_other_sdk
from codemod.decisions.served_calls import Blocking, blocking_call, blocking_request
from codemod.decisions.setting_fields import Edit
from codemod.decisions.split import Split, pending_split, plan_split, unfinished_split
from codemod.decisions.subclasses import subclass_reason
from codemod.decisions.survey import Client, ClientKind, ClientUses, Mention, Request, Survey
from codemod.decisions.verdicts import (
    ClientVerdict,
    Reason,
    Verdict,
    endpoint_undecided,
    key_undecided,
    left,
    reported,
)
from codemod.provenance.facts import Binding, Expression
from codemod.provenance.flows import UseKind
from codemod.provenance.values import ProductValue
from codemod.rewrites import AssignAfter, CopyStatement

_SPLIT = "Give the calls that OpenRouter does not serve a client of their own, then run again."
_MOST_NAMED = 4


def judge(context: Context, survey: Survey) -> dict[Client, ClientVerdict]:
    """The verdicts on all clients of the survey."""
    verdicts = {client: _judge_alone(context, survey, client) for client in survey.clients}
    _block_what_escapes(context, survey, verdicts)
    _settle_shared_requests(survey, verdicts)
    _plan_keys(context, verdicts)
    _settle_shared_requests(survey, verdicts)
    return verdicts


# One client by itself


def _judge_alone(context: Context, survey: Survey, client: Client) -> ClientVerdict:
    uses = survey.uses[client]
    arguments = read_arguments(context, client.file, client.call)
    blocking = tuple(_blocking(context, client, uses))
    reason = _reason_alone(context, survey, client, arguments, blocking)
    verdict = ClientVerdict(client, arguments, blocking, reason)
    if context.config.mixed_clients != "split":
        return verdict
    if verdict.reason is None:
        return replace(verdict, split=pending_split(context, client))
    if verdict.verdict is Verdict.DONE:
        return replace(verdict, split=unfinished_split(context, survey, client, blocking))
    if verdict.reason.rule != "OR303":
        return verdict
    planned = plan_split(context, survey, client, arguments, blocking)
    if isinstance(planned, Split):
        return replace(verdict, split=planned, reason=None)
    return replace(verdict, reason=_kept(verdict.reason, planned))


def _kept(reason: Reason, why: str) -> Reason:
    """The reason with what keeps the client from being split."""
    return replace(reason, message=f"{reason.message}; it is not split, because {why}")


def _blocking(context: Context, client: Client, uses: ClientUses) -> Iterator[Blocking]:
    for path, file, node, call in uses.methods:
        found = blocking_call(context, file, node, call, path, completed=file is client.file)
        if found is not None:
            yield found
    for path, file, call in uses.foreign:
        what = f"{'.'.join(path)}: the SDK has no such method that is known"
        yield Blocking(file, call.callee, "OR301", what, "See what the call sends, and move it by hand.")


def _reason_alone(
    context: Context, survey: Survey, client: Client, arguments: Arguments, blocking: tuple[Blocking, ...]
) -> Reason | None:
    uses = survey.uses[client]
    if client.alternatives:
        return endpoint_undecided("this call may make clients of different hosts")
    if client.kind is ClientKind.OTHER_HOST:
        return left(f"{client.path.rsplit('.', 1)[-1]} does not talk to OpenAI's own host: left as it is")
    if arguments.hidden:
        return endpoint_undecided(
            "the client's arguments come from a mapping that is not visible here, or is used elsewhere too"
        )
    return (
        endpoint_reason(context, arguments)
        or _test_reason(context, client, arguments)
        or subclass_reason(context, client)
        or carried_reason(context, client, uses, arguments)
        or _calls_reason(survey, client, blocking, keeping=context.config.mixed_clients != "migrate")
    )


def _test_reason(context: Context, client: Client, arguments: Arguments) -> Reason | None:
    if not context.is_test(client.file):
        return None
    given = arguments.given("api_key")
    texts = () if given is None else only_texts(context.values(given.file, given.value))
    if texts and not any(is_secret(text) for text in texts):
        return left("a test's client with a placeholder key: left as it is")
    transport = arguments.given("http_client")
    if transport is not None and _is_mocked(context, transport):
        return left("a test's client with a mocked transport: left as it is")
    return None


def _is_mocked(context: Context, transport: Given) -> bool:
    values = context.values(transport.file, transport.value)
    made = [source_of(value.file, value.call) for value in values if isinstance(value, ProductValue)]
    return any("ock" in source for source in (source_of(transport.file, transport.value), *made))


def _calls_reason(survey: Survey, client: Client, blocking: tuple[Blocking, ...], *, keeping: bool) -> Reason | None:
    uses = survey.uses[client]
    blocked = {each.node for each in blocking}
    is_served = any(call is not None and node not in blocked for _, _, node, call in uses.methods)
    if blocking and not is_served:
        message = f"OpenRouter serves none of the calls on this client: {_named(blocking)}"
        return reported("OR302", message, "Keep this client on OpenAI.")
    hidden = next((escape for escape in uses.escapes if escape.hidden), None)
    if hidden is not None:
        return endpoint_undecided(f"the client {hidden.what}", "Fix that file, then run again.")
    if blocking and keeping:
        return _mixed(blocking)
    to_library = next((escape for escape in uses.escapes if escape.to_library), None)
    if to_library is not None:
        return reported(
            "OR113",
            f"the client {to_library.what}, which may not send the model's name as it is given",
            "Check what that code does with the client and the model's name, then set base_url and api_key by hand.",
        )
    if not is_served:
        message = _why_unused(survey, client)
        return reported("OR119", message, "Check what it is used for, then set base_url and api_key by hand.")
    return None


def _why_unused(survey: Survey, client: Client) -> str:
    """What is said of a client whose uses lead to no request, though one may be known to be made with it."""
    request = next((each for each in survey.requests if client in each.clients), None)
    if request is None:
        return "no request is made with this client that the project shows"
    place = f"{request.file.path.name}:{request.file.line(request.call.span)}"
    return f"the request in {place} is made with this client, on a way on which more may be done with it than is seen"


def _mixed(blocking: tuple[Blocking, ...]) -> Reason:
    message = f"this client is also used for calls that OpenRouter does not serve: {_named(blocking)}"
    return reported("OR303", message, _SPLIT)


def _named(blocking: tuple[Blocking, ...]) -> str:
    every = dict.fromkeys(
        f"{each.method} ({each.file.path.name}:{each.file.line(each.node.span)})" for each in blocking
    )
    places = list(every)[:_MOST_NAMED]
    more = len(every) - len(places)
    return ", ".join(places) + (f" and {more} more" if more else "")


# Clients that are not seen everywhere, and clients that share a request


def _block_what_escapes(context: Context, survey: Survey, verdicts: dict[Client, ClientVerdict]) -> None:
    """Report a client that leaves sight where a call with an unknown receiver may be made on it.

    Any such call that OpenRouter does not serve counts, and any at all in the file in which the client leaves sight.
    """
    undecided = {
        each.file: each for each in reversed(survey.requests) if _may_be_on_client(each) and not each.module_level
    }
    for client, verdict in verdicts.items():
        for escape in survey.uses[client].escapes:
            request = undecided.get(escape.use.file)
            if request is None or verdict.verdict is not Verdict.MIGRATE:
                continue
            if escape.use.kind in (UseKind.CONTAINED, UseKind.STORED):
                line = request.file.line(request.call.span)
                message = f"the client {escape.what}, and the request in line {line} may be made with it"
                verdicts[client] = replace(verdict, reason=endpoint_undecided(message))
                break
    unserved = next(_unserved_of_unknown(context, survey), None)
    if unserved is None:
        return
    place = f"{unserved.file.path.name}:{unserved.file.line(unserved.node.span)}"
    for client, verdict in verdicts.items():
        escapes = survey.uses[client].escapes
        if verdict.verdict is Verdict.MIGRATE and escapes:
            message = (
                f"the client {escapes[0].what}, and {unserved.method} in {place}, which OpenRouter does not "
                "serve, may be called on it"
            )
            verdicts[client] = replace(verdict, reason=reported("OR303", message, _SPLIT))


def _unserved_of_unknown(context: Context, survey: Survey) -> Iterator[Blocking]:
    """The calls that OpenRouter does not serve, made or handed on, of which nothing shows on what they are made."""
    for request in survey.requests:
        if _may_be_on_client(request) and (found := blocking_request(context, request)) is not None:
            yield found
    for mention in survey.mentions:
        is_called = not mention.seen or bool(mention.calls)
        if is_called and _may_be_on_client(mention) and mention.path != CHAT_RESOURCE:
            found = blocking_call(context, mention.file, mention.node, None, mention.path)
            if found is not None:
                yield found


def _may_be_on_client(place: Request | Mention) -> bool:
    return not place.clients and any(not is_other_sdk(value) for value in place.others)


def _settle_shared_requests(survey: Survey, verdicts: dict[Client, ClientVerdict]) -> None:
    """Report every client whose request can also be sent through something that is not migrated."""
    changed = True
    while changed:
        changed = False
        for request in survey.requests:
            moving = [client for client in request.clients if verdicts[client].verdict is Verdict.MIGRATE]
            if not moving or _is_whole(request, verdicts):
                continue
            place = f"{request.file.path.name}:{request.file.line(request.call.span)}"
            reason = endpoint_undecided(
                f"the request in {place} can also be sent through a client that is not migrated"
            )
            for client in moving:
                verdicts[client] = replace(verdicts[client], reason=reason)
            changed = True


def _is_whole(request: Request, verdicts: dict[Client, ClientVerdict]) -> bool:
    """Whether a request moves through all of its clients.

    A client of the same file that points at OpenRouter already is an explicit branch, which somebody chooses; one in
    another file may be what an interrupted run has written.
    """
    if request.others:
        return False
    moving = {client.file for client in request.clients if verdicts[client].verdict is Verdict.MIGRATE}
    return all(
        verdicts[client].verdict is Verdict.MIGRATE
        or (verdicts[client].verdict is Verdict.DONE and client.file not in moving)
        for client in request.clients
    )


# Keys


def _spares_copy(client: Client, edit: Edit) -> bool:
    """Whether an edit of the key leaves a copy of the client, made from the source as it was, what it had."""
    file, _, rewrite = edit
    added = isinstance(rewrite, (CopyStatement, AssignAfter))
    return added or (file is client.file and client.call.span.contains(rewrite.span))


def _key_reason(verdict: ClientVerdict, why: str) -> Reason:
    """The reason for a report of a client whose key a person must decide on."""
    if verdict.split is None:
        return key_undecided(why)
    return _kept(_mixed(verdict.blocking), why)


def _plan_keys(context: Context, verdicts: dict[Client, ClientVerdict]) -> None:
    """Plan the keys of all clients that are migrated; a client whose key is undecided is reported."""
    settled = False
    while not settled:
        settled = True
        # What a client that is split reads is read by the half that stays, too.
        readers: frozenset[Expression | Binding] = frozenset(
            each.client.call
            for each in verdicts.values()
            if each.verdict in (Verdict.MIGRATE, Verdict.DONE) and each.split is None
        )
        for client, verdict in verdicts.items():
            if verdict.verdict is Verdict.DONE:
                verdicts[client] = replace(
                    verdict, key=plan_unfinished_key(context, verdict.arguments.given("api_key"), readers)
                )
            if verdict.verdict is not Verdict.MIGRATE:
                continue
            plan = plan_client_key(context, client, verdict.arguments.given("api_key"), readers)
            if verdict.split is not None and not all(_spares_copy(verdict.client, edit) for edit in plan.rewrites):
                plan = KeyPlan(undecided="its key comes from a place that both halves would read")
            if plan.undecided:
                verdicts[client] = replace(verdict, reason=_key_reason(verdict, plan.undecided))
                settled = False
            else:
                verdicts[client] = replace(verdict, key=plan)
