"""Menus: fixed lists of ids of which one is chosen and sent as the model.

A list and what checks or shows it belong together, so neither is changed alone. A default belongs to the list of
what it is the default of, whether the list stands in a type, in an option of the command line or in a validator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codemod.decisions.context import Context
from codemod.decisions.enumerations import is_chosen_from, is_enumeration
from codemod.decisions.expressions import outermost
from codemod.decisions.slots import Slot
from codemod.findings import Step
from codemod.provenance.calls import last_name
from codemod.provenance.commands import option_names
from codemod.provenance.facts import (
    Attribute,
    Binding,
    Call,
    Comprehension,
    Expression,
    FileFacts,
    MappingDisplay,
    Name,
    Opaque,
    Role,
    Scope,
    ScopeKind,
    SequenceDisplay,
    Subscript,
    Text,
)
from codemod.provenance.questions import Bound, MemberOf, Question, ValueOf
from codemod.provenance.values import (
    ClassValue,
    EnumMemberValue,
    FunctionValue,
    InstanceValue,
    MappingValue,
    MemberValue,
    OptionValue,
    ParameterValue,
    ProductValue,
    ResultValue,
    SequenceValue,
    SettingValue,
    TextValue,
    UnknownValue,
    Value,
)
from codemod.records import record

# Decorators that check a field which they name, and attrs's, which is a member of the field.
_VALIDATORS = frozenset({"field_validator", "validator", "validates"})
_PICKERS = frozenset(
    {"selectbox", "select_slider", "radio", "multiselect", "pills", "segmented_control", "Dropdown", "Radio", "Select"}
)
# Calls that declare an option of the command line, or a field or parameter of a library's.
_DECLARING = frozenset(
    {
        "Argument",
        "Body",
        "Cookie",
        "Field",
        "Form",
        "Header",
        "Option",
        "Path",
        "Query",
        "StringConstraints",
        "add_argument",
        "add_option",
        "argument",
        "attrib",
        "constr",
        "field",
        "ib",
        "option",
    }
)
# Their arguments that list or check what may be given; ``type`` may also only convert it.
_CHECKING = ("choices", "enum", "pattern", "regex", "callback", "validate", "validator", "click_type", "type", "parser")
_CONVERTING = frozenset({"type", "click_type", "parser", "callback"})
# Validators of attrs that do not look at the text.
_BLIND = frozenset({"instance_of", "min_len", "max_len", "is_callable"})
_LITERAL = "Literal"


@record
class Menu:
    """A fixed list with ids of OpenAI's in it; ``node`` is the place to report, ``listed`` where the list stands."""

    file: FileFacts
    node: Expression | Binding
    example: str
    listed: tuple[Step, ...] = ()


def menu_of_literal(context: Context, text: TextValue, slots: Iterable[Slot]) -> Menu | None:
    """The menu that a literal belongs to, by its own place or by one that it passes on its way to ``slots``."""
    own = _menu_around(context, text.file, text.node)
    if own is not None:
        return own
    for slot in slots:
        for question in context.origins.path(slot.file, slot.node, text):
            found = _menu_on_the_way(context, question)
            if found is not None:
                return found
    return None


def menu_of_value(context: Context, value: Value) -> Menu | None:
    """The menu that a value is chosen from which is no literal: in a user interface, by a caller, by its type."""
    if isinstance(value, (ProductValue, ResultValue)):
        return _picked(context, value.file, value.call)
    if isinstance(value, MemberValue) and isinstance(value.owner, (ResultValue, ProductValue)):
        return _parsed(context, value.owner.file, value.names[-1])
    if isinstance(value, MemberValue):
        return menu_of_value(context, value.owner)
    if isinstance(value, (EnumMemberValue, InstanceValue, ClassValue)):
        return _menu_of_class(context, value.file, value.scope)
    if isinstance(value, OptionValue):
        return _menu_of_option(context, value)
    if isinstance(value, (ParameterValue, SettingValue)):
        return _menu_of_binding(context, value.file, value.binding)
    if isinstance(value, UnknownValue) and isinstance(value.node, (Attribute, Subscript)):
        return _menu_by_type(context, value.file, value.node)
    if isinstance(value, UnknownValue) and isinstance(value.node, Name):
        return _enumeration_in(context, value.file, value.node)
    return None


