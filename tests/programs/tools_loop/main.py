import json

from openai import OpenAI

client = OpenAI()

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather of a city",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "unit": {"enum": ["c", "f"]}},
                "required": ["city"],
            },
        },
    }
]


def weather(city, unit="c"):
    return {"city": city, "degrees": 21, "unit": unit}


def run(question):
    messages = [{"role": "user", "content": question}]
    while True:
        reply = client.chat.completions.create(
            model="gpt-4o", messages=messages, tools=TOOLS, tool_choice="auto"
        ).choices[0]
        messages.append(reply.message)
        if reply.finish_reason != "tool_calls":
            return reply.message.content
        for call in reply.message.tool_calls:
            result = {"weather": weather}[call.function.name](**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})


print(run("What is the weather in Paris?"))
