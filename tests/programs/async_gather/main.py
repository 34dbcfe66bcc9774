import asyncio

from openai import AsyncOpenAI

MODEL = "gpt-4.1-mini"


async def rate(client, limit, text):
    async with limit:
        answer = await client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": f"Rate: {text}"}]
        )
        return answer.choices[0].message.content


async def main():
    limit = asyncio.Semaphore(3)
    async with AsyncOpenAI() as client:
        print(await asyncio.gather(*(rate(client, limit, text) for text in ("a", "b", "c", "d"))))


asyncio.run(main())
