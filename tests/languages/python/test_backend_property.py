"""However a call is formatted: an edit keeps comments and the bytes around, and a second time changes nothing."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemod.languages.python.backend import Edited, Refused, apply_rewrites
from codemod.languages.python.tokens import comments
from codemod.rewrites import HeadersCode, RemoveArgument, SetArgument
from tests.languages.python.edits import call, retarget

GAPS = st.sampled_from(
    ["", "", " ", "  ", "\n    ", "\n", "  # c\n", "\n    # own\n    ", "\n\n", " # c\n# d\n\t", " \\\n ", "\x0c"]
)
VALUES = st.sampled_from(
    [
        "1",
        "'a'",
        '"b"',
        "(x)",
        "[1, 2]",
        "{'a': 1}",
        "g(1,\n  2)",
        "(  # v\n 3)",
        "lambda: 0",
        '"é" "x"',
        "a if b else c",
    ]
)
NAMES = st.permutations(["timeout", "organization", "max_retries", "api_key", "default_headers"])
SURROUNDINGS = st.sampled_from(
    [
        "c = {}\n",
        "def f():\n  return {}",
        "é = '🎉'; c = [{}, 1]  # é\n",
        "with {} as c:\n\tpass\n",
        "x(lambda: {}).y()\n",
    ]
)


@st.composite
def sources(draw: st.DrawFn) -> str:
    names = draw(NAMES)[: draw(st.integers(0, 5))]
    arguments = [f"{name}{draw(GAPS)}={draw(GAPS)}{draw(VALUES)}" for name in names]
    if draw(st.booleans()):
        arguments.insert(0, draw(VALUES))
    if draw(st.booleans()):
        arguments.append(f"**{draw(GAPS)}more")
    inner = ",".join(f"{draw(GAPS)}{argument}{draw(GAPS)}" for argument in arguments)
    comma = f",{draw(GAPS)}" if draw(st.booleans()) and arguments else ""
    source = draw(SURROUNDINGS).format(f"OpenAI({draw(GAPS)}{inner}{comma})")
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return ("import os\n" + source).replace("\n", newline)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(sources(), st.booleans())
def test_any_formatting(text: str, remove: bool) -> None:
    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        span = call(text, "OpenAI")
    except SyntaxError:
        return  # not every gap may stand in every place
    rewrites = [*retarget(text), SetArgument(span, "extra", HeadersCode((("A", "b"),)))]
    removed = [RemoveArgument(span, "organization")] if remove and "organization" in text else []
    result = apply_rewrites(text, [*rewrites, *removed], newline=newline, line_length=None)
    if isinstance(result, Refused):
        assert result.reason == "the value of api_key holds a comment that would be lost"
        return
    assert comments(result.text) == comments(text)
    assert result.text.startswith(text[: span.start])
    assert result.text.endswith(text[span.end :])
    assert ("\r\n" in text) == ("\r\n" in result.text)
    assert newline == "\n" or "\n" not in result.text.replace("\r\n", "")
    new_span = call(result.text, "OpenAI")
    again = [replace(rewrite, span=new_span) for rewrite in rewrites]
    assert apply_rewrites(result.text, again, newline=newline, line_length=None) == Edited(result.text, ())
