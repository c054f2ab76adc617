"""The projection: all entities' states in memory, and how people name things in it."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

from clare import names
from clare.clock import STAMP_LENGTH, Stamp
from clare.errors import ClareError, Usage
from clare.relations import Relations
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

    @cached_property
    def hosts(self) -> dict[str, Entity]:
        """Every host that exists, by its short name."""
        return self._existing("hosts")

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
    def related(self) -> Relations:
        """Who needs whom, and what is a part of what."""
        return Relations(self.table)

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
        known = cast("list[str] | None", self.table.kept("shorts"))
        changes, ids = self.table.changes, self._task_ids
        if known is not None and not (self._damaged or changes.gone):
            return self._with_added(known) if changes.added else known
        found = {task: task[: names.SHORT_ID_LENGTH] for task in ids}
        alike = [pair for pair in pairwise(ids) if found[pair[0]] == found[pair[1]]]
        found |= {task: self.short(task) for pair in alike for task in pair}
        return list(map(found.__getitem__, self.table.id))

    @property
    def shorts_of_rows(self) -> list[str] | None:
        """The shortest prefixes, to be kept; None where they also depend on tasks without a row."""
        return None if self._damaged else self.shorts

    def _with_added(self, known: list[str]) -> list[str]:
        """The prefixes with those of new tasks, and of their neighbours, which may have grown."""
        added, places, ids = self.table.changes.added, self.table.places, self._task_ids
        found = [*known, *("" for _ in added)]
        for row in added:
            at = bisect_left(ids, row.id)
            for task in ids[max(0, at - 1) : at + 2]:
                found[places[task]] = self.short(task)
        return found

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

    def host(self, name: str) -> Entity:
        """The host of that name. Raises ClareError if there is none."""
        if name not in self.hosts:
            some = ", ".join(sorted(self.hosts)[:8])
            raise ClareError(
                f"no host {name}",
                hint=f"known: {some}" if some else f"`clare host add {name}` adds one",
            )
        return self.hosts[name]

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
        newest = self._newest_kept()
        if newest is None or newest > last:
            stamps = list(self._newest())
            newest = max((stamp for _, stamp in stamps if stamp <= last), default="")
            late = (key for key, stamp in stamps if stamp > last)
            newest = max(newest, *(self._newest_until(last, key) for key in late), "")
        return Stamp.of(newest) if newest else None

    def _newest_kept(self) -> str | None:
        """The newest stamp as it was kept, with what has changed since; None if that does not tell."""
        known = cast("tuple[str, str] | None", self.table.kept("newest"))
        if known is None:
            return None
        stamp, key = known
        changed = {
            each: row.updated[:STAMP_LENGTH] if row else self._updated(each)
            for each, row in self.table.changed.items()
        }
        if changed.get(key, stamp) < stamp:
            return None  # the event is not there any more
        return max([stamp, *changed.values()])

    def _newest_until(self, last: str, key: str) -> str:
        """The newest stamp of an entity up to `last`, beside later ones of a clock that is wrong."""
        stamps = (event.id[:STAMP_LENGTH] for event in self.events[key])
        return max((each for each in stamps if each <= last), default="")

    @property
    def newest(self) -> tuple[str, str]:
        """The newest stamp of any event, and the key of its entity; empty on an empty board."""
        return max(((stamp, key) for key, stamp in self._newest()), default=("", ""))

    def _newest(self) -> Iterator[tuple[str, str]]:
        """The newest stamp of each entity."""
        for task_id, updated in zip(self.table.id, self.table.updated, strict=True):
            yield names.task_key(task_id), updated[:STAMP_LENGTH]
        yield from ((key, self._updated(key)) for key in self.table.others)

    def _updated(self, key: str) -> str:
        mark = self.entity(key).updated
        return mark.event[:STAMP_LENGTH] if mark else ""


def _common(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
