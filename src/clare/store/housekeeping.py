"""Upkeep of a repository in the background: packs are joined, the commit-graph follows.

A writer looks how many packs there are, by the names in a folder; if that is due it starts this module
as a process of its own and goes on. One runs at a time in a clone: it inherits the lock on
`upkeep.lock`, and so do its git processes. While it runs that file says so, which tells the next one
if it was killed. What it came to, and why it failed, lies in `upkeep.json` until the next run.
"""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from clare.errors import ClareError
from clare.store import packs
from clare.store.git import Git
from clare.store.locks import clear_left_locks

PACKS = 24
"""So many packs more than the last upkeep has left make the next one due: git's own begins at 50."""

LOOSE = 8
"""Likewise of loose objects, counted in one folder of 256, as git does it."""

DAY = 86_400.0
FILES = ("upkeep.lock", "upkeep.json", "upkeep.errors")
"""What upkeep keeps in Clare's folder of the git directory."""

_started: "list[subprocess.Popen[bytes]]" = []
"""What this process has started: asked for its end now and then, so that none stays a zombie."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What the last upkeep has left, and what went wrong with it."""

    packs: int = 0
    loose: int = 0
    problem: str = ""


def is_due(git: Git) -> bool:
    """Whether enough has come since the last upkeep: the names in two folders are looked at."""
    last, now = _read(git), _count(git)
    return now.packs >= last.packs + PACKS or now.loose >= last.loose + LOOSE


def wake(git: Git) -> None:
    """Start the upkeep apart from this command, unless it is at work already."""
    for child in _started:
        child.poll()
    lock = _take(git)
    if lock is None:
        return
    try:
        with _file(git, "upkeep.errors").open("wb") as errors:
            _started.append(
                subprocess.Popen(
                    [sys.executable, "-P", "-m", __name__, str(git.git_dir), str(lock)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    pass_fds=(lock,),
                    start_new_session=True,
                )
            )
    finally:
        os.close(lock)


def run(git: Git) -> str:
    """Do the upkeep here and now. Returns what went wrong; waits for one that is at work."""
    with _waited_for(git) as lock:
        return _run(git, lock)


def problem(git: Git) -> str:
    """What went wrong with the last upkeep; empty if nothing did."""
    try:
        crashed = _file(git, "upkeep.errors").read_text("utf-8", "replace").strip()
    except FileNotFoundError:
        crashed = ""
    return crashed.splitlines()[-1] if crashed else _read(git).problem


def _run(git: Git, lock: int) -> str:
    """The work itself, by whoever holds the lock."""
    held = git.holding(lock)
    told = ""
    if os.fstat(lock).st_size:
        _clear_up(git)
    os.write(lock, b"at work\n")
    try:
        if not _is_refused(held) and not _is_packed_elsewhere(git):
            _forget_drafts(git)
            _keep(held)
    except (ClareError, OSError) as failed:
        told = str(failed)
    _write(git, Remains(**{**asdict(_count(git)), "problem": told}))
    _file(git, "upkeep.errors").unlink(missing_ok=True)
    os.ftruncate(lock, 0)
    return told


def _keep(git: Git) -> None:
    if packs.is_joined_by_git(git):
        git.run("maintenance", "run", "--auto", "--quiet")
        return
    shape = git.text("rev-parse", "--show-object-format")
    with suppress(FileNotFoundError):  # somebody's gc has packed meanwhile what was to be packed
        packs.join(git, hash_bytes=20 if shape == "sha1" else 32)
    # Paths in the graph make `git log -- PATH` fast; layers are joined like packs.
    git.run("commit-graph", "write", "--reachable", "--split", "--changed-paths")


def _is_refused(git: Git) -> bool:
    """Whether the user has told git to leave this repository as it is."""
    auto = git.text("config", "--type=bool", "maintenance.auto", allow=(0, 1))
    precious = git.text("config", "--type=bool", "extensions.preciousObjects", allow=(0, 1))
    return auto == "false" or precious == "true"


def _is_packed_elsewhere(git: Git) -> bool:
    """Whether git's own upkeep is at work here; what is due stays due."""
    notes = (git.git_dir / "gc.pid", git.git_dir / "objects" / "maintenance.lock")
    return any(_age(note) < DAY for note in notes)


def _clear_up(git: Git) -> None:
    """Remove the locks that the git of a killed upkeep has left."""
    info = git.git_dir / "objects" / "info"
    clear_left_locks(
        [info / "commit-graphs" / "commit-graph-chain.lock", info / "commit-graph.lock"]
    )


def _forget_drafts(git: Git) -> None:
    """Remove what killed git processes have left: half a pack, an object or a graph."""
    objects = git.git_dir / "objects"
    drafts = ("pack/tmp_*", "??/tmp_obj_*", "info/commit-graphs/tmp_*")
    for path in (path for pattern in drafts for path in objects.glob(pattern)):
        if _age(path) > DAY:  # others, as a fetch, may be at work on theirs
            path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _count(git: Git) -> Remains:
    objects = git.git_dir / "objects"
    found = sum(name.endswith(".pack") for name in _names(objects / "pack"))
    return Remains(found, len(_names(objects / "17")))


def _names(folder: Path) -> list[str]:
    with suppress(FileNotFoundError):
        return os.listdir(folder)
    return []


def _read(git: Git) -> Remains:
    try:
        found = json.loads(_file(git, "upkeep.json").read_text("utf-8"))
        return Remains(int(found["packs"]), int(found["loose"]), str(found["problem"]))
    except FileNotFoundError:
        return Remains()
    except (ValueError, KeyError, TypeError):
        return Remains(problem="what the last upkeep has noted cannot be read")


def _write(git: Git, kept: Remains) -> None:
    draft = _file(git, f"upkeep.{os.urandom(4).hex()}")
    draft.write_text(json.dumps(asdict(kept)), "utf-8")
    os.replace(draft, _file(git, "upkeep.json"))


def _take(git: Git) -> int | None:
    """The lock as an open descriptor; None if an upkeep is at work."""
    descriptor = _opened(git)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def _waited_for(git: Git) -> Iterator[int]:
    descriptor = _opened(git)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _opened(git: Git) -> int:
    path = _file(git, "upkeep.lock")
    path.parent.mkdir(exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)


def _file(git: Git, name: str) -> Path:
    return git.git_dir / "clare" / name


def main(folder: str, lock: str) -> None:
    """The process apart: by the git directory and the lock that it inherits; in nobody's way."""
    os.nice(10)
    _run(Git(Path(folder)), int(lock))


if __name__ == "__main__":
    main(*sys.argv[1:])
