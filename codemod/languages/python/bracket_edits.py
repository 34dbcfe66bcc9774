"""Edits of one call or one mapping display, parsed alone with LibCST and put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.languages.python.brackets import (
    Brackets,
    Item,
    Layout,
    add,
    explode,
    last_line,
    physical_lines,
    remove,
    too_long,
)
from codemod.languages.python.literals import literal
from codemod.languages.python.refusal import Refusal
from codemod.languages.python.tokens import comments_in
from codemod.records import record

if TYPE_CHECKING:
    import libcst as cst


@record
class Put:
    """Give the argument or entry ``name`` this value: in place, or added as the last one."""

    name: str
    value: str


@record
class Drop:
    """Take the argument or entry ``name`` away."""

    name: str


@record
class Prepend:
    """Put these entries in front of all others."""

    entries: tuple[str, ...]


BracketEdit = Put | Drop | Prepend


def edit_brackets(text: str, edits: Sequence[BracketEdit], touched: frozenset[str], length: int, layout: Layout) -> str:
    """The call or mapping display ``text`` after ``edits``, in the style of what is there.

    ``touched`` names the items whose values have been rewritten already; ``length`` is that of the source before
    that, in characters. Brackets on one line are laid out anew only where they have grown. Raises Refusal where an
    item is missing, is there twice, or holds a comment that would be lost.
    """
    after = cut(text, layout.newline)
    one_line = after.one_line
    new: list[Item] = []
    for edit in edits:
        if isinstance(edit, Put):
            touched |= {edit.name}
            if any(item.name == edit.name for item in after.items):
                after = _put_in_place(after, edit)
            else:
                new.append(Item(edit.name, _head(after, edit.name, layout.quote), edit.value))
    if new:
        after = add(after, new, _end(after), layout)
    entries = [Item(None, "", entry) for edit in edits if isinstance(edit, Prepend) for entry in edit.entries]
    if entries:
        after = add(after, entries, 0, layout)
    # Last, so that what goes still shows the style.
    for edit in edits:
        if isinstance(edit, Drop):
            after = remove(after, _index(after, edit.name, "to remove"), layout.newline)
    if one_line and len(after.code) > length:
        after = _fit(after, layout)
    return _fit_values(after, touched, layout).code


def display(entries: Sequence[str], layout: Layout) -> str:
    """A new mapping display: on one line where that fits, else one entry a line."""
    items = [Item(None, "", entry) for entry in entries]
    return _fit(add(Brackets("{", "", (), "}"), items, 0, layout), layout).code


def _fit(brackets: Brackets, layout: Layout) -> Brackets:
    # The callee may stand over several lines; the brackets are on the last one.
    too_wide = too_long(physical_lines(brackets, layout)[-1:], layout.limit)
    return explode(brackets, layout) if too_wide and brackets.one_line and brackets.items else brackets


def _fit_values(brackets: Brackets, touched: frozenset[str], layout: Layout) -> Brackets:
    if not brackets.one_line:
        for index, item in enumerate(brackets.items):
            if item.name in touched:
                brackets = brackets.with_item(index, _fit_value(brackets, index, layout))
    return brackets


def _fit_value(brackets: Brackets, index: int, layout: Layout) -> Item:
    """A mapping display of ours that makes its line too long goes over several lines."""
    item = brackets.items[index]
    if not item.value.startswith("{") or last_line(item.value) != item.value:
        return item
    before = layout.before + brackets.opening + brackets.lead
    before = last_line(before + "".join(each.code for each in brackets.items[:index]) + item.head)
    after = "" if item.before_comma is None else ","
    if not too_long([before + item.value + after], layout.limit):
        return item
    inside = replace(layout, before=before, after=after)
    try:
        value = cut(item.value, layout.newline)
    except Refusal:
        return item
    return replace(item, value=explode(value, inside).code) if value.items else item


def _put_in_place(brackets: Brackets, edit: Put) -> Brackets:
    index = _index(brackets, edit.name, "to set")
    item = brackets.items[index]
    if comments_in(item.value):
        raise Refusal(f"the value of {edit.name} holds a comment that would be lost")
    return brackets.with_item(index, replace(item, value=edit.value))


def _index(brackets: Brackets, name: str, purpose: str) -> int:
    found = [index for index, item in enumerate(brackets.items) if item.name == name]
    if len(found) != 1:
        raise Refusal(f"there is {'more than one' if found else 'no'} {name} {purpose}")
    return found[0]


def _end(brackets: Brackets) -> int:
    """Where a new item goes: behind all, in a call in front of a trailing ``**``."""
    end = len(brackets.items)
    while brackets.closing == ")" and end and brackets.items[end - 1].unpacks:
        end -= 1
    return end


def _head(brackets: Brackets, name: str, quote: str) -> str:
    return f"{name}=" if brackets.closing == ")" else f"{literal(name, quote)}: "


def cut(text: str, newline: str) -> Brackets:
    """Cut the source of one call or mapping display into its items.

    Raises Refusal for anything else, and where putting the pieces together does not give ``text`` again.
    """
    import libcst as cst  # noqa: PLC0415 - dear, and most files need no such edit

    module = cst.Module([], default_newline=newline)
    wrapped = f"({text})"
    try:
        expression = cst.parse_expression(wrapped, config=cst.PartialParserConfig(default_newline=newline))
    except cst.ParserSyntaxError:
        raise Refusal("LibCST cannot parse the expression") from None
    if isinstance(expression, cst.Call):
        brackets = _cut_call(expression, module)
    elif isinstance(expression, cst.Dict):
        brackets = _cut_mapping(expression, module)
    else:
        raise Refusal("the expression is neither a call nor a mapping display")
    if brackets.code != text or module.code_for_node(expression) != wrapped:
        raise Refusal("LibCST does not give the expression back as it was")
    return brackets


def _cut_call(call: cst.Call, module: cst.Module) -> Brackets:
    code = module.code_for_node
    items = []
    for arg in call.args:
        keyword = arg.keyword.value if arg.keyword else None
        head = arg.star + code(arg.whitespace_after_star) + (keyword or "") + _code(arg.equal, module)
        before_comma, after = _comma(arg.comma, module)
        after += code(arg.whitespace_after_arg)
        items.append(Item(keyword, head, code(arg.value), before_comma, after, arg.star == "**"))
    opening = code(call.func) + code(call.whitespace_after_func) + "("
    return Brackets(opening, code(call.whitespace_before_args), tuple(items), ")")


def _cut_mapping(mapping: cst.Dict, module: cst.Module) -> Brackets:
    import libcst as cst  # noqa: PLC0415

    code = module.code_for_node
    items = []
    for element in mapping.elements:
        before_comma, after = _comma(element.comma, module)
        if isinstance(element, cst.DictElement):
            gaps = code(element.whitespace_before_colon) + ":" + code(element.whitespace_after_colon)
            head, name = code(element.key) + gaps, _text(element.key)
        else:
            assert isinstance(element, cst.StarredDictElement)
            head, name = "**" + code(element.whitespace_before_value), None
        items.append(Item(name, head, code(element.value), before_comma, after, head.startswith("**")))
    brackets = Brackets("{", code(mapping.lbrace.whitespace_after), tuple(items), "}")
    end = len(items)
    return brackets.with_gap_before(end, brackets.gap_before(end) + code(mapping.rbrace.whitespace_before))


def _text(key: cst.BaseExpression) -> str | None:
    import libcst as cst  # noqa: PLC0415

    value = key.evaluated_value if isinstance(key, cst.SimpleString | cst.ConcatenatedString) else None
    return value if isinstance(value, str) else None


def _comma(comma: cst.Comma | cst.MaybeSentinel, module: cst.Module) -> tuple[str | None, str]:
    import libcst as cst  # noqa: PLC0415

    if isinstance(comma, cst.MaybeSentinel):
        return None, ""
    return module.code_for_node(comma.whitespace_before), module.code_for_node(comma.whitespace_after)


def _code(node: cst.AssignEqual | cst.MaybeSentinel, module: cst.Module) -> str:
    import libcst as cst  # noqa: PLC0415

    return "" if isinstance(node, cst.MaybeSentinel) else module.code_for_node(node)
