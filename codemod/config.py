"""What the user asked for: options and [tool.or-migrate], as one frozen value."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from codemod.records import record

DEFAULT_BASE_URL = "https://openrouter.ai/api/v1"
_TITLE_HEADERS = ("X-Title", "X-OpenRouter-Title")
# What becomes of a client of which OpenRouter serves some calls and others not.
MIXED_CLIENTS = ("split", "migrate", "keep")


class ConfigError(Exception):
    """A setting that cannot be used. The message is one line that names it, where it stands, and what is allowed."""


@record
class Config:
    """Settings of one run.

    ``models`` re-routes ids (``--map``): OpenAI id to the OpenRouter id to write. ``replace_retired``
    writes the replacement of a model that OpenRouter no longer lists. ``mixed_clients`` is one of
    MIXED_CLIENTS. ``headers`` are the attribution headers to add, in order; empty if nothing is configured.
    ``line_length`` is None where the project sets none.
    """

    base_url: str = DEFAULT_BASE_URL
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
    replace_retired: bool = False
    mixed_clients: str = "split"
    allow_host: bool = False
    line_length: int | None = None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The attribution headers to send, as (name, value)."""
        pairs = (("HTTP-Referer", self.site_url), (self.title_header, self.app_title))
        return tuple((name, value) for name, value in pairs if value is not None)


@record
class Settings:
    """What one source sets: the options of the command line, or a pyproject.toml. None: it says nothing.

    ``path`` is the pyproject.toml that was read. ``line_length`` is what the project's formatter is set to.
    """

    base_url: str | None = None
    api_key_env: str | None = None
    site_url: str | None = None
    app_title: str | None = None
    title_header: str | None = None
    models: Mapping[str, str] | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    force_exclude: bool | None = None
    gitignore: bool | None = None
    unsafe: bool | None = None
    strict: bool | None = None
    replace_retired: bool | None = None
    mixed_clients: str | None = None
    allow_host: bool | None = None
    line_length: int | None = None
    path: Path | None = None


# Reading the file.

# The kind of value of every key of [tool.or-migrate]. "map" and "models" are two names of one table.
_KEYS: Mapping[str, str] = {
    "base-url": "a text",
    "api-key-env": "a text",
    "site-url": "a text",
    "app-title": "a text",
    "title-header": "a text",
    "map": "a table of texts",
    "models": "a table of texts",
    "select": "a list of texts",
    "ignore": "a list of texts",
    "exclude": "a list of texts",
    "force-exclude": "true or false",
    "gitignore": "true or false",
    "unsafe": "true or false",
    "strict": "true or false",
    "replace-retired": "true or false",
    "mixed-clients": "a text",
    "allow-host": "true or false",
}


def load_settings(start: Path) -> Settings:
    """The settings of the nearest pyproject.toml at or above ``start`` (a folder, or a file in one).

    Raises ConfigError for a file that is no TOML, an unknown key and a value of the wrong type.
    """
    folder = start.absolute()
    line_length = None
    for candidate in (folder, *folder.parents):
        line_length = line_length or _ruff_line_length(candidate)
        path = candidate / "pyproject.toml"
        if path.is_file():
            tools = _table(_read_toml(path), "tool")
            values = _read_section(path, tools.get("or-migrate", {}))
            return Settings(**values, line_length=line_length or _line_length(tools), path=path)
    return Settings(line_length=line_length)


def _read_toml(path: Path) -> dict[str, Any]:
    # Imported here: many a run meets no such file.
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415
    else:
        import tomli as tomllib  # noqa: PLC0415
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        what = str(error).splitlines()[0]
        line = re.search(r"at line (\d+)", what)
        raise ConfigError(f"{path}{':' + line[1] if line else ''}: not valid TOML: {what}") from None
    except UnicodeDecodeError as error:
        line_number = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line_number}: not valid TOML: the file is not UTF-8") from None
    except RecursionError:
        raise ConfigError(f"{path}: not valid TOML: nested too deeply") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def _read_section(path: Path, section: object) -> dict[str, Any]:
    if not isinstance(section, dict):
        raise ConfigError(f"{path}: tool.or-migrate must be a table")
    values: dict[str, Any] = {}
    for key, value in section.items():
        if key not in _KEYS:
            raise ConfigError(f'{path}: unknown key "{key}" in [tool.or-migrate]{_hint(key, _KEYS)}')
        kind = _KEYS[key]
        if not _is_kind(value, kind):
            raise ConfigError(f"{path}: {key} in [tool.or-migrate] must be {kind}")
        values[_field(key)] = tuple(value) if isinstance(value, list) else value
    if "map" in section and "models" in section:
        raise ConfigError(f"{path}: map and models in [tool.or-migrate] are the same table; keep one of them")
    return values


def _field(key: str) -> str:
    return "models" if key == "map" else key.replace("-", "_")


def _is_kind(value: object, kind: str) -> bool:
    if kind == "a table of texts":
        return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    if kind == "a list of texts":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, bool if kind == "true or false" else str)


def _line_length(tools: Mapping[str, Any]) -> int | None:
    return _length(_table(tools, "ruff")) or _length(_table(tools, "black"))


def _ruff_line_length(folder: Path) -> int | None:
    """What ruff's own file in ``folder`` says. A broken one is ruff's to complain about."""
    for name in (".ruff.toml", "ruff.toml"):
        path = folder / name
        if path.is_file():
            try:
                return _length(_read_toml(path))
            except ConfigError:
                return None
    return None


