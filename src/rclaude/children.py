"""The processes that were started to ask hosts: none of them outlives us."""

import os
import signal
from contextlib import suppress

_groups: set[int] = set()


def started(pid: int) -> None:
    """Remember a process that leads a group of its own."""
    _groups.add(pid)


def ended(pid: int) -> None:
    """Forget a process: its number may soon be another's."""
    _groups.discard(pid)


def end(pid: int) -> None:
    """End a process with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def end_all() -> None:
    """End those that still run."""
    for pid in tuple(_groups):
        end(pid)
