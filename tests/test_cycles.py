"""What lies on a common cycle is one component, and components lead to lower ones."""

from __future__ import annotations

import random

from codemod.cycles import condense


def test_a_cycle_is_one_component() -> None:
    found = condense([(1,), (2,), (0, 3), (), (0,)])
    cycle, last, first = found.component[0], found.component[3], found.component[4]
    assert found.component == [cycle, cycle, cycle, last, first]
    assert (sorted(found.members[cycle]), found.members[last]) == ([0, 1, 2], (3,))
    assert (found.ahead[first], found.ahead[cycle], found.ahead[last]) == ((cycle,), (last,), ())
    assert (found.back[first], found.back[cycle], found.back[last]) == ((), (first,), (cycle,))


def test_a_long_chain_needs_no_recursion() -> None:
    size = 20_000
    found = condense([(node + 1,) for node in range(size)] + [()])
    assert found.component == list(range(size, -1, -1))


def test_components_are_what_leads_to_one_another() -> None:
    chance = random.Random(6)
    for _ in range(50):
        size = chance.randrange(1, 12)
        edges = [tuple(chance.choices(range(size), k=chance.randrange(3))) for _ in range(size)]
        found = condense(edges)
        below = [reached(edges, node) for node in range(size)]
        for one in range(size):
            for other in range(size):
                together = one in below[other] and other in below[one]
                assert (found.component[one] == found.component[other]) is together
        assert all(before > behind for before, ahead in enumerate(found.ahead) for behind in ahead)


def reached(edges: list[tuple[int, ...]], node: int) -> set[int]:
    found = {node}
    pending = [node]
    while pending:
        fresh = set(edges[pending.pop()]) - found
        found |= fresh
        pending += fresh
    return found
