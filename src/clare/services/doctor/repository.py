"""What can be wrong with the repository, and with Clare's own files in it."""

from collections.abc import Iterator
from pathlib import Path

from clare.errors import ClareError
from clare.fleet import Fleet
from clare.services.doctor.machine import can_be_written
from clare.store import arrivals, cache, health, housekeeping, upkeep
from clare.store.board import Board
from clare.store.commit import identity
from clare.store.move import behind
from clare.store.sent import have_come
from clare.store.setup import ATTRIBUTES_TEXT
from clare.store.tree import ATTRIBUTES
from clare.views import troubles
from clare.views.story import counted
from clare.views.troubles import Diagnosis


def check(board: Board) -> Iterator[Diagnosis]:
    """Everything about the repository that needs no look into the board."""
    git = board.git
    try:
        identity(git)
    except ClareError as problem:
        yield Diagnosis(troubles.NO_IDENTITY, "git", problem.message)
    if not can_be_written(upkeep.folder_of(git)):
        where = str(upkeep.folder_of(git))
        yield Diagnosis(troubles.CLARE_FOLDER_CLOSED, where, "cannot be written")
    if health.is_shallow(git):
        yield Diagnosis(troubles.SHALLOW, board.place.repository, "is a shallow clone")
    yield from _board_branch(board)
    yield from _left(board)


def _board_branch(board: Board) -> Iterator[Diagnosis]:
    """The branch as git sees it: its history, what is open on it, its files."""
    git, tip = board.git, board.tip()[0]
    lost = health.missing_object(git, tip)
    if lost:
        yield Diagnosis(troubles.OBJECTS_MISSING, f"branch {board.place.branch}", lost)
        return
    text = health.blob_text(git, tip, ATTRIBUTES)
    if text is None:
        yield Diagnosis(troubles.ATTRIBUTES, ATTRIBUTES, "is missing")
    elif ATTRIBUTES_TEXT.strip() not in text.splitlines():
        yield Diagnosis(troubles.ATTRIBUTES, ATTRIBUTES, "is not as Clare has written it")
    rebase = health.rebase_of(git, board.ref)
    if rebase:
        yield Diagnosis(troubles.REBASED, f"branch {board.place.branch}", rebase)
    for top, what in health.unfinished(git, board.ref):
        yield Diagnosis(troubles.UNFINISHED, top, f"{what} is open")
    for path in health.changed_line_ends(git, board.ref):
        yield Diagnosis(troubles.CRLF, path, "its lines end with \\r\\n on disk")


def _left(board: Board) -> Iterator[Diagnosis]:
    """What killed commands have left, of git and of Clare."""
    git = board.git
    journals = upkeep.left_journals(git)
    if journals:
        problem = f"{counted(len(journals), 'write')} killed in the middle"
        yield Diagnosis(troubles.JOURNAL_LEFT, str(journals[0].parent), problem)
    elif behind(git):
        problem = (
            "waits for events that the branch has; another command is at work, or it is locked"
        )
        yield Diagnosis(troubles.BEHIND, "working tree", problem)
    for host, problem in arrivals.take(board) if have_come(git) else ():
        yield Diagnosis(troubles.SENT_WAITS, f"what {host} sent", problem)
    locks, own = upkeep.left_locks(git)
    yield from (Diagnosis(troubles.LOCK_LEFT, str(path), "is held for minutes") for path in locks)
    yield from (Diagnosis(troubles.OWN_LOCK_LEFT, str(path), "is old") for path in own)
    candidates = upkeep.left_candidates(git)
    if candidates:
        problem = f"{counted(len(candidates), 'ref')} older than an hour"
        yield Diagnosis(troubles.CANDIDATES_LEFT, "refs/clare/new", problem)
    problem = housekeeping.problem(git)
    if problem:
        yield Diagnosis(troubles.UPKEEP_FAILED, str(git.git_dir), problem)


def check_cache(board: Board, fleet: Fleet) -> Iterator[Diagnosis]:
    """What lies in Clare's folder of the git directory and should not; `fleet` is what the log says."""
    wrong = cache.problem(board.git, fleet)
    if wrong:
        yield Diagnosis(troubles.CACHE_WRONG, _shown(board, cache.folder_of(board.git)), wrong)
    for path in upkeep.left_drafts(board.git):
        yield Diagnosis(troubles.DRAFTS_LEFT, _shown(board, path), "is older than an hour")
    for path in upkeep.strange_files(board.git):
        yield Diagnosis(troubles.STRANGE_FILE, _shown(board, path), "is not known here")


def _shown(board: Board, path: Path) -> str:
    return str(path.relative_to(board.git.git_dir.parent))
