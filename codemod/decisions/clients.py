"""Findings about clients: what is rewritten at a constructor, what is reported, what is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from codemod.decisions import headers
from codemod.decisions.arguments import has_side_effects
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.expressions import quoted
from codemod.decisions.keys import secret_draft
from codemod.decisions.missing_keys import OLD_VARIABLE, openai_key_reason
from codemod.decisions.served_calls import blocking_draft, lacks_format
from codemod.decisions.split import decide_split
from codemod.decisions.survey import Client, Survey
from codemod.decisions.verdicts import ClientVerdict, Reason, Verdict
from codemod.findings import Applicability, Step
from codemod.provenance.facts import FileFacts
from codemod.provenance.values import EnvironmentValue, ParameterValue, ProductValue, ResultValue, Value
from codemod.rewrites import EnvironmentCode, RemoveArgument, Rewrite, SetArgument, TextCode

_ACCOUNT_ARGUMENTS = ("organization", "project", "data_residency")


def decide_clients(context: Context, survey: Survey, verdicts: dict[Client, ClientVerdict]) -> Iterator[Draft]:
    """The drafts for all clients."""
    moving = headers.calls_that_move(survey, verdicts)
    for verdict in verdicts.values():
        if verdict.reason is None:
            yield from _migrated(context, survey, verdict)
            yield from headers.decide_headers(context, survey, verdict, moving)
        else:
            yield from _not_migrated(context, verdict, verdict.reason)
        if verdict.split is not None and verdict.verdict in (Verdict.MIGRATE, Verdict.DONE):
            yield from decide_split(verdict.client, verdict.split, verdict.blocking)
        if verdict.verdict is Verdict.DONE:
            yield from _key(context, verdict) if verdict.key is not None else _key_of_arrived(context, verdict)
            yield from _options(survey, verdict.client)
            yield from headers.finish_headers(context, survey, verdict, moving)


def _not_migrated(context: Context, verdict: ClientVerdict, reason: Reason) -> Iterator[Draft]:
    client = verdict.client
    is_reported = reason.verdict is Verdict.REPORT
    applicability = Applicability.MANUAL if is_reported else Applicability.INFO
    trace = _key_trace(context, verdict) if reason.rule in ("OR110", "OR111") else ()
    yield draft(client.file, client.call.span, reason.rule, applicability, reason.message, reason.remedy, trace=trace)
    if is_reported:
        yield from (blocking_draft(each) for each in verdict.blocking)


def _key_trace(context: Context, verdict: ClientVerdict) -> tuple[Step, ...]:
    """The way by which a key comes that a person must decide on."""
    given = verdict.arguments.given("api_key")
    if given is None:
        return ()
    found: dict[Step, None] = {}
    for value in context.values(given.file, given.value):
        place = _entry(value)
        if place is not None:
            found |= dict.fromkeys((*context.origins.trace(given.file, given.value, value), place))
    return tuple(found)


def _entry(value: Value) -> Step | None:
    """Where a key enters the program; None for what is no key's origin."""
    if isinstance(value, (ProductValue, ResultValue)):
        return Step(value.file.path, value.file.line(value.call.span), quoted(value.file, value.call.callee))
    if isinstance(value, EnvironmentValue):
        return Step(value.file.path, value.file.line(value.node.span), value.node.name.value)
    if isinstance(value, ParameterValue):
        return Step(value.file.path, value.file.line(value.binding.span), value.binding.name)
    return None


def _migrated(context: Context, survey: Survey, verdict: ClientVerdict) -> Iterator[Draft]:
    client, arguments = verdict.client, verdict.arguments
    file, rewrite = arguments.set("base_url", TextCode(context.config.base_url))
    host = urlsplit(context.config.base_url).hostname
    yield _at_client(client, "OR101", f"base_url points at {host}", file, rewrite)
    yield from _key(context, verdict)
    for name in _ACCOUNT_ARGUMENTS:
        yield from _account_argument(verdict, name)
    yield from _options(survey, client)
    yield from _formats(context, survey, client)
    if verdict.split is None:
        yield from (_failing(blocking_draft(each)) for each in verdict.blocking)


