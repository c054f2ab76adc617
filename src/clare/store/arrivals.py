"""What other hosts have sent to a board that is checked out here, until the next command takes it in.

Git does not let them move a branch that lies open in a folder, so they leave their events beside it.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from clare.errors import ClareError
from clare.store.git import Git

if TYPE_CHECKING:
    from clare.store.board import Board

FROM = "refs/clare/from"
"""Below it each host has a ref for each branch."""


def have_come(git: Git) -> bool:
    """Whether something was sent, told at the price of a look for a folder."""
    return any(files for _, _, files in os.walk(git.inside(FROM)))


def take(board: "Board") -> None:
    """Join what was sent into the branch. Raises ClareError, also where it cannot be joined."""
    from clare.store.sync import take_in

    for ref, commit in _sent(board):
        take_in(board, commit)
        # Where it has moved meanwhile it stays, for the next command.
        board.git.run("update-ref", "-d", ref, commit, allow=(0, 1, 128))


def waiting(board: "Board") -> Iterator[tuple[str, str]]:
    """Which hosts have sent what cannot be taken in, and why not."""
    from clare.store.sync import take_in

    for ref, commit in _sent(board):
        try:
            take_in(board, commit)
        except (ClareError, OSError) as problem:
            yield ref.removeprefix(f"{FROM}/").partition("/")[0], str(problem)


def _sent(board: "Board") -> list[tuple[str, str]]:
    """The refs that hosts have sent, each with its commit."""
    pattern = f"{FROM}/*/{board.place.branch}"
    listed = board.git.text("for-each-ref", "--format=%(refname) %(objectname)", pattern)
    return [(ref, commit) for ref, commit in (line.split(" ") for line in listed.splitlines())]
