"""Small questions about calls and functions that the facts of one file answer."""

from __future__ import annotations

from codemod.provenance.facts import (
    Argument,
    Attribute,
    Binding,
    BindingKind,
    Call,
    Comprehension,
    Expression,
    FileFacts,
    MappingDisplay,
    Name,
    Opaque,
    ParameterKind,
    Role,
    RoleKind,
    Route,
    Scope,
    Subscript,
)
from codemod.records import record

_ANYTHING = (ParameterKind.VARIADIC, ParameterKind.KEYWORDS)
# What looks at a function without changing how it is called.
_LOOKING = frozenset(
    {"wraps", "iscoroutinefunction", "update_wrapper", "isinstance", "callable", "repr", "str", "print"}
    | {"debug", "info", "warning", "error", "exception", "log"}
)
_CHANGING = frozenset({"pop", "popitem", "setdefault", "update", "clear", "append", "extend", "insert", "remove"})
_POSITIONAL = (ParameterKind.NORMAL, ParameterKind.POSITIONAL_ONLY)
# Methods of a text that give an id back as it is, where they are called without arguments.
KEEPING_METHODS = frozenset({"strip", "lstrip", "rstrip", "lower"})
# Methods of a mapping that give the item under their first argument, else their second.
ITEM_METHODS = frozenset({"get", "pop", "setdefault"})


@record
class Passed:
    """An argument that a parameter takes.

    For an expansion (``*x``, ``**x``) the parameter takes a part of it: the one behind ``route``.
    """

    argument: Argument
    route: Route = ()


def arguments_for(
    scope: Scope, parameter: Binding, arguments: tuple[Argument, ...], *, bound: bool
) -> tuple[Passed, ...]:
    """What the function ``scope`` may be given for ``parameter``; () if the call leaves it out.

    Arguments with an expansion are given where the parameter may be inside them.
    """
    position = None
    if parameter.parameter in _POSITIONAL:
        position = positional_parameters(scope).index(parameter) - (1 if bound else 0)
    name = None if parameter.parameter is ParameterKind.POSITIONAL_ONLY else parameter.name
    return arguments_named(name, position, arguments)


def arguments_named(name: str | None, position: int | None, arguments: tuple[Argument, ...]) -> tuple[Passed, ...]:
    """What is given under ``name``, or at ``position``, or may be in an expansion; None: that way nothing is."""
    named = next((argument for argument in arguments if argument.keyword == name), None) if name is not None else None
    if named is not None:
        return (Passed(named),)
    starred: tuple[Passed, ...] = ()
    if position is not None:
        for index, argument in enumerate(positional_arguments(arguments)):
            if argument.expansion == "*":
                starred = (Passed(argument, (position - index,)),) if position >= index else ()
                break
            if index == position:
                return (Passed(argument, (None,) if argument.expansion else ()),)
    expanded = (argument for argument in arguments if argument.expansion == "**") if name is not None else ()
    return (*starred, *(Passed(argument, (name,)) for argument in expanded))


def positional_parameters(scope: Scope) -> list[Binding]:
    return [each for each in scope.parameters if each.parameter in _POSITIONAL]


def positional_arguments(arguments: tuple[Argument, ...]) -> list[Argument]:
    return [argument for argument in arguments if argument.keyword is None and argument.expansion != "**"]


def argument_at(call: Call, position: int, keyword: str) -> Expression | None:
    named = call.keyword(keyword)
    if named is not None:
        return named
    plain = [argument for argument in call.arguments if argument.keyword is None and not argument.expansion]
    return plain[position].value if position < len(plain) else None


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


def getter_of(binding: Binding) -> Expression | None:
    """What ``name = property(getter)`` calls where the name is read as a member."""
    call = binding.value
    if binding.kind is not BindingKind.ASSIGNMENT or not isinstance(call, Call):
        return None
    if not isinstance(call.callee, Name) or call.callee.id != "property":
        return None
    first = next((each for each in call.arguments if each.keyword in (None, "fget") and not each.expansion), None)
    return None if first is None else first.value


def is_decorated(scope: Scope, *names: str) -> bool:
    return any(name_behind_calls(decorator) in names for decorator in scope.decorators)


def taken_over(node: Expression) -> tuple[Expression, ...]:
    """The mappings all of whose items go into the mapping that ``node`` makes.

    ``{**one, …}``, ``dict(one, …)``, ``one.copy()``, ``copy.copy(one)``, ``one | other`` and a comprehension that
    leaves keys and values as they are.
    """
    if isinstance(node, MappingDisplay):
        return tuple(entry.value for entry in node.entries if entry.key is None)
    if isinstance(node, Opaque):
        return node.parts if node.what == "|" else ()
    if isinstance(node, Comprehension):
        copied = copied_by(node)
        return () if copied is None else (copied,)
    if isinstance(node, Call):
        given = tuple(argument.value for argument in node.arguments if argument.keyword is None)
        is_copy = isinstance(node.callee, Attribute) and node.callee.name == "copy" and not node.arguments
        return (node.callee.value,) if isinstance(node.callee, Attribute) and is_copy else given
    return ()


