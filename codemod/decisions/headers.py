"""Headers: attribution is added where it is configured, OpenAI's account headers go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codemod.decisions.arguments import Given, has_side_effects
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.entries import Entry, given_to_request, header_arguments, read_entries
from codemod.decisions.survey import Client, Survey
from codemod.decisions.verdicts import ClientVerdict, Verdict
from codemod.findings import Applicability
from codemod.provenance.facts import Call, Constant, FileFacts, Text
from codemod.provenance.flows import UseKind
from codemod.provenance.values import MappingValue
from codemod.records import record
from codemod.rewrites import HeadersCode, MergeHeaders, RemoveArgument, RemoveEntry, Rewrite

_TITLES = frozenset({"x-title", "x-openrouter-title"})
_ACCOUNT_HEADERS = frozenset({"openai-organization", "openai-project"})
_KEYWORDS = frozenset({"default_headers", "set_default_headers", "extra_headers"})


@record
class _Site:
    """Headers that are given to a call; ``removal`` takes the whole argument away."""

    given: Given
    removal: tuple[FileFacts, Rewrite] | None


def calls_that_move(survey: Survey, verdicts: Mapping[Client, ClientVerdict]) -> frozenset[Call]:
    """The calls whose headers go to OpenRouter: of constructors, of with_options, of requests."""
    found: set[Call] = set()
    for client, verdict in verdicts.items():
        if verdict.verdict in (Verdict.MIGRATE, Verdict.DONE):
            uses = survey.uses[client]
            found.add(client.call)
            found.update(call for _, call in uses.options)
            found.update(call for _, _, _, call in uses.methods if call is not None)
    return frozenset(found)


def decide_headers(
    context: Context, survey: Survey, verdict: ClientVerdict, moving: frozenset[Call]
) -> Iterator[Draft]:
    """The drafts for the headers of a client that is migrated, and for those of its requests.

    ``moving`` are the calls whose headers go to OpenRouter: what others read too is not changed.
    """
    given = verdict.arguments.given("default_headers")
    missing = _missing_attribution(context, given)
    if missing:
        yield _attribution(context, verdict, given, missing)
    for site in _sites(context, survey, verdict, given, keep=bool(missing)):
        yield from _account_headers(context, verdict, site, moving)


def finish_headers(
    context: Context, survey: Survey, verdict: ClientVerdict, moving: frozenset[Call]
) -> Iterator[Draft]:
    """The drafts for what an interrupted run has left in other files than that of a client that has moved."""
    given = verdict.arguments.given("default_headers")
    for site in _sites(context, survey, verdict, given, keep=False):
        for found in _account_headers(context, verdict, site, moving):
            if found.finding.path != verdict.client.file.path:
                yield found


def _sites(
    context: Context, survey: Survey, verdict: ClientVerdict, given: Given | None, *, keep: bool
) -> Iterator[_Site]:
    if given is not None:
        yield _Site(given, None if keep else verdict.arguments.remove("default_headers"))
    for file, call, name in header_arguments(survey.uses[verdict.client]):
        for each in given_to_request(context, file, call, name):
            removal = (file, RemoveArgument(call.span, name)) if each.value is call.keyword(name) else None
            yield _Site(each, removal)


# Attribution


def _missing_attribution(context: Context, given: Given | None) -> tuple[tuple[str, str], ...]:
    return missing_headers(context, frozenset() if given is None else read_entries(context, given).names)


def missing_headers(context: Context, present: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The configured headers that are not among the names ``present``, which are in lower case."""
    if present & _TITLES:
        present |= _TITLES
    return tuple((name, value) for name, value in context.config.headers if name.lower() not in present)


def _attribution(
    context: Context, verdict: ClientVerdict, given: Given | None, missing: tuple[tuple[str, str], ...]
) -> Draft:
    client = verdict.client
    verb = "tells" if len(missing) == 1 else "tell"
    message = f"{' and '.join(name for name, _ in missing)} {verb} OpenRouter which app this is"
    rewrite: Rewrite
    if given is None or isinstance(given.value, Constant):
        file, rewrite = verdict.arguments.set("default_headers", HeadersCode(missing))
        span = client.call.span if file is client.file else rewrite.span
    else:
        values = context.values(given.file, given.value)
        may_be_missing = not all(isinstance(value, MappingValue) for value in values)
        file, rewrite = given.file, MergeHeaders(given.value.span, missing, may_be_missing)
        span = client.call.span if file is client.file else given.value.span
    return draft(file, span, "OR104", Applicability.SAFE, message, rewrites=[rewrite], member=client.call)


# OpenAI's account


def is_account_header(entry: Entry) -> bool:
    """Whether a header names an account at OpenAI, which OpenRouter has not."""
    return entry.name.lower() in _ACCOUNT_HEADERS


def _account_headers(context: Context, verdict: ClientVerdict, site: _Site, moving: frozenset[Call]) -> Iterator[Draft]:
    shown = read_entries(context, site.given).shown
    account = [entry for entry in shown if is_account_header(entry)]
    if not account:
        return
    obstacles = {entry: _obstacle(context, site, entry, moving) for entry in account}
    in_place = all(entry.display is site.given.value for entry in shown)
    if site.removal is not None and in_place and len(account) == len(shown) and not any(obstacles.values()):
        file, rewrite = site.removal
        yield _goes(verdict, account, file, rewrite)
        return
    for entry, obstacle in obstacles.items():
        if obstacle or entry.display is None:
            yield account_header_stays(entry, obstacle)
        else:
            yield _goes(verdict, [entry], entry.file, RemoveEntry(entry.display.span, entry.name))


def account_header_stays(entry: Entry, obstacle: str) -> Draft:
    """The draft for an account header that a person has to take out."""
    return draft(
        entry.file,
        entry.place.span,
        "OR105",
        Applicability.MANUAL,
        f"{entry.name} means nothing to OpenRouter, but {obstacle}",
        f"Take {entry.name} out of what is sent to OpenRouter.",
    )


def _goes(verdict: ClientVerdict, entries: list[Entry], file: FileFacts, rewrite: Rewrite) -> Draft:
    client = verdict.client
    place = entries[0].place.span
    inside = file is client.file and client.call.span.contains(place)
    names = " and ".join(dict.fromkeys(entry.name for entry in entries))
    return draft(
        file,
        client.call.span if inside else place,
        "OR105",
        Applicability.SAFE,
        f"{names} {'goes' if len(entries) == 1 else 'go'}: OpenRouter has no such thing",
        rewrites=[rewrite],
        member=client.call,
    )


def _obstacle(context: Context, site: _Site, entry: Entry, moving: frozenset[Call]) -> str:
    """Why an entry cannot be removed where it stands; "" if it can: by an edit, and with no reader but what moves."""
    if entry.display is None or not isinstance(entry.place, Text):
        return "it is set in a way that is not edited"
    if has_side_effects(entry.value):
        return "computing it may do something else"
    if entry.display is site.given.value:
        return ""
    uses = context.uses.of(entry.file, entry.value)
    alone = all(use.kind is UseKind.ARGUMENT and use.call in moving and use.keyword in _KEYWORDS for use in uses)
    return "" if uses and alone else "its mapping has other readers"
