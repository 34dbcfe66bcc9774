import asyncio
import os

import discord
from openai import AsyncOpenAI


class Helper(discord.Client):
    """Answers in the channel and remembers the last words of each."""

    MODEL = "gpt-4o"

    def __init__(self, *, intents):
        super().__init__(intents=intents)
        self.llm = AsyncOpenAI(api_key=os.environ["OPENAI_API_KEY"])
        self.memory = {}

    async def on_message(self, message):
        if message.author == self.user:
            return
        history = self.memory.setdefault(message.channel.id, [])
        history.append({"role": "user", "content": message.content})
        async with message.channel.typing():
            reply = await self.llm.chat.completions.create(
                model=self.MODEL,
                messages=[{"role": "system", "content": "Be short."}, *history[-10:]],
            )
        text = reply.choices[0].message.content
        history.append({"role": "assistant", "content": text})
        await message.channel.send(text)


bot = Helper(intents=discord.Intents.default())
asyncio.run(bot.hear("hello", "how are you?"))
