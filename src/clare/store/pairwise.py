"""Carrying events between this clone and one on another host: no hub, and either may begin."""

from dataclasses import dataclass
from enum import Enum

from clare import names
from clare.errors import ClareError, Unpublished
from clare.store import remote, writing
from clare.store.board import Board
from clare.store.commit import released
from clare.store.merge import GIVEN, Unrelated
from clare.store.remote import Pushed, Unreachable
from clare.store.sent import FROM
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


class Sent(Enum):
    """Where a commit is that was sent."""

    ARRIVED = "on the branch"
    BESIDE = "beside the branch, which is checked out"
    OVERTAKEN = "nowhere, somebody else was first"


@dataclass(frozen=True, slots=True)
class Peer:
    """A clone of this board on another host."""

    board: Board
    host: str
    url: str

    @property
    def known(self) -> str:
        """The ref that remembers what that repository has."""
        return f"{GIVEN}/{names.derived(self.url, length=8)}/{self.board.place.branch}"

    @property
    def _left(self) -> str:
        """The ref that remembers what was left beside its branch."""
        return f"refs/clare/left/{names.derived(self.url, length=8)}/{self.board.place.branch}"

    def fetch(self) -> str | None:
        """Its tip, None if it is empty. Raises Unreachable, or ClareError if it holds something else."""
        git, branch = self.board.git, self.board.place.branch
        try:
            tip = remote.fetch(git, self.url, branch, self.known)
            others = [] if tip else remote.branches(git, self.url)
        except Unreachable as gone:
            raise Unreachable(gone.message, hint=self._hint(gone.message)) from None
        if others:
            raise ClareError(
                f"the repository of {self.host} has no branch {branch}, but {', '.join(others[:5])}",
                hint="name another path; or, if the board belongs there, "
                f"`git push {self.url} {branch}`",
            )
        return tip

    def _mark(self, commit: str) -> str:
        """What lets it know that we have a commit."""
        return f"+{commit}:{GIVEN}/{self.board.clone}/{self.board.place.branch}"

    def mark(self, tip: str) -> None:
        """Let it know what we are about to take in, so that nobody there makes it anew.

        What it refuses it refuses again when it is sent something, and that is told.
        """
        remote.push(self.board.git, self.url, self._mark(tip))

    def _hint(self, message: str) -> str:
        if ": no-repository: " in message:
            return f"make it there: git init --bare --initial-branch={self.board.place.branch} PATH"
        if ": refused: " in message:
            return "whoever runs that host lists the repository, or gives your key more rights"
        return (
            f"`rclaude doctor {self.host}` looks the way over, `clare sync {self.host}` tries again"
        )

    def send(self, commit: str, before: str | None) -> Sent:
        """Send a commit that contains `before`. Raises Unpublished, ClareError."""
        git, branch = self.board.git, self.board.place.branch
        refspec = f"{commit}:refs/heads/{branch}"
        outcome, words = remote.push(git, self.url, refspec, self._mark(commit))
        if outcome is Pushed.ACCEPTED:
            return Sent.ARRIVED
        tip = self.fetch()
        if tip and git.is_ancestor(commit, tip):
            return Sent.ARRIVED
        if tip != before or remote.is_busy(words):
            return Sent.OVERTAKEN
        if outcome is Pushed.BROKEN:
            raise Unpublished(f"{self.host}: {words}", hint=self._hint(words))
        if tip is None and "currently checked out" in words:
            raise ClareError(
                f"the empty repository of {self.host} takes no board: {words}",
                hint=f"make it one without files: git init --bare --initial-branch={branch} PATH",
            )
        return self._leave_beside(commit, words)

    def _leave_beside(self, commit: str, words: str) -> Sent:
        """Leave a commit where the next command there takes it in. Raises Unpublished if refused."""
        ref = f"{FROM}/{self.board.host}/{self.board.clone}/{self.board.place.branch}"
        outcome, why = remote.push(self.board.git, self.url, f"+{commit}:{ref}")
        if outcome is not Pushed.ACCEPTED:
            raise remote.refused(self.url, why or words)
        return Sent.BESIDE

    def note(self, commit: str, sent: Sent) -> int:
        """Note what it has now. Returns how many commits it did not have before."""
        git = self.board.git
        had = [tip for tip in (git.resolve(self.known), git.resolve(self._left)) if tip]
        git.run("update-ref", self.known if sent is Sent.ARRIVED else self._left, commit)
        return int(git.text("rev-list", "--count", commit, *(f"^{tip}" for tip in had)))


def exchange(board: Board, host: str, url: str) -> Exchanged:
    """Bring what another host has, and give it what is here; both have the same events afterwards.

    Raises Unpublished if it cannot be reached or refuses, ClareError if the two cannot be joined.
    """
    peer = Peer(board, host, url)
    with line(board.git, [peer.known]), released(board.git):
        start, before = board.git.resolve(board.ref), board.git.resolve(peer.known)
        for _ in attempts():
            tip = peer.fetch()
            if tip and tip not in (before, start):
                peer.mark(tip)
            ours = _joined(board, tip, host)
            if ours == tip == before:
                return Exchanged(events_between(board, start, tip), 0, ours)
            sent = peer.send(ours, tip)
            if sent is Sent.OVERTAKEN:
                continue
            new = peer.note(ours, sent)
            writing.tidy(board)
            received = events_between(board, start, tip)
            return Exchanged(received, new, ours, beside=sent is Sent.BESIDE)
    raise Unpublished(f"{host} stayed busy; yours is saved here", hint=f"clare sync {host}")


def _joined(board: Board, tip: str | None, host: str) -> str:
    try:
        return take_in(board, tip)
    except Unrelated as problem:
        raise ClareError(
            f"the repository of {host} holds another fleet: {problem}", hint="name another path"
        ) from None
