"""A note of what a command is about to do, so that the next one can finish or forget it.

A command holds an advisory lock on its journal, and so do the git processes it starts. Whoever can take
that lock knows that all of them have ended: what the journal says was interrupted.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

ORPHANS_WAIT = 3.0
"""Seconds to wait for the git processes of a killed command."""


@dataclass(frozen=True, slots=True)
class Worktree:
    """A working tree that has the board branch checked out, and its own git directory."""

    top: str
    git_dir: str


@dataclass(frozen=True, slots=True)
class Move:
    """A ref about to move from `old` to `new`, with the working trees that must follow."""

    ref: str
    old: str
    new: str
    worktrees: tuple[Worktree, ...]


@dataclass(frozen=True, slots=True)
class Journal:
    """An open journal: its file, which also serves as the lock's token, and the locked descriptor."""

    path: Path
    descriptor: int
    move: Move


@contextmanager
def opened(folder: Path, move: Move) -> Iterator[Journal]:
    """Write a journal and hold it until the move is finished; it goes away with the block's success.

    When the block fails the file stays for `interrupted`, unless the block has removed it.
    """
    path, descriptor = _created(folder)
    try:
        os.write(descriptor, json.dumps({"pid": os.getpid(), **asdict(move)}).encode())
        os.fsync(descriptor)
        yield Journal(path, descriptor, move)
        forget(path)
    finally:
        os.close(descriptor)


def _created(folder: Path) -> tuple[Path, int]:
    """A new empty file, locked. In the moment before it is locked, others may take it for left."""
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        path = folder / f"{os.urandom(8).hex()}.json"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return path, descriptor
        os.close(descriptor)


def forget(path: Path) -> None:
    """Remove a journal and the index that was being built beside it."""
    discard_scratch(path)
    path.unlink(missing_ok=True)


def discard_scratch(path: Path) -> None:
    """Remove the index that was being built, and the lock that a killed git left on it."""
    for name in (scratch(path), scratch(path).with_suffix(".index.lock")):
        name.unlink(missing_ok=True)


def scratch(path: Path) -> Path:
    """Where the new index of a move is built."""
    return path.with_suffix(".index")


def interrupted(folder: Path) -> Iterator[Journal]:
    """The journals whose commands have ended without finishing, each locked while it is looked at."""
    for path in sorted(folder.glob("*.json")):
        with suppress(FileNotFoundError, BlockingIOError), _locked(path) as descriptor:
            move = _read(path)
            if move is None:
                forget(path)
            else:
                yield Journal(path, descriptor, move)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR)
    try:
        _outlast_orphans(descriptor, path)
        if not os.fstat(descriptor).st_nlink:
            raise FileNotFoundError(path)
        yield descriptor
    finally:
        os.close(descriptor)


def _outlast_orphans(descriptor: int, path: Path) -> None:
    """Lock a journal; if its writer is dead, wait for the git process that it left at work.

    Raises BlockingIOError while the writer lives.
    """
    deadline = time.monotonic() + ORPHANS_WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if _writer_lives(path) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _writer_lives(path: Path) -> bool:
    try:
        os.kill(json.loads(path.read_bytes())["pid"], 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        return True  # not known to be dead
    return True


def _read(path: Path) -> Move | None:
    """What a journal says; None if its writer ended before it was written: nothing was begun."""
    try:
        found = json.loads(path.read_bytes())
        trees = tuple(Worktree(tree["top"], tree["git_dir"]) for tree in found["worktrees"])
        return Move(found["ref"], found["old"], found["new"], trees)
    except (ValueError, KeyError, TypeError):
        return None
