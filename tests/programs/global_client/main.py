import openai

_client = None


def get_client():
    global _client
    if _client is None:
        _client = openai.OpenAI()
    return _client


def ask(prompt):
    return get_client().chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": prompt}]
    ).choices[0].message.content


print(ask("one"))
print(ask("two"))
