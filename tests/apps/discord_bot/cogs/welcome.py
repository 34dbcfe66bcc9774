from discord.ext import commands


class Welcome(commands.Cog):
    def __init__(self, bot):
        self.bot = bot

    @commands.Cog.listener()
    async def on_member_join(self, member):
        res = await self.bot.ai.chat.completions.create(
            model='gpt-4o-mini',
            messages=[{'role': 'user', 'content': f'Write one funny welcome line for {member.display_name}.'}],
        )
        if member.guild.system_channel:
            await member.guild.system_channel.send(res.choices[0].message.content)


async def setup(bot):
    await bot.add_cog(Welcome(bot))
