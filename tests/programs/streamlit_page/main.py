import streamlit as st
from openai import OpenAI

st.title("Chat")
client = OpenAI(api_key=st.secrets["OPENAI_API_KEY"])

if "openai_model" not in st.session_state:
    st.session_state["history"] = []

if prompt := st.chat_input("What is up?"):
    st.session_state["history"].append({"role": "user", "content": prompt})
    with st.chat_message("assistant"):
        stream = client.chat.completions.create(
            model="gpt-4o-mini",
            messages=[{"role": m["role"], "content": m["content"]} for m in st.session_state["history"]],
            stream=True,
        )
        answer = ""
        place = st.empty()
        for chunk in stream:
            answer += chunk.choices[0].delta.content or ""
            place.markdown(answer)
    st.session_state["history"].append({"role": "assistant", "content": answer})
