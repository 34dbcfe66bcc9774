import streamlit as st
from openai import OpenAI

LOCAL_MODELS = ["llama3.1", "mistral", "qwen2.5"]

st.header("Local models (Ollama)")

local = OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")

name = st.selectbox("Model", LOCAL_MODELS)
prompt = st.text_input("Prompt")
if prompt:
    r = local.chat.completions.create(
        model=name,
        messages=[{"role": "user", "content": prompt}],
    )
    st.write(r.choices[0].message.content)
