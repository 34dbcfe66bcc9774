import sys

from openai import OpenAI

client = OpenAI()
history = []
for line in ("Tell me a story.", "Go on."):
    history.append({"role": "user", "content": line})
    stream = client.chat.completions.create(model="gpt-4o", messages=history, stream=True, temperature=0.9)
    collected = []
    for chunk in stream:
        delta = chunk.choices[0].delta
        if delta.content:
            collected.append(delta.content)
            sys.stdout.write(delta.content)
            sys.stdout.flush()
    history.append({"role": "assistant", "content": "".join(collected)})
    print()
