"""Cycles of a graph: what lies on a common one leads to the same, and counts as one component."""

from __future__ import annotations

from collections.abc import Sequence

from codemod.records import record


@record
class Condensed:
    """A graph without cycles: ``component`` of each node, ``members`` of each component, and where these lead.

    ``ahead`` are the components that each one leads to, ``back`` those that lead to it.
    """

    component: Sequence[int]
    members: Sequence[Sequence[int]]
    ahead: Sequence[Sequence[int]]
    back: Sequence[Sequence[int]]


def condense(edges: Sequence[Sequence[int]]) -> Condensed:
    """``edges`` are the nodes that each node leads to."""
    component = _components(edges)
    count = max(component, default=-1) + 1
    members: list[list[int]] = [[] for _ in range(count)]
    for node, own in enumerate(component):
        members[own].append(node)
    ahead = []
    back: list[list[int]] = [[] for _ in range(count)]
    for own, nodes in enumerate(members):
        others = {component[other] for node in nodes for other in edges[node]} - {own}
        ahead.append(tuple(others))
        for other in others:
            back[other].append(own)
    # Most are short or empty: tuples take half the memory of lists.
    return Condensed(component, list(map(tuple, members)), ahead, list(map(tuple, back)))


def _components(edges: Sequence[Sequence[int]]) -> list[int]:
    """The number of the component of each node.

    Robert Tarjan, Depth-first search and linear graph algorithms (1972), without recursion: a chain of imports may be
    longer than the stack.
    """
    nodes = len(edges)
    order = [0] * nodes
    lowest = [0] * nodes
    found = [-1] * nodes
    open_nodes: list[int] = []
    seen = count = 0
    for root in range(nodes):
        if order[root]:
            continue
        path = [(root, iter(edges[root]))]
        seen += 1
        order[root] = lowest[root] = seen
        open_nodes.append(root)
        while path:
            node, rest = path[-1]
            for other in rest:
                if not order[other]:
                    seen += 1
                    order[other] = lowest[other] = seen
                    open_nodes.append(other)
                    path.append((other, iter(edges[other])))
                    break
                if found[other] < 0 and order[other] < lowest[node]:
                    lowest[node] = order[other]
            else:
                path.pop()
                if path and lowest[node] < lowest[path[-1][0]]:
                    lowest[path[-1][0]] = lowest[node]
                if lowest[node] == order[node]:
                    other = -1
                    while other != node:
                        other = open_nodes.pop()
                        found[other] = count
                    count += 1
    return found
