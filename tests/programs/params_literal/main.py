from openai import OpenAI

client = OpenAI()
params = {
    "model": "gpt-4o",
    "messages": [{"role": "user", "content": "hello"}],
    "temperature": 0.2,
}
if len(params["messages"]) > 1:
    params["max_tokens"] = 10
print(client.chat.completions.create(**params).choices[0].message.content)
