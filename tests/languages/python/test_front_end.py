"""What the Python front end says about a file: every expression at its exact place, in its scope, with its role."""

from __future__ import annotations

import ast
import itertools
import sys
import sysconfig
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from codemod.languages.python.front_end import read_facts
from codemod.provenance.facts import (
    Attribute,
    Binding,
    BindingKind,
    Call,
    Choice,
    Comparison,
    Comprehension,
    Constant,
    Expression,
    FileFacts,
    FunctionExpression,
    MappingDisplay,
    Name,
    Opaque,
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
from codemod.rewrites import Span
from codemod.source import Lines, Source
from tests.expressions import children, parents_of


def facts_of(text: str) -> FileFacts:
    return read_facts(Source(Path("module.py"), text.encode(), "utf-8", False))


def source(facts: FileFacts, at: Expression | Binding | Role | Scope | Span) -> str:
    span = at if isinstance(at, Span) else at.statement if isinstance(at, Role) else at.span
    return facts.text[span.start : span.end]


def sources(facts: FileFacts, found: Iterator[Expression] | tuple[Expression, ...]) -> list[str]:
    return [source(facts, each) for each in found]


def value_of(facts: FileFacts, name: str) -> Expression:
    (binding,) = facts.scopes[0].bindings[name]
    assert binding.value is not None
    return binding.value


def kinds(facts: FileFacts, name: str, scope: int = 0) -> list[BindingKind]:
    return [binding.kind for binding in facts.scopes[scope].bindings.get(name, ())]


def roles(facts: FileFacts, text: str) -> list[RoleKind]:
    """The roles of the outermost expressions that read ``text``."""
    held = ((node, up) for node, up in parents_of(facts).items() if isinstance(up, Role))
    return [up.kind for node, up in held if source(facts, node) == text]


# Places.

EXPRESSIONS = {
    Text: ["'a'", '"é☕"', "r'a\\n'", "u'a'", "'''a\nb'''", "'a' 'b'"],
    Constant: ["None", "True", "1_000", "1.5e3", "2j", "b'a'", "..."],
    Name: ["name", "ñame", "名前"],
    Attribute: ["a.b", "a.é.c", "a . b", "a(\n).b"],
    Call: ["f()", "f(a, *b, c=d, **e)", "f(\n    'é',\n)", "f(x for x in y)", "a.b(1)(2)", "(f)(1)"],
    MappingDisplay: ["{}", "{'é': a, **b}", "{\n    'a': 1,\n}"],
    SequenceDisplay: ["[]", "[a, *b]", "(a, b)", "()", "{a, b}", "a, b"],
    Choice: ["a or b or c", "a and b", "a if 'é' else c"],
    Template: ["f'a'", "f'{a}é{b!r}'", "f'{a:>{4}}'", "'a' f'{b}'", "f'''\n{a}\n'''"],
    Subscript: ["a[b]", "a['é'][1]", "a[1:2]", "a[b, c]"],
    Comparison: ["a == b", "a < 'é' <= c", "a not in b", "a is None"],
    Wrapped: ["(b := c)"],
    FunctionExpression: ["lambda: 1", "lambda a, *b, c='é', **d: a"],
    Comprehension: ["[a for a in b]", "{a for a in b if c}", "{a: b for a, b in c}", "(a for a in b for c in a)"],
    Opaque: ["not a", "-a", "a + 'é'", "a % b", "a @ b", "a << b", "~a"],
}


@pytest.mark.parametrize(
    ("kind", "expression"), [(kind, each) for kind, found in EXPRESSIONS.items() for each in found]
)
@pytest.mark.parametrize(
    "before", ["", "# é ☕ \U0001d4b3\n", "if 1:\n\tpass\n\f\n", "x = 'é\u2028☕'; ", '"""\f\x85"""; ']
)
def test_the_span_is_the_source_of_the_expression(kind: type, expression: str, before: str) -> None:
    written = expression if kind is not Wrapped else expression[1:-1]
    for newline in ("\n", "\r\n", "\r"):
        facts = facts_of(f"{before}held = {expression} # é\n".replace("\n", newline))
        value = value_of(facts, "held")
        assert type(value) is kind
        assert source(facts, value) == written.replace("\n", newline)
        for node, up in parents_of(facts).items():
            if type(node) is Name and not isinstance(up, Template):
                assert source(facts, node) == node.id
            if type(node) is Attribute:
                assert source(facts, node).endswith(node.name)


def test_parentheses_do_not_belong_to_the_expression() -> None:
    facts = facts_of("a = ( 'x' )\nb = (\n    c\n)\n")
    assert source(facts, value_of(facts, "a")) == "'x'"
    assert source(facts, value_of(facts, "b")) == "c"


def test_await_is_wrapped() -> None:
    facts = facts_of("async def f():\n    a = await b.c('é')\n")
    (binding,) = facts.scopes[1].bindings["a"]
    assert isinstance(binding.value, Wrapped)
    assert source(facts, binding.value) == "await b.c('é')"
    assert source(facts, binding.value.value) == "b.c('é')"


def test_pieces_of_a_template_carry_its_span_and_are_not_editable() -> None:
    facts = facts_of("a = 'é' + f'{b} c {d.e(\"x\")}'\n")
    template = next(node for node in parents_of(facts) if isinstance(node, Template))
    assert source(facts, template) == "f'{b} c {d.e(\"x\")}'"
    inside = [node for node, up in parents_of(facts).items() if isinstance(up, Template)]
    assert inside
    assert all(node.span == template.span for node in inside)
    assert [text.editable for text in facts.texts] == [True, False, False]


@pytest.mark.parametrize(
    ("literal", "editable"),
    [
        ("'a'", True),
        ('"a"', True),
        ("'''a'''", True),
        ('"""a\n"b" """', True),
        ("''''a'''", True),
        ("''", True),
        ("r'\\d'", True),
        ("U'a'", True),
        ("'a\\\n b'", True),
        ("'it\\'s'", True),
        ("'a' 'b'", False),
        ("'a'\t'b'", False),
        ("('a'\n 'b')", False),
        ("'' ''", False),
        ("'a' \"b\"", False),
        ("'a' '''b'''", False),
        ("'a' \\\n 'b'", False),
        ("r'a' 'b'", False),
    ],
)
def test_only_one_plain_literal_is_editable(literal: str, editable: bool) -> None:
    (text,) = facts_of(f"a = {literal}\n").texts
    assert text.editable is editable
    assert text.value == ast.literal_eval(literal)


def test_statements_and_bindings_have_exact_places() -> None:
    facts = facts_of("é = 1; from a import (\n    b as ç,\n)\nclass D: pass\ndef f(g: h = 1): pass\n")
    found = {name: source(facts, bound[0]) for name, bound in facts.scopes[0].bindings.items()}
    assert found == {"é": "é = 1", "ç": "b as ç", "D": "class D: pass", "f": "def f(g: h = 1): pass"}
    assert source(facts, facts.scopes[2].parameters[0]) == "g: h"


@pytest.mark.parametrize("text", ["", "\n", "# é", "\f", "\r\n\r\n", "pass"])
def test_files_without_expressions(text: str) -> None:
    facts = facts_of(text)
    assert not facts.outermost
    assert len(facts.scopes) == 1


@pytest.mark.parametrize("text", ["a =", "print 'x'", "def f(:", "'", "  a"])
def test_what_cannot_be_parsed_is_raised(text: str) -> None:
    with pytest.raises(SyntaxError):
        facts_of(text)


# Scopes.


def test_scopes_and_their_parents() -> None:
    facts = facts_of("class A:\n    def b(self):\n        return lambda: [c for c in d]\nasync def e(): yield\n")
    assert [(scope.kind.name, scope.name, scope.parent) for scope in facts.scopes] == [
        ("MODULE", "", None),
        ("CLASS", "A", 0),
        ("FUNCTION", "b", 1),
        ("LAMBDA", "<lambda>", 2),
        ("COMPREHENSION", "<comprehension>", 3),
        ("FUNCTION", "e", 0),
    ]
    assert [scope.is_generator for scope in facts.scopes] == [False] * 5 + [True]
    assert facts.enclosing_class(facts.scopes[2]) is facts.scopes[1]
    assert facts.enclosing_class(facts.scopes[5]) is None


def test_decorators_defaults_and_bases_are_read_outside() -> None:
    facts = facts_of("@a\ndef f(b=c, *, d: e = g) -> h: i\n@j\nclass K(l, metaclass=m): n\n")
    inside = {name for name, found in facts.names.items() if found[0].scope != 0}
    assert inside == {"i", "n"}
    assert sources(facts, facts.scopes[1].decorators) == ["a"]
    assert sources(facts, facts.scopes[2].decorators) == ["j"]
    assert sources(facts, facts.scopes[2].bases) == ["l"]


def test_the_first_iterable_of_a_comprehension_is_read_outside() -> None:
    facts = facts_of("[a for b in c for d in e if g]\n")
    (comprehension,) = (node for node in parents_of(facts) if isinstance(node, Comprehension))
    outside = {name for name, found in facts.names.items() if found[0].scope == 0}
    assert outside == {"c"}
    assert {name for name, found in facts.names.items() if found[0].scope == comprehension.scope} == {"a", "e", "g"}
    assert set(facts.scopes[comprehension.scope].bindings) == {"b", "d"}
    assert [clause.target for clause in comprehension.clauses] == ["b", "d"]


def test_nested_comprehensions_have_scopes_of_their_own() -> None:
    facts = facts_of("[[x for x in y] for y in x]\n")
    inner, outer = facts.names["x"]
    assert {inner.scope, outer.scope} != {0}
    assert facts.lookup("x", 0) == ()
    assert [scope.parent for scope in facts.scopes] == [None, 0, 1]


def test_a_lambda_binds_its_parameters_only_inside() -> None:
    facts = facts_of("a = lambda b, c=b: b + c\n")
    scope = facts.scopes[1]
    assert [each.name for each in scope.parameters] == ["b", "c"]
    assert sources(facts, scope.returns) == ["b + c"]
    assert sorted(name.scope for name in facts.names["b"]) == [0, 1]
    assert roles(facts, "b + c") == [RoleKind.RETURNED]
    assert roles(facts, "b") == [RoleKind.DEFAULT]


def test_class_names_are_not_seen_from_methods() -> None:
    facts = facts_of("a = 1\nclass B:\n    a = 2\n    c = a\n    def d(self):\n        return a\n")
    in_class, in_method = facts.names["a"]
    assert [each.scope for each in facts.lookup("a", in_class.scope)] == [1]
    assert [each.scope for each in facts.lookup("a", in_method.scope)] == [0]


def test_global_binds_in_the_module() -> None:
    facts = facts_of("a = None\ndef f():\n    if b:\n        global a\n    a = 1\ndef g():\n    a = 2\n")
    assert kinds(facts, "a") == [BindingKind.ASSIGNMENT] * 2
    assert kinds(facts, "a", scope=1) == []
    assert kinds(facts, "a", scope=2) == [BindingKind.ASSIGNMENT]


def test_global_holds_for_imports_loops_and_definitions_as_well() -> None:
    facts = facts_of(
        "def f():\n    global a, b, c, d\n    import a\n    for b in x: pass\n"
        "    def c(): pass\n    with y as d: pass\ndef g():\n    global e\n    (e := 1)\n"
    )
    assert set(facts.scopes[0].bindings) == {"f", "g", "a", "b", "c", "d", "e"}


def test_nonlocal_binds_in_the_function_that_holds_the_name() -> None:
    facts = facts_of(
        "def f():\n    a = 1\n    def g():\n        def h():\n            nonlocal a\n            a = 2\n"
        "        return h\n    return g\n"
    )
    holding = [scope.name for scope in facts.scopes if "a" in scope.bindings]
    assert holding == ["f"]
    assert len(facts.scopes[1].bindings["a"]) == 2


def test_a_nested_class_is_no_home_for_nonlocal() -> None:
    facts = facts_of(
        "def f():\n    a = 1\n    class B:\n        a = 2\n        def g(self):\n"
        "            nonlocal a\n            a = 3\n"
    )
    assert [len(scope.bindings.get("a", ())) for scope in facts.scopes] == [0, 2, 1, 0]


def test_a_walrus_in_a_comprehension_binds_outside_of_it() -> None:
    facts = facts_of("def f():\n    return [[(a := b) for b in c] for c in d]\n")
    assert [scope.name for scope in facts.scopes if "a" in scope.bindings] == ["f"]
    wrapped = next(node for node in parents_of(facts) if isinstance(node, Wrapped))
    assert [each.name for each in wrapped.bindings] == ["a"]


# Bindings.


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("a = b", BindingKind.ASSIGNMENT, "b"),
        ("a: int = b", BindingKind.ASSIGNMENT, "b"),
        ("a: int", BindingKind.ANNOTATION, None),
        ("a -= b", BindingKind.AUGMENTED, "b"),
        ("a += b", BindingKind.MERGED, "b"),
        ("a |= b", BindingKind.MERGED, "b"),
        ("c = a = b", BindingKind.ASSIGNMENT, "b"),
        ("if (a := b): pass", BindingKind.ASSIGNMENT, "b"),
        ("a, c = b, d", BindingKind.ASSIGNMENT, "b"),
        ("[c, (d, a)] = [e, [g, b]]", BindingKind.ASSIGNMENT, "b"),
        ("a, c = b", BindingKind.UNPACKED, "b"),
        ("a, *c = b, d, e", BindingKind.UNPACKED, "b, d, e"),
        ("c, *a = b, d", BindingKind.UNPACKED, None),
        ("a, c = *b, d", BindingKind.UNPACKED, "*b, d"),
        ("a, c = b, d, e", BindingKind.UNPACKED, "b, d, e"),
        ("for a in b: pass", BindingKind.LOOP, "b"),
        ("for a, c in b: pass", BindingKind.UNPACKED, "b"),
        ("with b as a: pass", BindingKind.CONTEXT, "b"),
        ("with c, b as a: pass", BindingKind.CONTEXT, "b"),
        ("with b as (a, c): pass", BindingKind.UNPACKED, None),
        ("try: pass\nexcept b as a: pass", BindingKind.EXCEPTION, None),
        ("match b:\n    case a: pass", BindingKind.ASSIGNMENT, "b"),
        ("match b:\n    case [a]: pass", BindingKind.UNPACKED, None),
        ("match b:\n    case [1, *a]: pass", BindingKind.UNPACKED, None),
        ("match b:\n    case {'c': 1, **a}: pass", BindingKind.UNPACKED, None),
        ("match b:\n    case C(d=(1 | 2) as a): pass", BindingKind.UNPACKED, None),
        ("import a", BindingKind.IMPORT, None),
        ("def a(): pass", BindingKind.FUNCTION, None),
        ("class a: pass", BindingKind.CLASS, None),
    ],
)
def test_what_binds_a_name(text: str, kind: BindingKind, value: str | None) -> None:
    facts = facts_of(f"{text}\n")
    (binding,) = facts.scopes[0].bindings["a"]
    assert binding.kind is kind
    assert (None if binding.value is None else source(facts, binding.value)) == value


