"""The import of beads: once, the same everywhere, and beside local work without overwriting it."""

import random
from pathlib import Path

import pytest

from clare import names
from clare.events.task import TaskCommented
from clare.fleet import Fleet
from clare.services.readers.beads import load, task_id
from clare.services.replica import plan
from clare.store import writing
from clare.store.board import Board
from clare.store.writing import extended
from tests.beads import (
    FILES,
    NOW,
    OWN,
    BoardAt,
    Comment,
    Dependency,
    Row,
    a_row,
    as_event,
    bare,
    board_files,
    commits,
    edit,
    import_beads,
    make_board,
    mutated,
    ready_rows,
    ready_tasks,
    rows_of,
    task,
    tree,
    value,
    write,
)


@pytest.fixture
def board_at(tmp_path: Path) -> BoardAt:
    return lambda name: make_board(tmp_path, name)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return make_board(tmp_path, "plum")


@pytest.mark.parametrize("path", FILES)
def test_ready_after_an_import_is_what_the_rows_say(board: Board, path: Path) -> None:
    rows = rows_of(path)
    told = import_beads(board, path)
    wanted = ready_rows(rows, NOW)
    assert ready_tasks(board.read()) == {task_id(name) for name in wanted}
    agents = sum(row.get("issue_type") == "agent" for row in rows)
    assert (told.created, told.skipped) == (len(rows) - agents, agents)
    assert 0 < len(wanted) < told.created


@pytest.mark.parametrize("path", FILES)
def test_ready_is_what_the_rows_say_whatever_changes_in_them(path: Path, tmp_path: Path) -> None:
    rows = [bare(row) for row in rows_of(path)]
    answers = set()
    for seed in range(50):
        changed = mutated(rows, random.Random(seed))
        source = load(write(tmp_path / "mutated.jsonl", changed))
        events = [as_event(given) for given in plan(Fleet(), source).events]
        wanted = frozenset(task_id(name) for name in ready_rows(changed, NOW))
        assert ready_tasks(extended(Fleet(), events)) == wanted, f"seed {seed}"
        answers.add(wanted)
    assert len(answers) > 40


def test_what_is_ready_in_plain_words(board: Board) -> None:
    import_beads(board, OWN)
    ready = ready_tasks(board.read())
    for name in ("door", "elsewhere", "for-agent", "spelt", "tent", "board", "hook", "two"):
        assert task_id(f"bk-{name}") in ready, name
    for name in ("burner", "gauge", "yeast", "rye", "egg", "self", "paint", "colour", "bricks"):
        assert task_id(f"bk-{name}") not in ready, name
    assert task_id("bk-after-ghost") in ready
    assert task_id("bk-loop-a") not in ready


# Once, and the same everywhere.


@pytest.mark.parametrize("path", FILES)
def test_importing_twice_adds_nothing(board: Board, path: Path) -> None:
    first = import_beads(board, path)
    tip = board.tip()
    second = import_beads(board, path)
    assert board.tip() == tip
    assert (second.created, second.changed, second.commit) == (0, 0, "")
    assert second.unchanged == first.created
    assert second.notes == first.notes


@pytest.mark.parametrize("path", FILES)
def test_two_hosts_that_import_one_file_write_the_same_bytes(board_at: BoardAt, path: Path) -> None:
    plum, apricot = board_at("plum"), board_at("apricot")
    import_beads(plum, path)
    import_beads(apricot, path)
    assert tree(plum) == tree(apricot)


def test_the_order_of_lines_and_edges_changes_nothing(board_at: BoardAt, tmp_path: Path) -> None:
    plum, apricot = board_at("plum"), board_at("apricot")
    rows = [a_row(id="bk-1", labels=["a", "b"]), a_row(id="bk-2", labels=["b", "a"])]
    edges = [{"depends_on_id": name, "type": "blocks"} for name in ("x", "y")]
    rows += [a_row(id="bk-3", dependencies=edges), a_row(id="bk-4", dependencies=edges[::-1])]
    import_beads(plum, write(tmp_path / "one.jsonl", rows))
    for row in rows:
        row["labels"] = row.get("labels", [])[::-1]
        row["dependencies"] = row.get("dependencies", [])[::-1]
    import_beads(apricot, write(tmp_path / "other.jsonl", rows[::-1]))
    assert tree(plum) == tree(apricot)


