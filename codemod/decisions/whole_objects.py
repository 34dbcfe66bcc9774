"""Objects of a class of the project that hold a key: who makes them, and where they are used as a whole.

A field is only renamed, or given another value, where all that is done with the objects is seen: none is dumped into
a mapping, handed to a library, walked over by name, or made from arguments that are not visible.
"""

from __future__ import annotations

from collections.abc import Iterator

from codemod.decisions.context import Context
from codemod.decisions.key_parameters import is_filled_from_outside
from codemod.decisions.speaking import SHOWING, only_says
from codemod.provenance.calls import last_name
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Expression,
    FileFacts,
    Name,
    Role,
    RoleKind,
    Scope,
    SequenceDisplay,
    Subscript,
    Text,
)
from codemod.provenance.flows import Use, UseKind
from codemod.provenance.members import SETTINGS_CLASSES
from codemod.provenance.values import (
    ClassValue,
    ConstantValue,
    ExternalValue,
    InstanceValue,
    ParameterValue,
    UnknownValue,
    Value,
)

RECORD_CLASSES = SETTINGS_CLASSES | {
    "builtins.object",
    "typing.NamedTuple",
    "pydantic.BaseModel",
    "pydantic.main.BaseModel",
    "pydantic.v1.BaseModel",
}
# Members that show all fields of an object, or make one from others.
_WHOLE = frozenset(
    {
        *("model_dump", "model_dump_json", "dict", "json", "copy", "model_copy", "_asdict", "_replace"),
        *("__dict__", "__fields__", "model_fields", "__annotations__", "__dataclass_fields__", "model_extra"),
        *("__getattribute__", "__getattr__", "model_fields_set", "__fields_set__", "__class__"),
    }
)
# Those of them that many other objects have too: they tell nothing of an object that is not known.
_COMMON = frozenset({"dict", "json", "copy", "__class__"})
_HARMLESS = frozenset({UseKind.TESTED, UseKind.COMPARED, UseKind.DISCARDED, UseKind.MEMBER})
_LOOKING = frozenset(f"builtins.{name}" for name in SHOWING)
_BY_NAME = ("getattr", "setattr", "hasattr", "delattr")

_TYPE_FORMS = frozenset({"Annotated", "Optional", "Union", "Final", "ClassVar", "list", "List"})

Family = tuple[ClassValue, ...]


def whole_reason(context: Context, owner: ClassValue) -> str:
    """Why not all that is done with objects of the class, and with the class itself, is seen; "" if it is."""
    if owner not in context.known:
        context.known[owner] = next(_reasons(context, context.origins.family(owner.file, owner.scope)), "")
    return context.known[owner]


def base_reason(context: Context, owner: ClassValue) -> str:
    """Why a base class may fill the fields of the class in a way that is not seen; "" if none does."""
    for each in context.origins.family(owner.file, owner.scope):
        for base in each.scope.bases:
            values = context.values(each.file, base)
            if not values or not all(isinstance(value, ClassValue) or _is_record(value) for value in values):
                return f"the class {each.scope.name} derives from something that is not followed"
    return ""


def _reasons(context: Context, family: Family) -> Iterator[str]:
    for each in family:
        if any(name in each.scope.bindings for name in ("__getattr__", "__getattribute__")):
            yield f"the class {each.scope.name} makes members by their names"
        yield from _made(context, each)
        yield from _at_class(context, each)
        yield from _named(context, each)
        for method in each.file.scopes:
            if method.parent == each.scope.index and method.is_function and method.parameters:
                for use in context.uses.of_binding(each.file, method.parameters[0]):
                    if use.kind is not UseKind.RETURNED:
                        yield from _escape(context, use, each)
    yield from _walks(context, family)


def _is_record(value: object) -> bool:
    return isinstance(value, ExternalValue) and value.path in RECORD_CLASSES


