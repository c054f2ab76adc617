"""Waiting until something is true of the board, without keeping the machine busy."""

import time
from collections.abc import Callable, Sequence

from clare.fleet import Fleet, Task
from clare.store.board import Board

LOOK = 1.0
"""Seconds between two looks at the branch."""

ASK = 10.0
"""Seconds between two exchanges with the hub, and between two looks at the clock's effects."""

Condition = Callable[[Fleet], object]
"""Holds when what it returns is true, as a list with something in it is."""


def wait(
    board: Board, holds: Condition, *, seconds: float | None, asked: Callable[[], None]
) -> Fleet:
    """The board as soon as the condition holds, or as it is when so many seconds have passed.

    The publisher is woken every ten seconds, so that what others did arrives; `asked` is called then.
    """
    start = time.monotonic()
    fleet, looked = board.read(), start
    while not holds(fleet):
        now = time.monotonic()
        left = LOOK if seconds is None else start + seconds - now
        if left <= 0:
            return fleet
        if now - looked >= ASK:
            looked = now
            asked()
            board.wake_publisher(fleet.manifest)
        time.sleep(min(LOOK, left))
        fleet = _newer(board, fleet)
    return fleet


def _newer(board: Board, fleet: Fleet) -> Fleet:
    """The board as it is now; the same projection if nothing has moved."""
    tip, _ = board.tip()
    return fleet if tip == fleet.commit else board.read(tip)


def unfinished(fleet: Fleet, names: Sequence[str]) -> list[Task]:
    """Those of the tasks that are neither done nor dropped. Raises ClareError for one not there."""
    return [task for task in map(fleet.task, names) if not task.is_closed]
