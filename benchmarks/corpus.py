"""Runs the tool over real packages and compares what it says with what was said, and reviewed, before.

    python -m benchmarks.corpus                     # run over all packages; exit 1 if anything differs
    python -m benchmarks.corpus --only marvin       # over one (repeatable)
    python -m benchmarks.corpus --update            # write what was found to benchmarks/corpus/

The packages are pinned by version and hash. They are downloaded from PyPI into .corpus/ the first time, unpacked
beside an empty pyproject.toml (so that each is a project of its own), and never changed: the tool runs dry. None of
their code is committed; benchmarks/corpus/NAME-VERSION.txt holds, under a head with the counts, one line for each edit
and each finding for a person: ``path:line:rule:applicability``. To look into a difference, run the tool on
.corpus/NAME-VERSION yourself with ``--dry-run --no-gitignore``. A client, a request or a model's id that
tests/denominator.py finds in a package, and of which the report says nothing, is listed. A run that takes longer than
``--timeout`` seconds is stopped, and counts as failed. How far the work is goes to standard error.

Exit codes: 0 as before, 1 something differs or is not spoken of, 2 a package could not be had or the tool failed.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypedDict

from tests.denominator import sites_of_tree, unaccounted

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / ".corpus"
CATALOGUE = "codemod/openrouter/data/catalogue.json"
SUMMARIES = ROOT / "benchmarks" / "corpus"
# Exit code 3 says that a file could not be processed; the findings say which.
RUN_WELL = (0, 3)
DOWNLOAD_SECONDS = 300.0
TOOL_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Package:
    """One release on PyPI: a wheel, or an sdist of which the files under ``below`` are taken."""

    name: str
    version: str
    sha256: str
    sdist: bool = False
    below: str = ""

    @property
    def label(self) -> str:
        return f"{self.name}-{self.version}"


PACKAGES = (
    Package("aisuite", "0.2.0", "6c1be95f499347b77f8c0f4626c7f73388408f4e659ab0c39f088b40846eb0c4"),
    Package("autoevals", "0.4.1", "8daa690bc717a7d085a6b9e971e3b71c03d1f6b9bf259c0daea7781d0173a45f"),
    Package("bbook-maker", "1.3.1", "5f21062a2b6c3b9eaa6f5b561ebd8a48ab482c901c38c0526b1639f87aa843ef"),
    Package("chatblade", "0.7.0", "bfa5f96aa02b869df76e6f0910b0c2528c44de7b2f95ae08de7d192cb30c7892", sdist=True),
    Package("fast-graphrag", "0.0.5", "a9e3f22831bd0d9ddf5ec1d49b7468f7b842971ed8e10c5a61da745c8ac35a29"),
    Package("gpt-po-translator", "2.0.4", "fc2b78aabd763d9a618dd9989c36c21d19c2474486c9e2d1fef9ab0c3a444cc8"),
    Package("gptme", "0.35.1", "7b527b2513bb097c20c6f2fbb0fbd352be86b1607c9274561e80b9c46e976923"),
    Package("graphiti-core", "0.31.2", "b26e1f350482266aec24beb1cd4c58d5e32ede1a897af8fa25b10800a16bbb8d"),
    Package("lightrag-hku", "1.5.7", "895b81d94ca447afc6290c0e049d339f6caed46fbf29e4324f6db987046c6fcb"),
    Package("llm", "0.36", "801263d046854d15e3f45ee8da5024c23c313d129f67c7c93961649c531bb050"),
    Package("magentic", "0.41.1", "5b05d8c9708bbe885a1af83283ce5e940475c9d78090d0b195799c89dc4a86b6"),
    Package("markitdown", "0.1.9", "52f59c48bea9cf887224c56247f648d68beb7aa7af5a12d414748210c83c20ea"),
    Package("marvin", "2.3.8", "69a61c0d0a5affe6d3f3be26beb07b94a335f99f7a15ba757a56699ce41cdf0d"),
    Package("nano-graphrag", "0.0.8.2", "c2f8b907fd5cada17631ecea660279ea8fd91707086212547f3c24ca6be927bc"),
    Package(
        "openai",
        "3.54.0",
        "2e393e63f8a38be6452806f9ef0b6534fecd6d41ab3b2165180dfce3599249cd",
        sdist=True,
        below="examples",
    ),
    Package("paper-qa", "4.9.0", "656ceada88f1b31b2451c3db1ff395aba1f4170d1fcdbc007879aefd572f5a5f"),
    Package("phidata", "2.7.10", "9cb3b2bf790440d644c5443cd20e0ab27dea98e5b7cfed4676a615e1583e2501"),
    Package("podcastfy", "0.4.3", "da1cd8112cb4716506f8b9c19f4817c974de23b9d45e4864d408c5f17ee4ce15"),
    Package("streamlit-openai", "0.1.4", "bc46dc12d705170a313a0748b0b96de91f6c7729bc4560d874197e2dbe664180"),
    Package("strictjson", "6.3.0", "5226a61f0698ac3f0410c3413e63fb070c4331f4d67f30203b1d016620bdf3e1"),
    Package("taskgen-ai", "4.0.1", "9c19b39ae15448b4d075813295a672949cdec7d49c152a4e872bf7491982b630"),
    # Labelled by hand before the first run over them; see benchmarks/labels.py.
    Package("articles-to-anki", "1.1.1", "e133c2466012c3f493067860c3a7c0f70eee0c7d05ea787c6de43364a5f9a7f5"),
    Package("buster-doctalk", "1.0.28", "be051af8b8546f387c6925ce2a840eb5e482d26cf5d4cc15b5b040e190ed8064"),
    Package("codex-cli-studio", "0.1.2", "2116095001a0809ccd360e5f4f85821b407cb2b430e40f03261796448f826dc9"),
    Package("evals", "3.0.1.post1", "0abcb2051303500784b1641a6e4f6b813ed43ad64f879a37d344a6774eb8eb78"),
    Package(
        "instructor",
        "1.17.0",
        "aeab1e7f21f5214deedf60e8e264951408057ce21d9589743f533580dc0d6bfb",
        sdist=True,
        below="examples",
    ),
    Package(
        "self-operating-computer",
        "1.5.8",
        "46badf127624bfbc18d5b31884a283bc4805d1c47d3d9ab98c31588cd942c1de",
    ),
)


class CorpusError(Exception):
    """A package could not be had, or the tool did not run through; the message is for the user."""


class FileCounts(TypedDict):
    changed: int
    failed: int


class RequestCounts(TypedDict):
    migrated: int
    reported: int
    left: int


class Summary(TypedDict):
    files: FileCounts
    requests: RequestCounts


class Finding(TypedDict):
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    rule: str
    applicability: str


class Report(TypedDict):
    """The parts of the JSON report that are looked at."""

    summary: Summary
    findings: list[Finding]


def call(package: Package, command: list[str], seconds: float, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command for a package; one that takes longer than ``seconds`` is stopped. Raises CorpusError."""
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=seconds, **more)
    except subprocess.TimeoutExpired:
        raise CorpusError(f"{package.label}: {command[2]} took more than {seconds:g} seconds and was stopped") from None


