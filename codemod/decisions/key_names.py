"""What the name of a key becomes: a variable, a secret in a store, a field of a settings class."""

from __future__ import annotations

_STANDARD = "OPENAI_API_KEY"
_SPELLINGS = (("OPENAI", "OPENROUTER"), ("openai", "openrouter"), ("OpenAI", "OpenRouter"))


def renamed(name: str, wanted: str) -> str | None:
    """The OpenRouter name for a key called ``name``: OPENAI_API_KEY becomes ``wanted``, case kept.

    None if the name does not say that the key is OpenAI's.
    """
    if "azure" in name.lower():
        return None
    if name == _STANDARD:
        return wanted
    if name == _STANDARD.lower():
        return wanted.lower()
    for old, new in _SPELLINGS:
        if old in name:
            return name.replace(old, new)
    return None


def is_renamed(name: str, wanted: str) -> bool:
    """Whether a key called ``name`` is OpenRouter's already."""
    return name.upper() == wanted.upper() or "openrouter" in name.lower()
