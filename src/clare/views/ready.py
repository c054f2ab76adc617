"""What can be worked on now, in which order, and why everything else cannot."""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import repeat
from typing import NamedTuple

from clare.clock import DAY, show_age, show_instant
from clare.fleet import Fleet, Task


class Ranked(NamedTuple):
    """A task of the queue; `excluded` if it is not ready."""

    task: Task
    fleet: Fleet
    now: int
    excluded: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """What spoke for its place, or, when excluded, the first thing against it."""
        if not self.excluded:
            return tuple(_reasons(self.fleet, self.task, self.now))
        against = next(obstacles(self.fleet, self.task, now=self.now), None)
        return (against,) if against else ()


class Queue:
    """The tasks that are ready at `now`, best first, and all others."""

    def __init__(self, fleet: Fleet, now: int) -> None:
        self.fleet = fleet
        self.now = now

    @cached_property
    def ready(self) -> tuple[Ranked, ...]:
        return tuple(self._ranked(self.places, excluded=False))

    @cached_property
    def excluded(self) -> tuple[Ranked, ...]:
        table, ready = self.fleet.table, set(self.places)
        rest = [place for place in range(len(table.id)) if place not in ready]
        found = list(self._ranked(rest, excluded=True))
        found.sort(key=lambda entry: (entry.task.is_closed, entry.task.priority, entry.task.id))
        return tuple(found)

    def _ranked(self, places: list[int], *, excluded: bool) -> Iterator[Ranked]:
        tasks = self.fleet.tasks.at(places)
        made = zip(tasks, repeat(self.fleet), repeat(self.now), repeat(excluded))
        return map(Ranked._make, made)

    @cached_property
    def places(self) -> list[int]:
        """Where the ready tasks stand in the table, best first."""
        fleet, now = self.fleet, self.now
        defer, claims = fleet.table.defer_until, fleet.table.claims
        free = [n for n in fleet.related.queue if (until := defer[n]) is None or now >= until]
        return [n for n in free if not (claims[n] and fleet.tasks.at([n])[0].holder(now=now))]


def rank(fleet: Fleet, *, now: int) -> Queue:
    """The scheduler: what is ready at `now`, best first, and what is not."""
    return Queue(fleet, now)


def obstacles(fleet: Fleet, task: Task, *, now: int) -> Iterator[str]:
    """Everything that keeps a task from being ready; nothing if it is."""
    claim = task.holder(now=now)
    if claim and task.status == "open":
        yield f"held by {claim.by} until {show_instant(claim.end)}"
    yield from hindrances(fleet, task, now=now)


def hindrances(fleet: Fleet, task: Task, *, now: int) -> Iterator[str]:
    """Everything that keeps a task from being ready, whoever holds it."""
    if task.status != "open":
        yield task.status
        return
    until = _deferred_until(task, now)
    if until is not None:
        yield f"deferred until {show_instant(until)}"
    for need in unmet(fleet, task):
        yield f"waits for {fleet.short(need)}"
    for ancestor in ancestors(fleet, task):
        need = fleet.related.outside(ancestor.id)
        if need:
            yield f"parent {fleet.short(ancestor.id)} waits for {fleet.short(need)}"


def state(fleet: Fleet, task: Task, *, now: int, waits: bool | None = None) -> str:
    """The one word for a task: its status, or for `open` active, deferred, blocked or ready.

    `waits` says whether it waits for another, where that is known.
    """
    if task.status != "open":
        return task.status
    if task.holder(now=now):
        return "active"
    if _deferred_until(task, now) is not None:
        return "deferred"
    waits = any(hindrances(fleet, task, now=now)) if waits is None else waits
    return "blocked" if waits else "ready"


def _deferred_until(task: Task, now: int) -> int | None:
    until = task.defer_until
    return until if until is not None and now < until else None


def unmet(fleet: Fleet, task: Task) -> tuple[str, ...]:
    """The needs that are not done or dropped, oldest first. One that does not exist does not block."""
    needs = (fleet.tasks[need] for need in task.needs if need in fleet.tasks)
    waited = sorted((n for n in needs if not n.is_closed), key=lambda need: need.age_rank)
    return tuple(need.id for need in waited)


def outside(fleet: Fleet, task: Task) -> list[str]:
    """The unmet needs that are no part of the task: they keep its parts waiting as well."""
    tasks = fleet.tasks
    return [need for need in unmet(fleet, task) if task not in ancestors(fleet, tasks[need])]


def ancestors(fleet: Fleet, task: Task) -> Iterator[Task]:
    """The parent, its parent and so on; a circle of parents ends where it began."""
    seen = {task.id}
    parent = fleet.tasks.get(task.parent)
    while parent and parent.id not in seen:
        seen.add(parent.id)
        yield parent
        parent = fleet.tasks.get(parent.parent)


def _reasons(fleet: Fleet, task: Task, now: int) -> Iterator[str]:
    others = list(besides(fleet, task, now))
    yield from others[: task.pinned]
    yield task.priority
    yield from others[task.pinned :]


def besides(fleet: Fleet, task: Task, now: int) -> Iterator[str]:
    """What speaks for a ready task beside its priority."""
    if task.pinned:
        yield "pinned"
    due = task.due
    if due is not None:
        yield f"{'overdue since' if due < now else 'due'} {_day(due // DAY)}"
    waiting = fleet.related.unblocks.get(task.place, 0)
    if waiting:
        yield f"unblocks {waiting}"
    yield f"{show_age(max(0, now - task.created_at))} old"


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    """A day by its number since 1970: 2026-11-20."""
    return show_instant(number * DAY)[:10]
