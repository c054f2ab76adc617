"""The events of a board at a commit, read when somebody asks for them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from clare.store.git import Git

if TYPE_CHECKING:
    from clare.events.event import Event


def prefetch(events: "Mapping[str, tuple[Event, ...]]", keys: Iterable[str]) -> None:
    """Have the events of these entities read at once, where they are read when asked for."""
    if isinstance(events, Events):
        events.prefetch(keys)


class Events(Mapping[str, "tuple[Event, ...]"]):
    """The events of each entity by id; whoever goes through all of them has all read at once."""

    def __init__(self, git: Git, commit: str, keys: Mapping[str, object]) -> None:
        self._git = git
        self._commit = commit
        self._keys = keys
        self._read: dict[str, tuple[Event, ...]] = {}
        self._is_whole = False

    def __getitem__(self, key: str) -> "tuple[Event, ...]":
        if key not in self._keys:
            raise KeyError(key)
        if key not in self._read:
            self.prefetch([key])
        return self._read.get(key, ())

    def prefetch(self, keys: Iterable[str]) -> None:
        """Read the events of these entities at once."""
        from clare.store.objects import entries_of
        from clare.store.partial import fetch_missing
        from clare.store.read import read_entries

        wanted = [key for key in keys if key not in self._read and key in self._keys]
        if not wanted:
            return
        entries = entries_of(self._git, self._commit, wanted)
        fetch_missing(self._git, (entry.blob for entry in entries if entry.is_file))
        found = read_entries(self._git, entries).by_entity()
        self._read.update({key: found.get(key, ()) for key in wanted})

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        if not self._is_whole:
            from clare.store.read import list_tree, read_entries

            self._read = read_entries(self._git, list_tree(self._git, self._commit)).by_entity()
            self._is_whole = True
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._keys)
