"""As much of discord.py as the programs need."""

import contextlib
from types import SimpleNamespace


class Intents:
    @classmethod
    def default(cls):
        return cls()


class _Channel:
    id = 1

    @contextlib.asynccontextmanager
    async def typing(self):
        yield

    async def send(self, text):
        print(text)


class Client:
    def __init__(self, *, intents):
        self.user = "bot"

    async def hear(self, *texts):
        channel = _Channel()
        for text in texts:
            await self.on_message(SimpleNamespace(author="somebody", channel=channel, content=text))
