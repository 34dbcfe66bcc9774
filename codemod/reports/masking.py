"""Secrets never leave the tool: every text of every report goes through a mask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

MASKED = "\u2039masked\u203a"

Mask = Callable[[str], str]

# A key may follow a letter ("\nsk-…" in a literal); a word that ends in sk- ("task-…") is none.
_KEYS = (
    r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{12,}",
    r"sk-(?:proj|or-v1|svcacct|admin|ant)-[A-Za-z0-9_-]{8,}",
    r"sk-(?=[A-Za-z_-]*[0-9])(?=[0-9a-z_-]*[A-Z])[A-Za-z0-9_-]{20,}",
)

# A shorter secret is masked only where it stands alone in quotes: masking every "1234" would destroy the report.
_LONG_ENOUGH = 8
# A word is no key of any service, and may be one that the program uses for much else: a name of a mapping's entry that
# nobody can tell from the one that holds the key. It is masked where it stands as a key.
_WORD = re.compile(r"[a-z]{1,15}")
_AS_A_KEY = r"((?i:key|token|secret|password)[\"']?\]?\s*(?::[^=\n]*)?[=:]\s*[\"'])"


def mask_for(secrets: Iterable[str]) -> Mask:
    """The function that hides ``secrets`` and everything that looks like an API key.

    Three characters of a key stay visible, so that its owner recognises it.
    """
    pieces = {piece.strip() for secret in secrets for piece in secret.splitlines()} - {""}
    words = {piece for piece in pieces if _WORD.fullmatch(piece)}
    longest_first = sorted(pieces - words, key=lambda piece: (-len(piece), piece))
    pattern = re.compile("|".join([*map(_pattern, longest_first), *_KEYS]))
    word = re.compile(f"{_AS_A_KEY}(?:{'|'.join(sorted(words))})(?=[\"'])") if words else None

    def mask(text: str) -> str:
        masked = pattern.sub(_hide, text)
        return masked if word is None else word.sub(lambda found: found[1] + MASKED, masked)

    return mask


def _pattern(secret: str) -> str:
    escaped = re.escape(secret)
    return escaped if len(secret) >= _LONG_ENOUGH else f"(?<=[\"']){escaped}(?=[\"'])"


def _hide(match: re.Match[str]) -> str:
    text = match.group()
    keep = 3 if text.startswith("sk-") or len(text) >= 2 * _LONG_ENOUGH else 0
    return text[:keep] + MASKED
