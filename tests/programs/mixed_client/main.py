from openai import OpenAI

client = OpenAI()


def ask(prompt):
    if client.moderations.create(input=prompt).results[0].flagged:
        return "no"
    answer = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content


print(ask("hello"))
