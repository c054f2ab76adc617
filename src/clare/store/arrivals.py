"""What other hosts have sent to a board that is checked out here, until the next command takes it in.

Git does not let them move a branch that lies open in a folder, so they leave their events beside it.
"""

import os

from clare.errors import ClareError
from clare.store.board import Board
from clare.store.changes import differences, is_event_path
from clare.store.move import recover
from clare.store.sent import FROM
from clare.store.sync import take_in
from clare.store.worktree import checked_out


def take(board: Board) -> list[tuple[str, str]]:
    """Join what was sent into the branch. Returns the hosts whose events cannot be joined, and why not.

    Those stay, and are tried again by the next command.
    """
    recover(board.git)
    failed: list[tuple[str, str]] = []
    for ref, commit in _sent(board):
        try:
            _check(board, commit)
            take_in(board, commit)
        except (ClareError, OSError) as problem:
            failed.append((ref.removeprefix(f"{FROM}/").partition("/")[0], str(problem)))
        else:
            # Where it has moved meanwhile it stays, for the next command.
            board.git.run("update-ref", "-d", ref, commit, allow=(0, 1, 128))
    return failed


def _check(board: Board, commit: str) -> None:
    """Raise ClareError unless a commit brings events alone: what else a push brings, git refused."""
    git = board.git
    base = git.text("merge-base", board.tip()[0], commit, allow=(0, 1)).partition("\n")[0]
    for apart in differences(git, base, commit) if base else ():
        if not (apart.is_added and is_event_path(apart.path)):
            what = f"it is more than new events: {apart.path}"
            raise ClareError(f"{what}; look at it, and merge it with git if it is meant")
    for tree in checked_out(git, board.ref):
        if os.path.exists(os.path.join(tree.git_dir, "index.lock")):
            raise ClareError(f"{tree.top} is busy: its index is locked")


def _sent(board: Board) -> list[tuple[str, str]]:
    """The refs that were sent for this branch, each with its commit."""
    pattern = f"{FROM}/*/*/{board.place.branch}"
    listed = board.git.text("for-each-ref", "--format=%(refname) %(objectname)", pattern)
    return [(ref, commit) for ref, commit in (line.split(" ") for line in listed.splitlines())]
