"""In which order tasks name each other: that of creation, whatever their ids."""

from hypothesis import given
from hypothesis import strategies as st

from clare.views.record import task_record
from tests.views.fleets import MORNING, NOW, fleet_of, id_of, task


@given(st.permutations("abcdef"))
def test_tasks_name_each_other_in_the_order_of_creation(names: list[str]) -> None:
    born = [task(name, at=MORNING + at, needs="z", parent="z") for at, name in enumerate(names)]
    fleet = fleet_of(task("z", at=MORNING - 1), task("y", needs="abcdef"), *born)
    first = task_record(fleet, fleet.tasks[id_of("z")], now=NOW)
    last = task_record(fleet, fleet.tasks[id_of("y")], now=NOW)
    assert first["needed_by"] == first["children"] == last["needs"] == [*map(id_of, names)]


def test_needs_that_do_not_exist_come_last() -> None:
    fleet = fleet_of(task("c"), task("b", at=MORNING + 1), task("d", needs="0abcd", at=NOW))
    found = task_record(fleet, fleet.tasks[id_of("d")], now=NOW)
    assert found["needs"] == [id_of(name) for name in "cbd0a"]
