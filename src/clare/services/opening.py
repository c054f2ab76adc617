"""Opening the board that a command means, with whoever acts on it."""

import os
import time
from contextlib import nullcontext, suppress
from typing import NamedTuple

from clare import config
from clare.config import Chosen
from clare.errors import ClareError
from clare.fleet import Manifest
from clare.settings import SYNCS
from clare.store import background, clone, place
from clare.store.background import Said
from clare.store.board import Board
from clare.store.cache import Progress
from clare.store.freshness import fetched_at
from clare.store.git import Git, quickly
from clare.store.place import Place
from clare.store.sent import have_come


class Opened(NamedTuple):
    """A board, and why each part of it was chosen."""

    board: Board
    host: Chosen
    actor: Chosen

    def heard(self, *, again: bool) -> Said:
        """What the publisher in the background had to say; told once, unless asked for again."""
        return background.tell(self.board.git, again=again)

    def take_in(self) -> list[str]:
        """Take in what other hosts have sent. Returns a line for each whose events cannot be joined."""
        board = self.board
        if not board.place.branch or not have_come(board.git):
            return []
        from clare.store import arrivals  # which loads what only a write needs

        return [f"what {host} sent is not taken in: {why}" for host, why in arrivals.take(board)]

    def freshen(self) -> int:
        """Exchange with the hub in the background, if that was not done in the last minute.

        Returns how old the view is then, in ms; else 0.
        """
        board = self.board
        if board.place.branch and background.is_stale(board.git, now=wall_clock()):
            # What is wrong with fleet.yaml was told where it matters; who may only read fetches nothing.
            with suppress(ClareError, OSError):
                if board.wake_publisher(board.manifest()):
                    return max(0, wall_clock() - (fetched_at(board) or 0))
        return 0


def _git_name(git: Git) -> str:
    words = ("config", "user.name")
    return quickly(f"--git-dir={git.folder}", *words) or git.text(*words, allow=(0, 1))


def _bits(number: int) -> int:
    return int.from_bytes(os.urandom((number + 7) // 8)) >> -number % 8


def wall_clock() -> int:
    """The machine's time in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def open_board(
    *, fleet: str = "", actor: str = "", sync: str = "", progress: Progress = nullcontext
) -> Opened:
    """The board that a command means, and who acts on it. Raises ClareError if there is none."""
    settings = config.load()
    found = place.find(fleet, settings.get("fleet", ""))
    return opened(found, settings, actor=actor, sync=sync, progress=progress)


def opened(
    found: Place,
    settings: dict[str, str],
    *,
    actor: str = "",
    sync: str = "",
    progress: Progress = nullcontext,
) -> Opened:
    local = clone.identified(found.git) if found.branch else clone.Clone(id="0" * 8)
    host = config.choose_host(settings, bound=local.host)
    who = config.choose_actor(settings, given=actor, git_name=lambda: _git_name(found.git))

    config.choose_sync(settings, given=sync)  # a wrong value is told before anything is written

    def wake(manifest: Manifest) -> bool:
        shared = manifest.sync if manifest.sync in SYNCS else ""
        chosen = config.choose_sync(settings, given=sync, shared=shared)
        if not manifest.hub or chosen.value != "auto":
            return False
        background.wake(found.git, found.repository)
        return True

    board = Board(found, host.value, who.value, local.id, wall_clock, _bits, wake, progress)
    return Opened(board, host, who)
