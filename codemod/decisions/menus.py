"""Menus: fixed lists of ids of which one is chosen and sent as the model.

A list and what checks or shows it belong together, so neither is changed alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from codemod.decisions.context import Context
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
    Scope,
    ScopeKind,
    SequenceDisplay,
    Subscript,
    Text,
)
from codemod.provenance.questions import Bound, MemberOf, Question
from codemod.provenance.values import (
    ExternalValue,
    MappingValue,
    MemberValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    SequenceValue,
    TextValue,
    Value,
)

_ENUMERATIONS = frozenset({"Enum", "StrEnum"})
_VALIDATORS = frozenset({"field_validator", "validator"})
_PICKERS = frozenset(
    {"selectbox", "select_slider", "radio", "multiselect", "pills", "segmented_control", "Dropdown", "Radio", "Select"}
)


@dataclass(frozen=True, slots=True)
class Menu:
    """A fixed list with ids of OpenAI's in it; ``node`` is the place to report."""

    file: FileFacts
    node: Expression | Binding
    example: str


def menu_of_text(text: TextValue) -> Menu | None:
    """The annotation that restricts the parameter or field whose default is this literal."""
    parent = text.file.parents.get(text.node)
    for binding in parent.bindings if isinstance(parent, Role) else ():
        if binding.annotation is not None and _names_literal(_meant(text.file, binding.annotation)):
            return Menu(text.file, binding.annotation, text.node.value)
    return None


def menu_on_the_way(question: Question) -> Menu | None:
    """The menu that a value passes: a restricted parameter or field, an enumeration, a validated field."""
    if isinstance(question, MemberOf):
        bindings = question.scope.bindings.get(question.name, ())
        if any(_names_literal(each.annotation) for each in bindings if each.annotation is not None):
            declared = next(each.annotation for each in bindings if each.annotation is not None)
            return Menu(question.file, declared, question.name)
        if _is_validated(question.scope, question.file, question.name):
            return Menu(question.file, bindings[0], question.name) if bindings else None
    if isinstance(question, Bound):
        binding, file = question.binding, question.file
        annotation = binding.annotation
        if annotation is not None and _names_literal(_meant(file, annotation)):
            return Menu(file, annotation, binding.name)
        home = file.scopes[binding.scope]
        if home.kind is ScopeKind.CLASS and any(last_name(base) in _ENUMERATIONS for base in home.bases):
            return Menu(file, binding, binding.name)
        if home.kind is ScopeKind.CLASS and _is_validated(home, file, binding.name):
            return Menu(file, binding, binding.name)
    return None


def _is_validated(scope: Scope, file: FileFacts, name: str) -> bool:
    """Whether a class checks its field ``name`` with a validator."""
    for inner in file.scopes:
        if inner.parent != scope.index:
            continue
        for decorator in inner.decorators:
            if isinstance(decorator, Call) and last_name(decorator.callee) in _VALIDATORS:
                fields = [each.value for each in decorator.arguments if isinstance(each.value, Text)]
                if any(isinstance(field, Text) and field.value == name for field in fields):
                    return True
    return False


def _meant(file: FileFacts, annotation: Expression) -> Expression:
    """What an alias of a type stands for."""
    if isinstance(annotation, Name):
        for binding in file.lookup(annotation.id, annotation.scope):
            if binding.kind is BindingKind.ASSIGNMENT and binding.value is not None:
                return binding.value
    return annotation


def menu_of_value(context: Context, value: Value) -> Menu | None:
    """The menu that a value of the user interface or the command line is chosen from."""
    if isinstance(value, (ProductValue, ResultValue)):
        return _picked(context, value.file, value.call)
    if isinstance(value, MemberValue) and isinstance(value.owner, (ResultValue, ProductValue)):
        return _parsed(context, value.owner.file, value.names[-1])
    if isinstance(value, ParameterValue):
        return _commanded(context, value)
    return None


def _picked(context: Context, file: FileFacts, call: Call) -> Menu | None:
    """``st.selectbox("Model", ["gpt-4o", …])``."""
    if last_name(call.callee) not in _PICKERS:
        return None
    for argument in call.arguments:
        example = _id_in(context, file, argument.value)
        if example:
            return Menu(file, call, example)
    return None


def _parsed(context: Context, file: FileFacts, name: str) -> Menu | None:
    """``parser.add_argument("--model", choices=[…])``, read as ``args.model``."""
    for call in file.calls:
        if not (isinstance(call.callee, Attribute) and call.callee.name == "add_argument"):
            continue
        flags = [
            each.value for each in call.arguments if isinstance(each.value, Text) and each.keyword in (None, "dest")
        ]
        choices = call.keyword("choices")
        if choices is not None and any(_option_name(flag.value) == name for flag in flags if isinstance(flag, Text)):
            example = _id_in(context, file, choices)
            if example:
                return Menu(file, choices, example)
    return None


def _commanded(context: Context, value: ParameterValue) -> Menu | None:
    """``@click.option("--model", type=click.Choice([…]))``."""
    file, scope = value.file, value.file.scopes[value.binding.scope]
    for decorator in scope.decorators:
        if not isinstance(decorator, Call):
            continue
        flags = [each.value for each in decorator.arguments if isinstance(each.value, Text) and each.keyword is None]
        if not any(_option_name(flag.value) == value.binding.name for flag in flags if isinstance(flag, Text)):
            continue
        kind = decorator.keyword("type")
        if isinstance(kind, Call):
            for argument in kind.arguments:
                example = _id_in(context, file, argument.value)
                if example:
                    return Menu(file, kind, example)
    annotation = value.binding.annotation
    if annotation is not None and _names_literal(annotation):
        return Menu(file, annotation, value.binding.name)
    return None


def _option_name(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_")


def _id_in(context: Context, file: FileFacts, expression: Expression) -> str:
    """The first id of OpenAI's in a visible list or mapping of choices."""
    for value in context.values(file, expression):
        if isinstance(value, SequenceValue) and isinstance(value.node, SequenceDisplay):
            for item in value.node.items:
                if isinstance(item, Text) and context.catalogue.is_openai_id(item.value):
                    return item.value
        elif isinstance(value, MappingValue):
            for entry in getattr(value.node, "entries", ()):
                for part in (entry.key, entry.value):
                    if isinstance(part, Text) and context.catalogue.is_openai_id(part.value):
                        return part.value
        elif isinstance(value, ExternalValue):
            continue
    return ""


def _names_literal(annotation: Expression) -> bool:
    if isinstance(annotation, Subscript):
        name = last_name(annotation.value)
        return name == "Literal" or (name in ("Optional", "Annotated") and _names_literal(annotation.key))
    parts: tuple[Expression, ...] = getattr(annotation, "parts", ()) or getattr(annotation, "items", ())
    return any(_names_literal(part) for part in parts)
