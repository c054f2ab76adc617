"""Tasks as rows of text, for thousands of them at once: what few tasks have is looked at in few."""

from collections.abc import Iterator, Sequence

from clare.clock import show_age
from clare.fleet import Fleet, Task
from clare.views.ready import Ranked
from clare.views.tasks import doing


def listed(fleet: Fleet, tasks: Sequence[Task], *, now: int) -> Iterator[tuple[str, str, str, str]]:
    """Each task as `clare list` shows it: short id, urgency, what it is doing, title."""
    table, places = fleet.table, [task.place for task in tasks]
    priorities = [table.priority[place] for place in places]
    ids = [table.id[place] for place in places]
    blocked = fleet.blocked
    words = [
        ("blocked" if task_id in blocked else "open") if status == "open" else status
        for task_id, status in zip(ids, map(table.status.__getitem__, places), strict=True)
    ]
    for n, place in enumerate(places):
        if table.pinned[place]:
            priorities[n] += " pinned"
        if table.claims[place] or table.defer_until[place] is not None or table.contested[place]:
            words[n] = doing(fleet, tasks[n], now)
    titles = map(table.title.__getitem__, places)
    return zip(map(fleet.shorts.__getitem__, ids), priorities, words, titles, strict=True)


def queued(fleet: Fleet, entries: Sequence[Ranked]) -> Iterator[tuple[str, str, str, str]]:
    """Each ready task as `clare ready` shows it: short id, priority, what else speaks for it, title."""
    table, places = fleet.table, [entry.task.place for entry in entries]
    ids = [table.id[place] for place in places]
    reasons = list(_ages(entries, [table.created_at[place] for place in places]))
    unblocks = fleet.unblocks
    for n, place in enumerate(places):
        if table.pinned[place] or table.due[place] is not None or ids[n] in unblocks:
            told = entries[n].reasons
            reasons[n] = ", ".join(reason for reason in told if reason != table.priority[place])
    priorities = map(table.priority.__getitem__, places)
    titles = map(table.title.__getitem__, places)
    return zip(map(fleet.shorts.__getitem__, ids), priorities, reasons, titles, strict=True)


def excluded(fleet: Fleet, entries: Sequence[Ranked]) -> Iterator[tuple[str, str, str, str]]:
    """Each task that is not ready: short id, a mark, what is in its way, title."""
    for entry in entries:
        yield fleet.short(entry.task.id), "-", ", ".join(entry.reasons), entry.task.title


def _ages(entries: Sequence[Ranked], created: Sequence[int]) -> Iterator[str]:
    now = entries[0].now if entries else 0
    return (f"{show_age(max(0, now - moment))} old" for moment in created)
