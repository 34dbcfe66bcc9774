"""Forwards into the parameters of functions and the fields of classes of the project."""

from __future__ import annotations

from codemod.provenance.calls import positional_arguments, positional_parameters
from codemod.provenance.facts import Argument, Call, FileFacts, ParameterKind, Scope
from codemod.provenance.flows import ANY, Flow, Ground, Steps, Use, UseKind
from codemod.provenance.reads import reads_of, reads_of_member
from codemod.provenance.values import ClassValue, FunctionValue, MappingValue


def into_class(ground: Ground, flow: Flow, call: Call, argument: Argument, owner: ClassValue) -> Steps:
    """Into what the class ``owner`` makes of ``argument``: a parameter of its ``__init__``, or a field."""
    initialiser = _initialiser(ground, owner)
    if initialiser is not None:
        file, scope = initialiser
        yield from into_function(ground, flow, call, argument, FunctionValue(file, scope, True), call.arguments)
        return
    if any(isinstance(made, MappingValue) for made in ground.origins.values(flow.file, call)):
        yield Flow(flow.file, call, flow.path if argument.expansion else (argument.keyword or ANY, *flow.path))
        return
    name = argument.keyword
    if argument.expansion == "**" and flow.path:
        name = str(flow.path[0])
    fields = _fields(ground, owner)
    if name is None and not argument.expansion:
        plain = [each for each in call.arguments if each.keyword is None]
        position = plain.index(argument)
        name = fields[position] if position < len(fields) else None
    if name is not None and name in fields:
        path = flow.path[1:] if argument.expansion == "**" else flow.path
        yield from reads_of_member(ground, owner.file, owner.scope, name, path)
    else:
        yield argument_use(flow, call, argument)


def _fields(ground: Ground, owner: ClassValue, below: frozenset[Scope] = frozenset()) -> list[str]:
    """The declared fields of a class, those of its base classes first; ``below`` are the classes that ask."""
    found: list[str] = []
    for base in owner.scope.bases:
        for value in ground.origins.values(owner.file, base):
            if isinstance(value, ClassValue) and value.scope not in below | {owner.scope}:
                found += _fields(ground, value, below | {owner.scope})
    found += [each for each, bound in owner.scope.bindings.items() if any(b.annotation is not None for b in bound)]
    return list(dict.fromkeys(found))


def _initialiser(ground: Ground, owner: ClassValue) -> tuple[FileFacts, Scope] | None:
    for each in ground.origins.lineage(owner.file, owner.scope):
        for binding in each.scope.bindings.get("__init__", ()):
            if binding.defines is not None:
                return each.file, each.file.scopes[binding.defines]
    return None


def into_function(
    ground: Ground, flow: Flow, call: Call, argument: Argument, function: FunctionValue, arguments: tuple[Argument, ...]
) -> Steps:
    """Into the parameter of ``function`` that takes ``argument``, one of the ``arguments`` it is called with."""
    scope, path = function.scope, flow.path
    if argument.expansion == "**":
        if not path:
            return
        keyword, path = str(path[0]), path[1:]
        taken = next((each for each in scope.parameters if each.name == keyword), None)
        if taken is None:
            taken = next((each for each in scope.parameters if each.parameter is ParameterKind.KEYWORDS), None)
            path = (keyword, *path)
    elif argument.keyword is not None:
        taken = next((each for each in scope.parameters if each.name == argument.keyword), None)
        if taken is None:
            taken = next((each for each in scope.parameters if each.parameter is ParameterKind.KEYWORDS), None)
            path = (argument.keyword, *path)
    else:
        position = positional_arguments(arguments).index(argument) + (1 if function.bound else 0)
        if argument.expansion:
            inner = path[0] if path else ANY
            if not path or (argument.expansion == "*" and not isinstance(inner, int)):
                yield argument_use(flow, call, argument)
                return
            position += inner if argument.expansion == "*" and isinstance(inner, int) else 0
            path = path[1:]
        positional = positional_parameters(scope)
        if position < len(positional):
            taken = positional[position]
        else:
            taken = next((each for each in scope.parameters if each.parameter is ParameterKind.VARIADIC), None)
            path = (position - len(positional), *path)
    if taken is None or (scope.decorators and ground.origins.callers(function.file, scope).watched):
        yield argument_use(flow, call, argument)
    if taken is not None:
        yield from reads_of(ground, function.file, taken, path)


def argument_use(flow: Flow, call: Call, argument: Argument) -> Use:
    """The end of a flow in a call that is not followed."""
    keyword, direct = argument.keyword or "", not flow.path
    if argument.expansion == "**" and flow.path:
        keyword, direct = str(flow.path[0]), len(flow.path) == 1
    return Use(UseKind.ARGUMENT, flow.file, flow.node, call, call, keyword, direct)
