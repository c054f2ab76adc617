"""What killed commands leave in the git directory: finding it, and removing what is Clare's and dead.

Whatever somebody may still be using stays: old means an hour, and a lock that is held is not left.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clare.store.background import PUBLISHERS
from clare.store.commit import forget_old_candidates
from clare.store.git import Git
from clare.store.housekeeping import FILES
from clare.store.interrupted import journal_folder
from clare.store.locks import clear_left_locks
from clare.store.texts import kept_texts

OLD = 3600.0
"""Seconds after which what a killed command left is taken away."""

SUSPECT = 60.0
"""Seconds after which a lock of git's is worth a word; an editor may keep it for longer."""

_KNOWN = frozenset(
    [
        *("cache", "clone.json", "fetched", "journal", "sync.lock", "turn.lock"),
        *(*PUBLISHERS, *FILES),
    ]
)
"""What Clare keeps in its folder of the git directory; who keeps more there names it here."""

_LOCKS = (
    "*.lock",
    "worktrees/*/*.lock",
    "refs/**/*.lock",
    "objects/*.lock",
    "objects/info/**/*.lock",
)


def folder_of(git: Git) -> Path:
    """Clare's folder in the git directory."""
    return git.git_dir / "clare"


def left_journals(git: Git) -> list[Path]:
    """The journals that no living command holds."""
    return [path for path in sorted(journal_folder(git).glob("*.json")) if _is_free(path)]


def left_locks(git: Git) -> tuple[list[Path], list[Path]]:
    """Locks that look left: those of git, and those that only Clare takes. Journals' are neither."""
    found = sorted({path for pattern in _LOCKS for path in git.git_dir.glob(pattern)})
    journals = {_inode(path) for path in journal_folder(git).glob("*.json")}
    left = [path for path in found if _age(path) > SUSPECT and _inode(path) not in journals]
    own = [path for path in left if path.is_relative_to(git.git_dir / "refs" / "clare")]
    return [p for p in left if p not in own], [p for p in own if _age(p) > OLD]


def left_candidates(git: Git) -> list[str]:
    """The refs that keep commits of commands that were killed an hour ago or longer."""
    listed = git.text("for-each-ref", "--format=%(refname) %(committerdate:unix)", "refs/clare/new")
    found = []
    for line in listed.splitlines():
        ref, _, made = line.partition(" ")
        loose = git.git_dir / ref
        age = _age(loose) if loose.exists() else time.time() - int(made or 0)
        if age > OLD:
            found.append(ref)
    return found


def left_drafts(git: Git) -> list[Path]:
    """Temporary files of Clare's that no command is writing any more."""
    journals = journal_folder(git)
    mine = [
        *_drafts(git),
        *folder_of(git).glob("cache/*.????????"),
        *(path for path in journals.glob("*") if not path.name.endswith(".json")),
        *git.git_dir.glob("fast_import_crash_*"),
    ]
    return sorted(
        path
        for path in mine
        if _age(path) > OLD and not (journals / f"{path.name.partition('.')[0]}.json").exists()
    )


def _drafts(git: Git) -> Iterator[Path]:
    """Files that are being written, to take the place of the real one at once."""
    for name in ("clone", "upkeep"):
        yield from folder_of(git).glob(f"{name}.????????")


def strange_files(git: Git) -> list[Path]:
    """What lies in Clare's folder and is no file that this Clare knows."""
    mine = {*_drafts(git), *kept_texts(git)}
    found = folder_of(git).iterdir() if folder_of(git).is_dir() else ()
    return sorted(path for path in found if path.name not in _KNOWN and path not in mine)


def remove_left(git: Git) -> None:
    """Remove candidates, drafts and locks of Clare's that are old and that nobody holds."""
    for ref in left_candidates(git):
        if not (git.git_dir / ref).exists():
            git.run("update-ref", "-d", ref)
    forget_old_candidates(git)
    for path in left_drafts(git):
        path.unlink(missing_ok=True)
    with _line_is_free(git) as free:
        if free:
            clear_left_locks(left_locks(git)[1])


@contextmanager
def _line_is_free(git: Git) -> Iterator[bool]:
    """Hold the line to the hub, if no other command does: only on it are refs of Clare's locked."""
    path = folder_of(git) / "sync.lock"
    path.parent.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _is_free(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _age(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def _inode(path: Path) -> tuple[int, int]:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return 0, 0
    return found.st_dev, found.st_ino
