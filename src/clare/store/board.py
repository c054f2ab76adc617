"""A board that can be read: the only door of the services to the store; `writing` is the way out."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from clare.errors import ClareError
from clare.fleet import Fleet, Manifest
from clare.store import cache
from clare.store.cache import Progress, fleet_at
from clare.store.git import Git
from clare.store.interrupted import was_interrupted
from clare.store.place import Place, manifest_of
from clare.store.refs import commit_of
from clare.store.tree import MANIFEST

if TYPE_CHECKING:
    from clare.views.digest import Digest


class Board(NamedTuple):
    """A board at a place, used by an actor of a clone on a host, with a clock and randomness.

    `wake_publisher` is called when something was written, with what `fleet.yaml` says; it returns
    whether there is one to wake. `progress` says where to tell how far a long read is.
    """

    place: Place
    host: str
    actor: str
    clone: str
    now: Callable[[], int]
    bits: Callable[[int], int]
    wake_publisher: Callable[[Manifest], bool] = lambda _: False
    progress: Progress = nullcontext

    @property
    def git(self) -> Git:
        """The repository."""
        return self.place.git

    @property
    def ref(self) -> str:
        """The branch that is written."""
        return f"refs/heads/{self.place.branch}"

    def tip(self) -> tuple[str, str | None]:
        """The commit to read, and what the branch must be at when it moves (None: not there yet)."""
        local = commit_of(self.git, self.ref) if self.place.branch else None
        if local:
            return local, local
        found = commit_of(self.git, self.place.ref)
        if not found:
            raise ClareError(
                f"the branch {self.place.branch} is gone",
                hint="`clare join URL` brings it back from the hub",
            )
        return found, None

    def manifest(self) -> Manifest:
        """What `fleet.yaml` says now. Raises Unreadable if it cannot be read."""
        tip = self.tip()[0]
        known = cache.facts(self.git)
        if known and known.commit == tip and not any(f.path == MANIFEST for f in known.findings):
            return known.manifest
        return manifest_of(self.git, tip)

    def read(self, commit: str | None = None, *, keep: bool = False) -> Fleet:
        """The projection at a commit, or the newest one, once what a kill interrupted is mended.

        It is read from what was kept, as far as that goes. The newest is kept for the next who asks, and
        another one where it will be the newest.
        """
        if commit:
            return fleet_at(self.git, commit, keep=keep, progress=self.progress)
        if was_interrupted(self.git):
            from clare.store.move import recover

            recover(self.git)
        keep = bool(
            self.place.branch
        )  # where nothing may be written, nothing is left behind either
        return fleet_at(self.git, self.tip()[0], keep=keep, progress=self.progress)

    def read_whole(self, commit: str | None = None) -> Fleet:
        """The projection at a commit with all its events, read from the log alone."""
        from clare.store.read import read_board

        with self.progress() as told:
            return read_board(self.git, commit or self.tip()[0], told=told)

    def digest(self, commit: str | None = None) -> "Digest":
        """The digests of the board at a commit, from the log alone."""
        from clare.views.digest import digest

        fleet = self.read_whole(commit)
        return digest(fleet, files=self.git.text("rev-parse", f"{fleet.commit}:fleet"))
