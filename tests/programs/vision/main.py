import base64

from openai import OpenAI

client = OpenAI()


def describe(image: bytes, prompt: str = "What is this?", model: str = "gpt-4o") -> str:
    url = "data:image/png;base64," + base64.b64encode(image).decode()
    answer = client.chat.completions.create(
        model=model,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": prompt},
                    {"type": "image_url", "image_url": {"url": url, "detail": "low"}},
                ],
            }
        ],
    )
    return answer.choices[0].message.content


print(describe(b"\x89PNG"))
