"""How fresh a clone's view of the hub is, and how much waits to be published. Asks no hub."""

import os

from clare import names
from clare.fleet import Fleet
from clare.store.board import Board
from clare.store.git import Git
from clare.store.refs import commit_of


def known_ref(board: Board, url: str) -> str:
    """The ref that remembers where a hub was when last seen."""
    return f"refs/clare/hub/{names.derived(url, length=8)}/{board.place.branch}"


def unpublished(board: Board, fleet: Fleet) -> int | None:
    """How many commits here the hub has not been seen to have; None without a hub."""
    if not fleet.manifest.hub:
        return None
    known = commit_of(board.git, known_ref(board, fleet.manifest.hub))
    if known == fleet.commit:
        return 0
    excluded = (f"^{known}",) if known else ()
    return int(board.git.text("rev-list", "--count", fleet.commit, *excluded))


def fetched_at(board: Board) -> int | None:
    """When the hub was last asked, in ms; None if never."""
    try:
        return os.stat(fetched(board.git)).st_mtime_ns // 1_000_000
    except FileNotFoundError:
        return None


def fetched(git: Git) -> str:
    """The file whose time is that of the last exchange with the hub."""
    return git.inside("clare/fetched")
