"""Mutations of how a program is written: its tree stays."""

from __future__ import annotations

import ast
import io
import re
import token as kinds
import tokenize
from itertools import pairwise

from tests.fuzzing.chance import (
    Chance,
    Mutation,
    Offsets,
    Preserves,
    indentation_of,
    newline_of,
    of_text,
    parsed,
    statements_of,
    tokens_of,
)

_COMMENTS = ("# note", "# type: ignore", "#!x", "# café ☕", "# noqa: E501  # fmt: skip", '# "gpt-4o"', "#\t\x0c.")
_NEWLINES = ("\r\n", "\r", "\n")


def comment_behind_a_line(text: str, chance: Chance) -> str:
    places = [token.start for token in tokens_of(text) if token.kind == kinds.NEWLINE]
    return _put(text, chance, places, f"  {chance.choice(_COMMENTS)}")


def comment_above_a_statement(text: str, chance: Chance) -> str:
    statements = statements_of(text)
    if not statements:
        return text
    _, start, end = chance.choice(statements)
    line = f"{indentation_of(text[start:end])}{chance.choice(_COMMENTS)}{newline_of(text)}"
    return text[:start] + line + text[start:]


def blank_line(text: str, chance: Chance) -> str:
    blank = chance.choice(("", "   ", "\t", "\x0c", "\x0c  ")) + newline_of(text)
    return _put(text, chance, [start for _, start, _ in statements_of(text)], blank)


def form_feed_before_a_line(text: str, chance: Chance) -> str:
    return _put(text, chance, [start for _, start, _ in statements_of(text)], "\x0c")


def blanks_behind_a_line(text: str, chance: Chance) -> str:
    places = [token.start for token in tokens_of(text) if token.kind in (kinds.NEWLINE, tokenize.NL)]
    return _put(text, chance, places, chance.choice(("  ", "\t", " \x0c")))


def newlines(text: str, chance: Chance) -> str:
    newline = chance.choice(_NEWLINES)
    return re.sub(r"\r\n|\r|\n", lambda _: newline, text)


def mixed_newlines(text: str, chance: Chance) -> str:
    every = chance.below(1 << 16)
    count = iter(range(1 << 30))
    return re.sub(r"\r\n|\r|\n", lambda _: _NEWLINES[(every >> (next(count) % 16)) % 3], text)


def byte_order_mark(text: str, chance: Chance) -> str:
    return text.removeprefix("\ufeff") if text.startswith("\ufeff") else "\ufeff" + text


def encoding_declared(text: str, chance: Chance) -> str:
    line = chance.choice(("# -*- coding: utf-8 -*-", "# vim: set fileencoding=UTF-8 :", "# coding=utf8"))
    if text.startswith(("#", "\ufeff")):
        return text
    return line + newline_of(text) + text


def shebang(text: str, chance: Chance) -> str:
    return text if text.startswith(("#", "\ufeff")) else "#!/usr/bin/env python3" + newline_of(text) + text


def end_of_the_file(text: str, chance: Chance) -> str:
    ends = ("", "\n\n\n", "\n    ", "\n# end", "  # end", "\n\x0c", "\n    # end\n", "\r")
    return text.rstrip() + chance.choice(ends)


def other_quotes(text: str, chance: Chance) -> str:
    every = chance.below(2)
    strings = [
        token
        for token in tokens_of(text)
        if token.kind == kinds.STRING and re.fullmatch(r"""[rRbBuU]*(['"])[^'"\\]*\1""", token.text, re.DOTALL)
    ]
    if not strings:
        return text
    chosen = strings if every else [chance.choice(strings)]
    for token in reversed(chosen):
        swapped = token.text.translate({ord("'"): '"', ord('"'): "'"})
        text = text[: token.start] + swapped + text[token.end :]
    return text


def triple_quotes(text: str, chance: Chance) -> str:
    strings = [
        token
        for token in tokens_of(text)
        if token.kind == kinds.STRING and re.fullmatch(r"""[rRbBuU]*(['"])[^'"\\]+\1""", token.text, re.DOTALL)
    ]
    if not strings:
        return text
    token = chance.choice(strings)
    quote = token.text[-1]
    prefix, _, rest = token.text.partition(quote)
    return text[: token.start] + prefix + quote * 3 + rest + quote * 2 + text[token.end :]


def raw_prefix(text: str, chance: Chance) -> str:
    strings = [token for token in tokens_of(text) if token.kind == kinds.STRING and token.text[0] in "'\""]
    plain = [token.start for token in strings if "\\" not in token.text]
    return _put(text, chance, plain, chance.choice(("r", "R")))


