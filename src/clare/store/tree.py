"""What lies in the tree of a board: its files, and the two that have a meaning of their own."""

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


def hosts(git: Git, commit: str) -> set[str]:
    """The hosts that have written the events of a board, as the names of their files tell."""
    listed = git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--", "fleet/")
    files = (path.rpartition("/")[2] for path in fields(listed.stdout))
    return {host_of(name.removesuffix(".yaml")) for name in files} - {""}


def holds_board(git: Git, rev: str) -> bool:
    """Whether there is a board at a revision; a revision that does not exist holds none."""
    return bool(git.text("ls-tree", "--name-only", rev, "--", MANIFEST, allow=(0, 128)))
