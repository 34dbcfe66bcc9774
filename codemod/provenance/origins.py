"""Where a value comes from: every question is answered once, by following the facts backwards.

The answer to a question is the set of values that the expression, binding, member or return can be, each with the
question that it came from, so that a trace can be told afterwards. Questions ask others by yielding them; ``_Solving``
answers them on a stack of its own, so that a chain of a thousand modules is no deeper than one.
"""

from __future__ import annotations

import builtins
from collections.abc import Generator
from pathlib import Path
from typing import Protocol

from codemod.findings import Step
from codemod.provenance.calls import (
    ITEM_METHODS,
    argument_at,
    argument_for,
    is_decorated,
    name_behind_calls,
    references,
)
from codemod.provenance.facts import (
    Argument,
    Attribute,
    Binding,
    BindingKind,
    Call,
    Choice,
    Comparison,
    Comprehension,
    Constant,
    EnvironmentRead,
    Expression,
    FileFacts,
    FunctionExpression,
    Import,
    ItemBinding,
    MappingDisplay,
    MemberBinding,
    Name,
    ParameterKind,
    Role,
    RoleKind,
    Scope,
    ScopeKind,
    SequenceDisplay,
    Subscript,
    Template,
    Text,
    Wrapped,
)
from codemod.provenance.libraries import Libraries
from codemod.provenance.questions import (
    Answer,
    Bound,
    Caller,
    Callers,
    CallersOf,
    GlobalOf,
    ItemOf,
    MemberOf,
    Question,
    Returned,
    Site,
    Subclasses,
    SubclassesOf,
    Thought,
    ValueOf,
    Values,
    ValuesThought,
    callers_in,
    subclasses_in,
    values_in,
)
from codemod.provenance.solving import Solving
from codemod.provenance.values import (
    ClassValue,
    ConstantValue,
    EnvironmentValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    LookupValue,
    MappingValue,
    MemberValue,
    ModuleValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    SequenceValue,
    TemplateValue,
    TextValue,
    UnknownValue,
    Value,
)
from codemod.rewrites import Span

_FIELDS = frozenset(
    {"dataclasses.field", "attr.ib", "attr.field", "attrs.field", "pydantic.Field", "pydantic.fields.Field"}
)
_BUILTINS = frozenset(dir(builtins))
# What a statement does with a function or class that it only mentions.
_DECLARING = frozenset(
    {RoleKind.BASE, RoleKind.ANNOTATION, RoleKind.DISCARDED, RoleKind.TARGET, RoleKind.OTHER, RoleKind.TESTED}
)
# Members of a function that a library adds to have it called with other arguments.
_CALLING_MEMBERS = frozenset({"delay", "apply_async", "remote", "submit", "map", "s", "si", "send", "options"})
_CHECKS = frozenset({"isinstance", "issubclass"})
# ``x = x.add()`` in a loop would make values without end, and what the result of a library's result is tells nothing.
_LONGEST_CHAIN = 6
# The place of what has no place of its own; one object, so that the same answer stays the same.
_MODULE_ANCHOR = Binding("", 0, BindingKind.ASSIGNMENT, Span(0, 0))
# Stand-ins in the answer to MemberOf: a base class that is not the project's, and no definition at all.
_OUTSIDE = ExternalValue("")
_UNDEFINED = ExternalValue("?")
# A method whose name is read more often than this, on whatever receiver, counts as called from anywhere.
_TOO_COMMON = 100


class Reader(Protocol):
    """What provenance asks of the project."""

    def facts_mentioning(self, name: str) -> list[FileFacts]: ...

    def facts(self, path: Path) -> FileFacts | None: ...

    def resolve(self, importer: Path, imported: Import) -> Path | None: ...

    def submodule(self, package: Path, name: str) -> Path | None: ...

    def is_namespace(self, importer: Path, imported: Import) -> bool: ...

    def is_ambiguous(self, imported: Import) -> bool: ...

    def facts_assigning(self, name: str) -> list[FileFacts]: ...

    def unreadable_mentioning(self, name: str, module: Path) -> tuple[Path, ...]: ...


