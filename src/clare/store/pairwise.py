"""Carrying events between this clone and one on another host: no hub, and either may begin."""

from dataclasses import dataclass

from clare.errors import Unpublished
from clare.store import remote, writing
from clare.store.arrivals import FROM
from clare.store.board import Board
from clare.store.commit import released
from clare.store.merge import GIVEN, waiting
from clare.store.remote import Pushed
from clare.store.sync import attempts, events_between, line, take_in


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What an exchange did: events that came, commits that went, and the tip here.

    They wait `beside` the board there if it is checked out, until a command there takes them in.
    """

    received: int
    sent: int
    commit: str
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """A clone of this board on another host."""

    board: Board
    host: str
    url: str

    @property
    def known(self) -> str:
        """The ref that remembers what that host has."""
        return f"{GIVEN}/{self.host}/{self.board.place.branch}"

    @property
    def mark(self) -> str:
        """The ref by which it remembers what we have."""
        return f"{GIVEN}/{self.board.host}/{self.board.place.branch}"

    def fetch(self) -> str | None:
        """Its tip, None if it has no board yet. Raises Unreachable."""
        return remote.fetch(self.board.git, self.url, self.board.place.branch, self.known)

    def send(self, commit: str, before: str | None) -> bool | None:
        """Send a commit that contains `before`: whether its branch has it, or it waits beside.

        None if somebody else was first. Raises Unpublished.
        """
        git, branch = self.board.git, self.board.place.branch
        outcome, words = remote.push(git, self.url, branch, commit, also=[f"+{commit}:{self.mark}"])
        if outcome is Pushed.ACCEPTED:
            return True
        tip = self.fetch()
        if tip and git.is_ancestor(commit, tip):
            return True
        if tip != before or remote.is_busy(words):
            return None
        if outcome is Pushed.BROKEN:
            raise Unpublished(f"{self.host}: {words}", hint=f"`clare sync {self.host}` tries again")
        return not self._leave_beside(commit, words)

    def _leave_beside(self, commit: str, words: str) -> bool:
        """Leave a commit where its next command takes it in. Raises Unpublished if refused."""
        ref = f"{FROM}/{self.board.host}/{self.board.place.branch}"
        outcome, _ = remote.push(self.board.git, self.url, "", commit, also=[f"+{commit}:{ref}"])
        if outcome is not Pushed.ACCEPTED:
            raise remote.refused(self.url, words)
        return True


def exchange(board: Board, host: str, url: str) -> Exchanged:
    """Bring what another host has, and give it what is here; both have the same events afterwards.

    Raises Unpublished if it cannot be reached or refuses, ClareError if the two cannot be joined.
    """
    board.catch_up()
    peer = Peer(board, host, url)
    with line(board.git, [peer.known]), released(board.git):
        start, before = board.git.resolve(board.ref), board.git.resolve(peer.known)
        for _ in attempts():
            tip = peer.fetch()
            ours = take_in(board, tip)
            if ours == tip == before:
                return Exchanged(0, 0, ours)
            sent = peer.send(ours, tip)
            if sent is None:
                continue
            if sent:
                board.git.run("update-ref", peer.known, ours)
            writing.tidy(board)
            new = len(waiting(board.git, ours, tip)) if ours != tip else 0
            return Exchanged(events_between(board, start, tip), new, ours, beside=not sent)
    raise Unpublished(f"{host} stayed busy; yours is saved here", hint=f"clare sync {host}")
