from openai import OpenAI
from pydantic import BaseModel


class Step(BaseModel):
    explanation: str
    output: str


class Solution(BaseModel):
    steps: list[Step]
    answer: str


client = OpenAI()
completion = client.chat.completions.parse(
    model="gpt-4o-2024-08-06",
    messages=[
        {"role": "system", "content": "You are a tutor."},
        {"role": "user", "content": "solve 8x + 31 = 2"},
    ],
    response_format=Solution,
)
message = completion.choices[0].message
print(message.parsed.answer if message.parsed else message.refusal)