def _length(table: Mapping[str, Any]) -> int | None:
    length = table.get("line-length")
    return length if isinstance(length, int) and not isinstance(length, bool) and length > 0 else None


def _table(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _hint(word: str, known: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415 - for errors only

    nearest = difflib.get_close_matches(word, list(known), n=1, cutoff=0)
    return f'; did you mean "{nearest[0]}"?' if nearest else ""


# Putting file and options together.


def parse_map(entries: Sequence[str]) -> dict[str, str]:
    """The table that ``--map OLD=NEW`` entries spell. Raises ConfigError for an entry without "="."""
    table: dict[str, str] = {}
    for entry in entries:
        old, equals, new = entry.partition("=")
        if not equals:
            raise ConfigError(f'--map "{entry}" must have the form OLD=NEW')
        table[old.strip()] = new.strip()
    return table


def build_config(settings: Settings, options: Settings, *, known: Collection[str]) -> Config:
    """The configuration of a run: ``options`` beat ``settings``; a model map is joined, entry by entry.

    ``known`` are the codes of all rules. Raises ConfigError for a value that cannot be used.
    """
    chosen: dict[str, Any] = {}
    for name in (item.name for item in fields(Config)):
        option = getattr(options, name)
        value = getattr(settings, name) if option is None else option
        if value is not None:
            chosen[name] = value
    where = _Where(settings, options)
    chosen["models"] = MappingProxyType({**(settings.models or {}), **(options.models or {})})
    config = Config(**chosen)
    _check_models(config.models, where)
    _check_environment_name(config.api_key_env, where)
    if config.title_header not in _TITLE_HEADERS:
        raise ConfigError(f"{where.names('title-header')} must be one of {', '.join(_TITLE_HEADERS)}")
    if config.mixed_clients not in MIXED_CLIENTS:
        raise ConfigError(f"{where.names('mixed-clients')} must be one of {', '.join(MIXED_CLIENTS)}")
    chosen["base_url"] = _checked_url(config.base_url, config.allow_host, where)
    chosen["site_url"] = _checked_header(config.site_url, "site-url", where)
    chosen["app_title"] = _checked_header(config.app_title, "app-title", where)
    chosen["select"] = _checked_codes(config.select, "select", known, where)
    chosen["ignore"] = _checked_codes(config.ignore, "ignore", known, where)
    return Config(**chosen)


@record
class _Where:
    """Names the place of a setting in a message."""

    settings: Settings
    options: Settings

    def names(self, key: str) -> str:
        if getattr(self.options, _field(key)) is not None or self.settings.path is None:
            return f"--{key}"
        return f"{self.settings.path}: {key} in [tool.or-migrate]"


def _checked_url(url: str, allow_host: bool, where: _Where) -> str:
    """The URL without a slash at its end. A URL that holds a password is not repeated in the message."""
    if url == DEFAULT_BASE_URL:
        return url
    from urllib.parse import urlsplit  # noqa: PLC0415 - only for an address of the user's own

    named = where.names("base-url")
    if not re.fullmatch(r"[!-~]+", url) or re.search(r"[\\\"'`<>{}^|]", url):
        raise ConfigError(f"{named} must be a URL in printable ASCII without blanks, quotes and backslashes")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigError(f"{named} is not a valid URL") from None
    if "@" in parts.netloc:
        raise ConfigError(f"{named} must not hold credentials; the key is read from the environment")
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise ConfigError(f"{named} must not have a query or fragment: {url}")
    if allow_host:
        if parts.scheme not in {"http", "https"} or not host:
            raise ConfigError(f"{named} must be an http or https URL with a host: {url}")
    elif parts.scheme != "https" or not (host == "openrouter.ai" or (host or "").endswith(".openrouter.ai")):
        raise ConfigError(f"{named} must be an https URL on openrouter.ai (--allow-host permits another): {url}")
    return url.rstrip("/")


def _check_environment_name(name: str, where: _Where) -> None:
    # The value is not repeated: it may be the key itself, given by mistake.
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ConfigError(f"{where.names('api-key-env')} must be the name of an environment variable, not a key")
    if name == "OPENAI_API_KEY":
        raise ConfigError(f"{where.names('api-key-env')} must not be {name}: OpenRouter would get the key of OpenAI")


def _checked_header(value: str | None, key: str, where: _Where) -> str | None:
    """The value of a header; None for an empty one, so that an option can take back what the file sets."""
    if not value:
        return None
    if not re.fullmatch(r"[ -~]+", value) or value != value.strip():
        raise ConfigError(f"{where.names(key)} must be printable ASCII without newlines or blanks at its ends")
    return value


def _check_models(models: Mapping[str, str], where: _Where) -> None:
    named = where.names("map")
    for old, new in models.items():
        if not re.fullmatch(r"[^\s\"'\\]+", old):
            raise ConfigError(f'{named}: "{old}" is not a model id')
        if not re.fullmatch(r"[^\s/\"'\\]+/[^\s/\"'\\]+", new):
            raise ConfigError(f'{named}: "{new}" (for {old}) must have the form author/model')


def _checked_codes(codes: Iterable[str], key: str, known: Collection[str], where: _Where) -> tuple[str, ...]:
    """The codes in capitals; one entry may hold several with commas between them."""
    checked = [code.strip().upper() for entry in codes for code in entry.split(",") if code.strip()]
    for code in checked:
        is_family = re.fullmatch(r"OR\d{1,2}", code) and any(rule.startswith(code) for rule in known)
        if not is_family and code not in known:
            raise ConfigError(f'{where.names(key)}: unknown rule "{code}"{_hint(code, sorted(known))}')
    return tuple(checked)
