"""Keys seen through what does not change whose they are: ``key.strip()``, ``secret.get_secret_value()``."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from codemod.decisions.context import Context
from codemod.decisions.guards import only_decides
from codemod.provenance.facts import Attribute, Binding, Call, Expression, FileFacts, Role
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.questions import Question, ValueOf
from codemod.provenance.values import ExternalValue, UnknownValue, Value
from codemod.records import record

# Methods without arguments that give the same key back.
SAME_KEY = frozenset({"strip", "lstrip", "rstrip", "get_secret_value"})


@record
class KeyOrigin:
    """Something that a key can be, and the questions that lead to it, that about the key itself first."""

    value: Value
    path: tuple[Question, ...]


def key_origins(context: Context, file: FileFacts, key: Expression) -> tuple[KeyOrigin, ...]:
    """What the expression ``key`` can be."""
    found: dict[Value, KeyOrigin] = {}
    pending: list[tuple[FileFacts, Expression, tuple[Question, ...]]] = [(file, key, ())]
    seen = {key}
    while pending:
        where, expression, before = pending.pop(0)
        for value in context.values(where, expression):
            path = (*before, ValueOf(where, expression), *context.origins.path(where, expression, value))
            inner = _inside(value)
            if inner is None:
                found.setdefault(value, KeyOrigin(value, path))
            elif inner not in seen:
                assert isinstance(value, UnknownValue)
                seen.add(inner)
                pending.append((value.file, inner, path))
    return tuple(found.values())


def key_values(context: Context, file: FileFacts, key: Expression) -> tuple[Value, ...]:
    """What the expression ``key`` can be, without the ways there."""
    return tuple(origin.value for origin in key_origins(context, file, key))


def key_uses(context: Context, file: FileFacts, node: Expression) -> tuple[Use, ...]:
    """Where the key that ``node`` gives goes to."""
    return tuple(_ends(context, file, node, {node}))


def feeds(use: Use, readers: Collection[Expression | Binding]) -> bool:
    """Whether a use of a key is as the key of one of ``readers``: calls that make clients, settings of the module."""
    if use.kind is UseKind.ARGUMENT:
        return use.call in readers and use.keyword == "api_key" and use.direct
    return use.kind is UseKind.STORED and isinstance(use.parent, Role) and use.parent.target in readers


def is_idle(context: Context, use: Use) -> bool:
    """Whether nothing but the presence of the key matters to this use, or nothing at all."""
    return use.kind is UseKind.DISCARDED or only_decides(context, use)


def clients_alone(
    context: Context, uses: tuple[Use, ...], readers: Collection[Expression | Binding]
) -> tuple[Use, ...]:
    """The uses as a key of ``readers``; () if there are other uses than those and tests."""
    reached = tuple(use for use in uses if feeds(use, readers))
    return reached if all(use in reached or is_idle(context, use) for use in uses) else ()


def _ends(context: Context, file: FileFacts, node: Expression, seen: set[Expression]) -> Iterator[Use]:
    for use in context.uses.of(file, node):
        same = _same_key(use.file, use.parent) if use.kind is UseKind.MEMBER else None
        if same is None and not _is_known_setting(context, use):
            yield use
        elif same is None:
            continue
        elif same not in seen:
            seen.add(same)
            yield from _ends(context, use.file, same, seen)


def _is_known_setting(context: Context, use: Use) -> bool:
    """Whether a read that may be of any settings is of those whose modules are known: it is followed by itself."""
    if use.kind is not UseKind.MAYBE or not isinstance(use.node, Attribute):
        return False
    owners = context.values(use.file, use.node.value)
    return bool(owners) and all(
        isinstance(owner, ExternalValue) and bool(context.origins.world.settings_modules(owner.path))
        for owner in owners
    )


def _same_key(file: FileFacts, member: object) -> Call | None:
    """The call of a method that gives the same key back, where ``member`` is the method."""
    if not isinstance(member, Attribute) or member.name not in SAME_KEY:
        return None
    call = file.parents.get(member)
    return call if isinstance(call, Call) and call.callee is member and not call.arguments else None


def _inside(value: Value) -> Expression | None:
    """The key that a call gives back which is not followed itself."""
    if isinstance(value, UnknownValue) and isinstance(value.node, Call) and isinstance(value.node.callee, Attribute):
        callee = value.node.callee
        return callee.value if _same_key(value.file, callee) is value.node else None
    return None
