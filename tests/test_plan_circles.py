"""The circles that new steps close: all of them, and no other."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clare.services.plan_circles import circles

NODES = st.sampled_from("abcdef")
EDGES = st.lists(st.tuples(NODES, NODES), max_size=9, unique=True)
Edge = tuple[str, str]


def graph_of(edges: list[Edge]) -> dict[str, tuple[str, ...]]:
    return {node: tuple(end for start, end in edges if start == node) for node, _ in edges}


def reach(edges: list[Edge], start: str) -> set[str]:
    found = {start}
    while more := {end for near, end in edges if near in found} - found:
        found |= more
    return found


@given(EDGES, EDGES)
def test_a_circle_is_told_exactly_where_a_new_step_lies_on_one(
    old: list[Edge], new: list[Edge]
) -> None:
    edges = list(dict.fromkeys([*old, *new]))
    guilty = [(start, end) for start, end in new if start in reach(edges, end)]
    told = list(circles(graph_of(edges), new))
    assert bool(told) == bool(guilty)
    for circle in told:
        steps = list(pairwise(circle))
        assert circle[0] == circle[-1]
        assert steps[0] in guilty
        assert set(steps) <= set(edges)
    on_told = {node for circle in told for node in reach(edges, circle[0])}
    assert {start for start, _ in guilty} <= on_told


def test_a_circle_begins_with_the_step_that_closes_it() -> None:
    old = [("a", "b"), ("b", "c"), ("x", "y"), ("y", "x")]
    assert list(circles(graph_of([*old, ("c", "a")]), [("c", "a")])) == [("c", "a", "b", "c")]
    assert list(circles(graph_of([*old, ("d", "x")]), [("d", "x")])) == []
    assert list(circles(graph_of([*old, ("d", "d")]), [("d", "d")])) == [("d", "d")]
