"""What a report must speak of: every client, request and model id of a tree, found without the tool's own code.

    python -m tests.denominator PATH                # run the tool dry over PATH and check its report
    python -m tests.denominator PATH REPORT.json    # check a report of a run from this folder

Prints each site that no finding speaks of, as ``path:line: kind text``. Exit codes: 0 all are accounted for, 1 some are
not, 2 there is no report.

The sites are found in the tokens of the .py files, file by file, with aliases that stand in the same file followed:

- client: a call of ``OpenAI`` or ``AsyncOpenAI`` of any origin, and of the SDK's other client classes imported from it;
  not of a class that another library or the project itself calls so.
- request: a chain that ends in a method of the SDK, called or handed on, and ``….chat.completions`` wherever it
  stands. Chains that are common elsewhere (``….files.list``) count in files that name the SDK. What is done with a
  method itself (assigning to it, asking for it, the counters of a mock) is none, nor is an import or a type.
- model: a text that is exactly one of OpenAI's ids.

What the report says of a site must be about its kind: that a request goes to OpenRouter says nothing of the model
text inside it. Only the package's data files are shared with the tool: the ids and the SDK's methods.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import os
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "codemod"

Kind = Literal["client", "request", "model"]
Names = tuple[str, ...]  # a chain of attributes; "" stands for a first part that is no name, as in f().x
Place = tuple[int, int]  # line and column, both from 1

# Folders without code of the project's own.
PRUNED = frozenset({"venv", "site-packages", "node_modules", "build", "dist", "__pycache__", "__pypackages__"})

SDK = frozenset({"openai", "langfuse"})
TELLING_CLASSES = frozenset({"OpenAI", "AsyncOpenAI"})
CLIENT_CLASSES = TELLING_CLASSES | {
    "Client", "AsyncClient", "AzureOpenAI", "AsyncAzureOpenAI", "BedrockOpenAI", "AsyncBedrockOpenAI",
}  # fmt: skip
# Classes whose class methods were the requests before 1.0.
OLD_CLASSES = frozenset(
    {"Audio", "ChatCompletion", "Completion", "Edit", "Embedding", "File", "FineTune", "Image", "Model", "Moderation"}
)
VIEWS = frozenset({"with_raw_response", "with_streaming_response"})
CHAT = ("chat", "completions")
# Resources whose names other code has too.
COMMON = frozenset(
    {
        "admin", "batches", "containers", "conversations", "decisions", "edits", "evals", "files", "live", "models",
        "realtime", "safety", "skills", "uploads", "videos", "webhooks",
    }
)  # fmt: skip

# Words in a receiver's name that tell another vendor's SDK.
VENDORS = ("anthropic", "claude", "cohere", "gemini", "genai", "google", "groq", "mistral", "ollama", "together")
# Functions that ask about an attribute, or replace it, and send nothing.
ASKING = frozenset({"hasattr", "isinstance", "object", "type"})

SILENCED = re.compile(r"#\s*or-migrate:\s*ignore(-file)?\b")


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A place that a report must speak of; ``path`` is as in the report."""

    path: str
    start: Place
    end: Place
    kind: Kind
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.start[0]}: {self.kind} {self.text}"


@dataclass(frozen=True, slots=True)
class Token:
    """A name, an operator, a text ("text" with its value) or the end of a statement; comments are left out."""

    kind: Literal["name", "operator", "text", "end"]
    text: str
    start: Place
    end: Place


@dataclass(frozen=True, slots=True)
class Chain:
    """Names joined by dots; ``before`` and ``after`` are the tokens around them, "" at the ends of a statement.

    ``callee`` is the last name of what a chain is the first argument of.
    """

    names: Names
    start: Place
    end: Place
    before: str
    after: str
    callee: str = ""

    @property
    def is_argument(self) -> bool:
        return self.before in ("(", ",", "=") and self.after in (",", ")")

    @property
    def is_given(self) -> bool:
        """Whether a chain may be the value of an assignment, as ``_read_alias`` takes it."""
        return self.before in ("=", "(", "or", "else") and self.after in ("", ")", "or", "if")

    @property
    def is_target(self) -> bool:
        return self.before in ("", ":") and self.after in ("=", ":") and "" not in self.names


@dataclass(slots=True)
class Source:
    """One file as tokens tell it.

    ``imports`` are full names by the local one, a leading "." for a relative import; ``classes`` are the bases of the
    classes by name; ``aliases`` are chains by the chain that they are assigned to.
    """

    path: str
    chains: list[Chain] = field(default_factory=list)
    texts: list[Token] = field(default_factory=list)
    imports: dict[str, Names] = field(default_factory=dict)
    classes: dict[str, list[Names]] = field(default_factory=dict)
    aliases: dict[Names, Names] = field(default_factory=dict)
    silenced: frozenset[int] = frozenset()
    names_sdk: bool = False


