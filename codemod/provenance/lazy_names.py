"""What a module's ``__getattr__`` gives for one name: ``if name == "Client": return import_client()``.

Packages that import lazily name their whole contents there; to ask for one name must not read all of them.
"""

from __future__ import annotations

from codemod.provenance.facts import (
    Choice,
    Comparison,
    Expression,
    FileFacts,
    Name,
    Role,
    RoleKind,
    Scope,
    SequenceDisplay,
    Text,
)


def given_for(file: FileFacts, function: Scope, name: str) -> tuple[Expression, ...]:
    """Those of the values that ``function`` returns that it may give for ``name``.

    Left out are those in the body of a condition that its parameter is another text, or one of others.
    """
    if len(function.parameters) != 1 or len(function.bindings.get(function.parameters[0].name, ())) != 1:
        return function.returns
    elsewhere = []
    for tested in file.outermost:
        role = file.parents.get(tested)
        if isinstance(role, Role) and role.kind is RoleKind.TESTED and role.test is not None:
            texts = _texts_asked_for(file, function, tested) if role.scope == function.index else None
            if texts is not None and name not in texts:
                elsewhere.append(role.test.body)
    return tuple(each for each in function.returns if not any(body.contains(each.span) for body in elsewhere))


def _texts_asked_for(file: FileFacts, function: Scope, tested: Expression) -> frozenset[str] | None:
    """The texts one of which the parameter of ``function`` is where ``tested`` holds; None if it may be another."""
    if isinstance(tested, Choice) and tested.kind == "or":
        parts = [_texts_asked_for(file, function, option) for option in tested.options]
        known = [each for each in parts if each is not None]
        return frozenset().union(*known) if len(known) == len(parts) else None
    if not isinstance(tested, Comparison) or len(tested.operands) != 2:
        return None
    one, other = tested.operands
    if tested.operators == ("Eq",) and isinstance(one, Text):
        one, other = other, one
    is_parameter = isinstance(one, Name) and file.lookup(one.id, one.scope) == function.parameters
    if not is_parameter or tested.operators not in (("Eq",), ("In",)):
        return None
    is_sequence = tested.operators == ("In",)
    if is_sequence != isinstance(other, SequenceDisplay):
        return None
    texts = other.items if isinstance(other, SequenceDisplay) else (other,)
    named = frozenset(each.value for each in texts if isinstance(each, Text))
    return named if all(isinstance(each, Text) for each in texts) else None
