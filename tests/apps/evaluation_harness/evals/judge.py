from __future__ import annotations

import json
from functools import partial
from statistics import mean

from openai import OpenAI
from tenacity import retry, stop_after_attempt, wait_exponential

from evals.clients import BY_NAME, clients
from evals.specs import EMBEDDER, JUDGE_MODELS, SUMMARY_MODEL

RUBRIC = 'Score the answer from 1 to 5 against the reference. Answer as JSON: {"score": int}'


@retry(stop=stop_after_attempt(4), wait=wait_exponential())
def score_once(client: OpenAI, model: str, question: str, answer: str, reference: str) -> int:
    completion = client.chat.completions.create(
        model=model,
        response_format={"type": "json_object"},
        messages=[
            {"role": "system", "content": RUBRIC},
            {"role": "user", "content": f"Q: {question}\nReference: {reference}\nAnswer: {answer}"},
        ],
    )
    return int(json.loads(completion.choices[0].message.content or "{}")["score"])


def score(question: str, answer: str, reference: str) -> float:
    return mean(score_once(clients.judge, model, question, answer, reference) for model in JUDGE_MODELS)


summarize = partial(clients.judge.chat.completions.create, model=SUMMARY_MODEL)


def verdict(rows: list[dict[str, object]]) -> str:
    completion = summarize(messages=[{"role": "user", "content": "Who wins, in two sentences?\n" + json.dumps(rows)}])
    return completion.choices[0].message.content


def similarity(a: str, b: str) -> float:
    vectors = BY_NAME["embed"].embeddings.create(
        model=EMBEDDER["name"], dimensions=EMBEDDER["dimensions"], input=[a, b]
    )
    x, y = (item.embedding for item in vectors.data)
    return sum(i * j for i, j in zip(x, y))


def is_safe(answer: str) -> bool:
    completion = BY_NAME["gateway"].chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": f"Safe for work? yes or no.\n{answer}"}],
        max_tokens=1,
    )
    return "yes" in (completion.choices[0].message.content or "").lower()


def tone(answer: str) -> str:
    for model in ("gpt-4.1-nano", "gpt-4o-mini"):
        completion = clients.judge.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "One word for the tone of this text:\n" + answer}],
        )
        word = (completion.choices[0].message.content or "").strip()
        if " " not in word:
            return word
    return "unclear"
