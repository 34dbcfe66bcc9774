"""Clients of which OpenRouter serves some calls only: the old one stays under a second name for the others.

That is right where every use of the client is visible and no id of one service reaches the other. The second client
is made right behind the first, as that one was made before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from codemod.decisions.arguments import Arguments, is_missing, literal_argument
from codemod.decisions.context import Context, Draft, draft
from codemod.decisions.crossing import crossing_reason
from codemod.decisions.second_names import second_name
from codemod.decisions.served_calls import Blocking
from codemod.decisions.split_homes import Home, Reading, home_of, is_replaced, reads_home
from codemod.decisions.survey import Client, Survey
from codemod.findings import Applicability
from codemod.provenance.facts import Binding, FileFacts, MappingDisplay
from codemod.records import record
from codemod.rewrites import CopyAssignment, ImportBeside, Rewrite, Span

_OLD_VARIABLE = "OPENAI_API_KEY"
_HEADERS = "extra_headers"
_BETWEEN = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)[ \t\f]*")


@record
class Split:
    """How a client is split: ``name`` is that of the second one.

    ``copied`` is the statement that makes the first one, None where the second one is there already. ``renamed`` are
    the places that use the second one from now on, ``imports`` the imported names that bring it along.
    """

    name: str
    copied: tuple[FileFacts, CopyAssignment] | None
    renamed: tuple[tuple[Blocking, Reading], ...] = ()
    imports: tuple[tuple[FileFacts, Binding], ...] = ()


def plan_split(
    context: Context, survey: Survey, client: Client, arguments: Arguments, blocking: tuple[Blocking, ...]
) -> Split | str:
    """The split of ``client``, whose calls ``blocking`` OpenRouter does not serve; a text says why there is none."""
    home = home_of(context, client)
    if isinstance(home, str):
        return home
    reason = (
        _use_reason(context, survey, client, arguments, blocking)
        or is_replaced(context, home)
        or crossing_reason(context, survey.uses[client], blocking)
    )
    if reason:
        return reason
    read = _reads(context, home, blocking)
    if isinstance(read, str):
        return read
    renamed, imports = read
    name = second_name(context, home, {each.file for each, _ in renamed}).chosen
    copy = CopyAssignment(home.statement, home.prefix + name)
    return Split(name, (home.file, copy), tuple(renamed), tuple(imports))


def pending_split(context: Context, client: Client) -> Split | None:
    """The split that an interrupted run has left to do in the file of ``client``; None if there is none."""
    home = home_of(context, client)
    if isinstance(home, str) or not home.is_module:
        return None
    second = second_name(context, home, ())
    if not second.awaited:
        return None
    return Split(second.chosen, (home.file, CopyAssignment(home.statement, second.chosen)))


def unfinished_split(context: Context, survey: Survey, client: Client, blocking: tuple[Blocking, ...]) -> Split | None:
    """What an interrupted run has left to do in other files for a client that has moved; None if nothing."""
    home = home_of(context, client) if blocking else ""
    if isinstance(home, str) or not home.is_module or any(each.file is home.file for each in blocking):
        return None
    made = {other.call for other in survey.clients if other.file is home.file and other.path == client.path}
    bound = (each for bindings in home.file.scopes[0].bindings.values() for each in bindings)
    name = next((each.name for each in bound if each.value in made and _follows(home, each)), "")
    read = _reads(context, home, blocking)
    if not name or isinstance(read, str):
        return None
    renamed, imports = read
    return Split(name, None, tuple(renamed), tuple(imports))


def decide_split(client: Client, split: Split, blocking: Iterable[Blocking]) -> Iterator[Draft]:
    """The drafts for a split, all in the group of the client."""
    named = ", ".join(dict.fromkeys(each.method for each in blocking)) or "other files"
    if split.copied is not None:
        file, copy = split.copied
        message = f"{split.name} stays with OpenAI, for what OpenRouter does not serve: {named}"
        yield _safe(client, file, client.call.span, message, copy)
    for file, binding in split.imports:
        message = f"{split.name}, which stays with OpenAI, is imported too"
        yield _safe(client, file, binding.span, message, ImportBeside(binding.span, split.name))
    for each, reading in split.renamed:
        message = f"{each.method} is called on {split.name}, which stays with OpenAI"
        yield _safe(client, each.file, each.node.span, message, reading.renamed(split.name))


def around_splits(found: Iterable[Draft], drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The findings about the surroundings, true where a half of some client goes on reading the old variable."""
    is_split = any(each.finding.rule == "OR308" for each in drafts)
    for each in found:
        message = each.finding.message
        if is_split and _OLD_VARIABLE in message and each.finding.rule in ("OR114", "OR115"):
            what = message.split(",")[0]
            message = f"{what}, which only the calls that stay with OpenAI need from now on"
            remedy = "See that OPENROUTER_API_KEY is there, too."
            yield replace(each, finding=replace(each.finding, message=message, remedy=remedy))
        else:
            yield each


def _safe(client: Client, file: FileFacts, span: Span, message: str, rewrite: Rewrite) -> Draft:
    return draft(file, span, "OR308", Applicability.SAFE, message, rewrites=[rewrite], member=client.call)


def _use_reason(
    context: Context, survey: Survey, client: Client, arguments: Arguments, blocking: tuple[Blocking, ...]
) -> str:
    """What of the client is out of sight, or shared so that the halves cannot be told apart; "" if nothing is."""
    uses = survey.uses[client]
    if client.subclass is not None:
        return "it is of a class of the project"
    if uses.escapes:
        return f"it {uses.escapes[0].what}"
    if uses.foreign or uses.assignments:
        return "not all that is done with it is known"
    headers = arguments.given("default_headers")
    if arguments.holder is not None or (headers is not None and not isinstance(headers.value, MappingDisplay)):
        return "its arguments stand elsewhere, and would change for both halves"
    if context.setting(_OLD_VARIABLE):
        return f"the program sets {_OLD_VARIABLE} itself"
    kept = {each.node for each in blocking}
    calls = {call for _, _, node, call in uses.methods if call is not None and node in kept}
    for request in survey.requests:
        if request.call not in calls:
            continue
        if request.clients != (client,) or request.others or request.module_level:
            return "a call that OpenRouter does not serve can be made on something else, too"
        if not is_missing(literal_argument(context, request.file, request.call, _HEADERS)):
            return "a call that OpenRouter does not serve has headers of its own"
    return ""


def _reads(
    context: Context, home: Home, blocking: tuple[Blocking, ...]
) -> tuple[list[tuple[Blocking, Reading]], dict[tuple[FileFacts, Binding], None]] | str:
    """Where the calls that stay read the client, and the imports that bring it there; a text if one is not seen."""
    renamed: list[tuple[Blocking, Reading]] = []
    imports: dict[tuple[FileFacts, Binding], None] = {}
    for each in blocking:
        found = reads_home(context, home, each.file, each.node)
        if found is None:
            line = each.file.line(each.node.span)
            return f"the call in {each.file.path.name}:{line} does not name it as it is assigned"
        renamed.append((each, found))
        if found.imported is not None:
            imports[(each.file, found.imported)] = None
    return renamed, imports


def _follows(home: Home, binding: Binding) -> bool:
    """Whether a name is bound on the line right behind the statement that makes the client."""
    text = home.file.text
    return _BETWEEN.fullmatch(text, home.statement.end, binding.span.start) is not None and (
        text[binding.span.start :].startswith(binding.name)
    )
