"""Trees of parents: everything once, parents first, whatever circles or gaps there are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.events.event import Effect
from clare.fleet import Fleet
from clare.names import base32, task_key
from clare.views.compare import Asked
from clare.views.forest import DEEPEST, Node, around, branches, forest, nested
from tests.views.fleets import NOW, event, fleet_of, task

LETTERS = "abcdefgh"
FAMILIES = st.lists(
    st.tuples(
        st.sampled_from(["", *LETTERS, "z"]),
        st.sampled_from(["open", "done"]),
        st.text("abz", max_size=2),
    ),
    min_size=1,
    max_size=len(LETTERS),
).map(
    lambda rows: fleet_of(
        *(
            task(name, parent=parent, status=status, needs=needs)
            for name, (parent, status, needs) in zip(LETTERS, rows, strict=False)
        )
    )
)


def shown(nodes: list[Node]) -> str:
    """`a(bc)d`: the titles, children in brackets."""
    text, depth = "", 0
    for node in nodes:
        text += "(" * (node.depth - depth) + ")" * (depth - node.depth) + node.task.title
        depth = node.depth
    return text + ")" * depth


def chosen(fleet: Fleet, names: str = LETTERS) -> list[Node]:
    return forest(fleet, [each for each in fleet.tasks.values() if each.title in names])


def family() -> Fleet:
    return fleet_of(
        task("a"),
        task("b", parent="a", needs="cde"),
        task("c", parent="b", status="done"),
        task("d", parent="z"),
        task("e", parent="a", needs="d"),
        task("f", parent="f"),
        task("g", parent="h", needs="g"),
        task("h", parent="g", needs="z"),
    )


def test_children_stand_below_their_parents_and_circles_begin_somewhere() -> None:
    assert shown(chosen(family())) == "a(b(c)e)dfh(g)"


def test_parents_of_what_fits_are_there_for_context() -> None:
    nodes = chosen(family(), "ce")
    assert shown(nodes) == "a(b(c)e)"
    assert "".join(node.task.title for node in nodes if node.fits) == "ce"


def test_each_task_tells_what_it_waits_for() -> None:
    waits = {
        node.task.title: "".join(each[0] for each in node.waits_for) for node in chosen(family())
    }
    assert waits == {"a": "", "b": "de", "c": "", "d": "", "e": "d", "f": "", "g": "g", "h": ""}


@pytest.mark.parametrize(
    ("names", "fitting", "found"),
    [
        ("a", "abe", "a(be)d"),
        ("b", "c", "b(c)de"),
        ("e", "", "ed"),
        ("g", "h", "g(h)"),
        ("db", "", "dbe"),
    ],
)
def test_around_a_task_is_what_is_below_it_and_what_these_wait_for(
    names: str, fitting: str, found: str
) -> None:
    fleet = family()
    by_title = {each.title: each for each in fleet.tasks.values()}
    roots, below = [by_title[name] for name in names], [by_title[name] for name in fitting]
    assert shown(around(fleet, roots, below)) == found


@given(FAMILIES, st.sets(st.sampled_from(LETTERS)))
def test_every_chosen_task_is_shown_once_and_below_its_parent(
    fleet: Fleet, names: set[str]
) -> None:
    nodes = chosen(fleet, "".join(names))
    ids = [node.task.id for node in nodes]
    assert len(ids) == len(set(ids))
    fitting = {each.id for each in fleet.tasks.values() if each.title in names}
    assert {node.task.id for node in nodes if node.fits} == fitting
    above: list[str] = []
    for node in nodes:
        del above[node.depth :]
        assert len(above) == node.depth
        if above:
            assert node.task.parent == above[-1]
        above.append(node.task.id)


@given(FAMILIES, st.sampled_from(LETTERS))
def test_around_shows_everything_that_anything_in_it_waits_for(fleet: Fleet, name: str) -> None:
    roots = [each for each in fleet.tasks.values() if each.title == name]
    nodes = around(fleet, roots, fleet.tasks.values())
    ids = {node.task.id for node in nodes}
    assert {each.id for each in roots} <= ids
    assert {need for node in nodes for need in node.waits_for} <= ids


@given(FAMILIES)
def test_nested_records_hold_every_node_once(fleet: Fleet) -> None:
    nodes = chosen(fleet)
    text = json.dumps(nested(Asked(fleet, NOW), nodes))
    assert [text.count(f'"id": "{node.task.id}"') for node in nodes] == [1] * len(nodes)


def test_branches_are_drawn() -> None:
    nodes = chosen(family())
    assert [f"{b}{n.task.title}" for b, n in zip(branches(nodes), nodes, strict=True)] == [
        "a",
        "├─ b",
        "│  └─ c",
        "└─ e",
        "d",
        "f",
        "h",
        "└─ g",
    ]


def test_a_chain_of_parents_without_end_is_shown_all_the_same() -> None:
    ids = [base32(number, 12) for number in range(1500)]
    fleet = fleet_of(
        [
            event(task_key(task_id), Effect(creates=True, set={"parent": parent, "title": task_id}))
            for task_id, parent in zip(ids, ["", *ids], strict=False)
        ]
    )
    nodes = forest(fleet, fleet.tasks.values())
    assert len(nodes) == len(ids)
    assert max(node.depth for node in nodes) == DEEPEST
    assert json.dumps(nested(Asked(fleet, NOW), nodes)).count('"children"') == len(ids)
