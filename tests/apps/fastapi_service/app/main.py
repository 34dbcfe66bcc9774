from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse

from app.deps import AzureDep, OpenAIDep, SettingsDep, get_reasoner, get_summarizer
from app.schemas import Embedding, Summary, Ticket
from app.services import Reasoner, Summarizer

app = FastAPI(title="Summarizer", description="Summaries by gpt-4o-mini")


@app.post("/summarize", response_model=Summary)
async def summarize(ticket: Ticket, service: Annotated[Summarizer, Depends(get_summarizer)]) -> Summary:
    try:
        return await service.summarize(ticket.text)
    except ValueError as exc:
        raise HTTPException(422, str(exc)) from exc


@app.post("/summarize/stream")
async def summarize_stream(
    ticket: Ticket, service: Annotated[Summarizer, Depends(get_summarizer)]
) -> StreamingResponse:
    return StreamingResponse(service.stream(ticket.text), media_type="text/plain")


@app.post("/embed")
async def embed(ticket: Ticket, client: OpenAIDep, settings: SettingsDep) -> Embedding:
    response = await client.embeddings.create(input=ticket.text, model=settings.embedding_model)
    return Embedding(vector=response.data[0].embedding)


@app.post("/translate")
async def translate(ticket: Ticket, client: OpenAIDep) -> dict[str, str]:
    completion = await client.with_options(max_retries=5).chat.completions.create(
        model="gpt-4.1-nano",
        messages=[{"role": "user", "content": f"Translate to English:\n\n{ticket.text}"}],
    )
    return {"text": completion.choices[0].message.content or ""}


@app.post("/answer")
async def answer(ticket: Ticket, reasoner: Annotated[Reasoner, Depends(get_reasoner)]) -> dict[str, str]:
    return {"answer": await reasoner.answer(ticket.text)}


@app.post("/eu/summarize")
async def summarize_eu(ticket: Ticket, azure: AzureDep) -> dict[str, str]:
    completion = await azure.chat.completions.create(
        model="gpt-4o-eu",
        messages=[{"role": "user", "content": ticket.text}],
    )
    return {"text": completion.choices[0].message.content or ""}
