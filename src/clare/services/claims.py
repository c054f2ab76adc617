"""Taking tasks and giving them back. Where there is a hub, it decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clare.clock import SECOND, duration, show_duration, show_instant
from clare.config import choose_lease
from clare.errors import ClareError, Held, NothingToDo, Unreadable, Usage
from clare.events.said import TASK_CLAIMED, TASK_RELEASED, Fact
from clare.fleet import Fleet, Task
from clare.services.act import Each, Outcome, change_each, make
from clare.services.tasks import check_says, said
from clare.services.way import check_way
from clare.settings import SETTINGS, problem
from clare.store import writing
from clare.store.board import Board
from clare.store.sync import publish
from clare.store.tree import MANIFEST
from clare.store.writing import Decide, Written
from clare.views.ready import hindrances, rank

Choose = Callable[[Fleet], Callable[[Task], bool]]
"""Asked once for each board that is decided on: which of its tasks may be taken."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is now this actor's, `renewed` what was before, and what could not be taken."""

    outcome: Outcome
    renewed: frozenset[str]


def claim(
    board: Board,
    names: Sequence[str],
    *,
    lease: int | None = None,
    force: bool = False,
    offline: bool = False,
) -> Taken:
    """Take tasks. Raises Held if somebody else has it, or was first at the hub; if none is won.

    `offline` keeps from asking the hub: where there is one, nothing is taken then.
    """
    _check_lease(lease)
    renewed: set[str] = set()

    def take(fleet: Fleet, task: Task) -> list[Fact]:
        if check_free(board, fleet, task, force=force):
            renewed.add(task.id)
        return [_claimed(fleet, task, lease)]

    each = Each(board, names, take)
    written = _write(board, each, offline=offline)
    return Taken(each.outcome(written), frozenset(renewed))


def claim_next(
    board: Board,
    choose: Choose,
    *,
    lease: int | None = None,
    offline: bool = False,
) -> Taken:
    """Take the first ready task that `choose` accepts. Raises NothingToDo if there is none."""
    _check_lease(lease)
    taken: list[str] = []

    def decide(fleet: Fleet) -> list[Fact]:
        task = _first(fleet, choose, now=board.now())
        taken[:] = [task.id]
        return [_claimed(fleet, task, lease)]

    written = _write(board, decide, offline=offline)
    return Taken(Outcome(written, tasks=tuple(taken), notes=written.notes), frozenset())


def _first(fleet: Fleet, choose: Choose, *, now: int) -> Task:
    fits = choose(fleet)
    for entry in rank(fleet, now=now).ready:
        if fits(entry.task) and not fleet.unreadable(entry.task.key):
            return entry.task
    raise NothingToDo("nothing is ready", hint="`clare ready --all` says why for each task")


def _check_lease(lease: int | None) -> None:
    if lease is not None and lease < SECOND:
        raise Usage("a lease is at least a second", hint="--lease 4h")


def _claimed(fleet: Fleet, task: Task, lease: int | None) -> Fact:
    """A claim for so long, in ms, or for as long as the board says."""
    length = _shared_lease(fleet) if lease is None else lease
    hub = "true" if fleet.manifest.hub else "false"
    return make(TASK_CLAIMED, task.key, lease=show_duration(length), hub=hub)


def _shared_lease(fleet: Fleet) -> int:
    """How long a claim holds unless told. Raises Unreadable if the board says what is no lease."""
    shared = fleet.manifest.lease
    wrong = problem("lease", shared) if shared else ""
    if wrong:
        told = (str(f) for f in fleet.findings if f.path == MANIFEST and "lease: " in f.problem)
        hint = f"`clare config set --shared lease {SETTINGS['lease'].default}`"
        raise Unreadable(next(told, f"{MANIFEST}: lease: {wrong}"), hint=hint)
    return duration(choose_lease(shared=shared).value)


def _write(board: Board, decide: Decide, *, offline: bool) -> Written:
    hub = board.manifest().hub
    if hub and offline:
        raise ClareError(
            "a claim is won at the hub, and --no-sync keeps from asking it",
            hint="leave --no-sync out; nothing was taken",
        )
    if not hub:
        return writing.append(board, decide)
    check_way(hub)
    return publish(board, hub, decide)


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


def release(
    board: Board, names: tuple[str, ...], *, force: bool = False, say: str | None = None
) -> Outcome:
    """Give tasks back, without names the one that is held, saying something in the same commit.

    Raises Held for one that somebody else has, unless forced.
    """
    check_says(say)

    def change(fleet: Fleet, task: Task) -> list[Fact]:
        mine = [
            held.event
            for held in task.entity.claims
            if force or held.is_of(actor=board.actor, clone=board.clone)
        ]
        if mine:
            return [make(TASK_RELEASED, task.key, ends=tuple(mine)), *said(task, say)]
        holder = task.holder(now=board.now())
        if holder:
            raise Held(
                f"{holder.by} holds {fleet.short(task.id)}, not you on this clone",
                hint="--force releases it all the same",
            )
        return said(task, say)

    return change_each(board, names, change)
