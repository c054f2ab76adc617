"""Carrying events between this clone and the hub, and winning claims there."""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from clare.clock import MINUTE
from clare.errors import ClareError, Unpublished, Unreadable
from clare.fleet import Fleet, Manifest
from clare.store import remote, writing
from clare.store.board import Board
from clare.store.changes import differences, is_event_path, is_taken
from clare.store.commit import released
from clare.store.freshness import fetched, known_ref
from clare.store.git import Git
from clare.store.locks import clear_left_locks
from clare.store.merge import check_publishable, integrate, waiting
from clare.store.move import BranchMoved, recover
from clare.store.pause import pause
from clare.store.place import manifest_of
from clare.store.remote import Pushed, Unreachable
from clare.store.tree import MANIFEST, holds_board
from clare.store.writing import Decide, Written

RETRY_FOR = 30.0
"""Seconds in which lost races are run again."""

CLAIM_WAIT = 5.0
"""Seconds that a claim waits for each answer of the hub."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did: events that came, commits that went, and the tip both have now."""

    received: int
    published: int
    commit: str


@dataclass(frozen=True, slots=True)
class Hub:
    """The remote that decides claims, for one board."""

    board: Board
    url: str
    within: float = remote.ANSWER_WITHIN

    @property
    def known(self) -> str:
        """The ref that remembers where this hub was when last seen."""
        return known_ref(self.board, self.url)

    @property
    def arriving(self) -> str:
        """The ref into which is fetched."""
        return f"refs/clare/arriving/{self.board.place.branch}"

    def fetch(self) -> str | None:
        """The hub's tip, None if it has no board yet.

        Raises Unreachable; Unreadable if the hub has lost what it had.
        """
        git, branch = self.board.git, self.board.place.branch
        before = git.resolve(self.known)
        tip = remote.fetch(git, self.url, branch, self.arriving, within=self.within)
        if before and (tip is None or not git.is_ancestor(before, tip)):
            raise Unreadable(
                f"the hub was rewound: it no longer has {before[:10]}, which it had",
                hint=f"put it back with `git push {remote.shown(self.url)} "
                f"{before[:10]}:refs/heads/{branch}`, or, if the loss is meant, forget it with "
                f"`git update-ref -d {self.known}`",
            )
        if tip and tip != before:
            self.remember(tip)
        Path(fetched(git)).touch()
        return tip

    def remember(self, commit: str) -> None:
        """Note that the hub has this commit."""
        self.board.git.run("update-ref", self.known, commit)
        Path(fetched(self.board.git)).touch()

    def push(self, commit: str, before: str | None) -> bool:
        """Push a commit that contains `before`. False if somebody else was first.

        After anything but plain success the hub itself is asked. Raises Unpublished.
        """
        git, branch = self.board.git, self.board.place.branch
        outcome, words = remote.push(
            git, self.url, f"{commit}:refs/heads/{branch}", within=self.within
        )
        if outcome is Pushed.ACCEPTED:
            with suppress(ClareError, OSError):  # else the next fetch remembers: it is published
                self.remember(commit)
            return True
        try:
            tip = self.fetch()
        except Unreachable as gone:
            raise LostAnswer(
                f"the answer to a push was lost, and {gone.message}",
                hint=_TOLD_NEXT,
            ) from None
        if tip and git.is_ancestor(commit, tip):
            return True
        if tip != before or remote.is_busy(words):
            return False
        if outcome is Pushed.BROKEN:
            raise LostAnswer(f"the answer to a push was lost: {words}", hint=_TOLD_NEXT)
        raise remote.refused(self.url, words)


_TOLD_NEXT = "it is not known to be taken: the next command tells"


class LostAnswer(Unpublished):
    """A push was sent and it is not known whether it arrived, or still will."""


def sync(board: Board, url: str, *, leaving: bool = False) -> Synced:
    """Bring what the hub has, and publish what waits here.

    `leaving` is for a hub that the fleet no longer names: it gets the commit that names the new one.
    Raises Unpublished if the hub is gone or refuses, Unreadable if it was rewound.
    """
    recover(board.git)
    hub = Hub(board, url)
    with line(board.git, [hub.known, hub.arriving]), released(board.git):
        start = board.git.resolve(board.ref)
        for _ in attempts():
            tip = hub.fetch()
            ours = take_in(board, tip)
            manifest = manifest_of(board.git, ours)
            if manifest.hub and not leaving:
                check_is_hub(manifest, url)
            published = len(waiting(board.git, ours, tip)) if ours != tip else 0
            if not published or hub.push(ours, tip):
                received = events_between(board, start, tip)
                writing.tidy(board)
                return Synced(received, published, ours)
    raise Unpublished("the hub stayed busy; yours is saved here", hint="`clare sync` tries again")


