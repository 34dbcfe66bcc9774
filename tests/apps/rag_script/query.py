#!/usr/bin/env python3
import json
import re
import sys

import numpy as np

from common import *

PROMPT = """Answer from the context only. Say "I don't know" otherwise.

{context}
"""

def search(q, k=20):
  index = json.load(open("index.json"))
  if index["embedding_model"] != EMBED_MODEL:
    sys.exit("index was made with another embedding model, run ingest.py again")
  m = np.load("index.npy")
  v = np.array(get_embeddings([q])[0])
  return [index["docs"][i] for i in np.argsort(-(m @ v))[:k]]

def rerank(q, docs):
  kwargs = {"temperature": 0, "max_tokens": 5}
  kwargs["model"] = RERANK_MODEL
  scored = []
  for d in docs:
    kwargs["messages"] = [{"role": "user", "content": f"Question: {q}\n\nText: {d['text']}\n\nRelevance 0-10, number only:"}]
    out = openai.chat.completions.create(**kwargs).choices[0].message.content
    n = re.search(r"\d+", out)
    scored.append((int(n.group()) if n else 0, d))
  scored.sort(key=lambda s: -s[0])
  return [d for _, d in scored[:5]]

def answer(q, model=CHAT_MODEL):
  docs = rerank(q, search(q))
  context = "\n---\n".join(d["text"] for d in docs)
  s = openai.chat.completions.create(
    model=model, stream=True,
    messages=[{"role": "system", "content": PROMPT.format(context=context)},
              {"role": "user", "content": q}])
  for part in s:
    print(part.choices[0].delta.content or "", end="", flush=True)
  print()
  for d in docs:
    print("  *", d["path"])

def suggest(q):
  r = openai.chat.completions.create(model=CHAT_MODEL, messages=[{"role": "user", "content": "Three follow-up questions to: " + q}])
  return r.choices[0].message.content

if __name__ == "__main__":
  answer(sys.argv[1])
  print(suggest(sys.argv[1]))
