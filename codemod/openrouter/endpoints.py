"""Which methods of the OpenAI SDK work against OpenRouter, as data with sources.

An entry covers the methods below its path; the longest path that fits decides. What can be called is named method by
method, so that a new method beside it is not taken for one that works. The sources are OpenRouter's
documentation and the description of its API that its Python package carries.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from types import MappingProxyType

from codemod.records import record

DOCS = "https://openrouter.ai/docs/"
# The newest description of the API: the generated client lists every path.
SPECIFICATION = "https://pypi.org/project/openrouter/1.3.84/"
DOCS_DAY = "2026-08-22"
SPECIFICATION_DAY = "2026-10-27"


class Kind(Enum):
    """Whether a method can be called on a client that points at OpenRouter."""

    SUPPORTED = "supported"
    # It exists, but some calls fail or answer differently.
    TRAPS = "traps"
    UNSUPPORTED = "unsupported"


@record
class Support:
    """What OpenRouter makes of a method.

    ``parameters`` are the arguments that decide whether a call of a method with TRAPS works, as far as the method
    has them; empty where every call answers differently. ``message`` says what is the matter and ``remedy`` what to
    do, both empty where SUPPORTED. ``source`` is an address, ``as_of`` the ISO date of what was read there.
    """

    kind: Kind
    message: str
    remedy: str
    source: str
    as_of: str
    parameters: tuple[str, ...] = ()


def supported(page: str) -> Support:
    return Support(Kind.SUPPORTED, "", "", DOCS + page, DOCS_DAY)


def traps(message: str, remedy: str, page: str, *parameters: str) -> Support:
    return Support(Kind.TRAPS, message, remedy, DOCS + page, DOCS_DAY, parameters)


def differs(message: str, remedy: str, page: str) -> Support:
    """OpenRouter has something of the kind that the SDK's method does not reach or not understand."""
    return Support(Kind.UNSUPPORTED, message, remedy, DOCS + page, DOCS_DAY)


def missing(what: str, remedy: str = "Keep these calls on OpenAI, with a client of their own.") -> Support:
    return Support(Kind.UNSUPPORTED, f"OpenRouter has no {what}.", remedy, SPECIFICATION, SPECIFICATION_DAY)


CHAT = supported("api_reference/overview")
STORED = missing("stored chat completions")
STATELESS = traps(
    "OpenRouter's responses are stateless: it refuses store=True and previous_response_id, runs nothing in the "
    "background, and has no conversation or prompt that is stored at OpenAI.",
    "Send the whole conversation as input, without these arguments.",
    "api_reference/responses/overview",
    "previous_response_id",
    "store",
    "background",
    "conversation",
    "prompt",
    "response_id",
)
NO_RESPONSE = missing("stored responses", "Send the whole conversation as input, or keep these calls on OpenAI.")
REALTIME = missing("realtime API")
ASSISTANTS = missing("assistants API", "Move to chat completions or responses, or keep these calls on OpenAI.")
FILES = differs(
    "OpenRouter's files are another store (beta): ids, purposes and downloads differ from OpenAI's.",
    "Keep these calls on OpenAI, with a client of their own.",
    "guides/features/files-api",
)
IMAGES = "guides/overview/multimodal/image-generation"
FINE_TUNING = missing("fine-tuning", "Keep fine-tuning, and the models that come of it, on OpenAI.")

