import time

from openai import OpenAI, RateLimitError


def with_backoff(call, **kwargs):
    for wait in (0.01, 0.02, 0.04):
        try:
            return call(**kwargs)
        except RateLimitError:
            time.sleep(wait)
    return call(**kwargs)


client = OpenAI()
answer = with_backoff(
    client.chat.completions.create,
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Say something."}],
)
print(answer.choices[0].message.content)