def tabs(text: str, chance: Chance) -> str:
    starts = {token.start for token in tokens_of(text)}
    pieces = []
    end = 0
    for line in io.StringIO(text, newline=""):
        indentation = indentation_of(line)
        begin = end
        end += len(line)
        is_code = begin + len(indentation) in starts
        pieces.append(indentation.replace("    ", "\t") + line[len(indentation) :] if is_code else line)
    return "".join(pieces)


def parentheses(text: str, chance: Chance) -> str:
    """Parentheses around an expression; odd ones too, as in ``(OpenAI)((("x")))``."""
    spans = _expressions(text)
    if not spans:
        return text
    start, end = chance.choice(spans)
    inner = chance.choice(("", "", " ", "\n"))
    return f"{text[:start]}({inner}{text[start:end]}{inner}){text[end:]}"


def continued_line(text: str, chance: Chance) -> str:
    newline = newline_of(text)
    tokens = tokens_of(text)
    places = [one.end for one, other in pairwise(tokens) if text[one.end : other.start] == " "]
    return _put(text, chance, places, f" \\{newline}")


def line_broken_in_brackets(text: str, chance: Chance) -> str:
    places = [token.end for token in tokens_of(text) if token.text in ("(", "[", "{", ",")]
    return _put(text, chance, places, newline_of(text))


def trailing_comma(text: str, chance: Chance) -> str:
    places = [token.start for token in tokens_of(text) if token.text in (")", "]", "}")]
    return _put(text, chance, places, chance.choice((",", " ,", ", ")))


def blanks_between_tokens(text: str, chance: Chance) -> str:
    tokens = [token for token in tokens_of(text) if token.kind in (kinds.OP, kinds.NAME, kinds.STRING)]
    blank = chance.choice((" ", "\t", "\x0c", "   "))
    return _put(text, chance, [token.end for token in tokens], blank)


def comment_in_brackets(text: str, chance: Chance) -> str:
    """The tree stays, but an expression that holds a comment is not replaced: the edits may be fewer."""
    places = [token.end for token in tokens_of(text) if token.text in ("(", "[", "{", ",")]
    return _put(text, chance, places, f"  {chance.choice(_COMMENTS)}{newline_of(text)}")


def joined_statements(text: str, chance: Chance) -> str:
    """Two statements on one line; nothing is inserted behind such a one, so the edits may be fewer."""
    simple = [
        (start, end)
        for node, start, end in statements_of(text)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not hasattr(node, "body")
    ]
    pairs = [(one, other) for one, other in pairwise(simple) if one[1] == other[0]]
    if not pairs:
        return text
    (start, middle), (_, _) = chance.choice(pairs)
    first = text[start:middle].rstrip()
    return text[:start] + first + chance.choice(("; ", ";", " ; ")) + text[middle:].lstrip(" \t\x0c")


def split_text(text: str, chance: Chance) -> str:
    """A text as two side by side, of which neither is the whole."""
    strings = [
        token
        for token in tokens_of(text)
        if token.kind == kinds.STRING and re.fullmatch(r"""(['"])[^'"\\]{2,}\1""", token.text)
    ]
    if not strings:
        return text
    token = chance.choice(strings)
    quote = token.text[0]
    cut = token.start + 2 + chance.below(len(token.text) - 3)
    between = chance.choice((" ", "", " \\\n"))
    return f"{text[:cut]}{quote}{between}{quote}{text[cut:]}"


def _expressions(text: str) -> list[tuple[int, int]]:
    tree = parsed(text)
    offsets = Offsets(text)
    kept = (ast.Call, ast.Constant, ast.Name, ast.Attribute, ast.BoolOp, ast.IfExp, ast.Await, ast.Dict, ast.JoinedStr)
    nodes = [node for node in ast.walk(tree) if isinstance(node, kept)] if tree else []
    return sorted(offsets.span(node) for node in nodes)


def _put(text: str, chance: Chance, places: list[int], new: str) -> str:
    if not places:
        return text
    place = chance.choice(places)
    return text[:place] + new + text[place:]


LAYOUT: tuple[Mutation, ...] = (
    *(
        of_text(each, Preserves.TREE)
        for each in (
            comment_behind_a_line,
            comment_above_a_statement,
            blank_line,
            form_feed_before_a_line,
            blanks_behind_a_line,
            newlines,
            mixed_newlines,
            byte_order_mark,
            encoding_declared,
            shebang,
            end_of_the_file,
            other_quotes,
            triple_quotes,
            raw_prefix,
            tabs,
            parentheses,
            continued_line,
            line_broken_in_brackets,
            trailing_comma,
            blanks_between_tokens,
        )
    ),
    *(of_text(each, Preserves.NOTHING) for each in (comment_in_brackets, joined_statements, split_text)),
)
