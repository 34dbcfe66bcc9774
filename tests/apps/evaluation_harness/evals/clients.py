from __future__ import annotations

import os
from functools import cached_property

from groq import Groq
from openai import OpenAI

API_KEY = os.environ["OPENAI_API_KEY"]


class Clients:
    """One connection pool for each purpose."""

    @cached_property
    def candidates(self) -> OpenAI:
        return OpenAI(api_key=API_KEY, timeout=120)

    @cached_property
    def judge(self) -> OpenAI:
        return OpenAI(api_key=API_KEY, max_retries=8)

    @cached_property
    def groq(self) -> Groq:
        return Groq()


clients = Clients()

BY_NAME = {
    "embed": OpenAI(api_key=API_KEY),
    "gateway": OpenAI(
        api_key=os.environ["LLM_GATEWAY_KEY"],
        base_url=os.environ["LLM_GATEWAY_URL"],
    ),
    "vllm": OpenAI(api_key="EMPTY", base_url="http://gpu-01:8000/v1"),
}
