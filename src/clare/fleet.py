"""The projection: all entities' states in memory, and how people name things in it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

from clare import names
from clare.clock import STAMP_LENGTH, Stamp
from clare.errors import ClareError, Usage
from clare.state import Entity
from clare.table import CLOSED, Table, is_task
from clare.task import Task, Tasks

if TYPE_CHECKING:
    from clare.events.event import Event

FORMAT = 1
"""The format of a board that this Clare writes; a newer one is only read."""

__all__ = ["CLOSED", "Finding", "Fleet", "Manifest", "Task"]


class Finding(NamedTuple):
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


class Manifest(NamedTuple):
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


_UNNAMED = Manifest()


class Fleet:
    """Everything a board says at one commit. Pure: built from files, asked by views.

    `kept` is the table of its tasks where it was kept; else it follows from the entities.
    """

    def __init__(
        self,
        entities: Mapping[str, Entity] | None = None,
        events: "Mapping[str, tuple[Event, ...]] | None" = None,
        findings: tuple[Finding, ...] = (),
        manifest: Manifest = _UNNAMED,
        commit: str = "",
        kept: Table | None = None,
    ) -> None:
        self.entities = {} if entities is None else entities
        self.events = {} if events is None else events
        self.findings = findings
        self.manifest = manifest
        self.commit = commit
        self.kept = kept

    @cached_property
    def table(self) -> Table:
        """The tasks as columns."""
        return self.kept or Table.of(self.entities.values())

    @cached_property
    def tasks(self) -> Tasks:
        """Every task that exists, by id."""
        return Tasks(self.table, self.entities)

    @cached_property
    def projects(self) -> dict[str, Entity]:
        """Every project that exists, by slug."""
        return self._existing("projects")

    @cached_property
    def views(self) -> dict[str, Entity]:
        """Every saved view that exists, by name."""
        return self._existing("views")

    def _existing(self, kind: str) -> dict[str, Entity]:
        keys = (key for key in self.table.others if key.startswith(f"{kind}/"))
        return {
            key.partition("/")[2]: entity for key in keys if (entity := self.entities[key]).exists
        }

    @cached_property
    def contested(self) -> tuple[str, ...]:
        """The keys of all entities of which a field has several newest values, sorted."""
        table = self.table
        tasks = (names.task_key(table.id[n]) for n, found in enumerate(table.contested) if found)
        others = (key for key in table.others if self.entities[key].contested)
        return tuple(sorted((*tasks, *others)))

    @cached_property
    def needed_by(self) -> dict[str, tuple[str, ...]]:
        """For each task id, the ids of the tasks that need it, oldest first."""
        needs = zip(self.table.id, self.table.needs, strict=True)
        return self._gathered([(need, task) for task, needed in needs for need in needed])

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """For each task id, the ids of the tasks whose parent it is, oldest first."""
        parents = zip(self.table.id, self.table.parent, strict=True)
        return self._gathered([(parent, task) for task, parent in parents if parent])

    def parts_of(self, task_id: str) -> list[str]:
        """The ids of the tasks whose parent it is, oldest first; for one task, without `children`."""
        parents = enumerate(self.table.parent)
        return self.oldest_first([self.table.id[n] for n, one in parents if one == task_id])

    def needing(self, task_id: str) -> list[str]:
        """The ids of the tasks that need it, oldest first; for one task, without `needed_by`."""
        needs = enumerate(self.table.needs)
        return self.oldest_first([self.table.id[n] for n, needed in needs if task_id in needed])

    def _gathered(self, pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for one, task in pairs:
            found.setdefault(one, []).append(task)
        return {
            one: tuple(tasks if len(tasks) == 1 else self.oldest_first(tasks))
            for one, tasks in found.items()
        }

    def oldest_first(self, ids: Iterable[str]) -> list[str]:
        """The ids in the order in which their tasks were created; those of none come last."""
        return sorted(ids, key=self._age_of)

    def _age_of(self, task_id: str) -> tuple[bool, str, str]:
        place = self.table.places.get(task_id)
        created = "" if place is None else self.table.created[place][:STAMP_LENGTH]
        return place is None, created, task_id

    @cached_property
    def unmet(self) -> dict[str, tuple[str, ...]]:
        """For each unfinished task that waits, what it needs that is neither done nor dropped.

        A need that does not exist does not block.
        """
        table, places = self.table, self.table.places
        open_ = [status not in CLOSED for status in table.status]
        found = {}
        for place, needed in enumerate(table.needs):
            if needed and open_[place]:
                left = tuple(n for n in needed if n in places and open_[places[n]])
                if left:
                    found[table.id[place]] = left
        return found

    @cached_property
    def usual(self) -> list[int]:
        """The places of all unfinished tasks by priority, then oldest first."""
        known = cast("list[int] | None", self.table.known("usual"))
        if known is not None:
            return known
        status = enumerate(self.table.status)
        return self.in_usual_order([place for place, word in status if word not in CLOSED])

    def in_usual_order(self, places: Iterable[int]) -> list[int]:
        """Places by priority, then oldest first."""
        table = self.table
        priority, created, ids = table.priority, table.created, table.id
        keys = {n: f"{priority[n]} {created[n][:STAMP_LENGTH]} {ids[n]}" for n in places}
        return sorted(keys, key=keys.__getitem__)

    @cached_property
    def unblocks(self) -> dict[int, int]:
        """By place of each task that unfinished tasks need, how many of them there are."""
        known = cast("dict[int, int] | None", self.table.known("unblocks"))
        if known is not None:
            return known
        found: dict[int, int] = {}
        places = self.table.places
        for needed, status in zip(self.table.needs, self.table.status, strict=True):
            if needed and status not in CLOSED:
                for place in (places[need] for need in needed if need in places):
                    found[place] = found.get(place, 0) + 1
        return found

    def outside(self, task_id: str) -> str:
        """The first unmet need of an unfinished task that is no part of it; empty if there is none.

        What is below a task is a part of it: one that waits for its own parts does not hold them up.
        """
        table, places = self.table, self.table.places
        place = places.get(task_id)
        if place is None or table.status[place] in CLOSED:
            return ""
        for need in table.needs[place]:
            other = places.get(need)
            if other is None or table.status[other] in CLOSED:
                continue
            if not table.parent[other] or task_id not in self.above(need):
                return need
        return ""

    @cached_property
    def held_up(self) -> dict[str, str]:
        """For each unfinished task that waits for something outside itself, the first such need."""
        return {task: need for task in self.unmet if (need := self.outside(task))}

    def above(self, task_id: str) -> Iterator[str]:
        """The id of its parent, of its parent's parent and so on; a circle ends where it began."""
        places, parents = self.table.places, self.table.parent
        seen = {task_id}
        place = places.get(task_id)
        while place is not None and (task_id := parents[place]) not in seen:
            seen.add(task_id)
            place = places.get(task_id)
            if place is not None:
                yield task_id

    @cached_property
    def blocked(self) -> frozenset[int]:
        """The places of the tasks that wait for another, themselves or through what they are part of."""
        known = cast("list[int] | None", self.table.known("blocked"))
        if known is not None:
            return frozenset(known)
        below: set[str] = set()
        parents = self.unmet.keys() & set(self.table.parent)
        found = [task for task in parents if self.outside(task)]
        while found:
            parts = set(self.children.get(found.pop(), ())) - below
            below |= parts
            found.extend(parts)
        return frozenset(self.table.places[task] for task in below.union(self.unmet))

    @cached_property
    def _damaged(self) -> set[str]:
        """The ids of the tasks without a row that have a folder all the same."""
        others = {key for key in self.table.others if is_task(key)}
        others |= {f.entity for f in self.findings if is_task(f.entity)}
        ids = {key.partition("/")[2] for key in others}
        return ids.difference(self.table.id) if ids else ids

    @cached_property
    def _task_ids(self) -> list[str]:
        """Every id that has a folder, so that a damaged task can be named as well."""
        return sorted([*self.table.id, *self._damaged]) if self._damaged else self.table.ids

    @cached_property
    def shorts(self) -> list[str]:
        """The shortest prefix of the task at each place, for those who show many."""
        known = cast("list[str] | None", self.table.known("shorts"))
        if known is not None and not self._damaged:
            return known
        ids = self._task_ids
        found = {task: task[: names.SHORT_ID_LENGTH] for task in ids}
        alike = [pair for pair in pairwise(ids) if found[pair[0]] == found[pair[1]]]
        found |= {task: self.short(task) for pair in alike for task in pair}
        return list(map(found.__getitem__, self.table.id))

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
        task_id = self.task_id(text)
        if task_id in self.tasks:
            return self.tasks[task_id]
        entity = self.entity(names.task_key(task_id))
        if not self.unreadable(entity.key):
            raise ClareError(
                f"task {self.short(task_id)} has no creation here: undone, or not arrived yet",
                hint=f"`clare log {self.short(task_id)}` shows what is known of it",
            )
        return Task.of(entity)

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
        newest = ""
        for key, stamp in self._newest():
            if stamp > last:  # of a clock that is wrong: what its entity has besides counts
                stamps = (event.id[:STAMP_LENGTH] for event in self.events[key])
                stamp = max((each for each in stamps if each <= last), default="")
            newest = max(newest, stamp)
        return Stamp.of(newest) if newest else None

    def _newest(self) -> Iterator[tuple[str, str]]:
        """The newest stamp of each entity."""
        for task_id, updated in zip(self.table.id, self.table.updated, strict=True):
            yield names.task_key(task_id), updated[:STAMP_LENGTH]
        for key in self.table.others:
            updated_by = self.entities[key].updated
            if updated_by:
                yield key, updated_by.event[:STAMP_LENGTH]


def _common(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