@cache
def model_ids() -> frozenset[str]:
    table = json.loads((DATA / "openrouter/data/catalogue.json").read_text(encoding="utf-8"))["openai"]
    return frozenset(row[table["columns"].index("id")] for row in table["rows"])


@cache
def methods() -> frozenset[Names]:
    table = json.loads((DATA / "data/openai_sdk_methods.json").read_text(encoding="utf-8"))["methods"]
    return frozenset(tuple(name.split(".")) for name in table)


@cache
def resources() -> frozenset[Names]:
    return frozenset(method[:length] for method in methods() for length in range(1, len(method)))


# From text to tokens


def read_tokens(text: str, line: int = 1, column: int = 1) -> Iterator[Token]:
    """The tokens of a text that starts at the given place. Raises what ``tokenize`` raises."""
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for at, token in enumerate(tokens):
        start, end = _moved(token.start, line, column), _moved(token.end, line, column)
        name = tokenize.tok_name[token.type]
        if name in ("FSTRING_START", "TSTRING_START"):
            following = [tokenize.tok_name[each.type][1:] for each in tokens[at + 1 : at + 3]]
            if following == ["STRING_MIDDLE", "STRING_END"]:
                yield Token("text", tokens[at + 1].string, start, _moved(tokens[at + 2].end, line, column))
            else:
                yield Token("operator", "f", start, end)
        elif name in ("FSTRING_END", "TSTRING_END"):
            if tokenize.tok_name[tokens[at - 2].type][1:] != "STRING_START":
                yield Token("operator", "f", start, end)
        elif token.type == tokenize.STRING:
            yield from _string(token.string, start, end)
        elif token.type == tokenize.NAME:
            yield Token("name", token.string, start, end)
        elif token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            yield Token("end", "", start, end)
        elif token.type not in (tokenize.NL, tokenize.COMMENT) and name[1:] != "STRING_MIDDLE":
            yield Token("operator", token.string, start, end)


def _moved(place: tuple[int, int], line: int, column: int) -> Place:
    row, offset = place
    return row + line - 1, offset + (column if row == 1 else 1)


def _string(written: str, start: Place, end: Place) -> Iterator[Token]:
    """A string token; where it is an f-string (before Python 3.12 one token), the tokens of its fields too."""
    prefix = re.match(r"\w*", written)
    assert prefix is not None
    kinds = prefix[0].lower()
    if "b" in kinds:
        yield Token("operator", "b", start, end)
        return
    fields = list(_fields(written)) if "f" in kinds else []
    if fields:
        yield Token("operator", "f", start, end)
    for offset, inner in fields:
        above = written[:offset]
        line = start[0] + above.count("\n")
        column = offset - above.rfind("\n") if "\n" in above else start[1] + offset
        yield Token("operator", "{", start, start)
        try:
            yield from read_tokens(inner, line, column)
        except (tokenize.TokenError, SyntaxError):
            continue
    if fields:
        yield Token("operator", "f", start, end)
        return
    plain = kinds.replace("f", "") + written[len(kinds) :]
    try:
        yield Token("text", str(ast.literal_eval(plain)), start, end)
    except (SyntaxError, ValueError):
        yield Token("operator", "f", start, end)


def _fields(written: str) -> Iterator[tuple[int, str]]:
    """The replacement fields of an f-string as written, each in parentheses, with the offset of its brace."""
    position = 0
    while (position := written.find("{", position)) >= 0:
        if written.startswith("{{", position):
            position += 2
            continue
        depth, end = 1, position + 1
        while depth and end < len(written):
            depth += {"{": 1, "}": -1}.get(written[end], 0)
            end += 1
        yield position, f"({written[position + 1 : end - 1]})"
        position = end


# From tokens to what a file says


def read_source(path: str, data: bytes) -> Source:
    """What the tokens of a file say; of a file that cannot be tokenised, what its lines look like."""
    text = _decoded(data)
    source = Source(path)
    source.names_sdk = re.search(r"\bopenai\b", text, re.IGNORECASE) is not None
    source.silenced = _silenced(text)
    try:
        tokens = list(read_tokens(text))
    except (tokenize.TokenError, SyntaxError):
        _scan(source, text)
        return source
    statement: list[Token] = []
    for token in tokens:
        if token.kind == "end" or token.text == ";":
            _read_statement(source, statement)
            statement = []
        else:
            statement.append(token)
    _read_statement(source, statement)
    return source


