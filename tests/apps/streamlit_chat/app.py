import streamlit as st
from openai import OpenAI

from llm import SYSTEM_PROMPT, count_tokens, trim_history

st.set_page_config(page_title="Chat clone", page_icon="💬")
st.title("💬 ChatGPT-like clone")

client = OpenAI(api_key=st.secrets["OPENAI_API_KEY"])

MODELS = ["gpt-4o-mini", "gpt-4o", "gpt-4.1"]

with st.sidebar:
    model = st.selectbox("Model", MODELS, index=0)
    temperature = st.slider("Temperature", 0.0, 2.0, 0.7, 0.1)
    if st.button("Clear chat"):
        st.session_state.messages = []
        st.rerun()
    st.caption("Get an API key at https://platform.openai.com/account/api-keys")


def suggest_title(messages):
    """Ask for a three-word title (gpt-4o-mini is plenty for this)."""
    resp = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=messages + [{"role": "user", "content": "Title for this chat, three words, no quotes."}],
        max_tokens=12,
    )
    return resp.choices[0].message.content.strip()


if "messages" not in st.session_state:
    st.session_state.messages = []
if "title" not in st.session_state:
    st.session_state.title = None

for message in st.session_state.messages:
    with st.chat_message(message["role"]):
        st.markdown(message["content"])

if prompt := st.chat_input("What is up?"):
    st.session_state.messages.append({"role": "user", "content": prompt})
    with st.chat_message("user"):
        st.markdown(prompt)

    history = trim_history(st.session_state.messages)
    with st.chat_message("assistant"):
        placeholder = st.empty()
        full_response = ""
        for chunk in client.chat.completions.create(
            model=model,
            messages=[{"role": "system", "content": SYSTEM_PROMPT}] + history,
            temperature=temperature,
            stream=True,
        ):
            full_response += chunk.choices[0].delta.content or ""
            placeholder.markdown(full_response + "▌")
        placeholder.markdown(full_response)
    st.session_state.messages.append({"role": "assistant", "content": full_response})
    st.sidebar.metric("Tokens", count_tokens(full_response))

    if st.session_state.title is None:
        st.session_state.title = suggest_title(history)
        st.sidebar.subheader(st.session_state.title)