def download(package: Package, folder: Path, *, any_python: bool = False) -> Path:
    """The package's archive, fetched into ``folder``; ``any_python``: though it is for another Python than this."""
    kind = "--no-binary" if package.sdist else "--only-binary"
    requirement = f"{package.name}=={package.version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", kind, ":all:", "--dest", str(folder)]
    options = ["--ignore-requires-python"] if any_python else []
    done = call(package, [*command, *options, requirement], DOWNLOAD_SECONDS)
    archives = sorted(folder.iterdir())
    if done.returncode or len(archives) != 1:
        raise CorpusError(f"{package.label}: pip could not download it\n{done.stderr.decode(errors='replace').strip()}")
    found = hashlib.sha256(archives[0].read_bytes()).hexdigest()
    if found != package.sha256:
        raise CorpusError(f"{package.label}: {archives[0].name} has the hash {found}, not {package.sha256}")
    return archives[0]


def members(archive: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The plain files of an archive; an sdist's own top folder is left out of their names."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for info in wheel.infolist():
                if not info.is_dir():
                    yield PurePosixPath(info.filename), wheel.read(info)
        return
    with tarfile.open(archive) as sdist:
        for member in sdist:
            content = sdist.extractfile(member) if member.isfile() else None
            if content is not None:
                yield PurePosixPath(*PurePosixPath(member.name).parts[1:]), content.read()


def unpack(package: Package, archive: Path, folder: Path) -> None:
    """Write the package's files into ``folder``; names that lead out of it are refused."""
    for name, content in members(archive):
        if name.is_absolute() or ".." in name.parts or "\\" in str(name) or ":" in str(name):
            raise CorpusError(f"{package.label}: the archive holds a file outside itself: {name}")
        if name.is_relative_to(package.below):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    (folder / "pyproject.toml").write_bytes(b"")


def fetch(package: Package) -> Path:
    """The folder of the unpacked package; downloaded if it is not there yet."""
    folder = CORPUS / package.label
    if not folder.is_dir():
        CORPUS.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CORPUS) as name:
            work = Path(name)
            (work / "archive").mkdir()
            (work / "source").mkdir()
            unpack(package, download(package, work / "archive"), work / "source")
            (work / "source").rename(folder)
    return folder


