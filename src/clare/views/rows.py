"""Tasks as rows of text, for thousands of them at once: what few tasks have is looked at in few."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from clare.clock import DAY, show_age
from clare.fleet import Fleet, Task
from clare.table import HeldClaim, Table
from clare.views.ready import Ranked, besides
from clare.views.tasks import doing, urgency

Cells = tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]]
"""Four columns, each with a cell for every task."""


def listed(fleet: Fleet, tasks: Sequence[Task], *, now: int) -> Cells:
    """Each task as `clare list` shows it: short id, urgency, what it is doing, title."""
    return listed_at(fleet, [task.place for task in tasks], now=now)


def listed_at(fleet: Fleet, places: Sequence[int], *, now: int) -> Cells:
    """The same of the tasks at these places of the table."""
    table, blocked = fleet.table, fleet.related.blocked
    pinned, claims, contested, defer = _signs(table)
    urgencies, words = _at(table.priority, places), _at(table.status, places)
    for n, place in enumerate(places):
        waits = place in blocked
        if claims[place] or contested[place] or defer[place] is not None:
            words[n] = doing(fleet, fleet.tasks.at([place])[0], now, waits=waits)
        elif waits and words[n] == "open":
            words[n] = "blocked"
        if pinned[place]:
            urgencies[n] = urgency(fleet.tasks.at([place])[0])
    return _at(fleet.shorts, places), urgencies, words, _at(table.title, places)


def _signs(
    table: Table,
) -> tuple[list[bool], list[tuple[HeldClaim, ...]], list[tuple[str, ...]], list[int | None]]:
    return table.pinned, table.claims, table.contested, table.defer_until


def queued(fleet: Fleet, tasks: Sequence[Task], *, now: int) -> Cells:
    """Each ready task as `clare ready` shows it: short id, priority, what else speaks for it, title."""
    table, places = fleet.table, [task.place for task in tasks]
    due, pinned, unblocks = table.due, table.pinned, fleet.related.unblocks
    told = _ages(_at(table.created_at, places), now=now)
    for n, place in enumerate(places):
        if due[place] is not None or pinned[place]:
            told[n] = ", ".join(besides(fleet, tasks[n], now))
        elif place in unblocks:
            told[n] = f"unblocks {unblocks[place]}, {told[n]}"
    return _at(fleet.shorts, places), _at(table.priority, places), told, _at(table.title, places)


def _ages(created: Sequence[int], *, now: int) -> list[str]:
    """How old each is; most are as many days old as another."""
    days = {day: f"{show_age(day * DAY)} old" for day in {(now - made) // DAY for made in created}}
    return [
        days[day] if (day := (now - made) // DAY) > 0 else f"{show_age(max(0, now - made))} old"
        for made in created
    ]


V = TypeVar("V")


def _at(column: Sequence[V], places: Iterable[int]) -> list[V]:
    return list(map(column.__getitem__, places))


def excluded(fleet: Fleet, entries: Sequence[Ranked]) -> Cells:
    """Each task that is not ready: short id, a mark, what is in its way, title."""
    shorts = _at(fleet.shorts, [entry.task.place for entry in entries]) if entries else []
    told = [", ".join(entry.reasons) for entry in entries]
    return shorts, ["-"] * len(entries), told, [entry.task.title for entry in entries]
