import tiktoken
from openai import OpenAI

MODEL = "gpt-4o"
client = OpenAI()
encoding = tiktoken.encoding_for_model(MODEL)


def fits(text, limit=1000):
    return len(encoding.encode(text)) <= limit


question = "How many tokens is this?"
if fits(question):
    answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": question}])
    print(answer.choices[0].message.content)
