import math

from openai import OpenAI

EMBEDDING_MODEL = "text-embedding-3-small"


class Index:
    def __init__(self, client, model=EMBEDDING_MODEL):
        self.client = client
        self.model = model
        self.rows = []

    def embed(self, texts):
        answer = self.client.embeddings.create(model=self.model, input=texts)
        return [row.embedding for row in answer.data]

    def add(self, *texts):
        self.rows += zip(texts, self.embed(list(texts)))

    def nearest(self, question):
        (vector,) = self.embed([question])
        return max(self.rows, key=lambda row: cosine(row[1], vector))[0]


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / (math.hypot(*a) * math.hypot(*b))


index = Index(OpenAI())
index.add("cats purr", "dogs bark", "fish swim")
print(index.nearest("dogs bark"))
