"""Taking tasks and giving them back. Where there is a hub, it decides."""

from collections.abc import Callable
from dataclasses import dataclass

from clare.clock import HOUR, SECOND, show_instant
from clare.errors import ClareError, Held, NothingToDo, Usage
from clare.events.fact import Fact
from clare.events.task import TaskClaimed, TaskReleased
from clare.fleet import Fleet, Task
from clare.services.act import Outcome, change_each, sound
from clare.store.board import Board, Written
from clare.store.place import manifest_of
from clare.store.sync import publish
from clare.views.ready import hindrances, rank

LEASE = 4 * HOUR
"""How long a claim holds unless told, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A task that is now this actor's."""

    fleet: Fleet
    task: Task
    renewed: bool
    notes: tuple[str, ...] = ()


def claim(board: Board, name: str, *, lease: int = LEASE, force: bool = False) -> Taken:
    """Take a task. Raises Held if somebody else has it, or was first at the hub."""
    return _take(board, lambda fleet: sound(fleet, name), lease=lease, force=force)


def claim_next(board: Board, choose: Callable[[Fleet, Task], bool], *, lease: int = LEASE) -> Taken:
    """Take the first ready task that `choose` accepts. Raises NothingToDo if there is none."""

    def first(fleet: Fleet) -> Task:
        for entry in rank(fleet, now=board.now()).ready:
            if choose(fleet, entry.task) and not fleet.unreadable(entry.task.key):
                return entry.task
        raise NothingToDo("nothing is ready", hint="`clare ready --all` says why for each task")

    return _take(board, first, lease=lease, force=False)


def _take(board: Board, choose: Callable[[Fleet], Task], *, lease: int, force: bool) -> Taken:
    if lease < SECOND:
        raise Usage("a lease is at least a second", hint="--lease 4h")
    chosen: list[tuple[Task, bool]] = []

    def decide(fleet: Fleet) -> list[Fact]:
        task = choose(fleet)
        mine = check_free(board, fleet, task, force=force)
        chosen[:] = [(task, mine)]
        return [TaskClaimed(entity=task.key, lease=lease, hub=bool(fleet.manifest.hub))]

    written = _write(board, decide)
    task, mine = chosen[0]
    return Taken(written.fleet, written.fleet.tasks[task.id], mine, written.notes)


def _write(board: Board, decide: Callable[[Fleet], list[Fact]]) -> Written:
    hub = manifest_of(board.git, board.tip()[0]).hub
    return publish(board, hub, decide) if hub else board.append(decide)


def check_free(board: Board, fleet: Fleet, task: Task, *, force: bool) -> bool:
    """Whether the task is already this actor's on this clone. Raises if it may not be taken."""
    now, short = board.now(), fleet.short(task.id)
    if task.status != "open":
        raise ClareError(
            f"{short} is not ready: {task.status}", hint=f"`clare reopen {short}` opens it"
        )
    holder = task.holder(now=now)
    if holder and holder.is_of(actor=board.actor, clone=board.clone):
        return True
    if holder and not force:
        raise Held(
            f"{holder.by} holds {short} until {show_instant(holder.end)}",
            hint="`clare ready` shows what is free; --force takes it all the same",
        )
    reason = next(hindrances(fleet, task, now=now), "")
    if reason and not force:
        raise ClareError(
            f"{short} is not ready: {reason}",
            hint="`clare ready` shows what is; --force takes it all the same",
        )
    return False


def release(board: Board, names: tuple[str, ...], *, force: bool = False) -> Outcome:
    """Give tasks back. Raises Held for one that somebody else has, unless forced."""

    def change(fleet: Fleet, task: Task) -> list[Fact]:
        mine = [
            held.event
            for held in task.entity.claims
            if force or held.is_of(actor=board.actor, clone=board.clone)
        ]
        if mine:
            return [TaskReleased(entity=task.key, ends=tuple(mine))]
        holder = task.holder(now=board.now())
        if holder:
            raise Held(
                f"{holder.by} holds {fleet.short(task.id)}, not you on this clone",
                hint="--force releases it all the same",
            )
        return []

    return change_each(board, names, change)
