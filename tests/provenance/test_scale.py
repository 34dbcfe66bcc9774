"""The work grows no faster than the project: thoughts begun and questions asked, compared at n and at 2n."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codemod.provenance.flows import UseKind
from codemod.provenance.values import TextValue
from tests.provenance.worlds import Files, World, described, world

MOST = 2.3


def chain_of_functions(n: int) -> Files | str:
    lines = ["def f0():\n    return 'a'"]
    lines += [f"def f{i}():\n    return f{i - 1}()" for i in range(1, n)]
    return "\n".join([*lines, f"sink(f{n - 1}())"])


def chain_of_parameters(n: int) -> Files | str:
    lines = [f"def f{i}(a{i}):\n    f{i + 1}(a{i})" for i in range(n)]
    return "\n".join([*lines, f"def f{n}(a{n}):\n    sink(a{n})", "f0('a')"])


def chain_of_modules(n: int) -> Files | str:
    files = {f"m{i}.py": f"from m{i - 1} import v" for i in range(1, n)}
    return {"m0.py": "v = 'a'", **files, "main.py": f"from m{n - 1} import v\nsink(v)"}


def chain_of_stars(n: int) -> Files | str:
    files = {f"m{i}.py": f"from m{i - 1} import *" for i in range(1, n)}
    return {"m0.py": "v = 'a'", **files, "main.py": f"from m{n - 1} import *\nsink(v)"}


def chain_of_names(n: int) -> Files | str:
    return "\n".join(["v0 = 'a'", *(f"v{i} = v{i - 1}" for i in range(1, n)), f"sink(v{n - 1})"])


def deep_hierarchy(n: int) -> Files | str:
    lines = ["class C0:\n    a = 'a'", *(f"class C{i}(C{i - 1}): pass" for i in range(1, n))]
    return "\n".join([*lines, f"sink(C{n - 1}().a)"])


def many_callers(n: int) -> Files | str:
    return "def f(a):\n    sink(a)\n" + "f('a')\n" * n


def many_calling_files(n: int) -> Files | str:
    files = {f"c{i}.py": "from main import f\nf('a')\n" for i in range(n)}
    return {"main.py": "def f(a):\n    sink(a)\n", **files}


def circle_of_functions(n: int) -> Files | str:
    lines = [f"def f{i}(x):\n    return f{(i + 1) % n}(x) or A" for i in range(n)]
    return "\n".join(["A = 'a'", *lines, "sink(f0(1))"])


def circle_of_modules(n: int) -> Files | str:
    files = {f"m{i}.py": f"from m{(i + 1) % n} import v as w\nv = w or 'a'" for i in range(n)}
    return {**files, "main.py": "from m0 import v\nsink(v)"}


def nested_mappings(n: int) -> Files | str:
    lines = ["d0 = {'k': 'a'}", *(f"d{i} = {{**d{i - 1}, 'x{i}': 1}}" for i in range(1, n))]
    return "\n".join([*lines, f"sink(d{n - 1}['k'])"])


def many_requests(n: int) -> Files | str:
    uses = "\n".join(f"def g{i}():\n    return made().a.b(c={i})" for i in range(n))
    return f"import lib\nc = lib.Client()\ndef made():\n    return c\n{uses}\nsink(made().a)"


SHAPES: list[tuple[Callable[[int], Files | str], int, set[str]]] = [
    (chain_of_functions, 1000, {"'a'"}),
    (chain_of_names, 1000, {"'a'"}),
    (chain_of_parameters, 200, {"'a'"}),
    (chain_of_modules, 1000, {"'a'"}),
    (chain_of_stars, 500, {"'a'"}),
    (deep_hierarchy, 200, {"'a'"}),
    (many_callers, 10_000, {"'a'"}),
    (many_calling_files, 500, {"'a'"}),
    (circle_of_functions, 500, {"'a'"}),
    (circle_of_modules, 60, {"'a'"}),
    (nested_mappings, 300, {"'a'"}),
    (many_requests, 300, {"lib.Client().a"}),
]


def asked(files: Files | str) -> tuple[World, set[str]]:
    made = world(files)
    file, node = made.sink()
    values = made.origins.values(file, node)
    for value in values:
        if isinstance(value, TextValue):
            made.origins.trace(file, node, value)
    return made, {described(value) for value in values if "of callers" not in described(value)}


@pytest.mark.parametrize(("shape", "size", "expected"), SHAPES)
def test_backwards(shape: Callable[[int], Files | str], size: int, expected: set[str]) -> None:
    small, _ = asked(shape(size // 2))
    large, found = asked(shape(size))
    assert found <= expected | {"'a'", "None"}
    assert expected <= found
    assert large.origins.work <= MOST * small.origins.work, f"{small.origins.work} -> {large.origins.work}"


def test_a_circle_gives_all_of_its_values_to_each_of_its_members() -> None:
    n = 60
    lines = [f"def f{i}(x):\n    return f{(i + 1) % n}(x) or 't{i}'" for i in range(n)]
    made = world("\n".join([*lines, *(f"sink(f{i}(1))" for i in range(n))]))
    for file, node in made.sinks():
        assert len(made.origins.values(file, node)) == n


# Forwards.


def forward_names(n: int) -> Files | str:
    return "\n".join(["v0 = 'HERE'", *(f"v{i} = v{i - 1}" for i in range(1, n)), f"x(v{n - 1})"])


def forward_functions(n: int) -> Files | str:
    lines = [f"def f{i}(a{i}):\n    f{i + 1}(a{i})" for i in range(n)]
    return "\n".join([*lines, f"def f{n}(a{n}):\n    x(a{n})", "f0('HERE')"])


def forward_modules(n: int) -> Files | str:
    files = {f"m{i}.py": f"from m{i - 1} import w{i - 1}\nw{i} = w{i - 1}" for i in range(1, n)}
    return {"m0.py": "w0 = 'HERE'", **files, "main.py": f"from m{n - 1} import w{n - 1}\nx(w{n - 1})"}


def forward_returns(n: int) -> Files | str:
    lines = ["def f0():\n    return 'HERE'", *(f"def f{i}():\n    return f{i - 1}()" for i in range(1, n))]
    return "\n".join([*lines, f"x(f{n - 1}())"])


def forward_reads(n: int) -> Files | str:
    return "a = 'HERE'\n" + "x(a)\n" * n


def forward_circle(n: int) -> Files | str:
    lines = [f"def f{i}(a{i}):\n    x(a{i})\n    f{(i + 1) % n}(a{i})" for i in range(n)]
    return "\n".join([*lines, "f0('HERE')"])


def forward_stars(n: int) -> Files | str:
    """Two ways from each module to the next."""
    files = {"m0.py": "v = 'HERE'", "main.py": f"from m{n} import *\nx(v)"}
    for i in range(n):
        files |= {f"{side}{i}.py": f"from m{i} import *" for side in "ab"}
        files[f"m{i + 1}.py"] = f"from a{i} import *\nfrom b{i} import *"
    return files


@pytest.mark.parametrize(
    ("shape", "size", "ends"),
    [
        (forward_names, 1000, 1),
        (forward_functions, 300, 1),
        (forward_modules, 300, 1),
        (forward_returns, 500, 1),
        (forward_reads, 2000, 2000),
        (forward_circle, 300, 300),
        (forward_stars, 40, 1),
    ],
)
def test_forwards(shape: Callable[[int], Files | str], size: int, ends: int) -> None:
    counts = []
    for n in (size // 2, size):
        made = world(shape(n))
        (start,) = made.starts()
        found = made.uses.of(*start)
        counts.append(made.origins.work)
    assert len(found) == ends
    assert counts[1] <= MOST * max(counts[0], 1), counts


def test_containers_that_hold_each_other_are_not_followed_without_end() -> None:
    names = "abcd"
    lines = [f"{name} = {{}}" for name in names]
    lines += [f"{holder}['{name}'] = {name}" for holder in names for name in names]
    made = world("\n".join([*lines, "a['model'] = 'HERE'", "x(b['a']['model'])"]))
    (start,) = made.starts()
    assert [use.kind for use in made.uses.of(*start)][-1] is UseKind.STORED
    assert made.origins.work < 5_000
