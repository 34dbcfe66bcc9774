"""Keys that are fields of the project's own settings class (pydantic-settings).

The field is renamed with all its reads where only clients that move read it; where something else reads it too, it
gets a sibling of the same type. The environment is never read in its place: what a settings class reads from its
``.env`` is not in ``os.environ``. Facts are of pydantic-settings 2.14 and of pydantic 1.10.
"""

from __future__ import annotations

from collections.abc import Iterable

from codemod.decisions.context import Context
from codemod.decisions.key_names import is_renamed, renamed
from codemod.decisions.key_values import SAME_KEY, feeds, is_idle, key_uses
from codemod.decisions.whole_objects import Family, base_reason, bindings_of, member_reads, whole_reason
from codemod.provenance.calls import last_name
from codemod.provenance.facts import (
    Attribute,
    Binding,
    Call,
    Comparison,
    Constant,
    EnvironmentRead,
    Expression,
    FileFacts,
    MappingDisplay,
    Scope,
    Subscript,
    Text,
)
from codemod.provenance.members import SETTINGS_CLASSES
from codemod.provenance.values import (
    ClassValue,
    ConstantValue,
    ExternalValue,
    InstanceValue,
    MemberValue,
    ResultValue,
    SettingValue,
    TextValue,
    Value,
)
from codemod.records import record
from codemod.rewrites import CopyStatement, RenameMember, RenameTarget, ReplaceText, Rewrite

Readers = frozenset[Expression | Binding]
Edit = tuple[FileFacts, "Expression | Binding", Rewrite]
Read = tuple[FileFacts, "Attribute | Call"]

_FIELDS = frozenset({"pydantic.Field", "pydantic.fields.Field", "pydantic.v1.Field"})
_TYPES = frozenset({"str", "SecretStr"})
# Arguments of Field that name the variable itself, in place of the prefix and the field's name.
_ALIASES = ("validation_alias", "alias", "env")
_FIELD_ARGUMENTS = frozenset(
    {*_ALIASES, "default", "description", "title", "min_length", "max_length", "repr", "exclude", "examples"}
)
# Settings of a settings class that say nothing about where its values come from but the environment and its files.
_CONFIG = frozenset(
    {
        *("env_file", "env_file_encoding", "env_prefix", "case_sensitive", "extra", "env_ignore_empty"),
        *("env_nested_delimiter", "env_parse_none_str", "validate_default", "arbitrary_types_allowed", "frozen"),
        *("validate_assignment", "str_strip_whitespace", "protected_namespaces", "title"),
        *("hide_input_in_errors", "allow_mutation", "use_enum_values", "from_attributes", "orm_mode"),
    }
)
_MADE_WITH = frozenset({"_env_file", "_env_file_encoding"})
_SOURCES = ("settings_customise_sources", "customise_sources")
_VALIDATORS = frozenset({"root_validator", "model_validator"})
_OF_VARIABLES = frozenset({"setenv", "delenv", "getenv", "putenv", "get", "setdefault", "pop"})


@record
class FieldPlan:
    """``edits`` give the client the field of an OpenRouter key, and ``variable`` is what the deployer sets for it.

    ``undecided`` is why that is for a person to decide.
    """

    edits: tuple[Edit, ...] = ()
    variable: str = ""
    undecided: str = ""


@record
class _Field:
    """A field of a settings class; ``alias`` is the text that names its variable, if there is one."""

    owner: ClassValue
    binding: Binding
    family: Family
    alias: Text | None

    @property
    def name(self) -> str:
        return self.binding.name


@record
class Wanted:
    """What a plan is for: ``targets`` take the key, ``readers`` may read it too, ``variable`` is the name it gets."""

    targets: Readers
    readers: Readers
    variable: str


def is_setting(context: Context, value: Value) -> bool:
    """Whether a key's origin is a field of a settings class, or would be if a run had not been interrupted."""
    if isinstance(value, SettingValue):
        return True
    return _undeclared(value) is not None and _counterpart(context, value, context.config.api_key_env) is not None