ENTRIES: MappingProxyType[str, Support] = MappingProxyType(
    {
        "chat.completions": STORED,
        "chat.completions.create": CHAT,
        "chat.completions.parse": CHAT,
        "chat.completions.stream": CHAT,
        "beta.chat.completions": STORED,
        "beta.chat.completions.create": CHAT,
        "beta.chat.completions.parse": CHAT,
        "beta.chat.completions.stream": CHAT,
        "completions": differs(
            "OpenRouter serves /completions without documenting it, and next to none of its models take it.",
            "Move to chat.completions.create with the prompt as a message, or keep these calls on OpenAI.",
            "faq",
        ),
        "responses": NO_RESPONSE,
        "responses.create": STATELESS,
        "responses.parse": STATELESS,
        "responses.stream": STATELESS,
        "responses.connect": missing("websocket for responses", "Use responses.create with stream=True."),
        "beta.responses": missing("beta form of responses", "Use responses.create."),
        "conversations": missing("conversations API", "Keep the messages in the program and send them as input."),
        "embeddings.create": supported("api_reference/embeddings"),
        "audio": missing("such audio API"),
        "audio.speech.create": traps(
            "OpenRouter answers with raw pcm where response_format is absent (OpenAI: mp3), and knows only mp3 and "
            "pcm.",
            'Say response_format="mp3" or "pcm"; convert other formats in the program.',
            "guides/overview/multimodal/tts",
            "response_format",
            "stream_format",
        ),
        "audio.transcriptions.create": traps(
            "OpenRouter transcribes to json and verbose_json only, refuses text, srt and vtt, ignores prompt, and "
            "knows no streaming and none of OpenAI's speaker and chunking options.",
            'Take the text of response_format="json", or keep the call on OpenAI.',
            "guides/overview/multimodal/stt",
            "response_format",
            "prompt",
            "stream",
            "include",
            "chunking_strategy",
            "known_speaker_names",
            "known_speaker_references",
            "keywords",
            "languages",
        ),
        "audio.translations": missing("translation of audio", "Transcribe and translate, or keep the calls on OpenAI."),
        "images": missing("edits and variations under the SDK's paths", "Keep these calls on OpenAI."),
        "images.generate": differs(
            "OpenRouter generates images at /images; the SDK's method calls /images/generations, which is not there.",
            'Send a raw request to /images, use a chat completion with modalities=["image", "text"], or keep the '
            "call on OpenAI.",
            IMAGES,
        ),
        "images.edit": differs(
            "OpenRouter edits images at /images with input_references; the SDK's method calls /images/edits, which "
            "is not there.",
            "Send a raw request to /images, or keep the call on OpenAI.",
            IMAGES,
        ),
        "models": missing("management of models"),
        "models.list": traps(
            "OpenRouter lists the models of every vendor, with other fields: ids carry a vendor's prefix, object and "
            "owned_by are absent, and only models that answer with text are in it.",
            'Filter the ids for "openai/" and check what the program does with the rest of a row.',
            "guides/overview/models",
        ),
        "models.retrieve": differs(
            "OpenRouter tells about one model at /model/{author}/{slug}; the SDK's method calls /models/…, which is "
            "not there.",
            "Look the model up in the answer of models.list, or keep the call on OpenAI.",
            "guides/overview/models",
        ),
        "moderations": missing("moderations endpoint"),
        "files": FILES,
        "uploads": missing("uploads API"),
        "batches": differs(
            "OpenRouter's batches (beta) take their requests inline, in another shape than the SDK sends.",
            "Keep these calls on OpenAI, or write them anew against OpenRouter's batch API.",
            "batch-quickstart",
        ),
        "fine_tuning": FINE_TUNING,
        "fine_tunes": FINE_TUNING,
        "edits": missing("edits endpoint", "Move to chat.completions.create; OpenAI no longer has it either."),
        "vector_stores": missing("vector stores"),
        "beta.vector_stores": missing("vector stores"),
        "beta.assistants": ASSISTANTS,
        "beta.threads": ASSISTANTS,
        "beta.realtime": REALTIME,
        "realtime": REALTIME,
        "live": REALTIME,
        "beta.agents": missing("agents API"),
        "beta.chatkit": missing("ChatKit API"),
        "evals": missing("evals API"),
        "containers": missing("containers API of OpenAI's shape"),
        "skills": missing("skills API"),
        "videos": missing(
            "videos API of OpenAI's shape",
            "Write these calls anew against OpenRouter's video API: OpenAI's own one has ended.",
        ),
        "decisions": missing("decisions API under the SDK's path"),
        "content_provenance_checks": missing("content provenance checks"),
        "safety": missing("safety API"),
        "webhooks": missing("webhooks of OpenAI's shape"),
        "admin": missing("administration API of OpenAI's shape"),
    }
)
UNKNOWN = missing("endpoint known for this method")


@cache
def support(path: tuple[str, ...]) -> Support:
    """What OpenRouter makes of the method at ``path``, relative to a client, as ``("chat", "completions", "create")``.

    A path that no entry covers is unsupported: nothing is known of it.
    """
    names = (".".join(path[:end]) for end in range(len(path), 0, -1))
    return next((ENTRIES[name] for name in names if name in ENTRIES), UNKNOWN)
