"""The one publisher of a clone: whoever writes wakes it, and it ends by itself.

A publisher holds the lock on `publish.lock` from before it starts until it has nothing left to do. A
writer leaves a mark before it tries the lock, and the publisher looks for a mark after it has let go
of it: so no write waits unseen, and two never run at once. What a publisher in the background has to
say lies in `publish.said` until the next command tells it.
"""

import fcntl
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from clare.clock import MINUTE
from clare.errors import Unpublished
from clare.store.git import Git

FRESH = MINUTE
"""How old, in ms, the last exchange with the hub may be before a command starts another."""

PUBLISHERS = ("publish.lock", "publish.wanted", "publish.said", "publish.told")
"""What publishers keep in Clare's folder of the git directory."""

FAILED = "not published: "
"""What the words of one that failed begin with."""

WAIT = 30.0
"""Seconds that a publisher in the foreground waits for the one in the background."""


def wake(git: Git, repository: str) -> None:
    """Let what waits here be published, by a publisher that runs already or a new one."""
    _mark(git).touch()
    lock = take(git)
    if lock is None:
        return
    try:
        _start(git, repository, lock)
    finally:
        os.close(lock)


def _start(git: Git, repository: str, lock: int) -> None:
    """Start a publisher that inherits the lock, apart from our terminal and our pipes.

    `-P` keeps modules of the current folder out of it.
    """
    command = (sys.executable, "-P", "-m", "clare", "--fleet", repository)
    with open(_said(git), "ab") as heard:
        os.utime(lock)
        subprocess.Popen(
            [*command, "sync", "--quiet", "--publisher", str(lock)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=heard,
            env={**os.environ, "CLARE_SYNC": "manual"},
            pass_fds=(lock,),
            start_new_session=True,
        ).returncode = 0  # it is not ours to wait for


def take(git: Git) -> int | None:
    """The publisher's lock as an open descriptor; None if another holds it."""
    path = _file(git, "publish.lock")
    path.parent.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def wait_for_lock(git: Git) -> int:
    """The publisher's lock, once a publisher that runs has ended. Raises Unpublished."""
    deadline = time.monotonic() + WAIT
    while (lock := take(git)) is None:
        if time.monotonic() > deadline:
            raise Unpublished(
                f"another clare of this clone has been publishing for {WAIT:.0f} s",
                hint="try again later; `clare status` tells how much waits",
            )
        time.sleep(random.uniform(0.005, 0.05))
    return lock


def rounds(git: Git, lock: int | None) -> Iterator[None]:
    """The rounds of a publisher: one, and another whenever somebody has left a mark meanwhile.

    `lock` is the publisher's, or None to wait for it; it is free afterwards. Raises Unpublished.
    """
    held: int | None = wait_for_lock(git) if lock is None else lock
    while held is not None:
        try:
            yield from _while_marked(git)
        finally:
            os.close(held)
        held = take(git) if _mark(git).exists() else None


def _while_marked(git: Git) -> Iterator[None]:
    marked = True
    while marked:
        _mark(git).unlink(missing_ok=True)
        yield
        marked = _mark(git).exists()


def said(git: Git) -> str:
    """What the last publisher in the background had to say; empty if all went well."""
    try:
        return _said(git).read_text("utf-8", "replace")
    except FileNotFoundError:
        return ""


def failed(git: Git) -> str:
    """Why the last publisher in the background failed; empty if it did not."""
    lines = (line.removeprefix("clare: ") for line in said(git).splitlines())
    return next((line.removeprefix(FAILED) for line in lines if line.startswith(FAILED)), "")


def note(git: Git, words: str) -> None:
    """Note what a publisher in the background has to say; empty when all went well."""
    if words or said(git):
        _said(git).write_text(words, "utf-8")


def untold(git: Git) -> str:
    """What it had to say that no command has told yet."""
    found, told = said(git), _file(git, "publish.told")
    is_told = told.exists() and told.stat().st_mtime_ns >= _said(git).stat().st_mtime_ns
    return "" if is_told else found


def tell(git: Git) -> str:
    """What it had to say, for the first command that asks; for the next ones empty."""
    found = untold(git)
    if found:
        _file(git, "publish.told").touch()
    return found


def is_stale(git: Git, *, now: int) -> bool:
    """Whether the hub was asked before, but neither asked nor tried in the last minute before `now`."""
    asked = _age(_file(git, "fetched"), now)
    tried = _age(_file(git, "publish.lock"), now)
    return asked is not None and min(asked, now if tried is None else tried) > FRESH


def _age(path: Path, now: int) -> int | None:
    try:
        return now - path.stat().st_mtime_ns // 1_000_000
    except FileNotFoundError:
        return None


def _said(git: Git) -> Path:
    return _file(git, "publish.said")


def _mark(git: Git) -> Path:
    return _file(git, "publish.wanted")


def _file(git: Git, name: str) -> Path:
    return git.git_dir / "clare" / name
