"""What the doctor finds, in plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.clock import DAY, MINUTE
from clare.events.event import Effect, Event
from clare.fleet import Finding, Fleet, Manifest
from clare.names import event_path
from clare.state import Entity
from clare.views.doctor import circles, clocks, examine
from clare.views.ready import rank
from tests.views.fleets import NOW, event, fleet_of, id_of, key_of, task

Found = list[tuple[str, str, str]]


def found(fleet: Fleet) -> Found:
    return [(one.level, one.where, one.problem) for one in examine(fleet, now=NOW)]


def test_a_sound_board_has_no_findings() -> None:
    fleet = fleet_of(task("a", needs="b"), task("b", held_by="ada"), task("c", parent="a"))
    assert found(fleet) == []
    assert found(Fleet()) == []


def test_a_need_that_does_not_exist_is_told() -> None:
    assert found(fleet_of(task("a", needs="z"))) == [
        ("note", key_of("a"), f"needs {id_of('z')}, which does not exist; it does not block")
    ]


def test_a_parent_or_project_that_does_not_exist_is_told() -> None:
    assert found(fleet_of(task("a", parent="z", project="web"))) == [
        ("note", key_of("a"), f"its parent {id_of('z')} does not exist"),
        ("note", key_of("a"), "its project web does not exist"),
    ]
    made = event("projects/web", Effect(creates=True, set={"title": "web"}))
    assert found(fleet_of([made], task("a", project="web"))) == []


def test_an_event_that_names_one_which_is_not_there_is_told() -> None:
    gone = event(key_of("a"), Effect(), number=1).id
    seen = event(key_of("a"), Effect(comment="so"), number=2, after=(gone,))
    assert found(fleet_of(task("a"), [seen])) == [
        (
            "note",
            event_path(key_of("a"), seen.id),
            f"names {gone}, which {key_of('a')} does not have",
        )
    ]


def test_a_circle_of_needs_is_told_once() -> None:
    fleet = fleet_of(task("a", needs="b"), task("b", needs="c"), task("c", needs="a"))
    assert found(fleet) == [
        ("note", key_of("a"), "waits for itself, in a circle of needs: aaaa, bbbb, cccc")
    ]


def test_a_task_that_needs_itself_is_a_circle() -> None:
    assert found(fleet_of(task("a", needs="a"))) == [
        ("note", key_of("a"), "waits for itself, in a circle of needs: aaaa")
    ]


def test_a_circle_with_a_closed_task_blocks_nobody() -> None:
    fleet = fleet_of(
        task("a", needs="b"), task("b", needs="c"), task("c", needs="a", status="done")
    )
    assert found(fleet) == []


def test_a_circle_of_parents_is_told_for_each_of_them() -> None:
    fleet = fleet_of(task("a", parent="b"), task("b", parent="a"), task("c", parent="c"))
    assert found(fleet) == [
        ("note", key_of(name), "its parents form a circle") for name in ("a", "b", "c")
    ]


def test_what_hangs_below_a_circle_of_parents_is_told_too() -> None:
    fleet = fleet_of(task("a", parent="b"), task("b", parent="c"), task("c", parent="b"))
    assert [where for _, where, _ in found(fleet)] == [key_of(name) for name in "abc"]


def test_a_contested_field_is_told_with_its_values() -> None:
    (created,) = task("a")
    edits = [
        event(key_of("a"), Effect(set={"title": title}), number=n, after=(created.id,))
        for n, title in enumerate(("one", "two"), 1)
    ]
    assert found(fleet_of([created], edits)) == [
        ("note", key_of("a"), "title is contested: 'one', 'two'")
    ]
    settled = event(
        key_of("a"), Effect(set={"title": "two"}), number=3, after=tuple(e.id for e in edits)
    )
    assert found(fleet_of([created], edits, [settled])) == []


def test_events_without_a_creation_are_told() -> None:
    assert found(fleet_of([event(key_of("a"), Effect(set={"title": "x"}))])) == [
        ("note", key_of("a"), "has events, but no creation: undone, or not arrived yet")
    ]


@pytest.mark.parametrize(
    ("ahead", "told"), [(5 * MINUTE, []), (5 * MINUTE + 1, ["5 m"]), (2 * DAY, ["2 d"])]
)
def test_an_event_stamped_ahead_is_told(ahead: int, told: list[str]) -> None:
    fleet = fleet_of(task("a", at=NOW + ahead))
    (only,) = fleet.events[key_of("a")]
    path = f"fleet/tasks/aa/{id_of('a')}/{only.id}.yaml"
    assert found(fleet) == [
        ("note", path, f"stamped {age} ahead of this clock; clocks do not follow it")
        for age in told
    ]


def test_two_clones_under_one_host_s_name_are_told() -> None:
    (created,) = task("a")
    other = event(key_of("a"), Effect(comment="x"), number=1, clone="7qk2m9xw")
    elsewhere = event(key_of("a"), Effect(comment="x"), number=2, clone="7qk2m9xx", host="apricot")
    assert found(fleet_of([created, other, elsewhere])) == [
        ("note", "host plum", "2 clones write under this name: 4v0c7qk2, 7qk2m9xw")
    ]


MINE, OTHER, THIRD = "4v0c7qk2", "7qk2m9xw", "7qk2m9xx"


def clock(fleet: Fleet) -> list[tuple[str, str]]:
    return [(one.trouble.name, one.problem) for one in clocks(fleet, clone=MINE, now=NOW)]


def test_a_clock_is_told_from_when_several_others_are_ahead_of_it() -> None:
    key = key_of("a")
    ahead = [
        event(key, Effect(comment="x"), number=n, at=NOW + n * DAY, clone=clone)
        for n, clone in enumerate((MINE, OTHER, THIRD), 1)
    ]
    assert clock(fleet_of(ahead[:2])) == []
    assert clock(fleet_of(ahead)) == [
        ("clock-behind", "2 other clones write stamps 2 d ahead of it and more")
    ]


@pytest.mark.parametrize(("late", "told"), [(5 * MINUTE, False), (5 * MINUTE + 1, True)])
def test_a_clock_was_ahead_when_others_saw_its_event_long_before_it(late: int, told: bool) -> None:
    key = key_of("a")
    own = event(key, Effect(creates=True), number=1, at=NOW)
    seen = event(key, Effect(comment="x"), number=2, at=NOW - late, clone=OTHER, after=(own.id,))
    mine = event(key, Effect(comment="x"), number=3, at=NOW - DAY, after=(own.id,))
    problem = "it was 5 m ahead of another clone's within the last day"
    assert clock(fleet_of([own, seen, mine])) == ([("clock-ahead", problem)] if told else [])


def test_a_clock_that_was_ahead_long_ago_is_forgotten() -> None:
    key = key_of("a")
    own = event(key, Effect(creates=True), number=1, at=NOW - DAY)
    seen = event(key, Effect(comment="x"), number=2, at=NOW - 2 * DAY, clone=OTHER, after=(own.id,))
    assert clock(fleet_of([own, seen])) == []


def test_what_is_broken_comes_first_and_what_is_newer_is_a_note() -> None:
    findings = (
        Finding("fleet/a", "unknown here; kept", "newer"),
        Finding("fleet/z", "cut short", "unreadable"),
        Finding("fleet/y", "does not fit", "unfit"),
    )
    assert found(Fleet(findings=findings, manifest=Manifest(format=2))) == [
        ("broken", "fleet/y", "does not fit"),
        ("broken", "fleet/z", "cut short"),
        ("note", "fleet/a", "unknown here; kept"),
        ("note", "fleet/fleet.yaml", "format 2 is newer than this Clare: read-only"),
    ]


def test_what_is_acknowledged_is_silent_until_the_file_changes() -> None:
    key = key_of("a")
    entities = {key: Entity(key, exists=True, acknowledged=("x.yaml@0f",))}
    known = Finding("fleet/x.yaml", "cut short", entity=key, blob="0f")
    changed = Finding("fleet/x.yaml", "cut short", entity=key, blob="10")
    assert found(Fleet(entities, findings=(known,))) == []
    assert found(Fleet(entities, findings=(known, changed))) == [
        ("broken", "fleet/x.yaml", "cut short")
    ]


def test_a_circle_through_a_parent_is_told_with_the_parent() -> None:
    fleet = fleet_of(task("a", needs="b"), task("b", needs="c"), task("c", parent="a"))
    assert rank(fleet, now=NOW).ready == ()
    assert found(fleet) == [
        ("note", key_of("a"), "waits for itself, in a circle of needs: aaaa, bbbb, cccc")
    ]


def test_a_circle_through_two_families_is_told_too() -> None:
    fleet = fleet_of(
        task("a", needs="c"), task("b", parent="a"), task("c", needs="b"), task("d", parent="c")
    )
    assert circles(fleet) == [tuple(map(id_of, "abc"))]


def test_a_task_that_was_split_is_no_circle_and_neither_are_parents_that_form_one() -> None:
    split = fleet_of(task("a", needs="bc"), task("b", parent="a"), task("c", parent="b", needs="d"))
    assert circles(split) == []
    parents = fleet_of(
        task("a", parent="b", needs="d"), task("b", parent="a", needs="d"), task("d")
    )
    assert circles(parents) == []


LETTERS = "abcdefgh"
NEEDS = st.dictionaries(
    st.sampled_from(LETTERS), st.sets(st.sampled_from(LETTERS), max_size=3).map(sorted)
)


def _reaches(needs: dict[str, list[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(needs.get(start, ()))
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting.extend(needs.get(here, ()))
    return seen


def _left(open_tasks: dict[str, list[Event]]) -> set[str]:
    """What is still open when nothing more is ready, though all that was has been done."""
    made = dict(open_tasks)
    while ready := rank(fleet_of(*made.values()), now=NOW).ready:
        for entry in ready:
            (begun,) = made[entry.task.title]
            done = begun.effect._replace(set={**begun.effect.set, "status": "done"})
            made[entry.task.title] = [begun._replace(effect=done)]
    return {each.id for each in fleet_of(*made.values()).tasks.values() if not each.is_closed}


@given(NEEDS, st.dictionaries(st.sampled_from(LETTERS), st.sampled_from(LETTERS)))
def test_work_comes_to_an_end_exactly_where_there_is_no_circle(
    needs: dict[str, list[str]], parents: dict[str, str]
) -> None:
    made = {
        name: task(name, needs="".join(needs.get(name, ())), parent=parents.get(name, ""))
        for name in LETTERS
    }
    found = circles(fleet_of(*made.values()))
    left = _left(made)
    assert bool(left) == bool(found)
    assert all(left.issuperset(circle) for circle in found)


@given(NEEDS)
def test_circles_are_the_sets_of_tasks_that_reach_each_other(needs: dict[str, list[str]]) -> None:
    fleet = fleet_of(*(task(name, needs="".join(needs.get(name, ()))) for name in LETTERS))
    far = {name: _reaches(needs, name) for name in LETTERS}
    wanted = {
        tuple(sorted(id_of(other) for other in far[name] if name in far[other]))
        for name in LETTERS
        if name in far[name]
    }
    assert circles(fleet) == sorted(wanted)
