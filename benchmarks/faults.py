"""Kills the command at random moments, and gives it trees and disks that a test has no time for.

    python -m benchmarks.faults                     # everything; exit 1 if a byte is lost
    python -m benchmarks.faults --kills 1000        # more kills
    python -m benchmarks.faults --seed 7            # other moments
    python -m benchmarks.faults --only kills        # one of them (repeatable)

kills: the command runs over a tree of 500 files, of which it writes most, and is killed at a random moment. Each file
must be, byte for byte, the old or the complete new one, and what a kill leaves behind nothing but temporary files that
the next run passes over. A tree is killed five times; then a run must reach the tree of an undisturbed one.

folder: 10,000 files in one folder. generated: a file of 50 MB. full: a file system without room. readonly: one that is
mounted so. The last two need Linux and the right to mount in a namespace, and are left out where it is not given.

Nothing is downloaded. It takes some minutes. Exit codes: 0 no byte is lost, 1 one is, or a report is wrong.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults.harness import (
    PROJECT,
    Done,
    Tree,
    environment,
    lay_out,
    left_behind,
    mixed,
    read,
    reasons,
    start,
    statuses,
)

FILES = 500
PACKAGES = 25
KILLS_OF_ONE_TREE = 5
MEGABYTE = 1 << 20
_SECONDS = 600


def tree_of(files: int) -> dict[str, bytes]:
    """Packages that are copies of the project of the tests, and as many other files as there are to be."""
    found = {"pyproject.toml": b""}
    for number in range(PACKAGES):
        for name, data in PROJECT.items():
            if name != "pyproject.toml":
                found[f"p{number}/{name}"] = data.replace(b"from a.", f"from p{number}.a.".encode())
    return {**found, **{f"q/m{number}.py": PROJECT["b/left.py"] for number in range(files - len(found))}}


def run(folder: Path, *words: str) -> Done:
    """Run the command to its end."""
    process = start(folder, *(words or (".", "--format", "json")))
    out, err = process.communicate(timeout=_SECONDS)
    return Done(process.returncode, out, err)


def problems_of(done: Done, code: int) -> Iterator[str]:
    if done.code != code:
        yield f"exit code {done.code}, not {code}: {done.err.decode(errors='replace')[-500:]}"
    if b"Traceback" in done.err:
        yield f"a traceback: {done.err.decode(errors='replace')[-500:]}"


# Kills.


def kills(place: Path, count: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    old = tree_of(FILES)
    pristine, folder = place / "pristine", place / "tree"
    lay_out(pristine, old)
    shutil.copytree(pristine, folder)
    began = time.monotonic()
    yield from problems_of(run(folder), 0)
    lasts = time.monotonic() - began
    new = read(folder)
    writes = changed(folder, old)
    print(f"  {len(old)} files, {writes} written, a run takes {lasts:.1f} s", flush=True)
    ends: Counter[str] = Counter()
    done = 0
    while done < count:
        shutil.rmtree(folder)
        shutil.copytree(pristine, folder)
        for _ in range(KILLS_OF_ONE_TREE):
            before = changed(folder, old)
            if not kill(folder, old, chance, lasts):
                ends["ended before"] += 1
                continue
            done += 1
            found = read(folder)
            yield from (f"{name} is neither old nor new" for name in mixed(found, old, new))
            ends["while files were written" if before < changed(folder, old) < writes else "before or after that"] += 1
        left = left_behind(folder)
        ends["temporary files left"] += len(left)
        yield from problems_of(run(folder), 0)
        yield from (f"{name} is not as an undisturbed run has it" for name in mixed(read(folder), new, new))
        if left_behind(folder) != left:
            yield "a run has touched what a kill left behind"
        print(f"  {done} kills", flush=True)
    print(f"  {dict(ends)}", flush=True)


def changed(folder: Path, old: Tree) -> int:
    return sum(data != old[name] for name, data in read(folder).items())


def kill(folder: Path, old: Tree, chance: random.Random, lasts: float) -> bool:
    """Kill a run at a random moment, every other time after its first write; False if it has ended by then."""
    process = start(folder, ".", "--format", "json")
    if chance.random() < 0.5:
        moment = chance.uniform(0, lasts)
    else:
        moment = chance.uniform(0, lasts / 8)
        newest, until = _newest(folder, old), time.monotonic() + 2 * lasts
        while process.poll() is None and _newest(folder, old) == newest and time.monotonic() < until:
            time.sleep(0.002)
    try:
        process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    return process.returncode == -signal.SIGKILL


def _newest(folder: Path, old: Tree) -> int:
    """When a file was last put into one of the folders that hold files to write."""
    return max((folder / name).parent.stat().st_mtime_ns for name in old if name.endswith(("clients.py", "last.py")))


# Large trees.


def folder_of_many(place: Path) -> Iterator[str]:
    old = {"pyproject.toml": b""}
    for number in range(10_000):
        kind = ("b/alone.py", "b/last.py", "b/left.py", "b/left.py")[number % 4]
        old[f"m{number:05}.py"] = PROJECT[kind]
    lay_out(place, old)
    began = time.monotonic()
    done = run(place)
    yield from problems_of(done, 0)
    print(f"  10,000 files, {len(statuses(done))} of them candidates: {time.monotonic() - began:.1f} s", flush=True)
    wrong = [
        name
        for name, data in read(place).items()
        if (b"openrouter.ai" in data) != (name != "pyproject.toml" and int(name[1:6]) % 4 < 2)
    ]
    yield from (f"{name} is not as it should be" for name in wrong)


def generated(place: Path) -> Iterator[str]:
    line = b'    "key_%08d": ["a value", 1.5, None],\n'
    table = b"TABLE = {\n" + b"".join(line % number for number in range(50 * MEGABYTE // len(line % 0))) + b"}\n"
    for kind, head in (("without the SDK", b""), ("with the SDK", b"import openai\n")):
        folder = place / kind
        lay_out(folder, {**PROJECT, "table.py": head + table})
        began = time.monotonic()
        done = run(folder)
        lasted = time.monotonic() - began
        import resource  # noqa: PLC0415 - not on Windows

        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # Linux: KiB
        print(f"  50 MB {kind}: exit code {done.code}, {lasted:.1f} s, at most {peak:.0f} MB", flush=True)
        yield from problems_of(done, 3 if "table.py" in reasons(done) else 0)
        if (folder / "table.py").read_bytes() != head + table:
            yield "the generated file has changed"
        if b"openrouter.ai" not in (folder / "b/alone.py").read_bytes():
            yield "the file beside it has not"


# File systems.

_MOUNTED = """
set -e
mount -t tmpfs -o size=1m tmpfs "$1"
cp -r "$2"/. "$1"
{prepare}
cd "$1"
code=0
"$3" -m codemod . --format json > "$4/out" 2> "$4/err" || code=$?
rm -f "$1/filler"
cp -r "$1"/. "$4/found"
exit $code
"""
_FILL = 'cat /dev/zero > "$1/filler" 2> "$4/ignored" || true'
_READ_ONLY = 'mount -o remount,ro "$1"'


def full(place: Path) -> Iterator[str]:
    yield from _mounted(place, _FILL, 3, "no space left on device")


def readonly(place: Path) -> Iterator[str]:
    yield from _mounted(place, _READ_ONLY, 0, "read-only")


def _mounted(place: Path, prepare: str, code: int, words: str) -> Iterator[str]:
    names = ("mount", "old", "end", "end/found")
    mount, old, end, found = (place / name for name in names)
    for folder in (mount, old, end, found):
        folder.mkdir()
    lay_out(old, PROJECT)
    space = ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*space, "true"], capture_output=True, check=False).returncode:
        print("  left out: nothing can be mounted here", flush=True)
        return
    script = _MOUNTED.format(prepare=prepare)
    command = [*space, "sh", "-c", script, "sh", str(mount), str(old), sys.executable, str(end)]
    ran = subprocess.run(command, env=environment(), capture_output=True, check=False)
    done = Done(ran.returncode, (end / "out").read_bytes(), (end / "err").read_bytes())
    yield from problems_of(done, code)
    if words.encode() not in done.out:
        yield f"the report does not say: {words}"
    if read(found) != PROJECT or left_behind(found):
        yield "a file has changed"
    print(f"  exit code {done.code}, {words}", flush=True)


# Everything.


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=210, metavar="N", help="how many (default: 210)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the moments (default: 0)")
    parser.add_argument("--only", action="append", choices=("kills", "folder", "generated", "full", "readonly"))
    options = parser.parse_args()
    checks: dict[str, Callable[[Path], Iterator[str]]] = {
        "kills": lambda place: kills(place, options.kills, options.seed),
        "folder": folder_of_many,
        "generated": generated,
        "full": full,
        "readonly": readonly,
    }
    return int(any([_has_failed(name, checks[name]) for name in options.only or checks]))  # noqa: C419 - all of them


def _has_failed(name: str, check: Callable[[Path], Iterator[str]]) -> bool:
    print(name, flush=True)
    with tempfile.TemporaryDirectory() as place:
        failed = False
        for problem in check(Path(place)):
            print(f"  WRONG: {problem}", flush=True)
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
