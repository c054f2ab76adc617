"""Tasks as rows of text, for thousands of them at once: what few tasks have is looked at in few."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from clare.clock import show_age
from clare.fleet import Fleet, Task
from clare.views.ready import Ranked
from clare.views.tasks import doing, urgency

Cells = Iterator[tuple[str, str, str, str]]


def listed(fleet: Fleet, tasks: Sequence[Task], *, now: int) -> Cells:
    """Each task as `clare list` shows it: short id, urgency, what it is doing, title."""
    table, blocked, places = fleet.table, fleet.blocked, [task.place for task in tasks]
    ids, statuses, priorities = _at(table.id, places), _at(table.status, places), table.priority
    urgencies = _at(priorities, places)
    words = [
        status if status != "open" else "blocked" if task_id in blocked else status
        for task_id, status in zip(ids, statuses, strict=True)
    ]
    special = _having(table.pinned, table.claims, table.defer_until, table.contested)
    for n in [n for n, place in enumerate(places) if place in special]:
        urgencies[n], words[n] = urgency(tasks[n]), doing(fleet, tasks[n], now)
    titles = _at(table.title, places)
    return zip(map(fleet.shorts.__getitem__, ids), urgencies, words, titles, strict=True)


def queued(fleet: Fleet, entries: Sequence[Ranked]) -> Cells:
    """Each ready task as `clare ready` shows it: short id, priority, what else speaks for it, title."""
    table, places = fleet.table, [entry.task.place for entry in entries]
    now = entries[0].now if entries else 0
    ids, unblocks = _at(table.id, places), fleet.unblocks
    told = [f"{show_age(max(0, now - made))} old" for made in _at(table.created_at, places)]
    for n in [n for n, task_id in enumerate(ids) if task_id in unblocks]:
        told[n] = f"unblocks {unblocks[ids[n]]}, {told[n]}"
    special = _having(table.pinned, table.due)
    for n in [n for n, place in enumerate(places) if place in special]:
        priority = table.priority[places[n]]
        told[n] = ", ".join(reason for reason in entries[n].reasons if reason != priority)
    priorities, titles = _at(table.priority, places), _at(table.title, places)
    return zip(map(fleet.shorts.__getitem__, ids), priorities, told, titles, strict=True)


V = TypeVar("V")


def _at(column: Sequence[V], places: Iterable[int]) -> list[V]:
    return list(map(column.__getitem__, places))


def _having(*columns: Sequence[object]) -> set[int]:
    """The places at which one of these columns has something."""
    return {
        place
        for column in columns
        for place, value in enumerate(column)
        if value is not None and value is not False and value != ()
    }


def excluded(fleet: Fleet, entries: Sequence[Ranked]) -> Cells:
    """Each task that is not ready: short id, a mark, what is in its way, title."""
    for entry in entries:
        yield fleet.short(entry.task.id), "-", ", ".join(entry.reasons), entry.task.title
