"""Where a value comes from: each way it travels, with the near miss beside it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from codemod.provenance.facts import FileFacts
from codemod.provenance.questions import Question
from codemod.provenance.values import TextValue
from tests.expressions import parents_of
from tests.provenance.worlds import ROOT, Files, World, described, world

Case = tuple[str, Files | str, set[str]]

NAMES: list[Case] = [
    ("text", "sink('a')", {"'a'"}),
    ("constant", "sink(None)", {"None"}),
    ("name", "a = 'a'\nsink(a)", {"'a'"}),
    ("chain_of_names", "a = b = 'a'\nc = b\nsink(c)", {"'a'"}),
    ("bound_twice", "a = 'a'\na = 'b'\nsink(a)", {"'a'", "'b'"}),
    ("bound_in_branches", "if x:\n    a = 'a'\nelse:\n    a = 'b'\nsink(a)", {"'a'", "'b'"}),
    ("other_name", "a = 'a'\nb = 'b'\nsink(b)", {"'b'"}),
    ("unbound", "sink(a)", {"?"}),
    ("builtin", "sink(print)", {"builtins.print"}),
    ("builtin_that_is_shadowed", "print = 'a'\nsink(print)", {"'a'"}),
    ("annotated", "a: str = 'a'\nsink(a)", {"'a'"}),
    ("declared_only", "a: str\nsink(a)", set()),
    ("augmented", "a = 'a'\na += 'b'\nsink(a)", {"'a'", "?"}),
    ("unpacked_pair", "a, b = 'a', 'b'\nsink(b)", {"'b'"}),
    ("unpacked_unseen", "a, b = pair()\nsink(b)", {"?"}),
    ("unpacked_before_a_star", "a, *b = 'a', 'b'\nsink(a)", {"'a'"}),
    ("unpacked_star", "a, *b = 'a', 'b'\nsink(b)", {"?"}),
    ("walrus", "if (a := 'a'): sink(a)", {"'a'"}),
    ("value_of_walrus", "sink((a := 'a'))", {"'a'"}),
    ("local_shadows_global", "a = 'a'\ndef f():\n    a = 'b'\n    sink(a)", {"'b'"}),
    ("global_seen_in_function", "def f():\n    sink(a)\na = 'a'", {"'a'"}),
    ("set_through_global", "a = None\ndef f():\n    global a\n    a = 'a'\nsink(a)", {"None", "'a'"}),
    ("not_set_without_global", "a = None\ndef f():\n    a = 'a'\nsink(a)", {"None"}),
    (
        "nonlocal",
        "def f():\n    a = 'a'\n    def g():\n        nonlocal a\n        a = 'b'\n    sink(a)",
        {"'a'", "'b'"},
    ),
    ("closure", "def f():\n    a = 'a'\n    def g():\n        sink(a)", {"'a'"}),
    ("class_scope_not_seen", "a = 'a'\nclass C:\n    a = 'b'\n    def f(self):\n        sink(a)", {"'a'"}),
    ("template", "sink(f'{a}')", {"template"}),
    ("computed", "sink('a' + 'b')", {"?"}),
    ("environment", "import os\nsink(os.environ['A'])", {"$A"}),
    ("environment_with_default", "import os\nsink(os.getenv('A', 'a'))", {"$A", "'a'"}),
    ("deleted", "a = 'a'\ndel a\nsink(a)", {"'a'"}),
    ("exception", "try: pass\nexcept E as a: sink(a)", {"?"}),
    ("await", "async def f():\n    return 'a'\nasync def g():\n    sink(await f())", {"'a'"}),
]

CHOICES: list[Case] = [
    ("conditional", "sink('a' if x else 'b')", {"'a'", "'b'"}),
    ("test_is_no_value", "sink('a' if 'c' else 'b')", {"'a'", "'b'"}),
    ("or", "a = None\nsink(a or 'b')", {"'b'"}),
    ("or_with_empty_text", "sink('' or 'b')", {"'b'"}),
    ("or_keeps_the_last", "sink('a' or None)", {"'a'", "None"}),
    ("or_of_three", "sink(x() or None or 'b')", {"?", "'b'"}),
    ("and", "sink('a' and 'b')", {"'b'"}),
]

MODULES: list[Case] = [
    ("external", "import lib\nsink(lib)", {"lib"}),
    ("external_member", "from lib import Client as C\nsink(C)", {"lib.Client"}),
    ("external_submodule", "import lib.deep\nsink(lib.deep.A)", {"lib.deep.A"}),
    ("external_alias", "import lib.deep as d\nsink(d.A)", {"lib.deep.A"}),
    ("absolute", {"main.py": "from a import b\nsink(b)", "a.py": "b = 'a'"}, {"'a'"}),
    ("alias", {"main.py": "from a import b as c\nsink(c)", "a.py": "b = 'a'"}, {"'a'"}),
    ("module", {"main.py": "import a\nsink(a.b)", "a.py": "b = 'a'"}, {"'a'"}),
    ("module_alias", {"main.py": "import a as c\nsink(c.b)", "a.py": "b = 'a'"}, {"'a'"}),
    ("missing_member", {"main.py": "import a\nsink(a.c)", "a.py": "b = 'a'"}, {"?"}),
    ("missing_name", {"main.py": "from a import c\nsink(c)", "a.py": "b = 'a'"}, {"?"}),
    (
        "relative",
        {"p/__init__.py": "", "p/main.py": "from .a import b\nsink(b)", "p/a.py": "b = 'a'", "a.py": "b = 'x'"},
        {"'a'"},
    ),
    (
        "relative_up",
        {
            "p/__init__.py": "",
            "p/q/__init__.py": "",
            "p/q/main.py": "from ..a import b\nsink(b)",
            "p/a.py": "b = 'a'",
            "p/q/a.py": "b = 'x'",
        },
        {"'a'"},
    ),
    (
        "submodule_of_relative",
        {"p/__init__.py": "", "p/main.py": "from . import a\nsink(a.b)", "p/a.py": "b = 'a'"},
        {"'a'"},
    ),
    (
        "dotted_submodule",
        {"p/__init__.py": "", "p/a.py": "b = 'a'", "main.py": "import p.a\nsink(p.a.b)"},
        {"'a'"},
    ),
    (
        "re_exported",
        {"p/__init__.py": "from .a import b", "p/a.py": "b = 'a'", "main.py": "from p import b\nsink(b)"},
        {"'a'"},
    ),
    (
        "re_exported_under_another_name",
        {"p/__init__.py": "from .a import b as c", "p/a.py": "b = 'a'", "main.py": "import p\nsink(p.c)"},
        {"'a'"},
    ),
    (
        "re_exported_twice",
        {
            "p/__init__.py": "from .q import b",
            "p/q/__init__.py": "from .a import b",
            "p/q/a.py": "b = 'a'",
            "main.py": "from p import b\nsink(b)",
        },
        {"'a'"},
    ),
    ("star", {"main.py": "from a import *\nsink(b)", "a.py": "b = 'a'"}, {"'a'"}),
    ("star_of_star", {"main.py": "from a import *\nsink(c)", "a.py": "from b import *", "b.py": "c = 'a'"}, {"'a'"}),
    ("star_without_the_name", {"main.py": "from a import *\nsink(c)", "a.py": "b = 'a'"}, {"?"}),
    ("own_name_before_star", {"main.py": "from a import *\nb = 'x'\nsink(b)", "a.py": "b = 'a'"}, {"'x'"}),
    ("import_in_function", {"main.py": "def f():\n    from a import b\n    sink(b)", "a.py": "b = 'a'"}, {"'a'"}),
    (
        "import_in_try",
        {"main.py": "try:\n    from a import b\nexcept ImportError:\n    b = None\nsink(b)", "a.py": "b = 'a'"},
        {"'a'", "None"},
    ),
    (
        "set_from_outside",
        {"main.py": "import a\nsink(a.b)", "a.py": "b = None", "c.py": "import a\na.b = 'c'"},
        {"None", "'c'"},
    ),
    (
        "set_from_outside_and_read_inside",
        {"a.py": "b = None\ndef f():\n    sink(b)", "c.py": "import a\na.b = 'c'"},
        {"None", "'c'"},
    ),
    (
        "member_of_another_module_set",
        {"main.py": "import a\nsink(a.b)", "a.py": "b = None", "d.py": "", "c.py": "import d\nd.b = 'c'"},
        {"None"},
    ),
    (
        "member_of_an_object_set",
        {"main.py": "import a\nsink(a.b)", "a.py": "b = None", "c.py": "import a\nclass X: pass\na = X()\na.b = 'c'"},
        {"None", "'c'"},
    ),
    ("missing_relative", {"main.py": "from .gone import b\nsink(b)"}, {"?"}),
    ("unreadable", {"main.py": "from a import b\nsink(b)", "a.py": "b = = 'a'"}, {"?"}),
    ("file_of_the_same_name", {"p/lib.py": "from lib import Client\nsink(Client)"}, {"lib.Client"}),
    ("standard_library", {"main.py": "import json\nsink(json.dumps)"}, {"json.dumps"}),
]


def lazily(body: str, name: str = "b") -> Files:
    """A module whose names are given when they are asked for."""
    return {"main.py": f"from a import {name}\nsink({name})", "a.py": f"def __getattr__(n):\n{body}"}


_OTHER_LAZY = "    return 'other'"

# A condition on the name that is asked for leaves out what it guards, if it can be read, and nothing else.
LAZY: list[Case] = [
    ("lazy", lazily(_OTHER_LAZY), {"'other'"}),
    ("lazy_name", lazily("    if n == 'b':\n        return 'a'\n    elif 'c' == n:\n        return 'd'"), {"'a'"}),
    (
        "lazy_name_of_others",
        lazily("    if n == 'c' or n in ('d', 'e'):\n        return 'a'\n" + _OTHER_LAZY),
        {"'other'"},
    ),
    ("lazy_name_among_others", lazily("    if n == 'c' or n in ('b',):\n        return 'a'"), {"'a'"}),
    ("lazy_name_of_nobody", lazily("    if n == 'c':\n        return 'a'\n    raise AttributeError(n)"), {"?"}),
    ("lazy_name_that_is_not", lazily("    if n != 'c':\n        return 'a'"), {"'a'"}),
    ("lazy_name_or_another_condition", lazily("    if n == 'c' or x:\n        return 'a'"), {"'a'"}),
    ("lazy_name_in_the_other_branch", lazily("    if n == 'c':\n        pass\n    else:\n        return 'a'"), {"'a'"}),
    ("lazy_name_in_a_variable", lazily("    if n in x:\n        return 'a'"), {"'a'"}),
    ("lazy_name_in_a_text", lazily("    if n in 'abc':\n        return 'a'"), {"'a'"}),
    ("lazy_name_or_a_variable", lazily("    if n in ('c', x):\n        return 'a'"), {"'a'"}),
    ("lazy_name_bound_anew", lazily("    n = x\n    if n == 'c':\n        return 'a'"), {"'a'"}),
    (
        "lazy_name_of_an_inner_function",
        lazily("    def f(n):\n        if n == 'c':\n            return 'a'\n    return f('c')"),
        {"'a'"},
    ),
    ("lazy_name_compared_twice", lazily("    if x == n == 'c':\n        return 'a'"), {"'a'"}),
    ("lazy_name_of_another", lazily("    if x == 'c':\n        return 'a'"), {"'a'"}),
]

FUNCTIONS: list[Case] = [
    ("returned", "def f():\n    return 'a'\nsink(f())", {"'a'"}),
    ("returned_from_branches", "def f():\n    if x:\n        return 'a'\n    return 'b'\nsink(f())", {"'a'", "'b'"}),
    ("returned_by_inner", "def f():\n    def g():\n        return 'b'\n    return 'a'\nsink(f())", {"'a'"}),
    ("function_itself", "def f():\n    return 'a'\nsink(f)", {"def f"}),
    ("function_by_alias", "def f():\n    return 'a'\ng = f\nsink(g())", {"'a'"}),
    ("returned_lambda", "f = lambda: 'a'\nsink(f())", {"'a'"}),
    ("generator", "def f():\n    yield 'a'\nsink(f())", {"generator f"}),
    ("decorated_with_cache", "from functools import cache\n@cache\ndef f():\n    return 'a'\nsink(f())", {"'a'"}),
    ("returns_its_parameter", "def f(a):\n    return a\nsink(f('a'))", {"'a'"}),
    (
        "factory_in_another_module",
        {"main.py": "from a import f\nsink(f())", "a.py": "def f():\n    return 'a'"},
        {"'a'"},
    ),
    ("unknown_function", "sink(f())", {"?"}),
    ("external_result", "import lib\nsink(lib.Client())", {"lib.Client()"}),
    ("member_of_result", "import lib\nsink(lib.Client().a.b)", {"lib.Client().a.b"}),
    ("call_of_member", "import lib\nsink(lib.Client().a())", {"lib.Client().a()"}),
    ("same_member", "import lib\nsink(lib.Client().beta.a)", {"lib.Client().a"}),
    ("same_call", "import lib\nsink(lib.Client().with_options(a=1))", {"lib.Client()"}),
    ("wrapper", "import lib\nfrom wrapping import wrap\nsink(wrap(lib.Client()))", {"lib.Client()"}),
    ("wrapper_by_keyword", "import lib, wrapping\nsink(wrapping.wrap(client=lib.Client()))", {"lib.Client()"}),
    ("other_wrapper", "import lib, wrapping\nsink(wrapping.unwrap(lib.Client()))", {"wrapping.unwrap()"}),
    ("lookup", "import store\nsink(store.get('K'))", {"store.get[K]!"}),
    ("lookup_with_default", "import store\nsink(store.get('K', ''))", {"store.get[K]"}),
    ("lookup_that_may_miss", "import store\nsink(store.find('K'))", {"store.find[K]"}),
    ("lookup_by_item", "import store\nsink(store.items['K'])", {"store.items[K]!"}),
    ("lookup_of_a_name", "import store\nsink(store.items[k])", {"?"}),
    ("getattr", "class A:\n    a = 'a'\nsink(getattr(A(), 'a'))", {"'a'"}),
    ("getattr_of_a_name", "class A:\n    a = 'a'\nsink(getattr(A(), b))", {"builtins.getattr()"}),
    (
        "partial_of_a_method",
        "import lib\nfrom functools import partial\nsink(partial(lib.Client().a.b, c=1))",
        {"lib.Client().a.b"},
    ),
    ("with", "import lib\nwith lib.Client() as c: sink(c)", {"lib.Client()"}),
    ("async_with", "import lib\nasync def f():\n    async with lib.Client() as c: sink(c)", {"lib.Client()"}),
    ("with_something_else", "import lib\nwith lib.Other() as c: sink(c)", {"?"}),
]

PARAMETERS: list[Case] = [
    ("nobody_calls", "def f(a):\n    sink(a)", {"a of anybody"}),
    ("position", "def f(a):\n    sink(a)\nf('a')", {"'a'", "a of callers"}),
    ("keyword", "def f(a):\n    sink(a)\nf(a='a')", {"'a'", "a of callers"}),
    ("several_callers", "def f(a):\n    sink(a)\nf('a')\nf('b')", {"'a'", "'b'", "a of callers"}),
    ("other_position", "def f(a, b):\n    sink(b)\nf('a', 'b')", {"'b'", "b of callers"}),
    ("default", "def f(a='a'):\n    sink(a)", {"'a'", "a of callers"}),
    ("default_and_caller", "def f(a='a'):\n    sink(a)\nf('b')", {"'a'", "'b'", "a of callers"}),
    ("caller_leaves_it_out", "def f(a='a', b=1):\n    sink(a)\nf(b=2)", {"'a'", "a of callers"}),
    ("keyword_only", "def f(*, a):\n    sink(a)\nf(a='a')", {"'a'", "a of callers"}),
    ("positional_only", "def f(a, /):\n    sink(a)\nf('a')", {"'a'", "a of callers"}),
    ("other_function", "def f(a):\n    sink(a)\ndef g(a): pass\ng('b')", {"a of anybody"}),
    ("handed_on", "def f(a='a'):\n    sink(a)\nrun(f)", {"'a'", "a of anybody"}),
    ("handed_to_a_framework", "import w\n@w.route\ndef f(a='a'):\n    sink(a)", {"'a'", "a of anybody"}),
    ("cached", "from functools import lru_cache\n@lru_cache\ndef f(a='a'):\n    sink(a)", {"'a'", "a of callers"}),
    ("star_argument", "def f(a):\n    sink(a)\nf(*b)", {"?", "a of callers"}),
    ("double_star_argument", "def f(a):\n    sink(a)\nf(**{'a': 'a', 'b': 'b'})", {"'a'", "a of callers"}),
    ("double_star_unseen", "def f(a):\n    sink(a)\nf(**b())", {"?", "a of callers"}),
    ("keyword_parameter", "def f(**a):\n    sink(a['b'])\nf(b='b', c='c')", {"'b'"}),
    ("keyword_parameter_get", "def f(**a):\n    sink(a.get('b', 'd'))\nf(b='b', c='c')", {"'b'", "'d'"}),
    (
        "keyword_parameter_passed_on",
        "def f(**a):\n    g(**a)\ndef g(b):\n    sink(b)\nf(b='b')",
        {"'b'", "b of callers"},
    ),
    ("keyword_parameter_without_it", "def f(**a):\n    sink(a['b'])\nf(c='c')", set()),
    ("keyword_parameter_named_apart", "def f(b, **a):\n    sink(a['b'])\nf(b='b')", set()),
    ("keyword_parameter_of_nobody", "def f(**a):\n    sink(a['b'])", {"a of anybody"}),
    ("variadic", "def f(*a):\n    sink(a)\nf('a')", {"sequence"}),
    ("variadic_element", "def f(*a):\n    sink(a[0])\nf('a', 'b')", {"'a'"}),
    (
        "callers_elsewhere",
        {
            "main.py": "def f(a):\n    sink(a)",
            "b.py": "from main import f\nf('b')",
            "c.py": "import main as m\nm.f('c')",
        },
        {"'b'", "'c'", "a of callers"},
    ),
    (
        "callers_by_alias",
        {"main.py": "def f(a):\n    sink(a)", "b.py": "from main import f as g\ng('b')"},
        {"'b'", "a of callers"},
    ),
    (
        "callers_through_a_re_export",
        {
            "p/__init__.py": "from .a import f as h",
            "p/a.py": "def f(a):\n    sink(a)",
            "main.py": "from p import h\nh('b')",
        },
        {"'b'", "a of callers"},
    ),
    (
        "same_name_elsewhere",
        {"main.py": "def f(a):\n    sink(a)", "b.py": "def f(a): pass\nf('b')"},
        {"a of anybody"},
    ),
    ("passed_along", "def f(a):\n    sink(a)\ndef g(b):\n    f(b)\ng('a')", {"'a'", "a of callers", "b of callers"}),
    (
        "partial_of_a_function",
        "from functools import partial\ndef f(a):\n    sink(a)\ng = partial(f, 'a')",
        {"a of anybody"},
    ),
    (
        "method_that_returns_its_object",
        "class A:\n    def f(self):\n        return self\nsink(A().f())",
        {"new A"},
    ),
    ("lambda", "f = lambda a: sink(a)\nf('a')", {"'a'", "a of callers"}),
]

CLASSES: list[Case] = [
    (
        "self_attribute",
        "class A:\n    def __init__(self):\n        self.a = 'a'\n    def f(self):\n        sink(self.a)",
        {"'a'"},
    ),
    (
        "set_in_another_method",
        "class A:\n    def g(self):\n        self.a = 'a'\n    def f(self):\n        sink(self.a)",
        {"'a'"},
    ),
    (
        "other_attribute",
        (
            "class A:\n    def __init__(self):\n        self.a = 'a'\n"
            "        self.b = 'b'\n    def f(self):\n        sink(self.b)"
        ),
        {"'b'"},
    ),
    ("missing_attribute", "class A:\n    def f(self):\n        sink(self.a)", {"?"}),
    (
        "another_class",
        "class A:\n    def f(self):\n        sink(self.a)\nclass B:\n    def f(self):\n        self.a = 'b'",
        {"?"},
    ),
    ("set_from_outside", "class A:\n    a = None\nx = A()\nx.a = 'b'\nsink(x.a)", {"None", "'b'"}),
    ("class_attribute", "class A:\n    a = 'a'\nsink(A.a)", {"'a'"}),
    ("class_attribute_of_instance", "class A:\n    a = 'a'\nsink(A().a)", {"'a'"}),
    ("class_attribute_set_from_outside", "class A:\n    a = 'a'\nA.a = 'b'\nsink(A().a)", {"'a'", "'b'"}),
    ("inherited", "class A:\n    a = 'a'\nclass B(A): pass\nsink(B().a)", {"'a'"}),
    ("inherited_class_attribute", "class A:\n    a = 'a'\nclass B(A): pass\nsink(B.a)", {"'a'"}),
    (
        "overridden_below",
        "class A:\n    a = 'a'\n    def f(self):\n        sink(self.a)\nclass B(A):\n    a = 'b'",
        {"'a'", "'b'"},
    ),
    (
        "overridden_beside",
        "class A:\n    a = 'a'\n    def f(self):\n        sink(self.a)\nclass B:\n    a = 'b'",
        {"'a'"},
    ),
    ("made_instance_is_no_subclass", "class A:\n    a = 'a'\nclass B(A):\n    a = 'b'\nsink(A().a)", {"'a'"}),
    (
        "inherited_across_files",
        {
            "main.py": "from a import A\nclass B(A):\n    def f(self):\n        sink(self.a)",
            "a.py": "class A:\n    def __init__(self):\n        self.a = 'a'",
        },
        {"'a'"},
    ),
    ("external_base", "import lib\nclass A(lib.Client): pass\nsink(A().a)", {"new A.a"}),
    (
        "initialiser",
        "class A:\n    def __init__(self, a):\n        self.a = a\n    def f(self):\n        sink(self.a)\nA('a')",
        {"'a'", "a of callers"},
    ),
    (
        "initialiser_default",
        "class A:\n    def __init__(self, a='a'):\n        self.a = a\n    def f(self):\n        sink(self.a)\nA()",
        {"'a'", "a of callers"},
    ),
    (
        "super_initialiser",
        (
            "class A:\n    def __init__(self, a):\n        self.a = a\n    def f(self):\n"
            "        sink(self.a)\nclass B(A):\n    def __init__(self):\n        super().__init__('b')\nB()"
        ),
        {"'b'", "a of callers"},
    ),
    (
        "subclass_without_initialiser",
        (
            "class A:\n    def __init__(self, a):\n        self.a = a\n"
            "    def f(self):\n        sink(self.a)\nclass B(A): pass\nB('b')"
        ),
        {"'b'", "a of callers"},
    ),
    (
        "made_through_cls",
        (
            "class A:\n    def __init__(self, a):\n        self.a = a\n    @classmethod\n"
            "    def make(cls):\n        return cls('a')\n    def f(self):\n        sink(self.a)"
        ),
        {"'a'", "a of callers"},
    ),
    ("property", "class A:\n    @property\n    def a(self):\n        return 'a'\nsink(A().a)", {"'a'"}),
    (
        "cached_property",
        (
            "from functools import cached_property\nclass A:\n"
            "    @cached_property\n    def a(self):\n        return 'a'\nsink(A().a)"
        ),
        {"'a'"},
    ),
    ("method_is_no_property", "class A:\n    def a(self):\n        return 'a'\nsink(A().a)", {"bound def a"}),
    ("method", "class A:\n    def a(self):\n        return 'a'\nsink(A().a())", {"'a'"}),
    ("static_method", "class A:\n    @staticmethod\n    def a(b):\n        sink(b)\nA.a('a')", {"'a'", "b of callers"}),
    (
        "class_method",
        "class A:\n    @classmethod\n    def a(cls, b):\n        sink(b)\nA.a('a')",
        {"'a'", "b of callers"},
    ),
    ("method_caller", "class A:\n    def a(self, b):\n        sink(b)\nA().a('a')", {"'a'", "b of callers"}),
    (
        "method_called_on_the_class",
        "class A:\n    def a(self, b):\n        sink(b)\nA.a(A(), 'a')",
        {"'a'", "b of callers"},
    ),
    (
        "method_of_an_unknown_receiver",
        "class A:\n    def a(self, b):\n        sink(b)\ndef g(x):\n    x.a('a')",
        {"?", "b of callers"},
    ),
    (
        "method_of_another_class",
        "class A:\n    def a(self, b):\n        sink(b)\nclass B:\n    def a(self, b): pass\nB().a('a')",
        {"b of anybody"},
    ),
    ("first_parameter", "class A:\n    def a(self):\n        sink(self)", {"self A"}),
    (
        "first_parameter_of_a_class_method",
        "class A:\n    @classmethod\n    def a(cls):\n        sink(cls)",
        {"class A"},
    ),
    ("class_of_an_instance", "class A: pass\nsink(A().__class__)", {"class A"}),
    ("type_of_an_instance", "class A: pass\nsink(type(A()))", {"class A"}),
    (
        "dataclass_field",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    a: str\n    b: str = 'b'\nx = A('a')\nsink(x.a)",
        {"'a'"},
    ),
    (
        "dataclass_default",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    a: str = 'a'\nx = A()\nsink(x.a)",
        {"'a'"},
    ),
    (
        "dataclass_field_by_keyword",
        (
            "from dataclasses import dataclass\n@dataclass\nclass A:\n"
            "    a: str = 'a'\n    b: str = 'b'\nx = A(b='c')\nsink(x.b)"
        ),
        {"'b'", "'c'"},
    ),
    (
        "dataclass_field_default",
        "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    a: str = field(default='a')\nsink(A().a)",
        {"'a'"},
    ),
    (
        "dataclass_factory",
        (
            "from dataclasses import dataclass, field\ndef f():\n    return 'a'\n"
            "@dataclass\nclass A:\n    a: str = field(default_factory=f)\nsink(A().a)"
        ),
        {"'a'"},
    ),
    (
        "dataclass_factory_lambda",
        (
            "from dataclasses import dataclass, field\n@dataclass\nclass A:\n"
            "    a: str = field(default_factory=lambda: 'a')\nsink(A().a)"
        ),
        {"'a'"},
    ),
    (
        "own_field_function",
        "from mine import field\nclass A:\n    a: str = field(default='a')\nsink(A().a)",
        {"mine.field()"},
    ),
    ("enum_member", "from enum import Enum\nclass A(Enum):\n    a = 'a'\nsink(A.a)", {"member a"}),
    ("value_of_enum_member", "from enum import Enum\nclass A(Enum):\n    a = 'a'\nsink(A.a.value)", {"'a'"}),
    (
        "super_member",
        "class A:\n    a = 'a'\nclass B(A):\n    a = 'b'\n    def f(self):\n        sink(super().a)",
        {"'a'"},
    ),
]

CONTAINERS: list[Case] = [
    ("item", "a = {'b': 'b', 'c': 'c'}\nsink(a['b'])", {"'b'"}),
    ("item_by_name", "a = {'b': 'b', 'c': 'c'}\nk = 'b'\nsink(a[k])", {"'b'"}),
    ("item_by_unknown", "a = {'b': 'b', 'c': 'c'}\nsink(a[k()])", {"'b'", "'c'"}),
    ("missing_item", "a = {'b': 'b'}\nsink(a['c'])", set()),
    ("get", "a = {'b': 'b', 'c': 'c'}\nsink(a.get('b'))", {"'b'"}),
    ("get_with_fallback", "a = {'b': 'b'}\nsink(a.get('c', 'd'))", {"'d'"}),
    ("pop", "a = {'b': 'b'}\nsink(a.pop('b'))", {"'b'"}),
    ("setdefault", "a = {}\nsink(a.setdefault('b', 'b'))", {"'b'"}),
    ("nested", "a = {'b': {'c': 'd'}, 'e': {'c': 'f'}}\nsink(a['b']['c'])", {"'d'"}),
    ("set_item", "a = {}\na['b'] = 'b'\na['c'] = 'c'\nsink(a['b'])", {"'b'"}),
    ("set_item_of_another", "a = {}\nx = {}\nx['b'] = 'b'\nsink(a['b'])", set()),
    ("updated", "a = {'b': 'b'}\na.update({'b': 'c'})\nsink(a['b'])", {"'b'", "'c'"}),
    ("updated_by_keyword", "a = {}\na.update(b='b', c='c')\nsink(a['b'])", {"'b'"}),
    ("set_by_default", "a = {}\na.setdefault('b', 'b')\nsink(a['b'])", {"'b'"}),
    ("expanded", "a = {'b': 'b'}\nc = {**a, 'd': 'd'}\nsink(c['b'])", {"'b'"}),
    ("expanded_unseen", "c = {**a(), 'd': 'd'}\nsink(c['b'])", {"?"}),
    ("made_by_dict", "a = dict(b='b', c='c')\nsink(a['b'])", {"'b'"}),
    ("made_by_dict_of_a_mapping", "x = {'b': 'b'}\na = dict(x, c='c')\nsink(a['b'])", {"'b'"}),
    ("mapping_elsewhere", {"main.py": "from a import b\nsink(b['c'])", "a.py": "b = {'c': 'c'}"}, {"'c'"}),
    ("element", "a = ['a', 'b']\nsink(a[0])", {"'a'"}),
    ("loop", "for a in ['a', 'b']:\n    sink(a)", {"'a'", "'b'"}),
    ("loop_over_a_name", "b = ('a', 'b')\nfor a in b:\n    sink(a)", {"'a'", "'b'"}),
    ("loop_in_a_comprehension", "[sink(a) for a in ['a', 'b']]", {"'a'", "'b'"}),
    ("loop_over_unknown", "for a in b():\n    sink(a)", {"?"}),
    ("loop_over_pairs", "for a, b in [('a', 'b')]:\n    sink(a)", {"'a'"}),
    ("item_of_unknown", "sink(a()['b'])", {"?"}),
    ("mapping_itself", "a = {}\nsink(a)", {"mapping"}),
    (
        "mapping_attribute",
        "class A:\n    def __init__(self):\n        self.a = {'b': 'b'}\n    def f(self):\n        sink(self.a['b'])",
        {"'b'"},
    ),
    ("clients_by_key", "import lib\na = {'x': lib.Client(), 'y': lib.Other()}\nsink(a['x'].b)", {"lib.Client().b"}),
    ("comprehension", "sink([a for a in b])", {"sequence"}),
]

CASES = [*NAMES, *CHOICES, *MODULES, *LAZY, *FUNCTIONS, *PARAMETERS, *CLASSES, *CONTAINERS]


@pytest.mark.parametrize(
    ("files", "expected"), [pytest.param(files, expected, id=name) for name, files, expected in CASES]
)
def test_origins(files: Files | str, expected: set[str]) -> None:
    assert world(files).answer() == expected


# Circles.

CIRCLES: list[Case] = [
    ("name_of_itself", "a = a\nsink(a)", set()),
    ("or_of_itself", "a = 'a'\na = a or 'b'\nsink(a)", {"'a'", "'b'"}),
    (
        "wrapped_again_and_again",
        "import lib\nc = lib.Client()\nwhile x:\n    c = c.with_options(a=1)\nsink(c)",
        {"lib.Client()"},
    ),
    ("two_names", "a = b or 'a'\nb = a or 'b'\nsink(a)", {"'a'", "'b'"}),
    ("recursion", "def f(a):\n    if a:\n        return f(a) or 'a'\n    return 'b'\nsink(f(1))", {"'a'", "'b'"}),
    (
        "mutual_recursion",
        "def f(x):\n    return g(x) if x else 'f'\ndef g(x):\n    return f(x) if x else 'g'\nsink(f(1))",
        {"'f'", "'g'"},
    ),
    (
        "parameter_passed_round",
        "def f(a):\n    sink(a)\n    g(a)\ndef g(b):\n    f(b)\nf('f')\ng('g')",
        {"'f'", "'g'", "a of callers", "b of callers"},
    ),
    (
        "imports_in_a_circle",
        {
            "a.py": "from b import x\ny = 'a'\nz = x",
            "b.py": "from a import y\nx = y\n",
            "main.py": "from a import z\nsink(z)",
        },
        {"'a'"},
    ),
    (
        "name_imported_round",
        {"a.py": "from b import x", "b.py": "from a import x", "main.py": "from a import x\nsink(x)"},
        set(),
    ),
    (
        "stars_in_a_circle",
        {"a.py": "from b import *\ny = 'a'", "b.py": "from a import *", "main.py": "from b import *\nsink(y)"},
        {"'a'"},
    ),
    (
        "attribute_of_itself",
        "class A:\n    def f(self):\n        self.a = self.a or 'a'\n        sink(self.a)",
        {"'a'"},
    ),
    ("mapping_of_itself", "a = {'b': 'b'}\na = {**a, 'c': 'c'}\nsink(a['b'])", {"'b'"}),
    ("mapping_updated_with_itself", "a = {'b': 'b'}\na.update(a)\nsink(a['b'])", {"'b'"}),
    ("item_of_itself", "a = {'b': 'b'}\na['c'] = a['b']\na['b'] = a['c']\nsink(a['b'])", {"'b'"}),
    ("class_that_derives_from_itself", "class A(A):\n    pass\nsink(A().a)", {"?"}),
]


@pytest.mark.parametrize(
    ("files", "expected"), [pytest.param(files, expected, id=name) for name, files, expected in CIRCLES]
)
def test_circles_end_and_give_the_full_answer(files: Files | str, expected: set[str]) -> None:
    assert world(files).answer() == expected


# The order of questions.


def questions(made: World) -> list[tuple[str, int]]:
    """All expressions that can be asked for, by file and position in the file's facts."""
    return [
        (path.name, position)
        for path in map(Path, made.project.files)
        if (facts := made.project.facts(path)) is not None
        for position in range(len(parents_of(facts)))
    ]


