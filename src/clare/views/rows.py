"""Tasks as rows of text, for thousands of them at once: what few tasks have is looked at in few."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from clare.clock import show_age
from clare.fleet import Fleet, Task
from clare.views.ready import Ranked
from clare.views.tasks import doing, urgency

Cells = tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]]
"""Four columns, each with a cell for every task."""


def listed(fleet: Fleet, tasks: Sequence[Task], *, now: int) -> Cells:
    """Each task as `clare list` shows it: short id, urgency, what it is doing, title."""
    table, blocked, places = fleet.table, fleet.blocked, [task.place for task in tasks]
    urgencies, words = _at(table.priority, places), _at(table.status, places)
    for n in [n for n, place in enumerate(places) if place in blocked and words[n] == "open"]:
        words[n] = "blocked"
    special = _having(table.pinned, table.claims, table.contested, time=table.defer_until)
    for n in [n for n, place in enumerate(places) if place in special]:
        urgencies[n], words[n] = urgency(tasks[n]), doing(fleet, tasks[n], now)
    titles = _at(table.title, places)
    return _at(fleet.shorts, places), urgencies, words, titles


def queued(fleet: Fleet, entries: Sequence[Ranked]) -> Cells:
    """Each ready task as `clare ready` shows it: short id, priority, what else speaks for it, title."""
    table, places = fleet.table, [entry.task.place for entry in entries]
    now = entries[0].now if entries else 0
    unblocks = fleet.unblocks
    told = [f"{show_age(max(0, now - made))} old" for made in _at(table.created_at, places)]
    for n in [n for n, place in enumerate(places) if place in unblocks]:
        told[n] = f"unblocks {unblocks[places[n]]}, {told[n]}"
    special = _having(table.pinned, time=table.due)
    for n in [n for n, place in enumerate(places) if place in special]:
        priority = table.priority[places[n]]
        told[n] = ", ".join(reason for reason in entries[n].reasons if reason != priority)
    priorities, titles = _at(table.priority, places), _at(table.title, places)
    return _at(fleet.shorts, places), priorities, told, titles


V = TypeVar("V")


def _at(column: Sequence[V], places: Iterable[int]) -> list[V]:
    return list(map(column.__getitem__, places))


def _having(*columns: Sequence[object], time: Sequence[int | None]) -> set[int]:
    """The places at which one of these columns has something, or the last a time."""
    found = {n for column in columns for n, value in enumerate(column) if value}
    return found.union(n for n, moment in enumerate(time) if moment is not None)


def excluded(fleet: Fleet, entries: Sequence[Ranked]) -> Cells:
    """Each task that is not ready: short id, a mark, what is in its way, title."""
    shorts = _at(fleet.shorts, [entry.task.place for entry in entries]) if entries else []
    told = [", ".join(entry.reasons) for entry in entries]
    return shorts, ["-"] * len(entries), told, [entry.task.title for entry in entries]
