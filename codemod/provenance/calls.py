"""Small questions about calls and functions that the facts of one file answer."""

from __future__ import annotations

from collections.abc import Iterable

from codemod.provenance.facts import (
    Argument,
    Attribute,
    Binding,
    Call,
    Expression,
    FileFacts,
    Name,
    ParameterKind,
    Scope,
)

# Methods of a mapping that give the item under their first argument, else their second.
ITEM_METHODS = frozenset({"get", "pop", "setdefault"})


def argument_for(scope: Scope, parameter: Binding, call: Call, *, bound: bool) -> Argument | None:
    """The argument of ``call`` that ``parameter`` of the function ``scope`` takes.

    None if the call leaves it out. An argument with an expansion is given where the parameter may be inside it.
    """
    named = next((argument for argument in call.arguments if argument.keyword == parameter.name), None)
    if named is not None and parameter.parameter is not ParameterKind.POSITIONAL_ONLY:
        return named
    if parameter.parameter in (ParameterKind.NORMAL, ParameterKind.POSITIONAL_ONLY):
        positional = [
            each for each in scope.parameters if each.parameter in (ParameterKind.NORMAL, ParameterKind.POSITIONAL_ONLY)
        ]
        position = positional.index(parameter) - (1 if bound else 0)
        plain = [argument for argument in call.arguments if argument.keyword is None and argument.expansion != "**"]
        for index, argument in enumerate(plain):
            if argument.expansion == "*":
                return argument
            if index == position:
                return argument
    return next((argument for argument in call.arguments if argument.expansion == "**"), None)


def argument_at(call: Call, position: int, keyword: str) -> Expression | None:
    named = call.keyword(keyword)
    if named is not None:
        return named
    plain = [argument for argument in call.arguments if argument.keyword is None and not argument.expansion]
    return plain[position].value if position < len(plain) else None


def references(facts: FileFacts, name: str) -> Iterable[Expression]:
    """The reads in a file that may mean the function or class ``name``: by name, by alias, as a member."""
    names = {name, *(binding.name for binding in facts.imports.get(name, ()))}
    for each in sorted(names):
        yield from facts.names.get(each, ())
    yield from facts.attributes.get(name, ())


def last_name(expression: Expression) -> str:
    """The name itself, or the last one of a chain of attributes; "" if it ends in neither."""
    if isinstance(expression, Attribute):
        return expression.name
    return expression.id if isinstance(expression, Name) else ""


def name_behind_calls(expression: Expression) -> str:
    """The last name of a decorator: ``cache`` for ``functools.cache`` and ``cache(...)``."""
    while isinstance(expression, Call):
        expression = expression.callee
    return last_name(expression)


def is_decorated(scope: Scope, *names: str) -> bool:
    return any(name_behind_calls(decorator) in names for decorator in scope.decorators)
