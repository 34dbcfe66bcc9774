import os
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands
from openai import AsyncOpenAI

client = AsyncOpenAI(api_key=os.environ.get('OPENAI_API_KEY'))

PERSONAS = {
    'pirate': {'prompt': 'You are a pirate.', 'model': 'gpt-4o-mini', 'temperature': 1.1},
    'lawyer': {'prompt': 'You are a careful lawyer.', 'model': 'gpt-4.1', 'temperature': 0.1},
}


async def speak(persona: str, text: str) -> str:
    p = PERSONAS[persona]
    r = await client.chat.completions.create(
        model=p['model'],
        temperature=p['temperature'],
        messages=[{'role': 'system', 'content': p['prompt']}, {'role': 'user', 'content': text}],
    )
    return r.choices[0].message.content


class Persona(commands.Cog):
    @app_commands.command(name='persona')
    async def persona(self, interaction: discord.Interaction, who: Literal['pirate', 'lawyer'], text: str):
        await interaction.response.defer()
        await interaction.followup.send(await speak(who, text))

    @app_commands.command(name='raw')
    async def raw(
        self,
        interaction: discord.Interaction,
        text: str,
        model: Literal['gpt-4o', 'gpt-4o-mini', 'o4-mini'] = 'gpt-4o-mini',
    ):
        await interaction.response.defer()
        r = await client.chat.completions.create(model=model, messages=[{'role': 'user', 'content': text}])
        await interaction.followup.send(r.choices[0].message.content[:2000])


async def setup(bot):
    await bot.add_cog(Persona())
