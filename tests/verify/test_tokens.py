"""Credentials in addresses are not kept; names of things are."""

from __future__ import annotations

import pytest

from codemod.reports.masking import MASKED
from codemod.verify.tokens import shown_query, without_tokens

KEPT = [
    "/v1/chat/completions",
    "/openai/deployments/gpt-4o-mini-2024-07-18/chat/completions",
    "/v1beta/models/gemini-2.5-flash-preview-09-2025:generateContent",
    "/openai/deployments/MyDeployment/embeddings",
    "/repos/somebody/some-long-name-of-a-repository-2/issues",
]


@pytest.mark.parametrize("path", KEPT)
def test_a_path_without_credentials_stays(path: str) -> None:
    assert without_tokens(path) == path


TOKENS = [
    ("/bot123456789:AAE1xample2Example3Example4Example5", f"/bot123456789:{MASKED}"),
    ("/services/T00000000/B00000000/aB3dE5gH7jK9mN1pQ3sT5vX7", f"/services/T00000000/B00000000/{MASKED}"),
    ("/api/webhooks/1234567890/abcDEF-ghi_jkl012mnoPQR", f"/api/webhooks/1234567890/{MASKED}"),
    ("/hooks/0123456789abcdef0123456789abcdef", f"/hooks/{MASKED}"),
]


@pytest.mark.parametrize(("path", "shown"), TOKENS)
def test_the_credential_of_a_path_is_masked(path: str, shown: str) -> None:
    assert without_tokens(path) == shown


def test_a_query_shows_no_secret() -> None:
    found = shown_query("api-version=2024-06-01&key=abc&access_token=x&id=aB3dE5gH7jK9mN1pQ3sT5vX7&empty=")
    masked = [("key", MASKED), ("access_token", MASKED), ("id", MASKED)]
    assert found == [("api-version", "2024-06-01"), *masked, ("empty", "")]
