from openai import OpenAI

client = OpenAI()
messages = []
for text in ("Hello.", "And now?"):
    messages.append({"role": "user", "content": text})
    response = client.responses.create(model="gpt-4.1", instructions="Be short.", input=messages)
    messages.append({"role": "assistant", "content": response.output_text})
    print(response.output_text)

for event in client.responses.create(model="gpt-4.1", input="Stream it.", stream=True):
    if event.type == "response.output_text.delta":
        print(event.delta, end="")
print()