def answers(files: Files | str, order: int) -> dict[tuple[str, int], frozenset[str]]:
    made = world(files)
    asked = questions(made)
    random.Random(order).shuffle(asked)
    by_name = {path.name: made.project.facts(path) for path in map(Path, made.project.files)}
    nodes = {name: list(parents_of(facts)) for name, facts in by_name.items() if facts is not None}
    return {
        (name, position): frozenset(
            described(value) for value in made.origins.values(by_name[name], nodes[name][position])
        )
        for name, position in asked
    }


MUTUAL = """
def a(x):
    return b(x) or c(x) or 'a'
def b(x):
    return c(x) or a(x) or 'b'
def c(x):
    d = a(x)
    e = d or b(x)
    return e or 'c' or x
a('1')
b(c('2'))
f = {'k': a('3')}
f['k'] = b(f['k'])
class K:
    def __init__(self, m):
        self.m = m or self.n()
    def n(self):
        return K(self.m).m or f['k']
K('4')
"""
TANGLES: dict[str, Files | str] = {
    "mutual": MUTUAL,
    "modules": {
        "a.py": "from b import *\nfrom c import y\nx = y or 'a'\nimport b\nb.z = x",
        "b.py": "from c import *\nfrom a import x\nz = x or 'b'\ndef f(p):\n    return g(p) or z",
        "c.py": "import a, b\ny = b.z or 'c'\ndef g(q):\n    return b.f(q) or y or q\ng('1')\nb.f(y)",
        "d.py": "import a, b, c\nr = [a.x, b.z, c.y, b.f(c.g('2')), a.g, c.x]",
    },
    **{name: files for name, files, _ in [*CIRCLES, *PARAMETERS, *CLASSES] if name != "attribute_of_itself"},
}


