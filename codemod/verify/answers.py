"""The answers of a served request, in the shape of either API.

The text is always the same and does not depend on the model, so that a program that goes on from an answer goes on
alike before and after its migration.
"""

from __future__ import annotations

import base64
import itertools
import json
import random
import re
import struct
import time
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Any

from codemod.records import record
from codemod.verify.examples import example
from codemod.verify.model_ids import catalogue
from codemod.verify.traffic import Api, Json

TEXT = "This is the answer of the stand-in."
_JSON = "application/json"
# What is sent while a model is awaited (docs, api_reference/streaming).
PROCESSING = b": OPENROUTER PROCESSING\n\n"
DONE = b"data: [DONE]\n\n"
_DIMENSIONS = {"text-embedding-3-large": 3072}
_DEFAULT_DIMENSIONS = 1536
# A frame header of MPEG audio and silence: enough for what looks at the first bytes.
_MP3 = b"\xff\xfb\x90\x00" + bytes(413)


@record
class Answer:
    """What is sent back. ``pieces`` of a stream go out one by one; other answers have one."""

    status: int
    content_type: str
    pieces: tuple[bytes, ...]
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_stream(self) -> bool:
        return self.content_type.startswith("text/event-stream")


class Memory:
    """What one answer knows of another: numbers that no two share, and the events of the responses that were given."""

    def __init__(self) -> None:
        self.responses: dict[str, tuple[Json, ...]] = {}
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def new(self, prefix: str) -> str:
        with self._lock:
            return f"{prefix}{next(self._numbers):012d}"


def as_json(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, _JSON, (json.dumps(value).encode(),), headers)


def as_stream(pieces: Iterable[bytes]) -> Answer:
    return Answer(200, "text/event-stream", tuple(pieces), (("Cache-Control", "no-cache"),))


def event(value: Json, name: str | None = None) -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(value)}\n\n".encode()


def now() -> int:
    return int(time.time())


def _words(text: str) -> list[str]:
    """The text in the pieces in which it is streamed."""
    return re.findall(r"\S+\s*|\s+", text)


# Chat completions.


@record
class Call:
    """A tool that is called: its name, and its arguments as JSON text."""

    name: str
    arguments: str


def chat(api: Api, content: Json, memory: Memory) -> Answer:
    """The answer to a chat completion: text, an example of the wanted schema, or a call of a tool."""
    call = _called(content, _tool_results(content.get("messages")))
    text = None if call else _wanted_text(content.get("response_format"))
    head = {
        "id": memory.new("gen-" if api is Api.OPENROUTER else "chatcmpl-"),
        "created": now(),
        "model": content.get("model") or "openai/gpt-4o",
        "system_fingerprint": "fp_stand_in",
        **({"provider": "OpenAI"} if api is Api.OPENROUTER else {}),
    }
    usage = _usage(api, TEXT if text is None else text)
    if content.get("stream"):
        return as_stream(_chat_chunks(api, content, head, _call_entry(call, memory), text, usage))
    message: Json = {"role": "assistant", "content": text, "refusal": None}
    if call:
        message["tool_calls"] = [_call_entry(call, memory)]
    elif api is Api.OPENROUTER:
        message["reasoning"] = None
    count = 1 if api is Api.OPENROUTER else content.get("n") or 1
    reason = "tool_calls" if call else "stop"
    choices = [_choice(api, index, {"message": message}, reason) for index in range(count)]
    return as_json({**head, "object": "chat.completion", "choices": choices, "usage": usage})


def _chat_chunks(
    api: Api, content: Json, head: Json, call: Json | None, text: str | None, usage: Json
) -> Iterator[bytes]:
    head = {**head, "object": "chat.completion.chunk"}
    if api is Api.OPENROUTER:
        yield PROCESSING
    yield event({**head, "choices": [_choice(api, 0, {"delta": {"role": "assistant", "content": ""}}, None)]})
    for delta in _deltas(call, text):
        yield event({**head, "choices": [_choice(api, 0, {"delta": delta}, None)]})
    yield event({**head, "choices": [_choice(api, 0, {"delta": {}}, "tool_calls" if call else "stop")]})
    # OpenRouter always sends the usage, OpenAI where it is asked for.
    if api is Api.OPENROUTER or (content.get("stream_options") or {}).get("include_usage"):
        yield event({**head, "choices": [], "usage": usage})
    yield DONE


def _deltas(call: Json | None, text: str | None) -> Iterator[Json]:
    for word in _words(text or ""):
        yield {"content": word}
    if call:
        function = {**call["function"], "arguments": ""}
        yield {"tool_calls": [{"index": 0, **call, "function": function}]}
        for piece in _words(call["function"]["arguments"]):
            yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}


