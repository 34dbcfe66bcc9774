import os
from openai import OpenAI

EMBED_MODEL = "text-embedding-3-small"
EMBED_DIM = 1536
CHAT_MODEL = os.environ.get("RAG_MODEL") or "gpt-4o"
RERANK_MODEL = "gpt-4o-mini"

# everybody does `from common import openai`
openai = OpenAI(api_key=os.environ["OPENAI_API_KEY"])

def get_embeddings(texts):
  texts = [t.replace("\n", " ") for t in texts]
  res = openai.embeddings.create(input=texts, model=EMBED_MODEL)
  return [d.embedding for d in res.data]
