"""What the bytes of a file say about whether it matters. Imports nothing: the entry point asks before anything else.

A substring is found by the C library several times as fast as by a regular expression, so each word is looked for by
itself. ``holds`` says whether bytes hold a word: where many files are looked at, something faster than ``in`` is
given.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Holds = Callable[[bytes, bytes], bool]

# What ids of OpenAI's models have in common that is rare otherwise, and of what one must be there too where it is;
# a test compares with the catalogue.
_IDS: dict[bytes, tuple[bytes, ...]] = {
    b"gpt-": (),
    b"-00": (b"davinci-00", b"babbage-00", b"curie-00", b"-ada-00"),
    b"-latest": (b"chat-latest", b"codex-", b"daybreak-", b"-moderation-"),
    b"text-embedding-": (),
    b"-moderation-": (),
    b"whisper-1": (),
    b"tts-1": (),
    b"dall-e": (),
    b"computer-use": (),
    b"sora-2": (),
    **{name: (b'"' + name, b"'" + name) for name in (b"o1", b"o3", b"o4", b"ft:")},
}


# What may stand between the parts of a chain.
_BLANKS = b" \t\f\r\n\\"


def _holds(data: bytes, word: bytes) -> bool:
    return word in data


def mentions_openai(data: bytes, holds: Holds = _holds) -> bool:
    """Whether a file that could not be processed may have used OpenAI."""
    return holds(data, b"openai") or holds(data, b"OpenAI") or holds(data, b"OPENAI")


def may_hold_requests(data: bytes, holds: Holds = _holds) -> bool:
    """Whether a file may hold a client or a request; without these words it holds none."""
    if mentions_openai(data, holds) or holds(data, b"completions") or holds(data, b".responses."):
        return True
    if holds(data, b"responses") and _is_in_a_chain(data, b"responses"):
        return True
    # Neural networks have layers of that name.
    if not (holds(data, b"embeddings") and _is_in_a_chain(data, b"embeddings")):
        return False
    chains = data.translate(None, _BLANKS)
    return chains.count(b".create") > chains.count(b".create_")


def _is_in_a_chain(data: bytes, name: bytes) -> bool:
    """Whether ``name`` is read of something, and something of it; a chain may go on in another line, and a comment."""
    before, *others = data.split(name)
    for behind in others:
        if behind.lstrip(_BLANKS).startswith((b".", b"#")) and before.rstrip(_BLANKS).endswith(b"."):
            return True
        before = behind
    return False


def may_name_a_model(data: bytes, holds: Holds = _holds) -> bool:
    """Whether one of OpenAI's model ids may stand in a file, as a text of its own."""
    for part, longer in _IDS.items():
        if holds(data, part) and (not longer or any(holds(data, word) for word in longer)):
            return True
    return False


def may_matter_to_others(data: bytes) -> bool:
    """Whether code in other files may make something of this file be edited or reported.

    An id, a key or a setting may be handed to a client elsewhere, and the pieces of a stream may be read here.
    """
    return may_name_a_model(data) or b".choices" in data or b"sk-" in data or b"BaseSettings" in data
