"""A board as a SQLite file, with a table for each thing that can be asked for; for Datasette."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from clare.errors import ClareError
from clare.fleet import Fleet
from clare.names import host_of
from clare.state import SETS
from clare.store.events import prefetch
from clare.views.export import COLUMNS, chosen, project_records, task_records
from clare.views.record import Record, at

SCHEMA = """\
CREATE TABLE projects (
  slug TEXT PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL,
  repo TEXT, created_at TEXT, created_by TEXT
) WITHOUT ROWID;
CREATE TABLE tasks (
  id TEXT PRIMARY KEY, project TEXT REFERENCES projects (slug), title TEXT NOT NULL,
  body TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL, priority TEXT NOT NULL,
  parent TEXT REFERENCES tasks (id), assignee TEXT, pinned INTEGER NOT NULL, due TEXT,
  defer_until TEXT, repeat TEXT, done_when TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT,
  updated_at TEXT NOT NULL, updated_by TEXT, closed_at TEXT, close_reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE labels (
  task TEXT NOT NULL REFERENCES tasks (id), label TEXT NOT NULL, PRIMARY KEY (task, label)
) WITHOUT ROWID;
CREATE TABLE needs (
  task TEXT NOT NULL REFERENCES tasks (id), needs TEXT NOT NULL REFERENCES tasks (id),
  PRIMARY KEY (task, needs)
) WITHOUT ROWID;
CREATE TABLE links (
  task TEXT NOT NULL REFERENCES tasks (id), link TEXT NOT NULL, PRIMARY KEY (task, link)
) WITHOUT ROWID;
CREATE TABLE comments (
  id TEXT NOT NULL, task TEXT NOT NULL REFERENCES tasks (id), at TEXT NOT NULL, by TEXT NOT NULL,
  text TEXT NOT NULL, PRIMARY KEY (task, id)
) WITHOUT ROWID;
CREATE TABLE events (
  id TEXT NOT NULL, entity TEXT NOT NULL, type TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL,
  host TEXT NOT NULL, clone TEXT NOT NULL, PRIMARY KEY (entity, id)
) WITHOUT ROWID;
CREATE INDEX tasks_by_project ON tasks (project);
CREATE INDEX tasks_by_status ON tasks (status);
CREATE INDEX tasks_by_parent ON tasks (parent);
CREATE INDEX labels_by_label ON labels (label);
CREATE INDEX needs_by_need ON needs (needs);
CREATE INDEX comments_by_time ON comments (at);
CREATE INDEX events_by_time ON events (at);
"""

PROJECT = ("slug", "title", "body", "status", "repo", "created_at", "created_by")
TASK = tuple(name for name in COLUMNS if name not in SETS)
"""The columns in the order of the schema; what a task has several of is in tables of its own."""

Value = str | int | None


def write_database(path: Path, fleet: Fleet, projects: Sequence[str]) -> None:
    """Fill a new file. Raises ClareError if it cannot be written."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript(f"PRAGMA journal_mode = OFF;\nBEGIN;\n{SCHEMA}")
            for name, rows in _tables(fleet, projects):
                for row in rows:
                    marks = ", ".join("?" * len(row))
                    database.execute(f"INSERT INTO {name} VALUES ({marks})", row)
            database.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        raise ClareError(
            f"{path.parent}: {error}", hint="name a file that can be written"
        ) from None


def _tables(
    fleet: Fleet, projects: Sequence[str]
) -> Iterator[tuple[str, Iterable[tuple[Value, ...]]]]:
    tasks = chosen(fleet, projects)
    yield "projects", (_row(record, PROJECT) for record in project_records(fleet, projects))
    yield "tasks", (_row(record, TASK) for record in task_records(fleet, projects))
    yield "labels", ((task.id, label) for task in tasks for label in task.labels)
    yield "needs", ((task.id, need) for task in tasks for need in task.needs)
    yield "links", ((task.id, link) for task in tasks for link in task.links)
    yield (
        "comments",
        ((c.event, task.id, at(c.event), c.by, c.text) for task in tasks for c in task.comments),
    )
    slugs = [slug for slug in fleet.projects if not projects or slug in projects]
    keys = sorted([*(f"projects/{slug}" for slug in slugs), *(task.key for task in tasks)])
    prefetch(fleet.events, keys)
    yield (
        "events",
        (
            (event.id, key, event.type, at(event.id), event.by, host_of(event.id), event.clone)
            for key in keys
            for event in fleet.events[key]
        ),
    )


def _row(record: Record, columns: Sequence[str]) -> tuple[Value, ...]:
    return tuple(_value(record[column]) for column in columns)


def _value(value: object) -> Value:
    return value if value is None or isinstance(value, (str, int)) else str(value)
