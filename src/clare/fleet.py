"""The projection: all entities' states in memory, and how people name things in it."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from clare import names
from clare.clock import Stamp, instant
from clare.errors import ClareError, Usage
from clare.events.event import Event
from clare.state import DEFAULTS, Claim, Comment, Entity, Write

FORMAT = 1
"""The format of a board that this Clare writes; a newer one is only read."""

CLOSED = frozenset(["done", "dropped"])

STAMP_LENGTH = len(str(Stamp(0)))
"""Characters of the stamp in front of an event id."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the store that is not as it should be, and where.

    `level` is `unreadable` (it may change an answer), `unfit` (against the laws, the rest acts) or
    `newer` (unknown to this Clare, kept).
    """

    path: str
    problem: str
    level: str = "unreadable"
    entity: str = ""
    blob: str = ""

    @property
    def name(self) -> str:
        """How an acknowledgement names the file: its name and its exact content."""
        return f"{self.path.rpartition('/')[2]}@{self.blob}"

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `fleet.yaml` says; `lease` and `sync` are settings for all clones, as they are written."""

    name: str = ""
    hub: str = ""
    format: int = FORMAT
    lease: str = ""
    sync: str = ""

    @property
    def read_only(self) -> bool:
        """Whether the board is of a format that this Clare must not write."""
        return self.format > FORMAT


@dataclass(frozen=True, slots=True)
class Task:
    """A task as views see it: its entity's state under the names of the design."""

    entity: Entity

    @property
    def id(self) -> str:
        return self.entity.key.partition("/")[2]

    @property
    def key(self) -> str:
        return self.entity.key

    @property
    def title(self) -> str:
        return self.entity.value("title", "(no title)")

    @property
    def project(self) -> str:
        return self.entity.value("project")

    @property
    def status(self) -> str:
        return self.entity.value("status", DEFAULTS["status"])

    @property
    def type(self) -> str:
        return self.entity.value("type", DEFAULTS["type"])

    @property
    def priority(self) -> str:
        return self.entity.value("priority", DEFAULTS["priority"])

    @property
    def pinned(self) -> bool:
        return self.entity.value("pinned") == "true"

    @property
    def parent(self) -> str:
        return self.entity.value("parent")

    @property
    def assignee(self) -> str:
        return self.entity.value("assignee")

    @property
    def labels(self) -> tuple[str, ...]:
        return self.entity.elements("labels")

    @property
    def needs(self) -> tuple[str, ...]:
        return self.entity.elements("needs")

    @property
    def links(self) -> tuple[str, ...]:
        return self.entity.elements("links")

    @property
    def comments(self) -> tuple[Comment, ...]:
        return self.entity.comments

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    @property
    def due(self) -> int | None:
        """When it is due, in ms; a bare day means its end."""
        text = self.entity.value("due")
        return instant(text, end_of_day=True) if text else None

    @property
    def defer_until(self) -> int | None:
        """When it may begin, in ms; a bare day means its start."""
        text = self.entity.value("defer_until")
        return instant(text) if text else None

    @property
    def repeat(self) -> str:
        """The rule by which it comes again once it is closed: `2 weeks`."""
        return self.entity.value("repeat")

    @property
    def created_at(self) -> int:
        mark = self.entity.created or self.entity.updated
        return Stamp.of(mark.event).ms if mark else 0

    @property
    def age_rank(self) -> tuple[str, str]:
        """What sorts the oldest first, also among tasks that one command added: stamps sort as text."""
        mark = self.entity.created or self.entity.updated
        return mark.event[:STAMP_LENGTH] if mark else "", self.id

    @property
    def updated_at(self) -> int:
        mark = self.entity.updated
        return Stamp.of(mark.event).ms if mark else 0

    @property
    def closing(self) -> Write | None:
        """The write that closed it, if it is closed."""
        return self.entity.write("status") if self.is_closed else None

    def holder(self, *, now: int) -> Claim | None:
        """Whose live claim is on it."""
        return self.entity.holder(now=now)


