from concurrent.futures import ThreadPoolExecutor

from openai import OpenAI

client = OpenAI()


def label(text):
    answer = client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": f"Label: {text}"}], temperature=0
    )
    return text, answer.choices[0].message.content


with ThreadPoolExecutor(max_workers=4) as pool:
    for text, answer in pool.map(label, [f"text {number}" for number in range(6)]):
        print(text, answer)
