from collections.abc import Iterator

from openai import OpenAI

client = OpenAI()


def stream_answer(question: str) -> Iterator[str]:
    response = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": question}],
        stream=True,
    )
    for part in response:
        text = part.choices[0].delta.content
        if text is not None:
            yield text
