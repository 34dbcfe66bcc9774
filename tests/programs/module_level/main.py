import os

import openai

openai.api_key = os.environ["OPENAI_API_KEY"]


def ask(prompt):
    answer = openai.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": prompt}], max_tokens=50
    )
    return answer.choices[0].message.content


print(ask("one"))
print(len(openai.embeddings.create(model="text-embedding-3-small", input="two").data[0].embedding))
