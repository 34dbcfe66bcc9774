"""From provenance to findings: every decision in the order in which one needs the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from codemod.decisions.around import decide_around
from codemod.decisions.behaviour import decide_behaviour
from codemod.decisions.clients import decide_clients
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.judge import judge
from codemod.decisions.models import decide_models
from codemod.decisions.module_level import ModuleVerdict, decide_modules, judge_modules, module_settings
from codemod.decisions.other_sdks import is_other_sdk, path_of
from codemod.decisions.parameters import decide_parameters
from codemod.decisions.served_calls import blocking_request
from codemod.decisions.slots import ModelRequest
from codemod.decisions.split import around_splits
from codemod.decisions.staying import Staying, staying_clients
from codemod.decisions.streams import decide_streams
from codemod.decisions.survey import Client, Mention, Request, Survey, take_survey
from codemod.decisions.unreached import decide_unreached
from codemod.decisions.verdicts import ClientVerdict, Verdict
from codemod.findings import Applicability
from codemod.openai_sdk import PRE_V1_CLASSES, PRE_V1_EXCEPTIONS, PRE_V1_MODULES
from codemod.provenance.facts import Call, FileFacts
from codemod.provenance.values import ParameterValue, UnknownValue
from codemod.records import record


@record
class DecidedRequest:
    """A request and what became of it: "migrated", "reported" or "left"; ``member`` names its group."""

    request: Request
    status: str
    member: object


@record
class Decisions:
    """All drafts, the requests with their fate, and the pairs of members whose groups are one.

    ``clients`` are all clients found, ``migrated`` those that move. ``variables`` is what the deployer sets for the
    keys of those whose key is not read from the configured variable. ``staying`` are those that still need the key of
    OpenAI.
    """

    drafts: tuple[Draft, ...]
    requests: tuple[DecidedRequest, ...]
    joined: tuple[tuple[object, object], ...]
    clients: tuple[Client, ...]
    migrated: tuple[Client, ...]
    variables: Mapping[Client, str]
    staying: tuple[Staying, ...]


def decide(context: Context, naming: Iterable[FileFacts] = ()) -> Decisions:
    """Decide on everything in ``context``; ``naming`` are the files in which a model's id may stand."""
    survey = take_survey(context)
    verdicts = judge(context, survey)
    settings = module_settings(context)
    modules = judge_modules(context, survey, settings)
    decided = [_decide_request(context, request, verdicts, modules) for request in survey.requests]
    drafts = list(decide_clients(context, survey, verdicts))
    drafts += decide_modules(context, survey, modules, settings)
    for request, fate in zip(survey.requests, decided, strict=True):
        drafts += _say(request, fate, kept=fate.status == "reported" and _is_kept(request, verdicts))
    fates = {each.request.call: each for each in decided}
    drafts += [each for mention in survey.mentions for each in _say_mention(mention, fates, verdicts, modules)]
    asking = [_model_request(context, each) for each in decided if not each.request.before_v1]
    models = decide_models(context, asking)
    drafts += models.drafts
    requests = tuple(each for each in asking if each.served)
    drafts += decide_streams(context, requests)
    drafts += decide_parameters(context, requests)
    drafts += [
        draft(
            file,
            node.span,
            "OR110",
            Applicability.MANUAL,
            "the client's class is handed on here, so the clients made from it are not seen",
            "Decide where these clients should send their requests.",
        )
        for file, node in survey.handed_on
    ]
    drafts += [
        draft(
            file,
            call.span,
            "OR110",
            Applicability.MANUAL,
            "what makes this client is not followed to a class",
            "Decide where this client should send its requests.",
        )
        for file, call in survey.unseen
    ]
    drafts += list(around_splits(decide_around(context, requests, drafts), drafts))
    drafts += list(decide_behaviour(context, requests, drafts))
    drafts += [found for file in context.files for found in _old_imports(file)]
    drafts += decide_unreached(context, naming, drafts, models.reached)
    migrated = tuple(client for client in survey.clients if verdicts[client].verdict is Verdict.MIGRATE)
    keys = {client: verdict.key for client, verdict in verdicts.items()}
    variables = {client: key.variable for client, key in keys.items() if key is not None and key.variable}
    joined = tuple(_joined(survey, drafts))
    staying = tuple(staying_clients(context, verdicts.values()))
    return Decisions(_once(drafts), tuple(decided), joined, survey.clients, migrated, variables, staying)


