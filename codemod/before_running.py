"""What a person has to see to before the migrated program runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from codemod.config import Config
from codemod.decisions.decide import Decisions
from codemod.decisions.staying import Staying
from codemod.decisions.survey import Client
from codemod.findings import Applicability
from codemod.plan import Plan

_SHOWN = 5  # clients of one line


def before_running(config: Config, decisions: Decisions, plan: Plan) -> Iterator[str]:
    """The lines of advice, each a whole sentence; none where nothing is edited."""
    if not plan.edited:
        return
    moved = [client for client in decisions.migrated if client.call not in plan.blocked]
    staying = [each for each in decisions.staying if each.client.call not in plan.blocked]
    names = dict.fromkeys(decisions.variables.get(client, config.api_key_env) for client in moved)
    named = " and ".join(names) or config.api_key_env
    yield f"Set {named} to an OpenRouter key where the program runs."
    yield from _old_keys(staying)
    yield _account(staying)
    implicit = [_place(client) for client in moved if client.call.keyword("base_url") is None]
    if implicit:
        yield f"If OPENAI_BASE_URL is set there, these clients no longer follow it: {_some(implicit)}."
    for finding in plan.findings:
        if finding.rule == "OR210":
            yield f"{finding.remedy} ({finding.path.name}:{finding.place.line})"
    if not config.headers:
        yield "To name your app to OpenRouter, run with --site-url and --app-title."
    manual = sum(finding.applicability is Applicability.MANUAL for finding in plan.findings)
    if manual:
        yield f"Decide on the {manual} finding{'s' if manual > 1 else ''} for a person above."


def _old_keys(staying: Iterable[Staying]) -> Iterator[str]:
    """The keys of OpenAI that are still needed, each with the clients that need it."""
    readers: dict[str, list[str]] = {}
    for each in staying:
        where = f"{each.name} ({_place(each.client)})" if each.name else _place(each.client)
        readers.setdefault(each.variable, []).append(where)
    for variable, places in sorted(readers.items(), reverse=True):
        what = f"Keep {variable} set" if variable else "Keep the OpenAI key"
        yield f"{what} there, too, for what stays with OpenAI: {_some(places)}."


def _account(staying: Iterable[Staying]) -> str:
    halves = [each.name for each in staying if each.name]
    advice = "Unset OPENAI_ORG_ID and OPENAI_PROJECT_ID there: the SDK would send them to OpenRouter"
    return f"{advice}; give their values to {_some(halves)} as arguments." if halves else f"{advice}."


def _place(client: Client) -> str:
    return f"{client.file.path.name}:{client.file.line(client.call.span)}"


def _some(texts: Iterable[str]) -> str:
    """The first texts and how many more there are."""
    given: Sequence[str] = list(dict.fromkeys(texts))
    return ", ".join(given[:_SHOWN]) + (f" and {len(given) - _SHOWN} more" if len(given) > _SHOWN else "")