def _made(context: Context, owner: ClassValue) -> Iterator[str]:
    """Objects that are made out of sight, and what becomes of the others."""
    callers = context.origins.callers(owner.file, owner.scope)
    handed_on = [site for site in callers.handed_on if not _is_in_type(site.file, site.expression)]
    if handed_on or callers.more or callers.by_library or callers.maybe:
        yield f"objects of {owner.scope.name} may be made where it is not seen"
    for caller in callers.calls:
        if any(argument.expansion for argument in caller.arguments):
            yield f"{_place(caller.file, caller.call)} makes {owner.scope.name} from arguments that are not visible"
        for use in context.uses.of(caller.file, caller.call):
            yield from _escape(context, use, owner)


def _is_in_type(file: FileFacts, mention: Expression) -> bool:
    """Whether a class is mentioned as a type: ``Annotated[Settings, Depends(get_settings)]``."""
    items = file.parents.get(mention)
    whole = file.parents.get(items) if isinstance(items, SequenceDisplay) else items
    return isinstance(whole, Subscript) and whole.value is not mention and last_name(whole.value) in _TYPE_FORMS


def _at_class(context: Context, owner: ClassValue) -> Iterator[str]:
    """Members of the class itself that the project does not define: ``Settings.model_validate(...)``."""
    names = {name for each in context.origins.family(owner.file, owner.scope) for name in each.scope.bindings}
    sites = context.origins.sites(owner.file, owner.scope)
    if sites is None:
        yield f"too many files mention {owner.scope.name}"
    for file, read in sites or ():
        member = file.parents.get(read)
        if isinstance(member, Attribute) and member.name not in names and owner in context.values(file, read):
            yield f"{_place(file, member)} uses {owner.scope.name}.{member.name}"


def _named(context: Context, owner: ClassValue) -> Iterator[str]:
    """Texts that mean the class by its module and name: ``app.config.from_object("config.Config")``."""
    name = f"{owner.file.path.stem}.{owner.scope.name}"
    for file in context.origins.project.facts_mentioning(name):
        for text in file.texts:
            if text.value == name or text.value.endswith(f".{name}"):
                yield f"{_place(file, text)} names {owner.scope.name}"


def _escape(context: Context, use: Use, owner: ClassValue) -> Iterator[str]:
    """Where an object of the class is used as a whole."""
    if use.kind is UseKind.MEMBER and isinstance(use.parent, Attribute) and use.parent.name in _WHOLE:
        yield f"{_place(use.file, use.parent)} reads {use.parent.name} of {owner.scope.name}"
    elif use.kind is UseKind.ARGUMENT and use.call is not None:
        if not _only_looks(context, use.file, use.call):
            yield f"{_place(use.file, use.call)} hands an object of {owner.scope.name} on"
    elif use.kind not in _HARMLESS:
        yield f"{_place(use.file, use.node)} uses an object of {owner.scope.name} as a whole"


def _only_looks(context: Context, file: FileFacts, call: Call) -> bool:
    callees = context.values(file, call.callee)
    if callees and all(isinstance(each, ExternalValue) and each.path in _LOOKING for each in callees):
        return True
    return _reads_fixed_name(call) or only_says(context, file, call)


def _reads_fixed_name(call: Call) -> bool:
    """``getattr(object, "name")``, which is found by its name."""
    return (
        isinstance(call.callee, Name)
        and call.callee.id in _BY_NAME
        and len(call.arguments) > 1
        and isinstance(call.arguments[1].value, Text)
    )


def _walks(context: Context, family: Family) -> Iterator[str]:
    """``getattr(settings, name)`` and the like, where the object is one of the family or may be."""
    project = context.origins.project
    known = sorted({(name, each.file.path) for each in family for name in _names_of(context, each)})
    files = dict.fromkeys(file for name, home in known for file in project.facts_mentioning(name, home))
    for file in files:
        text = file.text
        for word in (*_BY_NAME, *sorted(_WHOLE)):
            for holder, place in _walked(file, word) if word in text else ():
                owners = _owners(context, file, holder)
                is_own = any(isinstance(owner, InstanceValue) and _is_in(owner.scope, family) for owner in owners)
                may_be = not owners or any(isinstance(owner, (UnknownValue, ParameterValue)) for owner in owners)
                if is_own or (may_be and word not in _COMMON):
                    yield f"{_place(file, place)} may read any member of {family[0].scope.name}"