def test_the_same_steps_on_two_hosts_write_the_same_bytes(
    board_at: BoardAt, tmp_path: Path
) -> None:
    plum, apricot = board_at("plum"), board_at("apricot")
    newer = write(tmp_path / "newer.jsonl", changed_rows())
    import_beads(plum, OWN)
    edit(plum, "bk-oven", title="Mine")
    import_beads(plum, newer)
    import_beads(apricot, OWN)
    import_beads(apricot, newer)
    ours = set(board_files(plum)) - set(board_files(apricot))
    assert set(board_files(apricot)) <= set(board_files(plum))
    assert len(ours) == 1
    assert "-plum-" in ours.pop()


def test_ids_are_pinned(board: Board, tmp_path: Path) -> None:
    said = {"author": "ada", "text": "Hot.", "created_at": "2026-03-02T08:00:00Z"}
    row = a_row(status="closed", labels=[*"gdafbec"], comments=[said])
    import_beads(board, write(tmp_path / "one.jsonl", [row]))
    assert [line.partition("\t")[2] for line in board_files(board)] == PINNED


PINNED = [
    "fleet/tasks/qa/qary5tx7k8e5/20260301T080000.000Z-0000-beads-c8v2d9as.yaml",
    "fleet/tasks/qa/qary5tx7k8e5/20260301T080000.000Z-0000-beads-mr3x1f62.yaml",
    "fleet/tasks/qa/qary5tx7k8e5/20260302T080000.000Z-0000-beads-kyw7jgkz.yaml",
]


def test_an_import_is_one_commit_that_says_how_much_it_brought(
    board: Board, tmp_path: Path
) -> None:
    told = import_beads(board, OWN)
    assert commits(board) == ["nat-plum imports 38 tasks from beads", "begin"]
    assert told.commit == board.tip()[0]
    import_beads(board, write(tmp_path / "newer.jsonl", [*rows_of(OWN), a_row()]))
    assert commits(board)[0] == "nat-plum imports 1 task from beads"


# A newer file.


def changed_rows() -> list[Row]:
    rows = {row["id"]: row for row in rows_of(OWN)}
    later = "2026-03-25T10:00:00Z"
    rows["bk-oven"].update(
        {"title": "Rebuild both ovens", "labels": ["heat", "new"], "updated_at": later}
    )
    rows["bk-door"].update({"status": "closed", "updated_at": later, "closed_at": later})
    rows["bk-door"].update({"close_reason": "Welded", "assignee": "ada"})
    said = Comment(id=9, author="ada", text="And done.", created_at=later)
    rows["bk-talk"]["comments"] = [*rows["bk-talk"]["comments"], said]
    rows["bk-board"]["updated_at"] = later
    del rows["bk-rye"]
    return list(rows.values())


def test_a_newer_file_writes_only_what_changed(board: Board, tmp_path: Path) -> None:
    import_beads(board, OWN)
    before = {e.id for events in board.read().events.values() for e in events}
    told = import_beads(board, write(tmp_path / "newer.jsonl", changed_rows()))
    after = board.read()
    fresh = [e for events in after.events.values() for e in events if e.id not in before]
    by_task = {e.entity.partition("/")[2]: e for e in fresh}
    assert (told.created, told.changed, told.unchanged) == (0, 3, 34)
    assert set(by_task) == {task_id("bk-oven"), task_id("bk-door"), task_id("bk-talk")}
    assert len(fresh) == 3
    oven = by_task[task_id("bk-oven")].effect
    assert oven.set == {"title": "Rebuild both ovens"}
    assert oven.add == {"labels": ("new",)}
    assert oven.remove == {"labels": ("big-job",)}
    door = by_task[task_id("bk-door")]
    assert door.effect.set == {"status": "done", "close_reason": "Welded", "assignee": "ada"}
    assert (door.id[:25], door.by) == ("20260325T100000.000Z-0000", "beads")
    assert by_task[task_id("bk-talk")].effect.comment == "And done."
    assert not [key for key, entity in after.entities.items() if entity.contested]
    assert task(board, "bk-rye").title == "Rye from the mill"


