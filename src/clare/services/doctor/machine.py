"""What can be wrong with the machine: its git, its disk, its settings, whoever acts."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from clare import config
from clare.config import in_nameless_agent
from clare.errors import ClareError
from clare.fleet import Fleet
from clare.services.opening import Opened
from clare.store import health
from clare.views import troubles
from clare.views.doctor import clocks
from clare.views.troubles import Diagnosis

ROOM = 100 * 2**20
"""Bytes free on a disk below which it counts as nearly full."""


def check_tools() -> Iterator[Diagnosis]:
    """What can be told before there is a board."""
    found = health.version()
    if found is None:
        yield Diagnosis(troubles.GIT_MISSING, "git", "is not installed, or not on $PATH")
    elif found < health.OLDEST:
        shown = ".".join(map(str, found))
        yield Diagnosis(troubles.GIT_OLD, "git", f"is version {shown or 'unknown'}")
    try:
        config.load()
    except ClareError as problem:
        yield Diagnosis(troubles.CONFIG_BAD, str(config.path()), problem.message, problem.hint)
    except OSError as problem:
        yield Diagnosis(troubles.CONFIG_BAD, str(config.path()), problem.strerror or str(problem))
    for folder in (config.path().parent, state_folder()):
        if not can_be_written(folder):
            yield Diagnosis(troubles.FOLDER_CLOSED, str(folder), "cannot be written")


def state_folder() -> Path:
    """Where the reports of bugs lie."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "clare"


def can_be_written(folder: Path) -> bool:
    """Whether a folder may be written to, or may be made where it is not there yet."""
    existing = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def check_user(opened: Opened, fleet: Fleet) -> Iterator[Diagnosis]:
    """Whoever acts, the disk, and the clock as the others see it."""
    board = opened.board
    if not opened.actor.value:
        yield Diagnosis(
            troubles.NOBODY, "the actor", f"is not known, not even by {opened.actor.why}"
        )
    elif in_nameless_agent(opened.actor):
        problem = f"is {opened.actor.value}, like every agent here"
        yield Diagnosis(troubles.AGENT_NAMELESS, "the actor", problem)
    free = shutil.disk_usage(board.git.git_dir).free
    if free < ROOM:
        problem = f"only {free // 2**20} MiB are free on its disk"
        yield Diagnosis(troubles.DISK_FULL, board.place.repository, problem)
    yield from clocks(fleet, clone=board.clone, now=board.now())
