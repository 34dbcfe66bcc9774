"""Keys that are settings of a Django project: names of the module that DJANGO_SETTINGS_MODULE names.

Where something else reads the setting too, the clients that move get a setting of their own beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codemod.decisions.context import Context
from codemod.decisions.key_lookups import lookup_at
from codemod.decisions.key_names import renamed
from codemod.decisions.key_values import KeyOrigin, feeds, is_idle, key_origins, key_uses
from codemod.decisions.overwritten_names import star_over
from codemod.decisions.setting_fields import Edit, FieldPlan, Wanted
from codemod.provenance.facts import Attribute, Binding, BindingKind, EnvironmentRead, FileFacts, Text
from codemod.provenance.questions import ValueOf
from codemod.provenance.values import ExternalValue
from codemod.records import record
from codemod.rewrites import AssignAfter, CopyStatement, EnvironmentCode, RenameMember


@record
class DjangoSetting:
    """A setting by its name: the modules that settings may come from, and where the one that holds it does so.

    ``home`` is None where none of them has it.
    """

    name: str
    path: str
    modules: tuple[FileFacts, ...]
    home: FileFacts | None


def setting_read(context: Context, origins: Iterable[KeyOrigin]) -> DjangoSetting | None:
    """The setting that a key comes from; None if it comes from none."""
    for origin in origins:
        for question in origin.path:
            if isinstance(question, ValueOf) and isinstance(question.expression, Attribute):
                for path in _settings_objects(context, question.file, question.expression):
                    modules = context.origins.world.settings_modules(path)
                    name = question.expression.name
                    return DjangoSetting(name, path, modules, _home(context, modules, name))
    return None


def _settings_objects(context: Context, file: FileFacts, read: Attribute) -> Iterator[str]:
    for owner in context.values(file, read.value):
        if isinstance(owner, ExternalValue) and owner.path in context.origins.libraries.settings:
            yield owner.path


def _home(context: Context, modules: tuple[FileFacts, ...], name: str) -> FileFacts | None:
    """The module that gives the setting its value: one of ``modules``, or one that they take all names from."""
    pending, seen = list(modules), set(modules)
    while pending:
        module = pending.pop(0)
        if name in module.scopes[0].bindings:
            return module
        for star in module.scopes[0].bindings.get("*", ()):
            assert star.imported is not None
            path = context.origins.project.resolve(module.path, star.imported)
            found = None if path is None else context.origins.project.facts(path)
            if found is not None and found not in seen:
                seen.add(found)
                pending.append(found)
    return None


def setting_reason(context: Context, setting: DjangoSetting) -> str:
    """Why the setting may have another value than the project shows; "" if it has not."""
    is_named = f"the key is the setting {setting.name}"
    if setting.home is None:
        return f"{is_named}, which the project's settings do not show"
    bindings = setting.home.scopes[0].bindings[setting.name]
    if len(bindings) != 1 or bindings[0].conditional or bindings[0].kind is not BindingKind.ASSIGNMENT:
        return f"{is_named}, which is set in several ways"
    for module in dict.fromkeys((*setting.modules, setting.home)):
        star = star_over(context, module, setting.name)
        if star is not None:
            return f"{is_named}, which {module.path.name}:{module.line(star.span)} may overwrite"
    for other in _other_settings(context, setting):
        line = other.line(other.scopes[0].bindings[setting.name][0].span)
        return f"{is_named}, which {other.path.name}:{line} sets too"
    return ""


def _other_settings(context: Context, setting: DjangoSetting) -> Iterator[FileFacts]:
    """Modules that a deployment may name in place of those that the code names."""
    folders = {module.path.parent for module in setting.modules}
    for file in context.origins.project.facts_mentioning(setting.name):
        if file is setting.home or setting.name not in file.scopes[0].bindings or context.is_test(file):
            continue
        if file.path.parent in folders or any("settings" in part for part in (file.path.parent.name, file.path.stem)):
            yield file


def plan_sibling(context: Context, setting: DjangoSetting, wanted: Wanted) -> FieldPlan:
    """Give the clients a setting of their own, and let what they read be that."""
    assert setting.home is not None
    name = renamed(setting.name, wanted.variable)
    if name is None:
        return FieldPlan(undecided=f"the key is the setting {setting.name}, which others read too")
    reads = _own_reads(context, setting, wanted)
    if isinstance(reads, str):
        return FieldPlan(undecided=reads)
    (binding,) = setting.home.scopes[0].bindings[setting.name]
    declared = _declaration(context, setting.home, binding, name, wanted.variable)
    if isinstance(declared, str):
        return FieldPlan(undecided=declared)
    edits, variable = declared
    return FieldPlan((*edits, *((file, read, RenameMember(read.span, name)) for file, read in reads)), variable)


def _own_reads(context: Context, setting: DjangoSetting, wanted: Wanted) -> list[tuple[FileFacts, Attribute]] | str:
    """The reads of the setting that give the key to the clients that the plan is for."""
    found: list[tuple[FileFacts, Attribute]] = []
    for file in context.origins.project.facts_mentioning(setting.name):
        for read in file.attributes.get(setting.name, ()):
            if setting.path not in _settings_objects(context, file, read):
                continue
            uses = [use for use in key_uses(context, file, read) if not is_idle(context, use)]
            moving = [use for use in uses if feeds(use, wanted.readers)]
            if moving and len(moving) != len(uses):
                return f"the key is the setting {setting.name}, which one read gives to clients that move and to others"
            if any(feeds(use, wanted.targets) for use in moving):
                found.append((file, read))
    return found or f"the key is the setting {setting.name}, which is read in a way that is not followed"


def _declaration(
    context: Context, home: FileFacts, binding: Binding, name: str, variable: str
) -> tuple[tuple[Edit, ...], str] | str:
    """The edits that make the new setting, and its variable; a text says why there can be none."""
    value = binding.value
    present = home.scopes[0].bindings.get(name, ())
    if present:
        held = present[0].value
        if len(present) == 1 and isinstance(held, EnvironmentRead) and held.required:
            return (), held.name.value
        return f"there is a setting {name}, but it may hold another key, or none"
    if isinstance(value, EnvironmentRead):
        is_empty = isinstance(value.default, Text) and not value.default.value
        if not value.required and not is_empty:
            return ((home, binding, AssignAfter(binding.span, name, EnvironmentCode(variable))),), variable
        return ((home, binding, CopyStatement(binding.span, name, value.name.value, variable)),), variable
    if value is not None:
        origins = key_origins(context, home, value)
        lookup = lookup_at(context, origins[0], ()) if len(origins) == 1 else None
        new = None if lookup is None else renamed(lookup.name, variable)
        if lookup is not None and lookup.node is value and lookup.key is not None and lookup.required and new:
            return ((home, binding, CopyStatement(binding.span, name, lookup.name, new)),), new
    return f"the key is the setting {binding.name}, whose value cannot be read twice"


def unfinished_sibling(context: Context, setting: DjangoSetting, variable: str) -> FieldPlan:
    """The setting that an interrupted run has left to be made: clients read it, the module does not have it."""
    for module in setting.modules if setting.home is None else ():
        for name, bindings in module.scopes[0].bindings.items():
            if renamed(name, variable) == setting.name and len(bindings) == 1:
                known = DjangoSetting(name, setting.path, setting.modules, module)
                reason = setting_reason(context, known)
                declared = _declaration(context, module, bindings[0], setting.name, variable)
                if not reason and not isinstance(declared, str):
                    return FieldPlan(*declared)
    return FieldPlan()