def _old_imports(file: FileFacts) -> Iterator[Draft]:
    """Imports that the SDK has not had since 1.0."""
    for bindings in file.imports.values():
        for binding in bindings:
            imported = binding.imported
            if imported is None or imported.level:
                continue
            package, _, module = imported.module.partition(".")
            old_module = module.split(".")[0] in PRE_V1_MODULES
            old_name = not module and imported.name in PRE_V1_CLASSES | PRE_V1_MODULES | PRE_V1_EXCEPTIONS
            if package == "openai" and (old_module or old_name):
                name = f"{imported.module}.{imported.name}" if imported.name else imported.module
                yield draft(
                    file,
                    binding.span,
                    "OR603",
                    Applicability.MANUAL,
                    f"{name} is of the SDK before 1.0",
                    "Move to openai 1.0 or newer first.",
                )


def _decide_request(
    context: Context,
    request: Request,
    verdicts: dict[Client, ClientVerdict],
    modules: dict[FileFacts, ModuleVerdict],
) -> DecidedRequest:
    if request.before_v1:
        return DecidedRequest(request, "reported", request.call)
    if request.module_level and not request.clients:
        verdict = modules[request.file]
        member = request.call if verdict.key is None else verdict.key.binding
        status = {"migrate": "migrated", "done": "migrated", "report": "reported", "leave": "left"}[verdict.state]
        return DecidedRequest(request, status, member)
    fates = {verdicts[client].verdict for client in request.clients}
    member = request.clients[0].call if request.clients else request.call
    unknown = [value for value in request.others if not is_other_sdk(value)]
    if fates and fates <= {Verdict.MIGRATE, Verdict.DONE} and not request.others and not request.module_level:
        served = blocking_request(context, request) is None
        return DecidedRequest(request, "migrated" if served else "reported", member)
    if Verdict.REPORT in fates or Verdict.MIGRATE in fates or unknown or request.module_level:
        return DecidedRequest(request, "reported", member)
    return DecidedRequest(request, "left", member)


def _model_request(context: Context, each: DecidedRequest) -> ModelRequest:
    """A call that OpenRouter does not serve keeps its model."""
    served = each.status == "left" or each.request.foreign or blocking_request(context, each.request) is None
    return ModelRequest(
        each.request, served and each.status == "migrated", each.status == "reported", each.member, served=served
    )


def _is_kept(request: Request, verdicts: dict[Client, ClientVerdict]) -> bool:
    """Whether the client of a request moves and a second one takes what OpenRouter does not serve."""
    halves = [verdicts[client] for client in request.clients]
    return any(each.split is not None and each.verdict is not Verdict.REPORT for each in halves)


def _say(request: Request, fate: DecidedRequest, *, kept: bool) -> Iterator[Draft]:
    """The finding about the request itself; ``kept`` if a second client keeps what OpenRouter does not serve."""
    span, method = request.call.span, ".".join(request.path)
    if request.before_v1:
        yield draft(
            request.file,
            span,
            "OR603",
            Applicability.MANUAL,
            "a call of the SDK before 1.0",
            "Move to openai 1.0 or newer first: make a client, and call its methods.",
        )
    elif fate.status == "migrated":
        message = f"{method} goes to OpenRouter"
        yield draft(request.file, span, "OR300", Applicability.INFO, message, member=fate.member)
    elif fate.status == "left":
        yield draft(request.file, span, "OR311", Applicability.INFO, f"{method} is no request to OpenAI: left as it is")
    elif kept:
        yield draft(request.file, span, "OR311", Applicability.INFO, f"{method} stays with OpenAI", member=fate.member)
    elif request.clients and all(is_other_sdk(value) for value in request.others):
        yield draft(request.file, span, "OR311", Applicability.INFO, f"{method} waits for the decision on its client")
    elif request.module_level:
        yield draft(request.file, span, "OR311", Applicability.INFO, f"{method} waits for the decision on the module")
    else:
        yield draft(
            request.file,
            span,
            "OR310",
            Applicability.MANUAL,
            f"{method} is called on something whose origin is not known: {_why(request)}",
            "If it is a client that moves to OpenRouter, give the call a model id of OpenRouter's form.",
        )


