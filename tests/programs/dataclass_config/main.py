from dataclasses import dataclass, field

from openai import OpenAI


@dataclass
class ChatConfig:
    model: str = "gpt-4o"
    temperature: float = 0.4
    stop: list = field(default_factory=list)


class Assistant:
    def __init__(self, config: ChatConfig):
        self.config = config
        self.client = OpenAI()
        self.messages = []

    def say(self, text):
        self.messages.append({"role": "user", "content": text})
        reply = self.client.chat.completions.create(
            model=self.config.model, temperature=self.config.temperature, messages=self.messages
        )
        self.messages.append({"role": "assistant", "content": reply.choices[0].message.content})
        return self.messages[-1]["content"]


assistant = Assistant(ChatConfig(temperature=0.1))
print(assistant.say("one"))
print(assistant.say("two"))
