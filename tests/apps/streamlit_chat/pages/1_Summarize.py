import numpy as np
import streamlit as st

from llm import embed, get_client, summarize

st.header("Summarize a document")

client = get_client()

# same trick as in the Streamlit tutorial
if "openai_model" not in st.session_state:
    st.session_state["openai_model"] = "gpt-4o"

uploaded = st.file_uploader("Text file", type=["txt", "md"])
style = st.radio("Style", ["bullets", "tweet", "eli5"])

if uploaded and st.button("Go"):
    text = uploaded.read().decode("utf-8")
    if len(text) > 40_000:
        summary = summarize(client, text, style, model="gpt-4.1-mini")
    else:
        summary = summarize(client, text, style)
    st.write(summary)

    parts = text.split("\n\n")
    vectors = np.array(embed(parts))
    best = int(np.argmax(vectors @ vectors.mean(axis=0)))
    st.caption("Most typical paragraph")
    st.write(parts[best])

    stream = client.chat.completions.create(
        model=st.session_state["openai_model"],
        messages=[{"role": "user", "content": "Three questions about this text:\n\n" + summary}],
        stream=True,
    )
    st.write_stream(stream)
