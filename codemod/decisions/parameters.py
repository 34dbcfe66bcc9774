"""The parameters of migrated chat requests that OpenRouter passes over, or takes otherwise than OpenAI.

Which parameters a model takes is a matter of its row in the catalogue; a model without one is not spoken of. What a
call gives is taken from its keywords and the mappings that are visibly expanded into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.functions import decide_functions
from codemod.decisions.given_parameters import given_parameter, is_seen, place_of
from codemod.decisions.method_names import CHAT_RESOURCE
from codemod.decisions.slots import ModelRequest, slots_of
from codemod.decisions.streams import gives_models
from codemod.decisions.targets import target_of
from codemod.findings import Applicability
from codemod.openrouter import parameters
from codemod.openrouter.listing import OpenRouterModel
from codemod.provenance.facts import FileFacts
from codemod.provenance.values import ConstantValue, MappingValue, TextValue
from codemod.records import record
from codemod.rewrites import Span

_WITH_SCHEMA = frozenset({"parse", "stream"})


@record
class _Lack:
    """The ``names`` of arguments that OpenRouter's ``model`` does not take."""

    model: OpenRouterModel
    names: tuple[str, ...]


def decide_parameters(context: Context, requests: Iterable[ModelRequest]) -> Iterator[Draft]:
    """The drafts for the parameters of all migrated chat requests."""
    asking = [each for each in requests if each.request.path[-3:-1] == CHAT_RESOURCE]
    migrated = [each for each in asking if each.migrated]
    for each in migrated:
        models = tuple(_models(context, each))
        yield from _ignored(context, each, models)
        yield from _formats(context, each, models)
        yield from _whatever_model(context, each)
    yield from decide_functions(context, migrated, {each.request.file for each in asking if not each.migrated})


def _models(context: Context, each: ModelRequest) -> Iterator[OpenRouterModel]:
    """The models that the request can ask for, as far as their texts are seen and OpenRouter lists them."""
    texts = [text.node.value for slot in slots_of(context, each) for text in slot.texts]
    for text in dict.fromkeys(texts):
        target = target_of(context, text)
        model = context.catalogue.openrouter_model(text if target is None else target.text)
        if model is not None and model.listed is not False:
            yield model


# Parameters that a model does not take


def _ignored(context: Context, each: ModelRequest, models: Sequence[OpenRouterModel]) -> Iterator[Draft]:
    given = [found for name in parameters.LISTED if (found := given_parameter(context, each.request, name)) is not None]
    if not given:
        return
    certain = [found.name for found in given if found.certain]
    lacks = [_Lack(model, lacking) for model in models if (lacking := tuple(_lacking(model, certain)))]
    if lacks:
        names = dict.fromkeys(name for lack in lacks for name in lack.names)
        them = "it" if len(names) == 1 else "them"
        message = "; ".join(f"OpenRouter passes over {_listed(lack.names)} for {_dated(lack.model)}" for lack in lacks)
        remedy = f"Leave {them} out if the answer is good without, or choose a model that takes {them}."
        yield draft(*_first(each, names), "OR401", Applicability.MANUAL, message, remedy, member=each.member)
    for model in models:
        if model.parameters is None:
            if certain:
                message = f"which parameters {model.id} takes is not known as of {model.as_of}"
                yield draft(*_first(each, certain), "OR401", Applicability.INFO, message, member=each.member)
            continue
        uncertain = [found.name for found in given if not found.certain]
        harmless = tuple(_lacking(model, uncertain))
        if harmless:
            message = (
                f"OpenRouter passes over {_listed(harmless)} for {_dated(model)}: that changes nothing where "
                "the value is OpenAI's default"
            )
            yield draft(*_first(each, harmless), "OR401", Applicability.INFO, message, member=each.member)
        for name in certain:
            other = parameters.INTERCHANGED.get(name)
            if other is not None and name not in model.parameters and other in model.parameters:
                message = f"the row of {_dated(model)} names {other} only: whether {name} does the same is not known"
                yield draft(
                    each.request.file,
                    place_of(each.request, name),
                    "OR401",
                    Applicability.INFO,
                    message,
                    member=each.member,
                )


