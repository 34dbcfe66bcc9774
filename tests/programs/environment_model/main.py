import os

from openai import OpenAI

MODEL = os.getenv("OPENAI_MODEL", "gpt-4o-mini")
client = OpenAI(api_key=os.environ.get("OPENAI_API_KEY"), organization=os.getenv("MY_ORGANIZATION"))
answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hello"}])
print(answer.choices[0].message.content)