def test_a_reopened_row_reopens_and_loses_its_reason(board: Board, tmp_path: Path) -> None:
    row = a_row(status="closed", closed_at="2026-03-02T08:00:00Z", close_reason="Baked")
    import_beads(board, write(tmp_path / "one.jsonl", [row]))
    assert value(board, "bk-1", "close_reason") == "Baked"
    row.update({"status": "open", "updated_at": "2026-03-03T08:00:00Z"})
    import_beads(board, write(tmp_path / "two.jsonl", [row]))
    assert (task(board, "bk-1").status, value(board, "bk-1", "close_reason")) == ("open", "")


def test_a_field_goes_to_and_fro_under_one_date(board: Board, tmp_path: Path) -> None:
    for title in ("One", "Two", "One", "Two", "Three"):
        told = import_beads(board, write(tmp_path / "file.jsonl", [a_row(title=title)]))
        assert told.created + told.changed == 1
        assert (task(board, "bk-1").title, task(board, "bk-1").entity.contested) == (title, ())


def test_every_field_can_be_cleared_and_set_again(board: Board, tmp_path: Path) -> None:
    full = next(row for row in rows_of(OWN) if row["id"] == "bk-oven")
    full.update({"assignee": "ada", "due_at": NOW, "defer_until": NOW, "status": "pinned"})
    full["dependencies"] = [Dependency(issue_id="bk-oven", depends_on_id="x", type="parent-child")]
    empty = a_row(id="bk-oven", created_at=full["created_at"], updated_at=full["updated_at"])
    states = []
    for row in (full, empty, full, empty):
        import_beads(board, write(tmp_path / "file.jsonl", [row]))
        entity = task(board, "bk-oven").entity
        values = {name: entity.value(name) for name in entity.fields}
        states.append((values, entity.elements("labels"), entity.elements("links")))
        assert not entity.contested
    assert states[2][0].items() >= states[0][0].items()
    assert states[1:3] == [states[3], states[2]]
    shown = {name: text for name, text in states[1][0].items() if text}
    assert shown == {
        "title": "Bake", "type": "task", "priority": "P2", "pinned": "false", "status": "open"
    }  # fmt: skip


def test_an_older_row_changes_nothing_and_is_told(board: Board, tmp_path: Path) -> None:
    import_beads(board, write(tmp_path / "newer.jsonl", changed_rows()))
    tip = board.tip()
    told = import_beads(board, write(tmp_path / "older.jsonl", rows_of(OWN)[:1]))
    assert board.tip() == tip
    assert (told.changed, told.unchanged) == (0, 1)
    assert told.notes == ("line 1, bk-oven: older than what was imported before, left out",)


def test_two_hosts_with_an_older_and_a_newer_file_agree_after_the_newer(tmp_path: Path) -> None:
    ids = [f"bk-{number}" for number in range(8)]
    old = [a_row(id=row_id, title="Old", labels=["old"]) for row_id in ids]
    new = [a_row(id=row_id, title="New", labels=["new"]) for row_id in ids]
    older = load(write(tmp_path / "older.jsonl", old))
    newer = load(write(tmp_path / "newer.jsonl", new))
    events = [as_event(g) for source in (older, newer) for g in plan(Fleet(), source).events]
    met = extended(Fleet(), events)
    assert all(found.entity.contested == ("title",) for found in met.tasks.values())
    settled = extended(met, [as_event(given) for given in plan(met, newer).events])
    assert {found.title for found in settled.tasks.values()} == {"New"}
    assert {found.labels for found in settled.tasks.values()} == {("new",)}
    assert not any(found.entity.contested for found in settled.tasks.values())
    assert plan(settled, newer).events == []


