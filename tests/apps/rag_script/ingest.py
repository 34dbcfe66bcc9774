#!/usr/bin/env python3
import glob
import json
import sys

import numpy as np
import tiktoken
from tqdm import tqdm

from common import EMBED_MODEL, get_embeddings, openai

CHUNK = 400
enc = tiktoken.encoding_for_model(EMBED_MODEL)

def chunks(text):
  ids = enc.encode(text)
  for i in range(0, len(ids), CHUNK):
    yield enc.decode(ids[i:i + CHUNK])

def describe(text, create=openai.chat.completions.create):
  # one line per chunk helps retrieval a lot
  r = create(model="gpt-4o-mini", max_tokens=60,
    messages=[{"role": "user", "content": "Describe in one line:\n" + text}])
  return r.choices[0].message.content

def main(folder):
  docs, vecs = [], []
  for path in tqdm(sorted(glob.glob(folder + "/**/*.md", recursive=True))):
    batch = []
    for c in chunks(open(path).read()):
      batch.append({"path": path, "text": c, "about": describe(c)})
    if not batch:
      continue
    vecs += get_embeddings([b["about"] + "\n" + b["text"] for b in batch])
    docs += batch
  np.save("index.npy", np.array(vecs))
  with open("index.json", "w") as f:
    json.dump({"embedding_model": EMBED_MODEL, "docs": docs}, f)

if __name__ == "__main__":
  main(sys.argv[1])
