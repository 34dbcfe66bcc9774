import importlib
from types import SimpleNamespace

import pytest


class FakeCompletions:
    def __init__(self):
        self.calls = []

    def create(self, **kwargs):
        self.calls.append(kwargs)
        message = SimpleNamespace(content='hi', tool_calls=None)
        usage = SimpleNamespace(prompt_tokens=1, completion_tokens=1)
        return SimpleNamespace(choices=[SimpleNamespace(message=message)], usage=usage, model='gpt-4o-mini')


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setenv('OPENAI_API_KEY', 'sk-test')
    monkeypatch.setenv('MODERN_MODEL', 'gpt-5')
    ai = importlib.import_module('app.ai')
    completions = FakeCompletions()
    monkeypatch.setattr(ai, '_client', SimpleNamespace(chat=SimpleNamespace(completions=completions)))
    return completions


def test_chat_uses_default_model(fake):
    from app import create_app
    http = create_app().test_client()
    res = http.post('/api/chat', json={'messages': [{'role': 'user', 'content': 'hello'}]})
    assert res.json['reply'] == 'hi'
    assert fake.calls[0]['model'] == 'gpt-4o-mini'
