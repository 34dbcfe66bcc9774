"""Imported by the server that runs are forked from: a run of its own, so that none of them has to import anything."""

from __future__ import annotations

import io
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from codemod.cli import run
from tests.faults.harness import PROJECT, lay_out

with tempfile.TemporaryDirectory() as _folder, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
    lay_out(Path(_folder), PROJECT)
    for _words in (["--dry-run"], ["--format", "json"]):
        run([_folder, *_words])
