"""Rows as beads exports them, what is ready among them, and boards to import them into."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypedDict

import pytest

from clare import names
from clare.clock import instant
from clare.events.event import Event
from clare.events.task import TaskEdited, TaskFields
from clare.fleet import Fleet, Task
from clare.services.readers.beads import load, task_id
from clare.services.replica import Imported, bring
from clare.store import writing
from clare.store.board import Board
from clare.store.commit import Change, Commit, identity, write_commits
from clare.store.git import Git
from clare.store.place import Place
from clare.store.processes import run_process
from clare.store.writing import Given
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


def import_beads(board: Board, path: Path) -> Imported:
    return bring(board, load(path))


def make_board(tmp_path: Path, name: str) -> Board:
    """A board of its own, with the identity that the name says."""
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
    writing.append(board, lambda _: [fact])


def a_row(**more: object) -> Row:
    base = {"id": "bk-1", "title": "Bake", "created_at": "2026-03-01T08:00:00Z"}
    row: Row = json.loads(json.dumps({**base, "updated_at": "2026-03-01T08:00:00Z", **more}))
    return row


def board_files(board: Board) -> list[str]:
    return board.git.text("ls-tree", "-r", "refs/heads/fleet", "fleet/tasks").splitlines()


# What is ready, computed from the rows alone.


def _targets(row: Row, kind: str) -> list[str]:
    return [d["depends_on_id"] for d in row.get("dependencies") or () if d["type"] == kind]


def _finished(row: Row) -> bool:
    return row["status"] in ("closed", "tombstone")


def _deferred(row: Row, now: str) -> bool:
    until = row.get("defer_until")
    if not until:
        return row["status"] == "deferred"
    return datetime.fromisoformat(now) < datetime.fromisoformat(until)


def ready_rows(rows: Sequence[Row], now: str) -> set[str]:
    issues = {row["id"]: row for row in rows if row.get("issue_type") != "agent"}

    def blockers(row: Row) -> set[str]:
        named = {name for name in _targets(row, "blocks") if name in issues}
        return {name for name in named if not _finished(issues[name])}

    def parts(row: Row) -> set[str]:
        """What lies below a row, found from the top: whatever names it, or a part of it, as parent."""
        found = {row["id"]}
        while more := {
            name
            for name, each in issues.items()
            if name not in found and found.intersection(_targets(each, "parent-child")[:1])
        }:
            found |= more
        return found - {row["id"]}

    def held_up(row: Row) -> bool:
        seen = {row["id"]}
        while above := [name for name in _targets(row, "parent-child")[:1] if name in issues]:
            row = issues[above[0]]
            if row["id"] in seen:
                return False
            seen.add(row["id"])
            if not _finished(row) and blockers(row) - parts(row):
                return True
        return False

    return {
        name
        for name, row in issues.items()
        if not (_finished(row) or _deferred(row, now) or blockers(row) or held_up(row))
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