@pytest.mark.parametrize("name", sorted(TANGLES))
def test_answers_do_not_depend_on_the_order_of_questions(name: str) -> None:
    first = answers(TANGLES[name], 0)
    for order in range(1, 6 if name in ("mutual", "modules") else 3):
        other = answers(TANGLES[name], order)
        assert {each: (first[each], other[each]) for each in first if first[each] != other[each]} == {}


def test_a_question_is_answered_once() -> None:
    made = world(MUTUAL)
    for _ in range(2):
        for file, call in ((made.facts(), call) for call in made.facts().calls):
            made.origins.values(file, call)
    before = made.origins.work
    for call in made.facts().calls:
        made.origins.values(made.facts(), call)
    assert made.origins.work == before


# Traces.


def steps(files: Files | str) -> list[str]:
    """The steps from the sink to the only text that reaches it."""
    made = world(files)
    file, node = made.sink()
    (value,) = (each for each in made.origins.values(file, node) if isinstance(each, TextValue))
    found = made.origins.trace(file, node, value)
    return [f"{step.path.relative_to(ROOT).as_posix()}:{step.line} {step.what}" for step in found]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("sink('a')", []),
        ("a = 'a'\nb = a\nsink(b)", ["main.py:2 b", "main.py:1 a"]),
        ("def f():\n    return 'a'\nsink(f())", ["main.py:1 f()"]),
        ("def f(a):\n    sink(a)\nb = 'b'\nf(b)", ["main.py:1 a (default)", "main.py:3 b"]),
        (
            {"main.py": "from a import b as c\nsink(c)", "a.py": "\n\nb = 'a'"},
            ["main.py:1 c (import)", "a.py:3 b"],
        ),
        (
            "class A:\n    def __init__(self):\n        self.a = 'a'\n    def f(self):\n        sink(self.a)",
            ["main.py:1 A.a"],
        ),
        ("a = {'b': 'b'}\nsink(a['b'])", ["main.py:1 ['b']"]),
    ],
)
def test_traces_tell_the_steps(files: Files | str, expected: list[str]) -> None:
    assert steps(files) == expected