def _owners(context: Context, file: FileFacts, holder: Expression) -> list[Value]:
    """What a member is read from; None has none, and a parameter that the project's calls fill is what they give."""
    return [
        owner
        for owner in context.values(file, holder)
        if not (isinstance(owner, ConstantValue) and owner.is_none)
        and not (isinstance(owner, ParameterValue) and owner.supplied and not is_filled_from_outside(context, owner))
    ]


def _walked(file: FileFacts, word: str) -> Iterator[tuple[Expression, Expression]]:
    """What ``word`` is used on to read members that are not named, and the place."""
    for name in file.names.get(word, ()):
        call = file.parents.get(name)
        is_call = isinstance(call, Call) and call.callee is name and bool(call.arguments) and word in _BY_NAME
        if isinstance(call, Call) and is_call and not _reads_fixed_name(call):
            yield call.arguments[0].value, call
    for attribute in file.attributes.get(word, ()) if word in _WHOLE else ():
        yield attribute.value, attribute


def _names_of(context: Context, owner: ClassValue) -> Iterator[str]:
    """The name of the class, and those that its objects are given in their modules."""
    yield owner.scope.name
    for caller in context.origins.callers(owner.file, owner.scope).calls:
        role = caller.file.parents.get(caller.call)
        if isinstance(role, Role) and role.kind is RoleKind.BOUND:
            yield from (binding.name for binding in role.bindings if binding.scope == 0)
        for scope in caller.file.enclosing(caller.call.scope):
            if scope.is_function and scope.name:
                yield scope.name


def _is_in(scope: Scope, family: Family) -> bool:
    return any(each.scope is scope for each in family)


def member_reads(
    context: Context, family: Family, name: str
) -> tuple[tuple[tuple[FileFacts, Attribute | Call], ...], str]:
    """The reads of the member ``name`` of objects of the family, and why they may not be all ("" if they are)."""
    found: list[tuple[FileFacts, Attribute | Call]] = []
    homes = dict.fromkeys(each.file.path for each in family)
    near = (context.origins.project.facts_mentioning(name, home) for home in homes)
    for file in dict.fromkeys(each for facts in near for each in facts):
        members: list[tuple[Attribute | Call, Expression]] = [(one, one.value) for one in file.attributes.get(name, ())]
        members += [(call, call.arguments[0].value) for call in file.named_reads.get(name, ())]
        for read, holder in members:
            owners = _owners(context, file, holder)
            own = [
                owner
                for owner in owners
                if isinstance(owner, (InstanceValue, ClassValue)) and _is_in(owner.scope, family)
            ]
            role = file.parents.get(read)
            if own and isinstance(role, Role) and role.kind is RoleKind.TARGET:
                return (), f"{_place(file, read)} assigns {name}"
            if own and len(own) == len(owners):
                found.append((file, read))
            elif own or not owners or any(isinstance(each, (UnknownValue, ParameterValue)) for each in owners):
                return (), f"{_place(file, read)} reads {name} of something that is not followed"
    return tuple(found), ""


def bindings_of(family: Family, name: str) -> list[tuple[ClassValue, Binding]]:
    """The places in the classes of the family that bind ``name``."""
    return [
        (each, binding)
        for each in family
        for binding in each.scope.bindings.get(name, ())
        if binding.kind is not BindingKind.IMPORT
    ]


def _place(file: FileFacts, node: Expression) -> str:
    return f"{file.path.name}:{file.line(node.span)}"
