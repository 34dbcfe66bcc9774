"""Finds products by meaning."""

import os

from openai import AzureOpenAI

from shop.llm import client

# The archive was embedded by a deployment of our own, and stays there.
archive = AzureOpenAI(
    azure_endpoint=os.environ["AZURE_OPENAI_ENDPOINT"],
    api_key=os.environ["AZURE_OPENAI_API_KEY"],
    api_version="2024-10-21",
)


def embed(text: str) -> list[float]:
    return client.embeddings.create(model="text-embedding-3-small", input=text).data[0].embedding


def embed_as_archived(text: str) -> list[float]:
    return archive.embeddings.create(model="text-embedding-ada-002", input=text).data[0].embedding
