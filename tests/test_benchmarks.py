"""The boards that are measured: the same for a seed, as Clare would have written them."""

from collections import Counter
from pathlib import Path

import pytest

from clare.clock import instant
from clare.events.fact import type_registry
from clare.events.lenient import ENVELOPE
from clare.events.text import event_bytes
from clare.fleet import Fleet
from clare.store.files import parse
from clare.store.git import Git
from clare.store.read import read_board
from clare.views.ready import state, unmet
from tests.benchmarks import boards, life
from tests.benchmarks.steps import Written

EVENTS = 250
NOW = instant("2026-11-20")


@pytest.fixture(scope="module")
def events() -> list[Written]:
    return boards.history(life.board(7, EVENTS))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    path = tmp_path_factory.mktemp("boards") / "made.git"
    boards.make(path, EVENTS, seed=7)
    return read_board(Git(path), boards.REF)


def test_one_seed_makes_one_board(events: list[Written]) -> None:
    again = boards.history(life.board(7, EVENTS))
    assert events == again
    assert b"".join(boards.commits(events, "one")) == b"".join(boards.commits(again, "one"))
    assert boards.history(life.board(8, EVENTS)) != again


def test_every_event_is_written_as_clare_would_write_it(events: list[Written]) -> None:
    for written in events:
        mapping = parse(written.data)
        assert (mapping["id"], mapping["entity"]) == (written.id, written.key)
        body = {key: value for key, value in mapping.items() if key not in ENVELOPE}
        fact = type_registry[str(mapping["type"])].model_validate({**body, "entity": written.key})
        again = event_bytes(
            fact,
            event_id=written.id,
            by=written.turn.by,
            clone=written.turn.host.clone,
            after=written.after,
        )
        assert again == written.data


def test_a_generated_board_folds_without_findings(fleet: Fleet) -> None:
    assert not fleet.findings
    assert sum(map(len, fleet.events.values())) == EVENTS
    assert {event.id.split("-")[2] for f in fleet.events.values() for event in f} == {
        *("plum", "apricot", "quince")
    }


def test_half_of_the_tasks_are_open_and_three_in_ten_of_those_wait(fleet: Fleet) -> None:
    tasks = fleet.tasks.values()
    opened = [task for task in tasks if task.status == "open"]
    waiting = [task for task in opened if unmet(fleet, task)]
    assert (len(fleet.tasks), len(opened), len(waiting)) == (50, 25, 7)
    assert len({task.title for task in tasks}) == len(tasks)
    assert Counter(state(fleet, task, now=NOW) for task in tasks)["ready"] > len(opened) // 2


def test_each_event_names_the_heads_that_its_writer_saw(events: list[Written]) -> None:
    """Whoever wrote before it and is not named, directly or through others, was not heard of yet."""
    for key in {written.key for written in events}:
        seen: dict[str, set[str]] = {}
        for written in (w for w in events if w.key == key):
            past = set(written.after).union(*(seen[name] for name in written.after))
            for other in set(seen) - past:
                assert other.split("-")[2] != written.turn.host.name
            seen[written.id] = past


def test_a_larger_board_has_contested_fields_parts_and_held_tasks(tmp_path: Path) -> None:
    boards.make(tmp_path / "made.git", 5000, seed=7)
    fleet = read_board(Git(tmp_path / "made.git"), boards.REF)
    states = Counter(state(fleet, task, now=NOW) for task in fleet.tasks.values())
    assert any(task.entity.contested for task in fleet.tasks.values())
    assert any(task.parent for task in fleet.tasks.values())
    assert any(task.pinned for task in fleet.tasks.values())
    assert states["active"] > 0
    assert states["deferred"] > 0
    assert states["blocked"] >= 140
