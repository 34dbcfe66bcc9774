import os

from openai import AzureOpenAI, OpenAI

azure = AzureOpenAI(
    azure_endpoint="https://contoso.openai.azure.com",
    api_key=os.environ.get("AZURE_OPENAI_API_KEY", "none"),
    api_version="2024-10-21",
)
openai = OpenAI()


inside = azure.chat.completions.create(
    model="our-gpt-4o-deployment", messages=[{"role": "user", "content": "something private"}]
)
outside = openai.chat.completions.create(
    model="gpt-4o", messages=[{"role": "user", "content": "something public"}]
)
print(inside.choices[0].message.content, outside.choices[0].message.content)
