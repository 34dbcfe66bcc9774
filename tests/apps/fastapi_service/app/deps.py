from typing import Annotated, AsyncIterator

from fastapi import Depends
from openai import AsyncAzureOpenAI, AsyncOpenAI

from app.services import Reasoner, Summarizer
from app.settings import Settings, get_settings

SettingsDep = Annotated[Settings, Depends(get_settings)]


async def get_openai(settings: SettingsDep) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(
        api_key=settings.openai_api_key,
        timeout=settings.request_timeout,
    ) as client:
        yield client


def get_azure(settings: SettingsDep) -> AsyncAzureOpenAI:
    return AsyncAzureOpenAI(
        azure_endpoint=settings.azure_openai_endpoint,
        api_key=settings.azure_openai_key,
        api_version="2024-06-01",
    )


OpenAIDep = Annotated[AsyncOpenAI, Depends(get_openai)]
AzureDep = Annotated[AsyncAzureOpenAI, Depends(get_azure)]


def get_summarizer(client: OpenAIDep, settings: SettingsDep) -> Summarizer:
    return Summarizer(client, model=settings.chat_model)


def get_reasoner(client: OpenAIDep, settings: SettingsDep) -> Reasoner:
    return Reasoner(client=client, model=settings.reasoning_model)
