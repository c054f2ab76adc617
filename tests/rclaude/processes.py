"""Processes that a test started: finding them by a mark that only they bear, and ending them by pid."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE = 15.0
"""Seconds after which what was waited for counts as never coming."""


def marked(*marks: str) -> dict[int, str]:
    """The command lines that hold one of these texts, by pid."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):  # it may end while we look
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if any(mark in line for mark in marks):
                    found[int(folder.name)] = line
    return found


def at_home_in(home: Path) -> dict[int, str]:
    """The command lines of all that a host runs for whoever logged in, by pid."""
    told = f"HOME={home}".encode()
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if told in (folder / "environ").read_bytes().split(b"\0"):
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(folder.name)] = line
    return found


def descendants(pid: int) -> list[int]:
    """All that a process started, and what those started."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [each for child in map(int, children) for each in (child, *descendants(child))]
    return []


def end(*pids: int) -> None:
    """Kill these processes, also stopped ones."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_for(holds: Callable[[], object], within: float = PATIENCE) -> None:
    """Look again and again until it holds; fail if it does not in time."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"did not come true within {within} s: {holds}"
        time.sleep(0.01)
