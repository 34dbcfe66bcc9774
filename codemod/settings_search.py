"""Settings outside the code that send the SDK's requests somewhere: a search in the files that hold such things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from codemod.decisions.context import EndpointSetting
from codemod.openai_sdk import HOSTS

ENDPOINT_VARIABLES = ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_TYPE")

_NAME = rf"(?<![\w.$-])(?<!\$\{{)({'|'.join(ENDPOINT_VARIABLES)})(?!\w)"
_VALUE = r"""(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"',}\]]+))"""
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\n]*", re.MULTILINE)
_SET = re.compile(rf"""{_NAME}["']?[ \t]*[=:](?!=)[ \t]*{_VALUE}""")
_SET_IN_IMAGE = re.compile(rf"^[ \t]*ENV[ \t]+{_NAME}[ \t]+{_VALUE}", re.MULTILINE | re.IGNORECASE)
# Without a value, the variable of whoever starts the program is handed on.
_HANDED_ON = re.compile(
    rf"""(?:^[ \t]*-[ \t]+["']?{_NAME}["']?[ \t]*\r?$|(?:-e|--env)[ \t]+{_NAME}(?![=\w]))""", re.MULTILINE
)
_LARGEST = 1 << 20


def may_hold_settings(path: str) -> bool:
    """Whether a file is, by its name, one that settings are searched in."""
    folder, _, name = path.replace("\\", "/").lower().rpartition("/")
    is_yaml = name.endswith((".yml", ".yaml"))
    return (
        name.startswith((".env", "dockerfile"))
        or name.endswith((".env", ".dockerfile"))
        or (is_yaml and ("compose" in name or folder.endswith(".github/workflows")))
    )


def endpoint_settings(files: Iterable[Path]) -> tuple[EndpointSetting, ...]:
    """Where ``files`` set the endpoint to something that is not OpenAI's own, in the order of files and lines.

    A comment and an empty value set nothing; a file that cannot be read is passed over.
    """
    return tuple(setting for path in files for setting in _settings_in(path))


def is_openais_own(name: str, value: str) -> bool:
    """Whether ``value`` for the variable ``name`` is what the SDK does without it."""
    if name == "OPENAI_API_TYPE":
        return value in ("openai", "open_ai")
    try:
        return urlsplit(value.strip()).hostname in HOSTS
    except ValueError:
        return False


def _settings_in(path: Path) -> Iterator[EndpointSetting]:
    try:
        if not path.is_file():
            return
        with path.open("rb") as file:
            data = file.read(_LARGEST)
    except OSError:
        return
    if not any(name.encode() in data for name in ENDPOINT_VARIABLES):
        return
    text = _COMMENT.sub("", data.decode("utf-8", "replace"))
    said = set()
    for start, name, value in sorted(_matches(text)):
        line = text.count("\n", 0, start) + 1
        if (line, name) not in said and not is_openais_own(name, value):
            said.add((line, name))
            yield EndpointSetting(path, line, name, value)


def _matches(text: str) -> Iterator[tuple[int, str, str]]:
    """Each setting with its place, name and value ("" if the value is handed on)."""
    for pattern in (_SET, _SET_IN_IMAGE):
        for match in pattern.finditer(text):
            value = (match[2] or match[3] or match[4] or "").strip()
            if value:
                yield match.start(1), match[1].upper(), value
    for match in _HANDED_ON.finditer(text):
        group = 1 if match[1] else 2
        yield match.start(group), match[group], ""
