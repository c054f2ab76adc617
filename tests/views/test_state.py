"""The one word for a task, and that every view means the same by it."""

from hypothesis import given

from clare.fleet import Fleet, Task
from clare.views.board import columns
from clare.views.compare import Asked
from clare.views.query import Query, where
from clare.views.ready import obstacles, rank, state
from clare.views.status import glance
from clare.views.tasks import choose, doing
from clare.views.terms import STATES
from tests.views.fleets import NOW, fleet_of, id_of, task
from tests.views.test_query import FLEETS

WORDS = ("idea", "active", "deferred", "blocked", "ready", "review", "done", "dropped")


def states(fleet: Fleet) -> dict[str, str]:
    return {each.id[0]: state(fleet, each, now=NOW) for each in fleet.tasks.values()}


def titles(fleet: Fleet, word: str) -> set[str]:
    return {each.id for each in choose(Asked(fleet, NOW), where("status", word))}


@given(FLEETS)
def test_every_task_is_in_exactly_one_state(fleet: Fleet) -> None:
    asked = Asked(fleet, NOW)
    for each in fleet.tasks.values():
        fits = [word for word in WORDS if STATES[word][1](asked, each)]
        assert fits == [state(fleet, each, now=NOW)]


@given(FLEETS)
def test_every_view_means_the_same_by_a_state(fleet: Fleet) -> None:
    found = glance(fleet, actor="nat", now=NOW)
    assert found.blocked == len(titles(fleet, "blocked"))
    assert {task.id for task in found.ready} == titles(fleet, "ready")
    assert {each.id for each in found.active} == titles(fleet, "active")
    stands = {name: {each.id for each in tasks} for name, tasks in _columns(fleet).items()}
    assert stands["blocked"] == titles(fleet, "blocked") | titles(fleet, "deferred")
    assert stands["ready"] == titles(fleet, "ready")
    assert stands["active"] == titles(fleet, "active")
    for each in fleet.tasks.values():
        word = state(fleet, each, now=NOW)
        shown = doing(fleet, each, NOW).split()[0]
        assert shown == ("open" if word == "ready" else word)


def _columns(fleet: Fleet) -> dict[str, list[Task]]:
    return columns(Asked(fleet, NOW), Query())


@given(FLEETS)
def test_ready_is_what_nothing_keeps_from_being_taken(fleet: Fleet) -> None:
    ready = {entry.task.id for entry in rank(fleet, now=NOW).ready}
    for each in fleet.tasks.values():
        is_ready = state(fleet, each, now=NOW) == "ready"
        assert is_ready == (each.id in ready) == (not any(obstacles(fleet, each, now=NOW)))


def test_a_task_that_was_split_is_blocked_and_its_parts_are_ready() -> None:
    fleet = fleet_of(task("a", needs="bc"), task("b", parent="a"), task("c", parent="a"))
    assert states(fleet) == {"a": "blocked", "b": "ready", "c": "ready"}
    assert titles(fleet, "blocked") == {id_of("a")}


def test_what_waits_for_something_else_holds_its_parts_up() -> None:
    fleet = fleet_of(task("a", needs="bd"), task("b", parent="a"), task("c", parent="b"), task("d"))
    assert states(fleet) == {"a": "blocked", "b": "blocked", "c": "blocked", "d": "ready"}


def test_of_several_words_the_strongest_is_the_state() -> None:
    later = "2026-12-01"
    fleet = fleet_of(
        task("a", needs="e", defer_until=later, held_by="ada"),
        task("b", needs="e", defer_until=later),
        task("c", needs="e"),
        task("d", needs="e", status="review", held_by="ada"),
        task("e", status="idea", defer_until=later),
    )
    assert states(fleet) == {
        "a": "active", "b": "deferred", "c": "blocked", "d": "review", "e": "idea"
    }  # fmt: skip
