"""Tokens of a file with their character offsets: comments, brackets and string literals."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from codemod.languages.python.refusal import Refusal
from codemod.records import record
from codemod.rewrites import Span
from codemod.source import Lines

_LINE_END = re.compile(r"\r\n|\r")
_LAYOUT = frozenset({tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
# Since Python 3.12 an f-string is several tokens; its first one holds the prefix and the quotes.
_STRINGS = frozenset({tokenize.STRING, getattr(tokenize, "FSTRING_START", tokenize.STRING)})
_QUOTES = re.compile(r"[A-Za-z]*('''|\"\"\"|'|\")")


@record
class Token:
    """A token that is not layout; ``kind`` is a constant of ``tokenize``."""

    kind: int
    text: str
    span: Span


def read_tokens(text: str, lines: Lines) -> tuple[Token, ...]:
    """The tokens of ``text`` in order. Raises Refusal where the standard library's tokenizer fails."""
    return tuple(
        Token(
            token.type,
            token.string,
            Span(lines.offset(token.start[0], 0) + token.start[1], lines.offset(token.end[0], 0) + token.end[1]),
        )
        for token in _tokens(text)
        if token.type not in _LAYOUT
    )


def comments(text: str) -> list[str]:
    """The comments of a file, in order."""
    if "#" not in text:
        return []
    return [token.string for token in _tokens(text) if token.type == tokenize.COMMENT]


def comments_in(text: str) -> list[str]:
    """The comments of a piece of source that may stand between brackets, in order."""
    return comments(f"({text}\n)") if "#" in text else []


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens one by one, for together they take much memory. Raises Refusal as they are taken."""
    # The tokenizer does not know a lone carriage return; rows and columns are the same after this.
    readline = io.StringIO(_LINE_END.sub("\n", text), newline="").readline
    try:
        yield from tokenize.generate_tokens(readline)
    except (tokenize.TokenError, SyntaxError) as error:
        raise Refusal(f"the tokenizer does not accept the source: {error}") from None


def tokens_within(tokens: Sequence[Token], span: Span) -> Sequence[Token]:
    """The tokens that start inside ``span``."""
    return tokens[token_from(tokens, span.start) : token_from(tokens, span.end)]


def token_from(tokens: Sequence[Token], offset: int) -> int:
    """The index of the first token that starts at ``offset`` or behind it."""
    return bisect_left(tokens, offset, key=lambda token: token.span.start)


def usual_quote(tokens: Sequence[Token]) -> str | None:
    """The quote that most one-line literals among ``tokens`` have; None where there is none or no majority."""
    quotes = [match[1] for token in tokens if token.kind in _STRINGS if (match := _QUOTES.match(token.text))]
    single, double = quotes.count("'"), quotes.count('"')
    if single == double:
        return None
    return "'" if single > double else '"'
