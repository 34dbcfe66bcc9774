import functools
import time

import openai
from openai import OpenAI

client = OpenAI(max_retries=0)


def retry(times=3, delay=0.01):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except (openai.RateLimitError, openai.APIConnectionError):
                    if attempt == times - 1:
                        raise
                    time.sleep(delay * 2**attempt)

        return wrapper

    return decorate


@retry()
def ask(prompt, model="gpt-4o"):
    completion = client.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}])
    return completion.choices[0].message.content


print(ask("first"))
print(ask("second", model="gpt-4o-mini"))
