"""Closing a task that repeats makes the next one; two hosts make the same."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clare.errors import ClareError, Exit
from clare.fleet import Task
from clare.names import derived
from clare.services import tasks
from clare.store.board import Board
from clare.store.sync import sync
from tests.sync.fleets import World, claim, digests, holder, settle, task, tip


def add(board: Board, **fields: str) -> str:
    given = {"title": "water the beds", "due": "2026-12-01", "repeat": "week", **fields}
    return tasks.add(board, fields=given, labels=["garden"], needs=()).tasks[0]


def others(board: Board, *known: str) -> list[Task]:
    """The tasks that are not known yet."""
    return [found for found in board.read().tasks.values() if found.id not in known]


def close(board: Board, task_id: str, status: str = "done") -> None:
    tasks.move(board, [task_id], status)


@pytest.mark.parametrize("status", ["done", "dropped"])
def test_closing_makes_the_next_in_the_same_commit(plum: Board, status: str) -> None:
    first = add(
        plum, body="All of them.", priority="P1", type="chore", assignee="ada",
        done_when="Wet.", defer_until="2026-11-29", pinned="true",
    )  # fmt: skip
    outcome = tasks.move(plum, [first], status)
    assert [event.type for event in outcome.written.events] == ["task.edited", "task.created"]
    (found,) = others(plum, first)
    assert found.id == derived("repeat", first, "week", "2026-12-08", length=12)
    shown = {name: found.entity.value(name) for name in ("body", "type", "assignee", "done_when")}
    assert shown == {
        "body": "All of them.",
        "type": "chore",
        "assignee": "ada",
        "done_when": "Wet.",
    }
    assert (found.title, found.priority, found.labels) == ("water the beds", "P1", ("garden",))
    assert (found.entity.value("due"), found.entity.value("defer_until")) == (
        "2026-12-08",
        "2026-12-06",
    )
    assert (found.repeat, found.status, found.pinned) == ("week", "open", False)


def test_an_edited_status_closes_too_and_what_it_edits_goes_along(plum: Board) -> None:
    first = add(plum)
    fields = {"status": "done", "title": "water all beds"}
    tasks.edit(plum, [first], fields=fields, come={"labels": ["wet"]}, gone={"labels": ["garden"]})
    (found,) = others(plum, first)
    assert (found.title, found.labels) == ("water all beds", ("wet",))


def test_review_reopening_and_closing_again_make_nothing_more(plum: Board) -> None:
    first = add(plum)
    tasks.move(plum, [first], "review")
    assert others(plum, first) == []
    close(plum, first)
    (second,) = others(plum, first)
    tasks.edit(plum, [second.id], fields={"title": "mine"}, come={}, gone={})
    close(plum, second.id, "dropped")
    (third,) = others(plum, first, second.id)
    for status in ("dropped", "open", "done", "done"):
        close(plum, first, status)
    assert others(plum, first, second.id, third.id) == []
    assert (task(plum, second.id).status, task(plum, second.id).title) == ("dropped", "mine")
    assert len(plum.read().events[second.key]) == 3


def test_what_repeats_no_more_or_lost_its_date_ends(plum: Board) -> None:
    first, second = add(plum), add(plum, due="9999-12-31")
    tasks.edit(plum, [first], fields={"repeat": ""}, come={}, gone={})
    close(plum, first)
    close(plum, second)
    assert others(plum, first, second) == []


@pytest.mark.parametrize(
    "fields", [{"due": ""}, {"due": "", "repeat": "day"}, {"due": "", "defer_until": ""}]
)
def test_a_task_that_repeats_keeps_a_date(plum: Board, fields: dict[str, str]) -> None:
    first = add(plum)
    with pytest.raises(ClareError, match="needs a date") as refused:
        tasks.edit(plum, [first], fields=fields, come={}, gone={})
    assert refused.value.exit_code == Exit.USAGE
    with pytest.raises(ClareError, match="needs a date"):
        add(plum, due="")
    tasks.edit(plum, [first], fields={**fields, "defer_until": "2026-12-01"}, come={}, gone={})


def test_who_holds_it_loses_nothing_but_the_closed_one(plum: Board) -> None:
    first = add(plum)
    claim(plum, first)
    close(plum, first)
    (found,) = others(plum, first)
    assert (holder(plum, first), holder(plum, found.id)) == ("", "")


def test_two_hosts_that_close_it_at_once_make_one_task(
    world: World, plum: Board, apricot: Board
) -> None:
    first = add(plum)
    sync(apricot, world.url)
    world.lose()
    close(plum, first)
    world.after(1)
    close(apricot, first, "dropped")
    world.regain()
    settle(world, [plum, apricot])
    (found,) = others(plum, first)
    assert found.entity.contested == ()
    assert found.entity.value("due") == "2026-12-08"
    assert len(plum.read().events[found.key]) == 2
    assert len(digests([plum, apricot])) == 1
    at = tip(plum)
    close(plum, first, "open")
    close(plum, first)
    assert others(plum, first, found.id) == []
    assert tip(plum) != at


CLOSINGS = st.lists(
    st.tuples(
        st.sampled_from("pa"), st.sampled_from(["done", "dropped", "open", "review", "sync"])
    ),
    max_size=8,
)


@settings(max_examples=12)
@given(
    CLOSINGS,
    st.dates(max_value=date(9900, 1, 1)),
    st.sampled_from(["day", "weekday", "2 weeks", "month", "year"]),
)
def test_however_two_hosts_close_and_reopen_one_next_task_comes(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, str]],
    due: date,
    rule: str,
) -> None:
    world = World(tmp_path_factory.mktemp("world"))
    plum = world.found("plum")
    first = add(plum, due=str(due), repeat=rule)
    apricot = world.join("apricot")
    world.lose()
    closed = False
    for who, status in steps:
        board = plum if who == "p" else apricot
        world.after(1)
        if status == "sync":
            world.regain()
            sync(board, world.url)
            world.lose()
            continue
        close(board, first, status)
        closed = closed or status in ("done", "dropped")
    world.regain()
    settle(world, [plum, apricot])
    found = others(plum, first)
    assert len(found) == int(closed)
    assert all(each.entity.contested == () for each in found)
    assert len(digests([plum, apricot])) == 1
