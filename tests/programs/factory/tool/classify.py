from tool.clients import make_client


def classify(text):
    client = make_client(timeout=5)
    answer = client.chat.completions.create(
        model="gpt-4.1-mini", messages=[{"role": "user", "content": f"Classify: {text}"}], max_tokens=16
    )
    return answer.choices[0].message.content.strip().lower()
