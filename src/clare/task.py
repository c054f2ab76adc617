"""A task as views see it: a row of the table under the names of the design, and its entity's state."""

from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import NamedTuple

from clare.clock import STAMP_LENGTH, Stamp
from clare.names import task_key
from clare.state import Claim, Comment, Entity, Write
from clare.table import CLOSED, Table, columns_of, row


class Task(NamedTuple):
    """A place in a table, with the entities of the board; made at once, read when asked."""

    table: Table
    entities: Mapping[str, Entity]
    place: int

    @classmethod
    def of(cls, entity: Entity) -> "Task":
        """A task by itself, be it created or not."""
        return cls(Table(columns_of([row(entity)]).__getitem__), {entity.key: entity}, 0)

    @property
    def entity(self) -> Entity:
        """Everything about it."""
        return self.entities[self.key]

    @property
    def id(self) -> str:
        return self.table.id[self.place]

    @property
    def key(self) -> str:
        return task_key(self.id)

    @property
    def title(self) -> str:
        return self.table.title[self.place]

    @property
    def project(self) -> str:
        return self.table.project[self.place]

    @property
    def status(self) -> str:
        return self.table.status[self.place]

    @property
    def type(self) -> str:
        return self.table.type[self.place]

    @property
    def priority(self) -> str:
        return self.table.priority[self.place]

    @property
    def pinned(self) -> bool:
        return self.table.pinned[self.place]

    @property
    def parent(self) -> str:
        return self.table.parent[self.place]

    @property
    def assignee(self) -> str:
        return self.table.assignee[self.place]

    @property
    def labels(self) -> tuple[str, ...]:
        return self.table.labels[self.place]

    @property
    def needs(self) -> tuple[str, ...]:
        return self.table.needs[self.place]

    @property
    def links(self) -> tuple[str, ...]:
        return self.table.links[self.place]

    @property
    def comments(self) -> tuple[Comment, ...]:
        return self.entity.comments

    @property
    def comment_count(self) -> int:
        return self.table.comments[self.place]

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    @property
    def is_contested(self) -> bool:
        """Whether a field has several newest values."""
        return bool(self.table.contested[self.place])

    @property
    def due(self) -> int | None:
        """When it is due, in ms; a bare day means its end."""
        return self.table.due[self.place]

    @property
    def defer_until(self) -> int | None:
        """When it may begin, in ms; a bare day means its start."""
        return self.table.defer_until[self.place]

    @property
    def repeat(self) -> str:
        """The rule by which it comes again once it is closed: `2 weeks`."""
        return self.table.repeat[self.place]

    @property
    def creator(self) -> str:
        """Who added it."""
        return self.table.creator[self.place]

    @property
    def created_at(self) -> int:
        """When it was added, in ms."""
        return self.table.created_at[self.place]

    @property
    def age_rank(self) -> tuple[str, str]:
        """What sorts the oldest first, also among tasks that one command added: stamps sort as text."""
        return self.table.created[self.place][:STAMP_LENGTH], self.id

    @property
    def updated_at(self) -> int:
        """When anything was last said about it, in ms."""
        updated = self.table.updated[self.place]
        return Stamp.of(updated).ms if updated else 0

    @property
    def closed_at(self) -> int | None:
        """When it was closed, in ms, if it is."""
        closing = self.table.closing[self.place]
        return Stamp.of(closing).ms if closing else None

    @property
    def closing(self) -> Write | None:
        """The write that closed it, if it is closed."""
        return self.entity.write("status") if self.is_closed else None

    def holder(self, *, now: int) -> Claim | None:
        """Whose live claim is on it."""
        for claim in map(Claim._make, self.table.claims[self.place]):
            if claim.is_live(now=now):
                return claim
        return None


class Tasks(Mapping[str, Task]):
    """The tasks of a table by id, sorted; each is made when it is asked for."""

    def __init__(self, table: Table, entities: Mapping[str, Entity]) -> None:
        self._table = table
        self._entities = entities

    def __getitem__(self, task_id: str) -> Task:
        place = self._table.place(task_id)
        if place is None:
            raise KeyError(task_id)
        return Task(self._table, self._entities, place)

    def __contains__(self, task_id: object) -> bool:
        return isinstance(task_id, str) and self._table.place(task_id) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.ids)

    def __len__(self) -> int:
        return len(self._table.id)

    def at(self, places: "Iterator[int] | list[int] | range") -> list[Task]:
        """The tasks at these places."""
        made = zip(repeat(self._table), repeat(self._entities), places)
        return list(map(tuple.__new__, repeat(Task), made))  # Task._make takes twice as long
