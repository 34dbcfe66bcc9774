"""As much of Streamlit as the programs need, with a page that somebody has written to once."""

import contextlib
import os

# A deployment has the keys that the code asks for.
secrets = {name: os.environ[name] for name in ("OPENAI_API_KEY", "OPENROUTER_API_KEY") if name in os.environ}
session_state = {}


class _Place:
    def markdown(self, text):
        pass


def title(text):
    print(text)


def chat_input(text):
    return "hello"


def chat_message(role):
    return contextlib.nullcontext()


def empty():
    return _Place()
