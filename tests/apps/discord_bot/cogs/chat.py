import time
from collections import defaultdict

import discord
import tiktoken
from discord import app_commands
from discord.ext import commands
from openai import APIError, AsyncOpenAI

import config

SYSTEM = 'You are a friendly Discord bot. Keep answers under 1900 characters.'


class Chat(commands.Cog):
    """Talks to people. Uses gpt-4o-mini unless told otherwise."""

    def __init__(self, bot):
        self.bot = bot
        self.client = AsyncOpenAI(api_key=config.OPENAI_API_KEY, timeout=60)
        self.model = config.CHAT_MODEL
        self.history = defaultdict(list)
        self.encoding = tiktoken.encoding_for_model(config.TOKENIZER_MODEL)

    def _messages(self, channel_id, question):
        history = self.history[channel_id]
        history.append({'role': 'user', 'content': question})
        del history[:-config.MAX_HISTORY]
        return [{'role': 'system', 'content': SYSTEM}, *history]

    @app_commands.command(name='ask', description='Ask me anything')
    async def ask(self, interaction: discord.Interaction, question: str):
        await interaction.response.defer(thinking=True)
        buf, last_edit = '', 0.0
        try:
            stream = await self.client.chat.completions.create(
                model=self.model,
                messages=self._messages(interaction.channel_id, question),
                stream=True,
            )
            async for chunk in stream:
                delta = chunk.choices[0].delta
                if delta.content:
                    buf += delta.content
                    if time.monotonic() - last_edit > 1:
                        await interaction.edit_original_response(content=buf[:2000])
                        last_edit = time.monotonic()
        except APIError as e:
            await interaction.followup.send(f'OpenAI says no: {e}')
            return
        self.history[interaction.channel_id].append({'role': 'assistant', 'content': buf})
        await interaction.edit_original_response(content=buf[:2000] or '...')

    @commands.command()
    async def tldr(self, ctx, limit: int = 50):
        lines = [f'{m.author.display_name}: {m.content}' async for m in ctx.channel.history(limit=limit)]
        text = '\n'.join(reversed(lines))
        if len(self.encoding.encode(text)) > 12000:
            await ctx.send('Too much text, sorry.')
            return
        await ctx.send(await self.summarize(text))

    async def summarize(self, text):
        res = await self.client.chat.completions.create(
            model=config.SUMMARY_MODEL,
            messages=[{'role': 'system', 'content': 'TL;DR, max 5 lines.'}, {'role': 'user', 'content': text}],
            temperature=0.2,
        )
        return res.choices[0].message.content

    @commands.Cog.listener()
    async def on_message(self, message):
        if message.author.bot or self.bot.user not in message.mentions:
            return
        async with message.channel.typing():
            res = await self.client.chat.completions.create(
                model='gpt-4o' if len(message.content) > 400 else self.model,
                messages=self._messages(message.channel.id, message.clean_content),
            )
        await message.reply(res.choices[0].message.content)


async def setup(bot):
    await bot.add_cog(Chat(bot))