def _decoded(data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _silenced(text: str) -> frozenset[int]:
    """The lines that a comment takes out: its own, or the next with code where it stands alone. 0 stands for all."""
    lines = text.split("\n")
    found = set()
    for number, line in enumerate(lines, 1):
        match = SILENCED.search(line)
        if match is None:
            continue
        if match[1]:
            found.add(0)
        elif line.lstrip().startswith("#"):
            following = (later for later, code in enumerate(lines[number:], number + 1) if code.split("#")[0].strip())
            found.add(next(following, number))
        else:
            found.add(number)
    return frozenset(found)


def _scan(source: Source, text: str) -> None:
    """Chains and texts by their look, for a file without tokens."""
    for number, line in enumerate(text.split("\n"), 1):
        code = line.split("#")[0]
        for match in re.finditer(r"(?<![\w.])(class\s+)?(\w*(?:\.\w+)+|\w+)\s*(\(?)", code):
            names = tuple(match[2].split("."))
            span = (number, match.start(2) + 1), (number, match.end(2) + 1)
            source.chains.append(Chain(names, *span, "class" if match[1] else "", match[3]))
        for match in re.finditer(r"""(['"])([^'"]*)\1""", code):
            source.texts.append(Token("text", match[2], (number, match.start() + 1), (number, match.end() + 1)))


def _read_statement(source: Source, tokens: list[Token]) -> None:
    start = next((at for at, token in enumerate(tokens) if _begins_import(tokens, at, token)), None)
    if start is not None:
        _read_import(source, tokens[start:])
        tokens = tokens[:start]
    chains = list(_chains(tokens))
    source.chains += chains
    source.texts += _texts(tokens)
    for chain in chains:
        if chain.before == "class":
            source.classes[chain.names[-1]] = [each.names for each in chains if each is not chain]
    _read_alias(source, tokens, chains)


def _begins_import(tokens: list[Token], at: int, token: Token) -> bool:
    return token.text in ("import", "from") and token.kind == "name" and (at == 0 or tokens[at - 1].text == ":")


def _read_import(source: Source, tokens: list[Token]) -> None:
    words = "".join(f" {token.text} " if token.kind == "name" else token.text for token in tokens)
    if words.startswith(" from"):
        module, _, names = words.removeprefix(" from").partition(" import ")
        for name in filter(str.strip, names.strip(" ()").split(",")):
            original, *renamed = name.replace(" as ", " ").split()
            source.imports[renamed[-1] if renamed else original] = (*_dotted(module), original)
        return
    for name in words.removeprefix(" import").split(","):
        module, _, renamed_to = name.partition(" as ")
        full = _dotted(module)
        if not full:  # no Python
            continue
        if renamed_to:
            source.imports[renamed_to.strip()] = full
        else:
            source.imports[full[0]] = full[:1]


def _dotted(written: str) -> Names:
    """The names of a module as written; one leading "." stands for all dots of a relative import."""
    plain = "".join(written.split())
    names = tuple(name for name in plain.split(".") if name)
    return (".", *names) if plain.startswith(".") else names


def _chains(tokens: list[Token]) -> Iterator[Chain]:
    at = 0
    while at < len(tokens):
        first = at
        names: list[str] = []
        if tokens[at].kind == "name":
            names.append(tokens[at].text)
            at += 1
        elif tokens[at].text in (")", "]", "}") or tokens[at].kind == "text":
            names.append("")
            at += 1
        else:
            at += 1
            continue
        while at + 1 < len(tokens) and tokens[at].text == "." and tokens[at + 1].kind == "name":
            names.append(tokens[at + 1].text)
            at += 2
        if names != [""]:
            before = tokens[first - 1].text if first else ""
            after = tokens[at].text if at < len(tokens) else ""
            callee = tokens[first - 2].text if before == "(" and first > 1 else ""
            yield Chain(tuple(names), tokens[first].start, tokens[at - 1].end, before, after, callee)


def _texts(tokens: list[Token]) -> Iterator[Token]:
    """The texts; those that stand side by side are one."""
    joined: list[Token] = []
    whole = True
    for token in [*tokens, Token("end", "", (0, 0), (0, 0))]:
        if token.kind == "text" or token.text in ("f", "b"):
            whole = whole and token.kind == "text"
            joined.append(token)
            continue
        if joined and whole:
            yield Token("text", "".join(each.text for each in joined), joined[0].start, joined[-1].end)
        joined, whole = [], True


def _read_alias(source: Source, tokens: list[Token], chains: list[Chain]) -> None:
    """``NAME = CHAIN``, ``self.NAME: TYPE = CHAIN`` or ``NAME = OTHER or CHAIN``, without a call."""
    if not chains or chains[0].start != tokens[0].start or not chains[0].is_target:
        return
    equals = [token.start for token in tokens if token.text == "="]
    given = [chain for chain in chains if len(equals) == 1 and chain.start > equals[0]]
    if any(chain.after in ("(", "[") for chain in given):
        return
    for chain in given:
        if len(chain.names) > 1 and chain.is_given and _tells(chain.names):
            source.aliases.setdefault(chains[0].names, chain.names)


def _tells(names: Names) -> bool:
    """Whether a chain ends in a class, a resource or a method of the SDK."""
    plain = _plain(names)
    tails = {plain[start:] for start in range(1, len(plain))}
    return plain[-1] in CLIENT_CLASSES or not tails.isdisjoint(resources() | methods())


# From what the files say to sites


def sites_of_tree(folder: Path) -> list[Site]:
    """The sites in the Python files below ``folder``, or in the one file that it is; paths are relative to it."""
    sources = {}
    for path in _files(folder):
        name = path.name if path == folder else path.relative_to(folder).as_posix()
        data = path.read_bytes()
        if _signs().search(data):
            sources[name] = read_source(name, data)
    return sites_of(sources)


def sites_of(sources: Mapping[str, Source]) -> list[Site]:
    """The sites of one project; ``sources`` are by their path in it."""
    return sorted({site for source in sources.values() for site in _sites_of_source(source, sources)})


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
        return
    for place, below, names in os.walk(folder):
        if "pyvenv.cfg" in names:
            below.clear()
            continue
        below[:] = sorted(name for name in below if name not in PRUNED and name[0] != "." and name[-9:] != ".egg-info")
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".py"))


