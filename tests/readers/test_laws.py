"""What holds for every import, whatever it is from."""

from pathlib import Path

import pytest

from clare.errors import ClareError
from clare.events.task import TaskCreated, TaskEdited, TaskFields
from clare.fleet import Fleet
from clare.services.origin import Origin, Source, Wanted
from clare.services.replica import bring, plan
from clare.services.spread import ROOM
from clare.store import writing
from clare.store.board import Board
from clare.store.writing import Given, extended
from tests.beads import as_event, commits, make_board, tree
from tests.cli.running import Here
from tests.readers.sources import FORMATS, imported, load, task

EVERY = pytest.mark.parametrize("form", FORMATS)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return make_board(tmp_path, "plum")


@EVERY
def test_importing_twice_adds_nothing(board: Board, form: str) -> None:
    first = load(board, form, FORMATS[form].data)
    tip = board.tip()
    second = load(board, form, FORMATS[form].data)
    assert first.created > 0
    assert board.tip() == tip
    assert (second.created, second.changed, second.projects, second.commit) == (0, 0, 0, "")
    assert (second.unchanged, second.skipped) == (first.created, first.skipped)
    assert second.notes == first.notes


@EVERY
def test_two_hosts_that_import_the_same_write_the_same_bytes(
    board: Board, tmp_path: Path, form: str
) -> None:
    apricot = make_board(tmp_path, "apricot")
    load(board, form, FORMATS[form].data)
    load(apricot, form, FORMATS[form].copy(tmp_path))
    assert tree(board) == tree(apricot)
    everything = [b.git.text("rev-parse", "refs/heads/fleet:fleet") for b in (board, apricot)]
    assert everything[0] == everything[1]


@EVERY
def test_an_import_is_one_commit_that_says_how_much_it_brought(board: Board, form: str) -> None:
    told = load(board, form, FORMATS[form].data)
    name = FORMATS[form].command
    assert commits(board) == [f"nat-plum imports {told.created} tasks from {name}", "begin"]


@EVERY
def test_a_dry_run_says_the_same_and_writes_nothing(board: Board, form: str) -> None:
    source = FORMATS[form].load(FORMATS[form].data)
    tip = board.tip()
    would = bring(board, source, dry_run=True)
    assert board.tip() == tip
    assert would.commit == ""
    done = bring(board, source)
    assert (would.created, would.projects, would.notes) == (
        done.created,
        done.projects,
        done.notes,
    )


@EVERY
def test_nothing_imported_is_broken_or_contested(board: Board, form: str) -> None:
    load(board, form, FORMATS[form].data)
    fleet = board.read()
    assert fleet.findings == ()
    assert not [key for key, entity in fleet.entities.items() if entity.contested]


@EVERY
def test_the_command_tells_what_it_did(here: Here, form: str) -> None:
    words = ("import", FORMATS[form].command, str(FORMATS[form].data))
    would = here.run(*words, "--dry-run")
    assert would.code == 0
    assert would.err.endswith("clare: a dry run: nothing was imported\n")
    assert here.records("list", "--all") == []
    told = here.record(*words)
    assert would.out.startswith(f"{told['created']} created, 0 changed, 0 unchanged, ")
    assert len(here.records("list", "--all")) == told["created"]
    assert told["commit"] == here.git("rev-parse", "fleet")
    assert here.record(*words)["commit"] is None


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "backlog"])
def test_standard_input_is_read_for_a_dash(here: Here, form: str) -> None:
    text = FORMATS[form].data.read_text("utf-8")
    name = ["--name", "x"] if form in ("csv", "markdown") else []
    ran = here.run("import", FORMATS[form].command, "-", *name, given=text)
    assert (ran.code, ran.out.partition(" ")[0] != "0") == (0, True), ran.err


# What the source says later, and what the board says beside it.


def row(number: int, **fields: str) -> Wanted:
    """What a source without dates says of its one task."""
    written = {"title": "Bake", "status": "open", **fields}
    return Wanted("tasks/aaaaaaaaaaaa", "a", "row 1", number, number, number, None, "sam", written)


def source(*rows: Wanted, adopts: bool = False) -> Source:
    return Source(Origin("list", adopts=adopts), rows)


