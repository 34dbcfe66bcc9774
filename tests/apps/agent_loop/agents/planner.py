from openai import OpenAI
from pydantic import BaseModel

from .base import Agent


class Plan(BaseModel):
    steps: list[str]


class Planner(Agent):
    name = "planner"
    instructions = "Break the task into at most five steps."

    def __init__(self, client=None, model="o4-mini", effort="medium"):
        super().__init__(client or OpenAI(timeout=300))
        self.model = model
        self.effort = effort

    def plan(self, task):
        completion = self.client.chat.completions.parse(
            model=self.model,
            reasoning_effort=self.effort,
            response_format=Plan,
            messages=self.messages + [{"role": "user", "content": task}],
        )
        return completion.choices[0].message.parsed.steps

    def stream_thoughts(self, task):
        call = self.client.chat.completions.create
        for chunk in call(model=self.model, messages=[{"role": "user", "content": task}], stream=True):
            print(chunk.choices[0].delta.content or "", end="")
