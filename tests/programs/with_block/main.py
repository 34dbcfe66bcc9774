from openai import OpenAI

with OpenAI() as client:
    quick = client.with_options(timeout=5, max_retries=0)
    answer = quick.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hello"}])
    raw = client.chat.completions.with_raw_response.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "raw"}]
    )
    print(answer.choices[0].message.content, raw.parse().choices[0].message.content)