# Literals


def _menu_on_the_way(context: Context, question: Question) -> Menu | None:
    if isinstance(question, MemberOf):
        bindings = question.scope.bindings.get(question.name, ())
        found = (_menu_of_binding(context, question.file, binding) for binding in bindings)
        return next((menu for menu in found if menu is not None), None)
    if isinstance(question, Bound):
        return _menu_of_binding(context, question.file, question.binding)
    if isinstance(question, ValueOf):
        return _menu_around(context, question.file, question.expression)
    return None


def _menu_around(context: Context, file: FileFacts, node: Expression) -> Menu | None:
    """The menu of what an expression is the default of."""
    parent = file.parents.get(node)
    if isinstance(parent, Call) and parent.callee is not node:
        found = _checked_by(context, file, parent, _id_or_nothing(context, node))
        if found is not None or not _declares(context, file, parent):
            return found
        parent = file.parents.get(parent)
    for binding in parent.bindings if isinstance(parent, Role) else ():
        found = None if binding.route else _menu_of_binding(context, file, binding)
        if found is not None:
            return found
    return None


def _menu_of_binding(context: Context, file: FileFacts, binding: Binding) -> Menu | None:
    """The list that a parameter, field, constant or member of an enumeration takes its value from."""
    home = file.scopes[binding.scope]
    if is_enumeration(home):
        return _menu_of_class(context, file, home)
    example = _default_of(context, binding) or binding.name
    found = _menu_of_type(context, file, binding.annotation, example)
    if found is None and isinstance(binding.value, Call):
        found = _checked_by(context, file, binding.value, example)
    if found is None and home.kind is ScopeKind.CLASS and _is_validated(context, file, home, binding.name):
        found = Menu(file, binding, example)
    return found


# Types


def _menu_of_type(context: Context, file: FileFacts, annotation: Expression | None, example: str) -> Menu | None:
    """The menu that a type is: a ``Literal``, an enumeration, a text with a pattern."""
    if annotation is None:
        return None
    for part in _parts_of_type(annotation):
        if _is_literal(part) or any(
            isinstance(value, UnknownValue) and _is_literal(value.node) for value in _meanings(context, file, part)
        ):
            return Menu(file, annotation, _ids_below(context, file, part) or example)
        if isinstance(part, Call):
            name = last_name(part.callee)
            if name.endswith("Validator"):
                return Menu(file, part, example)
            found = _checked_by(context, file, part, example)
            if found is not None:
                return found
        for value in _meanings(context, file, part):
            if isinstance(value, ClassValue):
                found = _menu_of_class(context, value.file, value.scope)
                if found is not None:
                    return found
    return None


def _parts_of_type(annotation: Expression) -> Iterator[Expression]:
    """The types and descriptions in an annotation: ``Model`` and ``Field()`` of ``Annotated[Model, Field()]``."""
    if _is_literal(annotation) or not isinstance(annotation, (Subscript, SequenceDisplay, Opaque)):
        yield annotation
        return
    inner: tuple[Expression, ...]
    if isinstance(annotation, Subscript):
        inner = (annotation.key,)
    else:
        inner = annotation.items if isinstance(annotation, SequenceDisplay) else annotation.parts
    for part in inner:
        yield from _parts_of_type(part)


def _is_literal(part: Expression | Binding) -> bool:
    return isinstance(part, Subscript) and last_name(part.value) == _LITERAL


def _meanings(context: Context, file: FileFacts, part: Expression) -> tuple[Value, ...]:
    """What a name in an annotation stands for."""
    return context.values(file, part) if isinstance(part, (Name, Attribute)) else ()


def _ids_below(context: Context, file: FileFacts, part: Expression) -> str:
    """The first id of OpenAI's in a ``Literal``, under another name too."""
    for value in _meanings(context, file, part):
        if isinstance(value, UnknownValue) and isinstance(value.node, Subscript):
            return _ids_below(context, value.file, value.node)
    if not isinstance(part, Subscript):
        return ""
    listed = part.key.items if isinstance(part.key, SequenceDisplay) else (part.key,)
    return next(
        (text.value for text in listed if isinstance(text, Text) and context.catalogue.is_openai_id(text.value)), ""
    )


