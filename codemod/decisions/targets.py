"""What a model text becomes on OpenRouter: by ``--map``, else by the catalogue; and whether that is listed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codemod.decisions.context import Context, Draft, draft
from codemod.findings import Applicability
from codemod.openrouter.models import PREFIX, Model, find_model
from codemod.provenance.values import TextValue, Value


@dataclass(frozen=True, slots=True)
class Target:
    """What a model text becomes; ``model`` is the catalogue's entry, None if it has none."""

    text: str
    model: Model | None
    mapped: bool = False


def target_of(context: Context, text: str) -> Target | None:
    """What ``text`` becomes on OpenRouter; None for a text that is no id of OpenAI's."""
    mapped = context.config.models.get(text)
    if mapped is not None:
        return Target(mapped, find_model(text), mapped=True)
    model = find_model(text)
    return None if model is None else Target(model.openrouter_id, model)


def is_exact(context: Context, value: Value) -> bool:
    """Whether the prefix alone turns the text that ``value`` is into its OpenRouter id."""
    if not isinstance(value, TextValue):
        return False
    target = target_of(context, value.node.value)
    return target is not None and target.text == PREFIX + value.node.value


def availability(text: TextValue, target: Target, member: object) -> Iterator[Draft]:
    """A warning beside the id of a model that OpenRouter no longer lists."""
    model = target.model
    if target.mapped or model is None or model.listed is not False:
        return
    remedy = "Choose a model that is listed."
    if model.replacement is not None:
        remedy = f"Take {model.replacement}, or another model that is listed."
    end = f"; OpenAI names {model.shutdown} as its end" if model.shutdown else ""
    yield draft(
        text.file,
        text.node.span,
        "OR209",
        Applicability.MANUAL,
        f"OpenRouter does not list {target.text} as of {model.as_of}{end}",
        remedy,
        member=member,
    )
