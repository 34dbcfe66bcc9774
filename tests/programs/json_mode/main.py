import json

from openai import OpenAI

client = OpenAI()


def as_json(prompt: str) -> dict:
    answer = client.chat.completions.create(
        model="gpt-4o-mini",
        response_format={"type": "json_object"},
        seed=7,
        messages=[{"role": "system", "content": "Answer in JSON."}, {"role": "user", "content": prompt}],
    )
    return json.loads(answer.choices[0].message.content)


print(sorted(as_json("a person")))
