import os

import pytest
from fastapi.testclient import TestClient
from openai import AsyncOpenAI


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    from app.main import app

    return TestClient(app)


def test_empty_ticket_is_rejected(client: TestClient) -> None:
    assert client.post("/summarize", json={"text": ""}).status_code == 422


def test_sdk_accepts_our_timeout() -> None:
    sdk = AsyncOpenAI(api_key="placeholder", timeout=30.0)
    assert sdk.timeout == 30.0


@pytest.mark.skipif("RUN_LIVE" not in os.environ, reason="needs the network")
def test_live(client: TestClient) -> None:
    assert client.post("/translate", json={"text": "bonjour"}).status_code == 200
