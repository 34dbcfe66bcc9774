"""The stand-in answers the real SDK as OpenRouter would, and refuses what OpenRouter refuses."""

from __future__ import annotations

import asyncio
import json
import stat
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from codemod.config import Config
from codemod.verify.answers import TEXT
from codemod.verify.errors import Fault
from codemod.verify.stand_in import StandIn
from codemod.verify.traffic import Api, KeyKind

OPENROUTER = "https://openrouter.ai/api/v1"
KEY = "sk-or-v1-" + "1" * 64
OPENAI_KEY = "sk-proj-abcdefghijklmnop0123456789"
MESSAGES = [{"role": "user", "content": "hello"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}

Start = Callable[..., StandIn]


def fetch(address: str, data: bytes | None = None) -> object:
    # urlopen keeps the proxies of its first call.
    return urllib.request.build_opener().open(address, data)


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a stand-in and leads this process to it."""
    started = []

    def start_one(**options: object) -> StandIn:
        stand_in = StandIn(**options)  # type: ignore[arg-type]
        started.append(stand_in.__enter__())
        for name, value in stand_in.environment().items():
            monkeypatch.setenv(name, value)
        for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL"):
            monkeypatch.delenv(name, raising=False)
        return stand_in

    yield start_one
    for stand_in in started:
        stand_in.__exit__(None, None, None)


@pytest.fixture
def stand_in(start: Start) -> StandIn:
    return start()


@pytest.fixture
def client(stand_in: StandIn) -> Iterator[OpenAI]:
    with OpenAI(base_url=OPENROUTER, api_key=KEY, max_retries=0) as made:
        yield made


def test_a_chat_completion(client: OpenAI, stand_in: StandIn) -> None:
    answer = client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES, temperature=0.2)
    assert (answer.choices[0].message.content, answer.model) == (TEXT, "openai/gpt-4o")
    assert answer.id.startswith("gen-")
    (seen,) = stand_in.requests
    assert (seen.api, seen.host, seen.endpoint) == (Api.OPENROUTER, "openrouter.ai", "/chat/completions")
    assert (seen.model, seen.key, seen.status, seen.problems) == ("openai/gpt-4o", KeyKind.OPENROUTER, 200, ())
    assert seen.body == {"messages": MESSAGES, "temperature": 0.2}


def test_a_stream_ends_with_the_usage_in_a_chunk_without_choices(client: OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES, stream=True))
    assert (chunks[-1].choices, chunks[-1].usage is not None) == ([], True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == TEXT


def test_a_stream_has_comment_lines(client: OpenAI) -> None:
    raw = client.chat.completions.with_streaming_response
    with raw.create(model="openai/gpt-4o", messages=MESSAGES, stream=True) as response:
        assert response.read().startswith(b": OPENROUTER PROCESSING\n\n")


def test_a_tool_is_called_until_it_has_answered(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES, tools=[TOOL])
    (call,) = answer.choices[0].message.tool_calls or ()
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "text"})
    assert answer.choices[0].finish_reason == "tool_calls"
    told = [*MESSAGES, answer.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
    answer = client.chat.completions.create(model="openai/gpt-4o", messages=told, tools=[TOOL])
    assert answer.choices[0].message.content == TEXT


class Order(BaseModel):
    number: int
    items: list[str]
    note: str | None


def test_a_parsed_answer_keeps_to_the_schema(client: OpenAI) -> None:
    answer = client.chat.completions.parse(model="openai/gpt-4o", messages=MESSAGES, response_format=Order)
    assert answer.choices[0].message.parsed == Order(number=1, items=["text"], note="text")
    response = client.responses.parse(model="openai/gpt-4o", input="x", text_format=Order)
    assert response.output_parsed == Order(number=1, items=["text"], note="text")


@pytest.mark.parametrize("form", ["float", "base64"])
def test_embeddings_have_the_dimensions_of_the_model(client: OpenAI, form: str) -> None:
    for name, size in (("3-small", 1536), ("3-large", 3072)):
        answer = client.embeddings.create(
            model=f"openai/text-embedding-{name}", input=["one", "two", "one"], encoding_format=form
        )
        one, two, again = (row.embedding for row in answer.data)
        if form == "float":
            assert (len(one), one == again, one == two) == (size, True, False)


def test_a_response_whole_and_as_a_stream(client: OpenAI) -> None:
    assert client.responses.create(model="openai/gpt-4o", input="hello").output_text == TEXT
    with client.responses.stream(model="openai/gpt-4o", input="hello") as stream:
        text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        assert (text, stream.get_final_response().output_text) == (TEXT, TEXT)


def test_speech_transcription_and_models(client: OpenAI) -> None:
    speech = client.audio.speech.create(
        model="openai/gpt-4o-mini-tts-2025-12-15", voice="alloy", input="x", response_format="mp3"
    )
    assert speech.content[:2] == b"\xff\xfb"
    text = client.audio.transcriptions.create(model="openai/whisper-1", file=("a.wav", b"RIFF"))
    assert text.text == TEXT
    ids = {model.id for model in client.models.list()}
    assert "openai/gpt-4o" in ids
    assert "openai/text-embedding-3-small" not in ids


def test_an_uploaded_file_is_kept_as_a_digest(client: OpenAI, stand_in: StandIn) -> None:
    client.audio.transcriptions.create(model="openai/whisper-1", file=("a.wav", b"RIFF"), language="en")
    (seen,) = stand_in.requests
    assert seen.body["language"] == "en"
    assert seen.body["file"].startswith("a.wav: 4 bytes, sha256 ")


def refused(call: Callable[[], object]) -> openai.APIStatusError:
    with pytest.raises(openai.APIStatusError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("gpt-4o", "gpt-4o is not a valid model ID; OpenRouter calls it openai/gpt-4o"),
        ("openai/gpt-4-0", "openai/gpt-4-0 is not a valid model ID"),
        ("openai/gpt-4.1-2025-04-14", "OpenRouter calls it openai/gpt-4.1"),
        ("openai/gpt-3.5-turbo", "no longer listed on 2026-11-10"),
        ("openrouter/openai/gpt-4o", "is not a valid model ID"),
        ("openai/text-embedding-3-small", "does not answer at /chat/completions"),
    ],
)
def test_a_model_that_is_none_is_refused_with_400(client: OpenAI, stand_in: StandIn, model: str, text: str) -> None:
    error = refused(lambda: client.chat.completions.create(model=model, messages=MESSAGES))
    assert (error.status_code, error.type, error.param) == (400, None, None)
    assert str(error.code) == "400"
    assert text in error.message
    assert stand_in.requests[0].problems[0].status == 400


@pytest.mark.parametrize(
    "model", ["openai/gpt-4o:nitro", "openai/gpt-oss-safeguard-20b", "@preset/mine", "openrouter/auto"]
)
def test_what_else_can_stand_for_a_model(client: OpenAI, model: str) -> None:
    assert client.chat.completions.create(model=model, messages=MESSAGES).choices


def test_a_key_of_openai_is_refused_with_401_and_not_kept(stand_in: StandIn) -> None:
    with OpenAI(base_url=OPENROUTER, api_key=OPENAI_KEY, max_retries=0) as client:
        error = refused(lambda: client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES))
    assert error.status_code == 401
    assert "this is not an OpenRouter API key" in error.message
    assert stand_in.requests[0].key is KeyKind.OPENAI
    assert OPENAI_KEY not in repr(stand_in.requests)


def test_keys_in_a_body_are_not_kept(start: Start) -> None:
    stand_in = start(secrets=("my-own-secret",))
    with OpenAI(base_url=OPENROUTER, api_key=KEY) as client:
        told = [{"role": "user", "content": f"{OPENAI_KEY} and my-own-secret"}]
        client.chat.completions.create(model="openai/gpt-4o", messages=told)
    assert "hello" not in repr(stand_in.requests)
    assert OPENAI_KEY not in repr(stand_in.requests)
    assert "my-own-secret" not in repr(stand_in.requests)


def test_headers_of_openai_are_a_problem_and_those_of_the_app_are_kept(start: Start) -> None:
    stand_in = start(config=Config(site_url="https://shop.example.com", app_title="Shop"))
    headers = {"X-OpenRouter-Title": "Shop"}
    with OpenAI(base_url=OPENROUTER, api_key=KEY, organization="org-1", default_headers=headers) as client:
        client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES)
    (seen,) = stand_in.requests
    assert seen.attribution == ("x-openrouter-title",)
    assert [problem.text.split(":")[0] for problem in seen.problems] == [
        "sends the header openai-organization of OpenAI",
        "lacks the configured header HTTP-Referer",
    ]


@pytest.mark.parametrize("more", [{"previous_response_id": "resp_1"}, {"store": True}])
def test_responses_are_stateless(client: OpenAI, more: dict[str, object]) -> None:
    error = refused(lambda: client.responses.create(model="openai/gpt-4o", input="x", **more))
    assert (error.status_code, "stateless" in error.message) == (400, True)


def test_what_openrouter_does_not_serve_is_404(client: OpenAI, stand_in: StandIn) -> None:
    assert refused(lambda: client.moderations.create(input="x")).status_code == 404
    assert refused(lambda: client.models.retrieve("openai/gpt-4o")).status_code == 404
    assert refused(lambda: client.images.generate(prompt="x")).status_code == 404
    assert all(seen.problems for seen in stand_in.requests)


def test_the_base_url_of_the_module_level_client_needs_its_last_slash(stand_in: StandIn) -> None:
    # This is the address that the SDK makes of a base_url without it.
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetch(f"{OPENROUTER}chat/completions", b"{}")
    assert caught.value.code == 404
    caught.value.close()
    assert "last slash" in stand_in.requests[0].problems[0].text


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.NO_CREDITS, openai.APIStatusError),
        (Fault.NO_ENDPOINT, openai.NotFoundError),
        (Fault.RATE_LIMIT, openai.RateLimitError),
        (Fault.BAD_GATEWAY, openai.InternalServerError),
    ],
)
def test_a_fault_in_the_shape_of_openrouter(start: Start, fault: Fault, kind: type[openai.APIStatusError]) -> None:
    start(faults=[fault])
    with OpenAI(base_url=OPENROUTER, api_key=KEY, max_retries=0) as client:
        error = refused(lambda: client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES))
        assert type(error) is kind
        assert str(error.status_code) == fault.value
        assert error.body["metadata"]["error_type"]  # type: ignore[index, call-overload]
        assert ("retry-after" in error.response.headers) == (fault is Fault.RATE_LIMIT)
        assert client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES).choices


def test_an_error_in_a_stream(start: Start) -> None:
    start(faults=[Fault.IN_STREAM])
    with OpenAI(base_url=OPENROUTER, api_key=KEY) as client:
        stream = client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES, stream=True)
        with pytest.raises(openai.APIError, match="Provider returned error") as caught:
            list(stream)
        assert type(caught.value) is openai.APIError


def test_an_error_with_status_200(start: Start) -> None:
    start(faults=[Fault.IN_BODY])
    with OpenAI(base_url=OPENROUTER, api_key=KEY) as client:
        assert client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES).choices is None


def test_async_requests_at_once_overlap(stand_in: StandIn) -> None:
    async def ask() -> list[str | None]:
        async with AsyncOpenAI(base_url=OPENROUTER, api_key=KEY) as client:
            asked = (client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES) for _ in range(4))
            return [answer.choices[0].message.content for answer in await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [TEXT] * 4
    assert max(seen.started for seen in stand_in.requests) < min(seen.ended for seen in stand_in.requests)


# OpenAI, for a program that has not been migrated.


def test_openai_answers_in_its_own_shape(stand_in: StandIn) -> None:
    with OpenAI(api_key=OPENAI_KEY, max_retries=0) as client:
        answer = client.chat.completions.create(model="gpt-4o", messages=MESSAGES, n=2)
        assert (answer.id[:9], len(answer.choices)) == ("chatcmpl-", 2)
        chunks = list(client.chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True))
        assert all(chunk.choices for chunk in chunks)
        assert client.moderations.create(input=["x", "y"]).results[1].flagged is False
        assert client.images.generate(prompt="x").data[0].url  # type: ignore[index]
        error = refused(lambda: client.chat.completions.create(model="openai/gpt-4o", messages=MESSAGES))
        assert (error.status_code, error.code) == (404, "model_not_found")
    assert [seen.api for seen in stand_in.requests] == [Api.OPENAI] * 5


def test_a_response_in_the_background_is_had_again(stand_in: StandIn) -> None:
    with OpenAI(api_key=OPENAI_KEY, max_retries=0) as client:
        given = client.responses.create(model="gpt-4o", input="x", background=True)
        assert client.responses.retrieve(given.id).output_text == TEXT
        events = list(client.responses.retrieve(given.id, stream=True, starting_after=3))
        assert (events[0].sequence_number, events[-1].type) == (4, "response.completed")
        assert refused(lambda: client.responses.retrieve("resp_unknown")).status_code == 403


def test_what_openai_alone_has_is_played(stand_in: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"{}")
    with OpenAI(api_key=OPENAI_KEY, max_retries=0) as client:
        assert client.responses.input_tokens.count(model="gpt-4o", input="x").input_tokens > 0
        assert client.files.create(file=file, purpose="batch").status == "processed"
        assert client.files.list().data == []
        assert client.models.retrieve("gpt-4o").id == "gpt-4o"
        upload = client.uploads.upload_file_chunked(file=file, mime_type="text/plain", purpose="batch")
        assert upload.status == "completed"
        # The SDK's own methods warn that these will go.
        video = cast("dict[str, str]", client.post("/videos", cast_to=object, body={"prompt": "x"}))
        again = cast("dict[str, str]", client.get(f"/videos/{video['id']}", cast_to=object))
        assert again["status"] == "completed"
    assert {seen.status for seen in stand_in.requests} == {200}


def test_a_host_for_clients_with_a_certificate_is_one_of_openai(stand_in: StandIn) -> None:
    with OpenAI(base_url="https://mtls.api.openai.com/v1", api_key=OPENAI_KEY, max_retries=0) as client:
        client.files.list()
    assert [(seen.api, seen.endpoint) for seen in stand_in.requests] == [(Api.OPENAI, "/files")]


def test_openai_refuses_a_key_of_openrouter(stand_in: StandIn) -> None:
    with OpenAI(api_key=KEY, max_retries=0) as client:
        error = refused(lambda: client.chat.completions.create(model="gpt-4o", messages=MESSAGES))
    assert (error.status_code, error.code) == (401, "invalid_api_key")


# Everybody else.


def test_another_host_is_seen_and_not_forwarded(stand_in: StandIn) -> None:
    for address in ("https://example.com/hook?a=1", "http://example.com/hook?a=1"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            fetch(address, b"x")
        assert caught.value.code == 403
        caught.value.close()
    for seen in stand_in.requests:
        assert (seen.api, seen.host, seen.method, seen.endpoint) == (Api.OTHER, "example.com", "POST", "/hook")
        assert (seen.query, seen.problems[0].is_note) == ("a=1", True)


def test_an_api_like_that_of_openai_is_answered(stand_in: StandIn) -> None:
    with OpenAI(base_url="https://api.deepseek.com/v1", api_key="sk-1234567890") as client:
        assert client.chat.completions.create(model="deepseek-chat", messages=MESSAGES).choices
    (seen,) = stand_in.requests
    assert (seen.api, seen.endpoint) == (Api.OTHER, "/v1/chat/completions")


def test_a_program_that_does_not_trust_the_certificate_is_seen(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(urllib.error.URLError, match="certificate verify failed"):
        fetch("https://openrouter.ai/api/v1/models")
    stand_in.__exit__(None, None, None)
    (seen,) = stand_in.requests
    assert (seen.method, seen.host, seen.status) == ("CONNECT", "openrouter.ai", 0)
    assert "SSL_CERT_FILE" in seen.problems[0].text


def test_it_is_private_local_and_gone_afterwards() -> None:
    stand_in = StandIn()
    with stand_in:
        variables = stand_in.environment()
        certificate = Path(variables["SSL_CERT_FILE"])
        assert stat.S_IMODE(certificate.parent.stat().st_mode) == 0o700
        assert b"PRIVATE KEY" not in certificate.read_bytes()
        assert variables["HTTPS_PROXY"].startswith("http://127.0.0.1:")
        assert [path.name for path in certificate.parent.iterdir()] == [certificate.name]
    assert not certificate.parent.exists()
