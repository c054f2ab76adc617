"""Publishing what waits here, so that no user has to think of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clare.errors import ClareError, Unpublished
from clare.fleet import Fleet, Manifest
from clare.services.act import tell_lost
from clare.services.way import check_way
from clare.store import background
from clare.store.background import Said
from clare.store.board import Board
from clare.store.place import manifest_of
from clare.store.sync import Synced, sync

PAUSE = 10.0
"""Seconds between two rounds of watching."""


@dataclass(frozen=True, slots=True)
class Published:
    """What came of it: the numbers, which claims were lost, what went wrong.

    `fleet` is the board afterwards, if something came.
    """

    synced: Synced
    fleet: Fleet | None = None
    notes: tuple[str, ...] = ()
    problem: ClareError | None = None


def publish(board: Board, *, lock: int | None = None) -> Published:
    """Sync with the hub as this clone's only publisher, and again for whoever wrote meanwhile.

    `lock` is that of a publisher in the background, taken by whoever started it: what it has to say
    is noted for the next command before it lets go.
    """
    if lock is not None:
        background.check_lock(board.git, lock)
    before = board.tip()[0]
    done = Published(Synced(0, 0, before))
    for _ in background.rounds(board.git, lock):
        done = _once(board, before, done.synced)
        background.note(board.git, Said() if lock is None else _told_later(done))
    return done


def _once(board: Board, before: str, so_far: Synced) -> Published:
    try:
        hub = hub_of(manifest_of(board.git, before))
        check_way(hub)
        new = sync(board, hub)
    except ClareError as problem:
        return Published(so_far, problem=problem)
    received = so_far.received + new.received
    total = Synced(received, so_far.published + new.published, new.commit)
    if new.commit == before:
        return Published(total)
    after = board.read()  # which keeps it for the next command
    if not received:
        return Published(total)
    return Published(total, after, tell_lost(board, board.read(before), after))


def _told_later(done: Published) -> Said:
    problem = done.problem
    if problem is None:
        return Said(notes=done.notes)
    return Said(problem.message, problem.hint, done.notes)


def watch(board: Board, *, pause: Callable[[float], None]) -> Iterator[Published]:
    """Publish again and again, for ever; ends only at a problem that trying again does not solve."""
    while True:
        done = publish(board)
        yield done
        if done.problem and not isinstance(done.problem, Unpublished):
            return
        pause(PAUSE)


def hub_of(manifest: Manifest) -> str:
    """The hub's address. Raises ClareError if the fleet has none."""
    if not manifest.hub:
        raise ClareError(
            "this fleet has no hub to sync with",
            hint="`clare init --hub URL` names one; `clare sync HOST` goes without",
        )
    return manifest.hub
