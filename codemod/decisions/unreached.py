"""Model ids of which nothing else speaks: they reach no request that is seen, and stay as they are."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate

from codemod.decisions.context import Context, Draft, draft
from codemod.findings import Applicability
from codemod.openrouter.catalogue import FINE_TUNED_PREFIX
from codemod.provenance.facts import FileFacts, Template, Text
from codemod.rewrites import Span

# What says of a model in its place what becomes of it; that a request goes to OpenRouter does not.
_SPEAKING = ("OR115", "OR2", "OR3", "OR6")
_SILENT = "OR300"
_COLONS_BEFORE_NAME = 2


def decide_unreached(
    context: Context, files: Iterable[FileFacts], drafts: Iterable[Draft], reached: frozenset[Text]
) -> Iterator[Draft]:
    """The drafts for the ids in ``files`` that ``drafts`` do not cover; ``reached`` are those that reach a request."""
    spoken_of: dict[object, list[Span]] = defaultdict(list)
    for each in drafts:
        if each.finding.rule.startswith(_SPEAKING) and each.finding.rule != _SILENT:
            spoken_of[each.finding.path].append(each.finding.span)
    for file in files:
        spans = _Spans(spoken_of[file.path])
        for text in file.texts:
            if _is_id(context, file, text) and not spans.contain(text.span):
                yield _unreached(context, file, text, is_reached=text in reached)


class _Spans:
    """Tells whether one of many spans holds another one."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [each.start for each in ordered]
        self._ends = list(accumulate((each.end for each in ordered), max))

    def contain(self, span: Span) -> bool:
        """Whether one of the spans that start no later ends no earlier."""
        before = bisect_right(self._starts, span.start)
        return before > 0 and self._ends[before - 1] >= span.end


def _is_id(context: Context, file: FileFacts, text: Text) -> bool:
    parent = file.parents.get(text)
    is_whole = not isinstance(parent, Template) or len(parent.parts) == 1
    return is_whole and (context.catalogue.is_openai_id(text.value) or _is_fine_tuned(text.value))


def _is_fine_tuned(text: str) -> bool:
    """Whether a text is the whole id of somebody's model: ``ft:base:organization:name:id``."""
    return text.startswith(FINE_TUNED_PREFIX) and text.count(":") > _COLONS_BEFORE_NAME and " " not in text


def _unreached(context: Context, file: FileFacts, text: Text, *, is_reached: bool) -> Draft:
    where = "as its request does" if is_reached else "as it is: it reaches no request that the project shows"
    if context.catalogue.is_openai_id(text.value) or is_reached or context.is_test(file):
        return draft(file, text.span, "OR220", Applicability.INFO, f"{text.value!r} stays {where}")
    return draft(
        file,
        text.span,
        "OR206",
        Applicability.MANUAL,
        f"{text.value!r} is a fine-tuned model, which only OpenAI serves; nothing shows which request it reaches",
        "Keep its requests on OpenAI, or choose another model.",
    )
