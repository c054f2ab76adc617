"""Choosing tasks: the filters of the list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clare.fleet import Fleet, Task
from clare.views.ready import is_blocked


@dataclass(frozen=True, slots=True)
class Filter:
    """What a task must fit. Values of one option are alternatives, options add up.

    Without a status, and unless `all` is set, closed tasks are left out.
    """

    projects: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    mine: str = ""
    blocked: bool = False
    text: str = ""
    all: bool = False


def choose(fleet: Fleet, wanted: Filter, *, now: int) -> list[Task]:
    """The tasks that fit, by priority, then oldest first."""
    tasks = (task for task in fleet.tasks.values() if fits(fleet, task, wanted, now=now))
    return sorted(tasks, key=lambda task: (task.priority, task.created_at, task.id))


def checked(fleet: Fleet, wanted: Filter) -> Filter:
    """The filter, if its projects are known: a typing error must not look like an empty queue.

    Raises ClareError.
    """
    used = {task.project for task in fleet.tasks.values()}
    for slug in set(wanted.projects) - used:
        fleet.project(slug)
    return wanted


def fits(fleet: Fleet, task: Task, wanted: Filter, *, now: int) -> bool:
    """Whether a task fits a filter."""
    return all(_tests(fleet, task, wanted, now))


def _tests(fleet: Fleet, task: Task, wanted: Filter, now: int) -> Iterator[bool]:
    holder = task.holder(now=now)
    yield wanted.all or not task.is_closed or bool(wanted.statuses)
    yield _any(wanted.statuses, _states(fleet, task, now))
    yield _any(wanted.projects, [task.project])
    yield set(wanted.labels) <= set(task.labels)
    yield _any(wanted.assignees, [task.assignee])
    yield _any(wanted.priorities, [task.priority])
    yield _any(wanted.types, [task.type])
    yield not wanted.mine or wanted.mine in (task.assignee, holder.by if holder else "")
    yield not wanted.blocked or is_blocked(fleet, task)
    yield not wanted.text or _has_text(task, wanted.text.casefold())


def _states(fleet: Fleet, task: Task, now: int) -> Iterator[str]:
    """The task's status, and every word that a list may say of it instead."""
    yield task.status
    if is_blocked(fleet, task):
        yield "blocked"
    if task.status == "open" and task.holder(now=now):
        yield "active"
    if task.status == "open" and task.defer_until is not None and now < task.defer_until:
        yield "deferred"


def _any(wanted: tuple[str, ...], values: Iterable[str]) -> bool:
    return not wanted or any(value in wanted for value in values)


def _has_text(task: Task, text: str) -> bool:
    entity = task.entity
    texts = (task.title, entity.value("body"), entity.value("done_when"))
    said = (comment.text for comment in task.comments)
    return any(text in found.casefold() for found in (*texts, *said))
