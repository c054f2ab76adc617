"""Opening the board that a command means, with whoever acts on it."""

import secrets
import time
from dataclasses import dataclass, replace
from functools import partial

from clare import config
from clare.config import Chosen
from clare.store import background, clone, place
from clare.store.board import Board
from clare.store.place import Place


@dataclass(frozen=True, slots=True)
class Opened:
    """A board, and why each part of it was chosen."""

    board: Board
    host: Chosen
    actor: Chosen
    sync: Chosen

    @property
    def publishes(self) -> bool:
        """Whether what is written here is published by itself."""
        return self.sync.value == "auto" and bool(self.board.place.branch)

    def heard(self, *, again: bool) -> str:
        """What the publisher in the background had to say; told once, unless asked for again."""
        git = self.board.git
        return background.tell(git) or (background.said(git) if again else "")

    def freshen(self) -> None:
        """Exchange with the hub in the background, if that was not done in the last minute."""
        git = self.board.git
        if self.publishes and background.is_stale(git, now=wall_clock()):
            self.board.wake_publisher()


def wall_clock() -> int:
    """The machine's time in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def open_board(*, fleet: str = "", actor: str = "", sync: str = "") -> Opened:
    """The board that a command means, and who acts on it. Raises ClareError if there is none."""
    settings = config.load()
    found = place.find(fleet, settings.get("fleet", ""))
    return opened(found, settings, actor=actor, sync=sync)


def opened(found: Place, settings: dict[str, str], *, actor: str = "", sync: str = "") -> Opened:
    local = clone.identified(found.git) if found.branch else clone.Clone(id="0" * 8)
    host = config.choose_host(settings, bound=local.host)
    git_name = found.git.text("config", "user.name", allow=(0, 1))
    who = config.choose_actor(settings, given=actor, git_name=git_name)
    publishing = config.choose_sync(settings, given=sync)
    board = Board(found, host.value, who.value, local.id, now=wall_clock, bits=secrets.randbits)
    if publishing.value == "auto":
        wake = partial(background.wake, found.git, found.repository)
        board = replace(board, wake_publisher=wake)
    return Opened(board, host, who, publishing)
