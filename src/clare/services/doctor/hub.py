"""What can be wrong with the hub. It is asked for its tip; nothing is written there."""

from collections.abc import Callable, Iterator

from clare import names
from clare.clock import MINUTE, SECOND, show_instant
from clare.errors import ClareError
from clare.fleet import Fleet
from clare.services.way import check_way
from clare.store import background, health, remote
from clare.store.board import Board
from clare.store.freshness import unpublished
from clare.store.health import Answer
from clare.store.place import manifest_of
from clare.store.sync import Hub
from clare.store.tree import MANIFEST, holds_board
from clare.views import troubles
from clare.views.story import counted
from clare.views.troubles import Diagnosis

Told = Callable[[str], None] | None


def check(board: Board, fleet: Fleet, told: Told) -> Iterator[Diagnosis]:
    """Everything about the hub that the fleet names."""
    url = fleet.manifest.hub
    if not url:
        yield from _without(fleet)
        return
    if not board.place.branch:
        return
    shown = remote.shown(url)
    if remote.holds_password(url):
        yield Diagnosis(troubles.PASSWORD, MANIFEST, f"the hub's address {shown} holds a password")
    count = unpublished(board, fleet) or 0
    since = _since(board, fleet) if count else 0
    if count and board.now() - since > MINUTE:  # what was just written may be on its way
        problem = f"{counted(count, 'commit')} unpublished, the oldest of {show_instant(since)}"
        yield Diagnosis(troubles.UNPUBLISHED, f"branch {board.place.branch}", problem)
    failed = background.failed(board.git).problem
    if failed:
        yield Diagnosis(troubles.PUBLISH_FAILED, shown, failed)
    if told:
        told(f"asking {shown}")
    yield from _asked(board, fleet, count)


def _without(fleet: Fleet) -> Iterator[Diagnosis]:
    claims = (e for found in fleet.events.values() for e in found if e.effect.lease)
    hosts = {names.host_of(event.id) for event in claims}
    if len(hosts) > 1:
        problem = f"names no hub, and {counted(len(hosts), 'host')} claim tasks here"
        yield Diagnosis(troubles.SEVERAL_NO_HUB, MANIFEST, problem)


def _since(board: Board, fleet: Fleet) -> int:
    """When the oldest commit was made that the hub is not known to have, in ms.

    Now, if a publisher has brought it the last one meanwhile.
    """
    known = board.git.resolve(Hub(board, fleet.manifest.hub).known)
    excluded = (f"^{known}",) if known else ()
    dates = board.git.text(
        "rev-list", "--format=%ct", "--no-commit-header", fleet.commit, *excluded
    )
    return min(map(int, dates.split()), default=board.now() // SECOND) * SECOND


def _asked(board: Board, fleet: Fleet, count: int) -> Iterator[Diagnosis]:
    git, url, branch = board.git, fleet.manifest.hub, board.place.branch
    shown = remote.shown(url)
    try:
        check_way(url)
        answer = health.ask(git, url, branch)
    except ClareError as problem:
        yield Diagnosis(troubles.UNREACHABLE, shown, problem.message, problem.hint)
        return
    if answer.problem:
        yield Diagnosis(troubles.UNREACHABLE, shown, answer.problem)
        return
    known = git.resolve(Hub(board, url).known)
    if known and not (answer.tip and git.is_ancestor(known, answer.tip)):
        yield Diagnosis(troubles.REWOUND, shown, f"no longer has {known[:10]}, which it had")
        return
    yield from _content(board, fleet, answer)
    fits = answer.tip is None or git.is_ancestor(answer.tip, fleet.commit)
    words = health.refusal(git, url, branch, fleet.commit) if count and fits else ""
    if words:
        yield Diagnosis(troubles.REFUSES, shown, words)


def _content(board: Board, fleet: Fleet, answer: Answer) -> Iterator[Diagnosis]:
    """Whether what lies there is this board, and still says that this is its hub."""
    git, url, tip = board.git, fleet.manifest.hub, answer.tip
    shown = remote.shown(url)
    if tip is None:
        return
    if not holds_board(git, tip):
        yield Diagnosis(troubles.NOT_OURS, shown, f"its branch has no {MANIFEST}")
        return
    if git.run("merge-base", tip, fleet.commit, allow=(0, 1)).returncode:
        yield Diagnosis(troubles.NOT_OURS, shown, "its board has no history in common with this")
        return
    try:
        there = manifest_of(git, tip).hub
    except ClareError as unreadable:
        yield Diagnosis(troubles.NOT_OURS, shown, unreadable.message, unreadable.hint)
        return
    if there != url:
        problem = f"says that the fleet's hub is now {remote.shown(there) or 'none'}"
        yield Diagnosis(troubles.OTHER_HUB, shown, problem)
