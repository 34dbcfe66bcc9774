"""String literals, and the source text of what a rewrite puts in."""

from __future__ import annotations

import ast
import re

from codemod.languages.python.refusal import Refusal
from codemod.rewrites import Code, EnvironmentCode, Span, TextCode

_LITERAL = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\")(.*)\2", re.DOTALL)


def literal(value: str, quote: str) -> str:
    """``value`` as a literal in ``quote``, or in the other quote where that spares escapes."""
    other = '"' if quote == "'" else "'"
    if quote in value and other not in value:
        quote = other
    return quote + escape(value, quote) + quote


def escape(value: str, quote: str) -> str:
    """``value`` as it stands between ``quote``. All but printable ASCII is escaped: any encoding can hold it."""
    return "".join(
        "\\" + character
        if character in ("\\", quote[0])
        else character
        if " " <= character <= "~"
        else character.encode("unicode_escape").decode("ascii")
        for character in value
    )


def respell(source: str, value: str, span: Span) -> str:
    """The literal ``source`` with another value, its prefix and quotes kept; Refusal for what is no plain literal."""
    match = _LITERAL.fullmatch(source)
    if not match or set(match[1].lower()) - {"r", "u"}:
        raise Refusal("only a plain string literal can be given another value", span)
    prefix, quote = match[1], match[2]
    raw = "r" in prefix.lower()
    new = prefix + quote + (value if raw else escape(value, quote)) + quote
    try:
        same = ast.literal_eval(new) == value
    except (SyntaxError, ValueError):
        same = False
    if not same or (raw and not value.isascii()):
        raise Refusal("the new value cannot be written with the prefix and quotes of the literal", span)
    return new


def code_text(code: Code, quote: str, environ: str) -> str:
    """``code`` on one line; ``environ`` is how the file calls ``os.environ`` at that place."""
    if isinstance(code, TextCode):
        return literal(code.value, quote)
    if isinstance(code, EnvironmentCode):
        return f"{environ}[{literal(code.name, quote)}]"
    return "{" + ", ".join(header_entries(code.headers, quote)) + "}"


def header_entries(headers: tuple[tuple[str, str], ...], quote: str) -> list[str]:
    """The entries of a mapping display."""
    return [f"{literal(name, quote)}: {literal(value, quote)}" for name, value in headers]
