from openai import OpenAI

MODELS = {"fast": "gpt-4o-mini", "good": "gpt-4.1"}
client = OpenAI()


def ask(prompt, tier="fast"):
    return client.chat.completions.create(
        model=MODELS[tier], messages=[{"role": "user", "content": prompt}]
    ).choices[0].message.content


print(ask("one"))
print(ask("two", tier="good"))
