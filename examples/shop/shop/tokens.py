"""Counts tokens, so that a prompt is cut before the model refuses it."""

import tiktoken

from shop.settings import CHAT_MODEL, MAX_PROMPT_TOKENS


def fits(prompt: str) -> bool:
    return len(tiktoken.encoding_for_model(CHAT_MODEL).encode(prompt)) <= MAX_PROMPT_TOKENS
