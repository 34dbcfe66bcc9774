"""Outcomes made by hand, for the reports to show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from codemod.findings import Applicability, FileResult, FileStatus, Finding, Outcome, Place, RequestCounts, Step
from codemod.rewrites import Span

FOLDER = Path("/project")
KEY = "sk-proj-abcdefghijklmnop0123456789"

BEFORE = f"""import os
from openai import OpenAI

client = OpenAI(api_key="{KEY}")
MODEL = os.environ["MODEL"]


def ask(question):
    return client.chat.completions.create(model=MODEL, messages=question)


def title(text):
    return client.chat.completions.create(model="gpt-4o-mini", messages=text)
"""
AFTER = BEFORE.replace(
    f'OpenAI(api_key="{KEY}")',
    'OpenAI(\n    api_key=os.environ["OPENROUTER_API_KEY"],\n    base_url="https://openrouter.ai/api/v1",\n)',
).replace('"gpt-4o-mini"', '"openai/gpt-4o-mini"')


def finding(
    rule: str,
    line: int,
    applicability: Applicability,
    message: str,
    remedy: str = "",
    path: str = "app/chat.py",
    **more: object,
) -> Finding:
    return replace(
        Finding(rule, FOLDER / path, Span(0, 1), Place(line, 1, line, 9), applicability, message, remedy),
        **more,  # type: ignore[arg-type]
    )


def changed(path: str, before: str, after: str, encoding: str = "utf-8") -> FileResult:
    return FileResult(FOLDER / path, FileStatus.CHANGED, None, before, after, encoding=encoding)


SAFE, UNSAFE, MANUAL, INFO = Applicability

FULL = Outcome(
    findings=(
        finding(
            "OR101", 4, SAFE, "the client goes to https://openrouter.ai/api/v1", applied=True, group="app/chat.py:4"
        ),
        finding("OR102", 4, SAFE, 'its key is os.environ["OPENROUTER_API_KEY"]', applied=True, group="app/chat.py:4"),
        finding(
            "OR112",
            4,
            MANUAL,
            f"The key {KEY} stands in the source.",
            "Revoke it at OpenAI; it stays in the history of the repository.",
        ),
        finding(
            "OR205",
            5,
            MANUAL,
            "The model comes from the environment variable MODEL, which nobody sets in this project.",
            "Set MODEL to an OpenRouter id where the program runs, such as openai/gpt-4o.",
            trace=(
                Step(FOLDER / "app/chat.py", 9, "model"),
                Step(FOLDER / "app/chat.py", 5, "MODEL"),
                Step(FOLDER / "app/settings.py", 12, 'os.environ["MODEL"]'),
            ),
        ),
        finding(
            "OR201",
            13,
            SAFE,
            '"gpt-4o-mini" becomes "openai/gpt-4o-mini"',
            applied=True,
            group="app/chat.py:4",
            before='"gpt-4o-mini"',
            after='"openai/gpt-4o-mini"',
        ),
        finding("OR120", 3, INFO, "The client talks to Azure", path="app/legacy.py"),
        finding(
            "OR902",
            7,
            MANUAL,
            "The file cannot be parsed: invalid syntax.",
            "Correct line 7, or exclude the file.",
            path="broken [1].py",
        ),
    ),
    files=(
        changed("app/chat.py", BEFORE, AFTER),
        FileResult(FOLDER / "app/legacy.py", FileStatus.UNCHANGED),
        FileResult(FOLDER / "broken [1].py", FileStatus.FAILED, "invalid syntax in line 7"),
    ),
    scanned=1204,
    requests=RequestCounts(migrated=2, reported=0, left=1),
    before_you_run=(
        "Set OPENROUTER_API_KEY: the clients in app/chat.py read it and stop without it.",
        "No attribution headers are added; --site-url and --app-title add them.",
    ),
    secrets=frozenset({KEY}),
    written=True,
)
DRY = replace(FULL, written=False)
