from .base import Agent
from .memory import MemoryMixin


class Coder(MemoryMixin, Agent):
    name = "coder"
    model = "gpt-4.1"
    instructions = "You fix bugs. Use the tools, then answer with a patch."
    tools = ("read_file", "list_files")

    def review(self, patch):
        critic = Critic(client=self.client)
        return critic.run(patch)

    def commit_message(self, patch):
        r = self.client.chat.completions.create(
            model="gpt-4o-mini",
            messages=[{"role": "user", "content": "Commit message for:\n" + patch}],
        )
        return r.choices[0].message.content

    def explain(self, patch):
        with self.client.chat.completions.stream(
            model=self.cheap_model,
            messages=[{"role": "user", "content": "Explain this patch:\n" + patch}],
        ) as stream:
            for event in stream:
                if event.type == "content.delta":
                    print(event.delta, end="", flush=True)
        print()


class Critic(Agent):
    name = "critic"
    instructions = "You review patches. gpt-4o wrote them, be strict."

    def __init__(self, model="gpt-4o", **kwargs):
        super().__init__(**kwargs)
        self.model = model