def plan_setting(context: Context, values: Iterable[Value], wanted: Wanted) -> FieldPlan:
    """Plan the key of a client that comes from a settings class; ``values`` are all that it can be."""
    every = tuple(values)
    settings = [value for value in every if isinstance(value, SettingValue)]
    missing = [value for value in every if _undeclared(value) is not None]
    if missing:
        return _plan_undeclared(context, missing[0], wanted) if len(every) == 1 else _undecided("several places")
    if not settings:
        return _undecided("something that is not followed")
    setting = settings[0]
    owner = ClassValue(setting.file, setting.scope)
    if any(other.binding is not setting.binding for other in settings):
        return _undecided("several settings")
    found = _read_field(context, owner, setting.binding)
    if isinstance(found, str):
        return FieldPlan(undecided=found)
    if any(not _is_default(value, setting) for value in every):
        return _undecided(f"the setting {found.name}, which the project also fills itself")
    return _plan_field(context, found, wanted)


def _undecided(what: str) -> FieldPlan:
    return FieldPlan(undecided=f"the key comes from {what}")


def _is_default(value: Value, setting: SettingValue) -> bool:
    """Whether a value is the setting itself, or its empty default."""
    if isinstance(value, SettingValue):
        return value.binding is setting.binding
    inside = isinstance(value, (TextValue, ConstantValue)) and setting.binding.span.contains(value.node.span)
    return inside and isinstance(value, TextValue) and not value.node.value


# The field


def _read_field(context: Context, owner: ClassValue, binding: Binding) -> _Field | str:
    """The field that ``binding`` declares, or why it cannot be changed."""
    family = context.origins.family(owner.file, owner.scope)
    is_named = f"the key is the field {binding.name} of the settings class {owner.scope.name}"
    if len(bindings_of(family, binding.name)) != 1:
        return f"{is_named}, which is defined more than once"
    if binding.annotation is None or last_name(binding.annotation) not in _TYPES:
        return f"{is_named}, which may be None or is no plain text"
    alias = _alias(context, owner.file, binding)
    if isinstance(alias, str):
        return f"{is_named}, {alias}"
    reason = (
        next((found for each in family if (found := _config_reason(each))), "")
        or _makers_reason(context, family, binding.name, alias)
        or base_reason(context, owner)
        or whole_reason(context, owner)
    )
    return f"{is_named}: {reason}" if reason else _Field(owner, binding, family, alias)


def _alias(context: Context, file: FileFacts, binding: Binding) -> Text | str | None:
    """The text that names the field's variable, None if its own name does; a text says what is the matter."""
    value = binding.value
    if value is None or (isinstance(value, Text) and not value.value) or _is_ellipsis(value):
        return None
    if not isinstance(value, Call):
        return "which has a default"
    callees = context.values(file, value.callee)
    if not callees or any(not (isinstance(each, ExternalValue) and each.path in _FIELDS) for each in callees):
        return "which is described by something that is not followed"
    aliases: list[Text] = []
    for position, argument in enumerate(value.arguments):
        given = argument.value
        if argument.expansion or (argument.keyword is not None and argument.keyword not in _FIELD_ARGUMENTS):
            return "which is described by arguments that are not followed"
        if argument.keyword in _ALIASES:
            if not isinstance(given, Text) or not given.editable:
                return "which has several names, or one that is computed"
            aliases.append(given)
        elif argument.keyword == "default" or (argument.keyword is None and position == 0):
            if not (_is_ellipsis(given) or (isinstance(given, Text) and not given.value)):
                return "which has a default"
        elif argument.keyword is None:
            return "which is described by arguments that are not followed"
    return "which has several names" if len(aliases) > 1 else next(iter(aliases), None)


