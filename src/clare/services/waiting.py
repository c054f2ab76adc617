"""Waiting until something is true of the board, without keeping the machine busy."""

import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

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

    It is looked at when the branch has moved, and every ten seconds, since time alone may make it true.
    Then the publisher is woken too, so that what others did arrives; `asked` is called.
    """
    fleet, ask = board.read(), time.monotonic()
    deadline = math.inf if seconds is None else ask + seconds
    while not holds(fleet) and (now := time.monotonic()) < deadline:
        if now >= ask:
            ask = now + ASK
            asked()
            with suppress(OSError):  # who may only read sees what others bring
                board.wake_publisher(fleet.manifest)
        fleet = _moved(board, fleet, until=min(ask, deadline))
    return fleet


def _moved(board: Board, fleet: Fleet, *, until: float) -> Fleet:
    """The board when its branch has moved, or the same projection when that time has come."""
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(LOOK, left))
        tip, _ = board.tip()
        if tip != fleet.commit:
            return board.read(tip)
    return fleet


def unfinished(fleet: Fleet, names: Sequence[str]) -> list[Task]:
    """Those of the tasks that are neither done nor dropped. Raises ClareError for one not there."""
    return [task for task in map(fleet.task, names) if not task.is_closed]