def test_what_binds_no_name() -> None:
    facts = facts_of(
        "a\na.b = 1\na[0] = 1\na.b += 1\ndel a\nprint(a)\nf(a=1)\n[a for b in c]\n"
        "{'a': 1}\nmatch a:\n    case a.b: pass\n"
    )
    assert "a" not in facts.scopes[0].bindings


@pytest.mark.parametrize(
    ("text", "bound", "module", "name", "level", "binds_root"),
    [
        ("import a", "a", "a", None, 0, False),
        ("import a.b.c", "a", "a.b.c", None, 0, True),
        ("import a.b as c", "c", "a.b", None, 0, False),
        ("from a.b import c", "c", "a.b", "c", 0, False),
        ("from a import b as c", "c", "a", "b", 0, False),
        ("from . import a", "a", "", "a", 1, False),
        ("from ..a.b import c", "c", "a.b", "c", 2, False),
        ("from a import *", "*", "a", "*", 0, False),
    ],
)
def test_imports(text: str, bound: str, module: str, name: str | None, level: int, binds_root: bool) -> None:
    facts = facts_of(f"{text}\n")
    (binding,) = facts.scopes[0].bindings[bound]
    imported = binding.imported
    assert imported is not None
    assert (imported.module, imported.name, imported.level, imported.binds_root) == (module, name, level, binds_root)
    assert facts.imports[name or module] == (binding,)


