"""Lazy clients: importing this module must not need a key (the tests do not have one)."""

from __future__ import annotations

import os
from typing import Any

from openai import AsyncOpenAI, OpenAI

from jobs.config import CONFIG

_async_client: AsyncOpenAI | None = None


def _key() -> str:
    key = os.getenv("OPENAI_API_KEY")
    if not key:
        raise RuntimeError("no API key")
    return key


def get_async_client() -> AsyncOpenAI:
    global _async_client
    if _async_client is None:
        _async_client = AsyncOpenAI(api_key=_key(), max_retries=6, timeout=CONFIG["llm"]["timeout"])
    return _async_client


class SyncClients:
    _instance: OpenAI | None = None

    @classmethod
    def get(cls) -> OpenAI:
        if cls._instance is None:
            cls._instance = OpenAI(api_key=_key())
        return cls._instance


def local_client() -> AsyncOpenAI:
    return AsyncOpenAI(base_url="http://ollama:11434/v1", api_key="ollama")


def __getattr__(name: str) -> Any:
    if name == "pool":
        return {
            "fast": OpenAI(timeout=10),
            "slow": OpenAI(timeout=600),
        }
    raise AttributeError(name)
