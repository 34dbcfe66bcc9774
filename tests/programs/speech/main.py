from openai import OpenAI

client = OpenAI()
audio = client.audio.speech.create(model="gpt-4o-mini-tts", voice="alloy", input="Hello.")
print(len(audio.content), audio.content[:2] == b"\xff\xfb")
