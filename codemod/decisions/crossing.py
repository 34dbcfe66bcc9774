"""Values that tie calls to one service: ids of files, responses and fine-tuned models mean nothing to another."""

from __future__ import annotations

from collections.abc import Iterator

from codemod.decisions.arguments import literal_argument, only_texts
from codemod.decisions.context import Context
from codemod.decisions.method_names import Path
from codemod.decisions.served_calls import Blocking
from codemod.decisions.survey import ClientUses
from codemod.provenance.facts import Call, FileFacts

# How requests name what is stored with the service, by the resource that gives its id.
_FILES = frozenset({"file_id", "file_ids", "input_file"})
_STORED = {
    "files": _FILES,
    "uploads": _FILES,
    "vector_stores": frozenset({"vector_store_ids", "file_search"}),
    "containers": frozenset({"container"}),
    "skills": frozenset({"container", "skill_id"}),
}
_MODELS = frozenset({"fine_tuning", "models"})
_CONVERSATIONS = frozenset({"responses", "conversations"})

_Served = tuple[Path, FileFacts, Call]


def crossing_reason(context: Context, uses: ClientUses, blocking: tuple[Blocking, ...]) -> str:
    """Which value may pass between the calls ``blocking``, which stay with OpenAI, and the others; "" if none."""
    nodes = {each.node for each in blocking}
    kept = [path for path, _, node, _ in uses.methods if node in nodes]
    served: list[_Served] = [
        (path, file, call) for path, file, node, call in uses.methods if node not in nodes and call is not None
    ]
    resources = {_resource(path) for path in kept}
    if any(len(path) == 1 for path in kept):
        return "what a request to a path of the program's own gives is not known"
    moving = {_resource(path) for path, _, _ in served}
    if resources & _CONVERSATIONS and "responses" in moving:
        return "ids of responses may pass from one half to the other"
    if "chat" in resources and "chat" in moving:
        return "stored completions would stay behind"
    if resources & _MODELS and any(not _is_known_model(context, each) for each in served):
        return "a model that OpenAI lists or trains may be given to a call that moves"
    words = frozenset(word for resource in resources for word in _STORED.get(resource, ()))
    if any(_names_stored(context, served, words)):
        return "ids of files and the like may be given to a call that moves"
    return ""


def _resource(path: Path) -> str:
    plain = [name for name in path if name != "beta"]
    return plain[0] if plain else ""


def _is_known_model(context: Context, served: _Served) -> bool:
    """Whether all that a request gives as its model are ids of OpenAI's own models."""
    _, file, call = served
    models = only_texts(literal_argument(context, file, call, "model"))
    return bool(models) and all(context.catalogue.openai_model(each) is not None for each in models or ())


def _names_stored(context: Context, served: list[_Served], words: frozenset[str]) -> Iterator[bool]:
    """Whether the project speaks of what is stored as a request does that moves: with one of ``words``."""
    for _, _, call in served:
        yield any(argument.keyword in words for argument in call.arguments)
    project = context.origins.project
    for home in dict.fromkeys(file.path for _, file, _ in served):
        for word in sorted(words):
            yield any(text.value == word for file in project.facts_mentioning(word, home) for text in file.texts)
