import os

from openai import OpenAI


def make_client(timeout: float = 30.0) -> OpenAI:
    """A client for the whole tool."""
    return OpenAI(api_key=os.environ["OPENAI_API_KEY"], timeout=timeout)
