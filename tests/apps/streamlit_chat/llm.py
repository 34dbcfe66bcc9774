import streamlit as st
import tiktoken
from openai import OpenAI

SYSTEM_PROMPT = "You are a helpful assistant. Today you run on gpt-4o."
SUMMARY_MODEL = "gpt-4o-mini"
EMBEDDING_MODEL = "text-embedding-3-small"

STYLES = {
    "bullets": "Summarize as five bullet points.",
    "tweet": "Summarize in one tweet.",
    "eli5": "Explain it to a five-year-old.",
}


@st.cache_resource
def get_client():
    return OpenAI(api_key=st.secrets["OPENAI_API_KEY"], max_retries=5)


def count_tokens(text, model="gpt-4o"):
    enc = tiktoken.encoding_for_model(model)
    return len(enc.encode(text))


def trim_history(messages, limit=3000):
    kept, used = [], 0
    for m in reversed(messages):
        used += count_tokens(m["content"])
        if used > limit:
            break
        kept.insert(0, m)
    return kept


def summarize(client, text, style="bullets", model=SUMMARY_MODEL):
    params = dict(model=model, temperature=0.3)
    params["messages"] = [
        {"role": "system", "content": STYLES[style]},
        {"role": "user", "content": text},
    ]
    return client.chat.completions.create(**params).choices[0].message.content


def embed(texts):
    res = get_client().embeddings.create(model=EMBEDDING_MODEL, input=texts)
    return [d.embedding for d in res.data]
