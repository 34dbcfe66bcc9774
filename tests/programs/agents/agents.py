import os
from abc import ABC, abstractmethod

from openai import OpenAI


class Agent(ABC):
    model = "gpt-4o-mini"
    role = "You help."

    def __init__(self):
        key = os.getenv("OPENAI_API_KEY")
        if not key:
            raise RuntimeError("OPENAI_API_KEY is not set")
        self.client = OpenAI(api_key=key)

    @abstractmethod
    def prompt(self, text):
        ...

    def run(self, text):
        answer = self.client.chat.completions.create(
            model=self.model,
            messages=[{"role": "system", "content": self.role}, {"role": "user", "content": self.prompt(text)}],
        )
        return answer.choices[0].message.content


class Writer(Agent):
    role = "You write."

    def prompt(self, text):
        return f"Write {text}"


class Critic(Agent):
    model = "gpt-4o"
    role = "You criticise."

    def prompt(self, text):
        return f"Criticise {text}"
