"""What closing tasks that repeat has brought."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from clare.fleet import CLOSED, Fleet, Task

if TYPE_CHECKING:
    from clare.events.event import Event


def minted(fleet: Fleet, events: "Sequence[Event]", *, known: Collection[str]) -> list[str]:
    """A line for each task that came with these events because another was closed."""
    if not any(event.effect.set.get("status") in CLOSED for event in events):
        return []
    new = [event.entity.partition("/")[2] for event in events if event.effect.creates]
    return [
        f"next is {fleet.short(task_id)}, {_when(fleet.tasks[task_id])}"
        for task_id in new
        if task_id not in known
    ]


def _when(task: Task) -> str:
    due = task.entity.value("due")
    return f"due {due}" if due else f"not before {task.entity.value('defer_until')}"
