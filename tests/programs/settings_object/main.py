from openai import OpenAI
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    openai_api_key: str
    openai_model: str = "gpt-4o-mini"
    temperature: float = 0.5


settings = Settings()
client = OpenAI(api_key=settings.openai_api_key)
answer = client.chat.completions.create(
    model=settings.openai_model,
    temperature=settings.temperature,
    messages=[{"role": "user", "content": "hello"}],
)
print(answer.choices[0].message.content)
