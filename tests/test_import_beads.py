"""The import of beads: what arrives, that it arrives once, and that nothing local is overwritten."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypedDict

import pytest

from clare import names
from clare.clock import instant, show_instant
from clare.errors import ClareError, Exit, Unreadable
from clare.events.event import Event
from clare.events.fields import MAX_LINE, MAX_TEXT
from clare.events.task import TaskCommented, TaskEdited, TaskFields
from clare.fleet import Finding, Fleet, Task
from clare.services.beads import Imported, import_beads, plan
from clare.services.beads_rows import CLONE, load, task_id
from clare.store.board import Board, Given, extended
from clare.store.commit import Change, Commit, identity, write_commits
from clare.store.git import Git, run_process
from clare.store.place import Place
from clare.views.ready import rank

OWN = Path(__file__).parent / "data" / "beads.jsonl"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "beads-issues.jsonl"
NOW = "2026-04-01T12:00:00Z"
FILES = [
    pytest.param(OWN, id="own"),
    pytest.param(
        SHARED,
        id="large",
        marks=pytest.mark.skipif(not SHARED.exists(), reason="the large file is not here"),
    ),
]

BoardAt = Callable[[str], Board]


class Dependency(TypedDict):
    issue_id: str
    depends_on_id: str
    type: str


class Comment(TypedDict, total=False):
    id: int
    author: str
    text: str
    created_at: str


class Row(TypedDict, total=False):
    id: str
    title: str
    status: str
    priority: int
    issue_type: str
    created_at: str
    created_by: str | None
    updated_at: str
    closed_at: str
    due_at: str
    defer_until: str
    assignee: str
    description: str
    design: str
    acceptance_criteria: str
    notes: str
    close_reason: str
    external_ref: str
    labels: list[str]
    dependencies: list[Dependency]
    comments: list[Comment]


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def write(path: Path, rows: Iterable[Row]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def board_at(tmp_path: Path) -> BoardAt:
    def make(name: str) -> Board:
        path = tmp_path / name
        run_process(["git", "init", "--quiet", str(path)])
        git = Git(path / ".git")
        manifest = Change("fleet/fleet.yaml", data=b"format: 1\nname: test\n")
        commit = write_commits(git, [Commit("begin\n", *identity(git), [manifest])])
        git.run("update-ref", "refs/heads/fleet", commit)
        return Board(
            Place(git, "fleet", "refs/heads/fleet", str(path), "", ""),
            host=name,
            actor=f"nat-{name}",
            clone=names.derived(name, length=8),
            now=lambda: instant(NOW),
            bits=random.Random(name).getrandbits,
        )

    return make


@pytest.fixture
def board(board_at: BoardAt) -> Board:
    return board_at("plum")


def tree(board: Board) -> str:
    return board.git.text("rev-parse", "refs/heads/fleet:fleet/tasks")


def commits(board: Board) -> list[str]:
    return board.git.text("log", "--format=%s", "refs/heads/fleet").splitlines()


def task(board: Board, row_id: str) -> Task:
    return board.read().tasks[task_id(row_id)]


def value(board: Board, row_id: str, name: str) -> str:
    return task(board, row_id).entity.value(name)


def edit(board: Board, row_id: str, **values: str) -> None:
    key = names.task_key(task_id(row_id))
    fact = TaskEdited(entity=key, set=TaskFields.model_validate(values))
    board.append(lambda _: [fact])


def a_row(**more: object) -> Row:
    base = {"id": "bk-1", "title": "Bake", "created_at": "2026-03-01T08:00:00Z"}
    row: Row = json.loads(json.dumps({**base, "updated_at": "2026-03-01T08:00:00Z", **more}))
    return row


# What is ready, computed from the rows alone.


def ready_rows(rows: Sequence[Row], now: str) -> set[str]:
    issues = {row["id"]: row for row in rows if row.get("issue_type") != "agent"}

    def targets(row: Row, kind: str) -> list[str]:
        return [d["depends_on_id"] for d in row.get("dependencies") or () if d["type"] == kind]

    def finished(row: Row) -> bool:
        return row["status"] in ("closed", "tombstone")

    def waits(row: Row) -> bool:
        blockers = [issues[name] for name in targets(row, "blocks") if name in issues]
        return not all(finished(blocker) for blocker in blockers)

    def deferred(row: Row) -> bool:
        until = row.get("defer_until")
        if not until:
            return row["status"] == "deferred"
        return datetime.fromisoformat(now) < datetime.fromisoformat(until)

    def held_up(row: Row) -> bool:
        seen = {row["id"]}
        while above := [name for name in targets(row, "parent-child")[:1] if name in issues]:
            row = issues[above[0]]
            if row["id"] in seen:
                return False
            seen.add(row["id"])
            if not finished(row) and waits(row):
                return True
        return False

    return {
        name
        for name, row in issues.items()
        if not (finished(row) or deferred(row) or waits(row) or held_up(row))
    }


def ready_tasks(fleet: Fleet) -> set[str]:
    return {entry.task.id for entry in rank(fleet, now=instant(NOW)).ready}


def mutated(rows: Sequence[Row], chance: random.Random) -> list[Row]:
    """Closed rows reopened, edges deleted, edges and cycles of needs and of parents added."""
    found: list[Row] = []
    for row in rows:
        new = row.copy()
        new["dependencies"] = [d for d in row.get("dependencies") or () if chance.random() < 0.9]
        if row["status"] == "closed" and chance.random() < 0.3:
            new["status"] = chance.choice(["open", "in_progress", "blocked", "hooked"])
        found.append(new)
    for _ in range(len(rows) // 4):
        ring = chance.sample(found, chance.choice([1, 2, 2, 3]))
        kind = chance.choice(["blocks", "blocks", "parent-child", "related"])
        for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
            if len(ring) > 1 or chance.random() < 0.1:
                edge = Dependency(issue_id=one["id"], depends_on_id=other["id"], type=kind)
                one["dependencies"] = [edge, *one["dependencies"]]
    return found


def bare(row: Row) -> Row:
    """The row without its texts, which say nothing about what is ready."""
    new = row.copy()
    new.update({"description": "", "design": "", "notes": "", "comments": []})
    return new


def as_event(given: Given) -> Event:
    fact = given.fact
    return Event(
        given.id, fact.type, given.by, given.clone, fact.entity, given.after, fact.effect()
    )


@pytest.mark.parametrize("path", FILES)
def test_ready_after_an_import_is_what_the_rows_say(board: Board, path: Path) -> None:
    rows = rows_of(path)
    told = import_beads(board, path)
    wanted = ready_rows(rows, NOW)
    assert ready_tasks(board.read()) == {task_id(name) for name in wanted}
    agents = sum(row.get("issue_type") == "agent" for row in rows)
    assert (told.created, told.skipped_agents) == (len(rows) - agents, agents)
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


def board_files(board: Board) -> list[str]:
    return board.git.text("ls-tree", "-r", "refs/heads/fleet", "fleet/tasks").splitlines()


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
    board.append(lambda _: [TaskCommented(entity=key, text="First thoughts.")])
    assert import_beads(board, OWN).commit == ""
    assert len(task(board, "bk-talk").comments) == 4


# What arrives.


def test_every_field_arrives(board: Board) -> None:
    import_beads(board, OWN)
    assert {
        name: heads[0].value for name, heads in task(board, "bk-oven").entity.fields.items()
    } == {
        "title": "Rebuild the deck oven",
        "body": "The old one loses heat.\n\n- bricks\n- door\n\n## Design\n\nTwo decks, one burner.",
        "done_when": "Holds 250 °C for an hour.",
        "type": "epic",
        "priority": "P1",
    }
    assert task(board, "bk-oven").labels == ("big-job", "heat")
    assert task(board, "bk-oven").links == ("beads:bk-oven", "https://example.invalid/quotes/17")
    bricks = task(board, "bk-bricks")
    assert (bricks.status, bricks.assignee, bricks.type) == ("done", "jonas", "chore")
    assert bricks.entity.value("close_reason") == "Delivered on a pallet"
    assert bricks.parent == task_id("bk-oven")
    assert task(board, "bk-door").needs == (task_id("bk-bricks"),)
    assert value(board, "bk-design", "body") == "## Design\n\n# Plan\n\nFirst this."
    assert value(board, "bk-yeast", "defer_until") == "2026-06-01T04:00:00Z"
    assert value(board, "bk-easter", "due") == "2026-04-04T07:30:00.250Z"
    assert task(board, "bk-nulls").assignee == ""


def test_texts_arrive_to_the_letter(board: Board) -> None:
    import_beads(board, OWN)
    assert task(board, "bk-quote").title == "Say \"no\": --- 'yes' # 1_000 🥐 on"
    assert value(board, "bk-quote", "body") == "on"
    assert task(board, "bk-quote").labels == ("1_000", "no", "über")
    assert [c.text for c in task(board, "bk-notes").comments] == ["Flour 1_000 kg: yes\n---\n"]


@pytest.mark.parametrize("path", FILES)
def test_titles_bodies_people_and_dates_of_every_row_arrive(board: Board, path: Path) -> None:
    import_beads(board, path)
    fleet = board.read()
    assert fleet.findings == ()
    for row in rows_of(path):
        if row.get("issue_type") == "agent":
            continue
        found = fleet.tasks[task_id(row["id"])]
        body = found.entity.value("body")
        assert found.title == row["title"]
        assert body.startswith(row.get("description") or "")
        assert body.endswith(row.get("design") or "")
        said = [row.get("notes", ""), *(c["text"] for c in row.get("comments") or ())]
        assert sorted(c.text for c in found.comments) == sorted(text for text in said if text)
        assert found.entity.created
        assert found.entity.created.by == "-".join((row.get("created_by") or "beads").split())
        assert found.created_at == moment(row["created_at"])
        if found.closing:
            assert found.closing.event[:15] == stamp_of(row["closed_at"])


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def stamp_of(text: str) -> str:
    return show_instant(moment(text)).replace("-", "").replace(":", "")[:15]


def test_comments_keep_their_people_and_dates(board: Board) -> None:
    import_beads(board, OWN)
    found = [(c.event[:20], c.by, c.text) for c in task(board, "bk-talk").comments]
    assert found == [
        ("20260309T100000.000Z", "jonas", "First thoughts."),
        ("20260309T100000.123Z", "Ada-von-Brot", "  indented\n\n```\ncode\n```\n"),
        ("20260309T120000.000Z", "beads", "Nobody said this."),
    ]


@pytest.mark.parametrize(
    ("row_id", "status"),
    [
        ("oven", "open"),
        ("chimney", "open"),
        ("gauge", "open"),
        ("hook", "open"),
        ("rota", "open"),
        ("yeast", "open"),
        ("rye", "idea"),
        ("bricks", "done"),
        ("ghost", "dropped"),
    ],
)
def test_each_status_has_its_counterpart(row_id: str, status: str) -> None:
    fleet = extended(Fleet(), [as_event(given) for given in plan(Fleet(), load(OWN)).events])
    assert fleet.tasks[task_id(f"bk-{row_id}")].status == status


def test_pinned_arrives_from_the_status_and_from_the_flag(board: Board) -> None:
    import_beads(board, OWN)
    pinned = {found.id for found in board.read().tasks.values() if found.pinned}
    assert pinned == {task_id(f"bk-{name}") for name in ("hook", "rota", "board")}


def test_other_edges_become_links_and_a_second_parent_too(board: Board) -> None:
    import_beads(board, OWN)
    tent, fair, shop = (task_id(f"bk-{name}") for name in ("tent", "fair", "shop"))
    links = {f"discovered-from:{tent}", f"related:{fair}", "beads:bk-crumbs"}
    assert set(task(board, "bk-crumbs").links) == links
    assert task(board, "bk-two").parent == task_id("bk-oven")
    assert set(task(board, "bk-two").links) == {"beads:bk-two", f"parent-child:{shop}"}


def test_agents_are_left_out_and_needs_that_point_nowhere_are_kept(board: Board) -> None:
    told = import_beads(board, OWN)
    assert told.skipped_agents == 2
    assert task_id("bk-agent-1") not in board.read().tasks
    assert task(board, "bk-for-agent").needs == (task_id("bk-agent-1"),)
    assert task(board, "bk-elsewhere").needs == (task_id("other-17"),)


def test_mail_addresses_of_owners_are_left_out(board: Board) -> None:
    import_beads(board, OWN)
    assert not board.git.text("grep", "mira@", "refs/heads/fleet", allow=(0, 1))


def test_every_event_is_the_sources_own(board: Board) -> None:
    import_beads(board, OWN)
    events = [e for found in board.read().events.values() for e in found]
    assert {(e.clone, names.host_of(e.id)) for e in events} == {(CLONE, "beads")}


# What does not fit.


def test_what_does_not_fit_is_made_to_and_told(board: Board, tmp_path: Path) -> None:
    row = a_row(
        title="t" * 1200,
        description="ü" * MAX_TEXT,
        acceptance_criteria="d" * MAX_TEXT,
        notes="n" * (MAX_TEXT + 1),
        labels=["-x", " , ", "y" * 150, "a\u202eb"],
        issue_type="merge request",
        assignee="\u0007",
        created_by="-",
        priority=-3,
        external_ref="two\nlines",
        dependencies=[{"issue_id": "bk-2", "depends_on_id": "bk-3", "type": "blocks"}],
    )
    told = import_beads(board, write(tmp_path / "one.jsonl", [row]))
    found = task(board, "bk-1")
    assert found.title == "t" * (MAX_LINE - 1) + "…"
    assert found.entity.value("body").startswith("üüü")
    assert found.entity.value("body").endswith("ü\n\n[shortened by the import]")
    assert found.comments[0].text.endswith("n\n\n[shortened by the import]")
    assert len(found.comments[0].text) == MAX_TEXT
    assert found.labels == ("ab", "x", "y" * 100)
    assert (found.type, found.assignee, found.priority) == ("merge-request", "", "P0")
    assert found.links == ("beads:bk-1", "two lines")
    assert found.comments[0].by == "beads"
    assert found.needs == ()
    told_of = "title body done_when notes label type \\x07 - priority external_ref bk-2"
    for word in told_of.split():
        assert any(word in note for note in told.notes), word
    assert all(note.startswith("line 1, bk-1: ") for note in told.notes)
    assert import_beads(board, tmp_path / "one.jsonl").commit == ""


@pytest.mark.parametrize("text", ["x\n" * (MAX_TEXT // 2), "\u200e\x00" * (MAX_TEXT // 4)])
def test_a_text_that_swells_in_the_file_still_fits(board: Board, tmp_path: Path, text: str) -> None:
    said = {"author": "ada", "text": text, "created_at": NOW}
    row = a_row(description=text, status="closed", close_reason=text, comments=[said])
    told = import_beads(board, write(tmp_path / "one.jsonl", [row]))
    assert told.created == 1
    assert board.read().findings == ()
    assert text.startswith(value(board, "bk-1", "body").partition("\n\n[")[0])


def test_the_longest_text_that_fits_is_kept_whole(board: Board, tmp_path: Path) -> None:
    text = ("x" * 63 + "\n") * (MAX_TEXT // 64)
    told = import_beads(board, write(tmp_path / "one.jsonl", [a_row(description=text)]))
    assert value(board, "bk-1", "body") == text
    assert told.notes == ()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[1]", "not a JSON object"),
        ('{"id": "bk-9"', "not a JSON object"),
        ('"text"', "not a JSON object"),
        ('{"title": "x", "created_at": "2026-03-01T08:00:00Z"}', "id: Field required"),
        ('{"id": "bk-9", "created_at": "2026-03-01T08:00:00Z"}', "title: Field required"),
        ('{"id": "bk-9", "title": " \\n", "created_at": "2026-03-01T08:00:00Z"}', "title: must"),
        ('{"id": "bk-9", "title": "x"}', "created_at: Field required"),
        ('{"id": "bk-9", "title": "x", "created_at": "yesterday"}', "created_at: must be a date"),
        ('{"id": "bk-9", "title": "x", "created_at": "2026-02-30T08:00:00Z"}', "no such date"),
        ('{"id": "bk-9", "title": "x", "created_at": "0001-01-01T00:00:00+01:00"}', "no such date"),
        ('{"id": "bk-9", "title": "x", "created_at": "2026-03-01T08:00:00"}', "must be a date"),
        ('{"id": "bk-9", "title": "x", "created_at": 1772352000}', "created_at: must be a date"),
        ('{"id": "bk-oven", "title": "x", "created_at": "2026-03-01T08:00:00Z"}', "in line 1"),
    ],
)
def test_one_bad_row_names_file_and_line_and_nothing_is_imported(
    board: Board, tmp_path: Path, line: str, problem: str
) -> None:
    rows = OWN.read_text("utf-8").split("\n")
    path = tmp_path / "bad.jsonl"
    path.write_text("\n".join([*rows[:2], "", line, *rows[2:]]), "utf-8")
    tip = board.tip()
    with pytest.raises(ClareError) as refused:
        import_beads(board, path)
    assert refused.value.message.startswith(f"{path}, line 4: ")
    assert problem in refused.value.message
    assert refused.value.exit_code == Exit.REFUSED
    assert board.tip() == tip


def test_bytes_that_are_no_text_name_the_line(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b'\n{"id": "bk-\xff"}\n')
    with pytest.raises(ClareError, match="line 2: not a JSON object"):
        import_beads(board, path)


def test_a_row_with_more_edges_than_an_event_holds_is_refused(board: Board, tmp_path: Path) -> None:
    edges = [{"depends_on_id": f"x{n}", "type": "blocks"} for n in range(5000)]
    with pytest.raises(ClareError, match="line 1: more labels and dependencies"):
        import_beads(board, write(tmp_path / "one.jsonl", [a_row(dependencies=edges)]))


def test_a_missing_file_is_told(board: Board, tmp_path: Path) -> None:
    with pytest.raises(ClareError, match=r"none\.jsonl: No such file"):
        import_beads(board, tmp_path / "none.jsonl")


def test_a_damaged_event_of_an_imported_task_stops_the_import() -> None:
    source = load(OWN)
    key = names.task_key(task_id("bk-oven"))
    path = f"{names.folder(key)}/20260301T080000.000Z-0000-beads-00000000.yaml"
    fleet = Fleet(findings=(Finding(path, "not YAML", entity=key),))
    with pytest.raises(Unreadable, match="not YAML"):
        plan(fleet, source)


def test_a_file_that_is_there_is_never_written_over() -> None:
    source = load(OWN)
    first = plan(Fleet(), source).events[0]
    path = names.event_path(first.fact.entity, first.id)
    finding = Finding(path, "no event", level="unfit", entity=first.fact.entity)
    again = plan(Fleet(findings=(finding,)), source).events
    assert first.id not in {given.id for given in again}
    assert len(again) == len(plan(Fleet(), source).events) - 1


def test_an_empty_file_writes_nothing(board: Board, tmp_path: Path) -> None:
    told = import_beads(board, write(tmp_path / "none.jsonl", []))
    assert told == Imported(0, 0, 0, 0, "", ())
    assert commits(board) == ["begin"]
