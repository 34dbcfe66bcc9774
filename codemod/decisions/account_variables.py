"""Variables of the environment that name an OpenAI account: the SDK reads them by itself, whoever it talks to.

Taking ``organization=`` from a client does not help where the program sets them, or is known to run with them.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemod import openai_sdk
from codemod.decisions.context import Context, Draft, draft
from codemod.findings import Applicability
from codemod.provenance.facts import FileFacts, Text
from codemod.rewrites import Span

_SENT = {openai_sdk.ENVIRONMENT_VARIABLES[name]: header for name, header in openai_sdk.ACCOUNT_HEADERS.items()}
_HEADERS_VARIABLE = "OPENAI_CUSTOM_HEADERS"


def decide_account_variables(context: Context) -> Iterator[Draft]:
    """The drafts for the places that read or set such a variable, each once; tests are left out."""
    for file in context.files:
        if context.is_test(file):
            continue
        for span, name, what in _places(file):
            headers = f"the header {_SENT[name]}" if name in _SENT else "the headers in it"
            yield draft(
                file,
                span,
                "OR106",
                Applicability.MANUAL,
                f"the program {what} {name}, from which the SDK sends {headers} to OpenRouter too",
                "Unset it where the migrated clients run; give it to clients that stay on OpenAI as an argument.",
            )


def _places(file: FileFacts) -> Iterator[tuple[Span, str, str]]:
    """Where a variable is read or set: the place, its name, and which of the two; an empty text names no account."""
    names = (*_SENT, _HEADERS_VARIABLE)
    for write in file.environment_writes:
        if write.name in names and not (isinstance(write.value, Text) and not write.value.value):
            yield write.span, write.name, "sets"
    for read in file.environment_reads:
        if read.name.value in names:
            yield read.span, read.name.value, "reads"
