"""An event as the fold takes it: who, about what, having seen what, with which effect."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

Node = str | Sequence["Node"] | Mapping[str, "Node"]
"""What a file can hold: text, lists and maps."""


class Effect(NamedTuple):
    """What an event does to the state of its entity. All values are canonical text.

    `lease` (ms) makes it a claim; `hub` says that the hub accepted that claim. `ends` names claims,
    `retracts` events, `acknowledges` unreadable files.
    """

    creates: bool = False
    set: Mapping[str, str] = {}
    add: Mapping[str, tuple[str, ...]] = {}
    remove: Mapping[str, tuple[str, ...]] = {}
    comment: str | None = None
    lease: int | None = None
    hub: bool = False
    ends: tuple[str, ...] = ()
    retracts: tuple[str, ...] = ()
    acknowledges: tuple[str, ...] = ()


class Event(NamedTuple):
    """One immutable fact about one entity.

    `carried` names what this Clare does not know and keeps, `unfit` what it knows but cannot use.
    """

    id: str
    type: str
    by: str
    clone: str
    entity: str
    after: tuple[str, ...] = ()
    effect: Effect = Effect()
    carried: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()

    def names(self) -> Iterator[str]:
        """The events this one has seen directly: it names them. Itself does not count."""
        named = (*self.after, *self.effect.retracts, *self.effect.ends)
        return (other for other in named if other != self.id)
