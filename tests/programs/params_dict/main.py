from openai import OpenAI

client = OpenAI()
DEFAULTS = {"model": "gpt-4o", "temperature": 0.2, "max_tokens": 64}


def ask(prompt, **overrides):
    params = {**DEFAULTS, **overrides}
    return client.chat.completions.create(
        messages=[{"role": "user", "content": prompt}], **params
    ).choices[0].message.content


print(ask("one"))
print(ask("two", temperature=0.9))
