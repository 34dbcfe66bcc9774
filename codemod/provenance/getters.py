"""The names under which other files get hold of a container: globals and members, and functions that return it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from codemod.provenance.calls import last_name
from codemod.provenance.facts import (
    Attribute,
    Binding,
    Call,
    Choice,
    Expression,
    FileFacts,
    Name,
    Role,
    Wrapped,
)
from codemod.records import record

# The names of functions by what they return: an expression, what a name stands for, or a member or call of that name.
Getters = Mapping["Expression | Binding | str", Sequence[str]]


@record
class Held:
    """How a file holds a container: by the expressions that it stands in, itself the first, and by names."""

    expressions: tuple[Expression, ...]
    bindings: tuple[Binding, ...]
    members: tuple[str, ...]

    @property
    def globals(self) -> list[str]:
        return [binding.name for binding in self.bindings if binding.scope == 0]

    @property
    def is_named(self) -> bool:
        """Whether the names are those of the container itself, not of what holds it."""
        return len(self.expressions) == 1


def held_as(file: FileFacts, container: Expression) -> Held:
    """How ``file`` holds a container that stands in it."""
    expressions = [container]
    above = file.parents.get(container)
    while above is not None and not isinstance(above, Role):
        expressions.append(above)
        above = file.parents.get(above)
    if above is None:
        return Held(tuple(expressions), (), ())
    members = tuple(target.name for target in above.targets if isinstance(target, Attribute))
    return Held(tuple(expressions), tuple(above.bindings), members)


def getters_of(file: FileFacts) -> Getters:
    """What the functions of a file return, as far as names tell."""
    found: dict[Expression | Binding | str, list[str]] = defaultdict(list)
    for scope in file.scopes:
        for returned in scope.returns:
            for each in _meant(file, returned):
                found[each].append(scope.name)
    return found


def functions_giving(getters: Getters, held: Held) -> list[str]:
    """The names of the functions that return the container, what it stands in, or what another of them returns."""
    found: dict[str, None] = {}
    pending: list[Expression | Binding | str] = [*held.expressions, *held.bindings, *held.members]
    while pending:
        fresh = [name for name in getters.get(pending.pop(), ()) if name not in found]
        found.update(dict.fromkeys(fresh))
        pending += fresh
    return list(found)


def _meant(file: FileFacts, returned: Expression) -> Iterator[Expression | Binding | str]:
    if isinstance(returned, Wrapped):
        yield from _meant(file, returned.value)
    elif isinstance(returned, Choice):
        for option in returned.options:
            yield from _meant(file, option)
    elif isinstance(returned, Name):
        yield from file.lookup(returned.id, returned.scope)
    elif isinstance(returned, Attribute):
        yield returned.name
    elif isinstance(returned, Call):
        yield last_name(returned.callee)
        yield returned
    else:
        yield returned
