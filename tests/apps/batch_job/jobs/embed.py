from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice

import tiktoken

from jobs import clients
from jobs.clients import SyncClients
from jobs.config import CONFIG

LIMIT = 8191
ENCODING = tiktoken.encoding_for_model("text-embedding-3-small")


def clip(text: str) -> str:
    return ENCODING.decode(ENCODING.encode(text)[:LIMIT])


def batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    it = iter(texts)
    while batch := list(islice(it, size)):
        yield batch


async def embed_all(texts: Iterable[str]) -> list[list[float]]:
    settings = CONFIG["embeddings"]
    responses = await asyncio.gather(
        *(
            asyncio.to_thread(
                SyncClients.get().embeddings.create,
                model=settings["model"],
                input=[clip(t) for t in batch],
            )
            for batch in batches(texts, settings["batch_size"])
        )
    )
    return [item.embedding for response in responses for item in response.data]


def report(summary: str, urgent: bool = False) -> str:
    client = clients.pool["fast"] if urgent else clients.pool["slow"]
    stream = client.chat.completions.create(
        model="gpt-4o-mini" if urgent else "gpt-4.1",
        messages=[{"role": "user", "content": f"Write the nightly report:\n{summary}"}],
        stream=True,
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream)