def test_parameters_of_each_kind() -> None:
    facts = facts_of("def f(a, /, b: int, c=1, *d, e, g='x', **h): pass\n")
    scope = facts.scopes[1]
    kinds_of = {each.name: each.parameter for each in scope.parameters}
    assert kinds_of == {
        "a": ParameterKind.POSITIONAL_ONLY,
        "b": ParameterKind.NORMAL,
        "c": ParameterKind.NORMAL,
        "d": ParameterKind.VARIADIC,
        "e": ParameterKind.KEYWORD_ONLY,
        "g": ParameterKind.KEYWORD_ONLY,
        "h": ParameterKind.KEYWORDS,
    }
    defaults = {each.name: source(facts, each.value) for each in scope.parameters if each.value is not None}
    assert defaults == {"c": "1", "g": "'x'"}
    assert [each.annotation is not None for each in scope.parameters].index(True) == 1


@pytest.mark.parametrize(
    ("text", "conditional"),
    [
        ("a = 1", False),
        ("with b: a = 1", False),
        ("try: pass\nfinally: a = 1", False),
        ("if b: a = 1", True),
        ("if b: pass\nelse: a = 1", True),
        ("while b: a = 1", True),
        ("for b in c: a = 1", True),
        ("try: a = 1\nexcept E: pass", True),
        ("try: pass\nexcept E: a = 1", True),
        ("match b:\n    case 1: a = 1", True),
    ],
)
def test_bindings_under_a_condition(text: str, conditional: bool) -> None:
    (binding,) = facts_of(f"{text}\n").scopes[0].bindings["a"]
    assert binding.conditional is conditional


