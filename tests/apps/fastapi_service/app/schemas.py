from pydantic import BaseModel, Field


class Ticket(BaseModel):
    text: str = Field(min_length=1, examples=["The gpt-4o model is slow today"])


class Summary(BaseModel):
    title: str
    bullets: list[str]
    sentiment: float = Field(ge=-1, le=1)


class Embedding(BaseModel):
    vector: list[float]
