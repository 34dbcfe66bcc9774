from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import backoff
from openai import APIError, AsyncOpenAI, RateLimitError

from jobs.clients import get_async_client, local_client
from jobs.config import CONFIG, FALLBACKS, JobConfig

logger = logging.getLogger("enrich")
Product = dict[str, Any]

TAG_SCHEMA = {
    "name": "tags",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {"tags": {"type": "array", "items": {"type": "string"}}},
        "required": ["tags"],
        "additionalProperties": False,
    },
}


class Enricher:
    def __init__(self, config: JobConfig, client: AsyncOpenAI | None = None) -> None:
        self.config = config
        self.client = client if client is not None else get_async_client()
        self.semaphore = asyncio.Semaphore(config.concurrency)

    @backoff.on_exception(backoff.expo, RateLimitError, max_tries=6)
    async def _chat(self, model: str, prompt: str, **options: Any) -> str:
        async with self.semaphore:
            logger.debug("asking %s", model)
            completion = await self.client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": prompt}], **options
            )
        return completion.choices[0].message.content or ""

    async def describe(self, product: Product) -> str:
        prompt = f"Describe in {self.config.max_words} words: {product['title']}"
        try:
            return await self._chat(self.config.describe_model, prompt)
        except APIError:
            for model in FALLBACKS:
                try:
                    return await self._chat(model, prompt)
                except APIError:
                    logger.warning("%s failed too", model)
            raise

    async def tags(self, product: Product) -> list[str]:
        text = await self._chat(
            model=self.config.tag_model,
            prompt=f"Tags for: {product['title']}",
            response_format={"type": "json_schema", "json_schema": TAG_SCHEMA},
        )
        return json.loads(text)["tags"]

    async def translate(self, product: Product) -> dict[str, str]:
        cfg = self.config.translate
        texts = await asyncio.gather(
            *(self._chat(cfg.model, f"Translate to {lang}: {product['title']}") for lang in cfg.languages)
        )
        return dict(zip(cfg.languages, texts))

    async def slogan(self, product: Product) -> str:
        completion = await get_async_client().chat.completions.create(
            model=CONFIG["llm"]["model"],
            temperature=CONFIG["llm"]["temperature"],
            messages=[{"role": "user", "content": f"A slogan for {product['title']}"}],
        )
        return completion.choices[0].message.content or ""

    async def enrich(self, product: Product) -> Product:
        description, tags, translations, slogan = await asyncio.gather(
            self.describe(product), self.tags(product), self.translate(product), self.slogan(product)
        )
        return {**product, "description": description, "tags": tags, "i18n": translations, "slogan": slogan}


async def adult_check(title: str) -> bool:
    """Runs on our own GPU, never leaves the house."""
    completion = await local_client().chat.completions.create(
        model=CONFIG["local"]["model"],
        messages=[{"role": "user", "content": f"Answer yes or no, is this an adult product: {title}"}],
    )
    return "yes" in (completion.choices[0].message.content or "").lower()
