"""Summarises the text of a file."""
import os
import sys

from openai import OpenAI

client = OpenAI(api_key=os.getenv("OPENAI_API_KEY"))


def summarise(text):
    response = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": "You summarise texts in one sentence."},
            {"role": "user", "content": text},
        ],
        temperature=0.3,
        max_tokens=100,
    )
    return response.choices[0].message.content


if __name__ == "__main__":
    path = sys.argv[1] if len(sys.argv) > 1 else __file__
    with open(path) as file:
        print(summarise(file.readline()))
