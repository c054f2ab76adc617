"""Publishing what waits here, so that no user has to think of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clare.errors import ClareError, Unpublished
from clare.fleet import Fleet
from clare.services.act import tell_lost
from clare.store import background
from clare.store.board import Board
from clare.store.sync import Synced, sync

PAUSE = 10.0
"""Seconds between two rounds of watching."""


@dataclass(frozen=True, slots=True)
class Published:
    """What came of it: the numbers, the board afterwards, and a line for each claim that was lost."""

    synced: Synced
    fleet: Fleet
    notes: tuple[str, ...]


def publish(board: Board, *, lock: int | None = None) -> Published:
    """Sync with the hub as this clone's only publisher, and again for whoever wrote meanwhile.

    `lock` is the publisher's, if whoever started us took it. Raises ClareError without a hub, and
    what `sync` raises.
    """
    before = board.read()
    received = published = 0
    problem: ClareError | None = None
    for _ in background.rounds(board.git, lock):
        try:
            done = sync(board, hub_of(before))
            received, published = received + done.received, published + done.published
            problem = None
        except ClareError as error:
            problem = error
    if problem:
        raise problem if lock is None else _as_told_later(problem)
    if lock is None:
        background.forget(board.git)
    after = board.read() if received else before
    total = Synced(received, published, done.commit)
    return Published(total, after, tell_lost(board, before, after))


def _as_told_later(problem: ClareError) -> ClareError:
    """The problem of a publisher in the background, in the words of the command that tells it."""
    told = f"{background.FAILED}{problem.message}"
    return ClareError(told, hint=problem.hint, exit_code=problem.exit_code)


def watch(board: Board, *, pause: Callable[[float], None]) -> Iterator[Published | ClareError]:
    """Publish again and again, for ever: what came of it each time, also that the hub was gone."""
    while True:
        try:
            yield publish(board)
        except Unpublished as problem:
            yield problem
        pause(PAUSE)


def hub_of(fleet: Fleet) -> str:
    """The hub's address. Raises ClareError if the fleet has none."""
    if not fleet.manifest.hub:
        raise ClareError(
            "this fleet has no hub to sync with", hint="`clare init --hub URL` names one"
        )
    return fleet.manifest.hub
