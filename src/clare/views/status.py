"""The board at a glance."""

from dataclasses import dataclass

from clare.fleet import Fleet, Task
from clare.state import Claim
from clare.views.ready import Ranked, rank, state


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


def lost(before: Fleet, after: Fleet, *, clone: str, now: int) -> list[tuple[Task, Claim]]:
    """The tasks that this clone held before and somebody else holds now, with whoever does."""
    found: list[tuple[Task, Claim]] = []
    for task in before.tasks.values():
        mine, current = task.holder(now=now), after.entity(task.key).holder(now=now)
        if (
            mine
            and current
            and mine.clone == clone
            and not current.is_of(actor=mine.by, clone=clone)
        ):
            found.append((task, current))
    return found


def glance(fleet: Fleet, *, actor: str, now: int) -> Status:
    """What is held, active, in review, ready, blocked and contested at `now`."""
    tasks = sorted(fleet.tasks.values(), key=lambda task: (task.priority, task.id))
    words = {task.id: state(fleet, task, now=now) for task in tasks}
    active = [task for task in tasks if words[task.id] == "active"]
    return Status(
        held=tuple(task for task in active if (h := task.holder(now=now)) and h.by == actor),
        active=tuple(active),
        review=tuple(task for task in tasks if words[task.id] == "review"),
        ready=rank(fleet, now=now).ready,
        blocked=sum(word == "blocked" for word in words.values()),
        contested=tuple(key for key, entity in fleet.entities.items() if entity.contested),
        unfinished=sum(not task.is_closed for task in tasks),
        closed=sum(task.is_closed for task in tasks),
    )
