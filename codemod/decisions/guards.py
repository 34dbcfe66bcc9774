"""Where the code itself makes sure that a value is there: behind ``if not key: raise``, inside ``if key:``.

A test counts for what it dominates only: the rest of the block that it stands in, or the branch that it opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codemod.decisions.context import Context
from codemod.decisions.expressions import outward
from codemod.provenance.calls import arguments_for
from codemod.provenance.facts import (
    BindingKind,
    Choice,
    Comparison,
    Constant,
    Expression,
    FileFacts,
    Name,
    Opaque,
    Role,
    RoleKind,
    Test,
)
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.questions import Returned
from codemod.provenance.values import ConstantValue, EnvironmentValue, ExternalValue, ProductValue
from codemod.records import record
from codemod.rewrites import Span

_DECIDING_CALLS = frozenset(f"builtins.{name}" for name in ("bool", "all", "any", "len"))
_LEAVING = ("raise", "exit", "leave")
# How many functions may hand a value on between its guard and its use.
_CALLERS_ABOVE = 4

# A read of the environment: by a literal name, or by one that a caller gives.
EnvironmentOrigin = EnvironmentValue | ProductValue


def is_compared_with_none(use: Use) -> bool:
    """``x is None`` and the like say nothing about the text of ``x``."""
    return (
        use.kind is UseKind.COMPARED
        and isinstance(use.parent, Comparison)
        and all(
            operand is use.node or (isinstance(operand, Constant) and operand.value is None)
            for operand in use.parent.operands
        )
    )


def only_decides(context: Context, use: Use) -> bool:
    """Whether nothing but the presence of the value matters to this use."""
    if use.kind is UseKind.ARGUMENT and use.call is not None:
        return any(
            isinstance(each, ExternalValue) and each.path in _DECIDING_CALLS
            for each in context.values(use.file, use.call.callee)
        )
    return use.kind is UseKind.TESTED or is_compared_with_none(use)


def is_never_missing(context: Context, origin: EnvironmentOrigin, uses: Iterable[Use], reached: Sequence[Use]) -> bool:
    """Whether every use in ``reached`` is out of reach for a missing value of ``origin``, by the tests in ``uses``."""
    guards = [guard for use in uses if (guard := _guard_at(context, origin, use)) is not None]
    return bool(reached) and all(_is_dominated(context, origin, guards, use) for use in reached)


def is_missed_calmly(context: Context, origin: EnvironmentValue, uses: Iterable[Use], reached: Sequence[Use]) -> bool:
    """Whether the program goes on without the value of ``origin``: it asks if there is one, and takes it later."""
    read_in = _function_around(origin.file, origin.node)
    return any(only_decides(context, use) and not _stops(use) for use in uses) and all(
        use.file is not origin.file or _function_around(use.file, use.node) != read_in for use in reached
    )


def _stops(use: Use) -> bool:
    """Whether the test that a use is part of ends the program, or the call, where it fails."""
    role = _role_of(use.file, use.node)
    return role is not None and role.test is not None and role.test.exits in ("raise", "exit", "assert")


def _role_of(file: FileFacts, node: Expression) -> Role | None:
    return next((each for each in outward(file, node) if isinstance(each, Role)), None)


def _function_around(file: FileFacts, node: Expression) -> int | None:
    """The function that runs ``node``; None: the module itself does."""
    role = _role_of(file, node)
    scopes = file.enclosing(role.scope) if role is not None else iter(())
    return next((each.index for each in scopes if each.is_function), None)


@record
class _Guard:
    """The regions of a file that only a present value leads to; ``of_module`` if the module itself fails without."""

    file: FileFacts
    regions: tuple[Span, ...]
    of_module: bool = False

    def covers(self, origin: EnvironmentOrigin, file: FileFacts, node: Expression, *, in_function: bool) -> bool:
        if file is self.file and any(region.contains(node.span) for region in self.regions):
            return True
        # Functions run once the module is loaded, and so does whatever imports the origin from it.
        return self.of_module and (in_function if file is self.file else origin.file is self.file)


def _guard_at(context: Context, origin: EnvironmentOrigin, use: Use) -> _Guard | None:
    if not _holds(context, use.file, use.node, origin):
        return None
    if is_compared_with_none(use) and isinstance(use.parent, Comparison):
        return _guard_of(use.file, use.parent, missing=use.parent.operators[0] in ("Is", "Eq"))
    if use.kind is UseKind.TESTED and isinstance(use.parent, Opaque):
        return _guard_of(use.file, use.parent, missing=True)
    return _guard_of(use.file, use.node, missing=False) if use.kind is UseKind.TESTED else None


def _holds(context: Context, file: FileFacts, node: Expression, origin: EnvironmentOrigin) -> bool:
    """Whether ``node`` can only be true if the value is there."""
    if isinstance(node, Choice):
        return node.kind == "and" and any(_holds(context, file, option, origin) for option in node.options)
    default = origin.node.default if isinstance(origin, EnvironmentValue) else None
    return all(
        value == origin or (isinstance(value, ConstantValue) and value.node is default)
        for value in context.values(file, node)
    )


def _guard_of(file: FileFacts, condition: Expression, *, missing: bool) -> _Guard | None:
    """The guard that ``condition`` makes, which is true if the value is ``missing`` or if it is there."""
    through = "or" if missing else "and"
    parent = file.parents.get(condition)
    while isinstance(parent, Choice) and parent.kind == through and condition is not parent.test:
        condition, parent = parent, file.parents.get(parent)
    if isinstance(parent, Choice) and condition is parent.test:
        return _Guard(file, (parent.options[1 if missing else 0].span,))
    if isinstance(parent, Role) and parent.kind is RoleKind.TESTED and parent.test is not None:
        return _guard_of_statement(file, parent, parent.test, missing=missing)
    return None


def _guard_of_statement(file: FileFacts, role: Role, test: Test, *, missing: bool) -> _Guard | None:
    behind = Span(role.statement.end, test.block.end)
    of_module = test.block == file.scopes[0].span
    if test.exits == "assert":
        return None if missing else _Guard(file, (behind,), of_module)
    if not missing:
        return _Guard(file, (test.body,))
    otherwise = Span(test.body.end, role.statement.end)
    if test.exits in _LEAVING:
        return _Guard(file, (otherwise, behind), of_module)
    return _Guard(file, (otherwise,))


def _is_dominated(context: Context, origin: EnvironmentOrigin, guards: list[_Guard], use: Use) -> bool:
    """Whether the value passes a guard at its use, or in every ``return`` of a function that it comes through."""
    scope = use.call.scope if use.call is not None else use.parent.scope if isinstance(use.parent, Role) else 0
    in_function = any(each.is_function for each in use.file.enclosing(scope))
    if any(guard.covers(origin, use.file, use.node, in_function=in_function) for guard in guards):
        return True
    for question in context.origins.path(use.file, use.node, origin):
        if isinstance(question, Returned):
            file = question.file
            returns = [each for each in question.scope.returns if origin in context.values(file, each)]
            if all(any(guard.covers(origin, file, each, in_function=True) for guard in guards) for each in returns):
                return bool(returns)
    return _is_handed_on_guarded(context, origin, guards, use.file, use.node, _CALLERS_ABOVE)


def _is_handed_on_guarded(
    context: Context,
    origin: EnvironmentOrigin,
    guards: list[_Guard],
    file: FileFacts,
    node: Expression,
    levels: int,
) -> bool:
    """Whether ``node`` is a parameter for which the value is only given behind a guard, ``levels`` functions away."""
    bindings = file.lookup(node.id, node.scope) if isinstance(node, Name) else ()
    if len(bindings) != 1 or bindings[0].kind is not BindingKind.PARAMETER or not levels:
        return False
    parameter = bindings[0]
    if parameter.value is not None and origin in context.values(file, parameter.value):
        return False
    function = file.scopes[parameter.scope]
    owner = file.enclosing_class(function)
    called = owner if owner is not None and function.name == "__init__" else function
    callers = context.origins.callers(file, called)
    if callers.is_open or callers.maybe:
        return False
    for caller in callers.calls:
        in_function = any(each.is_function for each in caller.file.enclosing(caller.call.scope))
        for passed in arguments_for(function, parameter, caller.arguments, bound=caller.bound):
            given = passed.argument.value
            if passed.route:
                return False
            if origin in context.values(caller.file, given) and not (
                any(guard.covers(origin, caller.file, given, in_function=in_function) for guard in guards)
                or _is_handed_on_guarded(context, origin, guards, caller.file, given, levels - 1)
            ):
                return False
    return bool(callers.calls)
