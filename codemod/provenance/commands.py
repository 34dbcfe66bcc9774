"""Options of the command line: what declares them, and the names under which they are given.

A management command of Django declares its options in ``add_arguments`` and is given them as keywords of ``handle``.
"""

from __future__ import annotations

from codemod.provenance.calls import last_name
from codemod.provenance.facts import Attribute, Binding, Call, FileFacts, Name, ParameterKind, Scope, Text

_COMMANDS = frozenset({"BaseCommand", "AppCommand", "LabelCommand"})


def option_names(call: Call) -> frozenset[str]:
    """The names under which a call that declares an option gives it: ``model`` for ``"-m", "--model"``."""
    named = call.keyword("dest")
    flags = [each.value for each in call.arguments if isinstance(each.value, Text) and each.keyword is None]
    shown = [named] if isinstance(named, Text) else flags
    return frozenset(flag.value.lstrip("-").replace("-", "_") for flag in shown if isinstance(flag, Text))


def command_options(file: FileFacts, handle: Scope, name: str | None) -> list[Call]:
    """The declarations of the option ``name`` of the management command whose ``handle`` this is; None: of any."""
    owner = file.enclosing_class(handle)
    if handle.name != "handle" or owner is None or not _is_command(owner):
        return []
    return [call for call in _declarations(file, owner) if name is None or name in option_names(call)]


def command_parameters(file: FileFacts, declaration: Call) -> list[Binding]:
    """The ``**options`` of the management command in whose ``add_arguments`` ``declaration`` stands."""
    owner = next((each for each in file.enclosing(declaration.scope) if _is_command(each)), None)
    if owner is None or declaration not in _declarations(file, owner):
        return []
    handles = [scope for scope in file.scopes if scope.parent == owner.index and scope.name == "handle"]
    return [each for scope in handles for each in scope.parameters if each.parameter is ParameterKind.KEYWORDS]


def _is_command(scope: Scope) -> bool:
    return any(last_name(base) in _COMMANDS for base in scope.bases)


def _declarations(file: FileFacts, owner: Scope) -> list[Call]:
    """The calls ``parser.add_argument(...)`` in the ``add_arguments`` of a class."""
    methods = [scope for scope in file.scopes if scope.parent == owner.index and scope.name == "add_arguments"]
    found: list[Call] = []
    for declaring in file.attributes.get("add_argument", ()):
        call = file.parents.get(declaring)
        if isinstance(call, Call) and call.callee is declaring and _is_parser_of(file, declaring, methods):
            found.append(call)
    return found


def _is_parser_of(file: FileFacts, declaring: Attribute, methods: list[Scope]) -> bool:
    receiver = declaring.value
    if not isinstance(receiver, Name):
        return False
    bindings = file.lookup(receiver.id, receiver.scope)
    return any(binding in method.parameters[1:] for binding in bindings for method in methods)
