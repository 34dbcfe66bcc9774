from enum import Enum
from typing import Final, NamedTuple

DEFAULT_MODEL: Final = "gpt-4o-mini"
COMMIT_MODEL: Final[str] = "gpt-4.1-nano"


class Task(NamedTuple):
    prompt: str
    model: str = "gpt-4o-mini"
    temperature: float = 0.0


TASKS = {
    "translate": Task("Translate the text to {lang}."),
    "grammar": Task("Fix grammar and spelling. Output only the text.", model="gpt-4.1-mini"),
    "regex": Task("Write one Python regex. Output only the regex.", "o4-mini", 1.0),
}


class Size(str, Enum):
    """Sizes for `askai review`."""

    small = "gpt-4o-mini"
    large = "gpt-4o"
