"""What the user asked for: options and [tool.or-migrate], as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one run.

    ``models`` re-routes ids (``--map``): OpenAI id to the OpenRouter id to write. ``headers`` are the attribution
    headers to add, in order; empty if nothing is configured. ``line_length`` is None where the project sets none.
    """

    base_url: str = "https://openrouter.ai/api/v1"
    api_key_env: str = "OPENROUTER_API_KEY"
    site_url: str | None = None
    app_title: str | None = None
    title_header: str = "X-Title"
    models: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    gitignore: bool = True
    unsafe: bool = False
    strict: bool = False
    allow_host: bool = False
    line_length: int | None = None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The attribution headers to send, as (name, value)."""
        pairs = (("HTTP-Referer", self.site_url), (self.title_header, self.app_title))
        return tuple((name, value) for name, value in pairs if value is not None)
