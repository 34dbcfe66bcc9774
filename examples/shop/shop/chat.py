"""Answers a customer, word by word."""

from shop.llm import client
from shop.settings import CHAT_MODEL
from shop.tokens import fits


def answer(question: str) -> str:
    if not fits(question):
        return "Please ask a shorter question."
    stream = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
        stream=True,
    )
    words = []
    for chunk in stream:
        word = chunk.choices[0].delta.content or ""
        print(word, end="", flush=True)
        words.append(word)
    return "".join(words)
