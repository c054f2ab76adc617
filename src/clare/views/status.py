"""The board at a glance."""

from dataclasses import dataclass

from clare.fleet import Fleet, Task
from clare.views.ready import Ranked, is_blocked, rank


@dataclass(frozen=True, slots=True)
class Status:
    """What a person sees first."""

    held: tuple[Task, ...]
    active: tuple[Task, ...]
    review: tuple[Task, ...]
    ready: tuple[Ranked, ...]
    blocked: int
    contested: tuple[str, ...]
    unfinished: int
    closed: int


def glance(fleet: Fleet, *, actor: str, now: int) -> Status:
    """What is held, active, in review, ready, blocked and contested at `now`."""
    tasks = sorted(fleet.tasks.values(), key=lambda task: (task.priority, task.id))
    active = [task for task in tasks if task.status == "open" and task.holder(now=now)]
    return Status(
        held=tuple(task for task in active if (h := task.holder(now=now)) and h.by == actor),
        active=tuple(active),
        review=tuple(task for task in tasks if task.status == "review"),
        ready=rank(fleet, now=now).ready,
        blocked=sum(task.status == "open" and is_blocked(fleet, task) for task in tasks),
        contested=tuple(key for key, entity in fleet.entities.items() if entity.contested),
        unfinished=sum(not task.is_closed for task in tasks),
        closed=sum(task.is_closed for task in tasks),
    )
