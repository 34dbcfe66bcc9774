import asyncio
import logging
import os

import discord
from discord.ext import commands
from openai import AsyncOpenAI

import config

logging.basicConfig(level=logging.INFO)

intents = discord.Intents.default()
intents.message_content = True

EXTENSIONS = ('cogs.chat', 'cogs.persona', 'cogs.images', 'cogs.welcome')


class GptCord(commands.Bot):
    def __init__(self):
        super().__init__(command_prefix='!', intents=intents)
        self.ai = AsyncOpenAI(api_key=os.getenv('OPENAI_API_KEY'))

    async def setup_hook(self):
        for ext in EXTENSIONS:
            await self.load_extension(ext)
        await self.tree.sync()

    async def on_ready(self):
        logging.info('Logged in as %s', self.user)


async def main():
    async with GptCord() as bot:
        await bot.start(config.DISCORD_TOKEN)


if __name__ == '__main__':
    asyncio.run(main())