def _say_mention(
    mention: Mention,
    fates: Mapping[Call, DecidedRequest],
    verdicts: dict[Client, ClientVerdict],
    modules: dict[FileFacts, ModuleVerdict],
) -> Iterator[Draft]:
    """The finding where a method is handed on; none where that is the request itself."""
    parent = mention.file.parents.get(mention.node)
    span, method = mention.node.span, ".".join(mention.path)
    if isinstance(parent, Call):
        if parent in fates:
            return
        span = parent.span
    states = {fates[call].status for call in mention.calls} if mention.seen else _states(mention, verdicts, modules)
    if mention.seen and not mention.calls:
        yield draft(mention.file, span, "OR311", Applicability.INFO, f"{method} is looked at here, and not called")
    elif states <= {"left"}:
        yield draft(mention.file, span, "OR311", Applicability.INFO, f"{method} is not OpenAI's: left as it is")
    elif mention.seen and states == {"migrated"}:
        member = fates[mention.calls[0]].member
        message = f"{method} goes to OpenRouter where it is called"
        yield draft(mention.file, span, "OR300", Applicability.INFO, message, member=member)
    elif mention.seen:
        yield draft(mention.file, span, "OR311", Applicability.INFO, f"{method} waits, as its calls do")
    elif "migrated" not in states and "unknown" not in states:
        yield draft(mention.file, span, "OR311", Applicability.INFO, f"{method} waits for the decision on its client")
    else:
        yield draft(
            mention.file,
            span,
            "OR310",
            Applicability.MANUAL,
            f"{method} is handed on here, and its calls are not all seen",
            "See that these calls give a model id of OpenRouter's form if their client moves to OpenRouter.",
        )


def _states(
    mention: Mention, verdicts: dict[Client, ClientVerdict], modules: dict[FileFacts, ModuleVerdict]
) -> set[str]:
    """What becomes of the things that a method is read from."""
    fates = {
        Verdict.MIGRATE: "migrated",
        Verdict.DONE: "migrated",
        Verdict.REPORT: "reported",
        Verdict.LEAVE: "left",
    }
    found = {fates[verdicts[client].verdict] for client in mention.clients}
    found |= {"left" if is_other_sdk(value) else "unknown" for value in mention.others}
    if mention.module_level:
        known = modules.get(mention.file)
        states = {"migrate": "migrated", "done": "migrated", "report": "reported", "leave": "left"}
        found.add("unknown" if known is None else states[known.state])
    return found


def _why(request: Request) -> str:
    for value in request.others:
        if isinstance(value, UnknownValue):
            return value.reason
        if isinstance(value, ParameterValue):
            return f"callers outside the project fill the parameter {value.binding.name}"
        path = path_of(value)
        if path:
            return f"it comes from {path}"
    return "it is not followed"


def _joined(survey: Survey, drafts: list[Draft]) -> Iterator[tuple[object, object]]:
    """Members whose edits are only right together: clients of one request, clients of one edit."""
    for request in survey.requests:
        for client in request.clients[1:]:
            yield request.clients[0].call, client.call
    first: dict[object, object] = {}
    for each in drafts:
        for rewrite in each.finding.rewrites:
            if each.member is not None:
                known = first.setdefault((each.finding.path, rewrite), each.member)
                if known is not each.member:
                    yield known, each.member


def _once(drafts: list[Draft]) -> tuple[Draft, ...]:
    """Findings that say the same of the same place are one."""
    seen: dict[tuple[object, ...], Draft] = {}
    for each in drafts:
        finding = each.finding
        key = (finding.path, finding.span, finding.rule, finding.applicability, finding.rewrites or finding.message)
        seen.setdefault(key, each)
    return tuple(seen.values())
