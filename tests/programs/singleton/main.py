from openai import OpenAI


class Llm:
    """One client for all."""

    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.client = OpenAI()
        return cls._instance

    def ask(self, prompt):
        answer = self.client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": prompt}]
        )
        return answer.choices[0].message.content


print(Llm().ask("one"), Llm() is Llm())