class Origins:
    """Answers where values come from, over a read-only project."""

    def __init__(self, project: Reader, libraries: Libraries) -> None:
        self.project = project
        self.libraries = libraries
        self._answers: dict[Question, Answer] = {}
        self._named: dict[str, list[tuple[FileFacts, Expression]]] = {}

    # What others ask

    def values(self, file: FileFacts, expression: Expression) -> Values:
        """What ``expression`` can be; empty if nothing gives it a value."""
        return values_in(self._solve(ValueOf(file, expression)))

    def callers(self, file: FileFacts, scope: Scope) -> Callers:
        """The calls of a function, or of a class."""
        return callers_in(self._solve(CallersOf(file, scope)))

    def subclasses(self, file: FileFacts, scope: Scope) -> tuple[ClassValue, ...]:
        """The classes of the project that derive directly from this class."""
        return subclasses_in(self._solve(SubclassesOf(file, scope)))

    def item(self, file: FileFacts, container: Expression | Binding, key: str) -> Values:
        """What stands under ``key`` in the mapping that ``container`` displays."""
        return values_in(self._solve(ItemOf(file, container, key)))

    def bound(self, file: FileFacts, binding: Binding) -> Values:
        """What ``binding`` gives its name."""
        return values_in(self._solve(Bound(file, binding)))

    def path(self, file: FileFacts, expression: Expression, value: Value) -> tuple[Question, ...]:
        """The questions that lead from ``expression`` back to where ``value`` stands."""
        found: list[Question] = []
        question: Question | None = ValueOf(file, expression)
        while question is not None and question not in found:
            found.append(question)
            answer = self._answers.get(question)
            if answer is None or isinstance(answer, (Callers, Subclasses)):
                break
            question = answer.get(value)
        return tuple(found[1:])

    def trace(self, file: FileFacts, expression: Expression, value: Value) -> tuple[Step, ...]:
        """The steps from ``expression`` back to where ``value`` stands, for a reader."""
        return tuple(step for question in self.path(file, expression, value) for step in _described(question))

    # Solving

    def _solve(self, wanted: Question) -> Answer:
        return self._answers[wanted] if wanted in self._answers else Solving(self._think, self._answers).solve(wanted)

    def _think(self, question: Question) -> Thought:
        if isinstance(question, ValueOf):
            return self._value_of(question)
        if isinstance(question, Bound):
            return self._bound(question)
        if isinstance(question, Returned):
            return self._returned(question)
        if isinstance(question, MemberOf):
            return self._member_of(question)
        if isinstance(question, GlobalOf):
            return self._global_of(question)
        if isinstance(question, ItemOf):
            return self._item_of(question)
        if isinstance(question, CallersOf):
            return self._callers_of(question)
        return self._subclasses_of(question)

    def _ask(self, *questions: Question) -> ValuesThought:
        """The union of the answers, each value with the question it came from."""
        found: dict[Value, Question | None] = {}
        for question in questions:
            answer = yield question
            for value in values_in(answer):
                found.setdefault(value, question)
        return found

    # Expressions

    def _value_of(self, question: ValueOf) -> Thought:
        file, node = question.file, question.expression
        if isinstance(node, Text):
            return {TextValue(file, node): None}
        if isinstance(node, Constant):
            return {ConstantValue(file, node): None}
        if isinstance(node, Name):
            return (yield from self._name(file, node))
        if isinstance(node, Attribute):
            return (yield from self._attribute(file, node))
        if isinstance(node, Call):
            return (yield from self._call(file, node))
        if isinstance(node, Wrapped):
            return (yield from self._ask(ValueOf(file, node.value)))
        if isinstance(node, Choice):
            return (yield from self._choice(file, node))
        if isinstance(node, EnvironmentRead):
            found: dict[Value, Question | None] = {EnvironmentValue(file, node): None}
            if node.default is not None:
                found |= yield from self._ask(ValueOf(file, node.default))
            return found
        if isinstance(node, Subscript):
            return (yield from self._subscript(file, node))
        if isinstance(node, MappingDisplay):
            return {MappingValue(file, node): None}
        if isinstance(node, SequenceDisplay):
            return {SequenceValue(file, node): None}
        if isinstance(node, Template):
            return {TemplateValue(file, node): None}
        if isinstance(node, FunctionExpression):
            return {FunctionValue(file, file.scopes[node.scope]): None}
        what = "a comprehension" if isinstance(node, Comprehension) else "a computed value"
        return {UnknownValue(file, node, what): None}

    def _name(self, file: FileFacts, node: Name) -> ValuesThought:
        bindings = file.lookup(node.id, node.scope)
        if bindings:
            found = yield from self._ask(*(Bound(file, binding) for binding in bindings))
            if bindings[0].scope == 0 and any(binding.kind is BindingKind.ASSIGNMENT for binding in bindings):
                found |= yield from self._assigned_from_outside(file, node.id)
            return found
        starred = yield from self._from_stars(file, node.id)
        if starred:
            return starred
        if node.id in _BUILTINS:
            return {ExternalValue(f"builtins.{node.id}"): None}
        return {UnknownValue(file, node, f"nothing in the file binds {node.id}"): None}

    def _from_stars(self, file: FileFacts, name: str) -> ValuesThought:
        """What ``from m import *`` brings in under ``name``."""
        found: dict[Value, Question | None] = {}
        for binding in file.scopes[0].bindings.get("*", ()):
            assert binding.imported is not None
            path = self.project.resolve(file.path, binding.imported)
            module = None if path is None else self.project.facts(path)
            if module is not None:
                found |= yield from self._ask(GlobalOf(module, name))
            elif binding.imported.module == "openai" and binding.imported.level == 0:
                found[ExternalValue(f"openai.{name}")] = None
        return {value: via for value, via in found.items() if not isinstance(value, UnknownValue)}

    def _choice(self, file: FileFacts, node: Choice) -> ValuesThought:
        if node.kind == "and":
            return (yield from self._ask(ValueOf(file, node.options[-1])))
        found: dict[Value, Question | None] = {}
        for position, option in enumerate(node.options):
            values = yield from self._ask(ValueOf(file, option))
            passed_over = node.kind == "or" and position < len(node.options) - 1
            found |= {
                value: via
                for value, via in values.items()
                if not (passed_over and isinstance(value, ConstantValue) and not value.node.value)
                and not (passed_over and isinstance(value, TextValue) and not value.node.value)
            }
        return found

    def _attribute(self, file: FileFacts, node: Attribute) -> ValuesThought:
        owners = yield from self._ask(ValueOf(file, node.value))
        found: dict[Value, Question | None] = {}
        for owner in owners:
            found |= yield from self._member(file, node, owner, node.name)
        return found

    def _member(self, file: FileFacts, node: Expression, owner: Value, name: str) -> ValuesThought:
        if isinstance(owner, ModuleValue):
            return (yield from self._ask(GlobalOf(owner.file, name)))
        if isinstance(owner, ExternalValue):
            return {ExternalValue(f"{owner.path}.{name}"): None}
        if isinstance(owner, InstanceValue) and name == "__class__":
            return {ClassValue(owner.file, owner.scope): None}
        if isinstance(owner, InstanceValue):
            return (yield from self._instance_member(owner, name))
        if isinstance(owner, ClassValue):
            return (yield from self._class_member(owner, name))
        if isinstance(owner, MemberValue) and len(owner.names) >= _LONGEST_CHAIN:
            return {UnknownValue(file, node, "a chain of members that is too long to follow"): None}
        if isinstance(owner, (ProductValue, ResultValue)):
            return {self._followed(MemberValue(owner, (name,))): None}
        if isinstance(owner, MemberValue):
            return {self._followed(MemberValue(owner.owner, (*owner.names, name))): None}
        if isinstance(owner, UnknownValue):
            return {owner: None}
        if isinstance(owner, ParameterValue) and not owner.supplied:
            return {UnknownValue(file, node, f"a member of the parameter {owner.binding.name}"): None}
        if _is_nothing(owner):
            return {}
        return {UnknownValue(file, node, f"the member {name} of a plain value"): None}

    def _followed(self, member: MemberValue) -> Value:
        """Members that give their owner back are dropped from the path."""
        names = tuple(name for name in member.names if name not in self.libraries.same)
        return MemberValue(member.owner, names) if names else member.owner

    def _instance_member(self, owner: InstanceValue, name: str) -> ValuesThought:
        found = yield from self._ask(MemberOf(owner.file, owner.scope, name, owner.call is None))
        outside, undefined = found.pop(_OUTSIDE, _OUTSIDE), found.pop(_UNDEFINED, _UNDEFINED)
        if outside is not _OUTSIDE and not found:
            found[self._followed(MemberValue(owner, (name,)))] = None
        elif undefined is not _UNDEFINED:
            reason = f"{owner.scope.name} does not show its member {name}"
            found[UnknownValue(owner.file, _anchor(owner.file, owner.scope), reason)] = None
        return found

    def _class_member(self, owner: ClassValue, name: str) -> ValuesThought:
        found: dict[Value, Question | None] = {}
        for binding in owner.scope.bindings.get(name, ()):
            if binding.kind is BindingKind.FUNCTION and binding.defines is not None:
                scope = owner.file.scopes[binding.defines]
                bound = is_decorated(scope, "classmethod")
                found[FunctionValue(owner.file, scope, bound)] = None
            else:
                found |= yield from self._ask(Bound(owner.file, binding))
        if not found:
            bases = yield from self._ask(*(ValueOf(owner.file, base) for base in owner.scope.bases))
            for base in bases:
                if isinstance(base, ClassValue) and base != owner:
                    found |= yield from self._class_member(base, name)
        return found

    def _subscript(self, file: FileFacts, node: Subscript) -> ValuesThought:
        holders = yield from self._ask(ValueOf(file, node.value))
        keys = yield from self._ask(ValueOf(file, node.key))
        found: dict[Value, Question | None] = {}
        for holder in holders:
            if isinstance(holder, MappingValue):
                found |= yield from self._items(holder, keys)
            elif isinstance(holder, SequenceValue):
                found |= yield from self._ask(ItemOf(holder.file, holder.node, None))
            elif (
                isinstance(holder, ExternalValue)
                and holder.path in self.libraries.lookup_items
                and isinstance(node.key, Text)
            ):
                found[LookupValue(file, node, node.key, holder.path, True)] = None
            elif not _is_nothing(holder):
                found[UnknownValue(file, node, "an item of something that is not visible")] = None
        return found

    def _items(self, holder: MappingValue, keys: Values) -> ValuesThought:
        found: dict[Value, Question | None] = {}
        for key in keys:
            wanted = key.node.value if isinstance(key, TextValue) else None
            found |= yield from self._ask(ItemOf(holder.file, holder.node, wanted))
        return found

    # Calls

    def _call(self, file: FileFacts, node: Call) -> ValuesThought:
        callees = yield from self._ask(ValueOf(file, node.callee))
        found: dict[Value, Question | None] = {}
        if isinstance(node.callee, Attribute) and node.callee.name in ITEM_METHODS and node.arguments:
            holders = yield from self._ask(ValueOf(file, node.callee.value))
            mappings = [holder for holder in holders if isinstance(holder, MappingValue)]
            for mapping in mappings:
                keys = yield from self._ask(ValueOf(file, node.arguments[0].value))
                found |= yield from self._items(mapping, keys)
                if len(node.arguments) > 1:
                    found |= yield from self._ask(ValueOf(file, node.arguments[1].value))
            if mappings:
                return found
        for callee in callees:
            found |= yield from self._result(file, node, callee)
        return found

    def _result(self, file: FileFacts, node: Call, callee: Value) -> ValuesThought:
        if isinstance(callee, FunctionValue):
            return (yield from self._ask(Returned(callee.file, callee.scope)))
        if isinstance(callee, ClassValue):
            return {InstanceValue(callee.file, callee.scope, file, node): None}
        if isinstance(callee, ExternalValue):
            return (yield from self._external_result(file, node, callee.path))
        if isinstance(callee, MemberValue):
            calls, root = _calls_in(callee)
            followed = isinstance(root, ProductValue) and root.path in self.libraries.classes
            if calls >= (_LONGEST_CHAIN if followed else 1):
                return {UnknownValue(file, node, "a chain of calls that is too long to follow"): None}
            return {ResultValue(callee, file, node): None}
        if isinstance(callee, (ProductValue, InstanceValue)):
            # ``client.with_options(...)``: the member gave the object back before it was called.
            name = node.callee.name if isinstance(node.callee, Attribute) else ""
            if name in self.libraries.same:
                return {callee: None}
            return {UnknownValue(file, node, "the result of calling an object"): None}
        if isinstance(callee, UnknownValue):
            return {UnknownValue(file, node, callee.reason): None}
        if _is_nothing(callee):
            return {}
        return {UnknownValue(file, node, "the result of a call that is not followed"): None}

    def _external_result(self, file: FileFacts, node: Call, path: str) -> ValuesThought:
        if path == "builtins.dict" and not any(argument.expansion == "*" for argument in node.arguments):
            return {MappingValue(file, node): None}
        if path == "builtins.super":
            return (yield from self._super(file, node))
        if path == "builtins.getattr" and len(node.arguments) in (2, 3):
            name = node.arguments[1].value
            if isinstance(name, Text):
                return (yield from self._got_attribute(file, node, name.value))
        if path == "builtins.type" and len(node.arguments) == 1:
            made = yield from self._ask(ValueOf(file, node.arguments[0].value))
            return {ClassValue(each.file, each.scope): None for each in made if isinstance(each, InstanceValue)}
        if path in _FIELDS:
            return (yield from self._field_default(file, node))
        if path == "functools.partial" and node.arguments:
            given = yield from self._ask(ValueOf(file, node.arguments[0].value))
            if any(isinstance(value, MemberValue) for value in given):
                return given
        wrapped = self.libraries.wrappers.get(path)
        if wrapped is not None:
            inner = argument_at(node, *wrapped)
            if inner is not None:
                return (yield from self._ask(ValueOf(file, inner)))
        lookup = self.libraries.lookups.get(path)
        if lookup is not None and node.arguments and isinstance(node.arguments[0].value, Text):
            required = lookup and len(node.arguments) == 1
            return {LookupValue(file, node, node.arguments[0].value, path, required): None}
        return {ProductValue(path, file, node): None}

    def _field_default(self, file: FileFacts, node: Call) -> ValuesThought:
        """What ``field(default=…)`` and ``field(default_factory=…)`` give the field."""
        factory = node.keyword("default_factory") or node.keyword("factory")
        if factory is not None:
            found: dict[Value, Question | None] = {}
            for callee in (yield from self._ask(ValueOf(file, factory))):
                found |= yield from self._result(file, node, callee)
            return found
        default = argument_at(node, 0, "default")
        return {} if default is None else (yield from self._ask(ValueOf(file, default)))

    def _got_attribute(self, file: FileFacts, node: Call, name: str) -> ValuesThought:
        owners = yield from self._ask(ValueOf(file, node.arguments[0].value))
        found: dict[Value, Question | None] = {}
        for owner in owners:
            found |= yield from self._member(file, node, owner, name)
        return found

    def _super(self, file: FileFacts, node: Call) -> ValuesThought:
        found: dict[Value, Question | None] = {}
        for scope in file.enclosing(node.scope):
            if scope.kind is ScopeKind.CLASS:
                bases = yield from self._ask(*(ValueOf(file, base) for base in scope.bases))
                for base in bases:
                    if isinstance(base, ClassValue):
                        found[InstanceValue(base.file, base.scope, file, node)] = None
                break
        return found

    def _returned(self, question: Returned) -> Thought:
        scope = question.scope
        if scope.yields:
            return {UnknownValue(question.file, _anchor(question.file, scope), "a generator"): None}
        return (yield from self._ask(*(ValueOf(question.file, value) for value in scope.returns)))

    # Bindings

    def _bound(self, question: Bound) -> Thought:
        file, binding = question.file, question.binding
        kind = binding.kind
        if kind is BindingKind.ASSIGNMENT and binding.value is not None:
            return (yield from self._ask(ValueOf(file, binding.value)))
        if kind is BindingKind.FUNCTION and binding.defines is not None:
            return {FunctionValue(file, file.scopes[binding.defines]): None}
        if kind is BindingKind.CLASS and binding.defines is not None:
            return {ClassValue(file, file.scopes[binding.defines]): None}
        if kind is BindingKind.IMPORT and binding.imported is not None:
            return (yield from self._imported(file, binding, binding.imported))
        if kind is BindingKind.PARAMETER:
            return (yield from self._parameter(file, binding))
        if kind is BindingKind.LOOP and binding.value is not None:
            return (yield from self._element(file, binding, binding.value))
        if kind is BindingKind.CONTEXT and binding.value is not None:
            return (yield from self._entered(file, binding, binding.value))
        if kind is BindingKind.ANNOTATION:
            return {}
        return {UnknownValue(file, binding, f"{binding.name} is not given by a plain assignment"): None}

    def _imported(self, file: FileFacts, binding: Binding, imported: Import) -> ValuesThought:
        if imported.name is None:
            return self._imported_module(file, imported)
        path = self.project.resolve(file.path, imported)
        if path is not None:
            module = self.project.facts(path)
            if module is None:
                return {UnknownValue(file, binding, f"{path.name} cannot be read"): None}
            found = yield from self._ask(GlobalOf(module, imported.name))
            return found
        dotted = f"{imported.module}.{imported.name}" if imported.module else imported.name
        submodule = self.project.resolve(file.path, Import(dotted, None, imported.level))
        if submodule is not None:
            facts = self.project.facts(submodule)
            if facts is not None:
                return {ModuleValue(facts): None}
        unclear = self.project.is_namespace(file.path, imported) or self.project.is_ambiguous(imported)
        if imported.level > 0 or unclear:
            return {UnknownValue(file, binding, f"{imported.module or '.'} is not in the project"): None}
        return {ExternalValue(dotted): None}

    def _imported_module(self, file: FileFacts, imported: Import) -> dict[Value, Question | None]:
        root = imported.module.split(".")[0]
        wanted = Import(root, None, 0) if imported.binds_root else imported
        path = self.project.resolve(file.path, wanted)
        if path is None:
            return {ExternalValue(root if imported.binds_root else imported.module): None}
        module = self.project.facts(path)
        return {} if module is None else {ModuleValue(module): None}

    def _global_of(self, question: GlobalOf) -> Thought:
        file, name = question.file, question.name
        bindings = file.scopes[0].bindings.get(name, ())
        assigned = yield from self._assigned_from_outside(file, name)
        if bindings or assigned:
            return {**assigned, **(yield from self._ask(*(Bound(file, binding) for binding in bindings)))}
        starred = yield from self._from_stars(file, name)
        if starred:
            return starred
        path = self.project.submodule(file.path, name)
        module = None if path is None else self.project.facts(path)
        if module is not None:
            return {ModuleValue(module): None}
        return {UnknownValue(file, _MODULE_ANCHOR, f"{file.path.name} does not define {name}"): None}

    def _assigned_from_outside(self, file: FileFacts, name: str) -> ValuesThought:
        """``module.name = value`` in some file."""
        found: dict[Value, Question | None] = {}
        for facts in self.project.facts_assigning(name):
            for member in facts.member_bindings.get(name, ()):
                if not isinstance(member.target.value, (Name, Attribute)):
                    continue
                owners = values_in((yield ValueOf(facts, member.target.value)))
                if any(isinstance(owner, ModuleValue) and owner.file is file for owner in owners):
                    found |= yield from self._ask(ValueOf(facts, member.value))
        return found

    def _element(self, file: FileFacts, binding: Binding, iterable: Expression) -> ValuesThought:
        holders = yield from self._ask(ValueOf(file, iterable))
        found: dict[Value, Question | None] = {}
        for holder in holders:
            if isinstance(holder, SequenceValue):
                found |= yield from self._ask(ItemOf(holder.file, holder.node, None))
            elif isinstance(holder, (ResultValue, MemberValue, ProductValue)):
                found[UnknownValue(file, binding, "an element of a library's object")] = None
            elif not _is_nothing(holder):
                found[UnknownValue(file, binding, "an element of something that is not visible")] = None
        return found

    def _entered(self, file: FileFacts, binding: Binding, context: Expression) -> ValuesThought:
        contexts = yield from self._ask(ValueOf(file, context))
        found: dict[Value, Question | None] = {}
        for value in contexts:
            if (isinstance(value, ProductValue) and value.path in self.libraries.classes) or isinstance(
                value, (InstanceValue, ResultValue)
            ):
                found[value] = ValueOf(file, context)
            elif not _is_nothing(value):
                found[UnknownValue(file, binding, "what a context manager gives")] = None
        return found

    # Parameters and callers

    def _parameter(self, file: FileFacts, binding: Binding) -> ValuesThought:
        scope = file.scopes[binding.scope]
        owner = file.enclosing_class(scope)
        if owner is not None and scope.parameters and scope.parameters[0] is binding:
            if is_decorated(scope, "classmethod") or scope.name == "__new__":
                return (yield from self._class_and_below(ClassValue(file, owner)))
            if not is_decorated(scope, "staticmethod"):
                return {InstanceValue(file, owner): None}
        found: dict[Value, Question | None] = {}
        if binding.value is not None:
            found |= yield from self._ask(ValueOf(file, binding.value))
        if binding.parameter is ParameterKind.KEYWORDS:
            return {MappingValue(file, binding): None}
        if binding.parameter is ParameterKind.VARIADIC:
            return {ParameterValue(file, binding): None}
        called = owner if owner is not None and scope.name == "__init__" else scope
        callers = callers_in((yield CallersOf(file, called)))
        supplied = False
        for caller in (*callers.calls, *callers.maybe):
            argument = argument_for(scope, binding, caller.call, bound=caller.bound)
            if argument is None:
                continue
            supplied = True
            if isinstance(argument, Argument):
                if caller in callers.maybe:
                    reason = f"{binding.name} may be given by a call whose receiver is not known"
                    found[UnknownValue(caller.file, argument.value, reason)] = None
                elif argument.expansion:
                    found |= yield from self._expanded(caller.file, argument.value, binding.name)
                else:
                    found |= yield from self._ask(ValueOf(caller.file, argument.value))
        open_ended = (
            callers.handed_on or callers.more or scope.kind is ScopeKind.LAMBDA or self._called_by_library(scope)
        )
        given = not open_ended and (binding.value is not None or supplied)
        found[ParameterValue(file, binding, supplied=given)] = None
        return found

    def _class_and_below(self, owner: ClassValue) -> ValuesThought:
        """A class and all that derive from it: what ``cls`` can be."""
        found: dict[Value, Question | None] = {}
        pending = [owner]
        while pending:
            each = pending.pop()
            if each not in found:
                found[each] = None
                pending += subclasses_in((yield SubclassesOf(each.file, each.scope)))
        return found

    def _called_by_library(self, scope: Scope) -> bool:
        """Whether a decorator hands the function to a framework, which calls it with values of its own."""
        return any(name_behind_calls(decorator) not in self.libraries.decorators for decorator in scope.decorators)

    def _gathered(self, file: FileFacts, binding: Binding, key: str | None) -> ValuesThought:
        """What callers give under ``key`` to a ``**`` parameter."""
        scope = file.scopes[binding.scope]
        if key is not None and any(each.name == key and each is not binding for each in scope.parameters):
            return {}
        owner = file.enclosing_class(scope)
        called = owner if owner is not None and scope.name == "__init__" else scope
        callers = callers_in((yield CallersOf(file, called)))
        named = {each.name for each in scope.parameters}
        found: dict[Value, Question | None] = {}
        for caller in callers.calls:
            for argument in caller.call.arguments:
                if argument.keyword is not None and argument.keyword not in named and key in (None, argument.keyword):
                    found |= yield from self._ask(ValueOf(caller.file, argument.value))
                elif argument.expansion == "**":
                    found |= yield from self._expanded(caller.file, argument.value, key)
        if callers.handed_on or callers.more or not callers.calls or self._called_by_library(scope):
            found[ParameterValue(file, binding)] = None
        return found

    def _expanded(self, file: FileFacts, mapping: Expression, key: str | None) -> ValuesThought:
        holders = yield from self._ask(ValueOf(file, mapping))
        found: dict[Value, Question | None] = {}
        for holder in holders:
            if isinstance(holder, MappingValue):
                found |= yield from self._ask(ItemOf(holder.file, holder.node, key))
            elif not _is_nothing(holder):
                found[UnknownValue(file, mapping, "expanded from a mapping that is not visible")] = None
        return found

    def _callers_of(self, question: CallersOf) -> Thought:
        file, scope = question.file, question.scope
        is_class = scope.kind is ScopeKind.CLASS
        target: Value = ClassValue(file, scope) if is_class else FunctionValue(file, scope)
        calls: list[Caller] = []
        maybe: list[Caller] = []
        handed_on: list[Site] = []
        if scope.kind is ScopeKind.LAMBDA:
            return Callers()
        sites = self._sites(scope.name)
        is_method = not is_class and file.enclosing_class(scope) is not None
        if is_method and sum(isinstance(reference, Attribute) for _, reference in sites) > _TOO_COMMON:
            return Callers(more=True)
        for facts, reference in sites:
            parent = facts.parents.get(reference)
            called = isinstance(parent, Call) and parent.callee is reference
            values = values_in((yield ValueOf(facts, reference)))
            match = next((value for value in values if _is_same(value, target)), None)
            if match is not None:
                if called:
                    assert isinstance(parent, Call)
                    bound = is_class or (isinstance(match, FunctionValue) and match.bound)
                    calls.append(Caller(facts, parent, bound))
                elif _hands_on(facts, reference, is_class=is_class):
                    handed_on.append(Site(facts, reference))
            elif called and isinstance(reference, Attribute) and not is_class and _may_be(values):
                assert isinstance(parent, Call)
                maybe.append(Caller(facts, parent, file.enclosing_class(scope) is not None))
        if is_class:
            calls += yield from self._calls_of_own_class(file, scope)
            calls += yield from self._calls_of_subclasses(file, scope)
        return Callers(tuple(calls), tuple(handed_on), tuple(maybe))

    def _calls_of_own_class(self, file: FileFacts, scope: Scope) -> Generator[Question, Answer, list[Caller]]:
        """``cls(...)`` in a class method."""
        found: list[Caller] = []
        methods = [each for each in file.scopes if each.parent == scope.index and is_decorated(each, "classmethod")]
        for method in methods:
            for name in file.names.get(method.parameters[0].name, ()) if method.parameters else ():
                parent = file.parents.get(name)
                called = isinstance(parent, Call) and parent.callee is name
                if called and ClassValue(file, scope) in values_in((yield ValueOf(file, name))):
                    assert isinstance(parent, Call)
                    if not any(caller.call is parent for caller in found):
                        found.append(Caller(file, parent, True))
        return found

    def _sites(self, name: str) -> list[tuple[FileFacts, Expression]]:
        """The reads in the project that may mean the function or class ``name``."""
        if name not in self._named:
            found: dict[Expression, FileFacts] = {}
            pending, seen = [name], {name}
            while pending:
                each = pending.pop()
                for facts in self.project.facts_mentioning(each):
                    found.update(dict.fromkeys(references(facts, each), facts))
                    aliases = {binding.name for binding in facts.imports.get(each, ()) if binding.scope == 0} - seen
                    seen |= aliases
                    pending += sorted(aliases)
            self._named[name] = [(facts, reference) for reference, facts in found.items()]
        return self._named[name]

    def _calls_of_subclasses(self, file: FileFacts, scope: Scope) -> Generator[Question, Answer, list[Caller]]:
        """Makers of subclasses that do not define ``__init__``, and calls through ``super()``."""
        found: list[Caller] = []
        subclasses = subclasses_in((yield SubclassesOf(file, scope)))
        for subclass in subclasses:
            if "__init__" not in subclass.scope.bindings:
                found += callers_in((yield CallersOf(subclass.file, subclass.scope))).calls
                continue
            for attribute in subclass.file.attributes.get("__init__", ()):
                parent = subclass.file.parents.get(attribute)
                if not (isinstance(parent, Call) and parent.callee is attribute):
                    continue
                inside = any(each is subclass.scope for each in subclass.file.enclosing(parent.scope))
                if inside and isinstance(attribute.value, Call):
                    found.append(Caller(subclass.file, parent, True))
                elif inside:
                    found.append(Caller(subclass.file, parent, False))
        return found

    def _subclasses_of(self, question: SubclassesOf) -> Thought:
        target = ClassValue(question.file, question.scope)
        found: list[ClassValue] = []
        for facts, reference in self._sites(question.scope.name):
            derived = facts.deriving.get(reference, ())
            if derived and target in values_in((yield ValueOf(facts, reference))):
                found += [ClassValue(facts, facts.scopes[scope]) for scope in derived]
        return Subclasses(tuple(dict.fromkeys(found)))

    # Members

    def _member_of(self, question: MemberOf) -> Thought:
        """A member of an instance; _OUTSIDE stands for a base class outside the project, _UNDEFINED for no definition.

        Whether there is a definition is told by the code alone, not by what the definition gives: what a definition
        gives may still be open.
        """
        file, scope, name = question.file, question.scope, question.name
        found: dict[Value, Question | None] = {}
        defined = bool(scope.bindings.get(name))
        for binding in scope.bindings.get(name, ()):
            found |= yield from self._class_binding(file, binding)
        for facts in dict.fromkeys((file, *self.project.facts_assigning(name))):
            for member in facts.member_bindings.get(name, ()):
                if (yield from self._sets_member_of(facts, member, scope)):
                    defined = True
                    found |= yield from self._ask(ValueOf(facts, member.value))
        declared = any(binding.annotation is not None for binding in scope.bindings.get(name, ()))
        if declared and "__init__" not in scope.bindings:
            found |= yield from self._field(file, scope, name)
        bases = yield from self._ask(*(ValueOf(file, base) for base in scope.bases))
        others = [base for base in bases if isinstance(base, ClassValue) and base.scope is not scope]
        asked = [MemberOf(base.file, base.scope, name, False) for base in others]
        if question.overridden:
            subclasses = subclasses_in((yield SubclassesOf(file, scope)))
            asked += [MemberOf(subclass.file, subclass.scope, name, True) for subclass in subclasses]
        found |= yield from self._set_by_name(file, scope)
        for each in asked:
            values = yield from self._ask(each)
            defined = defined or _UNDEFINED not in values
            found |= {value: via for value, via in values.items() if value != _UNDEFINED}
        for base in bases:
            if isinstance(base, ExternalValue) and base.path != "builtins.object":
                found[_OUTSIDE] = None
            elif isinstance(base, UnknownValue):
                found[base] = None
        if not defined:
            found[_UNDEFINED] = None
        return found

    def _set_by_name(self, file: FileFacts, scope: Scope) -> ValuesThought:
        """``setattr(self, key, value)`` and ``self.__dict__.update(...)`` may set any member."""
        found: dict[Value, Question | None] = {}
        places: list[tuple[Expression, Expression]] = []
        for read in file.names.get("setattr", ()):
            call = file.parents.get(read)
            is_call = isinstance(call, Call) and call.callee is read and len(call.arguments) == 3
            if isinstance(call, Call) and is_call and not isinstance(call.arguments[1].value, Text):
                places.append((call, call.arguments[0].value))
        for attribute in file.attributes.get("__dict__", ()):
            parent = file.parents.get(attribute)
            if isinstance(parent, Attribute) and parent.name == "update":
                places.append((attribute, attribute.value))
        for place, holder in places:
            owners = values_in((yield ValueOf(file, holder)))
            if any(isinstance(owner, InstanceValue) and owner.scope is scope for owner in owners):
                found[UnknownValue(file, place, "members are set here by names that are not fixed")] = None
        return found

    def _class_binding(self, file: FileFacts, binding: Binding) -> ValuesThought:
        if binding.kind is not BindingKind.FUNCTION or binding.defines is None:
            return (yield from self._ask(Bound(file, binding)))
        scope = file.scopes[binding.defines]
        if is_decorated(scope, "property", "cached_property"):
            return (yield from self._ask(Returned(file, scope)))
        return {FunctionValue(file, scope, not is_decorated(scope, "staticmethod")): None}

    def _sets_member_of(
        self, file: FileFacts, member: MemberBinding, scope: Scope
    ) -> Generator[Question, Answer, bool]:
        owners = values_in((yield ValueOf(file, member.target.value)))
        return any(isinstance(owner, InstanceValue) and owner.scope is scope for owner in owners) or any(
            isinstance(owner, ClassValue) and owner.scope is scope for owner in owners
        )

    def _field(self, file: FileFacts, scope: Scope, name: str) -> ValuesThought:
        """A declared field of a class without ``__init__`` takes what its makers give by keyword or position."""
        fields = yield from self._fields(file, scope)
        callers = callers_in((yield CallersOf(file, scope)))
        found: dict[Value, Question | None] = {}
        for caller in callers.calls:
            value = caller.call.keyword(name)
            position = fields.index(name) if name in fields else len(fields)
            plain = [argument for argument in caller.call.arguments if argument.keyword is None]
            if value is None and position < len(plain) and not any(argument.expansion for argument in plain):
                value = plain[position].value
            if value is not None:
                found |= yield from self._ask(ValueOf(caller.file, value))
        return found

    def _fields(self, file: FileFacts, scope: Scope) -> Generator[Question, Answer, list[str]]:
        """The declared fields of a class, those of its base classes first."""
        bases = yield from self._ask(*(ValueOf(file, base) for base in scope.bases))
        found: list[str] = []
        for base in bases:
            if isinstance(base, ClassValue) and base.scope is not scope:
                found += yield from self._fields(base.file, base.scope)
        found += [
            each for each, bound in scope.bindings.items() if any(each_b.annotation is not None for each_b in bound)
        ]
        return list(dict.fromkeys(found))

    # Containers

    def _item_of(self, question: ItemOf) -> Thought:
        file, container, key = question.file, question.container, question.key
        if isinstance(container, SequenceDisplay):
            found = yield from self._ask(*(ValueOf(file, item) for item in container.items))
            for item in file.item_bindings:
                if (yield from self._sets_item_of(file, item, container)):
                    found |= yield from self._ask(ValueOf(file, item.value))
            return found
        found = {}
        if isinstance(container, Binding):
            found |= yield from self._gathered(file, container, key)
        elif isinstance(container, MappingDisplay):
            for entry in container.entries:
                if entry.key is None:
                    found |= yield from self._expanded(file, entry.value, key)
                elif isinstance(entry.key, Text) or key is None:
                    if key is None or (isinstance(entry.key, Text) and entry.key.value == key):
                        found |= yield from self._ask(ValueOf(file, entry.value))
                elif not isinstance(entry.key, Constant):
                    keys = yield from self._ask(ValueOf(file, entry.key))
                    if any(not isinstance(each, TextValue) or each.node.value == key for each in keys):
                        found |= yield from self._ask(ValueOf(file, entry.value))
        elif isinstance(container, Call):
            for argument in container.arguments:
                if argument.keyword is not None and key in (None, argument.keyword):
                    found |= yield from self._ask(ValueOf(file, argument.value))
                elif argument.keyword is None:
                    found |= yield from self._expanded(file, argument.value, key)
        found = {value: via for value, via in found.items() if value != MappingValue(file, container)}
        for item in file.item_bindings:
            if key is not None and isinstance(item.target.key, Text) and item.target.key.value != key:
                continue
            if (yield from self._sets_item_of(file, item, container)):
                if item.spread:
                    found |= yield from self._expanded(file, item.value, key)
                else:
                    found |= yield from self._ask(ValueOf(file, item.value))
        return found

    def _sets_item_of(
        self, file: FileFacts, item: ItemBinding, container: Expression | Binding
    ) -> Generator[Question, Answer, bool]:
        holders = values_in((yield ValueOf(file, item.target.value)))
        return any(isinstance(holder, (MappingValue, SequenceValue)) and holder.node is container for holder in holders)