def _failing(found: Draft) -> Draft:
    """The finding at a call that moves along with its client, though OpenRouter does not serve it."""
    message = f"{found.finding.message} The call moves with its client, and will not work there"
    return replace(found, finding=replace(found.finding, message=message))


def _formats(context: Context, survey: Survey, client: Client) -> Iterator[Draft]:
    """The format that requests for speech leave out, which OpenAI takes for granted."""
    for path, file, _, call in survey.uses[client].methods:
        if call is not None and file is client.file and lacks_format(context, file, call, path):
            yield draft(
                file,
                call.span,
                "OR305",
                Applicability.SAFE,
                "OpenRouter answers with raw pcm where response_format is absent; OpenAI with mp3",
                rewrites=[SetArgument(call.span, "response_format", TextCode("mp3"))],
                member=client.call,
            )


def _options(survey: Survey, client: Client) -> Iterator[Draft]:
    """Account arguments of with_options."""
    for options_file, call in survey.uses[client].options:
        for name in _ACCOUNT_ARGUMENTS:
            value = call.keyword(name)
            if value is not None and not has_side_effects(value):
                yield draft(
                    options_file,
                    call.span,
                    "OR103",
                    Applicability.SAFE,
                    f"{name}= goes: OpenRouter has no such thing",
                    rewrites=[RemoveArgument(call.span, name)],
                    member=client.call,
                )


def _key_of_arrived(context: Context, verdict: ClientVerdict) -> Iterator[Draft]:
    """A client that points at OpenRouter and may get no key of OpenRouter's."""
    name = context.config.api_key_env
    given = verdict.arguments.given("api_key")
    reason = (
        f"without an api_key: the SDK falls back to {OLD_VARIABLE}"
        if given is None
        else openai_key_reason(context, verdict.client, given)
    )
    if reason and name != OLD_VARIABLE:
        yield draft(
            verdict.client.file,
            verdict.client.call.span,
            "OR111",
            Applicability.MANUAL,
            f"points at OpenRouter {reason}",
            f'Give it api_key=os.environ["{name}"].',
        )


def _at_client(client: Client, rule: str, message: str, file: FileFacts, rewrite: Rewrite) -> Draft:
    """A safe finding at the constructor; the edit itself may stand in the mapping that is expanded into it."""
    span = client.call.span if file is client.file else rewrite.span
    return draft(file, span, rule, Applicability.SAFE, message, rewrites=[rewrite], member=client.call)


def _key(context: Context, verdict: ClientVerdict) -> Iterator[Draft]:
    client, plan = verdict.client, verdict.key
    assert plan is not None
    name = context.config.api_key_env
    message = f"the key is read from {plan.variable or name}"
    if plan.in_place:
        given = verdict.arguments.given("api_key")
        file, rewrite = verdict.arguments.set("api_key", EnvironmentCode(name))
        span = client.call.span
        if given is not None and given.value is not client.call.keyword("api_key"):
            span = given.value.span
        yield draft(file, span, "OR102", Applicability.SAFE, message, rewrites=[rewrite], member=client.call)
    for file, node, rewrite in plan.rewrites:
        inside = file is client.file and client.call.span.contains(node.span)
        span = client.call.span if inside else node.span
        yield draft(file, span, "OR102", Applicability.SAFE, message, rewrites=[rewrite], member=client.call)
    yield from (secret_draft(text) for text in plan.literals)


def _account_argument(verdict: ClientVerdict, name: str) -> Iterator[Draft]:
    given = verdict.arguments.given(name)
    if given is None:
        return
    client = verdict.client
    if has_side_effects(given.value) and name != "data_residency":
        yield draft(
            given.file,
            client.call.span,
            "OR103",
            Applicability.MANUAL,
            f"{name}= means nothing to OpenRouter, but computing it may do something else",
            f"Remove {name}= by hand, and keep what else the call does.",
        )
        return
    file, rewrite = verdict.arguments.remove(name)
    yield _at_client(client, "OR103", f"{name}= goes: OpenRouter has no such thing", file, rewrite)
