from __future__ import annotations

from functools import lru_cache
from typing import Iterator

from openai import OpenAI, Stream
from openai.types.chat import ChatCompletionChunk

from .constants import DEFAULT_MODEL


@lru_cache(maxsize=1)
def get_client() -> OpenAI:
    return OpenAI(timeout=30.0)


def local_client(base_url: str) -> OpenAI:
    return OpenAI(base_url=base_url, api_key="none")


def chat(prompt: str, *, model: str = DEFAULT_MODEL, system: str | None = None, temperature: float = 0.7) -> str:
    messages = [{"role": "user", "content": prompt}]
    if system:
        messages.insert(0, {"role": "system", "content": system})
    response = get_client().chat.completions.create(
        model=model,
        messages=messages,  # type: ignore[arg-type]
        temperature=temperature,
    )
    return response.choices[0].message.content or ""


def tokens(stream: Stream[ChatCompletionChunk]) -> Iterator[str]:
    for chunk in stream:
        delta = chunk.choices[0].delta
        if delta.content:
            yield delta.content


def chat_stream(prompt: str, model: str = DEFAULT_MODEL) -> Iterator[str]:
    stream = get_client().chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": prompt}],
        stream=True,
    )
    yield from tokens(stream)