def _is_ellipsis(node: Expression) -> bool:
    return isinstance(node, Constant) and node.value is ...


# The class


def _config_reason(owner: ClassValue) -> str:
    """Why the class may take its values from somewhere else than the environment; "" if it does not."""
    for name in _config_names(owner):
        if name not in _CONFIG:
            return f"its configuration has {name or 'something that is not followed'}"
    scopes = [owner.scope, *_inner_scopes(owner)]
    if any(name in scope.bindings for scope in scopes for name in _SOURCES):
        return "it chooses its sources itself"
    for method in _inner_scopes(owner):
        for decorator in method.decorators:
            name = last_name(decorator.callee if isinstance(decorator, Call) else decorator)
            mode = decorator.keyword("mode") if isinstance(decorator, Call) else None
            after = isinstance(mode, Text) and mode.value == "after"
            every = [each.value for each in decorator.arguments] if isinstance(decorator, Call) else []
            if (name in _VALIDATORS and not after) or any(isinstance(x, Text) and x.value == "*" for x in every):
                return "a validator sees all its fields"
    return ""


def _inner_scopes(owner: ClassValue) -> list[Scope]:
    return [scope for scope in owner.file.scopes if scope.parent == owner.scope.index]


def _config_names(owner: ClassValue) -> list[str]:
    """The names that the class's configuration sets; "" for what is not visible."""
    found: list[str] = []
    for binding in owner.scope.bindings.get("model_config", ()):
        value = binding.value
        if isinstance(value, Call):
            found += ["" if each.keyword is None else each.keyword for each in value.arguments]
        elif isinstance(value, MappingDisplay):
            found += [each.key.value if isinstance(each.key, Text) else "" for each in value.entries]
        else:
            found.append("")
    for scope in _inner_scopes(owner):
        if scope.name == "Config":
            found += [name for name, bound in scope.bindings.items() if name not in _SOURCES and bound]
    return found


def _prefix(owner: ClassValue, family: Family) -> str:
    """What the names of the variables of a settings class start with."""
    for each in (owner, *family):
        for binding in each.scope.bindings.get("model_config", ()):
            value = binding.value
            prefix = value.keyword("env_prefix") if isinstance(value, Call) else None
            if isinstance(value, MappingDisplay):
                entries = (entry for entry in value.entries if isinstance(entry.key, Text))
                named = {entry.key.value: entry.value for entry in entries if isinstance(entry.key, Text)}
                prefix = named.get("env_prefix")
            if isinstance(prefix, Text):
                return prefix.value
        for scope in _inner_scopes(each):
            for binding in scope.bindings.get("env_prefix", ()) if scope.name == "Config" else ():
                if isinstance(binding.value, Text):
                    return binding.value.value
    return ""


def _makers_reason(context: Context, family: Family, name: str, alias: Text | None) -> str:
    """Where an object is made with the key, or with something that changes where its fields come from."""
    names = {name} if alias is None else {name, alias.value}
    for each in family:
        for caller in context.origins.callers(each.file, each.scope).calls:
            place = f"{caller.file.path.name}:{caller.file.line(caller.call.span)}"
            for argument in caller.arguments:
                keyword = argument.keyword or ""
                if keyword in names:
                    return f"it is given in {place}"
                if not keyword or (keyword.startswith("_") and keyword not in _MADE_WITH):
                    return f"its sources are chosen in {place}"
                if keyword == "_env_file" and not isinstance(argument.value, (Text, Constant)):
                    return f"its file is chosen in {place}"
    return ""


# The plan


@record
class _Reads:
    """The reads of a field: those for the client that is planned, those that only look, those for anything else."""

    own: tuple[Read, ...]
    idle: tuple[Read, ...]
    others: bool


