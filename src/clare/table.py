"""The tasks of a board as columns: a question about all of them reads only the columns it needs.

A row follows from its entity alone. The values are plain text, numbers and tuples, so that columns can
be kept and read back as they are.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar, cast, overload

from clare.clock import Stamp, instant
from clare.state import DEFAULTS, Entity

T = TypeVar("T")
CLOSED = frozenset(["done", "dropped"])
HeldClaim = tuple[str, str, str, int, bool]
"""A claim as a row keeps it: event, actor, clone, end in ms, whether it has the hub's word."""


class Row(NamedTuple):
    """What is asked about all tasks at once. Empty text stands for what is not there.

    `due`, `defer_until` and `created_at` are in ms; `created`, `updated` and `closing` are ids of
    events.
    """

    id: str
    title: str
    project: str
    type: str
    status: str
    priority: str
    parent: str
    assignee: str
    pinned: bool
    due: int | None
    defer_until: int | None
    repeat: str
    labels: tuple[str, ...]
    needs: tuple[str, ...]
    links: tuple[str, ...]
    claims: tuple[HeldClaim, ...]
    created: str
    created_at: int
    creator: str
    updated: str
    updater: str
    closing: str
    comments: int
    contested: tuple[str, ...]


def row_of(entity: Entity) -> Row | None:
    """The row of a task; None for what is no task, or none yet."""
    return row(entity) if entity.exists and is_task(entity.key) else None


def is_task(key: str) -> bool:
    """Whether a key is a task's."""
    return key.startswith("tasks/")


def row(entity: Entity) -> Row:
    """What is known of a task, be it created or not."""
    status = entity.value("status", DEFAULTS["status"])
    shown = entity.write("status")
    created = entity.created or entity.updated
    due, defer = entity.value("due"), entity.value("defer_until")
    return Row(
        id=entity.key.partition("/")[2],
        title=entity.value("title", "(no title)"),
        project=entity.value("project"),
        type=entity.value("type", DEFAULTS["type"]),
        status=status,
        priority=entity.value("priority", DEFAULTS["priority"]),
        parent=entity.value("parent"),
        assignee=entity.value("assignee"),
        pinned=entity.value("pinned") == "true",
        due=instant(due, end_of_day=True) if due else None,
        defer_until=instant(defer) if defer else None,
        repeat=entity.value("repeat"),
        labels=entity.elements("labels"),
        needs=entity.elements("needs"),
        links=entity.elements("links"),
        claims=tuple((c.event, c.by, c.clone, c.end, c.hub) for c in entity.claims),
        created=created.event if created else "",
        created_at=Stamp.of(created.event).ms if created else 0,
        creator=entity.created.by if entity.created else "",
        updated=entity.updated.event if entity.updated else "",
        updater=entity.updated.by if entity.updated else "",
        closing=shown.event if shown and status in CLOSED else "",
        comments=len(entity.comments),
        contested=entity.contested,
    )


