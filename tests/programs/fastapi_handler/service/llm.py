from openai import AsyncOpenAI

client = AsyncOpenAI()
DEFAULT_MODEL = "gpt-4o-mini"


async def complete(prompt: str, *, model: str = DEFAULT_MODEL, temperature: float = 0.0) -> str:
    reply = await client.chat.completions.create(
        model=model,
        temperature=temperature,
        messages=[{"role": "user", "content": prompt}],
    )
    return reply.choices[0].message.content or ""
