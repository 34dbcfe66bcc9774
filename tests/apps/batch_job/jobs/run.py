from __future__ import annotations

import argparse
import asyncio
import json
import logging
from dataclasses import replace
from pathlib import Path

from jobs.config import FAST, JobConfig
from jobs.embed import embed_all, report
from jobs.enrich import Enricher, adult_check


async def run(path: Path, config: JobConfig) -> None:
    products = [json.loads(line) for line in path.read_text().splitlines()]
    products = [p for p in products if not await adult_check(p["title"])]
    enricher = Enricher(config)
    done = await asyncio.gather(*(enricher.enrich(p) for p in products))
    vectors = await embed_all(p["description"] for p in done)
    with path.with_suffix(".out.jsonl").open("w") as out:
        for product, vector in zip(done, vectors):
            out.write(json.dumps({**product, "vector": vector}) + "\n")
    print(report(f"{len(done)} of {len(products)} products"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--premium", action="store_true")
    parser.add_argument("--tag-model", help="another model for the tags, like gpt-4o")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)

    config = FAST if args.fast else JobConfig()
    if args.premium:
        config = replace(config, describe_model="gpt-4.1")
    if args.tag_model:
        config = replace(config, tag_model=args.tag_model)
    asyncio.run(run(args.path, config))


if __name__ == "__main__":
    main()
