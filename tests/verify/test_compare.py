"""Which two runs send the same requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from codemod.verify.compare import Comparison, compare, is_equivalent, wrong
from codemod.verify.traffic import About, Api, KeyKind, Problem, Seen, note


def before(body: Any, at: float = 0, model: str | None = "gpt-4o", lasts: float = 1, **more: Any) -> Seen:
    values = {
        "api": Api.OPENAI,
        "host": "api.openai.com",
        "key": KeyKind.OPENAI,
        "endpoint": "/chat/completions",
        "query": "",
        **more,
    }
    return Seen(
        method="POST",
        model=model,
        attribution=(),
        body=body,
        status=200,
        problems=(),
        started=at,
        ended=at + lasts,
        **values,
    )


def after(body: Any, at: float = 0, model: str | None = "openai/gpt-4o", lasts: float = 1, **more: Any) -> Seen:
    values = {"api": Api.OPENROUTER, "host": "openrouter.ai", "key": KeyKind.OPENROUTER, **more}
    return before(body, at, model, lasts, **values)


def differences(found: Comparison) -> list[tuple[str, ...]]:
    return [pair.differences for pair in found.pairs]


def test_equal_requests_are_equivalent() -> None:
    found = compare([before({"a": 1}), before({"a": 2}, 2)], [after({"a": 1}), after({"a": 2}, 2)], {})
    assert (found.equivalent, found.reordered) == (2, False)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ({"t": 0.2}, {"t": 0.7}, "t: 0.2 became 0.7"),
        ({"t": 1}, {}, "t: 1 is gone"),
        ({}, {"t": 1}, "t: 1 is new"),
        ({"m": [{"c": "x"}]}, {"m": [{"c": "y"}]}, 'm[0].c: "x" became "y"'),
        ({"m": [1]}, {"m": [1, 2]}, "m: [1] became [1, 2]"),
        ({"t": 1}, {"t": True}, "t: 1 became true"),
    ],
)
def test_a_difference_is_named(old: Any, new: Any, text: str) -> None:
    assert differences(compare([before(old)], [after(new)], {})) == [(text,)]


def test_what_no_two_runs_share_is_no_difference() -> None:
    old = {
        "user": "0b1e7c66-7a0a-4c5e-9d55-4a8f3f1f7d21",
        "note": "at 2026-11-22T01:02:03.5Z",
        "id": "call_000000000001",
    }
    new = {"user": "5e0f6a3e-33f5-4d0f-8f24-0f6f6f9f5a11", "note": "at 2026-11-22 01:02:09", "id": "call_000000000009"}
    assert compare([before(old)], [after(new)], {}).equivalent == 1


def test_the_default_of_speech_may_be_said() -> None:
    old, new = {"input": "x"}, {"input": "x", "response_format": "mp3"}
    place = {"endpoint": "/audio/speech", "model": None}
    assert compare([before(old, **place)], [after(new, **place)], {}).equivalent == 1
    assert compare([before(old, **place)], [after(old | {"response_format": "pcm"}, **place)], {}).equivalent == 0


@pytest.mark.parametrize(
    ("old", "new", "models", "is_right"),
    [
        ("gpt-4o", "openai/gpt-4o", {}, True),
        ("gpt-4o", "openai/gpt-4o-mini", {}, False),
        ("gpt-4o-mini-tts", "openai/gpt-4o-mini-tts-2025-12-15", {}, True),
        ("gpt-4o", "anthropic/claude-sonnet-4.5", {"gpt-4o": "anthropic/claude-sonnet-4.5"}, True),
        ("gpt-4o", "openai/gpt-4o", {"gpt-4o": "anthropic/claude-sonnet-4.5"}, False),
        ("my-own", "openai/my-own", {}, True),
        (None, None, {}, True),
        ("gpt-4o", None, {}, False),
        (None, "openai/gpt-4o", {}, False),
    ],
)
def test_which_model_takes_the_place_of_which(
    old: str | None, new: str | None, models: dict[str, str], is_right: bool
) -> None:
    found = compare([before({}, model=old)], [after({}, model=new)], models)
    assert bool(found.equivalent) is is_right


def test_equal_bodies_with_two_models_find_their_counterpart() -> None:
    old = [before({}, 0, "gpt-4o"), before({}, 0.5, "gpt-4.1")]
    new = [after({}, 0, "openai/gpt-4.1"), after({}, 0.5, "openai/gpt-4o")]
    assert compare(old, new, {}).equivalent == 2


def test_requests_may_be_missing_and_new() -> None:
    found = compare([before(1), before(2, 2)], [after(2), after(3, 2, endpoint="/embeddings")], {})
    assert differences(found) == [(), ("was not sent before the migration",), ("is no longer sent",)]
    assert found.equivalent == 1


A, B, C = {"x": "a"}, {"x": "b"}, {"x": "c"}


@pytest.mark.parametrize(
    ("old", "new", "reordered"),
    [
        ([before(A, 0), before(B, 1)], [after(B, 0), after(A, 1)], True),
        # Made at once before, after, or in both runs.
        ([before(A, 0), before(B, 0.9)], [after(B, 0), after(A, 1)], False),
        ([before(A, 0), before(B, 1)], [after(B, 0), after(A, 0.9)], False),
        ([before(A, 0), before(B, 0.5), before(C, 1.2)], [after(C, 0), after(A, 0.5), after(B, 0.9)], False),
        # The last one waits for the batch in both runs.
        ([before(A, 0), before(B, 0.5), before(C, 2)], [after(B, 0), after(A, 0.5), after(C, 2)], False),
        ([before(A, 0), before(B, 0.5), before(C, 2)], [after(C, 0), after(B, 2), after(A, 2.5)], True),
    ],
)
def test_only_what_is_made_at_once_may_change_its_order(old: list[Seen], new: list[Seen], reordered: bool) -> None:
    found = compare(old, new, {})
    assert (found.reordered, found.equivalent) == (reordered, len(old))


def test_an_equal_request_with_a_problem_is_not_equivalent() -> None:
    seen = replace(after(A), problems=(note(About.MODEL, "not checked"),))
    assert compare([before(A)], [seen], {}).equivalent == 1
    seen = replace(after(A), problems=(Problem(About.KEY, "an old key"),))
    (pair,) = compare([before(A)], [seen], {}).pairs
    assert (is_equivalent(pair), wrong(seen)) == (False, ("key: an old key",))


@pytest.mark.parametrize(
    ("seen", "is_right"),
    [
        (before({"messages": []}), False),
        (before({"messages": []}, model="ft:gpt-4o:me::1"), True),
        (before({"input": "x"}, endpoint="/moderations"), True),
        (before({"input": "x", "previous_response_id": "resp_1"}, endpoint="/responses"), True),
        (before({"input": "x"}, endpoint="/responses"), False),
        (before({"input": "x"}, endpoint="/responses", query="beta=true"), True),
        (before({"input": "x"}, endpoint="/audio/speech"), True),
        (before({}, api=Api.OTHER, host="me.openai.azure.com", key=KeyKind.OTHER), True),
        (before({}, api=Api.OTHER, host="me.openai.azure.com", key=KeyKind.OPENROUTER), False),
    ],
)
def test_what_may_stay_where_it_was(seen: Seen, is_right: bool) -> None:
    assert (wrong(seen) == ()) is is_right