@cache
def _signs() -> re.Pattern[bytes]:
    """What stands in every file that has a site: reading all tokens of a large tree takes minutes."""
    ids = "|".join(map(re.escape, sorted(model_ids())))
    first = "|".join(sorted({method[0] for method in methods()}))
    return re.compile(rf"""(?i:openai)|\.\s*({first})\b|["']({ids})["']|completions""".encode())


def _sites_of_source(source: Source, sources: Mapping[str, Source]) -> Iterator[Site]:
    if 0 in source.silenced:
        return
    used = {chain.names[:length] for chain in source.chains for length in range(1, len(chain.names))}
    used |= {chain.names for chain in source.chains if chain.after == "("}
    renamed = {stands for name, stands in source.aliases.items() if name in used}
    for chain in source.chains:
        names = _expanded(source, chain.names)
        kind: Kind | None = None
        if _is_client(source, sources, chain, names):
            kind = "client"
        elif _is_request(source, chain, names) and not (chain.names in renamed and chain.is_given):
            kind = "request"
        if kind is not None and chain.start[0] not in source.silenced:
            yield Site(source.path, chain.start, chain.end, kind, ".".join(chain.names))
    for text in source.texts:
        if text.text in model_ids() and text.start[0] not in source.silenced:
            yield Site(source.path, text.start, text.end, "model", text.text)


def _expanded(source: Source, names: Names) -> Names:
    """The chain with what an alias at its start stands for."""
    for _ in range(4):
        known = next((names[:end] for end in range(len(names), 0, -1) if names[:end] in source.aliases), None)
        if known is None or source.aliases[known][: len(known)] == known:
            break
        names = source.aliases[known] + names[len(known) :]
    return names


def _plain(names: Names) -> Names:
    return tuple(name for name in names if name not in VIEWS)


def _is_client(source: Source, sources: Mapping[str, Source], chain: Chain, names: Names) -> bool:
    if chain.after != "(" or chain.before in ("class", "def", "case"):
        return False
    return _is_class(source, sources, names, ())


def _is_class(source: Source, sources: Mapping[str, Source], names: Names, seen: tuple[str, ...]) -> bool:
    """Whether a chain names one of the SDK's client classes, or one that derives from it under the same name."""
    full = (*source.imports.get(names[0], names[:1]), *names[1:])
    if full[0] in SDK:
        return full[-1] in CLIENT_CLASSES
    if full[-1] not in TELLING_CLASSES or source.path in seen:
        return False
    if len(names) == 1 and names[0] in source.classes:
        bases = source.classes[names[0]]
        return any(base != names and _is_class(source, sources, base, ()) for base in bases)
    if names[0] not in source.imports:
        return True
    modules = list(_modules(sources, full[:-1]))
    if not modules:
        return full[0] == "."
    return any(_is_class(module, sources, full[-1:], (*seen, source.path)) for module in modules)


