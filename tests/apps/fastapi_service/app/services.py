from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from openai import AsyncOpenAI

from app.schemas import Summary

SYSTEM = "You summarize support tickets. Answer in the language of the ticket."


class Summarizer:
    def __init__(self, client: AsyncOpenAI, model: str, fallback_model: str = "gpt-4o") -> None:
        self._client = client
        self._model = model
        self._fallback_model = fallback_model

    def _messages(self, text: str) -> list[dict[str, str]]:
        return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]

    async def summarize(self, text: str) -> Summary:
        model = self._model if len(text) < 20_000 else self._fallback_model
        completion = await self._client.beta.chat.completions.parse(
            model=model,
            messages=self._messages(text),
            response_format=Summary,
        )
        parsed = completion.choices[0].message.parsed
        if parsed is None:
            raise ValueError(f"{model} refused to summarize")
        return parsed

    async def stream(self, text: str) -> AsyncIterator[str]:
        stream = await self._client.chat.completions.create(
            model=self._model, messages=self._messages(text), stream=True
        )
        async for chunk in stream:
            if chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content


@dataclass
class Reasoner:
    client: AsyncOpenAI
    model: str

    async def answer(self, question: str) -> str:
        response = await self.client.responses.create(
            model=self.model,
            input=question,
            reasoning={"effort": "medium"},
        )
        return response.output_text
