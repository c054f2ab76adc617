"""What can be worked on now, in which order, and why everything else cannot."""

from collections.abc import Iterator
from dataclasses import dataclass

from clare.clock import show_age, show_instant
from clare.fleet import Fleet, Task

_LAST = 1 << 62


@dataclass(frozen=True, slots=True)
class Ranked:
    """A task with what spoke for its place, or, when excluded, against it."""

    task: Task
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """The tasks that are ready, best first, and all others with the reason."""

    ready: tuple[Ranked, ...]
    excluded: tuple[Ranked, ...]


def rank(fleet: Fleet, *, now: int) -> Queue:
    """The scheduler: pinned, priority, overdue, due date, tasks it unblocks, age, id."""
    ready: list[Task] = []
    excluded: list[Ranked] = []
    for task in fleet.tasks.values():
        reason = next(obstacles(fleet, task, now=now), None)
        if reason is None:
            ready.append(task)
        else:
            excluded.append(Ranked(task, (reason,)))
    ready.sort(key=lambda task: _order(fleet, task, now))
    excluded.sort(key=lambda entry: (entry.task.is_closed, entry.task.priority, entry.task.id))
    return Queue(
        tuple(Ranked(task, tuple(_reasons(fleet, task, now))) for task in ready), tuple(excluded)
    )


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
        if ancestor.id in fleet.held_up:
            need = fleet.short(fleet.held_up[ancestor.id])
            yield f"parent {fleet.short(ancestor.id)} waits for {need}"


def state(fleet: Fleet, task: Task, *, now: int) -> str:
    """The one word for a task: its status, or for `open` active, deferred, blocked or ready."""
    if task.status != "open":
        return task.status
    if task.holder(now=now):
        return "active"
    if _deferred_until(task, now) is not None:
        return "deferred"
    return "blocked" if any(hindrances(fleet, task, now=now)) else "ready"


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


def unblocks(fleet: Fleet, task: Task) -> int:
    """How many unfinished tasks wait for this one."""
    waiting = fleet.needed_by.get(task.id, ())
    return sum(not fleet.tasks[other].is_closed for other in waiting)


def _order(fleet: Fleet, task: Task, now: int) -> tuple[bool, str, bool, int, int, tuple[str, str]]:
    due = _LAST if task.due is None else task.due
    return (
        not task.pinned,
        task.priority,
        due >= now,
        due,
        -unblocks(fleet, task),
        task.age_rank,
    )


def _reasons(fleet: Fleet, task: Task, now: int) -> Iterator[str]:
    if task.pinned:
        yield "pinned"
    yield task.priority
    if task.due is not None:
        word = "overdue since" if task.due < now else "due"
        yield f"{word} {show_instant(task.due)[:10]}"
    waiting = unblocks(fleet, task)
    if waiting:
        yield f"unblocks {waiting}"
    yield f"{show_age(max(0, now - task.created_at))} old"
