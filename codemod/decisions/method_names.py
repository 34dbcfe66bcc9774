"""What the names of a chain tell of the SDK's methods, whatever the chain starts at.

A receiver whose origin is not known may be a client all the same: ``def f(x): x.chat.completions.create()``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from codemod import openai_sdk
from codemod.decisions.expressions import dotted, leaves, outermost
from codemod.provenance.calls import last_name
from codemod.provenance.facts import (
    Attribute,
    BindingKind,
    Call,
    Expression,
    FileFacts,
    Name,
    Role,
    RoleKind,
    Subscript,
    Text,
    Wrapped,
)
from codemod.records import record

Path = tuple[str, ...]

CHAT: Path = ("chat", "completions", "create")
CHAT_RESOURCE = CHAT[:2]

_PACKAGES = frozenset(module.split(".")[0] for module in openai_sdk.MODULES)
# Resources whose names other code has too: their methods are told only where the file speaks of OpenAI.
_COMMON = frozenset(
    {
        "admin",
        "batches",
        "containers",
        "conversations",
        "decisions",
        "edits",
        "evals",
        "files",
        "live",
        "models",
        "realtime",
        "safety",
        "skills",
        "uploads",
        "videos",
        "webhooks",
    }
)
# Chains that are met without the resource around them, and the methods that they mean.
_SHORT: Mapping[Path, Path] = MappingProxyType(
    {
        ("speech", "create"): ("audio", "speech", "create"),
        ("transcriptions", "create"): ("audio", "transcriptions", "create"),
        ("translations", "create"): ("audio", "translations", "create"),
        ("threads", "create"): ("beta", "threads", "create"),
        ("runs", "create"): ("beta", "threads", "runs", "create"),
        ("assistants", "create"): ("beta", "assistants", "create"),
    }
)
# Resources that are read once and kept (``jobs = client.fine_tuning``): the rest of the chain hints at the method.
_LEFT_OUT = frozenset({"audio", "beta", "fine_tuning"})
# Words in a chain that tell another vendor's SDK.
_VENDORS = ("anthropic", "claude", "cohere", "gemini", "genai", "google", "groq", "mistral", "ollama", "together")
# What lists and mappings can do too, whatever they are called.
_CONTAINER_METHODS = frozenset(dir(list)) | frozenset(dir(dict))
# Functions that ask about a method, or replace it in a test, and call nothing.
_ASKING = frozenset({"hasattr", "isinstance", "object", "type", "signature"})
_MOST_ALIASES = 4


@record
class Told:
    """The method that a chain tells; ``hinted`` if other code has such chains too."""

    path: Path
    hinted: bool


@record
class Mentioned:
    """A method, or ``chat.completions``, that is read and not called where it stands."""

    node: Expression
    told: Told


def told_method(file: FileFacts, callee: Expression) -> Told | None:
    """The method that the names of a chain tell; None if they tell none."""
    if last_of(file, callee) in _last_names() or isinstance(callee, Name):
        told = [found for names in _chains(file, callee, _MOST_ALIASES) if (found := _told(file, names)) is not None]
        return min(told, key=lambda each: (each.hinted, -len(each.path)), default=None)
    return None


def mentions(file: FileFacts) -> Iterator[Mentioned]:
    """The methods that are read in a file without being called there, and so ``chat.completions`` itself."""
    for name in sorted(_last_names()):
        for node in _reads(file, name):
            told = told_method(file, node) if _is_handed_on(file, node) else None
            if told is not None:
                yield Mentioned(node, told)
    for node in _reads(file, CHAT_RESOURCE[-1]):
        if _is_handed_on(file, node) and any(_is_chat(names) for names in _chains(file, node, _MOST_ALIASES)):
            yield Mentioned(node, Told(CHAT_RESOURCE, hinted=False))


def named_read(file: FileFacts, call: Call) -> str:
    """The literal name that a call of ``getattr`` reads; "" for any other call."""
    name = call.arguments[1].value if len(call.arguments) > 1 else None
    return name.value if isinstance(name, Text) and call in file.named_reads.get(name.value, ()) else ""


def last_of(file: FileFacts, callee: Expression) -> str:
    """The last name of a chain, read with a dot or by ``getattr``; "" if there is none."""
    if isinstance(callee, Attribute):
        return callee.name
    return named_read(file, callee) if isinstance(callee, Call) else ""


def module_method(path: str) -> Path | None:
    """The method that a dotted path through the SDK's module names: ``openai.chat.completions.create``."""
    for module in openai_sdk.MODULES:
        if path.startswith(f"{module}."):
            names = tuple(path[len(module) + 1 :].split("."))
            plain = tuple(name for name in names if name not in openai_sdk.VIEWS)
            if openai_sdk.find_method(plain) is not None:
                return plain
    return None


def is_before_v1(path: str) -> bool:
    """Whether a dotted path is a request of the SDK before 1.0: ``openai.ChatCompletion.create``."""
    names = path.split(".")
    return len(names) > 2 and names[0] == "openai" and names[1] in openai_sdk.PRE_V1_CLASSES


def is_of_module(file: FileFacts, chain: Expression) -> bool:
    """Whether a chain of names starts at something imported: from the SDK, or from a module that may hand it on."""
    root = chain
    while isinstance(root, Attribute):
        root = root.value
    if not isinstance(root, Name):
        return False
    names = dotted(chain)
    for binding in file.lookup(root.id, root.scope):
        if binding.imported is not None:
            package = binding.imported.module.split(".")[0]
            if package in _PACKAGES or "openai" in (*names, binding.imported.name):
                return True
    return False


