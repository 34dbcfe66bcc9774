"""The variables that a program runs with: it is led to the stand-in and knows no real key."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from codemod.records import record
from codemod.reports.masking import mask_for
from codemod.settings_search import ENDPOINT_VARIABLES
from codemod.verify.traffic import OPENROUTER_KEY, KeyKind, kind_of_key

_DUMMIES = {KeyKind.OPENROUTER: f"{OPENROUTER_KEY}{'0' * 64}", KeyKind.OPENAI: f"sk-proj-{'0' * 48}"}
_OTHER = "dummy-key-of-or-migrate-verify"
# Keys of vendors whose variable is not called …_API_KEY.
_MORE_KEYS = frozenset(
    {
        "AZURE_OPENAI_AD_TOKEN",
        "HF_TOKEN",
        "HUGGINGFACEHUB_API_TOKEN",
        "HUGGING_FACE_HUB_TOKEN",
        "OPENAI_ADMIN_KEY",
        "REPLICATE_API_TOKEN",
    }
)
# They would lead past the stand-in, or away from its certificate.
_REMOVED = ("ALL_PROXY", "all_proxy", "SSL_CERT_DIR")
_OPENROUTER = re.compile(r"\s*https?://([\w-]+\.)*openrouter\.ai(?![\w.-])", re.IGNORECASE)


@record
class Disguise:
    """Variables with dummies in place of keys, and the real ones that they stand for."""

    variables: Mapping[str, str]
    secrets: tuple[str, ...]


def disguised(variables: Mapping[str, str], needed: Mapping[str, KeyKind]) -> Disguise:
    """Put a dummy in place of each key: in every ``…_API_KEY`` and in whatever holds something like a key.

    ``needed`` are the variables that get a dummy of a kind whether they are set or not.
    """
    kept = {name: value for name, value in variables.items() if name not in _REMOVED}
    looks_like_key = mask_for(())
    real = {
        name: value
        for name, value in kept.items()
        if name.upper().endswith("_API_KEY") or name in _MORE_KEYS or looks_like_key(value) != value
    }
    dummies = {name: _DUMMIES.get(kind_of_key(value), _OTHER) for name, value in real.items()}
    own = {name: _DUMMIES[kind] for name, kind in needed.items()}
    return Disguise({**kept, **dummies, **own}, tuple(value for value in real.values() if value))


def before_migration(variables: Mapping[str, str], old: Path, new: Path) -> dict[str, str]:
    """The variables for a run of the copy in ``new`` in place of ``old``: PYTHONPATH and PWD follow.

    A setting that leads to OpenRouter is part of the migration and is gone.
    """
    found = {name: value for name, value in variables.items() if not _leads_to_openrouter(name, value)}
    found["PWD"] = str(new)
    paths = variables.get("PYTHONPATH")
    if paths:
        entries = [_moved_path(entry, old, new) for entry in paths.split(os.pathsep)]
        found["PYTHONPATH"] = os.pathsep.join(entries)
    return found


def _leads_to_openrouter(name: str, value: str) -> bool:
    return name in ENDPOINT_VARIABLES and _OPENROUTER.match(value) is not None


def _moved_path(entry: str, old: Path, new: Path) -> str:
    path = Path(entry)
    return str(new / path.relative_to(old)) if path.is_absolute() and path.is_relative_to(old) else entry