def _calls_in(member: MemberValue) -> tuple[int, Value]:
    """How many calls lead to a member of a library's object, and what the chain starts at."""
    calls = 0
    owner: Value = member.owner
    while isinstance(owner, ResultValue):
        calls += 1
        owner = owner.member.owner if isinstance(owner.member, MemberValue) else owner.member
    return calls, owner


def _is_nothing(value: Value) -> bool:
    """A value that has no members and cannot be called, or one that callers give a value to that is known too."""
    return isinstance(value, ConstantValue) or (isinstance(value, ParameterValue) and value.supplied)


def _is_same(value: Value, target: Value) -> bool:
    if isinstance(value, FunctionValue) and isinstance(target, FunctionValue):
        return value.scope is target.scope
    return value == target


def _hands_on(facts: FileFacts, reference: Expression, *, is_class: bool) -> bool:
    """Whether a mention of a function or class lets it travel as a value."""
    here: Expression = reference
    while True:
        parent = facts.parents.get(here)
        if parent is None or isinstance(parent, Comparison):
            return False
        if isinstance(parent, Role):
            return parent.kind not in _DECLARING
        if isinstance(parent, Attribute):
            return not is_class and parent.name in _CALLING_MEMBERS
        if isinstance(parent, Call):
            return parent.callee is here or name_behind_calls(parent.callee) not in _CHECKS
        here = parent


def _may_be(values: Values) -> bool:
    return any(isinstance(value, UnknownValue) for value in values)


def _anchor(file: FileFacts, scope: Scope) -> Binding:
    """A place to report for a whole function or class: its own name's binding."""
    if scope.parent is not None:
        for binding in file.scopes[scope.parent].bindings.get(scope.name, ()):
            if binding.defines == scope.index:
                return binding
    return _MODULE_ANCHOR


def _described(question: Question) -> list[Step]:
    if isinstance(question, Bound):
        binding = question.binding
        what = f"{binding.name} (default)" if binding.kind is BindingKind.PARAMETER else binding.name
        if binding.kind is BindingKind.IMPORT:
            what = f"{binding.name} (import)"
        return [Step(question.file.path, question.file.line(binding.span), what)]
    if isinstance(question, Returned):
        return [Step(question.file.path, question.file.line(question.scope.span), f"{question.scope.name}()")]
    if isinstance(question, MemberOf):
        line = question.file.line(question.scope.span)
        return [Step(question.file.path, line, f"{question.scope.name}.{question.name}")]
    if isinstance(question, ItemOf) and question.key is not None:
        line = question.file.line(question.container.span)
        return [Step(question.file.path, line, f"[{question.key!r}]")]
    return []
