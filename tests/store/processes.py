"""Processes to stop and kill: forked, so that no interpreter starts between a test and the work."""

import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from clare.errors import ClareError

PATIENCE = 60.0
"""Seconds in which what must happen has to have happened."""


def start(work: Callable[[], object]) -> int:
    """Run something in a new process; its exit code is 0, that of the ClareError, or 99."""
    with warnings.catch_warnings():
        # The test runner has threads; since 3.12 Python warns of that, the work uses none of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    code = 99
    try:
        work()
        code = 0
    except ClareError as error:
        code = error.exit_code
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def wait(child: int) -> int:
    """The exit code of a process that was started; negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill(child: int, *, whole: bool) -> list[int]:
    """Kill -9 a process, with or without the git processes under it, and return those.

    The far end of a push is another machine: it lives on.
    """
    os.kill(child, signal.SIGSTOP)
    below = _below(child)
    for pid in below if whole else []:
        with suppress(FileNotFoundError, ProcessLookupError):
            if b"receive-pack" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return below


def _below(parent: int) -> list[int]:
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid for child in map(int, children) for pid in (child, *_below(child))]


def until(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until it is so; fail if it does not come about."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"in {PATIENCE:.0f} s it did not come about: {what}"
        time.sleep(0.002)


def until_ended(pids: list[int]) -> None:
    """Wait for processes that are not ours to wait for."""
    until(lambda: not any(map(_is_alive, pids)), f"the end of the processes {pids}")


def _is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
