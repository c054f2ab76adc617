"""An event as the fold takes it: who, about what, having seen what, with which effect."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Node = str | Sequence["Node"] | Mapping[str, "Node"]
"""What a file can hold: text, lists and maps."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event does to the state of its entity. All values are canonical text.

    `lease` (ms) makes it a claim; `hub` says that the hub accepted that claim. `ends` names claims,
    `retracts` events, `acknowledges` unreadable files.
    """

    creates: bool = False
    set: Mapping[str, str] = field(default_factory=dict)
    add: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remove: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    comment: str | None = None
    lease: int | None = None
    hub: bool = False
    ends: tuple[str, ...] = ()
    retracts: tuple[str, ...] = ()
    acknowledges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One immutable fact about one entity.

    `carried` names what this Clare does not know and keeps, `unfit` what it knows but cannot use.
    """

    id: str
    type: str
    by: str
    clone: str
    entity: str
    after: tuple[str, ...] = ()
    effect: Effect = field(default_factory=Effect)
    carried: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()

    def names(self) -> Iterator[str]:
        """The events this one has seen directly: it names them. Itself does not count."""
        named = (*self.after, *self.effect.retracts, *self.effect.ends)
        return (other for other in named if other != self.id)
