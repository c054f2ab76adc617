"""What lies in the tree of a board: its files, and the two that have a meaning of their own."""

from dataclasses import dataclass

from clare.names import key_of_folder

MANIFEST = "fleet/fleet.yaml"
ATTRIBUTES = "fleet/.gitattributes"


@dataclass(frozen=True, slots=True)
class Entry:
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
