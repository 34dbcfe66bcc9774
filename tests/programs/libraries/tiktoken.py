"""As much of tiktoken as the programs need: it knows OpenAI's names only."""


class _Encoding:
    def encode(self, text):
        return text.split()


def encoding_for_model(name):
    if not name.startswith("gpt-"):
        raise KeyError(f"Could not automatically map {name} to a tokeniser.")
    return _Encoding()
