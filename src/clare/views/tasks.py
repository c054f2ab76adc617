"""Choosing tasks by a query, and what a list says of each."""

from collections.abc import Iterable

from clare.fleet import Fleet, Task
from clare.views.compare import Asked
from clare.views.query import Query, arranged, matcher, where
from clare.views.ready import Ranked, state

UNFINISHED = where("status", "unfinished")


def choose(asked: Asked, query: Query) -> list[Task]:
    """The tasks that fit, in the query's order; else by priority, then oldest first."""
    fleet = asked.fleet
    rest = query._replace(terms=tuple(term for term in query.terms if term not in UNFINISHED.terms))
    every = rest == query
    places = (
        fleet.related.in_usual_order(range(len(fleet.table.id))) if every else fleet.related.usual
    )
    tasks = fleet.tasks.at(places)
    if rest.terms:
        fits = matcher(rest, asked)
        tasks = [task for task in tasks if fits(task)]
    return arranged(tasks, query, asked)


def fitting(entries: Iterable[Ranked], query: Query, asked: Asked) -> list[Ranked]:
    """The entries of a queue that fit, in the query's order; else as they stand in the queue."""
    if not (query.terms or query.order):
        return list(entries)
    fits = matcher(query, asked)
    found = {entry.task.id: entry for entry in entries if fits(entry.task)}
    return [found[task.id] for task in arranged((e.task for e in found.values()), query, asked)]


def unfinished(query: Query) -> Query:
    """The query without closed tasks, unless it names a status, ids, or when they were closed."""
    return query if names_closed(query) else query & UNFINISHED


def names_closed(query: Query) -> bool:
    """Whether the query itself says which closed tasks it wants."""
    return query.asks_for("status", "closed", "id")


def checked(fleet: Fleet, query: Query) -> Query:
    """The query, if its projects are known: a typing error must not look like an empty list.

    Raises ClareError.
    """
    wanted = {slug for term in query.terms if term.key == "project" for slug in term.values}
    for slug in sorted(wanted and wanted - set(fleet.table.project)):
        fleet.project(slug)
    return query


def urgency(task: Task) -> str:
    """The priority, and what outdoes it: `P1`, `P1 pinned`."""
    return f"{task.priority} pinned" if task.pinned else task.priority


def doing(fleet: Fleet, task: Task, now: int, *, waits: bool | None = None) -> str:
    """A word for a task's state: `open`, `active nat`, `blocked`, `done` …; `!` if contested.

    `waits` says whether it waits for another, where that is known.
    """
    word = state(fleet, task, now=now, waits=waits)
    if word == "active" and (holder := task.holder(now=now)):
        word = f"active {holder.by}"
    word = "open" if word == "ready" else word
    return f"{word} !" if task.is_contested else word
