"""The OpenAI client, made on first use (gunicorn forks, so not at import)."""
from openai import AzureOpenAI, OpenAI

from . import settings

_client = None
_azure = None


def get_client():
    global _client
    if _client is None:
        _client = OpenAI(
            api_key=settings.OPENAI_API_KEY,
            organization=None,
            timeout=20.0,
        )
    return _client


def get_azure():
    """EU customers only."""
    global _azure
    if _azure is None:
        _azure = AzureOpenAI(
            api_key=settings.AZURE_KEY,
            azure_endpoint=settings.AZURE_ENDPOINT,
            api_version='2024-02-01',
        )
    return _azure


def complete(messages, model=settings.CHAT_MODEL, **kwargs):
    """One completion; `model` defaults to CHAT_MODEL (gpt-4o-mini)."""
    response = get_client().chat.completions.create(model=model, messages=messages, **kwargs)
    return response


def complete_eu(messages):
    return get_azure().chat.completions.create(model='gpt-4o', messages=messages)
