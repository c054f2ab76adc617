"""Circles of needs and of parents that a plan would close, found in time linear in the board."""

from collections.abc import Iterator, Mapping, Sequence

from clare.views.doctor import components

Edge = tuple[str, str]
"""A step from a task to one that it needs, or to its parent."""


def circles(graph: Mapping[str, Sequence[str]], new: Sequence[Edge]) -> Iterator[tuple[str, ...]]:
    """Of each circle that the new steps close a shortest way around, from a new step on.

    A circle that was there before is nobody's fault here: it is not among them.
    """
    nodes = {**{step: () for steps in graph.values() for step in steps}, **graph}
    part: dict[str, int] = {}
    for number, component in enumerate(components({n: list(s) for n, s in nodes.items()})):
        part.update(dict.fromkeys(component, number))
    told: set[int] = set()
    for start, end in new:
        if part[start] == part[end] and part[start] not in told:
            told.add(part[start])
            yield (start, *_way(nodes, end, start))


def _way(graph: Mapping[str, Sequence[str]], start: str, goal: str) -> list[str]:
    """A shortest way from one node to another, both included."""
    came = {start: ""}
    level = [start]
    while goal not in came:
        reached: list[str] = []
        for here in level:
            for step in graph[here]:
                if step not in came:
                    came[step] = here
                    reached.append(step)
        level = reached
    way = [goal]
    while came[way[-1]]:
        way.append(came[way[-1]])
    return way[::-1]