def test_a_function_starts_without_conditions() -> None:
    facts = facts_of("if a:\n    def f():\n        b = 1\n    c = 2\n")
    assert [facts.scopes[1].bindings["b"][0].conditional, facts.scopes[0].bindings["c"][0].conditional] == [False, True]


def test_pairs_of_an_unpacking_are_bound_one_by_one() -> None:
    facts = facts_of("a, b.c, d['e'] = f, g, h\n")
    bound = {source(facts, node): up for node, up in parents_of(facts).items() if isinstance(up, Role)}
    assert [each.name for each in bound["f"].bindings] == ["a"]
    assert sources(facts, bound["g"].targets) == ["b.c"]
    assert sources(facts, bound["h"].targets) == ["d['e']"]
    assert source(facts, facts.member_bindings["c"][0].value) == "g"
    assert source(facts, facts.item_bindings[0].value) == "h"


def test_member_and_item_bindings() -> None:
    facts = facts_of("a.b = c\na.b: int = d\na['k'] = e\na.update(k=f, **g)\na.setdefault('k', h)\na.get('k', i)\n")
    assert sources(facts, (each.value for each in facts.member_bindings["b"])) == ["c", "d"]
    found = [(source(facts, each.value), each.spread) for each in facts.item_bindings]
    assert found == [("e", False), ("f", False), ("g", True), ("h", False)]
    assert all(source(facts, each.target.value) == "a" for each in facts.item_bindings)


