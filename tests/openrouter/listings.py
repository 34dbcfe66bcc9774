"""Answers of OpenRouter's models endpoint, made by hand."""

from __future__ import annotations

from typing import Any


def model_row(model_id: str) -> dict[str, Any]:
    """A row as OpenRouter has it, with a few of the fields that nothing here reads."""
    return {
        "id": model_id,
        "canonical_slug": f"{model_id}-20270101",
        "name": "A model",
        "description": "Words.",
        "context_length": 8192,
        "architecture": {
            "input_modalities": ["text", "image"],
            "output_modalities": ["text"],
            "tokenizer": "Other",
        },
        "pricing": {"prompt": "0.00000015", "completion": "0.0000006", "web_search": "0.01"},
        "top_provider": {"context_length": 8192, "max_completion_tokens": 1024, "is_moderated": False},
        "supported_parameters": ["tools", "seed"],
        "expiration_date": "2027-12-31",
    }


def answer(*model_ids: str) -> dict[str, Any]:
    """An answer with these models, and enough others to be a listing."""
    others = [f"openai/gpt-test-{number}" for number in range(100)]
    return {"data": [model_row(each) for each in (*model_ids, *others)]}
