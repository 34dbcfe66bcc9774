"""Keeps insults out of the product reviews."""

from openai import OpenAI


def is_acceptable(review: str) -> bool:
    checked = OpenAI().moderations.create(model="omni-moderation-latest", input=review)
    return not checked.results[0].flagged


def summarise(reviews: list[str], model: str = "gpt-4-0314") -> str:
    completion = OpenAI().chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Summarise:\n" + "\n".join(reviews)}],
    )
    return completion.choices[0].message.content or ""