def test_member_writes_are_no_reads() -> None:
    facts = facts_of("a.b = a.c\ndel a.d\n")
    assert set(facts.attributes) == {"c"}


def test_exports() -> None:
    assert facts_of("__all__ = ['a', 'b']\n").exports == ("a", "b")
    assert facts_of("__all__ = ('a',)\n").exports == ("a",)
    assert facts_of("__all__ = names()\n").exports is None
    assert facts_of("def f():\n    __all__ = ['a']\n").exports is None


def test_named_reads() -> None:
    facts = facts_of("getattr(a, 'b')\ngetattr(a, b)\nx.getattr(a, 'c')\ngetattr(a, 'd', None)\n")
    assert sorted(facts.named_reads) == ["b", "d"]


# Roles.


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("held", RoleKind.DISCARDED),
        ("a = held", RoleKind.BOUND),
        ("a.b = held", RoleKind.BOUND),
        ("a -= held", RoleKind.OTHER),
        ("a += held", RoleKind.MERGED),
        ("def f(): return held", RoleKind.RETURNED),
        ("lambda: held", RoleKind.RETURNED),
        ("def f(a=held): pass", RoleKind.DEFAULT),
        ("def f(a: held): pass", RoleKind.ANNOTATION),
        ("def f() -> held: pass", RoleKind.ANNOTATION),
        ("a: held", RoleKind.ANNOTATION),
        ("@held\ndef f(): pass", RoleKind.DECORATOR),
        ("@held\nclass A: pass", RoleKind.DECORATOR),
        ("class A(held): pass", RoleKind.BASE),
        ("class A(b=held): pass", RoleKind.OTHER),
        ("raise held", RoleKind.RAISED),
        ("raise a from held", RoleKind.RAISED),
        ("assert held", RoleKind.TESTED),
        ("assert a, held", RoleKind.RAISED),
        ("if held: pass", RoleKind.TESTED),
        ("while held: pass", RoleKind.TESTED),
        ("match held:\n    case _: pass", RoleKind.TESTED),
        ("match a:\n    case _ if held: pass", RoleKind.TESTED),
        ("for a in held: pass", RoleKind.ITERATED),
        ("with held: pass", RoleKind.ENTERED),
        ("with held as a: pass", RoleKind.ENTERED),
        ("del held", RoleKind.OTHER),
        ("try: pass\nexcept held: pass", RoleKind.OTHER),
    ],
)
def test_roles(text: str, role: RoleKind) -> None:
    assert roles(facts_of(f"{text}\n"), "held") == [role]