@dataclass(frozen=True)
class Fleet:
    """Everything a board says at one commit. Pure: built from files, asked by views."""

    entities: Mapping[str, Entity] = field(default_factory=dict)
    events: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    manifest: Manifest = Manifest()
    commit: str = ""
    tree: str = ""

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """Every task that exists, by id."""
        return {
            key.partition("/")[2]: Task(entity)
            for key, entity in self.entities.items()
            if key.startswith("tasks/") and entity.exists
        }

    @cached_property
    def projects(self) -> dict[str, Entity]:
        """Every project that exists, by slug."""
        return {
            key.partition("/")[2]: entity
            for key, entity in self.entities.items()
            if key.startswith("projects/") and entity.exists
        }

    @cached_property
    def views(self) -> dict[str, Entity]:
        """Every saved view that exists, by name."""
        return {
            key.partition("/")[2]: entity
            for key, entity in self.entities.items()
            if key.startswith("views/") and entity.exists
        }

    @cached_property
    def needed_by(self) -> dict[str, tuple[str, ...]]:
        """For each task id, the ids of the tasks that need it, oldest first."""
        found: dict[str, list[str]] = {}
        for task in self._by_age:
            for need in task.needs:
                found.setdefault(need, []).append(task.id)
        return {need: tuple(by) for need, by in found.items()}

    @cached_property
    def _by_age(self) -> list[Task]:
        return sorted(self.tasks.values(), key=lambda task: task.age_rank)

    def oldest_first(self, ids: Iterable[str]) -> list[str]:
        """The ids in the order in which their tasks were created; those of none come last."""
        return sorted(ids, key=self._age_of)

    def _age_of(self, task_id: str) -> tuple[bool, str, str]:
        task = self.tasks.get(task_id)
        return (False, *task.age_rank) if task else (True, "", task_id)

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """For each task id, the ids of the tasks whose parent it is, oldest first."""
        found: dict[str, list[str]] = {}
        for task in self._by_age:
            if task.parent:
                found.setdefault(task.parent, []).append(task.id)
        return {parent: tuple(children) for parent, children in found.items()}

    @cached_property
    def held_up(self) -> dict[str, str]:
        """For each unfinished task that waits for something outside itself, the first such need.

        What is below it is a part of it: a task that waits for its own parts does not hold them up.
        """
        found: dict[str, str] = {}
        for task in self.tasks.values():
            for need in task.needs if not task.is_closed else ():
                other = self.tasks.get(need)
                if other and not other.is_closed and task.id not in self._above(other):
                    found.setdefault(task.id, need)
        return found

    def _above(self, task: Task) -> set[str]:
        """The ids of its parent, its parent's parent and so on; a circle of parents ends."""
        found = {task.id}
        parent = task.parent
        while parent in self.tasks and parent not in found:
            found.add(parent)
            parent = self.tasks[parent].parent
        return found - {task.id}

    @cached_property
    def _task_ids(self) -> list[str]:
        """Every id that has a folder, so that a damaged task can be named as well."""
        found = {key for key in self.entities if key.startswith("tasks/")}
        found |= {f.entity for f in self.findings if f.entity.startswith("tasks/")}
        return sorted(key.partition("/")[2] for key in found)

    def short(self, task_id: str) -> str:
        """The shortest prefix, of at least 4 characters, that names this task alone."""
        ids = self._task_ids
        at = bisect_left(ids, task_id)
        around = ids[max(0, at - 1) : at] + [i for i in ids[at : at + 2] if i != task_id]
        shared = max((_common(task_id, other) for other in around), default=0)
        return task_id[: max(names.SHORT_ID_LENGTH, shared + 1)]

    def task_id(self, text: str) -> str:
        """The id that a person means by a prefix. Raises ClareError if none or several fit."""
        prefix = names.typed_id(text)
        if not prefix or prefix.strip(names.ALPHABET):
            raise Usage(
                f"{text!r} is no task id", hint="`clare list` shows the ids; a prefix is enough"
            )
        ids = self._task_ids
        at = bisect_left(ids, prefix)
        fitting = [task_id for task_id in ids[at : at + 6] if task_id.startswith(prefix)]
        if not fitting:
            raise ClareError(f"no task {text}", hint="`clare list` shows the tasks")
        if len(fitting) > 1 and fitting[0] != prefix:
            some = ", ".join(self.short(task_id) for task_id in fitting[:5])
            more = ", …" if len(fitting) > 5 else ""
            raise ClareError(f"{text} could be {some}{more}", hint="type one more character")
        return fitting[0]

    def entity(self, key: str) -> Entity:
        """The state of an entity; an empty one if it has no events."""
        return self.entities.get(key) or Entity(key)

    def task(self, text: str) -> Task:
        """The task that a person means by a prefix. Raises ClareError if it is not to be had."""
        task = Task(self.entity(names.task_key(self.task_id(text))))
        if not task.entity.exists and not self.unreadable(task.key):
            raise ClareError(
                f"task {self.short(task.id)} has no creation here: undone, or not arrived yet",
                hint=f"`clare log {self.short(task.id)}` shows what is known of it",
            )
        return task

    def project(self, slug: str) -> Entity:
        """The project of that slug. Raises ClareError if there is none."""
        if slug not in self.projects:
            some = ", ".join(sorted(self.projects)[:8])
            raise ClareError(
                f"no project {slug}",
                hint=f"known: {some}" if some else f"`clare project add {slug}` makes one",
            )
        return self.projects[slug]

    def view(self, name: str) -> Entity:
        """The saved view of that name. Raises ClareError if there is none."""
        if name not in self.views:
            some = ", ".join(sorted(self.views)[:8])
            raise ClareError(
                f"no view {name}",
                hint=f"known: {some}" if some else f"`clare view save {name} QUERY` makes one",
            )
        return self.views[name]

    def unreadable(self, key: str) -> tuple[Finding, ...]:
        """The unreadable files of an entity that nobody has acknowledged."""
        return tuple(f for f in self.open_findings if f.level == "unreadable" and f.entity == key)

    @cached_property
    def open_findings(self) -> tuple[Finding, ...]:
        """What nobody has acknowledged yet."""
        return tuple(
            f
            for f in self.findings
            if not f.entity or f.name not in self.entity(f.entity).acknowledged
        )

    def newest_stamp(self, *, until: int) -> Stamp | None:
        """The highest stamp of any event up to `until` (ms); compared as text, ids sort as such."""
        last = str(Stamp(until).last())
        ids = (event.id[: len(last)] for events in self.events.values() for event in events)
        newest = max((stamp for stamp in ids if stamp <= last), default="")
        return Stamp.of(newest) if newest else None


def _common(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
