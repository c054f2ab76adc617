"""The tasks of a board as Clare prints them, for other programs to take in."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.stage import Clone

CLOSED = frozenset(["done", "dropped"])


@dataclass(frozen=True, slots=True)
class Record:
    """What the other programs have a place for. `waits`: something that it needs is unfinished."""

    id: str
    title: str
    status: str
    priority: str
    project: str
    labels: tuple[str, ...]
    needs: tuple[str, ...]
    due: str
    defer_until: str
    created_at: str
    updated_at: str
    is_held: bool
    waits: bool

    @property
    def is_closed(self) -> bool:
        """Whether it is done or dropped."""
        return self.status in CLOSED

    @property
    def is_off(self) -> bool:
        """Whether it is unfinished, but neither open: an idea, or in review."""
        return self.status in ("idea", "review")


def records(board: Clone) -> list[Record]:
    """Every task of a board."""
    told = subprocess.run(
        board.clare("list", "--all", "--json"), check=True, env=board.env, capture_output=True
    )
    rows: list[Mapping[str, object]] = json.loads(told.stdout)
    closed = {str(row["id"]) for row in rows if row["status"] in CLOSED}
    return [_record(row, closed) for row in rows]


def _record(row: Mapping[str, object], closed: set[str]) -> Record:
    needs = _words(row["needs"])
    text = {name: str(row[name] or "") for name in _TEXTS}
    return Record(
        id=text["id"],
        title=text["title"],
        status=text["status"],
        priority=text["priority"],
        project=text["project"],
        labels=_words(row["labels"]),
        needs=needs,
        due=text["due"],
        defer_until=text["defer_until"],
        created_at=text["created_at"],
        updated_at=text["updated_at"],
        is_held=bool(row["active"]),
        waits=any(need not in closed for need in needs),
    )


_TEXTS = (
    *("id", "title", "status", "priority", "project"),
    *("due", "defer_until", "created_at", "updated_at"),
)


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
