"""Where a client lives that can be split, and where it is read: a module's name, a function's name, ``self.client``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemod.decisions.context import Context
from codemod.decisions.survey import Client
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
    ScopeKind,
    Text,
)
from codemod.provenance.values import ClassValue, InstanceValue, ModuleValue
from codemod.records import record
from codemod.rewrites import RenameMember, RenameName, Span

_REPLACING = ("setattr", "patch", "object")
_REST_OF_LINE = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")


@record
class Home:
    """The one place that gives a client its name: in a module or function, or on ``self`` in ``owner``.

    ``prefix`` is what stands in front of the name there (``self.``). ``binding`` is None on ``self``.
    """

    file: FileFacts
    statement: Span
    name: str
    prefix: str = ""
    binding: Binding | None = None
    owner: Scope | None = None

    @property
    def is_module(self) -> bool:
        """Whether other files can import the name."""
        return self.binding is not None and self.file.scopes[self.binding.scope].kind is ScopeKind.MODULE


@record
class Reading:
    """A read of a client by its name: a member of something if ``is_member``. ``imported`` is what brings the name."""

    span: Span
    is_member: bool
    imported: Binding | None = None

    def renamed(self, name: str) -> RenameMember | RenameName:
        return RenameMember(self.span, name) if self.is_member else RenameName(self.span, name)


def home_of(context: Context, client: Client) -> Home | str:
    """Where ``client`` lives; a text says why it has no such place."""
    file = client.file
    role = file.parents.get(client.call)
    if not isinstance(role, Role) or role.kind is not RoleKind.BOUND or len(role.bindings) + len(role.targets) != 1:
        return "it is not simply assigned to a name"
    statement = role.statement
    line = file.text[: statement.start]
    begins_line = not line[max(line.rfind("\n"), line.rfind("\r")) + 1 :].strip()
    if not begins_line or not _REST_OF_LINE.match(file.text, statement.end):
        return "the statement that makes it shares its line with another one"
    if "#" in file.text[statement.start : statement.end]:
        return "the statement that makes it holds a comment, which would stand there twice"
    if role.bindings:
        return _named_home(file, role, role.bindings[0])
    return _member_home(context, file, role, role.targets[0])


def _named_home(file: FileFacts, role: Role, binding: Binding) -> Home | str:
    scope = file.scopes[role.scope]
    if scope.kind not in (ScopeKind.MODULE, ScopeKind.FUNCTION):
        return "it is an attribute of a class"
    once = binding.scope == role.scope and scope.bindings.get(binding.name) == (binding,)
    if binding.kind is not BindingKind.ASSIGNMENT or not once:
        return f"the name {binding.name} is given a value in several places"
    return Home(file, role.statement, binding.name, binding=binding)


def _member_home(context: Context, file: FileFacts, role: Role, target: Expression) -> Home | str:
    scope = file.scopes[role.scope]
    owner = file.enclosing_class(scope)
    if not isinstance(target, Attribute) or owner is None or scope.name != "__init__" or not _is_self(target, scope):
        return "it is not simply assigned to a name"
    if context.origins.may_have_subclasses(file, owner):
        return f"classes derive from {owner.name}"
    for each in file.member_bindings.get(target.name, ()):
        of_owner = _is_self_of(file, each.target.value, owner)
        if of_owner and each.target is not target:
            return f"self.{target.name} is given a value in several places"
    declared = owner.bindings.get(target.name, ())
    if any(each.kind is not BindingKind.ANNOTATION for each in declared):
        return f"{owner.name}.{target.name} is given a value in several places"
    if owner.decorators or "__slots__" in owner.bindings or (declared and owner.bases):
        return f"{owner.name} may have no other attributes than those that it declares"
    assert isinstance(target.value, Name)
    return Home(file, role.statement, target.name, f"{target.value.id}.", owner=owner)


def is_replaced(context: Context, home: Home) -> str:
    """Why something may be put in place of the client, by a test for instance; "" if nothing is."""
    project = context.origins.project
    for file in dict.fromkeys((home.file, *project.facts_of(project.files_assigning(home.name, home.file.path)))):
        for each in file.member_bindings.get(home.name, ()):
            if each.statement != home.statement and _is_home(context, home, file, each.target.value):
                return f"{file.path.name}:{file.line(each.statement)} puts something else in its place"
    for word in _REPLACING[:2]:
        for file in project.facts_mentioning_all((home.name, word)):
            for text in _replaced(file, home.name):
                return f"{file.path.name}:{file.line(text.span)} puts something else in its place"
    return ""


def _replaced(file: FileFacts, name: str) -> Iterator[Text]:
    for text in file.texts:
        if text.value == name or text.value.endswith(f".{name}"):
            call = file.parents.get(text)
            if isinstance(call, Call) and last_name(call.callee) in _REPLACING:
                yield text


def _is_home(context: Context, home: Home, file: FileFacts, owner: Expression) -> bool:
    """Whether ``owner`` is what the client's name is a member of."""
    for value in context.values(file, owner):
        if isinstance(value, ModuleValue) and home.is_module and value.file is home.file:
            return True
        if isinstance(value, (InstanceValue, ClassValue)) and home.owner is not None and value.scope is home.owner:
            return True
    return False


def reads_home(context: Context, home: Home, file: FileFacts, node: Expression) -> Reading | None:
    """The read of the client by its name that the chain of attributes ``node`` begins with; None if it does not."""
    here = node
    while isinstance(here, Attribute):
        if home.owner is not None and here.name == home.name and file is home.file:
            if _is_self_of(file, here.value, home.owner):
                return Reading(here.span, is_member=True)
        elif home.is_module and here.name == home.name:
            owners = context.values(file, here.value)
            if owners and all(isinstance(each, ModuleValue) and each.file is home.file for each in owners):
                return Reading(here.span, is_member=True)
        here = here.value
    if not isinstance(here, Name) or home.binding is None:
        return None
    meant = file.lookup(here.id, here.scope)
    if file is home.file and meant == (home.binding,):
        return Reading(here.span, is_member=False)
    if home.is_module and len(meant) == 1 and imports_from(context, home, file, meant[0], home.name):
        return Reading(here.span, is_member=False, imported=meant[0])
    return None


def imports_from(context: Context, home: Home, file: FileFacts, binding: Binding, name: str) -> bool:
    """Whether ``binding`` imports ``name`` from the module in which the client lives."""
    imported = binding.imported
    return (
        binding.kind is BindingKind.IMPORT
        and imported is not None
        and imported.name == name
        and context.origins.project.resolve(file.path, imported) == home.file.path
    )


def _is_self(target: Attribute, method: Scope) -> bool:
    first = method.parameters[0] if method.parameters else None
    return first is not None and isinstance(target.value, Name) and target.value.id == first.name


def _is_self_of(file: FileFacts, expression: Expression, owner: Scope) -> bool:
    """Whether an expression is the first parameter of a method of ``owner``, which nothing else is assigned to."""
    if not isinstance(expression, Name):
        return False
    meant = file.lookup(expression.id, expression.scope)
    if len(meant) != 1:
        return False
    method = file.scopes[meant[0].scope]
    return file.enclosing_class(method) is owner and method.parameters[:1] == meant
