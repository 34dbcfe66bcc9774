import asyncio

from openai import AsyncOpenAI


async def main():
    client = AsyncOpenAI()
    stream = await client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "hello"}], stream=True
    )
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    print(text)
    await client.close()


asyncio.run(main())