@pytest.mark.parametrize(
    ("text", "exits", "otherwise", "repeats"),
    [
        ("if a: raise b", "raise", None, False),
        ("if a: exit()", "exit", None, False),
        ("if a:\n    b()\n    sys.exit(1)", "exit", None, False),
        ("if a: st.stop()", "exit", None, False),
        ("if a: timer.stop()", "", None, False),
        ("for b in c:\n    if a: continue", "leave", None, False),
        ("if a: b\nelse: c", "", "c", False),
        ("while a: b", "", None, True),
        ("assert a", "assert", None, False),
    ],
)
def test_branches(text: str, exits: str, otherwise: str | None, repeats: bool) -> None:
    facts = facts_of(f"{text}\n")
    held = facts.parents.get(facts.names["a"][0])
    assert isinstance(held, Role)
    test = held.test
    assert test is not None
    assert (test.exits, test.repeats) == (exits, repeats)
    assert (None if test.otherwise is None else source(facts, test.otherwise)) == otherwise


def test_a_match_compares_its_subject_with_the_values() -> None:
    facts = facts_of("match a:\n    case 'b' | C.d: pass\n    case [1, e]: pass\n")
    (comparison,) = (node for node in parents_of(facts) if isinstance(node, Comparison))
    assert sorted(sources(facts, comparison.operands)) == ["'b'", "1", "C.d", "a"]
    assert set(comparison.operators) == {"Match"}


def test_loops() -> None:
    facts = facts_of("for a in b: c\nasync def f():\n    async for d, (e, g), h in i:\n        pass\n")
    first, second = facts.loops
    assert (first.target, first.unpacked, first.on_one_line) == ("a", (), True)
    assert (second.target, second.unpacked, second.on_one_line) == (None, ("d", None, "h"), False)
    assert source(facts, first.body) == "c"
    assert source(facts, second.statement).startswith("async for d")


def test_handlers() -> None:
    facts = facts_of("try:\n    a\nexcept (B, C): pass\nexcept: pass\n")
    (handled,) = facts.handled
    assert source(facts, handled.body) == "a"
    assert [each and source(facts, each) for each in handled.exceptions] == ["(B, C)", None]


# The environment.