def _lacking(model: OpenRouterModel, names: Iterable[str]) -> Iterator[str]:
    known = model.parameters
    for name in names if known is not None else ():
        others = (parameters.SAME_AS.get(name), parameters.INTERCHANGED.get(name))
        if known is not None and known.isdisjoint({name, *others}):
            yield name


def _first(each: ModelRequest, names: Iterable[str]) -> tuple[FileFacts, Span]:
    """Where to speak of several arguments: at the first that stands in the call."""
    request = each.request
    spans = (place_of(request, name) for name in names)
    return request.file, min(spans, key=lambda span: (span == request.call.span, span))


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _dated(model: OpenRouterModel) -> str:
    return f"{model.id} (as of {model.details_as_of})"


# Forms of the answer


def _formats(context: Context, each: ModelRequest, models: Sequence[OpenRouterModel]) -> Iterator[Draft]:
    wanted = tuple(_wanted_formats(context, each))
    for model in models:
        known = model.parameters
        missing = [form for form in wanted if known is not None and known.isdisjoint(parameters.FORMATS[form])]
        if missing:
            message = f"{_dated(model)} is not listed with a response_format of {_listed(missing)}"
            remedy = "Choose a model that is, or say in the prompt what the answer must look like and check it."
            yield draft(
                each.request.file,
                place_of(each.request, "response_format"),
                "OR405",
                Applicability.MANUAL,
                message,
                remedy,
                member=each.member,
            )


def _wanted_formats(context: Context, each: ModelRequest) -> Iterator[str]:
    found = given_parameter(context, each.request, "response_format")
    if found is None or not found.certain or gives_models(context, each.request):
        return
    kinds: dict[str, None] = {}
    for value in found.values:
        if isinstance(value, MappingValue):
            items = context.origins.item(value.file, value.node, "type")
            kinds |= dict.fromkeys(item.node.value for item in items if isinstance(item, TextValue))
        elif each.request.path[-1] in _WITH_SCHEMA and is_seen(value):
            kinds["json_schema"] = None
    yield from (kind for kind in kinds if kind in parameters.FORMATS)


# Parameters that no model takes as OpenAI does


def _whatever_model(context: Context, each: ModelRequest) -> Iterator[Draft]:
    for name, fact in (("n", parameters.N), ("store", parameters.STORE)):
        found = given_parameter(context, each.request, name)
        constants = [] if found is None else [v.node.value for v in found.values if isinstance(v, ConstantValue)]
        if any(isinstance(constant, int) and constant > (name == "n") for constant in constants):
            yield _said(each, name, fact, Applicability.MANUAL)
        elif found is not None and len(constants) < len(found.values):
            yield _said(each, name, fact, Applicability.INFO)
    for name, fact in parameters.UNKNOWN.items():
        found = given_parameter(context, each.request, name)
        if found is not None:
            yield _said(each, name, fact, Applicability.MANUAL if found.shown else Applicability.INFO)
    if given_parameter(context, each.request, "stream_options") is not None:
        yield _said(each, "stream_options", parameters.STREAM_OPTIONS, Applicability.INFO)
    tier = given_parameter(context, each.request, "service_tier")
    if tier is not None and not all(
        isinstance(value, TextValue) and value.node.value in parameters.USUAL_TIERS for value in tier.values
    ):
        yield _said(each, "service_tier", parameters.SERVICE_TIER, Applicability.INFO)


def _said(each: ModelRequest, name: str, fact: parameters.Fact, applicability: Applicability) -> Draft:
    message = f"{fact.message} (as of {fact.as_of})"
    remedy = fact.remedy if applicability is Applicability.MANUAL else ""
    return draft(
        each.request.file, place_of(each.request, name), fact.rule, applicability, message, remedy, member=each.member
    )
