import streamlit as st
from openai import OpenAI

st.header("Bring your own key")

api_key = st.text_input("OpenAI API key", type="password")
if not api_key:
    st.info("Enter your key to continue.")
    st.stop()

client = OpenAI(api_key=api_key)

question = st.text_area("Ask")
if st.button("Send") and question:
    answer = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": question}],
    )
    st.markdown(answer.choices[0].message.content)