def _plan_field(context: Context, found: _Field, wanted: Wanted) -> FieldPlan:
    reads = _sort_reads(context, found, found.name, wanted)
    if isinstance(reads, str):
        return FieldPlan(undecided=reads)
    if found.alias is None and _is_named_in_class(found):
        return _undecided(f"the field {found.name}, which its class names in a text")
    if _is_there(found, wanted):
        return FieldPlan(variable=_variable(found))
    if reads.others or (found.alias is None and _is_mentioned(context, found)):
        return _plan_sibling(context, found, reads, wanted)
    return _plan_rename(context, found, reads, wanted)


def _sort_reads(context: Context, found: _Field, name: str, wanted: Wanted) -> _Reads | str:
    """The reads of the member ``name``; a text says why they cannot be told apart."""
    every, reason = member_reads(context, found.family, name)
    if reason:
        return f"the key is a field of the settings class {found.owner.scope.name}: {reason}"
    own: list[Read] = []
    idle: list[Read] = []
    others = False
    for file, read in every:
        uses = [use for use in key_uses(context, file, read) if not is_idle(context, use)]
        moving = [use for use in uses if feeds(use, wanted.readers)]
        if moving and len(moving) != len(uses):
            return f"the key is the field {name}, which one read gives to clients that move and to others"
        if not uses:
            idle.append((file, read))
        elif not moving:
            others = True
        elif any(feeds(use, wanted.targets) for use in moving):
            own.append((file, read))
    return _Reads(tuple(own), tuple(idle), others)


def _is_there(found: _Field, wanted: Wanted) -> bool:
    """Whether the field holds an OpenRouter key as it is."""
    return is_renamed(found.name if found.alias is None else found.alias.value, wanted.variable)


def _plan_rename(context: Context, found: _Field, reads: _Reads, wanted: Wanted) -> FieldPlan:
    """Only clients that move read the field: its variable gets another name, and with it the field."""
    owner, alias = found.owner, found.alias
    name = renamed(found.name if alias is None else alias.value, wanted.variable)
    if name is None:
        what = f"the field {found.name}" if alias is None else f"the variable {alias.value}"
        return _undecided(f"{what}, whose name does not tell whose key it is")
    if alias is not None:
        return FieldPlan(((owner.file, alias, ReplaceText(alias.span, name)),), name)
    if bindings_of(found.family, name):
        return _use_existing(context, found, name, reads.own)
    declaration: Edit = (owner.file, found.binding, RenameTarget(found.binding.span, name))
    return _with_reads((declaration,), (*reads.own, *reads.idle), name, _variable(found, name))


def _plan_sibling(context: Context, found: _Field, reads: _Reads, wanted: Wanted) -> FieldPlan:
    """Something else reads the field too: the clients get one of their own."""
    standard = "openrouter_api_key" if found.name.islower() else "OPENROUTER_API_KEY"
    name = renamed(found.name, wanted.variable) or standard
    if bindings_of(found.family, name):
        return _use_existing(context, found, name, reads.own)
    alias = None if found.alias is None else renamed(found.alias.value, wanted.variable)
    if found.alias is not None and alias is None:
        return _undecided(f"the variable {found.alias.value}, whose name does not tell whose key it is")
    old, new = (found.name, name) if found.alias is None or alias is None else (found.alias.value, alias)
    declaration: Edit = (found.owner.file, found.binding, CopyStatement(found.binding.span, name, old, new))
    return _with_reads((declaration,), reads.own, name, alias or _variable(found, name))


def _use_existing(context: Context, found: _Field, name: str, reads: tuple[Read, ...]) -> FieldPlan:
    """The class has the field already: it is read."""
    ((owner, binding),) = bindings_of(found.family, name)[:1]
    existing = _read_field(context, owner, binding)
    if isinstance(existing, str):
        return FieldPlan(undecided=existing)
    return _with_reads((), reads, name, _variable(existing))


