from . import clients


def title(text):
    answer = clients.make_client().chat.completions.create(
        model="gpt-4.1", messages=[{"role": "user", "content": f"A title for: {text}"}]
    )
    return answer.choices[0].message.content
