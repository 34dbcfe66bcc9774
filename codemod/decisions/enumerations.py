"""Enumerations: whether the members of one are a menu, which something outside the code chooses from.

A member that the code itself names is a constant under another name. It is more only where the whole class is
called with a value, indexed, gone through, or given as a type to something that reads values from outside.
"""

from __future__ import annotations

from codemod.decisions.context import Context
from codemod.decisions.expressions import outermost
from codemod.provenance.calls import is_decorated, last_name
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Comparison,
    Expression,
    FileFacts,
    Opaque,
    Role,
    RoleKind,
    Scope,
    ScopeKind,
    Subscript,
)
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.members import ENUMERATIONS
from codemod.provenance.values import ClassValue, ExternalValue, ProductValue, TextValue, library_path

# Base classes and decorators that take no values from outside.
_PLAIN_BASES = frozenset(
    {
        "abc.ABC",
        "builtins.Exception",
        "builtins.dict",
        "builtins.object",
        "builtins.str",
        "enum.Enum",
        "enum.StrEnum",
        "typing.Generic",
        "typing.NamedTuple",
        "typing.Protocol",
        "typing.TypedDict",
        "typing_extensions.NamedTuple",
        "typing_extensions.Protocol",
        "typing_extensions.TypedDict",
    }
)
_PLAIN_DECORATORS = frozenset(
    {
        "attr.attrs",
        "attr.dataclass",
        "attr.define",
        "attr.frozen",
        "attr.mutable",
        "attr.s",
        "attrs.define",
        "attrs.frozen",
        "attrs.mutable",
        "dataclasses.dataclass",
        "enum.unique",
        "functools.total_ordering",
        "typing.final",
    }
)
# Calls that do nothing with a class but look at it.
_LOOKING = frozenset(
    {*(f"builtins.{name}" for name in ("hasattr", "id", "isinstance", "issubclass", "print", "repr", "type"))}
    | {"typing.cast", "typing.assert_never"}
)
_LISTING = frozenset({UseKind.CALLED, UseKind.ITEM, UseKind.ITERATED})
# Where a class goes out of sight, or becomes part of another type.
_LOST = frozenset({UseKind.STORED, UseKind.CONTAINED, UseKind.RETURNED, UseKind.YIELDED})
# Members of every class that say nothing of the members of an enumeration.
_OF_EVERY_CLASS = frozenset({"__name__", "__qualname__", "__module__", "__doc__", "__class__"})


def is_enumeration(scope: Scope) -> bool:
    """Whether a class of the project is an enumeration."""
    return scope.kind is ScopeKind.CLASS and any(last_name(base) in ENUMERATIONS for base in scope.bases)


def is_member_text(text: TextValue) -> bool:
    """Whether a literal is the value of a member, which a template may show under another name (``Model.FAST``)."""
    role = text.file.parents.get(text.node)
    bindings = role.bindings if isinstance(role, Role) else ()
    return any(is_enumeration(text.file.scopes[binding.scope]) for binding in bindings)


def is_chosen_from(context: Context, file: FileFacts, scope: Scope) -> bool:
    """Whether something lists the members of an enumeration, or makes them from values."""
    if "_missing_" in scope.bindings:
        return True
    wanted = ClassValue(file, scope)
    sites = context.origins.sites(file, scope)
    if sites is None:
        return True
    for facts, reference in sites:
        if wanted in context.values(facts, reference) and _lists(context, facts, reference):
            return True
    return any(
        _is_listing(context, use) for binding in _own_names(file, scope) for use in _uses(context, file, binding)
    )


def _uses(context: Context, file: FileFacts, binding: Binding) -> tuple[Use, ...]:
    return context.uses.of_binding(file, binding)


def _own_names(file: FileFacts, scope: Scope) -> list[Binding]:
    """What the class methods of a class call the class."""
    methods = [each for each in file.scopes if each.parent == scope.index and is_decorated(each, "classmethod")]
    return [method.parameters[0] for method in methods if method.parameters]


def _lists(context: Context, file: FileFacts, reference: Expression) -> bool:
    outer, role = outermost(file, reference)
    if role is None or role.kind is not RoleKind.ANNOTATION:
        return any(_is_listing(context, use) for use in context.uses.of(file, reference))
    return any(_is_filled_from_outside(context, file, each) for each in _annotated(file, role, outer))


def _annotated(file: FileFacts, role: Role, annotation: Expression) -> list[Binding]:
    """What an annotation is about: a parameter or a variable."""
    if role.bindings:
        return list(role.bindings)
    named = file.scopes[role.scope].bindings.values()
    return [binding for bindings in named for binding in bindings if binding.annotation is annotation]


def _is_filled_from_outside(context: Context, file: FileFacts, binding: Binding) -> bool:
    """Whether a library gives the parameter or field its value, by the type that it is annotated with."""
    home = file.scopes[binding.scope]
    if binding.kind is BindingKind.PARAMETER:
        callers = context.origins.callers(file, home)
        return callers.by_library or bool(callers.handed_on)
    return home.kind is ScopeKind.CLASS and _is_of_library(context, file, home)


def _is_of_library(context: Context, file: FileFacts, scope: Scope) -> bool:
    """Whether a class gets its fields from a library that may check their types (pydantic and the like)."""
    pending, seen = [ClassValue(file, scope)], {scope}
    while pending:
        each = pending.pop()
        for decorator in each.scope.decorators:
            for value in context.values(each.file, decorator):
                if isinstance(value, (ExternalValue, ProductValue)) and value.path not in _PLAIN_DECORATORS:
                    return True
        for base in each.scope.bases:
            plain = base.value if isinstance(base, Subscript) else base
            for value in context.values(each.file, plain):
                if not isinstance(value, ClassValue):
                    if library_path(value) not in _PLAIN_BASES:
                        return True
                elif value.scope not in seen:
                    seen.add(value.scope)
                    pending.append(value)
    return False


def _is_listing(context: Context, use: Use) -> bool:
    """Whether a use of the class itself makes a member of a value, lists the members, or lets others do so."""
    kind, parent = use.kind, use.parent
    if kind in _LISTING or kind in _LOST:
        return True
    if kind is UseKind.COMPARED and isinstance(parent, Comparison):
        asked = zip(parent.operators, parent.operands[1:], strict=True)
        return any(operator in ("In", "NotIn") and operand is use.node for operator, operand in asked)
    if kind is UseKind.MEMBER and isinstance(parent, Attribute):
        return parent.name.startswith("_") and parent.name not in _OF_EVERY_CLASS
    if kind is UseKind.ARGUMENT and use.call is not None:
        paths = {library_path(value) for value in context.values(use.file, use.call.callee)}
        return not paths or not paths <= _LOOKING
    # ``Optional[Model]`` and ``Model | None`` outside an annotation are types under another name.
    return kind in (UseKind.KEYED, UseKind.OPERATED) and isinstance(parent, (Subscript, Opaque))
