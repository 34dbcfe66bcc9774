"""Which calls OpenRouter does not serve.

Some endpoints it does not have at all; others it has, but not for every argument: their traps are sprung by what a
call gives. A call that is not served keeps its client from moving, or at least says so.
"""

from __future__ import annotations

from codemod.decisions.arguments import Given, is_missing, literal_argument, only_texts
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.entries import read_entries
from codemod.decisions.method_names import Path
from codemod.decisions.survey import Request
from codemod.findings import Applicability
from codemod.openrouter import endpoints
from codemod.provenance.facts import Attribute, Call, Expression, FileFacts
from codemod.provenance.values import ConstantValue
from codemod.records import record

_TRAP_RULES = {"responses": "OR304", "speech": "OR305", "transcriptions": "OR306", "models": "OR307"}


@record
class Blocking:
    """A call that OpenRouter does not serve: its rule, what is the matter and what to do."""

    file: FileFacts
    node: Expression
    rule: str
    message: str
    remedy: str

    @property
    def method(self) -> str:
        """The method that is called, as messages name it."""
        return self.message.split(":")[0]


def blocking_draft(blocking: Blocking) -> Draft:
    """The finding at the call itself."""
    return draft(
        blocking.file, blocking.node.span, blocking.rule, Applicability.MANUAL, blocking.message, blocking.remedy
    )


def blocking_request(context: Context, request: Request) -> Blocking | None:
    """Why OpenRouter does not serve this request; None if it does."""
    beside = bool(request.clients) and all(client.file is request.file for client in request.clients)
    return blocking_call(
        context, request.file, request.call, request.call, request.path, completed=beside and not request.module_level
    )


def blocking_call(
    context: Context, file: FileFacts, node: Expression, call: Call | None, path: Path, *, completed: bool = False
) -> Blocking | None:
    """Why OpenRouter does not serve the method ``path``, which ``node`` names; None if it does.

    ``call`` is None where the method is only mentioned, so that nothing is known of its arguments. ``completed`` if
    the call gets the format that it leaves out, where its client moves.
    """
    support = endpoints.support(path)
    if support.kind is endpoints.Kind.SUPPORTED:
        return None
    if support.kind is endpoints.Kind.UNSUPPORTED:
        what = "a request to a path of the program's own" if len(path) == 1 else ".".join(path)
        return Blocking(file, node, "OR301", f"{what}: {support.message}", support.remedy)
    if call is not None and completed and lacks_format(context, file, call, path):
        return None
    sprung = "" if call is None else _sprung(context, file, call, path[-2])
    if not sprung:
        return None
    rule = _TRAP_RULES.get(path[-2], "OR301")
    return Blocking(file, node, rule, f"{'.'.join(path)}: {sprung}. {support.message}", support.remedy)


def lacks_format(context: Context, file: FileFacts, call: Call, path: Path) -> bool:
    """Whether a call is for speech in the format that OpenAI takes for granted, and can be made to say so."""
    return (
        path[-2:-1] == ("speech",)
        and not any(argument.expansion for argument in call.arguments)
        and call.keyword("response_format") is None
        and call.keyword("extra_body") is None
        and isinstance(call.callee, Attribute)
        and call.callee.name == path[-1]
        and not _unknown_model(context, file, call)
    )


def _sprung(context: Context, file: FileFacts, call: Call, resource: str) -> str:
    """Which trap of a resource's method this call runs into; "" if none."""
    if resource == "models":
        return "is called"
    if resource == "responses":
        return _stateful(context, file, call)
    return _audio(context, file, call, resource)


def _stateful(context: Context, file: FileFacts, call: Call) -> str:
    for name in ("previous_response_id", "conversation", "prompt", "response_id"):
        if not is_missing(literal_argument(context, file, call, name)) or name in _extra_names(context, file, call):
            return f"{name} is given"
    for name in ("store", "background"):
        values = literal_argument(context, file, call, name)
        if any(not (isinstance(value, ConstantValue) and not value.node.value) for value in values):
            return f"{name} is given"
    return ""


def _extra_names(context: Context, file: FileFacts, call: Call) -> frozenset[str]:
    """The fields that extra_body shows."""
    extra = call.keyword("extra_body")
    return frozenset[str]() if extra is None else read_entries(context, Given(file, extra)).names


def _audio(context: Context, file: FileFacts, call: Call, resource: str) -> str:
    allowed = ("mp3", "pcm") if resource == "speech" else ("json", "verbose_json")
    values = literal_argument(context, file, call, "response_format")
    if resource == "speech" and is_missing(values):
        unknown = _unknown_model(context, file, call)
        return f"{unknown} is not known to be served" if unknown else "response_format is not given"
    formats = only_texts(values)
    if formats is None or any(each not in allowed for each in formats):
        return "its response_format does not exist there"
    if resource == "transcriptions":
        for name in ("stream", "include", "chunking_strategy", "known_speaker_names", "prompt"):
            if not is_missing(literal_argument(context, file, call, name)):
                return f"{name} is given"
    unknown = _unknown_model(context, file, call)
    return f"{unknown} is not known to be served" if unknown else ""


def _unknown_model(context: Context, file: FileFacts, call: Call) -> str:
    """The first model of the call of which it is not known that OpenRouter serves it; "" if there is none."""
    for each in only_texts(literal_argument(context, file, call, "model")) or ():
        known = context.catalogue.openai_model(each)
        if "/" not in each and (known is None or not known.listed):
            return each
    return ""
