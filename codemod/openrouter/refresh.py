"""Fetching OpenRouter's listing of models into the user's cache folder: the one place that uses the network."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from codemod.openrouter.listing import Listing, ListingError, read_listing, reduced

# Needs no key: https://openrouter.ai/docs/guides/overview/models
MODELS_URL = "https://openrouter.ai/api/v1/models"
SECONDS = 20.0
# The answer has about one megabyte.
MAX_BYTES = 20_000_000


class RefreshError(Exception):
    """The listing could not be fetched or kept; the message is one line. What was there before is as it was."""


def cache_file(environment: Mapping[str, str], platform: str, home: Path) -> Path:
    """Where the fetched listing is kept: in the folder that the platform has for such files."""
    if platform == "win32":
        folder = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif environment.get("XDG_CACHE_HOME") or platform != "darwin":
        folder = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    else:
        folder = home / "Library" / "Caches"
    return folder / "or-migrate" / "models.json"


def users_cache_file() -> Path:
    """``cache_file`` for who runs this."""
    return cache_file(os.environ, sys.platform, Path("~").expanduser())


def refresh(path: Path, today: date, *, url: str = MODELS_URL, seconds: float = SECONDS) -> Listing:
    """Fetch the listing from ``url``, check it, and put what is needed of it into the file ``path``, whole.

    ``seconds`` limits the whole of it. Raises RefreshError.
    """
    data = _fetch(url, seconds)
    try:
        content = json.loads(data)
        listing = read_listing(content, today.isoformat())
    except ListingError as error:
        raise RefreshError(f"{url}: {error}") from None
    except (ValueError, RecursionError):
        raise RefreshError(f"{url}: the answer is not valid JSON") from None
    kept = json.dumps(reduced(content, today.isoformat(), url), ensure_ascii=False, separators=(",", ":"))
    try:
        _replace(path, kept.encode("utf-8", "replace"))
    except OSError as error:
        raise RefreshError(f"{path}: cannot be written: {error.strerror}") from None
    return listing


def _fetch(url: str, seconds: float) -> bytes:
    """The body of the answer; the time-out holds for all of it, not for each piece alone."""
    from http.client import HTTPException  # noqa: PLC0415 - only a refresh needs them
    from urllib.error import HTTPError  # noqa: PLC0415
    from urllib.request import Request, urlopen  # noqa: PLC0415

    end = time.monotonic() + seconds
    request = Request(url, headers={"Accept": "application/json", "User-Agent": "or-migrate"})  # noqa: S310 - no user input
    data = bytearray()
    try:
        with urlopen(request, timeout=seconds) as answer:  # noqa: S310
            while piece := answer.read1(65_536):
                data += piece
                if len(data) > MAX_BYTES:
                    raise RefreshError(f"{url}: the answer is larger than {MAX_BYTES // 1_000_000} MB")
                if time.monotonic() > end:
                    raise RefreshError(f"{url}: no complete answer within {seconds:g} seconds")
    except HTTPError as error:
        error.close()
        raise RefreshError(f"{url}: the server answers {error.code} {error.reason}") from None
    except TimeoutError:
        raise RefreshError(f"{url}: no complete answer within {seconds:g} seconds") from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise RefreshError(f"{url}: cannot be fetched: {reason}") from None
    return bytes(data)


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{os.urandom(8).hex()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
