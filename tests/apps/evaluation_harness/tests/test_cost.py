from types import SimpleNamespace

import pytest


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "x")


def test_cost():
    from evals.run import cost

    usage = SimpleNamespace(prompt_tokens=1_000_000, completion_tokens=0)
    assert cost(SimpleNamespace(model="gpt-4o", usage=usage)) == 2.5
