"""A request as it comes in, as it is kept, and what is said about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from enum import Enum
from functools import cached_property
from hashlib import sha256
from typing import Any

from codemod.records import record

Json = dict[str, Any]

OPENROUTER_KEY = "sk-or-v1-"


class Api(Enum):
    """Whose API a request was meant for, by its host."""

    OPENAI = "OpenAI"
    OPENROUTER = "OpenRouter"
    OTHER = "other"


class KeyKind(Enum):
    """Whose key a request carries, by its shape."""

    NONE = "none"
    OPENAI = "OpenAI"
    OPENROUTER = "OpenRouter"
    OTHER = "other"


class About(Enum):
    """What of a request a problem is about."""

    HOST = "host"
    ENDPOINT = "endpoint"
    KEY = "key"
    HEADERS = "headers"
    MODEL = "model"
    BODY = "body"


@record
class Problem:
    """Something about a request that its API refuses or does not mean the same by.

    ``status`` is the HTTP status that the API refuses it with; None where it answers all the same. ``type`` and
    ``code`` go into the body of that answer. A note is worth knowing and leaves the verdict as it is.
    """

    about: About
    text: str
    status: int | None = None
    type: str | None = None
    code: str | None = None
    is_note: bool = False


def note(about: About, text: str) -> Problem:
    return Problem(about, text, is_note=True)


@dataclass(frozen=True)
class Received:
    """A request as it came, secrets and all: it lives until it is answered.

    ``headers`` have their names in lower case. ``path`` is without the query and starts with ``/``.
    """

    scheme: str
    host: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def key(self) -> str | None:
        """The credential, bare; None if there is none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return token
        return self.headers.get("x-api-key") or self.headers.get("api-key") or None

    @cached_property
    def content(self) -> Json | None:
        """The fields of a JSON object or a form, files as their name, size and digest; None for any other body."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return _form(kind, self.body)
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    @property
    def model(self) -> str | None:
        """The model that the body names; None if it names none."""
        value = (self.content or {}).get("model")
        return value if isinstance(value, str) else None


def kind_of_key(key: str | None) -> KeyKind:
    if not key:
        return KeyKind.NONE
    if key.startswith(OPENROUTER_KEY):
        return KeyKind.OPENROUTER
    return KeyKind.OPENAI if key.startswith("sk-") and not key.startswith("sk-ant-") else KeyKind.OTHER


@record
class Seen:
    """A request as it is kept: its keys are masked.

    ``endpoint`` is the path below the root of its API for OpenAI and OpenRouter, else the whole path. ``body`` is what
    was sent, without the model: JSON, the fields of a form, or a digest. ``attribution`` holds the names of the headers
    that name the app. ``status`` is that of the answer, 0 where none was given. ``started`` and ``ended`` are seconds
    of one clock: from the beginning of the connection (for later requests on it: their first line) to just before the
    end of the answer.
    """

    api: Api
    host: str
    method: str
    endpoint: str
    query: str
    model: str | None
    key: KeyKind
    attribution: tuple[str, ...]
    body: Any
    status: int
    problems: tuple[Problem, ...]
    started: float
    ended: float


def digest(data: bytes) -> str:
    return f"{len(data)} bytes, sha256 {sha256(data).hexdigest()[:16]}" if data else ""


def _form(kind: str, body: bytes) -> Json | None:
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    fields: Json = {}
    for part in message.iter_parts():
        name, value = _field(part)
        if name is None:
            return None
        known = fields.get(name)
        fields[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return fields


def _field(part: Message) -> tuple[str | None, str]:
    name = part.get_param("name", header="content-disposition")
    data = part.get_payload(decode=True)
    payload = data if isinstance(data, bytes) else b""
    filename = part.get_filename()
    text = payload.decode("utf-8", "backslashreplace") if filename is None else f"{filename}: {digest(payload)}"
    return name if isinstance(name, str) else None, text
