import json

from openai import OpenAI

from .retry import with_retry
from .tools import REGISTRY, schema


class Agent:
    name = "agent"
    model = "gpt-4o-mini"
    cheap_model = "gpt-4.1-nano"
    instructions = ""
    tools = ()
    max_turns = 10

    def __init__(self, client=None, verbose=False):
        self.client = client or OpenAI(max_retries=0)
        self.verbose = verbose
        self.messages = [{"role": "system", "content": self.instructions}]

    def complete(self, **extra):
        params = {"model": self.model, "messages": self.messages}
        if self.tools:
            params["tools"] = [schema(t) for t in self.tools]
        params = {**params, **{k: v for k, v in extra.items() if v is not None}}
        return with_retry(self.client.chat.completions.create, **params)

    def run(self, task):
        self.messages.append({"role": "user", "content": task})
        for turn in range(self.max_turns):
            message = self.complete(temperature=0.1).choices[0].message
            self.messages.append(message)
            if self.verbose:
                print(f"[{self.name} / {self.model}] turn {turn}: {message.content or '...'}")
            if not message.tool_calls:
                return message.content
            for call in message.tool_calls:
                self.messages.append({
                    "role": "tool",
                    "tool_call_id": call.id,
                    "content": self.call_tool(call.function),
                })
        return self.wrap_up()

    def call_tool(self, function):
        try:
            return str(REGISTRY[function.name](**json.loads(function.arguments)))
        except Exception as exc:
            return f"error: {exc}"

    def wrap_up(self):
        done = with_retry(
            self.client.chat.completions.create,
            model=self.cheap_model,
            messages=self.messages + [{"role": "user", "content": "Stop here. What is the result so far?"}],
        )
        return done.choices[0].message.content
