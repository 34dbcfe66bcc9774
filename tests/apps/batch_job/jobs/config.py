from __future__ import annotations

import os
from dataclasses import dataclass, field

CONFIG = {
    "llm": {
        "model": "gpt-4o-mini",
        "temperature": 0.2,
        "timeout": 45,
    },
    "embeddings": {
        "model": "text-embedding-3-small",
        "batch_size": 256,
    },
    "local": {"model": "llama3.1:8b", "keep_alive": "5m"},
}

FALLBACKS = ("gpt-4.1-mini", "gpt-4o")


@dataclass
class TranslateConfig:
    model: str = field(default_factory=lambda: os.getenv("ENRICH_TRANSLATE_MODEL", "gpt-4o-mini"))
    languages: list[str] = field(default_factory=lambda: ["de", "fr", "pl"])


@dataclass(frozen=True)
class JobConfig:
    describe_model: str = "gpt-4o"
    tag_model: str = "gpt-4o-mini"
    max_words: int = 80
    concurrency: int = 16
    translate: TranslateConfig = field(default_factory=TranslateConfig)


FAST = JobConfig(describe_model="gpt-4.1-nano", concurrency=64)
