"""The name of the half of a client that stays with OpenAI: ``client`` becomes ``openai_client``, if nobody has that."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from codemod.decisions.context import Context
from codemod.decisions.split_homes import Home, imports_from
from codemod.provenance.facts import FileFacts
from codemod.records import record


@record
class SecondName:
    """``awaited`` if a file imports the name from where the client lives, and it is not there yet."""

    chosen: str
    awaited: bool = False


def second_name(context: Context, home: Home, others: Collection[FileFacts]) -> SecondName:
    """The first name that is free where the client lives and in the files ``others``, which will import it.

    A name that files import in vain was chosen by a run that was interrupted, so it is chosen again.
    """
    for name in _candidates(home.name):
        if _mentions(home.file, name):
            continue
        importing = _importing(context, home, name) if home.is_module else frozenset[FileFacts]()
        if importing and not _gives_names(context, home, name):
            return SecondName(name, awaited=True)
        if importing:
            continue
        if not any(_mentions(file, name) for file in (*others, *_starred(context, home), *_bases(context, home))):
            return SecondName(name)
    raise AssertionError("there are more names than words in a file")


def _candidates(old: str) -> Iterator[str]:
    plain = old.lstrip("_")
    word = "kept" if "openai" in plain.lower() else "openai"
    first = f"{old[: len(old) - len(plain)]}{word.upper() if plain.isupper() else word}_{plain}"
    yield first
    number = 2
    while True:
        yield f"{first}_{number}"
        number += 1


def _mentions(file: FileFacts, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", file.text) is not None


def _importing(context: Context, home: Home, name: str) -> frozenset[FileFacts]:
    """The files that import ``name`` from where the client lives."""
    return frozenset(
        file
        for file in context.origins.project.facts_mentioning(name, home.file.path)
        if any(imports_from(context, home, file, binding, name) for binding in file.imports.get(name, ()))
    )


def _gives_names(context: Context, home: Home, name: str) -> bool:
    """Whether ``name`` can be imported from where the client lives, though nothing binds it there."""
    bound = home.file.scopes[0].bindings
    return "*" in bound or "__getattr__" in bound or context.origins.project.submodule(home.file.path, name) is not None


def _bases(context: Context, home: Home) -> Iterator[FileFacts]:
    """The files of the classes that the class derives from on whose instances the client lives."""
    if home.owner is not None:
        lineage = context.origins.lineage(home.file, home.owner)
        yield from (each.file for each in lineage if each.scope is not home.owner)


def _starred(context: Context, home: Home) -> Iterator[FileFacts]:
    """The files that take over all names of the module in which the client lives."""
    if home.is_module:
        for file in context.starring():
            if any(imports_from(context, home, file, binding, "*") for binding in file.imports.get("*", ())):
                yield file
