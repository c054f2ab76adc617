"""The laws of plans: all or nothing, twice is once, order is no matter, two hosts agree."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clare.errors import ClareError
from clare.fleet import Fleet
from clare.names import derived
from clare.services.apply import apply
from clare.services.plan_entries import parsed
from clare.store.board import Board
from clare.store.sync import sync
from tests.sync.fleets import World, add, digests, settle, tip

Raw = dict[str, object]
WORDS = st.sampled_from(["parser", "on", "1_000", "a:b", "#1", "ünï", "'", "漢字 🎉"])


@st.composite
def plans(draw: st.DrawFn) -> list[Raw]:
    """Entries with keys and names, which need and are part of others without a circle, in any order."""
    number = draw(st.integers(1, 6))
    made = []
    for at in range(number):
        earlier = [f"&t{n}" for n in range(at)]
        entry: Raw = {"as": f"&t{at}", "key": f"k{at}", "title": draw(WORDS)}
        if earlier:
            entry["needs"] = draw(st.lists(st.sampled_from(earlier), max_size=3, unique=True))
            entry["parent"] = draw(st.sampled_from(["", *earlier]))
        entry["priority"] = draw(st.sampled_from(["P0", "P2", ""]))
        entry["labels"] = draw(st.lists(st.sampled_from(["a", "b", "on"]), max_size=2))
        made.append(entry)
    return draw(st.permutations(made))


BAD: list[Raw] = [
    {"title": "x", "titel": "y"},
    {"title": "x", "due": "never"},
    {"title": "x", "needs": ["&nobody"]},
    {"title": "x", "needs": ["zzzz"]},
    {"title": "x", "project": "nowhere"},
    {"title": "x", "key": "k0"},
    {"title": "x", "as": "&me", "needs": "&me"},
    {"title": "x", "body": "b" * 40_000, "done_when": "d" * 40_000},
    {"task": "zzzz", "priority": "P0"},
    {"body": "no title"},
]


def as_json(entries: Sequence[Mapping[str, object]]) -> bytes:
    return "".join(f"{json.dumps(entry)}\n" for entry in entries).encode()


def as_yaml(entries: Sequence[Mapping[str, object]]) -> bytes:
    """The same with anchors and aliases, as people write it."""
    lines = []
    for entry in entries:
        lines.append(f"- {entry['as']}" if "as" in entry else "-")
        for name, value in entry.items():
            if name == "needs" and isinstance(value, list):
                lines.append(f"  needs: [{', '.join(each.replace('&', '*') for each in value)}]")
            elif name == "parent":
                lines.append(f"  parent: {value}".rstrip())
            elif name != "as":
                lines.append(f"  {name}: {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines).encode()


def do(board: Board, plan: bytes) -> tuple[str, ...]:
    return apply(board, parsed(plan, "plan"), source="plan").outcome.tasks


def new_board(folder: Path) -> Board:
    return World(folder).found("plum", hub=False)


def state(fleet: Fleet) -> dict[str, object]:
    """What every task says, without who wrote it when."""
    return {
        task.id: (
            {name: task.entity.value(name) for name in task.entity.fields if name != "clone"},
            {name: task.entity.elements(name) for name in task.entity.sets},
        )
        for task in fleet.tasks.values()
    }


@settings(max_examples=25)
@given(plans(), st.sampled_from(BAD), st.integers(0, 6))
def test_one_bad_entry_anywhere_and_nothing_is_written(
    tmp_path_factory: pytest.TempPathFactory, plan: list[Raw], bad: Raw, at: int
) -> None:
    board = new_board(tmp_path_factory.mktemp("board"))
    before = tip(board)
    with pytest.raises(ClareError):
        do(board, as_json([*plan[:at], bad, *plan[at:]]))
    assert tip(board) == before
    ids = do(board, as_json(plan))
    assert set(board.read().tasks) == set(ids)


@settings(max_examples=20)
@given(plans(), st.data())
def test_neither_order_nor_form_nor_repetition_changes_what_a_plan_with_keys_makes(
    tmp_path_factory: pytest.TempPathFactory, plan: list[Raw], data: st.DataObject
) -> None:
    one, two = (new_board(tmp_path_factory.mktemp(name)) for name in ("one", "two"))
    other = data.draw(st.permutations(plan))
    ids = do(one, as_json(plan))
    assert [derived("plan", str(entry["key"]), length=12) for entry in plan] == list(ids)
    assert sorted(do(two, as_yaml(other))) == sorted(ids)
    assert state(one.read()) == state(two.read())
    before = tip(one)
    do(one, as_yaml(other))
    assert tip(one) == before


@settings(max_examples=8)
@given(plans(), st.data())
def test_two_hosts_that_apply_one_plan_agree(
    tmp_path_factory: pytest.TempPathFactory, plan: list[Raw], data: st.DataObject
) -> None:
    world = World(tmp_path_factory.mktemp("world"))
    plum = world.found("plum")
    apricot = world.join("apricot")
    world.lose()
    do(plum, as_json(plan))
    do(apricot, as_yaml(data.draw(st.permutations(plan))))
    world.regain()
    settle(world, [plum, apricot])
    found = plum.read()
    assert len(found.tasks) == len(plan)
    assert all(entity.contested == () for entity in found.entities.values())
    assert len(digests([plum, apricot])) == 1
    before = tip(plum)
    do(plum, as_json(plan))
    assert tip(plum) == before


def test_a_plan_is_decided_again_on_what_came_meanwhile(
    world: World, plum: Board, apricot: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    bed = add(plum, "dig the bed")
    sync(apricot, world.url)
    entries = parsed(f"- title: water\n  needs: {bed[:4]}\n".encode(), "plan")
    asked = 0
    read = Board.read

    def read_and_be_overtaken(
        board: Board, commit: str | None = None, *, keep: bool = False
    ) -> Fleet:
        nonlocal asked
        fleet = read(board, commit, keep=keep)
        asked += board.actor == plum.actor
        if asked == 1 and board.actor == plum.actor:
            add(world.board("plum", actor="ada"), "meanwhile")
        return fleet

    monkeypatch.setattr(Board, "read", read_and_be_overtaken)
    (water,) = apply(plum, entries, source="plan").outcome.tasks
    assert asked > 1
    tasks = read(plum).tasks
    assert [task.title for task in tasks.values()].count("water") == 1
    assert tasks[water].needs == (bed,)