def test_a_trace_through_a_circle_ends() -> None:
    made = world("a = b or 'a'\nb = a or c\nc = 'c'\nsink(a)")
    file, node = made.sink()
    for value in made.origins.values(file, node):
        path: tuple[Question, ...] = made.origins.path(file, node, value)
        assert len(path) == len(set(path))
        assert made.origins.trace(file, node, value)


# Callers and subclasses.


def test_callers_are_told_apart() -> None:
    made = world(
        {
            "main.py": "class A:\n    def ask(self, a): pass\n    def go(self):\n"
            "        self.ask(1)\n        A.ask(self, 2)\n",
            "b.py": "from main import A\nA().ask(3)\nmap(A().ask, [])\ndef f(x):\n"
            "    x.ask(4)\nclass B:\n    def ask(self): pass\nB().ask()\n",
        }
    )
    facts = made.facts()
    found = made.origins.callers(facts, next(scope for scope in facts.scopes if scope.name == "ask"))
    text = {"main.py": facts.text, "b.py": made.facts("b.py").text}
    told = {(text[each.file.path.name][each.call.span.start : each.call.span.end], each.bound) for each in found.calls}
    assert told == {("self.ask(1)", True), ("A.ask(self, 2)", False), ("A().ask(3)", True)}
    assert len(found.handed_on) == 1
    assert [each.call.arguments[0].value.value for each in found.maybe] == [4]
    assert not found.more