def _modules(sources: Mapping[str, Source], module: Names) -> Iterator[Source]:
    """The files that a module's name may mean."""
    end = "/".join(name for name in module if name != ".")
    for path, source in sources.items():
        if f"/{path}".endswith((f"/{end}.py", f"/{end}/__init__.py")):
            yield source


def _is_request(source: Source, chain: Chain, names: Names) -> bool:
    if chain.is_target or chain.callee in ASKING:
        return False
    if chain.names != names and chain.after != "(" and not chain.is_argument:
        return False
    full = (*source.imports.get(names[0], names[:1]), *names[1:])
    if full[0] == "openai" and len(full) == 3 and full[1] in OLD_CLASSES:
        return chain.after == "("
    plain = _plain(full)
    for start in range(len(plain)):
        tail = plain[start:]
        if tail == CHAT:
            return start > 0
        if tail in methods() and (start or len(tail) > 2):
            return tail[0] not in COMMON or _is_likely_sdk(source, plain)
        if tail[:2] == CHAT and len(tail) == 3 and tail[2].startswith("create_"):
            return True
    return False


def _is_likely_sdk(source: Source, names: Names) -> bool:
    """Whether a chain that other code may have too is probably the SDK's."""
    is_vendors = any(vendor in name.lower() for name in names for vendor in VENDORS)
    return source.names_sdk and not is_vendors and not hasattr(list, names[-1]) and not hasattr(dict, names[-1])


# Sites against a report


@dataclass(frozen=True, slots=True)
class _Said:
    rule: str
    start: Place
    end: Place


def speaks_of(rule: str, kind: Kind) -> bool:
    """Whether a finding of this rule says what becomes of a site of this kind that it covers."""
    if rule.startswith(("OR6", "OR9")):
        return True
    if kind == "client":
        return rule.startswith("OR1") or rule in ("OR302", "OR303")
    if kind == "request":
        return rule.startswith("OR3") or rule in ("OR113", "OR120")
    return rule.startswith("OR2") or rule == "OR115" or (rule.startswith("OR3") and rule != "OR300")


def unaccounted(sites: Iterable[Site], findings: Iterable[Mapping[str, Any]]) -> list[Site]:
    """The sites that no finding speaks of; paths in both are seen from the same folder.

    A finding about a file that could not be processed speaks of all in it.
    """
    said: dict[str, list[_Said]] = {}
    for finding in findings:
        start, end = (finding["line"], finding["column"]), (finding["end_line"], finding["end_column"])
        said.setdefault(finding["path"], []).append(_Said(finding["rule"], start, end))
    return [site for site in sites if not any(_covers(each, site) for each in said.get(site.path, ()))]


def _covers(each: _Said, site: Site) -> bool:
    if each.rule.startswith("OR9"):
        return True
    return speaks_of(each.rule, site.kind) and each.start <= site.start and site.end <= each.end


def run_tool(path: Path) -> Sequence[Mapping[str, Any]]:
    """The findings of a dry run over ``path`` from the current folder. Raises RuntimeError with what the tool says."""
    command = [sys.executable, "-m", "codemod", str(path), "--dry-run", "--no-gitignore", "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    if done.returncode not in (0, 3):
        raise RuntimeError(done.stderr.decode(errors="replace").strip())
    findings: Sequence[Mapping[str, Any]] = json.loads(done.stdout)["findings"]
    return findings


def relative_to(folder: Path, findings: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The findings with paths seen from ``folder`` (its parent, if it is a file) and not from the current folder."""
    base = (folder.parent if folder.is_file() else folder).resolve()
    for finding in findings:
        path = Path(finding["path"]).resolve()
        if path.is_relative_to(base):
            yield {**finding, "path": path.relative_to(base).as_posix()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what a report does not speak of; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("report", type=Path, nargs="?")
    given = parser.parse_args(arguments)
    try:
        if given.report is None:
            findings = run_tool(given.path)
        else:
            findings = json.loads(given.report.read_text(encoding="utf-8"))["findings"]
    except (OSError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2
    sites = sites_of_tree(given.path)
    missed = unaccounted(sites, relative_to(given.path, findings))
    for site in missed:
        print(site)
    print(f"{len(sites) - len(missed)} of {len(sites)} sites are accounted for", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