def publish(board: Board, url: str, decide: Decide) -> Written:
    """Decide on what the hub has, joined with what waits here, and win only if the hub accepts.

    The local branch moves after that, so a loser leaves nothing behind. A decision older than a
    minute is taken again. Raises what `decide` raises, and Unpublished if the hub cannot be asked.
    """
    recover(board.git)
    hub = Hub(board, url, within=CLAIM_WAIT)
    with line(board.git, [hub.known, hub.arriving]), released(board.git):
        problem = "nothing was taken"
        for _ in attempts():
            tip = _reached(hub, problem)
            fleet = board.read(take_in(board, tip), keep=True)
            check_is_hub(fleet.manifest, url)
            decided = board.now()
            written = writing.build(board, fleet, decide(fleet))
            if not written.commit:
                return written
            if not _won(hub, written, tip):
                continue
            notes = _bring_home(board, written.commit)
            writing.keep_written(board, fleet, written)
            writing.tidy(board)
            if board.now() - decided <= MINUTE:
                return replace(written, notes=notes)
            problem = "what it took over a minute ago may be over"
    raise Unpublished(f"the hub stayed busy; {problem}", hint="run the command again")


def check_is_hub(manifest: Manifest, url: str) -> None:
    """Raise Unpublished if the fleet, as just fetched, names another hub: only that one decides."""
    if manifest.hub != url:
        raise Unpublished(
            f"the fleet's hub is now {manifest.hub or 'none'}; nothing was published",
            hint="run the command again",
        )


def _reached(hub: Hub, problem: str) -> str | None:
    try:
        return hub.fetch()
    except Unreachable as gone:
        raise Unpublished(
            f"the hub is not reachable, {problem}: {gone.message}",
            hint="a claim needs the hub; try again when it is back",
        ) from None


def _won(hub: Hub, written: Written, tip: str | None) -> bool:
    try:
        return hub.push(written.commit, tip)
    except LostAnswer:
        raise
    except Unpublished as refused:
        raise Unpublished(f"nothing was taken: {refused.message}", hint=refused.hint) from None


def _bring_home(board: Board, commit: str) -> tuple[str, ...]:
    """Move the local branch to what the hub accepted; if it is busy, the next sync does."""
    try:
        take_in(board, commit)
    except (ClareError, OSError) as busy:
        return (f"the hub has it, this clone not yet: {busy}",)
    return ()


def take_in(board: Board, theirs: str | None) -> str:
    """Join another line of events into the local branch. Returns the branch's tip afterwards."""
    deadline = time.monotonic() + RETRY_FOR
    while time.monotonic() < deadline:
        ours, here = board.tip()
        if theirs is None:
            check_publishable(waiting(board.git, ours, None))
            return ours
        joined = integrate(board.git, ours, theirs, clone=board.clone)
        if joined == here:
            return joined
        _check_paths(board.git, ours, joined)
        _check_is_board(board.git, ours, joined)
        try:
            writing.move(board, ours, joined)
        except BranchMoved:
            continue
        return joined
    raise ClareError("others kept writing to this clone", hint="run the command again")


def _check_paths(git: Git, ours: str, joined: str) -> None:
    """Do not follow to paths that git itself takes into no index: no working tree could follow."""
    for apart in differences(git, ours, joined):
        if not is_taken(apart.path) and not apart.is_deleted:
            raise Unreadable(
                f"{joined[:10]} has the path {apart.path!r}, which git refuses; it is not followed",
                hint="whoever made that commit takes it back there",
            )


def _check_is_board(git: Git, ours: str, joined: str) -> None:
    """Do not follow to where `fleet.yaml` is gone or damaged: nobody could come back from there."""
    if not holds_board(git, ours):
        return
    if not holds_board(git, joined):
        raise Unreadable(
            f"the hub's {joined[:10]} has no {MANIFEST}; it is not followed",
            hint="put the file back there with git, then `clare sync`",
        )
    manifest_of(git, joined)


def events_between(board: Board, old: str | None, new: str | None) -> int:
    if not old or not new or old == new:
        return 0
    return sum(d.is_added and is_event_path(d.path) for d in differences(board.git, old, new))


def attempts() -> Iterator[int]:
    """Attempts until time is up, with pauses that grow and differ between clones."""
    deadline = time.monotonic() + RETRY_FOR
    number = 0
    while time.monotonic() < deadline:
        yield number
        pause(0, min(1.0, 0.02 * 2**number))
        number += 1


@contextmanager
def line(git: Git, refs: Sequence[str]) -> Iterator[None]:
    """One command of a clone at a time talks to others; the kernel ends a killed one's line.

    The locks that a killed one's git left on these refs are removed.
    """
    git_dir = git.git_dir
    (git_dir / "clare").mkdir(exist_ok=True)
    descriptor = os.open(git_dir / "clare" / "sync.lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _wait_for(descriptor)
        clear_left_locks([git_dir / f"{ref}.lock" for ref in refs])
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    deadline = time.monotonic() + RETRY_FOR
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Unpublished(
                    "another clare of this clone is exchanging events", hint="try again later"
                ) from None
        pause(0.005, 0.05)


def check_waiting(board: Board, fleet: Fleet) -> None:
    """Raise ClareError if what waits here is of a kind that is never published. Asks no hub."""
    if fleet.manifest.hub and board.place.branch:
        known = board.git.resolve(Hub(board, fleet.manifest.hub).known)
        check_publishable(waiting(board.git, fleet.commit, known))
