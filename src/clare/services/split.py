"""Splitting a task: its parts become tasks of their own, and it waits for them."""

from collections.abc import Sequence
from dataclasses import replace

from clare import names
from clare.errors import ClareError
from clare.events.said import TASK_CREATED, TASK_EDITED, Fact
from clare.fleet import Fleet, Task
from clare.services.act import Outcome, act, make
from clare.services.finding import sound
from clare.store.board import Board

INHERITED = ("project", "priority")
"""The fields that a part takes from the task it is a part of."""


def split(board: Board, name: str, titles: Sequence[str], *, chain: bool = False) -> Outcome:
    """Make a child of each title, in one commit; the parent waits for all of them.

    With `chain` each also waits for the one before. Who holds the parent keeps it.
    """
    ids = [names.base32(board.bits(60), names.TASK_ID_LENGTH) for _ in titles]

    def decide(fleet: Fleet) -> list[Fact]:
        parent = sound(fleet, name)
        if parent.is_closed:
            short = fleet.short(parent.id)
            raise ClareError(
                f"{short} is {parent.status}; its parts would be too late",
                hint=f"`clare reopen {short}` opens it",
            )
        parts = [
            _part(parent, task_id, title, after=ids[at - 1 : at] if chain else [])
            for at, (task_id, title) in enumerate(zip(ids, titles, strict=True))
        ]
        return [*parts, make(TASK_EDITED, parent.key, add={"needs": ids})]

    return replace(act(board, decide), tasks=tuple(ids))


def _part(parent: Task, task_id: str, title: str, *, after: Sequence[str]) -> Fact:
    fields = {"title": title, "parent": parent.id, "priority": parent.priority}
    if parent.project:
        fields["project"] = parent.project
    add = {"needs": list(after)} if after else {}
    return make(TASK_CREATED, names.task_key(task_id), set=fields, add=add)
