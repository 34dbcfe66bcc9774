from openai import OpenAI

PRICES = {"gpt-4o": (2.5, 10.0), "gpt-4o-mini": (0.15, 0.6)}
MODEL = "gpt-4o-mini"

client = OpenAI()
answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hello"}])
into, out = PRICES[MODEL]
cost = (answer.usage.prompt_tokens * into + answer.usage.completion_tokens * out) / 1e6
print(f"{MODEL} cost {cost:.8f}")
