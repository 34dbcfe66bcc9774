import io

from openai import OpenAI

client = OpenAI()
audio = io.BytesIO(b"RIFF....WAVE")
audio.name = "meeting.wav"
text = client.audio.transcriptions.create(model="whisper-1", file=audio, language="en").text
notes = client.chat.completions.create(
    model="gpt-4o", messages=[{"role": "user", "content": f"Minutes of: {text}"}]
)
print(notes.choices[0].message.content)
