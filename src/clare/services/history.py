"""The history of a board, of which only as much is read as is shown."""

from clare.fleet import Fleet
from clare.store.board import Board
from clare.store.events import prefetch
from clare.store.tree import newest
from clare.views.log import Line, everything


def newest_lines(board: Board, fleet: Fleet, limit: int | None) -> list[Line]:
    """The newest events of all entities, at least so many if there are, oldest first.

    The names of files tell which entities they are of, unless files cannot be read.
    """
    if limit is not None:
        keys = [key for key in newest(board.git, fleet.commit, limit) if key in fleet.events]
        prefetch(fleet.events, keys)
        lines = everything(fleet, keys)
        if len(lines) >= limit and not fleet.findings:
            return lines
    return everything(board.read_whole(fleet.commit))