def copied_by(node: Comprehension) -> Expression | None:
    """The mapping X of ``{k: v for k, v in X.items() if …}``; None for any other comprehension."""
    if len(node.elements) != 2 or len(node.clauses) != 1:
        return None
    (clause,) = node.clauses
    items = clause.iterable
    if not (isinstance(items, Call) and isinstance(items.callee, Attribute) and items.callee.name == "items"):
        return None
    names = tuple(each.id if isinstance(each, Name) else None for each in node.elements)
    return items.callee.value if None not in names and names == clause.unpacked else None


@record
class Through:
    """A parameter that a function's result stands for; ``watched`` if what it is called with is looked at."""

    parameter: Binding
    watched: bool = False


def passed_through(file: FileFacts, scope: Scope) -> Through | None:
    """The parameter of a function that its result stands for: one that it returns, or calls as it is called itself.

    So are decorators: ``def retried(f): def inner(*args, **kwargs): return f(*args, **kwargs); return inner``.
    """
    found: set[Through] = set()
    for value in scope.returns:
        meant = _passed_by(file, scope, value)
        if meant is None:
            return None
        found.add(meant)
    parameters = {each.parameter for each in found}
    return Through(parameters.pop(), any(each.watched for each in found)) if len(parameters) == 1 else None


def _passed_by(file: FileFacts, scope: Scope, value: Expression) -> Through | None:
    if not isinstance(value, Name):
        return None
    bindings = file.lookup(value.id, value.scope)
    if len(bindings) != 1:
        return None
    (binding,) = bindings
    if binding in scope.parameters:
        return Through(binding)
    if binding.defines is None or binding.kind is not BindingKind.FUNCTION:
        return None
    inner = file.scopes[binding.defines]
    if inner.parent != scope.index or tuple(each.parameter for each in inner.parameters) != _ANYTHING:
        return None
    called = [each for each in scope.parameters if _is_called_as(file, inner, each)]
    watched = any(not _is_handed_on(file, read) for each in inner.parameters for read in _reads_of(file, each))
    return Through(called[0], watched) if len(called) == 1 else None


def _reads_of(file: FileFacts, parameter: Binding) -> list[Name]:
    return [read for read in file.names.get(parameter.name, ()) if file.lookup(read.id, read.scope) == (parameter,)]


def _is_called_as(file: FileFacts, inner: Scope, parameter: Binding) -> bool:
    """Whether ``inner(*args, **kwargs)`` calls ``parameter(*args, **kwargs)``, and nothing else gets it."""
    reads = _reads_of(file, parameter)
    calls = [call for read in reads if isinstance(call := file.parents.get(read), Call) and call.callee is read]
    others = [read for read in reads if file.parents.get(read) not in calls]
    return (
        bool(calls)
        and all(_gives_all(file, inner, call) for call in calls)
        and all(_only_looked_at(file.parents.get(read)) for read in others)
    )


def _only_looked_at(parent: Expression | Role | None) -> bool:
    if isinstance(parent, Call):
        return name_behind_calls(parent.callee) in _LOOKING
    return isinstance(parent, Attribute)


def _gives_all(file: FileFacts, inner: Scope, call: Call) -> bool:
    """Whether a call hands on all arguments of ``inner``, which changes none of them."""
    changed = (_may_change(file, read) for parameter in inner.parameters for read in _reads_of(file, parameter))
    return _expands(file, call, inner.parameters) and not any(changed)


def forwards_all(file: FileFacts, method: Scope) -> bool:
    """Whether ``def method(self, *args, **kwargs)`` hands all of it on in each call that it expands it into."""
    kinds = tuple(each.parameter for each in method.parameters[1:])
    if kinds != _ANYTHING:
        return False
    given = method.parameters[1:]
    reads = [read for parameter in given for read in _reads_of(file, parameter)]
    calls = {call for read in reads if isinstance(call := file.parents.get(read), Call)}
    return (
        bool(calls)
        and all(_expands(file, call, given) for call in calls)
        and not any(_may_change(file, read) or not _is_handed_on(file, read) for read in reads)
    )


def _expands(file: FileFacts, call: Call, given: tuple[Binding, ...]) -> bool:
    """Whether the arguments of ``call`` are ``*args, **kwargs``, the parameters ``given``."""
    if tuple(argument.expansion for argument in call.arguments) != ("*", "**"):
        return False
    values = [argument.value for argument in call.arguments]
    return all(
        isinstance(value, Name) and file.lookup(value.id, value.scope) == (parameter,)
        for value, parameter in zip(values, given, strict=True)
    )


def _may_change(file: FileFacts, read: Name) -> bool:
    """Whether a read of ``args`` or ``kwargs`` sets, adds or takes away an item."""
    parent = file.parents.get(read)
    if isinstance(parent, Attribute):
        return parent.name in _CHANGING
    if isinstance(parent, Subscript):
        role = file.parents.get(parent)
        return isinstance(role, Role) and role.kind in (RoleKind.TARGET, RoleKind.OTHER)
    return isinstance(parent, Role) and parent.kind is RoleKind.TARGET


def _is_handed_on(file: FileFacts, read: Name) -> bool:
    """Whether a read of ``args`` or ``kwargs`` only expands them into a call, or only shows them."""
    parent = file.parents.get(read)
    if not isinstance(parent, Call):
        return False
    expanded = any(argument.value is read and argument.expansion for argument in parent.arguments)
    return expanded or name_behind_calls(parent.callee) in _LOOKING
