"""Where a value goes to: each way it travels from the text "HERE" to its ends, with the near miss beside it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from codemod.provenance.flows import Use, UseKind
from tests.expressions import parents_of
from tests.provenance.worlds import Files, World, told, world

Case = tuple[str, Files | str, set[str]]

ENDS: list[Case] = [
    ("discarded", '"HERE"', {'discarded: "HERE"'}),
    ("argument", 'print("HERE")', {'argument: print("HERE")'}),
    ("compared", 'a = "HERE"\nx == a', {"compared: x == a"}),
    ("compared_by_in", 'a = "HERE"\nx in a', {"compared: x in a"}),
    ("compared_by_match", 'a = "HERE"\nmatch a:\n    case "b": pass', {"compared: match a:"}),
    ("key_of_a_mapping", 'a = {"HERE": 1}', {'keyed: a = {"HERE": 1}'}),
    ("key_of_a_subscript", 'a = "HERE"\nx[a]', {"keyed: x[a]"}),
    ("formatted", 'a = "HERE"\nf"{a}"', {'formatted: f"{a}"'}),
    ("tested", 'a = "HERE"\nif a: pass', {"tested: if a: pass"}),
    ("tested_by_not", 'a = "HERE"\nx(not a)', {"tested: x(not a)"}),
    ("tested_in_a_conditional", 'a = "HERE"\nx(1 if a else 2)', {"tested: x(1 if a else 2)"}),
    ("member", 'a = "HERE"\na.startswith("b")', {'member: a.startswith("b")'}),
    ("item", 'a = "HERE"\nx(a[0])', {"item: x(a[0])"}),
    ("iterated", 'for a in "HERE": pass', {'iterated: for a in "HERE": pass'}),
    ("called", 'a = "HERE"\na()', {"called: a()"}),
    ("raised", 'raise E("HERE")', {'argument: raise E("HERE")'}),
    ("operated", 'x("HERE" + "b")', {'operated: x("HERE" + "b")'}),
    ("yielded", 'def f():\n    yield "HERE"', {'yielded: yield "HERE"'}),
    ("stored", 'x().b = "HERE"', {'stored: x().b = "HERE"'}),
    ("stored_as_an_item", 'x()["b"] = "HERE"', {'stored: x()["b"] = "HERE"'}),
    ("deleted", 'a = "HERE"\ndel a', {"operated: del a"}),
    ("nowhere", 'a = "HERE"', set()),
]

NAMES: list[Case] = [
    ("name", 'a = "HERE"\nb = "b"\nx(a)\nx(b)', {"argument: x(a)"}),
    ("two_names", 'a = b = "HERE"\nx(a)\ny(b)', {"argument: x(a)", "argument: y(b)"}),
    ("passed_on", 'a = "HERE"\nb = a\nx(b)', {"argument: x(b)"}),
    ("shadowed", 'a = "HERE"\ndef f():\n    a = 1\n    x(a)', set()),
    ("read_in_a_function", 'a = "HERE"\ndef f():\n    x(a)', {"argument: x(a)"}),
    ("global", 'def f():\n    global a\n    a = "HERE"\nx(a)', {"argument: x(a)"}),
    ("unpacked_pair", 'a, b = 1, "HERE"\nx(a)\ny(b)', {"argument: y(b)"}),
    ("walrus", 'if (a := "HERE"):\n    x(a)', {'tested: if (a := "HERE"):', "argument: x(a)"}),
    ("or", 'x(a or "HERE")', {'argument: x(a or "HERE")'}),
    ("conditional", 'x("HERE" if a else 1)', {'argument: x("HERE" if a else 1)'}),
    ("default_of_the_environment", 'import os\nx(os.getenv("A", "HERE"))', {'argument: x(os.getenv("A", "HERE"))'}),
    ("name_of_the_environment", 'import os\nx(os.getenv("HERE"))', set()),
    ("with", 'with "HERE" as a:\n    x(a)', {"argument: x(a)"}),
    ("wrapped", 'from wrapping import wrap\nx(wrap("HERE"))', {'argument: x(wrap("HERE"))'}),
    ("not_wrapped", 'from wrapping import other\nx(other("HERE"))', {'argument: x(other("HERE"))'}),
]

MODULES: list[Case] = [
    ("imported", {"a.py": 'b = "HERE"', "main.py": "from a import b\nx(b)"}, {"argument: x(b)"}),
    ("imported_as", {"a.py": 'b = "HERE"', "main.py": "from a import b as c\nx(c)"}, {"argument: x(c)"}),
    ("through_the_module", {"a.py": 'b = "HERE"', "main.py": "import a as m\nx(m.b)"}, {"argument: x(m.b)"}),
    ("other_module", {"a.py": 'b = "HERE"', "c.py": "", "main.py": "import c\nx(c.b)"}, set()),
    (
        "same_name_elsewhere",
        {"a.py": 'b = "HERE"', "c.py": "b = 1", "main.py": "from c import b\nx(b)"},
        set(),
    ),
    (
        "re_exported",
        {"p/__init__.py": "from .a import b", "p/a.py": 'b = "HERE"', "main.py": "from p import b\nx(b)"},
        {"argument: x(b)"},
    ),
    ("star", {"a.py": 'b = "HERE"', "main.py": "from a import *\nx(b)"}, {"argument: x(b)"}),
    ("star_that_is_shadowed", {"a.py": 'b = "HERE"', "main.py": "from a import *\nb = 1\nx(b)"}, set()),
    ("set_from_outside", {"a.py": "b = 1\nx(b)", "main.py": 'import a\na.b = "HERE"'}, {"argument: x(b)"}),
    (
        "hidden_in_a_broken_file",
        {"a.py": 'b = "HERE"', "main.py": "from a import b\nx(b", "c.py": "b = = 1"},
        {'hidden: b = "HERE"'},
    ),
    (
        "unknown_owner_of_a_constant",
        {"a.py": 'BIG = "HERE"', "main.py": "x(settings().BIG)"},
        {"maybe: x(settings().BIG)"},
    ),
]

FUNCTIONS: list[Case] = [
    ("into_a_function", 'def f(a):\n    x(a)\nf("HERE")', {"argument: x(a)"}),
    ("into_a_keyword", 'def f(b, a):\n    x(a)\n    y(b)\nf(1, a="HERE")', {"argument: x(a)"}),
    ("into_a_default", 'def f(a="HERE"):\n    x(a)', {"argument: x(a)"}),
    ("into_keywords", 'def f(**a):\n    x(a["b"])\n    y(a["c"])\nf(b="HERE")', {'argument: x(a["b"])'}),
    ("into_keywords_expanded", 'def f(**a):\n    x(**a)\nf(b="HERE")', {"argument: x(**a)"}),
    ("into_another_file", {"a.py": "def f(a):\n    x(a)", "main.py": 'from a import f\nf("HERE")'}, {"argument: x(a)"}),
    ("returned", 'def f():\n    return "HERE"\nx(f())', {"argument: x(f())"}),
    ("returned_to_nobody", 'def f():\n    return "HERE"', {'returned: return "HERE"'}),
    (
        "returned_and_handed_on",
        'def f():\n    return "HERE"\nx(f())\ny(f)',
        {"argument: x(f())", 'returned: return "HERE"'},
    ),
    ("returned_lambda", 'f = lambda: "HERE"', {'returned: f = lambda: "HERE"'}),
    ("into_a_method", 'class A:\n    def f(self, a):\n        x(a)\nA().f("HERE")', {"argument: x(a)"}),
    (
        "returned_from_a_property",
        'class A:\n    @property\n    def a(self):\n        return "HERE"\nx(A().a)',
        {"argument: x(A().a)"},
    ),
    ("too_many_arguments", 'def f(): pass\nf("HERE")', {'argument: f("HERE")'}),
    ("into_a_star", 'def f(*a):\n    for b in a:\n        x(b)\nf("HERE")', {"argument: x(b)"}),
]

CLASSES: list[Case] = [
    (
        "attribute",
        'class A:\n    def f(self):\n        self.a = "HERE"\n        x(self.a)\n        y(self.b)',
        {"argument: x(self.a)"},
    ),
    ("class_attribute", 'class A:\n    a = "HERE"\nx(A.a)\ny(A().a)', {"argument: x(A.a)", "argument: y(A().a)"}),
    ("other_class", 'class A:\n    a = "HERE"\nclass B:\n    a = 1\nx(B.a)', set()),
    ("subclass", 'class A:\n    a = "HERE"\nclass B(A):\n    def f(self):\n        x(self.a)', {"argument: x(self.a)"}),
    (
        "base_class",
        'class A:\n    def f(self):\n        x(self.a)\nclass B(A):\n    a = "HERE"',
        {"argument: x(self.a)"},
    ),
    ("unknown_receiver", 'class A:\n    a = "HERE"\nx(y().a)', {"maybe: x(y().a)"}),
    (
        "initialiser",
        'class A:\n    def __init__(self, a):\n        self.a = a\n    def f(self):\n        x(self.a)\nA("HERE")',
        {"argument: x(self.a)"},
    ),
    (
        "inherited_initialiser",
        'class A:\n    def __init__(self, a):\n        x(a)\nclass B(A): pass\nB("HERE")',
        {"argument: x(a)"},
    ),
    (
        "dataclass_field",
        (
            "from dataclasses import dataclass\n@dataclass\nclass A:\n"
            '    a: str\n    b: str\ni = A("HERE", "b")\nx(i.a)\ny(i.b)'
        ),
        {"argument: x(i.a)"},
    ),
    (
        "dataclass_default",
        'from dataclasses import dataclass\n@dataclass\nclass A:\n    a: str = "HERE"\nx(A().a)',
        {"argument: x(A().a)"},
    ),
    (
        "dumped",
        'from dataclasses import asdict, dataclass\n@dataclass\nclass A:\n    a: str = "HERE"\nx(asdict(A()))',
        {"contained: x(asdict(A()))"},
    ),
    (
        "dumped_other",
        'from dataclasses import asdict, dataclass\n@dataclass\nclass A:\n    a: str = "HERE"\nx(asdict(B()))',
        set(),
    ),
    ("getattr", 'class A:\n    a = "HERE"\nx(getattr(A(), "a"))', {'argument: x(getattr(A(), "a"))'}),
]


def taken(annotation: str, before: str = "") -> str:
    """A read of a member of a parameter."""
    classes = 'class Z: pass\nclass A(Z):\n    a = "HERE"\nclass B(A): pass\nclass C: pass'
    return f"{before}\n{classes}\ndef f(y{annotation}):\n    x(y.a)"


OTHER = 'class A:\n    a = "HERE"\nclass C: pass\n'
ABSTRACT = "from abc import ABC\nclass I(ABC): pass"
PROVIDED = "from lib import Depends\ndef g():\n    return A()"


# An annotation tells what a parameter is not, and no more.
ANNOTATED: list[Case] = [
    ("parameter", taken(""), {"maybe: x(y.a)"}),
    ("parameter_of_the_class", taken(": A | None"), {"maybe: x(y.a)"}),
    ("parameter_of_a_subclass", taken(": C | B"), {"maybe: x(y.a)"}),
    ("parameter_of_a_base", taken(": Z"), {"maybe: x(y.a)"}),
    ("parameter_of_another_class", taken(": C"), set()),
    ("parameter_of_a_text", taken(": 'C'"), {"maybe: x(y.a)"}),
    ("parameter_of_an_outside_class", taken(": L", "from lib import L"), {"maybe: x(y.a)"}),
    ("parameter_of_any", taken(": Any", "from typing import Any"), {"maybe: x(y.a)"}),
    (
        "parameter_of_a_protocol",
        taken(": P", "from typing import Protocol\nclass P(Protocol): pass"),
        {"maybe: x(y.a)"},
    ),
    ("parameter_that_gets_the_object", taken("") + "\nf(A())", {"argument: x(y.a)"}),
    ("parameter_with_the_object_as_default", taken(": C = A()"), {"argument: x(y.a)"}),
    ("parameter_with_another_default", taken(": C = C()"), set()),
    ("parameter_without_a_value_as_default", taken(": C | None = None"), set()),
    (
        "parameter_with_a_default_of_callers",
        OTHER + "def f(c):\n    def g(y: C = c):\n        x(y.a)\nf(A())",
        {"argument: x(y.a)"},
    ),
    ("parameter_that_is_provided", taken(": C = Depends(g)", PROVIDED), {"argument: x(y.a)"}),
    ("parameter_of_a_registered_base", taken(": I", ABSTRACT) + "\nI.register(A)\nf(A())", {"argument: x(y.a)"}),
    ("parameter_of_an_abstract_class", taken(": I", ABSTRACT), set()),
    ("variable", OTHER + "y: C = A()\nx(y.a)", {"argument: x(y.a)"}),
    ("variable_of_another_class", OTHER + "y: C = C()\nx(y.a)", set()),
    ("variable_that_is_set_later", OTHER + "y: C\ny = A()\nx(y.a)", {"argument: x(y.a)"}),
    ("variable_of_what_is_given", OTHER + "def f(z):\n    y: C = z\n    x(y.a)\nf(A())", {"argument: x(y.a)"}),
]


def dumped(how: str, a_class: str = "class A:", before: str = "import json") -> str:
    """A class with a member, and something that may turn an object of it into something else."""
    return f'{before}\n{a_class}\n    a = "HERE"\nx({how})'


_DATACLASS = "@dataclass\nclass A:"
_IMPORTED = "import json\nfrom dataclasses import asdict, dataclass"
_MODEL = "class A(BaseModel):"
_PYDANTIC = "import json\nfrom pydantic import BaseModel"


# What turns a whole object into something else does so with some objects alone.
DUMPED: list[Case] = [
    ("fields", dumped("asdict(A())", _DATACLASS, _IMPORTED), {"contained: x(asdict(A()))"}),
    ("fields_of_a_plain_object", dumped("asdict(A())", before=_IMPORTED), set()),
    ("fields_by_own_function", dumped("asdict(A())", before="def asdict(a): pass"), {"contained: x(asdict(A()))"}),
    ("vars", dumped("vars(A())"), {"contained: x(vars(A()))"}),
    ("dictionary", dumped("A().__dict__"), {"contained: x(A().__dict__)"}),
    ("method_of_nobody", dumped("A().json()"), set()),
    ("own_method", dumped("A().json()", "class A:\n    def json(self): pass"), {"contained: x(A().json())"}),
    ("method_of_a_model", dumped("A().json()", _MODEL, _PYDANTIC), {"contained: x(A().json())"}),
    (
        "method_of_an_outside_base",
        dumped("A().json()", "class A(L):", "from lib import L"),
        {"contained: x(A().json())"},
    ),
    ("method_of_an_unknown_base", dumped("A().json()", "class A(f()):"), {"contained: x(A().json())"}),
    (
        "method_of_a_base",
        dumped("A().json()", "class B:\n    def json(self): pass\nclass A(B):"),
        {"contained: x(A().json())"},
    ),
    (
        "method_of_what_a_subclass_adds",
        dumped("B().json()", before="from lib import M").replace("x(", "class B(A, M): pass\nx("),
        {"contained: x(B().json())"},
    ),
    (
        "method_of_what_a_subclass_of_the_project_adds",
        dumped("B().json()", "class M:\n    def json(self): pass\nclass A:").replace("x(", "class B(A, M): pass\nx("),
        {"contained: x(B().json())"},
    ),
    ("method_by_a_decorator", dumped("A().json()", "@d\nclass A:", "from lib import d"), {"contained: x(A().json())"}),
    (
        "method_by_a_metaclass",
        dumped("A().json()", "class A(metaclass=M):", "from lib import M"),
        {"contained: x(A().json())"},
    ),
    (
        "method_by_getattr",
        dumped("A().json()", "class A:\n    def __getattr__(self, n): pass"),
        {"contained: x(A().json())"},
    ),
    (
        "method_assigned_to_the_class",
        dumped("A().json()").replace("x(", "A.json = f\nx("),
        {"contained: x(A().json())"},
    ),
    (
        "method_set_by_name",
        dumped("A().json()").replace("x(", 'setattr(A, "json", f)\nx('),
        {"contained: x(A().json())"},
    ),
    ("json", dumped("json.dumps(A())"), set()),
    ("json_of_a_model", dumped("json.dumps(A(), default=None)", _MODEL, _PYDANTIC), set()),
    ("json_of_a_dataclass", dumped("json.dumps(A())", _DATACLASS, _IMPORTED), set()),
    ("json_of_an_outside_base", dumped("json.dumps(A())", "class A(dict):"), {"contained: x(json.dumps(A()))"}),
    ("json_of_a_library", dumped("orjson.dumps(A())", before="import orjson"), {"contained: x(orjson.dumps(A()))"}),
    ("json_by_default", dumped("json.dumps(A(), default=vars)"), {"contained: x(json.dumps(A(), default=vars))"}),
    ("json_by_encoder", dumped("json.dumps(A(), cls=E)"), {"contained: x(json.dumps(A(), cls=E))"}),
    ("json_by_more", dumped("json.dumps(A(), **more)"), {"contained: x(json.dumps(A(), **more))"}),
    ("json_by_text", dumped("json.dumps(A(), default=str)"), set()),
    (
        "json_by_telling_text",
        dumped("json.dumps(A(), default=str)", "class A:\n    def __repr__(self): pass"),
        {"contained: x(json.dumps(A(), default=str))"},
    ),
    (
        "json_by_text_of_a_dataclass",
        dumped("json.dumps(A(), default=str)", _DATACLASS, _IMPORTED),
        {"contained: x(json.dumps(A(), default=str))"},
    ),
    (
        "json_that_is_patched",
        dumped("json.dumps(A())").replace("x(", "json.JSONEncoder.default = f\nx("),
        {"contained: x(json.dumps(A()))"},
    ),
    (
        "json_or_something_else",
        dumped("dumps(A())", before="from json import dumps\nif y:\n    from lib import dumps"),
        {"contained: x(dumps(A()))"},
    ),
]


CONTAINERS: list[Case] = [
    ("item", 'a = {"b": "HERE", "c": 1}\nx(a["b"])\ny(a["c"])', {'argument: x(a["b"])'}),
    ("item_by_unknown_key", 'a = {"b": "HERE"}\nx(a[k])', {"argument: x(a[k])"}),
    ("get", 'a = {"b": "HERE"}\nx(a.get("b"))\ny(a.get("c"))', {'argument: x(a.get("b"))'}),
    ("fallback", 'a = {}\nx(a.get("b", "HERE"))', {'argument: x(a.get("b", "HERE"))'}),
    ("nested", 'a = {"b": {"c": "HERE"}}\nx(a["b"]["c"])\ny(a["b"]["d"])', {'argument: x(a["b"]["c"])'}),
    ("whole_mapping", 'a = {"b": "HERE"}\nx(a)', {"argument: x(a)"}),
    ("expanded", 'a = {"b": "HERE"}\nx(**a)', {"argument: x(**a)"}),
    (
        "expanded_into_a_function",
        'a = {"b": "HERE", "c": 1}\ndef f(b, c):\n    x(b)\n    y(c)\nf(**a)',
        {"argument: x(b)"},
    ),
    ("expanded_into_a_mapping", 'a = {"b": "HERE"}\nc = {**a}\nx(c["b"])', {'argument: x(c["b"])'}),
    ("set_item", 'a = {}\na["b"] = "HERE"\nx(a["b"])\ny(a["c"])', {'argument: x(a["b"])'}),
    ("updated", 'a = {}\na.update(b="HERE")\nx(a["b"])\ny(a["c"])', {'argument: x(a["b"])'}),
    ("updated_by_a_mapping", 'a = {}\na.update({"b": "HERE"})\nx(a["b"])\ny(a["c"])', {'argument: x(a["b"])'}),
    (
        "set_by_default",
        'a = {}\nz(a.setdefault("b", "HERE"))\nx(a["b"])\ny(a["c"])',
        {'argument: x(a["b"])', 'argument: z(a.setdefault("b", "HERE"))'},
    ),
    ("key_of_setdefault", 'a = {}\na.setdefault("HERE", 1)', {'keyed: a.setdefault("HERE", 1)'}),
    ("made_by_dict", 'a = dict(b="HERE")\nx(a["b"])', {'argument: x(a["b"])'}),
    ("copied", 'a = {"b": "HERE"}\nc = a.copy()\nx(c["b"])', {'argument: x(c["b"])'}),
    ("items", 'a = {"b": "HERE"}\nfor k, v in a.items():\n    x(v)', {"argument: x(v)"}),
    ("element", 'a = ["HERE", 1]\nx(a[0])', {"argument: x(a[0])"}),
    ("loop", 'for a in ["HERE", "b"]:\n    x(a)', {"argument: x(a)"}),
    ("loop_over_a_name", 'b = ("HERE",)\nfor a in b:\n    x(a)', {"argument: x(a)"}),
    ("loop_in_a_comprehension", '[x(a) for a in ["HERE"]]', {'argument: [x(a) for a in ["HERE"]]'}),
    ("comprehension", 'x("HERE" for a in b)', {'argument: x("HERE" for a in b)'}),
    ("sequence_in_a_call", 'x(["HERE"])', {'argument: x(["HERE"])'}),
]

CIRCLES: list[Case] = [
    ("name_of_itself", 'a = "HERE"\na = a\nx(a)', {"argument: x(a)"}),
    ("two_names", 'a = b or "HERE"\nb = a\nx(b)', {"argument: x(b)"}),
    ("mapping_in_itself", 'a = {"b": "HERE"}\na["c"] = a\nx(a["b"])', {'argument: x(a["b"])'}),
    ("recursion", 'def f(a):\n    f(a)\n    x(a)\nf("HERE")', {"argument: x(a)"}),
    ("mutual_recursion", 'def f(a):\n    g(a)\ndef g(b):\n    f(b)\n    x(b)\nf("HERE")', {"argument: x(b)"}),
    ("returned_to_itself", 'def f(a):\n    return f(a) or "HERE"\nx(f(1))', {"argument: x(f(1))"}),
    (
        "stars_in_a_circle",
        {"a.py": 'from b import *\ny = "HERE"', "b.py": "from a import *\nx(y)"},
        {"argument: x(y)"},
    ),
    (
        "class_that_takes_the_name_of_its_base",
        'class A:\n    a = "HERE"\nclass B(A): pass\nclass A(B): pass\nx(A.a)\ny(A.b)',
        {"argument: x(A.a)"},
    ),
    (
        "fields_of_such_a_class",
        (
            "from dataclasses import dataclass\n@dataclass\nclass A:\n    a: str\n@dataclass\nclass B(A): pass\n"
            '@dataclass\nclass A(B): pass\nx(A("HERE").a)'
        ),
        {'argument: x(A("HERE").a)'},
    ),
    (
        "imports_in_a_circle",
        {"a.py": 'from b import z\ny = "HERE"\nx(z)', "b.py": "from a import y\nz = y"},
        {"argument: x(z)"},
    ),
]

CASES = [*ENDS, *NAMES, *MODULES, *FUNCTIONS, *CLASSES, *ANNOTATED, *DUMPED, *CONTAINERS, *CIRCLES]


@pytest.mark.parametrize(
    ("files", "expected"), [pytest.param(files, expected, id=name) for name, files, expected in CASES]
)
def test_uses(files: Files | str, expected: set[str]) -> None:
    assert world(files).ends() == expected


def ends_in_order(files: Files | str, order: int) -> dict[str, frozenset[str]]:
    made = world(files)
    asked = [
        (facts, node)
        for path in map(Path, made.project.files)
        if (facts := made.project.facts(path)) is not None
        for node in parents_of(facts)
    ]
    random.Random(order).shuffle(asked)
    found: dict[str, frozenset[str]] = {}
    for facts, node in asked:
        if order % 2:
            made.origins.values(facts, node)
        key = f"{facts.path.name}:{node.span.start}-{node.span.end} {type(node).__name__}"
        found[key] = found.get(key, frozenset()) | {told(use) for use in made.uses.of(facts, node)}
    return found


@pytest.mark.parametrize(
    "files", [pytest.param(files, id=name) for name, files, _ in [*CIRCLES, *CLASSES, *ANNOTATED, *DUMPED, *CONTAINERS]]
)
def test_ends_do_not_depend_on_the_order_of_questions(files: Files | str) -> None:
    assert ends_in_order(files, 1) == ends_in_order(files, 2) == ends_in_order(files, 3)


def start_and_uses(files: Files | str) -> tuple[World, list[tuple[UseKind, str, bool]]]:
    made = world(files)
    (start,) = made.starts()
    return made, [(use.kind, use.keyword, use.direct) for use in made.uses.of(*start)]


@pytest.mark.parametrize(
    ("text", "keyword", "direct"),
    [
        ('x("HERE")', "", True),
        ('x(model="HERE")', "model", True),
        ('x(["HERE"])', "", False),
        ('x(body={"model": "HERE"})', "body", False),
        ('x(**{"model": "HERE"})', "model", True),
        ('x(**{"body": {"model": "HERE"}})', "body", False),
        ('x(*["HERE"])', "", False),
    ],
)
def test_an_argument_says_how_it_is_taken(text: str, keyword: str, direct: bool) -> None:
    _, found = start_and_uses(text)
    assert found == [(UseKind.ARGUMENT, keyword, direct)]


def test_ends_stand_in_the_order_they_are_reached_and_once() -> None:
    made = world('a = "HERE"\nx(a, a)\ny(a)\nb = a\nz(b)')
    (start,) = made.starts()
    found = made.uses.of(*start)
    assert len(found) == len(set(found)) == 4
    assert made.uses.of(*start) is found


def test_uses_of_a_binding() -> None:
    made = world('a = "HERE"\nx(a)\nif a: pass')
    facts = made.facts()
    (binding,) = facts.scopes[0].bindings["a"]
    assert {told(use) for use in made.uses.of_binding(facts, binding)} == {"argument: x(a)", "tested: if a: pass"}


# Ways that are followed forwards only, so that no use is missed.
UNSEEN_BACKWARDS = {"into_a_star", "with", "copied"}


def is_expanded(use: Use) -> bool:
    return use.call is not None and any(each.value is use.node and each.expansion for each in use.call.arguments)


def test_flows_and_origins_agree() -> None:
    """Every argument that a text flows into has that text among its origins where both ways are followed."""
    for files in (files for name, files, _ in CASES if name not in UNSEEN_BACKWARDS):
        made = world(files)
        for start in made.starts():
            for use in made.uses.of(*start):
                if use.kind is UseKind.ARGUMENT and use.direct and not is_expanded(use):
                    values = made.origins.values(use.file, use.node)
                    assert any(getattr(value, "node", None) is start[1] for value in values) or use.node is start[1]
