"""The rules about files that could not be processed (OR9xx)."""

from __future__ import annotations

from codemod.findings import Rule

_SAFETY = "Manual where the file mentions openai (the run ends with exit code 3), else info. The file is not touched."

RULES: tuple[Rule, ...] = (
    Rule(
        code="OR901",
        name="file-unreadable",
        what="Reports a file that cannot be read as Python source.",
        why="It cannot be opened, is no regular file, holds NUL bytes, or its bytes are not what its encoding says.",
        fix_safety=_SAFETY,
        before="# coding: no-such-encoding\nimport openai\n",
        after=None,
        reference="https://peps.python.org/pep-0263/",
    ),
    Rule(
        code="OR902",
        name="syntax-error",
        what="Reports a file that the running Python cannot parse.",
        why="The file is broken, written for Python 2, or newer than the Python that runs or-migrate; or it is nested "
        "too deeply, or larger than 10 MB.",
        fix_safety=f"{_SAFETY} Run or-migrate with the Python of the project.",
        before='import openai\n\nprint "hello"\n',
        after=None,
        reference="https://docs.python.org/3/library/ast.html#ast.parse",
    ),
    Rule(
        code="OR903",
        name="not-safely-editable",
        what="Reports a file whose planned edits do not pass the check before writing.",
        why="The new text is parsed and compared with the plan, comments included, before anything is written. If "
        "anything else would change, or the encoding cannot hold the new text, the whole group is left alone.",
        fix_safety=f"{_SAFETY} All edits of its groups are left out.",
        before="from openai import OpenAI\n\nshow = f'{OpenAI(timeout=20)!r}'\n",
        after=None,
        reference="https://peps.python.org/pep-0701/",
    ),
    Rule(
        code="OR904",
        name="write-failed",
        what="Reports a file that could not be replaced.",
        why="It is read-only, has several hard links, lies in a folder without write permission, or was changed while "
        "the tool was reading. A file is replaced whole or not at all.",
        fix_safety=f"{_SAFETY} A second run finishes what is left.",
        before="from openai import OpenAI\n\nclient = OpenAI()\n",
        after=None,
        reference="https://docs.python.org/3/library/os.html#os.replace",
    ),
)
