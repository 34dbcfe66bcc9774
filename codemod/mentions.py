"""What the bytes of a file say about whether it matters. Imports nothing: the entry point asks before anything else.

A substring is found by the C library several times as fast as by a regular expression, so each word is looked for by
itself; what the entry point asks may take a little longer, for it sees few files.
"""

from __future__ import annotations

# How ids of OpenAI's models begin, as far as they are no words of everyday code; a test compares with the catalogue.
_IDS = (
    *(b"gpt-", b"chatgpt", b"chat-latest", b"davinci", b"babbage-0", b"curie-0", b"text-ada", b"text-embedding-"),
    *(b"text-moderation", b"omni-moderation", b"whisper-1", b"tts-1", b"dall-e", b"codex-", b"computer-use"),
    *(b"daybreak-", b"sora-"),
    *(quote + name for quote in (b'"', b"'") for name in (b"o1", b"o3", b"o4", b"ft:")),
)


def mentions_openai(data: bytes) -> bool:
    """Whether a file that could not be processed may have used OpenAI."""
    return b"openai" in data or b"OpenAI" in data or b"OPENAI" in data


def may_hold_requests(data: bytes) -> bool:
    """Whether a file may hold a client or a request; without these words it holds none."""
    return (
        mentions_openai(data)
        or b".completions" in data
        or b".responses." in data
        # Neural networks have layers of that name.
        or (b".embeddings." in data and data.count(b".create") > data.count(b".create_"))
    )


def may_name_a_model(data: bytes) -> bool:
    """Whether one of OpenAI's model ids may stand in a file."""
    return any(name in data for name in _IDS)


def may_matter_to_others(data: bytes) -> bool:
    """Whether code in other files may make something of this file be edited or reported.

    An id, a key or a setting may be handed to a client elsewhere, and the pieces of a stream may be read here.
    """
    return may_name_a_model(data) or b".choices" in data or b"sk-" in data or b"BaseSettings" in data
