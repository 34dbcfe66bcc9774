"""The answers of endpoints that OpenAI alone has, for programs that have not been migrated and for what stays there."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs

from codemod.verify.answers import Answer, Memory, as_json, as_stream, now, response_stream, transcription
from codemod.verify.model_ids import catalogue
from codemod.verify.traffic import Json, Received

_CREATED = 1_700_000_000


def answer(request: Received, endpoint: str, memory: Memory) -> Answer | None:
    """The answer; None for an endpoint that is not played."""
    if request.method == "GET":
        return _got(request, endpoint, memory)
    return _posted(request.content or {}, endpoint, memory) if request.method == "POST" else None


def _got(request: Received, endpoint: str, memory: Memory) -> Answer | None:
    _, collection, *rest = endpoint.split("/")
    name = "/".join(rest)
    if collection == "models":
        return as_json(_model(name) if name else _listing([_model(model.id) for model in catalogue().values()]))
    if collection == "files" and not name:
        return as_json(_listing([]))
    if collection == "responses" and name in memory.responses:
        return _response(request, memory.responses[name])
    return as_json(_video(name)) if collection == "videos" and len(rest) == 1 else None


def _posted(content: Json, endpoint: str, memory: Memory) -> Answer | None:
    if endpoint == "/moderations":
        given = content.get("input")
        result = {"flagged": False, "categories": {}, "category_scores": {}, "category_applied_input_types": {}}
        count = len(given) if isinstance(given, list) else 1
        model = content.get("model", "omni-moderation-latest")
        return as_json({"id": memory.new("modr-"), "model": model, "results": [result] * count})
    if endpoint in {"/images/generations", "/images/edits", "/images/variations"}:
        rows = [{"url": "https://images.example.com/1.png"}]
        if content.get("response_format") == "b64_json" or str(content.get("model")).startswith("gpt-image"):
            rows = [{"b64_json": base64.b64encode(b"\x89PNG\r\n\x1a\n").decode("ascii")}]
        return as_json({"created": now(), "data": rows})
    if endpoint == "/audio/translations":
        return transcription(content)
    if endpoint == "/files":
        return as_json(_file(content, memory))
    if endpoint == "/responses/input_tokens":
        return as_json({"object": "response.input_tokens", "input_tokens": 10})
    if endpoint == "/videos":
        return as_json(_video(memory.new("video_")))
    return _uploaded(content, endpoint, memory) if endpoint.startswith("/uploads") else None


def _uploaded(content: Json, endpoint: str, memory: Memory) -> Answer | None:
    """The answer to a step of an upload in parts: its beginning, a part, its end."""
    head = {"object": "upload", "bytes": 1, "created_at": now(), "expires_at": now() + 3600, "purpose": "batch"}
    head["filename"] = content.get("filename", "file")
    if endpoint == "/uploads":
        return as_json({**head, "id": memory.new("upload_"), "status": "pending"})
    name, _, step = endpoint.removeprefix("/uploads/").partition("/")
    if step == "parts":
        part = {"id": memory.new("part_"), "object": "upload.part", "created_at": now(), "upload_id": name}
        return as_json(part)
    if step == "complete":
        return as_json({**head, "id": name, "status": "completed", "file": _file(content, memory)})
    return None


def _response(request: Received, events: tuple[Json, ...]) -> Answer:
    """A response that was given before, whole or as the events after a number."""
    query = parse_qs(request.query)
    if query.get("stream") != ["true"]:
        return as_json(events[-1]["response"])
    after = query.get("starting_after", ["-1"])[-1]
    first = int(after) + 1 if after.lstrip("-").isdigit() else 0
    return as_stream(response_stream(events[first:]))


def _model(name: str) -> Json:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "openai"}


def _listing(rows: list[Json]) -> Json:
    return {"object": "list", "data": rows, "has_more": False}


def _file(content: Json, memory: Memory) -> Json:
    file = {"id": memory.new("file-"), "object": "file", "bytes": 1, "created_at": now(), "filename": "file"}
    return {**file, "purpose": content.get("purpose"), "status": "processed"}


def _video(name: str) -> Json:
    return {
        "id": name,
        "object": "video",
        "status": "completed",
        "progress": 100,
        "created_at": now(),
        "model": "sora-2",
    }
