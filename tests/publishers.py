"""Waiting for the publisher that commands start in the background."""

import fcntl
import time
from pathlib import Path

LONGEST = 60.0


def settled(folder: Path) -> None:
    """Return when no publisher of the clone in a folder is at work, nor wanted."""
    deadline = time.monotonic() + LONGEST
    for place in (folder / ".git/clare", folder / "clare"):
        lock, mark = place / "publish.lock", place / "publish.wanted"
        while lock.exists():
            with lock.open() as descriptor:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if not mark.exists():
                    break
            # Whoever left the mark has seen the lock taken, by us or by the one who now takes it again.
            assert time.monotonic() < deadline, f"nobody publishes what {mark} asks for"
            time.sleep(0.01)
