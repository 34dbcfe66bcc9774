"""Runs the real command while something goes wrong, and says what became of the files."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.__main__ import main
from tests.faults.inject import Fault, install

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60
LEFT_BEHIND = re.compile(rb"\.or-migrate-[0-9a-f]{16}\.tmp")

Tree = Mapping[str, bytes]


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    code: int
    out: bytes
    err: bytes


def _source(text: str) -> bytes:
    return f"{textwrap.dedent(text).strip()}\n".encode()


# Client, key, model and streams of one group, in five files; a second group; and files that stay.
PROJECT: Tree = {
    "pyproject.toml": b"",
    "a/clients.py": _source("""
        import os

        from openai import OpenAI

        client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
    """),
    "a/models.py": b'MODEL = "gpt-4o"\r\nOTHER = 1',
    "a/ask.py": _source("""
        from a.clients import client
        from a.models import MODEL

        answer = client.chat.completions.create(model=MODEL, messages=[])
    """),
    "a/stream.py": _source("""
        from a.clients import client
        from a.models import MODEL

        for chunk in client.chat.completions.create(model=MODEL, messages=[], stream=True):
            print(chunk.choices[0].delta.content)
    """),
    "b/alone.py": _source("""
        from openai import OpenAI

        print(OpenAI().embeddings.create(model="text-embedding-3-small", input="a"))
    """),
    "b/last.py": _source("""
        from openai import OpenAI

        print(OpenAI().chat.completions.create(model="gpt-4o-mini", messages=[]))
    """),
    "b/left.py": b"print('nothing of this')\n",
    "notes.txt": b"from openai import OpenAI\n",
}
# The files that a run writes, in the order in which it does.
WRITTEN = ("a/clients.py", "a/models.py", "a/stream.py", "b/alone.py", "b/last.py")


def lay_out(folder: Path, tree: Tree) -> None:
    for name, data in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def read(folder: Path) -> dict[str, bytes]:
    """The regular files of a folder, but for temporary files that a run that was killed left behind."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if stat.S_ISREG(path.lstat().st_mode) and not is_left_behind(path)
    }


def is_left_behind(path: Path) -> bool:
    return LEFT_BEHIND.fullmatch(os.fsencode(path.name)) is not None


def left_behind(folder: Path) -> list[Path]:
    """The temporary files in a folder."""
    return [path for path in folder.rglob(".*") if is_left_behind(path)]


def mixed(found: Tree, old: Tree, new: Tree) -> list[str]:
    """The files that are neither the old nor the complete new one; missing and additional ones too."""
    names = sorted({*found, *old})
    return [name for name in names if name not in found or found[name] not in (old.get(name), new.get(name))]


def environment() -> dict[str, str]:
    """What the command runs with: nothing of the caller that changes what it does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "OPENROUTER_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start the command in ``folder`` as a shell does."""
    return subprocess.Popen(
        [sys.executable, "-m", "codemod", *words],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell's background jobs ignore the interrupt, and what they start inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )


def run(
    folder: Path, *words: str, faults: Sequence[Fault] = (), largest: int | None = None, ignored: Sequence[int] = ()
) -> Done:
    """Run the command in ``folder`` in a process of its own.

    It is forked from one that has imported the modules, which takes most of the time. Without ``words``: ``.`` with a
    report in JSON. ``largest``: no file can grow beyond so many bytes. ``ignored``: signals, as nohup has them.
    """
    with tempfile.TemporaryDirectory() as outputs:
        end = (words or (".", "--format", "json"), tuple(faults), largest, tuple(ignored))
        process = _forks().Process(target=_run, args=(folder, outputs, *end))
        process.start()
        process.join(SECONDS)
        process.kill()
        process.join()
        code = process.exitcode
        process.close()
        assert code is not None
        return Done(code, *(Path(outputs, name).read_bytes() for name in ("out", "err")))


@cache
def _forks() -> ForkServerContext:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.faults.warm"])
    return forks


def _run(
    folder: Path,
    outputs: str,
    words: Sequence[str],
    faults: Sequence[Fault],
    largest: int | None,
    ignored: Sequence[int],
) -> None:
    for number, name in enumerate((os.devnull, "out", "err")):
        os.dup2(os.open(Path(outputs, name), os.O_RDWR | os.O_CREAT), number)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for each in ignored:
        signal.signal(each, signal.SIG_IGN)
    if largest is not None:
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    if faults:
        install(faults)
    sys.argv = ["or-migrate", *words]
    main()


def statuses(done: Done) -> dict[str, str]:
    """What a report in JSON says became of each file."""
    return {file["path"]: file["status"] for file in json.loads(done.out)["files"]}


def reasons(done: Done) -> dict[str, str]:
    """Why, as a report in JSON has it, each file failed that did."""
    return {file["path"]: file["reason"] for file in json.loads(done.out)["files"] if file["status"] == "failed"}
