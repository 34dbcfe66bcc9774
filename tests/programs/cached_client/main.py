from functools import lru_cache

from openai import OpenAI


@lru_cache(maxsize=1)
def client():
    return OpenAI()


def ask(prompt):
    answer = client().chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content


print(ask("one"), ask("two"))
