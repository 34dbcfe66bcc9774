from functools import lru_cache
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    openai_api_key: str
    chat_model: str = "gpt-4o-mini"
    embedding_model: str = Field(default="text-embedding-3-small")
    reasoning_model: Literal["o3-mini", "o4-mini"] = "o4-mini"
    request_timeout: float = 30.0

    # the EU deployment has its own Azure resource
    azure_openai_endpoint: str = ""
    azure_openai_key: str = ""


@lru_cache
def get_settings() -> Settings:
    return Settings()