def reads(text: str) -> list[tuple[str, str | None, bool]]:
    facts = facts_of(text)
    return [
        (each.name.value, None if each.default is None else source(facts, each.default), each.required)
        for each in facts.environment_reads
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os\nos.environ['A']", ("A", None, True)),
        ("import os\nos.environ.get('A')", ("A", None, False)),
        ("import os\nos.environ.get('A', b)", ("A", "b", False)),
        ("import os\nos.getenv('A')", ("A", None, False)),
        ("import os\nos.getenv('A', default=b)", ("A", "b", False)),
        ("import os as o\no.getenv('A')", ("A", None, False)),
        ("import os.path\nos.environ['A']", ("A", None, True)),
        ("import os, sys\nos.environ['A']", ("A", None, True)),
        ("from os import environ\nenviron['A']", ("A", None, True)),
        ("from os import environ as e\ne.get('A')", ("A", None, False)),
        ("from os import getenv as g\ng('A', 'b')", ("A", "'b'", False)),
        ("import os\nenv = os.environ\nenv['A']", ("A", None, True)),
        ("def f():\n    import os\n    return os.environ['A']", ("A", None, True)),
    ],
)
def test_reads_of_the_environment(text: str, expected: tuple[str, str | None, bool]) -> None:
    assert reads(f"{text}\n") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "os.environ['A']",
        "environ['A']",
        "import myos as os\nos.environ['A']",
        "import os.path as os\nos.environ['A']",
        "from mine import environ\nenviron['A']",
        "from mine import getenv\ngetenv('A')",
        "from os import *\nenviron['A']",
        "import os\nos = fake()\nos.environ['A']",
        "import os\ndef f(os):\n    return os.environ['A']",
        "import os\nfor os in b: os.environ['A']",
        "import os\nwith b as os: os.environ['A']",
        "import os\nif (os := b): os.environ['A']",
        "import os\n[os.environ['A'] for os in b]",
        "import os\nlambda os: os.environ['A']",
        "import os\nclass os: pass\nos.environ['A']",
        "import os\ndef os(): pass\nos.environ['A']",
        "import os\nfrom a import os\nos.environ['A']",
        "import os\na.os.environ['A']",
        "import os\nos.environ[a]",
        "import os\nos.environ.get(a)",
        "import os\nos.environ.get(f'A')",
        "import os\nos.getenv(*a)",
        "import os\nos.getenv('A', b, c)",
        "import os\nos.environs['A']",
        "import os\ndel os.environ['A']",
        "import os\nos.environ['A'] = b",
        "import os\nenv = os.environ\nenv = {}\nenv['A']",
        "from os import environ\nenviron = {}\nenviron['A']",
        "import os\nenv = dict(os.environ)\nenv['A']",
    ],
)
def test_what_is_no_read_of_the_environment(text: str) -> None:
    assert reads(f"{text}\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("os.environ['A'] = b", [("A", "b")]),
        ("a, os.environ['A'] = c, b", [("A", "b")]),
        ("os.environ.setdefault('A', b)", [("A", "b")]),
        ("os.putenv('A', b)", [("A", "b")]),
        ("os.environ.update(A=b, C=d)", [("A", "b"), ("C", "d")]),
        ("os.environ.update({'A': b, 'C': d})", [("A", "b"), ("C", "d")]),
        ("os.environ |= {'A': b}", [("A", "b")]),
        ("env = os.environ\nenv['A'] = b", [("A", "b")]),
        ("env['A'] = b", []),
        ("env.update(A=b)", []),
        ("os.environ[a] = b", []),
        ("os.environ.get('A', b)", []),
        ("os = c\nos.environ['A'] = b", []),
        ("def f(os): os.environ['A'] = b", []),
    ],
)
def test_writes_of_the_environment(text: str, expected: list[tuple[str, str]]) -> None:
    facts = facts_of(f"import os\n{text}\n")
    found = [(each.name, source(facts, each.value)) for each in facts.environment_writes if each.value is not None]
    assert found == expected


# Nothing is missed and nothing stands twice, over real sources.


