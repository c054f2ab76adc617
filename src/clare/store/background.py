"""The one publisher of a clone: whoever writes wakes it, and it ends by itself.

A publisher holds the lock on `publish.lock` from before it starts until it has nothing left to do. A
writer leaves a mark before it tries the lock, and the publisher looks for a mark after it has let go
of it: so no write waits unseen, and two never run at once. What a publisher in the background has to
say lies in `publish.said` until the next command tells it, and in `publish.told` while it still holds.
"""

import fcntl
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from clare.clock import MINUTE, SECOND
from clare.errors import Unpublished, Usage
from clare.store.git import Git
from clare.store.pause import pause

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

FRESH = MINUTE
"""How old, in ms, the last exchange with the hub may be before a command starts another."""

AGAIN = 5 * SECOND
"""How long after a failure, in ms, a command starts another."""

PUBLISHERS = ("publish.lock", "publish.wanted", "publish.said", "publish.told", "publish.errors")
"""What publishers keep in Clare's folder of the git directory."""

WAIT = 30.0
"""Seconds that a publisher in the foreground waits for the one in the background."""

_FOLDER = "clare"

_started: "list[subprocess.Popen[bytes]]" = []
"""The publishers of this process: asked for their end now and then, so that none stays a zombie."""


class Said(NamedTuple):
    """What a publisher in the background had to say: why it failed, and lines about what it brought."""

    problem: str = ""
    hint: str = ""
    notes: Sequence[str] = ()


def wake(git: Git, repository: str) -> None:
    """Let what waits here be published, by a publisher that runs already or a new one."""
    for child in _started:
        child.poll()
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
    import subprocess

    command = (sys.executable, "-P", "-m", "clare", "--fleet", repository)
    with open(_file(git, "publish.errors"), "wb") as errors:
        os.utime(lock)
        _started.append(
            subprocess.Popen(
                [*command, "sync", "--quiet", "--publisher", str(lock)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**os.environ, "CLARE_SYNC": "manual"},
                pass_fds=(lock,),
                start_new_session=True,
            )
        )


def take(git: Git) -> int | None:
    """The publisher's lock as an open descriptor; None if another holds it."""
    path = _file(git, "publish.lock")
    while True:
        path.parent.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        if _is(path, descriptor):
            return descriptor
        os.close(descriptor)  # the file was removed in between: the lock on it is nobody's


def _is(path: "Path", descriptor: int) -> bool:
    """Whether a descriptor is of the file that lies there now."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except OSError:
        return False


def check_lock(git: Git, descriptor: int) -> None:
    """Raise Usage unless this is the publisher's lock, handed over by whoever started us."""
    if not _is(_file(git, "publish.lock"), descriptor):
        raise Usage("--publisher is for Clare itself", hint="`clare sync` needs no option")


def wait_for_lock(git: Git) -> int:
    """The publisher's lock, once a publisher that runs has ended. Raises Unpublished."""
    deadline = time.monotonic() + WAIT
    while (lock := take(git)) is None:
        if time.monotonic() > deadline:
            raise Unpublished(
                f"another clare of this clone has been publishing for {WAIT:.0f} s",
                hint="try again later; `clare status` tells how much waits",
            )
        pause(0.005, 0.05)
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


def note(git: Git, new: Said) -> None:
    """Note what a publisher has to say. What no command has told yet of claims stays with it."""
    notes = (*_read(git, "publish.said").notes, *new.notes)
    if new.problem or notes:
        import json

        draft = _file(git, f"publish.said.{os.urandom(4).hex()}")
        draft.write_text(json.dumps(Said(new.problem, new.hint, notes)._asdict()), "utf-8")
        os.replace(draft, _file(git, "publish.said"))
    else:
        _file(git, "publish.said").unlink(missing_ok=True)
    if not new.problem:
        _file(git, "publish.told").unlink(missing_ok=True)


def tell(git: Git, *, again: bool = False) -> Said:
    """What it had to say, for the first command that asks; `again`, also what still holds.

    Where nothing may be written everybody is told.
    """
    found = _read(git, "publish.said")
    if found != Said():
        with suppress(OSError):
            os.replace(_file(git, "publish.said"), _file(git, "publish.told"))
    crashed = _crash(git)
    if again and found == Said():
        found = _read(git, "publish.told")
    return found if found.problem or not crashed else Said(crashed, _SEE, found.notes)


_SEE = "`clare sync` tries again"


def _crash(git: Git) -> str:
    """What a publisher that broke down wrote last."""
    path = _path(git, "publish.errors")
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            words = file.read().strip()
        if words:
            os.truncate(path, 0)
    except OSError:
        return ""
    return words.splitlines()[-1] if words else ""


def failed(git: Git) -> Said:
    """What the last publisher failed at, told or not; nothing if it did not."""
    for name in ("publish.said", "publish.told"):
        found = _read(git, name)
        if found.problem:
            return found
    return Said()


def _read(git: Git, name: str) -> Said:
    if not os.path.exists(_path(git, name)):
        return Said()
    import json

    try:
        found = json.loads(_file(git, name).read_text("utf-8"))
        return Said(str(found["problem"]), str(found["hint"]), tuple(map(str, found["notes"])))
    except FileNotFoundError:
        return Said()
    except (ValueError, KeyError, TypeError):
        return Said("what the last publisher had to say cannot be read", _SEE)


def is_stale(git: Git, *, now: int) -> bool:
    """Whether another exchange with the hub is due at `now`.

    It is a minute after the last one, asked or tried, and a few seconds after one that failed. An age
    below zero is that of a clock that was wrong.
    """
    asked, tried = _age(_path(git, "fetched"), now), _age(_path(git, "publish.lock"), now)
    if asked is None:
        return False
    if failed(git).problem:
        return tried is None or not 0 <= tried <= AGAIN
    ages = [asked] if tried is None else [asked, tried]
    return not any(0 <= age <= FRESH for age in ages)


def _age(path: str, now: int) -> int | None:
    try:
        return now - os.stat(path).st_mtime_ns // 1_000_000
    except FileNotFoundError:
        return None


def _mark(git: Git) -> "Path":
    return _file(git, "publish.wanted")


def _file(git: Git, name: str) -> "Path":
    return git.git_dir / _FOLDER / name


def _path(git: Git, name: str) -> str:
    """The same as text: what every command looks at."""
    return git.inside(f"{_FOLDER}/{name}")