class _Column(Generic[T]):
    """A column of a table, read when it is first asked for and kept."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, table: None, owner: type) -> "_Column[T]": ...
    @overload
    def __get__(self, table: "Table", owner: type) -> list[T]: ...
    def __get__(self, table: "Table | None", owner: type) -> "_Column[T] | list[T]":
        if table is None:
            return self
        column = cast(list[T], table.column(self._name))
        vars(table)[self._name] = column
        return column


class Table:
    """The rows of all tasks that exist, as columns; a task's `place` is its index in each of them.

    `load` brings a column as it was kept; what has changed since lies over it: by key the new row, or
    None where there is none. `others` are the keys of the entities without a row, sorted. `kept` brings
    what was worked out of the kept rows and kept with them, or None.
    """

    id = _Column[str]()
    title = _Column[str]()
    project = _Column[str]()
    type = _Column[str]()
    status = _Column[str]()
    priority = _Column[str]()
    parent = _Column[str]()
    assignee = _Column[str]()
    pinned = _Column[bool]()
    due = _Column[int | None]()
    defer_until = _Column[int | None]()
    repeat = _Column[str]()
    labels = _Column[tuple[str, ...]]()
    needs = _Column[tuple[str, ...]]()
    links = _Column[tuple[str, ...]]()
    claims = _Column[tuple[HeldClaim, ...]]()
    created = _Column[str]()
    created_at = _Column[int]()
    creator = _Column[str]()
    updated = _Column[str]()
    updater = _Column[str]()
    closing = _Column[str]()
    comments = _Column[int]()
    contested = _Column[tuple[str, ...]]()

    def __init__(
        self,
        load: Callable[[str], list[object]],
        *,
        others: tuple[str, ...] = (),
        changed: Mapping[str, Row | None] | None = None,
        kept: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.load = load
        self.others = others
        self.changed = changed or {}
        self.kept = kept

    @classmethod
    def of(cls, entities: Iterable[Entity]) -> "Table":
        """The table of these entities."""
        rows: list[Row] = []
        others: list[str] = []
        for entity in entities:
            row = row_of(entity)
            if row:
                rows.append(row)
            else:
                others.append(entity.key)
        return cls(columns_of(sorted(rows)).__getitem__, others=tuple(sorted(others)))

    def with_changed(self, changed: Mapping[str, Row | None]) -> "Table":
        """The table with other rows for some keys, of which all have events."""
        others = {key for key in self.others if key not in changed}
        others.update(key for key, row in changed.items() if row is None)
        both = {**self.changed, **changed}
        return Table(self.load, others=tuple(sorted(others)), changed=both, kept=self.kept)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each task stands, by id."""
        return dict(zip(self.id, range(len(self.id)), strict=True))

    def place(self, task_id: str) -> int | None:
        """Where one task stands; who asks for many uses `places`."""
        if self.changes.gone or "places" in vars(self):
            return self.places.get(task_id)
        kept = cast(list[str], self.load("id"))
        place = _place(kept, task_id)
        added = self._added.get(task_id) if place is None else None
        return len(kept) + added if added is not None else place

    @cached_property
    def _added(self) -> dict[str, int]:
        return {row.id: number for number, row in enumerate(self.changes.added)}

    @cached_property
    def ids(self) -> list[str]:
        """The ids of all tasks, sorted."""
        return sorted(self.id)

    def column(self, name: str) -> list[object]:
        """One column, with what has changed."""
        kept = self.load(name)
        if not self.changed:
            return kept
        replaced, gone, added = self.changes
        index = Row._fields.index(name)
        column = list(kept)
        for place, row in replaced:
            column[place] = row[index]
        for place in gone:
            del column[place]
        column.extend(row[index] for row in added)
        return column

    @cached_property
    def changes(self) -> "Changes":
        """What has changed of the rows that were kept."""
        rows = {key.partition("/")[2]: row for key, row in self.changed.items() if is_task(key)}
        before = cast(list[str], self.load("id")) if rows else []
        found = {name: place for name in rows if (place := _place(before, name)) is not None}
        return Changes(
            [(place, row) for name, place in found.items() if (row := rows[name])],
            sorted((place for name, place in found.items() if not rows[name]), reverse=True),
            [row for name, row in sorted(rows.items()) if row and name not in found],
        )


class Changes(NamedTuple):
    """Rows in other places' stead, places without a row any more, the last first, and new rows."""

    replaced: list[tuple[int, Row]]
    gone: list[int]
    added: list[Row]

    @property
    def any(self) -> bool:
        return any(self)


def _place(ids: list[str], name: str) -> int | None:
    place = bisect_left(ids, name)
    return place if place < len(ids) and ids[place] == name else None


def columns_of(rows: Iterable[Row]) -> dict[str, list[object]]:
    """Rows as columns, by name."""
    columns: list[list[object]] = [list(column) for column in zip(*rows, strict=True)]
    return dict(zip(Row._fields, columns or ([] for _ in Row._fields), strict=True))