def _menu_of_class(context: Context, file: FileFacts, scope: Scope) -> Menu | None:
    """The enumeration, at its first id, if something chooses from it."""
    if not is_enumeration(scope):
        return None
    for bindings in scope.bindings.values():
        for binding in bindings:
            example = _default_of(context, binding)
            if example:
                return Menu(file, binding, example) if is_chosen_from(context, file, scope) else None
    return None


def _menu_by_type(context: Context, file: FileFacts, node: Attribute | Subscript) -> Menu | None:
    """The menu behind ``question.model``, ``model.value`` or ``Model[name]``, where only types tell what that is."""
    for value in context.values(file, node.value):
        if isinstance(value, (ClassValue, OptionValue)):
            found = menu_of_value(context, value)
            if found is not None:
                return found
    for each in (node, node.value):
        for facts, binding in _declared(context, file, each):
            found = _menu_of_binding(context, facts, binding)
            if found is not None:
                return found
    return None


def _declared(context: Context, file: FileFacts, node: Expression) -> Iterator[tuple[FileFacts, Binding]]:
    """The parameters and fields that an expression reads, by the types that are declared."""
    if isinstance(node, Name):
        for value in context.values(file, node):
            if isinstance(value, ParameterValue):
                yield value.file, value.binding
    elif isinstance(node, Attribute):
        owners = [each for each in context.values(file, node.value) if isinstance(each, (InstanceValue, ClassValue))]
        scopes: list[tuple[FileFacts, Scope]] = [(each.file, each.scope) for each in owners]
        for facts, binding in _declared(context, file, node.value):
            if binding.annotation is not None:
                for part in _parts_of_type(binding.annotation):
                    classes = (each for each in _meanings(context, facts, part) if isinstance(each, ClassValue))
                    scopes += [(each.file, each.scope) for each in classes]
        for facts, scope in scopes:
            yield from ((facts, binding) for binding in scope.bindings.get(node.name, ()))


# Declarations


def _menu_of_option(context: Context, value: OptionValue) -> Menu | None:
    """``add_argument("--model", choices=[…])``, ``click.option("--model", type=click.Choice([…]))``, typer's."""
    file, call = value.file, value.call
    default = call.keyword("default") or next((each.value for each in call.arguments if each.keyword is None), None)
    found = _checked_by(context, file, call, "" if default is None else _id_or_nothing(context, default))
    if found is not None:
        return found
    annotation, role = outermost(file, call)
    for binding in role.bindings if role is not None else ():
        menu = _menu_of_type(
            context, file, binding.annotation or annotation, _default_of(context, binding) or binding.name
        )
        if menu is not None:
            return menu
    return None


def _checked_by(context: Context, file: FileFacts, call: Call, example: str) -> Menu | None:
    """The argument of a declaration that lists or checks what may be given."""
    if not _declares(context, file, call):
        return None
    for name in _CHECKING:
        check = call.keyword(name)
        if check is not None and _looks_at_text(context, file, name, check):
            shown = _id_in(context, file, check) or example
            return _enumeration_in(context, file, check) or (Menu(file, check, shown) if shown else None)
    return None


def _enumeration_in(context: Context, file: FileFacts, check: Expression) -> Menu | None:
    """``choices=list(Model)``, ``type=Model``, ``click.Choice([each.value for each in Model])``."""
    if isinstance(check, Call):
        parts = tuple(argument.value for argument in check.arguments)
    else:
        parts = tuple(clause.iterable for clause in check.clauses) if isinstance(check, Comprehension) else ()
    for value in context.values(file, check) if not parts else ():
        found = _menu_of_class(context, value.file, value.scope) if isinstance(value, ClassValue) else None
        if found is not None:
            return found
    return next(filter(None, (_enumeration_in(context, file, part) for part in parts)), None)


def _declares(context: Context, file: FileFacts, call: Call) -> bool:
    if last_name(call.callee) not in _DECLARING:
        return False
    return not any(isinstance(value, (FunctionValue, ClassValue)) for value in context.values(file, call.callee))


