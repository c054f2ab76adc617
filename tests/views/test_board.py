"""The board: each task in one column."""

from hypothesis import given

from clare.clock import DAY
from clare.fleet import Fleet
from clare.views.board import COLUMNS, columns
from clare.views.compare import Asked
from clare.views.query import parse
from tests.views.fleets import MORNING, NOW, fleet_of, task
from tests.views.test_query import FLEETS


def test_each_task_stands_where_something_can_be_done_with_it() -> None:
    fleet = fleet_of(
        task("a", status="idea"),
        task("b"),
        task("c", needs="b"),
        task("d", parent="c"),
        task("e", defer_until="2026-12-01"),
        task("f", held_by="ada"),
        task("g", status="review"),
        task("h", status="done"),
        task("j", status="done", at=MORNING - 8 * DAY),
        task("k", status="dropped"),
        task("m", priority="P0"),
    )

    def letters(text: str) -> dict[str, str]:
        found = columns(Asked(fleet, NOW), parse(text))
        return {name: "".join(each.title for each in tasks) for name, tasks in found.items()}

    assert letters("") == {
        "idea": "a", "ready": "mb", "blocked": "cde", "active": "f", "review": "g", "done": "h"
    }  # fmt: skip
    assert letters("closed:>=2026-01-01")["done"] == "jh"
    assert letters("sort:-priority")["ready"] == "bm"


@given(FLEETS)
def test_every_unfinished_task_is_on_the_board_once(fleet: Fleet) -> None:
    found = columns(Asked(fleet, NOW), parse(""))
    assert tuple(found) == COLUMNS
    ids = [each.id for name, tasks in found.items() if name != "done" for each in tasks]
    assert sorted(ids) == sorted(each.id for each in fleet.tasks.values() if not each.is_closed)
