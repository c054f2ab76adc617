"""The scheduler: what is ready, in which order, and why everything else is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.clock import DAY, HOUR, MINUTE
from clare.events.event import Event
from clare.fleet import Fleet
from clare.views.ready import ancestors, hindrances, obstacles, rank, unmet
from tests.views.fleets import MORNING, NOW, fleet_of, id_of, task


def ready(fleet: Fleet) -> str:
    return "".join(entry.task.title for entry in rank(fleet, now=NOW).ready)


def reasons(fleet: Fleet) -> dict[str, tuple[str, ...]]:
    return {entry.task.title: entry.reasons for entry in rank(fleet, now=NOW).ready}


def excluded(fleet: Fleet) -> dict[str, tuple[str, ...]]:
    return {entry.task.title: entry.reasons for entry in rank(fleet, now=NOW).excluded}


def test_what_is_pinned_comes_before_everything_else() -> None:
    fleet = fleet_of(
        task("a", priority="P0", due="2026-11-01"), task("b", priority="P4", pinned="true")
    )
    assert ready(fleet) == "ba"
    assert reasons(fleet)["b"] == ("pinned", "P4", "3 h old")


def test_then_the_priority_decides() -> None:
    fleet = fleet_of(
        task("a", priority="P3", due="2026-11-01"),
        task("b", priority="P0"),
        task("c"),
        task("d", priority="P1"),
    )
    assert ready(fleet) == "bdca"
    assert reasons(fleet)["c"] == ("P2", "3 h old")


def test_then_what_is_overdue() -> None:
    fleet = fleet_of(task("a"), task("b", due="2026-11-21"), task("c", due="2026-11-19"))
    assert ready(fleet) == "cba"
    assert reasons(fleet)["c"] == ("P2", "overdue since 2026-11-19", "3 h old")
    assert reasons(fleet)["b"] == ("P2", "due 2026-11-21", "3 h old")


def test_a_day_is_overdue_when_it_has_ended() -> None:
    fleet = fleet_of(
        task("a", due="2026-11-20"),
        task("b", due="2026-11-20T11:59:59Z"),
        task("c", due="2026-11-20T12:00:00Z"),
    )
    assert ready(fleet) == "bca"
    assert [why[1] for why in reasons(fleet).values()] == [
        "overdue since 2026-11-20",
        "due 2026-11-20",
        "due 2026-11-20",
    ]


def test_then_the_earlier_due_date() -> None:
    fleet = fleet_of(
        task("a", due="2026-12-24"),
        task("b", due="2026-12-01"),
        task("c", due="2026-12-01T09:30:00Z"),
        task("d", due="2026-11-01"),
        task("e", due="2026-10-01"),
    )
    assert ready(fleet) == "edcba"


def test_then_the_number_of_tasks_it_unblocks() -> None:
    fleet = fleet_of(
        task("a"),
        task("b"),
        task("c"),
        task("x", needs="bc"),
        task("y", needs="c"),
        task("z", needs="a", status="done"),
    )
    assert ready(fleet) == "cba"
    assert reasons(fleet) == {
        "c": ("P2", "unblocks 2", "3 h old"),
        "b": ("P2", "unblocks 1", "3 h old"),
        "a": ("P2", "3 h old"),
    }


def test_then_the_older_one() -> None:
    fleet = fleet_of(
        task("a", at=NOW - MINUTE), task("b", at=NOW - 3 * DAY), task("c", at=NOW - HOUR)
    )
    assert ready(fleet) == "bca"
    assert [why[-1] for why in reasons(fleet).values()] == ["3 d old", "1 h old", "1 m old"]


def test_then_the_id() -> None:
    fleet = fleet_of(task("c"), task("a"), task("b"))
    assert ready(fleet) == "abc"


def test_each_key_is_stronger_than_all_after_it() -> None:
    fleet = fleet_of(
        task("a", at=NOW - 9 * DAY),
        task("b", at=NOW - 8 * DAY),
        task("c", at=NOW - 7 * DAY, due="2026-12-01"),
        task("d", at=NOW - 6 * DAY, due="2026-11-01"),
        task("e", at=NOW - 5 * DAY, priority="P1"),
        task("f", at=NOW - 4 * DAY, priority="P4", pinned="true"),
        task("x", needs="b"),
    )
    assert ready(fleet) == "fedcba"


def test_everything_that_is_not_ready_says_why() -> None:
    fleet = fleet_of(
        task("a"),
        task("b", status="idea"),
        task("c", status="review"),
        task("d", status="done"),
        task("e", status="dropped"),
        task("f", held_by="ada"),
        task("g", defer_until="2026-11-21"),
        task("h", needs="a"),
        task("j", parent="h"),
        task("k", parent="j"),
    )
    assert ready(fleet) == "a"
    assert excluded(fleet) == {
        "b": ("idea",),
        "c": ("review",),
        "f": ("held by ada until 2026-11-20T15:00:00Z",),
        "g": ("deferred until 2026-11-21T00:00:00Z",),
        "h": ("waits for aaaa",),
        "j": ("parent hhhh waits for aaaa",),
        "k": ("parent hhhh waits for aaaa",),
        "d": ("done",),
        "e": ("dropped",),
    }


@pytest.mark.parametrize("status", ["done", "dropped"])
def test_what_a_task_needs_blocks_until_it_is_closed(status: str) -> None:
    waiting = task("a", needs="b")
    assert ready(fleet_of(waiting, task("b"))) == "b"
    assert ready(fleet_of(waiting, task("b", status="review"))) == ""
    assert ready(fleet_of(waiting, task("b", status="idea"))) == ""
    assert ready(fleet_of(waiting, task("b", status=status))) == "a"


def test_an_unknown_need_does_not_block() -> None:
    assert ready(fleet_of(task("a", needs="z"))) == "a"


def test_an_unknown_parent_does_not_block() -> None:
    assert ready(fleet_of(task("a", parent="z"))) == "a"


def test_a_closed_parent_does_not_block_whatever_it_needs() -> None:
    fleet = fleet_of(task("a", parent="b"), task("b", status="done", needs="c"), task("c"))
    assert ready(fleet) == "ac"


def test_a_task_that_waits_for_its_own_parts_does_not_hold_them_up() -> None:
    fleet = fleet_of(
        task("a", needs="bc"),
        task("b", parent="a"),
        task("c", parent="a", needs="d"),
        task("d", parent="c"),
    )
    assert ready(fleet) == "bd"
    assert excluded(fleet) == {"a": ("waits for bbbb",), "c": ("waits for dddd",)}


def test_a_task_that_waits_for_others_too_holds_its_parts_up() -> None:
    fleet = fleet_of(task("a", needs="bc"), task("b", parent="a"), task("c"))
    assert excluded(fleet) == {"a": ("waits for bbbb",), "b": ("parent aaaa waits for cccc",)}


def test_a_deferred_task_is_ready_from_the_start_of_the_day() -> None:
    assert ready(fleet_of(task("a", defer_until="2026-11-20"))) == "a"
    assert ready(fleet_of(task("a", defer_until="2026-11-20T12:00:00Z"))) == "a"
    assert ready(fleet_of(task("a", defer_until="2026-11-20T12:00:01Z"))) == ""


def test_a_claim_keeps_a_task_until_five_minutes_after_its_lease() -> None:
    fleet = fleet_of(task("a", held_by="ada"))
    end = NOW + 3 * HOUR
    assert rank(fleet, now=end + 5 * MINUTE).ready == ()
    assert len(rank(fleet, now=end + 5 * MINUTE + 1).ready) == 1


def test_what_is_in_the_way_of_a_task_can_be_asked_without_its_claim() -> None:
    fleet = fleet_of(
        task("a", held_by="ada", needs="b"), task("b", held_by="ada", status="review", needs="c"),
        task("c", held_by="ada"),
    )  # fmt: skip
    found = [list(hindrances(fleet, each, now=NOW)) for each in fleet.tasks.values()]
    assert found == [["waits for bbbb"], ["review"], []]
    held = "held by ada until 2026-11-20T15:00:00Z"
    found = [list(obstacles(fleet, each, now=NOW)) for each in fleet.tasks.values()]
    assert found == [[held, "waits for bbbb"], ["review"], [held]]


def test_circles_of_needs_and_of_parents_end() -> None:
    needs = fleet_of(task("a", needs="b"), task("b", needs="a"), task("c", needs="c"))
    assert ready(needs) == ""
    parents = fleet_of(task("a", parent="b"), task("b", parent="a"), task("c", parent="c"))
    assert ready(parents) == "abc"
    both = fleet_of(task("a", parent="b"), task("b", parent="a", needs="d"), task("d"))
    assert excluded(both)["a"] == ("parent bbbb waits for dddd",)


LETTERS = "abcdef"


@st.composite
def fleets(draw: st.DrawFn) -> list[list[Event]]:
    """Tasks with any needs, parents and fields, in any order."""
    made = [
        task(
            name,
            at=MORNING + draw(st.integers(0, 3)) * MINUTE,
            needs="".join(sorted(draw(st.sets(st.sampled_from(LETTERS), max_size=2)))),
            parent=draw(st.sampled_from(["", *LETTERS])),
            held_by=draw(st.sampled_from(["", "", "ada"])),
            priority=draw(st.sampled_from(["P0", "P2"])),
            status=draw(st.sampled_from(["open", "open", "open", "done", "idea"])),
            pinned=draw(st.sampled_from(["true", "false", "false"])),
            due=draw(st.sampled_from(["", "2026-11-19", "2026-12-01"])),
        )
        for name in LETTERS
    ]
    return draw(st.permutations(made))


@given(fleets())
def test_every_task_is_ready_or_excluded_with_a_reason(made: list[list[Event]]) -> None:
    fleet = fleet_of(*made)
    queue = rank(fleet, now=NOW)
    found = [entry.task.title for entry in (*queue.ready, *queue.excluded)]
    assert sorted(found) == list(LETTERS)
    assert all(entry.reasons for entry in (*queue.ready, *queue.excluded))


@given(fleets())
def test_the_order_of_arrival_changes_nothing(made: list[list[Event]]) -> None:
    there, back = rank(fleet_of(*made), now=NOW), rank(fleet_of(*made[::-1]), now=NOW)
    assert [(e.task.id, e.reasons) for e in there.ready] == [
        (e.task.id, e.reasons) for e in back.ready
    ]
    assert [(e.task.id, e.reasons) for e in there.excluded] == [
        (e.task.id, e.reasons) for e in back.excluded
    ]


@given(fleets())
def test_parts_are_held_up_by_exactly_what_no_part_can_unblock(made: list[list[Event]]) -> None:
    fleet = fleet_of(*made)
    for each in fleet.tasks.values():
        below = {other.id for other in fleet.tasks.values() if each in ancestors(fleet, other)}
        outside = [need for need in unmet(fleet, each) if need not in below]
        held_up_by = fleet.related.held_up.get(each.id)
        assert (held_up_by is None) == (each.is_closed or not outside)
        assert held_up_by in (None, *outside)


@given(fleets())
def test_no_task_is_ready_while_one_that_it_needs_is_open(made: list[list[Event]]) -> None:
    fleet = fleet_of(*made)
    closed = {task.id for task in fleet.tasks.values() if task.is_closed}
    for entry in rank(fleet, now=NOW).ready:
        assert set(entry.task.needs) <= closed
        assert entry.task.status == "open"
        assert entry.task.holder(now=NOW) is None
    assert id_of("a") in fleet.tasks
