"""Writers of one clone take turns, so that they do not decide in vain.

A courtesy, not a guard: the swap of the branch decides. So a turn may be taken away from one who
stopped in the middle of it.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clare.store.git import Git
from clare.store.pause import pause

PATIENCE = 2.0
"""Seconds after which those who wait no longer respect a turn."""

WAIT = 30.0
"""Seconds after which one goes on without a turn."""


@contextmanager
def turn(git: Git) -> Iterator[None]:
    """Wait for the others' turns, and have one."""
    path = git.git_dir / "clare" / "turn.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _taken(path)
    try:
        yield
    finally:
        os.close(descriptor)


def _taken(path: Path) -> int:
    """A descriptor that holds the turn, or, after a long wait, one that does not."""
    seen, since = (0, 0), 0.0
    deadline = time.monotonic() + WAIT
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.utime(descriptor)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > deadline:
                return descriptor
            now = os.fstat(descriptor)
            os.close(descriptor)
        if (now.st_ino, now.st_mtime_ns) != seen:
            seen, since = (now.st_ino, now.st_mtime_ns), time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            path.unlink(missing_ok=True)
        pause(0.002, 0.02)
