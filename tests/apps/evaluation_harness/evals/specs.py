"""Which models we compare, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelSpec:
    name: str
    max_tokens: int = 512
    temperature: float = 0.0


# the names are also the columns of the report, see run.py
CANDIDATES: list[ModelSpec] = [
    ModelSpec("gpt-4o"),
    ModelSpec("gpt-4o-mini"),
    ModelSpec(name="gpt-4.1", max_tokens=1024),
]

# USD per million tokens
PRICES: dict[str, tuple[float, float]] = {
    "gpt-4o": (2.5, 10.0),
    "gpt-4o-mini": (0.15, 0.6),
    "gpt-4.1": (2.0, 8.0),
}

JUDGE_MODELS = ["gpt-4.1-mini", "gpt-4o-2024-08-06"]
SUMMARY_MODEL = "o4-mini"
EMBEDDER = {"name": "text-embedding-3-large", "dimensions": 512}