def test_a_late_comment_does_not_make_the_row_look_old(board: Board, tmp_path: Path) -> None:
    said = {"author": "ada", "text": "Hot.", "created_at": "2026-03-20T08:00:00Z"}
    import_beads(board, write(tmp_path / "one.jsonl", [a_row(comments=[said])]))
    row = a_row(title="Bake twice", comments=[said], updated_at="2026-03-02T08:00:00Z")
    told = import_beads(board, write(tmp_path / "two.jsonl", [row]))
    assert (told.changed, task(board, "bk-1").title) == (1, "Bake twice")


def test_the_closing_has_its_own_date(board: Board, tmp_path: Path) -> None:
    closed = {"status": "closed", "closed_at": "2026-03-02T08:00:00Z"}
    row = a_row(**closed, updated_at="2026-03-05T08:00:00Z")
    import_beads(board, write(tmp_path / "one.jsonl", [row]))
    closing = task(board, "bk-1").closing
    assert closing
    assert closing.event.startswith("20260302T080000.000Z")


def test_no_event_is_dated_before_what_it_follows(board: Board, tmp_path: Path) -> None:
    row = a_row(status="closed", closed_at="2026-03-02T08:00:00Z")
    import_beads(board, write(tmp_path / "one.jsonl", [row]))
    import_beads(board, write(tmp_path / "two.jsonl", [{**row, "title": "Bake twice"}]))
    before_creation = a_row(id="bk-2", status="closed", updated_at="2026-02-01T08:00:00Z")
    import_beads(board, write(tmp_path / "three.jsonl", [before_creation]))
    events = [event for found in board.read().events.values() for event in found]
    followed = [(seen, event.id) for event in events for seen in event.after]
    assert len(followed) == 3
    assert all(seen[:25] <= event_id[:25] for seen, event_id in followed)


# Beside local work.


def test_a_local_edit_and_a_change_of_the_source_are_contested(
    board: Board, tmp_path: Path
) -> None:
    import_beads(board, OWN)
    edit(board, "bk-oven", title="My oven")
    import_beads(board, write(tmp_path / "newer.jsonl", changed_rows()))
    oven = task(board, "bk-oven").entity
    assert oven.contested == ("title",)
    assert {head.value for head in oven.fields["title"]} == {"My oven", "Rebuild both ovens"}
    assert import_beads(board, tmp_path / "newer.jsonl").commit == ""


def test_a_local_edit_stands_where_the_source_did_not_change(board: Board, tmp_path: Path) -> None:
    import_beads(board, OWN)
    edit(board, "bk-oven", body="Mine", priority="P4")
    edit(board, "bk-crumbs", title="My crumbs", status="done")
    assert import_beads(board, OWN).commit == ""
    import_beads(board, write(tmp_path / "newer.jsonl", changed_rows()))
    oven = task(board, "bk-oven")
    assert (oven.entity.value("body"), oven.priority) == ("Mine", "P4")
    assert (oven.title, oven.entity.contested) == ("Rebuild both ovens", ())
    assert (task(board, "bk-crumbs").title, task(board, "bk-crumbs").status) == (
        "My crumbs",
        "done",
    )


def test_a_local_comment_changes_nothing_for_the_import(board: Board) -> None:
    import_beads(board, OWN)
    key = names.task_key(task_id("bk-talk"))
    writing.append(board, lambda _: [TaskCommented(entity=key, text="First thoughts.")])
    assert import_beads(board, OWN).commit == ""
    assert len(task(board, "bk-talk").comments) == 4
