"""Moving the board branch: compare and swap, with every working tree that has it checked out.

The order is: journal, index locks, ref, files and index, unlock. A kill at any point leaves the old
state or the new one, and a journal by which the next command brings the rest.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from clare.errors import ClareError
from clare.store.changes import empty_tree
from clare.store.commit import Change
from clare.store.git import Git, GitFailed
from clare.store.interrupted import journal_folder
from clare.store.journal import Journal, Move, forget, interrupted, opened
from clare.store.locks import clear_left_locks
from clare.store.pause import pause
from clare.store.worktree import (
    check_not_rebased,
    checked_out,
    follow,
    lock_index,
    regain_lock,
    stands_on,
    unlock_index,
    wait_for_checkouts,
)

BUSY_WAIT = 5.0
"""Seconds to wait for a ref lock that somebody else holds."""


class BranchMoved(Exception):
    """The branch is not where the decision was made: decide again."""


def move_branch(
    git: Git, ref: str, *, old: str | None, new: str, fresh: Sequence[Change] = ()
) -> str:
    """Move a branch from exactly `old` (None: it must not exist) to `new`.

    `fresh` are the changes between the two where all of them are new files, which saves to look.
    Returns a note where the branch moved and a working tree could not follow yet. Raises BranchMoved
    if the branch is elsewhere, ClareError if a working tree's index stays locked, or if the branch is
    being rebased.
    """
    check_not_rebased(git, ref)
    try:
        _move(git, ref, old, new, fresh)
    except _Behind as behind:
        return f"saved, but the files could not follow: {behind}; the next command brings them"
    return ""


class _Behind(Exception):
    """The branch has moved and its journal stays: what is missing is brought later."""


def _move(git: Git, ref: str, old: str | None, new: str, fresh: Sequence[Change]) -> None:
    move = Move(ref, old or empty_tree(new), new, checked_out(git, ref))
    with opened(journal_folder(git), move) as journal:
        held = git.holding(journal.descriptor)
        with _index_locks(held, journal):
            _swap(held, ref, old or "", new)
            try:
                for tree in move.worktrees:
                    follow(held, tree, journal, fresh=fresh)
            except (ClareError, OSError) as problem:
                raise _Behind(str(problem)) from problem


@contextmanager
def _index_locks(git: Git, journal: Journal) -> Iterator[None]:
    """Hold every index while the branch moves; when it does not move, leave nothing."""
    trees = journal.move.worktrees
    try:
        for tree in trees:
            lock_index(tree, journal, recover=lambda: recover(git))
        wait_for_checkouts(git, trees)
        if checked_out(git, journal.move.ref) != trees:
            raise BranchMoved(journal.move.ref)
        yield
    except BaseException:  # also an interrupt: what was locked must not stay so
        if not _has_moved(git, journal.move):
            for tree in trees:
                unlock_index(tree, journal)
            forget(journal.path)
        raise
    for tree in trees:
        unlock_index(tree, journal)


def _swap(git: Git, ref: str, old: str, new: str) -> None:
    """`update-ref` with the old value as condition (empty: no such ref yet).

    Waits while another process holds the lock.
    """
    deadline = time.monotonic() + BUSY_WAIT
    while True:
        try:
            git.run("update-ref", "-m", "clare", ref, new, old)
            return
        except GitFailed as failed:
            current = git.resolve(ref)
            if (current or "") != old:
                raise BranchMoved(ref) from None
            if "File exists" not in failed.text or time.monotonic() > deadline:
                raise
        recover(git)
        pause(0.005, 0.05)


def recover(git: Git) -> None:
    """Finish, or forget, what a killed command began; what cannot be finished stays `behind`."""
    for journal in interrupted(journal_folder(git)):
        with suppress(ClareError, OSError):  # told by doctor, tried again by the next command
            _recover(git, journal)


def behind(git: Git) -> bool:
    """Whether a working tree waits for what the branch has already."""
    return any(journal_folder(git).glob("*.json"))


def _recover(git: Git, journal: Journal) -> None:
    _clear_ref_locks(git, journal.move)
    if not _has_moved(git, journal.move) or _brought_home(git, journal):
        for tree in journal.move.worktrees:
            unlock_index(tree, journal)
        forget(journal.path)


def _brought_home(git: Git, journal: Journal) -> bool:
    """Bring an interrupted move into its working trees; False if one is busy, so try again later."""
    held = git.holding(journal.descriptor)
    for tree in journal.move.worktrees:
        if stands_on(tree, journal.move.ref):
            if not regain_lock(tree, journal):
                return False
            follow(held, tree, journal, again=True)
        unlock_index(tree, journal)
    return True


def _has_moved(git: Git, move: Move) -> bool:
    current = git.resolve(move.ref)
    return (
        current is not None
        and git.resolve(move.new) is not None
        and git.is_ancestor(move.new, current)
    )


def _clear_ref_locks(git: Git, move: Move) -> None:
    """Remove the locks that the killed command's git left on the ref; its processes have ended."""
    folders = [git.git_dir, *(Path(tree.git_dir) for tree in move.worktrees)]
    clear_left_locks([git.git_dir / f"{move.ref}.lock", *(f / "HEAD.lock" for f in folders)])
