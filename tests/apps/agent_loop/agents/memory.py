from dataclasses import dataclass, field

from openai import OpenAI


@dataclass
class Memory:
    """Remembers texts, finds the nearest ones."""

    client: OpenAI = field(default_factory=lambda: OpenAI(max_retries=3))
    model: str = "text-embedding-3-small"
    items: list = field(default_factory=list)

    def embed(self, text):
        return self.client.embeddings.create(model=self.model, input=text).data[0].embedding

    def add(self, text):
        self.items.append((text, self.embed(text)))

    def nearest(self, text, k=3):
        v = self.embed(text)
        scored = sorted(self.items, key=lambda it: -sum(a * b for a, b in zip(v, it[1])))
        return [t for t, _ in scored[:k]]


class MemoryMixin:
    """Mixed into agents that should remember."""

    @property
    def memory(self):
        if getattr(self, "_memory", None) is None:
            self._memory = Memory()
        return self._memory

    def recall(self, question):
        notes = "\n".join(self.memory.nearest(question))
        answer = self.client.chat.completions.create(
            model="gpt-4o-mini",
            messages=[{"role": "user", "content": f"Notes:\n{notes}\n\nQuestion: {question}"}],
        )
        return answer.choices[0].message.content
