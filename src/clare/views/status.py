"""The board at a glance."""

from collections.abc import Sequence
from typing import NamedTuple

from clare.fleet import CLOSED, Fleet, Task
from clare.state import Claim
from clare.views.ready import rank, state


class Status(NamedTuple):
    """What a person sees first."""

    held: tuple[Task, ...]
    active: tuple[Task, ...]
    review: tuple[Task, ...]
    ready: Sequence[Task]
    blocked: int
    contested: tuple[str, ...]
    unfinished: int
    closed: int


def lost(before: Fleet, after: Fleet, *, clone: str, now: int) -> list[tuple[Task, Claim]]:
    """The tasks that this clone held before and somebody else holds now, with whoever does."""
    found: list[tuple[Task, Claim]] = []
    claimed = [place for place, claims in enumerate(before.table.claims) if claims]
    for task in before.tasks.at(claimed):
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
    table = fleet.table
    words = table.status
    claimed = [n for n, claims in enumerate(table.claims) if claims and words[n] == "open"]
    active = [task for task in _sorted(fleet, claimed) if task.holder(now=now)]
    review = [place for place, status in enumerate(table.status) if status == "review"]
    waiting = [n for n in fleet.related.blocked if words[n] == "open"]
    held = [n for n in waiting if table.claims[n] or table.defer_until[n] is not None]
    elsewhere = [t for t in fleet.tasks.at(held) if state(fleet, t, now=now) != "blocked"]
    closed = sum(map(words.count, CLOSED))
    return Status(
        held=tuple(task for task in active if (h := task.holder(now=now)) and h.by == actor),
        active=tuple(active),
        review=tuple(_sorted(fleet, review)),
        ready=fleet.tasks.at(rank(fleet, now=now).places),
        blocked=len(waiting) - len(elsewhere),
        contested=fleet.contested,
        unfinished=len(table.id) - closed,
        closed=closed,
    )


def _sorted(fleet: Fleet, places: list[int]) -> list[Task]:
    return sorted(fleet.tasks.at(places), key=lambda task: (task.priority, task.id))
