"""Runs programs before and after their migration with the newest SDK of each major version, and compares.

    python -m benchmarks.sdk_matrix              # all versions; exit 1 if anything is not as it was reviewed
    python -m benchmarks.sdk_matrix --only 2     # one major version (repeatable)
    python -m benchmarks.sdk_matrix --update     # write what was found to benchmarks/sdk_matrix/

The programs are those of tests/programs and, with the newest SDK, the scripts in the examples folder of its sdist. Each
version gets an environment of its own in .corpus/, from PyPI, the first time. benchmarks/sdk_matrix/VERSION.txt holds
one line for each program: what came of it, and why where that is not "equivalent". Requests go to a stand-in on this
machine.

    equivalent    after the migration it sends the same requests, to OpenRouter
    left          the report names what is for a person, by these rules; the program runs as before
    unfinished    the report names what is to be done before it runs again
    differs       it does something else, and the report does not say so
    not runnable  it fails, or sends nothing, already before its migration
    not run       it needs what is not here

Exit codes: 0 as reviewed, 1 something differs, 2 a version could not be had.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import trustme

from benchmarks.corpus import CORPUS, PACKAGES, ROOT, CorpusError, compare, fetch
from codemod.findings import Applicability
from codemod.verify.traffic import Api
from tests.program_runs import AS_IT_IS, NAMES, PROGRAMS, BaselineError, Calling, Ran, Zygote, run_program, shortcomings

VERSIONS = ("3.54.0", "2.54.0", "1.109.1")
SUMMARIES = ROOT / "benchmarks" / "sdk_matrix"
EXAMPLES = "examples/**/*.py"
# What of the examples cannot run here, by the beginning of the path: why.
_SOCKET = "it speaks through a web socket, which the stand-in does not"
_SOUND = "it needs a microphone or a loudspeaker"
_BROWSER = "it needs a browser"
CANNOT_RUN = MappingProxyType(
    {
        "examples/azure_ad.py": "it signs in to Azure",
        "examples/bedrock": "it signs its requests to Amazon with an extra of the SDK",
        "examples/browser": _BROWSER,
        "examples/computer-desktop/": "it needs a container with a desktop",
        "examples/live/audio_transcript.py": _SOCKET,
        "examples/live/transcript_grouper.py": "it sends nothing",
        "examples/module_client.py": "its base URL is https://...",
        "examples/realtime/": f"{_SOCKET}, or it is a part or a test of one that does",
        "examples/responses/__init__.py": "it is empty",
        "examples/responses/multi_agent_websocket.py": _SOCKET,
        "examples/responses/websocket.py": _SOCKET,
        "examples/responses_websocket.py": _SOCKET,
        "examples/speech_to_text.py": _SOUND,
        "examples/text_to_speech.py": _SOUND,
    }
)
INSTALL_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Program:
    """A folder with a ``main.py``, or a script on its own."""

    name: str
    path: Path


def interpreter(version: str) -> str:
    """The Python of an environment that has this SDK. Raises CorpusError."""
    folder = CORPUS / f"sdk-{version}"
    python = folder / "bin" / "python"
    done = folder / "done"
    if not done.is_file():
        CORPUS.mkdir(exist_ok=True)
        venv.create(folder, clear=True, with_pip=True)
        # The examples print with rich.
        command = [str(python), "-m", "pip", "install", "--quiet", f"openai=={version}", "rich"]
        try:
            made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise CorpusError(f"openai {version}: the installation took too long") from None
        if made.returncode:
            raise CorpusError(f"openai {version}: pip could not install it\n{made.stderr.strip()}")
        done.touch()
    return str(python)


def programs(version: str) -> Iterator[Program]:
    """What is run with a version. Raises CorpusError where the sdist cannot be had."""
    for name in NAMES:
        yield Program(name, PROGRAMS / name)
    if version == VERSIONS[0]:
        (package,) = (each for each in PACKAGES if each.name == "openai")
        folder = fetch(package)
        for path in sorted(folder.glob(EXAMPLES)):
            yield Program(path.relative_to(folder).as_posix(), path)


def calling(name: str, folder: Path) -> Calling:
    """How a program is called; ``folder`` takes the files that it asks for."""
    if name == "examples/uploads.py":
        return Calling(("main.py", "main.py"))
    if name == "examples/azure.py":
        return Calling(variables={"AZURE_OPENAI_API_KEY": "dummy"})
    if not name.startswith("examples/mtls"):
        return AS_IT_IS
    certificate = trustme.CA().issue_cert("client.example.com")
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(each.bytes() for each in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(key)
    return Calling(variables={"OPENAI_MTLS_CERTIFICATE_CHAIN": str(chain), "OPENAI_MTLS_PRIVATE_KEY": str(key)})


def outcome(zygote: Zygote, program: Program) -> str:
    """What came of a program, in one line."""
    reason = next((why for start, why in CANNOT_RUN.items() if program.name.startswith(start)), None)
    if reason:
        return f"not run: {reason}"
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        source = program.path
        if source.is_file():
            source = work / "script"
            source.mkdir()
            shutil.copy(program.path, source / "main.py")
        try:
            return verdict(run_program(zygote, source, work, calling(program.name, work)))
        except BaselineError as error:
            return f"not runnable: {last_line(str(error))}"


def verdict(ran: Ran) -> str:
    problems = list(shortcomings(ran))
    if not problems and any(seen.api is Api.OPENROUTER for seen in ran.after.requests):
        return "equivalent"
    why = last_line(problems[0]) if problems else "it sends nothing to OpenAI that OpenRouter serves"
    rules = sorted({each.rule for each in ran.outcome.findings if each.applicability is Applicability.MANUAL})
    named = f" ({', '.join(rules)})" if rules else ""
    if not problems or (rules and runs_as_before(ran)):
        return f"left{named}: {why}"
    return f"{'unfinished' if rules else 'differs'}{named}: {why}"


def runs_as_before(ran: Ran) -> bool:
    return ran.after.end.is_good and not any(pair.differences for pair in ran.comparison.pairs)


def last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it sends nothing")[:120]


def check(version: str, *, update: bool) -> int:
    """Run all programs with one version, compare with what was reviewed, and give the exit code."""
    try:
        python, chosen = interpreter(version), list(programs(version))
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    lines = [f"# openai {version}"]
    with Zygote(python) as zygote:
        for program in chosen:
            lines.append(f"{program.name}: {outcome(zygote, program)}")
            print(lines[-1], file=sys.stderr, flush=True)
    found = "\n".join(lines) + "\n"
    return compare(f"openai {version}", found, SUMMARIES / f"{version}.txt", update=update, around=0)


def main() -> int:
    """Run the versions named on the command line, or all; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write what was found as the summaries to hold")
    majors = [version.partition(".")[0] for version in VERSIONS]
    parser.add_argument("--only", action="append", choices=majors, metavar="MAJOR", help="this one only (repeatable)")
    arguments = parser.parse_args()
    chosen = [version for version in VERSIONS if arguments.only is None or version.partition(".")[0] in arguments.only]
    return max(check(version, update=arguments.update) for version in chosen)


if __name__ == "__main__":
    sys.exit(main())
