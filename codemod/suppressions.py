"""Comments that silence findings: ``# or-migrate: ignore``, ``ignore[OR201, OR3]`` and ``ignore-file``."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import field

from codemod.records import record

_MARK = "or-migrate:"
_COMMENT = re.compile(r"#\s*or-migrate:\s*(ignore-file|ignore)(?![\w-])(?:\s*\[([^\]]*)\])?")
_NEWLINES = re.compile(r"\r\n?")
_NO_CODE = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_EVERY_RULE = ("OR",)


@record
class Suppressions:
    """The comments of one file. ``lines`` holds, by line they speak of, the rules or families they silence."""

    lines: dict[int, tuple[str, ...]] = field(default_factory=dict)
    whole_file: tuple[str, ...] = ()

    def silences(self, rule: str, first_line: int, last_line: int) -> bool:
        """Whether a finding of ``rule`` from ``first_line`` to ``last_line`` (from 1, both included) is silenced.

        For a statement with a body, ``last_line`` is the last line of its head.
        """
        if rule.startswith(self.whole_file):
            return True
        return any(first_line <= line <= last_line and rule.startswith(codes) for line, codes in self.lines.items())


def read_suppressions(text: str) -> Suppressions:
    """The suppressions in a decoded Python source; those before the first error if it cannot be tokenised.

    A comment behind code speaks of its line, one on a line of its own of the next line that holds code. A comment
    for the whole file starts in the first column of its line.
    """
    if _MARK not in text:
        return Suppressions()
    lines: dict[int, tuple[str, ...]] = {}
    whole_file: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    code_line = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(_NEWLINES.sub("\n", text)).readline):
            line, column = token.start
            if token.type not in _NO_CODE:
                code_line = token.end[0]
                if waiting:
                    lines[line] = lines.get(line, ()) + waiting
                waiting = ()
            match = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
            if match is None:
                continue
            codes = _codes(match[2])
            if match[1] == "ignore-file":
                whole_file += codes if column == 0 else ()
            elif line == code_line:
                lines[line] = lines.get(line, ()) + codes
            else:
                waiting += codes
    except (tokenize.TokenError, SyntaxError):
        pass  # the parser says so in a finding of its own, and nothing is edited
    return Suppressions(lines, whole_file)


def _codes(listed: str | None) -> tuple[str, ...]:
    if listed is None:
        return _EVERY_RULE
    return tuple(code.strip().upper() for code in listed.split(",") if code.strip())
