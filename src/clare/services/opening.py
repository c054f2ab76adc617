"""Opening the board that a command means, with whoever acts on it."""

import secrets
import time
from dataclasses import dataclass

from clare import config
from clare.config import Chosen
from clare.store import clone, place
from clare.store.board import Board
from clare.store.place import Place


@dataclass(frozen=True, slots=True)
class Opened:
    """A board, and why each part of it was chosen."""

    board: Board
    host: Chosen
    actor: Chosen


def wall_clock() -> int:
    """The machine's time in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def open_board(*, fleet: str = "", actor: str = "") -> Opened:
    """The board that a command means, and who acts on it. Raises ClareError if there is none."""
    settings = config.load()
    found = place.find(fleet, settings.get("fleet", ""))
    return opened(found, settings, actor)


def opened(found: Place, settings: dict[str, str], actor: str) -> Opened:
    local = clone.identified(found.git) if found.branch else clone.Clone(id="0" * 8)
    host = config.choose_host(settings, bound=local.host)
    git_name = found.git.text("config", "user.name", allow=(0, 1))
    who = config.choose_actor(settings, given=actor, git_name=git_name)
    board = Board(found, host.value, who.value, local.id, now=wall_clock, bits=secrets.randbits)
    return Opened(board, host, who)