def _choice(api: Api, index: int, what: Json, reason: str | None) -> Json:
    choice = {"index": index, **what, "finish_reason": reason, "logprobs": None}
    return {**choice, "native_finish_reason": reason} if api is Api.OPENROUTER else choice


def _usage(api: Api, text: str) -> Json:
    count = len(_words(text))
    usage: Json = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": 10 + count}
    return {**usage, "cost": 0.0001, "is_byok": False} if api is Api.OPENROUTER else usage


def _wanted_text(wanted: Any) -> str:
    """The text of an answer in this ``response_format`` (of chat) or ``text.format`` (of responses)."""
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind == "json_schema":
        return json.dumps(example(wanted.get("schema") or (wanted.get("json_schema") or {}).get("schema")))
    return json.dumps({"answer": TEXT}) if kind == "json_object" else TEXT


def _tool_results(messages: Any) -> int:
    """How many tools have answered since the last word of the user."""
    count = 0
    for message in reversed(messages if isinstance(messages, list) else []):
        if not isinstance(message, dict) or message.get("role") == "user":
            break
        count += message.get("role") == "tool" or message.get("type") == "function_call_output"
    return count


def _called(content: Json, results: int) -> Call | None:
    """The tool that is called: the one that is demanded, else the first as long as none has answered."""
    tools = [_function(tool) for tool in content.get("tools") or ()]
    functions = [tool for tool in tools if tool]
    choice = content.get("tool_choice", "auto")
    if not functions or choice == "none":
        return None
    if isinstance(choice, dict):
        name = (choice.get("function") or choice).get("name")
        return _call(next((each for each in functions if each.get("name") == name), functions[0]))
    if choice == "required":
        return _call(functions[min(results, len(functions) - 1)])
    return None if results else _call(functions[0])


def _function(tool: Any) -> Json | None:
    """The function in a tool, of chat (nested) or responses (flat); None for a tool of another kind."""
    if not isinstance(tool, dict) or tool.get("type", "function") != "function":
        return None
    function = tool.get("function", tool)
    return function if isinstance(function, dict) else None


def _call(function: Json) -> Call:
    return Call(str(function.get("name")), json.dumps(example(function.get("parameters") or {"type": "object"})))


def _call_entry(call: Call | None, memory: Memory) -> Json | None:
    if call is None:
        return None
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": memory.new("call_"), "type": "function", "function": function}


# Responses.


def response(api: Api, content: Json, memory: Memory) -> Answer:
    """The answer to a response: text, an example of the wanted schema, or a call of a tool."""
    call = _called(content, _tool_results(content.get("input")))
    text = None if call else _wanted_text((content.get("text") or {}).get("format"))
    item = _output_item(call, text, memory)
    body = _response_body(api, content, memory)
    usage: Json = {"input_tokens": 10, "output_tokens": 8, "total_tokens": 18}
    usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    finished = {**body, "status": "completed", "output": [item], "usage": usage}
    started = {**body, "status": "in_progress", "output": [], "usage": None}
    events = [
        {"type": "response.created", "response": started},
        {"type": "response.in_progress", "response": started},
        *_item_events(item),
        {"type": "response.completed", "response": finished},
    ]
    numbered = tuple({**each, "sequence_number": number} for number, each in enumerate(events))
    memory.responses[body["id"]] = numbered
    if not content.get("stream"):
        return as_json(finished)
    pieces = response_stream(numbered)
    return as_stream([PROCESSING, *pieces] if api is Api.OPENROUTER else pieces)


def response_stream(events: Iterable[Json]) -> list[bytes]:
    return [event(each, each["type"]) for each in events]


def _response_body(api: Api, content: Json, memory: Memory) -> Json:
    kept = ("instructions", "metadata", "temperature", "top_p", "max_output_tokens", "previous_response_id")
    return {
        "id": memory.new("gen-" if api is Api.OPENROUTER else "resp_"),
        "object": "response",
        "created_at": now(),
        "model": content.get("model") or "openai/gpt-4o",
        "error": None,
        "incomplete_details": None,
        "parallel_tool_calls": content.get("parallel_tool_calls", True),
        "tool_choice": content.get("tool_choice", "auto"),
        "tools": content.get("tools", []),
        "text": content.get("text", {"format": {"type": "text"}}),
        **{name: content.get(name) for name in kept},
    }


def _output_item(call: Call | None, text: str | None, memory: Memory) -> Json:
    if call:
        names = {"id": memory.new("fc_"), "call_id": memory.new("call_")}
        rest = {"type": "function_call", "name": call.name, "arguments": call.arguments, "status": "completed"}
        return {**names, **rest}
    part: Json = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"id": memory.new("msg_"), "type": "message", "role": "assistant", "status": "completed", "content": [part]}