def run(package: Package, folder: Path, seconds: float) -> Report:
    """What the tool says about the package; it is stopped after ``seconds``."""
    relative = folder.relative_to(ROOT).as_posix()
    # What the caller has set for the SDK or the tool, or fetched, must not change the result.
    options = ["--dry-run", "--no-gitignore", "--format", "json", "--catalogue", CATALOGUE]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI_", "OPENROUTER_"))}
    command = [sys.executable, "-m", "codemod", relative, *options]
    done = call(package, command, seconds, cwd=ROOT, env=environment)
    if done.returncode not in RUN_WELL:
        errors = done.stderr.decode(errors="replace").strip()
        raise CorpusError(f"{package.label}: the tool ended with exit code {done.returncode}\n{errors}")
    try:
        report: Report = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise CorpusError(f"{package.label}: no report\n{done.stderr.decode(errors='replace').strip()}") from None
    for finding in report["findings"]:
        finding["path"] = finding["path"].removeprefix(f"{relative}/")
    return report


def summarise(package: Package, report: Report) -> str:
    """The text that is committed: counts, then one line for each edit and each finding for a person."""
    requests, files = report["summary"]["requests"], report["summary"]["files"]
    shown = [finding for finding in report["findings"] if finding["applicability"] != "info"]
    shown.sort(key=lambda finding: (finding["path"], finding["line"], finding["rule"], finding["applicability"]))
    lines = [
        f"# {package.name} {package.version}",
        f"# requests: {requests['migrated']} migrated, {requests['reported']} reported, {requests['left']} left",
        f"# files: {files['changed']} changed, {files['failed']} failed",
        *(f"{each['path']}:{each['line']}:{each['rule']}:{each['applicability']}" for each in shown),
    ]
    return "\n".join(lines) + "\n"


def check(package: Package, *, update: bool, seconds: float) -> int:
    """Run over one package, compare, and say how it went; the exit code for it."""
    try:
        folder = fetch(package)
        report = run(package, folder, seconds)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    held = SUMMARIES / f"{package.label}.txt"
    differs = compare(package.label, summarise(package, report), held, update=update)
    return max(differs, account(package, folder, report))


def compare(label: str, found: str, file: Path, *, update: bool, around: int = 1) -> int:
    """Compare a summary with the one that ``file`` holds, or hold it instead; the exit code for it.

    ``around`` is how many lines are shown before and after a difference.
    """
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    if found == before:
        print(f"{label}: as before")
        return 0
    if update:
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8", newline="\n")
        print(f"{label}: written")
        return 0
    print(f"{label}: differs")
    shown = file.relative_to(ROOT).as_posix()
    for line in difflib.unified_diff(before.splitlines(), found.splitlines(), shown, "this run", lineterm="", n=around):
        print(f"  {line}")
    return 1


def account(package: Package, folder: Path, report: Report) -> int:
    """List the sites of a package that its report does not speak of; the exit code for it."""
    missed = unaccounted(sites_of_tree(folder), report["findings"])
    if not missed:
        return 0
    print(f"{package.label}: the report does not speak of")
    for site in missed:
        print(f"  {site}")
    return 1


def main() -> int:
    """Compare the packages named on the command line, or all; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write what was found as the summaries to hold")
    names = [package.name for package in PACKAGES]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help="this package only (repeatable)")
    parser.add_argument("--timeout", type=float, default=TOOL_SECONDS, metavar="SECONDS", help="for each package")
    arguments = parser.parse_args()
    chosen = [package for package in PACKAGES if arguments.only is None or package.name in arguments.only]
    worst = 0
    for position, package in enumerate(chosen, 1):
        print(f"[{position}/{len(chosen)}] {package.label} ...", file=sys.stderr, flush=True)
        start = time.monotonic()
        worst = max(worst, check(package, update=arguments.update, seconds=arguments.timeout))
        print(f"[{position}/{len(chosen)}] took {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
