from fastapi import FastAPI
from pydantic import BaseModel

from .llm import complete

app = FastAPI()


class Translation(BaseModel):
    text: str
    to: str = "fr"


@app.post("/translate")
async def translate(body: Translation) -> dict[str, str]:
    return {"text": await complete(f"Translate into {body.to}: {body.text}", temperature=0.1)}
