"""Runs many programs in one interpreter that has loaded the SDK: each in a child that is forked for it.

Reads one line of JSON for each program from standard input: its folder, its file, the words behind it, its variables,
and where its output goes. Answers each with a line: the exit code, below 0 the signal. Needs no package but the SDK.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import signal
import sys
import traceback
from pathlib import Path

import openai

_SECONDS = 60  # for one program


def preload() -> None:
    """Have the parts of the SDK loaded that it loads on first use."""
    client = openai.OpenAI(api_key="none")
    for name in ("chat", "responses", "embeddings", "audio"):
        with contextlib.suppress(AttributeError):
            getattr(client, name)
    client.close()


def run(folder: str, file: str, words: list[str], variables: dict[str, str], output: str) -> int:
    target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    libraries = [path for path in variables.get("PYTHONPATH", "").split(os.pathsep) if path]
    path = Path(folder, file)
    sys.path[:0] = [str(path.parent), *libraries]
    sys.argv = [file, *words]
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as an interpreter ends
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def main() -> None:
    preload()
    sys.path.pop(0)  # the folder of this file
    # The program must not read what is meant for us, nor answer in our place.
    asked, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in asked:
        child = os.fork()
        if child == 0:
            signal.alarm(_SECONDS)
            code = 1
            try:
                code = run(**json.loads(line))
            finally:
                os._exit(code & 0xFF)
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


if __name__ == "__main__":
    main()