def real_sources() -> list[Path]:
    library = Path(sysconfig.get_path("stdlib"))
    folders = [library, *(library / name for name in ("asyncio", "email", "json", "http", "unittest", "xml/dom"))]
    found = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    small = [path for path in found if path.stat().st_size < 12_000]
    return small[:: max(1, len(small) // 120)][:120]


def lost_names(facts: FileFacts, tree: ast.AST) -> list[str]:
    """The names that are read and that no expression stands for.

    Not looked for: the receiver of a read of the environment, which is part of the read, a declared member without a
    value, and what stands in patterns and in the format of a replacement field.
    """
    found = {name.span for each in facts.names.values() for name in each}
    inside = [each.span for each in facts.environment_reads]
    inside += [node.span for node in parents_of(facts) if isinstance(node, Template)]
    lost = []
    lines = Lines(facts.text)
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            start = lines.offset(node.lineno, node.col_offset)
            span = Span(start, start + len(node.id))
            if span not in found and not any(each.contains(span) for each in inside):
                lost.append(f"{node.lineno}: {node.id}")
        if isinstance(node, ast.match_case):
            pending += [each for each in (node.guard, *node.body) if each is not None]
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            pending.append(node.annotation)
        else:
            pending += ast.iter_child_nodes(node)
    return lost


def paired_up(facts: FileFacts) -> set[Expression]:
    """What is unpacked pair by pair: each has the role of its own target."""
    displays = {node for node, up in parents_of(facts).items() if isinstance(up, Role) and up.kind is RoleKind.OTHER}
    found: set[Expression] = set()
    while displays:
        node = displays.pop()
        if isinstance(node, SequenceDisplay):
            found.update(node.items)
            displays.update(node.items)
    return found


def test_every_expression_has_its_one_place() -> None:
    """Over real files: each expression has one parent or role, the parent holds it, and no name is lost."""
    paths = real_sources()
    for path in paths:
        text = path.read_bytes().decode("utf-8", "replace")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError):
                continue
        facts = facts_of(text)
        parents = parents_of(facts)
        held = Counter(child for node in parents for child in children(node))
        by_statements = {node for node, up in parents.items() if isinstance(up, Role)}
        assert [source(facts, each) for each, times in held.items() if times > 1] == []
        assert [source(facts, each) for each in held.keys() - parents.keys()] == []
        both = by_statements & held.keys()
        assert [source(facts, each) for each in both - paired_up(facts)] == [], path
        assert held.keys() | by_statements == parents.keys(), path
        misplaced = [child for node in parents for child in children(node) if parents[child] is not node]
        assert set(misplaced) <= both, path
        listed = itertools.chain(
            facts.calls, facts.texts, facts.environment_reads, *facts.names.values(), *facts.attributes.values()
        )
        assert [source(facts, each) for each in listed if each not in parents] == [], path
        assert lost_names(facts, tree) == [], path
        for node in parents:
            assert 0 <= node.span.start < node.span.end <= len(text), path
            up = parents[node]
            if isinstance(up, Role) and up.kind is RoleKind.DECORATOR:
                continue
            if isinstance(up, Comparison) and "Match" in up.operators:
                continue
            assert (up.statement if isinstance(up, Role) else up.span).contains(node.span), path
    assert len(paths) > 100


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
def test_newer_syntax_is_read() -> None:
    facts = facts_of("type A[T] = list[T]\nclass B[T: int]:\n    def f[U](self, a: U) -> U: return a\n")
    assert [scope.name for scope in facts.scopes] == ["", "B", "f"]


def test_deep_nesting_is_an_error_of_the_parser_at_most() -> None:
    deep = 100_000
    with pytest.raises((RecursionError, MemoryError, SyntaxError)):
        facts_of(f"a = {'(' * deep}1{')' * deep}\n")
    with pytest.raises((RecursionError, MemoryError, SyntaxError)):
        facts_of(f"a = {'-' * deep}1\n")


def test_the_scope_of_an_expression_is_where_it_is_evaluated() -> None:
    facts = facts_of("class A:\n    b = f(c)\n    def g(self, h=i):\n        return [j(k) for k in l]\n")
    scope = {name: facts.scopes[found[0].scope].kind for name, found in facts.names.items()}
    assert scope == {
        "f": ScopeKind.CLASS,
        "c": ScopeKind.CLASS,
        "i": ScopeKind.CLASS,
        "l": ScopeKind.FUNCTION,
        "j": ScopeKind.COMPREHENSION,
        "k": ScopeKind.COMPREHENSION,
    }
    assert [facts.scopes[call.scope].kind for call in facts.calls] == [ScopeKind.CLASS, ScopeKind.COMPREHENSION]