def _item_events(item: Json) -> Iterator[Json]:
    place = {"item_id": item["id"], "output_index": 0}
    if item["type"] == "function_call":
        started = {**item, "arguments": "", "status": "in_progress"}
        yield {"type": "response.output_item.added", "output_index": 0, "item": started}
        for piece in _words(item["arguments"]):
            yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
        done = {"name": item["name"], "arguments": item["arguments"]}
        yield {"type": "response.function_call_arguments.done", **place, **done}
    else:
        part: Json = item["content"][0]
        place["content_index"] = 0
        started = {**item, "content": [], "status": "in_progress"}
        yield {"type": "response.output_item.added", "output_index": 0, "item": started}
        yield {"type": "response.content_part.added", **place, "part": {**part, "text": ""}}
        for word in _words(part["text"]):
            yield {"type": "response.output_text.delta", **place, "delta": word, "logprobs": []}
        yield {"type": "response.output_text.done", **place, "text": part["text"], "logprobs": []}
        yield {"type": "response.content_part.done", **place, "part": part}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}


# The other endpoints.


def completion(api: Api, content: Json, memory: Memory) -> Answer:
    """The answer to a completion of the older kind, whole or as a stream."""
    head: Json = {"id": memory.new("gen-" if api is Api.OPENROUTER else "cmpl-"), "object": "text_completion"}
    head |= {"created": now(), "model": content.get("model")}
    if content.get("stream"):
        pieces = [{"index": 0, "text": word, "finish_reason": None, "logprobs": None} for word in _words(TEXT)]
        return as_stream([*(event({**head, "choices": [piece]}) for piece in pieces), DONE])
    choice = {"index": 0, "text": TEXT, "finish_reason": "stop", "logprobs": None}
    return as_json({**head, "choices": [choice], "usage": _usage(api, TEXT)})


def embeddings(content: Json) -> Answer:
    """A vector for each input: the same one for the same input, of the dimensions that the model has."""
    given = content.get("input")
    inputs = given if isinstance(given, list) and given and not isinstance(given[0], int) else [given]
    name = str(content.get("model")).rpartition("/")[2]
    count = content.get("dimensions") or _DIMENSIONS.get(name, _DEFAULT_DIMENSIONS)
    packed = content.get("encoding_format") == "base64"
    rows = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if packed else vector}
        for index, vector in enumerate(_vector(each, count) for each in inputs)
    ]
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    return as_json({"object": "list", "data": rows, "model": content.get("model"), "usage": usage})


def _vector(given: Any, count: int) -> list[float]:
    source = random.Random(json.dumps(given))  # noqa: S311 - the same numbers each time are what is wanted
    return [source.uniform(-0.05, 0.05) for _ in range(count)]


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")


def speech(api: Api, content: Json) -> Answer:
    """Audio in the wanted format; where none is named, in the one that the API takes then."""
    wanted = content.get("response_format") or ("pcm" if api is Api.OPENROUTER else "mp3")
    return Answer(200, f"audio/{'mpeg' if wanted == 'mp3' else wanted}", (_MP3 if wanted == "mp3" else bytes(480),))


def transcription(content: Json) -> Answer:
    """A text in the wanted format."""
    wanted = content.get("response_format", "json")
    if wanted in {"text", "srt", "vtt"}:
        return Answer(200, "text/plain; charset=utf-8", (f"{TEXT}\n".encode(),))
    more: Json = {"language": "english", "duration": 1.0, "segments": []} if wanted == "verbose_json" else {}
    return as_json({"text": TEXT, **more})


def openrouter_models() -> Answer:
    """The listing of OpenRouter: the models of the catalogue that answer with text."""
    hidden = {"embedding", "audio_speech", "audio_transcription", "image_generation", "realtime", "video_generation"}
    rows = [
        {
            "id": name,
            "canonical_slug": name,
            "name": f"OpenAI: {model.id}",
            "created": 1_700_000_000,
            "description": "",
            "context_length": 128_000,
            "architecture": {"input_modalities": ["text"], "output_modalities": ["text"], "tokenizer": "GPT"},
            "pricing": {"prompt": "0.000001", "completion": "0.000002"},
            "top_provider": {"context_length": 128_000, "is_moderated": True},
            "supported_parameters": [],
        }
        for name, model in catalogue().items()
        if model.listed and model.mode not in hidden
    ]
    return as_json({"data": rows})


def openrouter_key() -> Answer:
    """What OpenRouter tells about the key of the request."""
    row = {"label": "sk-or-v1-...", "limit": None, "limit_remaining": None, "usage": 0, "is_free_tier": False}
    return as_json({"data": row})