def is_imported(file: FileFacts, callee: Expression, held: frozenset[str]) -> bool:
    """Whether a callee is a plain name that is imported as one of ``held``: a method that another file reads."""
    if not isinstance(callee, Name):
        return False
    return any(
        each.imported is not None and each.imported.name in held for each in file.lookup(callee.id, callee.scope)
    )


def held_names(files: Iterable[FileFacts], read: Iterable[tuple[FileFacts, Mentioned]]) -> frozenset[str]:
    """The names that methods are given where they are ``read``, and those that ``files`` import these under."""
    pending = [name for file, mentioned in read for name in _names_given(file, mentioned.node)]
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += [binding.name for file in files for binding in file.imports.get(name, ())]
            pending += [each for file in files for here in file.names.get(name, ()) for each in _aliases(file, here)]
    return frozenset(found)


def _names_given(file: FileFacts, node: Expression) -> Iterator[str]:
    """The names, members and items that are assigned what ``node`` is part of."""
    _, role = outermost(file, node)
    if role is not None and role.kind is RoleKind.BOUND:
        yield from (binding.name for binding in role.bindings)
        for target in role.targets:
            if isinstance(target, Attribute):
                yield target.name
            elif isinstance(target, Subscript) and isinstance(target.key, Text):
                yield target.key.value


def _aliases(file: FileFacts, read: Name) -> Iterator[str]:
    """The names of ``alias = name``."""
    if isinstance(file.parents.get(read), Role):
        yield from _names_given(file, read)


@cache
def _tails() -> Mapping[Path, Told]:
    found: dict[Path, Told] = {}
    for path in sorted(openai_sdk.method_paths(), key=len):
        hinted = path[0] in _COMMON
        if not (hinted and len(path) == 2 and path[1] in _CONTAINER_METHODS):
            found[path] = Told(path, hinted)
    for path in openai_sdk.method_paths():
        if path[0] in _LEFT_OUT and len(path) > 2 and path[1:] not in found:
            found[path[1:]] = Told(path, hinted=True)
    found.update({tail: Told(path, hinted=False) for tail, path in _SHORT.items()})
    found.update({(*CHAT_RESOURCE, name): Told(CHAT, hinted=False) for name in openai_sdk.INSTRUCTOR_METHODS})
    return MappingProxyType(found)


def telling_chains() -> Collection[Path]:
    """The ends of chains that tell a method, each of two names or more."""
    return _tails().keys()


@cache
def _last_names() -> frozenset[str]:
    return frozenset(path[-1] for path in _tails())


@cache
def _longest() -> int:
    return max(map(len, _tails()))


def _told(file: FileFacts, names: Path) -> Told | None:
    for length in range(min(_longest(), len(names) - 1), 1, -1):
        told = _tails().get(names[-length:])
        if told is not None and not (told.hinted and not _is_likely(file, names)):
            return told
    return None


def _is_likely(file: FileFacts, names: Path) -> bool:
    """Whether a chain that other code may have too is probably the SDK's."""
    text = file.text
    speaks = any(word in text for word in ("openai", "OpenAI", "OPENAI"))
    return speaks and not any(vendor in name.lower() for name in names for vendor in _VENDORS)


def _is_chat(names: Path) -> bool:
    return names[-2:] == CHAT_RESOURCE and len(names) > 2 and names[0] != "types" and names[1] not in _NO_CLIENTS


# Modules of the SDK that hold types and classes under the names of resources.
_NO_CLIENTS = frozenset({"types", "resources", "lib"})


def _reads(file: FileFacts, name: str) -> Iterator[Expression]:
    yield from file.attributes.get(name, ())
    yield from file.named_reads.get(name, ())


def _is_handed_on(file: FileFacts, node: Expression) -> bool:
    """Whether a read gives its value to something else, and neither calls it, assigns it nor asks about it."""
    parent = file.parents.get(node)
    if isinstance(parent, Attribute):
        return False
    if isinstance(parent, Role):
        return parent.kind not in (RoleKind.TARGET, RoleKind.ANNOTATION, RoleKind.BASE)
    if isinstance(parent, Call):
        is_asked = last_name(parent.callee) in _ASKING and parent.arguments and parent.arguments[0].value is node
        return parent.callee is not node and not is_asked and not named_read(file, parent)
    return parent is not None


def _chains(file: FileFacts, expression: Expression, aliases: int) -> Iterator[Path]:
    """The names of a chain, outermost first; then those with what a name at its start stands for in this file."""
    names: list[str] = []
    here = expression
    while True:
        if aliases:
            for value in _bound_here(file, here):
                for chain in _chains(file, value, aliases - 1):
                    yield (*chain, *reversed(names))
        if isinstance(here, Attribute):
            if here.name not in openai_sdk.VIEWS:
                names.append(here.name)
            here = here.value
        elif isinstance(here, Wrapped):
            here = here.value
        elif isinstance(here, Call) and named_read(file, here):
            names.append(named_read(file, here))
            here = here.arguments[0].value
        else:
            break
    yield (here.id if isinstance(here, Name) else "", *reversed(names))


def _bound_here(file: FileFacts, expression: Expression) -> Iterator[Expression]:
    """The chains of attributes that a name, or a member of one, is assigned in this file."""
    values: list[Expression] = []
    if isinstance(expression, Name):
        bindings = file.lookup(expression.id, expression.scope)
        values = [each.value for each in bindings if each.kind is BindingKind.ASSIGNMENT and each.value is not None]
    elif isinstance(expression, Attribute) and isinstance(expression.value, Name):
        written = dotted(expression)
        members = file.member_bindings.get(expression.name, ())
        values = [each.value for each in members if dotted(each.target) == written]
    for value in values:
        yield from (leaf for leaf in leaves(value) if isinstance(leaf, (Attribute, Call)) and last_of(file, leaf))