def test_a_method_whose_name_is_everywhere_counts_as_called_from_anywhere() -> None:
    made = world("class A:\n    def get(self, a): pass\n" + "x.get(1)\n" * 101)
    facts = made.facts()
    assert made.origins.callers(facts, facts.scopes[2]).more


def test_subclasses_are_the_direct_ones() -> None:
    made = world(
        {
            "a.py": "class A: pass\nclass B(A): pass\nclass C(B): pass\nclass D: pass\n",
            "b.py": "import a\nfrom a import A as Z\nclass E(a.A): pass\n"
            "class F(Z): pass\nclass A: pass\nclass G(A): pass\n",
        }
    )
    facts = made.facts("a.py")
    assert sorted(each.scope.name for each in made.origins.subclasses(facts, facts.scopes[1])) == ["B", "E", "F"]


def test_what_a_module_gives_lazily_under_other_names_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    given = "".join(
        f"    if n == '{name}':\n        from {name} import v{name}\n        return v{name}\n" for name in "cbd"
    )
    made = world({**lazily(given), **{f"{name}.py": f"v{name} = '{name}'" for name in "cbd"}})
    sink = made.sink()
    asked: list[str] = []
    facts = made.project.facts

    def counted(path: Path) -> FileFacts | None:
        asked.append(path.name)
        return facts(path)

    monkeypatch.setattr(made.project, "facts", counted)
    assert {described(value) for value in made.origins.values(*sink)} == {"'b'"}
    assert "b.py" in asked
    assert not {"c.py", "d.py"} & {*asked}