def test_what_a_source_without_dates_says_later_stands_wherever_it_says_it() -> None:
    fleet = imported(source(row(9_000)))
    ticked = imported(source(row(2_000, status="done")), fleet)
    assert task(ticked, "Bake").status == "done"
    assert task(imported(source(row(1_000)), ticked), "Bake").status == "open"


def test_a_field_that_a_source_does_not_tell_of_stays_as_it_was() -> None:
    fleet = imported(source(row(1, body="Long.", assignee="ada")))
    later = imported(source(row(1, title="Bake twice")), fleet)
    assert task(later, "Bake twice").entity.value("body") == "Long."
    assert task(later, "Bake twice").assignee == "ada"


def test_texts_that_one_event_cannot_hold_are_spread_over_several() -> None:
    texts = {name: name[0] * 40_000 for name in ("body", "done_when", "close_reason")}
    wanted = row(1, **texts)
    links = tuple(f"{number:0900}" for number in range(200))
    whole = Wanted(**{**vars(wanted), "sets": {"links": links}})
    events = plan(Fleet(), source(whole)).events
    fleet = imported(source(whole))
    found = task(fleet, "Bake").entity
    assert {name: found.value(name) for name in texts} == texts
    assert found.elements("links") == links
    assert len(events) > 4
    assert [event.after for event in events[1:]] == [(event.id,) for event in events[:-1]]
    assert plan(fleet, source(whole)).events == []
    bare = imported(source(Wanted(**{**vars(wanted), "sets": {"links": ()}})), fleet)
    assert task(bare, "Bake").links == ()
    assert ROOM < 64 * 1024


def test_a_task_with_an_id_of_its_own_that_is_there_already_is_left_as_it_is() -> None:
    native = imported(source(row(1)))
    copy = Source(Origin("copy", adopts=True), (row(1, title="Bake twice"),))
    planned = plan(native, copy)
    assert (planned.events, planned.unchanged) == ([], 1)
    assert planned.notes == ["row 1: is on the board already, left as it is there"]
    same = plan(native, Source(Origin("copy", adopts=True), (row(1),)))
    assert (same.events, same.unchanged, same.notes) == ([], 1, [])


def test_a_subject_can_say_what_was_decided_last(board: Board) -> None:
    decided: list[str] = []

    def decide(fleet: Fleet) -> list[TaskCreated]:
        decided.append(f"decided {len(decided) + 1}")
        if len(decided) == 1:
            moved = board.git.text("commit-tree", "-p", fleet.commit, "-m", "x", f"{fleet.commit}:")
            board.git.run("update-ref", board.ref, moved)
        return [TaskCreated(entity="tasks/aaaaaaaaaaaa", set=TaskFields(title="Bake"))]

    writing.append(board, decide, summary=lambda: decided[-1])
    assert commits(board) == ["decided 2", "x", "begin"]


def test_a_local_edit_and_a_later_change_of_the_source_are_contested() -> None:
    fleet = imported(source(row(1)))
    edit = Given(
        TaskEdited(entity="tasks/aaaaaaaaaaaa", set=TaskFields(title="Mine")),
        id="20261120T090000.000Z-0000-plum-00000000",
        by="nat",
        clone="00000000",
        after=fleet.entity("tasks/aaaaaaaaaaaa").heads,
    )
    edited = extended(fleet, [as_event(edit)])
    assert plan(edited, source(row(1))).events == []
    later = imported(source(row(1, title="Bake twice")), edited)
    assert task(later, "Mine").entity.contested == ("title",)


def test_two_rows_of_one_id_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("title\nBake\nSell\nBake\n")
    with pytest.raises(ClareError, match=r"plan\.csv, row 4: the same task as in row 2$"):
        FORMATS["csv"].load(path)


@pytest.mark.parametrize("form", ["csv", "markdown"])
def test_standard_input_without_ids_wants_a_name(here: Here, form: str) -> None:
    ran = here.run("import", form, "-", given=FORMATS[form].data.read_text("utf-8"))
    assert (ran.code, ran.out) == (2, "")
    assert "--name" in ran.err
