"""The projection as it was kept, with what has changed since: read where it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from clare.fleet import Fleet
from clare.names import task_key
from clare.packing import unpack
from clare.state import Entity
from clare.store.snapshot import Changed, Content, Damaged, Facts, Source, place_of
from clare.table import Row, Table

if TYPE_CHECKING:
    from clare.events.event import Event


class Base:
    """A whole projection as a file has it; where that is damaged, as it is read anew."""

    def __init__(self, source: Source, read_anew: Callable[[], Content], checksum: int = 0) -> None:
        self.source = source
        self.checksum = checksum
        self._read_anew = read_anew

    @property
    def facts(self) -> Facts:
        """What was known of the board."""
        return self.source.facts

    def column(self, name: str) -> list[object]:
        """A column of the table of tasks."""
        try:
            return self.source.column(name)
        except Damaged:
            return self._mended().column(name)

    def known(self, name: str) -> object:
        """What was worked out of the rows and kept with them; None if it was not."""
        try:
            return self.source.known(name)
        except Damaged:
            return self._mended().known(name)

    def packed(self, place: int) -> bytes:
        """An entity's state."""
        try:
            return self.source.packed(place)
        except Damaged:
            return self._mended().packed(place)

    def _mended(self) -> Source:
        self.source, self.checksum = self._read_anew(), 0
        return self.source


class Entities(Mapping[str, Entity]):
    """The states of all entities, each unpacked when it is asked for; keys come sorted."""

    def __init__(self, kept: "Kept") -> None:
        self.kept = kept
        self._base = kept.base
        self._changed = kept.changed
        self._made: dict[str, Entity] = {}

    def __getitem__(self, key: str) -> Entity:
        if key not in self._made:
            self._made[key] = unpack(self.packed(key))
        return self._made[key]

    def packed(self, key: str) -> bytes:
        """An entity's state as it is kept. Raises KeyError."""
        if key in self._changed:
            state = self._changed[key][1]
        else:
            place = place_of(self._base, key)
            state = None if place is None else self._base.packed(place)
        if state is None:
            raise KeyError(key)
        return state

    def __contains__(self, key: object) -> bool:
        if key in self._changed:
            return self._changed[str(key)][1] is not None
        return isinstance(key, str) and place_of(self._base, key) is not None

    @cached_property
    def _keys(self) -> list[str]:
        tasks = (task_key(str(task)) for task in self._base.column("id"))
        kept = {key for key in (*tasks, *self._base.facts.others) if key not in self._changed}
        return sorted(kept.union(key for key, (_, state) in self._changed.items() if state))

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Kept:
    """A projection: a base, what differs from it by key, and the facts that hold now."""

    def __init__(self, base: Base, facts: Facts, changed: Changed) -> None:
        self.base = base
        self.facts = facts
        self.changed = changed

    @classmethod
    def whole(cls, content: Content) -> "Kept":
        """A projection that was just read."""
        return cls(Base(content, lambda: content), content.facts, {})

    def with_changed(self, facts: Facts, changed: Changed) -> "Kept":
        """The same with more changes."""
        return Kept(self.base, facts, {**self.changed, **changed})

    @cached_property
    def entities(self) -> Entities:
        return Entities(self)

    @cached_property
    def table(self) -> Table:
        rows: dict[str, Row | None] = {key: row for key, (row, _) in self.changed.items()}
        base = self.base
        return Table(base.column, others=self.facts.others, changed=rows, kept=base.known)

    def fleet(self, events: "Mapping[str, tuple[Event, ...]]") -> Fleet:
        """The board as views ask it; `events` are those of its entities."""
        facts = self.facts
        return Fleet(
            self.entities, events, facts.findings, facts.manifest, facts.commit, self.table
        )

    def content(self) -> Content:
        """Everything as one, to be a base."""
        table = self.table
        order = sorted(range(len(table.id)), key=table.id.__getitem__)
        columns: dict[str, list[object]] = {}
        for name in Row._fields:
            column = table.column(name)
            columns[name] = [column[place] for place in order]
        keys = [*(task_key(table.id[place]) for place in order), *self.facts.others]
        return Content(self.facts, columns, [self.entities.packed(key) for key in keys])
