from __future__ import annotations

import argparse
import csv
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.clients import BY_NAME, clients
from evals.judge import is_safe, score, similarity, tone, verdict
from evals.specs import CANDIDATES, PRICES, ModelSpec


@dataclass
class Row:
    model: str
    question: str
    answer: str
    score: float
    similarity: float
    tone: str
    safe: bool
    cost: float


def ask(spec: ModelSpec, question: str):
    return clients.candidates.chat.completions.create(
        model=spec.name,
        max_tokens=spec.max_tokens,
        temperature=spec.temperature,
        messages=[{"role": "user", "content": question}],
    )


def cost(response) -> float:
    price_in, price_out = PRICES[response.model]
    return (response.usage.prompt_tokens * price_in + response.usage.completion_tokens * price_out) / 1_000_000


def evaluate(spec: ModelSpec, item: dict[str, str]) -> Row:
    response = ask(spec, item["question"])
    answer = response.choices[0].message.content
    return Row(
        model=response.model,
        question=item["question"],
        answer=answer,
        score=score(item["question"], answer, item["reference"]),
        similarity=similarity(answer, item["reference"]),
        tone=tone(answer),
        safe=is_safe(answer),
        cost=cost(response),
    )


def baseline_groq(question: str) -> str:
    r = clients.groq.chat.completions.create(
        model="llama-3.1-70b-versatile", messages=[{"role": "user", "content": question}]
    )
    return r.choices[0].message.content


def baseline_vllm(question: str) -> str:
    r = BY_NAME["vllm"].chat.completions.create(
        model="meta-llama/Llama-3.1-8B-Instruct",
        messages=[{"role": "user", "content": question}],
    )
    return r.choices[0].message.content


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("data/qa.jsonl"))
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--baselines", action="store_true")
    args = parser.parse_args(argv)

    items = [json.loads(line) for line in args.data.read_text().splitlines()]
    rows: list[Row] = []
    table: dict[str, list[float]] = {}
    with ThreadPoolExecutor(args.workers) as pool:
        for spec in CANDIDATES:
            futures = [pool.submit(evaluate, spec, item) for item in items]
            done = [future.result() for future in futures]
            table[spec.name] = [row.score for row in done]
            rows += done
    for name, scores in table.items():
        print(f"{name:20} {sum(scores) / len(scores):.2f}")
    best = [row for row in rows if row.model.startswith("gpt-4.1")]
    print("gpt-4.1 cost:", sum(row.cost for row in best))

    if args.baselines:
        for item in items:
            print(baseline_groq(item["question"]), baseline_vllm(item["question"]), sep="\n---\n")

    writer = csv.DictWriter(sys.stdout, fieldnames=list(Row.__dataclass_fields__))
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    print(verdict([asdict(row) for row in rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
