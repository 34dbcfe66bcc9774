import os

from openai import OpenAI

deepseek = OpenAI(base_url="https://api.deepseek.com", api_key=os.environ.get("DEEPSEEK_API_KEY", "none"))
gpt = OpenAI()

draft = deepseek.chat.completions.create(model="deepseek-chat", messages=[{"role": "user", "content": "Draft it."}])
final = gpt.chat.completions.create(
    model="gpt-4o",
    messages=[{"role": "user", "content": f"Improve: {draft.choices[0].message.content}"}],
)
print(final.choices[0].message.content)
