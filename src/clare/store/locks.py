"""Locks of git's that a killed process has left: known by standing still."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

STALE_AFTER = 1.0
"""Seconds after which a lock that an interrupted command may have left counts as left."""


def clear_left_locks(locks: Sequence[Path]) -> None:
    """Remove those locks on refs that nobody holds any more.

    One that somebody is using changes within moments; one that is still the same file a second later
    belongs to nobody.
    """
    before = {lock: _identity(lock) for lock in locks}
    if not any(before.values()):
        return
    time.sleep(STALE_AFTER)
    for lock, identity in before.items():
        if identity and _identity(lock) == identity:
            with suppress(FileNotFoundError):
                lock.unlink()


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns
