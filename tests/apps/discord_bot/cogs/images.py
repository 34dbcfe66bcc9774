from discord.ext import commands
from openai import AsyncOpenAI


class Images(commands.Cog):
    def __init__(self, bot):
        self.bot = bot
        self.images = AsyncOpenAI()

    @commands.command(name='imagine')
    async def imagine(self, ctx, *, prompt: str):
        async with ctx.typing():
            image = await self.images.images.generate(model='dall-e-3', prompt=prompt, n=1)
        await ctx.send(image.data[0].url)


async def setup(bot):
    await bot.add_cog(Images(bot))
