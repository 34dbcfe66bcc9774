"""What a model text becomes on OpenRouter, by ``--map`` or the catalogue, and what is known of that model there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from codemod.decisions.context import Context, Draft, draft
from codemod.findings import Applicability
from codemod.openrouter.catalogue import PREFIX, Catalogue, OpenAIModel
from codemod.openrouter.listing import is_preset
from codemod.provenance.values import TextValue, Value
from codemod.records import record

# How long before the end of a model the report names it.
NOTICE = timedelta(days=90)


@record
class Target:
    """What a model text becomes; ``model`` is the catalogue's entry, None if it has none.

    ``mapped``: by ``--map``. ``replaced``: OpenRouter no longer lists the model, and ``--replace-retired`` takes
    another one.
    """

    text: str
    model: OpenAIModel | None
    mapped: bool = False
    replaced: bool = False

    def rule(self, old: str) -> str:
        """The rule of the edit that writes it in place of ``old``."""
        if self.replaced:
            return "OR209"
        return "OR201" if self.text == PREFIX + old else "OR202"

    def message(self, old: str) -> str:
        if self.replaced and self.model is not None:
            return f"{self.text} takes the place of {old}: {_gone(self.model)}"
        if self.mapped:
            return f"{self.text} takes the place of {old}, as --map says"
        return f"{old} is {self.text} on OpenRouter"


def target_of(context: Context, text: str) -> Target | None:
    """What ``text`` becomes on OpenRouter; None for a text that is no id of OpenAI's.

    An id that has its prefix already, from an earlier run say, becomes something else by ``--map`` and
    ``--replace-retired`` only.
    """
    catalogue, config = context.catalogue, context.config
    mapped = config.models.get(text)
    model = catalogue.openai_model(text)
    if mapped is not None:
        return Target(mapped, model, mapped=True)
    prefixed = catalogue.openai_model(text.removeprefix(PREFIX)) if config.replace_retired else None
    gone = model or prefixed
    if config.replace_retired and gone is not None and (replacement := _replacement(context, gone)):
        return Target(replacement, gone, replaced=True)
    return None if model is None else Target(model.openrouter_id, model)


def unlisted_targets(catalogue: Catalogue, models: Mapping[str, str]) -> Iterator[str]:
    """A line for each id that ``--map`` writes and the catalogue does not list; it may be newer than the catalogue."""
    for old, new in models.items():
        if is_preset(new):
            continue
        model = catalogue.openrouter_model(new)
        if model is not None and model.listed is not False:
            continue
        gone = f"is not listed as of {model.as_of}" if model else f"is not in the catalogue of {catalogue.as_of}"
        nearest = catalogue.nearest_openrouter_id(new)
        hint = f"; did you mean {nearest}?" if nearest is not None and nearest != new else ""
        yield f"--map {old}={new}: {new} {gone}{hint}"


def is_exact(context: Context, value: Value) -> bool:
    """Whether the prefix alone turns the text that ``value`` is into its OpenRouter id."""
    if not isinstance(value, TextValue):
        return False
    target = target_of(context, value.node.value)
    return target is not None and target.text == PREFIX + value.node.value


def not_listed(context: Context, text: str) -> str:
    """What to add to a message about an OpenRouter id: that it is not listed, if that is known; else nothing."""
    openai = context.catalogue.openai_model(text.removeprefix(PREFIX))
    model = context.catalogue.openrouter_model(text) or (openai if openai and openai.openrouter_id == text else None)
    if model is None or model.listed is not False:
        return ""
    replacement = None if openai is None else _replacement(context, openai)
    advice = f"; --replace-retired writes {replacement}" if replacement else ""
    return f"; OpenRouter does not list it as of {model.as_of}{advice}"


def fine_tuned_end(context: Context, text: str) -> str:
    """What to add to a message about a fine-tuned model: when it ends, if that is known; else nothing."""
    model = context.catalogue.fine_tuned_model(text)
    return f"; OpenAI names {model.shutdown} as its end" if model is not None and model.shutdown else ""


def availability(context: Context, text: TextValue, target: Target, member: object) -> Iterator[Draft]:
    """What stands beside the id: that OpenRouter does not list the model, that it will end, or that it is not known."""
    model = target.model
    if target.mapped or target.replaced or model is None:
        return
    span, file = text.node.span, text.file
    if model.is_gone:
        remedy = "Choose a model that is listed."
        replacement = _replacement(context, model)
        if replacement is not None:
            remedy = f"Take {replacement}, or another model that is listed; --replace-retired writes it."
        yield draft(file, span, "OR209", Applicability.MANUAL, _gone(model), remedy, member=member)
        return
    if context.today is not None and (end := _end_within_notice(context, target, context.today)):
        message = f"{end}{_advice(context, model)}"
        yield draft(file, span, "OR211", Applicability.INFO, message, member=member)
    if model.listed is None:
        message = f"whether OpenRouter lists {target.text} is not known as of {model.as_of}"
        yield draft(file, span, "OR212", Applicability.INFO, message, member=member)


def _gone(model: OpenAIModel) -> str:
    end = f"; OpenAI names {model.shutdown} as its end" if model.shutdown else ""
    return f"OpenRouter does not list {model.openrouter_id} as of {model.as_of}{end}"


def _replacement(context: Context, model: OpenAIModel) -> str | None:
    """The model to take in place of one that is gone: only one that is listed."""
    if not model.is_gone or model.replacement is None:
        return None
    found = context.catalogue.openrouter_model(model.replacement)
    return model.replacement if found is not None and found.listed else None


def _end_within_notice(context: Context, target: Target, today: date) -> str | None:
    """Who names which day as the end of a model, if that is past or near."""
    model = context.catalogue.openrouter_model(target.text)
    if model is not None and model.expires and date.fromisoformat(model.expires) <= today + NOTICE:
        return f"OpenRouter names {model.expires} as the end of {target.text}"
    shutdown = None if target.model is None else target.model.shutdown
    if shutdown is None or date.fromisoformat(shutdown) > today + NOTICE:
        return None
    if date.fromisoformat(shutdown) > today:
        return f"OpenAI names {shutdown} as the end of {target.model.id if target.model else target.text}"
    listed = f"; OpenRouter lists it as of {model.as_of}" if model is not None and model.listed else ""
    return f"OpenAI named {shutdown} as the end of {target.model.id if target.model else target.text}{listed}"


def _advice(context: Context, model: OpenAIModel) -> str:
    found = None if model.replacement is None else context.catalogue.openrouter_model(model.replacement)
    return f"; OpenAI suggests {found.id}" if found is not None and found.listed else ""