def _with_reads(edits: tuple[Edit, ...], reads: Iterable[Read], name: str, variable: str) -> FieldPlan:
    """The plan that also lets ``reads`` read the field ``name``."""
    made = list(edits)
    for file, read in reads:
        if isinstance(read, Attribute):
            made.append((file, read, RenameMember(read.span, name)))
            continue
        text = read.arguments[1].value
        if not isinstance(text, Text) or not text.editable:
            return _undecided("a field that is read by a computed name")
        made.append((file, read, ReplaceText(text.span, name)))
    return FieldPlan(tuple(made), variable)


def _variable(found: _Field, name: str | None = None) -> str:
    """The environment variable that gives the field, called ``name`` from now on."""
    if found.alias is not None:
        return found.alias.value
    full = _prefix(found.owner, found.family) + (name or found.name)
    is_case_sensitive = any("case_sensitive" in _config_names(each) for each in found.family)
    return full if is_case_sensitive else full.upper()


# Texts that mean the field


def _is_named_in_class(found: _Field) -> bool:
    """Whether the class itself means the field by a text, as a validator does."""
    return any(
        text.value == found.name
        for each in found.family
        for text in each.file.texts
        if each.scope.span.contains(text.span) and not found.binding.span.contains(text.span)
    )


def _is_mentioned(context: Context, found: _Field) -> bool:
    """Whether a text may mean the field: as a name to be patched, or a place to be read."""
    for file in context.origins.project.facts_mentioning(found.name):
        for text in file.texts:
            if text.value.endswith(f".{found.name}"):
                return True
            if text.value == found.name and not _is_key_or_variable(file, text):
                return True
    return False


def _is_key_or_variable(file: FileFacts, text: Text) -> bool:
    """Whether a text is the key of an item, or the name of an environment variable."""
    parent = file.parents.get(text)
    if isinstance(parent, (EnvironmentRead, MappingDisplay, Subscript, Comparison)):
        return True
    if not isinstance(parent, Call):
        return False
    is_read = any(parent in calls for calls in file.named_reads.values())
    return is_read or (isinstance(parent.callee, Attribute) and parent.callee.name in _OF_VARIABLES)


# What an interrupted run has left


def _undeclared(value: Value) -> tuple[InstanceValue, str] | None:
    """The member that ``value`` is, of an object whose class does not show it."""
    member = value.member if isinstance(value, ResultValue) else value
    if not isinstance(member, MemberValue) or not isinstance(member.owner, InstanceValue):
        return None
    name, *methods = member.names
    return (member.owner, name) if SAME_KEY.issuperset(methods) else None


def _counterpart(context: Context, value: Value, variable: str) -> _Field | None:
    """The field that an undeclared member is the old, or the new, name of."""
    missing = _undeclared(value)
    if missing is None:
        return None
    instance, name = missing
    owner = ClassValue(instance.file, instance.scope)
    family = context.origins.family(owner.file, owner.scope)
    bases = [each for one in family for base in one.scope.bases for each in context.values(one.file, base)]
    if not any(isinstance(base, ExternalValue) and base.path in SETTINGS_CLASSES for base in bases):
        return None
    for each in family:
        for field_name, bindings in each.scope.bindings.items():
            if name == renamed(field_name, variable) or field_name == renamed(name, variable):
                found = _read_field(context, each, bindings[0])
                return None if isinstance(found, str) else found
    return None


def _plan_undeclared(context: Context, value: Value, wanted: Wanted) -> FieldPlan:
    found, missing = _counterpart(context, value, wanted.variable), _undeclared(value)
    assert found is not None
    assert missing is not None
    _, name = missing
    if found.name != renamed(name, wanted.variable):
        # The reads are written, the field is not.
        return _plan_field(context, found, wanted)
    reads = _sort_reads(context, found, name, wanted)
    if isinstance(reads, str):
        return FieldPlan(undecided=reads)
    if reads.others:
        return _undecided(f"the field {name}, which is read elsewhere and not declared")
    return _with_reads((), (*reads.own, *reads.idle), found.name, _variable(found))
