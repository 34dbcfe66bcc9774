"""No key and no named secret survives a mask; ordinary text does."""

from __future__ import annotations

import pytest

from codemod.reports.masking import MASKED, mask_for


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('key = "sk-abcdefghijkl"', f'key = "sk-{MASKED}"'),
        ("sk-proj-AbC_123-xyz9876543210", f"sk-{MASKED}"),
        ("sk-or-v1-0123456789abcdef", f"sk-{MASKED}"),
        ("sk-svcacct-0123456789abcdef", f"sk-{MASKED}"),
        ("Bearer sk-0123456789abcdef, then", f"Bearer sk-{MASKED}, then"),
        ("KEY_sk-0123456789abcdef", f"KEY_sk-{MASKED}"),
        (r"\nsk-proj-0123456789abcdef", rf"\nsk-{MASKED}"),
        (r"\nsk-0123456789abcdefABCDEF", rf"\nsk-{MASKED}"),
        ("sk-0123456789abcdef sk-fedcba9876543210", f"sk-{MASKED} sk-{MASKED}"),
    ],
)
def test_what_looks_like_a_key_is_masked(text: str, shown: str) -> None:
    assert mask_for(())(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "sk-short",
        "task-management-system",
        "desk-0123456789abcdef",
        "risk-",
        "disk-550e8400-e29b-41d4-a716-446655440000",
        f"sk-{MASKED}",
        "",
        "model=gpt-4o",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert mask_for(())(text) == text


def test_a_named_secret_is_masked_wherever_it_stands() -> None:
    mask = mask_for({"hunter2-hunter2", "a.b*c(d)e"})
    assert mask("x=hunter2-hunter2!") == f"x={MASKED}!"
    assert mask("[a.b*c(d)e]") == f"[{MASKED}]"
    assert mask("a.bbbc(d)e") == "a.bbbc(d)e"


def test_a_long_secret_keeps_three_characters() -> None:
    assert mask_for({"0123456789abcdefXYZ"})("0123456789abcdefXYZ") == f"012{MASKED}"


def test_a_short_secret_is_masked_in_quotes_only() -> None:
    mask = mask_for({"k-1"})
    assert mask("""api_key="k-1" 'k-1' the k-1""") == f"""api_key="{MASKED}" '{MASKED}' the k-1"""


def test_a_word_is_masked_where_it_stands_as_a_key_only() -> None:
    mask = mask_for({"content", "ymca"})
    for before in ("api_key=", "OPENAI_KEY: str = ", 'environ["OPENAI_KEY"] = ', '{"api_key": ', "token = "):
        assert mask(f'{before}"ymca"') == f'{before}"{MASKED}"'
    assert mask("""{"role": "user", "content": "the ymca"}""") == """{"role": "user", "content": "the ymca"}"""


def test_the_longer_of_two_secrets_wins() -> None:
    assert mask_for({"abcdefgh", "abcdefgh-ijkl"})("abcdefgh-ijkl") == MASKED


def test_a_secret_of_several_lines_is_masked_line_by_line() -> None:
    mask = mask_for({"first-line-of-it\n  second-line-of-it"})
    assert "line" not in mask("first-line-of-it") + mask("    second-line-of-it")


def test_an_empty_secret_masks_nothing() -> None:
    assert mask_for({"", " \n"})("some text") == "some text"
