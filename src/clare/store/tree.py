"""What lies in the tree of a board: its files, and the two that have a meaning of their own."""

from collections.abc import Iterator
from typing import NamedTuple

from clare.names import host_of, key_of_folder
from clare.store.git import Git, fields

MANIFEST = "fleet/fleet.yaml"
ATTRIBUTES = "fleet/.gitattributes"


class Entry(NamedTuple):
    """One file of a tree."""

    mode: str
    blob: str
    path: str

    @property
    def is_file(self) -> bool:
        """Whether it has contents to be read: no link, no submodule."""
        return self.mode in ("100644", "100755")

    @property
    def entity(self) -> str:
        """The key of the entity whose folder it lies in; empty if that is none's."""
        return key_of_folder(self.path.rpartition("/")[0]) or ""


def newest(git: Git, commit: str, number: int) -> set[str]:
    """The keys of the entities that have the newest events, as the names of their files tell."""
    from heapq import nlargest

    found = (Entry("", "", path) for path in _names(git, commit))
    events = [(entry.path.rpartition("/")[2], entry.entity) for entry in found if entry.entity]
    return {entity for _, entity in nlargest(number, events)}


def hosts(git: Git, commit: str) -> set[str]:
    """The hosts that have written the events of a board, as the names of their files tell."""
    files = (path.rpartition("/")[2] for path in _names(git, commit))
    return {host_of(name.removesuffix(".yaml")) for name in files} - {""}


def _names(git: Git, commit: str) -> Iterator[str]:
    words = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--", "fleet/")
    return fields(git.run(*words).stdout)


def holds_board(git: Git, rev: str) -> bool:
    """Whether there is a board at a revision; a revision that does not exist holds none."""
    return bool(git.text("ls-tree", "--name-only", rev, "--", MANIFEST, allow=(0, 128)))