def _looks_at_text(context: Context, file: FileFacts, name: str, check: Expression) -> bool:
    """Whether an argument that may check what is given does so."""
    if name in _CONVERTING:
        if isinstance(check, Call):
            return last_name(check.callee) == "Choice"
        return any(isinstance(value, (FunctionValue, ClassValue)) for value in context.values(file, check))
    if name == "validator":
        return _validates(check)
    return True


def _validates(validator: Expression) -> bool:
    if isinstance(validator, SequenceDisplay):
        return any(_validates(each) for each in validator.items)
    if isinstance(validator, Call):
        if last_name(validator.callee) in ("optional", "and_"):
            return any(_validates(argument.value) for argument in validator.arguments)
        return last_name(validator.callee) not in _BLIND
    return True


def _is_validated(context: Context, file: FileFacts, scope: Scope, name: str) -> bool:
    """Whether a class or one that it derives from checks its field ``name`` with a validator."""
    return any(
        inner.parent == owner.scope.index and any(_checks(decorator, name) for decorator in inner.decorators)
        for owner in context.origins.lineage(file, scope)
        for inner in owner.file.scopes
    )


def _checks(decorator: Expression, name: str) -> bool:
    """``@field_validator("model")``, and attrs's ``@model.validator``."""
    if isinstance(decorator, Attribute):
        return decorator.name == "validator" and last_name(decorator.value) == name
    if not isinstance(decorator, Call) or last_name(decorator.callee) not in _VALIDATORS:
        return False
    return any(isinstance(each.value, Text) and each.value.value in (name, "*") for each in decorator.arguments)


# User interfaces


def _picked(context: Context, file: FileFacts, call: Call) -> Menu | None:
    """``st.selectbox("Model", ["gpt-4o", …])``."""
    if last_name(call.callee) not in _PICKERS:
        return None
    for argument in call.arguments:
        example = _id_in(context, file, argument.value)
        listed = tuple(
            Step(value.file.path, value.file.line(value.node.span), "the list")
            for value in context.values(file, argument.value)
            if isinstance(value, (SequenceValue, MappingValue))
        )
        found = Menu(file, call, example, listed) if example else _enumeration_in(context, file, argument.value)
        if found is not None:
            return found
    return None


def _parsed(context: Context, file: FileFacts, name: str) -> Menu | None:
    """``args.model``, where the parser is not followed: by an option of this name in the same file."""
    for call in file.calls:
        declares = isinstance(call.callee, Attribute) and call.callee.name in ("add_argument", "add_option")
        choices = call.keyword("choices")
        if declares and choices is not None and name in option_names(call):
            example = _id_in(context, file, choices)
            if example:
                return Menu(file, choices, example)
    return None


def _id_in(context: Context, file: FileFacts, expression: Expression) -> str:
    """The first id of OpenAI's in a visible list or mapping of choices, or in what lists its arguments."""
    if isinstance(expression, Call):
        inner = (_id_in(context, file, argument.value) for argument in expression.arguments)
        return next(filter(None, inner), "")
    for value in context.values(file, expression):
        parts: list[Expression | None] = []
        if isinstance(value, SequenceValue) and isinstance(value.node, SequenceDisplay):
            parts = list(value.node.items)
        elif isinstance(value, MappingValue) and isinstance(value.node, MappingDisplay):
            parts = [part for entry in value.node.entries for part in (entry.key, entry.value)]
        for part in parts:
            if isinstance(part, Text) and context.catalogue.is_openai_id(part.value):
                return part.value
    return ""


def _default_of(context: Context, binding: Binding) -> str:
    """The id of OpenAI's that a parameter, field or member has of itself; "" if it has none."""
    given = binding.value
    if isinstance(given, Call):
        given = given.keyword("default") or next((each.value for each in given.arguments if each.keyword is None), None)
    return "" if given is None else _id_or_nothing(context, given)


def _id_or_nothing(context: Context, node: Expression) -> str:
    return node.value if isinstance(node, Text) and context.catalogue.is_openai_id(node.value) else ""
