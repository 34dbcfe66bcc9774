"""Credentials in the address of a request: those of a bot or of a webhook stand in its path or in its query."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from codemod.reports.masking import MASKED

# Letters of both cases and digits without an order, or many hexadecimal digits; a name of a thing has neither.
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_-])"
    r"(?:(?=[A-Za-z_-]*[0-9])(?=[0-9a-z_-]*[A-Z])(?=[0-9A-Z_-]*[a-z])[A-Za-z0-9_-]{20,}|[0-9a-f]{32,})"
    r"(?![A-Za-z0-9_-])"
)
_SECRET_NAMES = re.compile(r"key|token|secret|password|passwd|signature|^sig$|credential|^code$|auth", re.IGNORECASE)


def without_tokens(path: str) -> str:
    """The path with what looks like a credential masked."""
    return _TOKEN.sub(MASKED, path)


def shown_query(query: str) -> list[tuple[str, str]]:
    """The names and values of a query; of what its name calls a secret, and what looks like one, a mask."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return [(name, MASKED if _SECRET_NAMES.search(name) else without_tokens(value)) for name, value in pairs]
