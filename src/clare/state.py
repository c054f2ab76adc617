"""What a fold leaves: the state of one entity, each value with the event that wrote it."""

from collections.abc import Mapping
from typing import NamedTuple, Never

from clare.clock import DRIFT

FOLD_VERSION = 2
"""Raised when the same events come to fold to another state; part of the state digest."""

STATUSES = ("idea", "open", "review", "done", "dropped")
PRIORITIES = ("P0", "P1", "P2", "P3", "P4")
"""The most urgent first."""

SETS = ("labels", "needs", "links")
FIELDS = (
    *("project", "title", "body", "type", "status", "priority", "labels", "needs", "parent"),
    *("links", "assignee", "pinned", "due", "defer_until", "repeat", "done_when", "close_reason"),
)
"""Every field and every set of a task, in the order in which all that lists them does so."""


def priority_of(text: str) -> str:
    """A priority as people write it: `P1`, `p1` or `1`. Raises ValueError."""
    found = f"P{text}" if text.isdigit() else text.upper()
    if found not in PRIORITIES:
        raise ValueError(f"{text[:_SHOWN]!r} is none of {', '.join(PRIORITIES)}")
    return found


_SHOWN = 60
"""Characters of a wrong one that an error repeats."""

DEFAULTS = {"status": "open", "priority": "P2", "type": "task", "pinned": "false"}
"""What a task's field counts as until it is written; every other one is empty."""


class Write(NamedTuple):
    """One value of a field, and who wrote it with which event."""

    event: str
    by: str
    value: str


class Comment(NamedTuple):
    """Something said about an entity."""

    event: str
    by: str
    text: str


class Claim(NamedTuple):
    """A hold on a task by one actor of one clone; `end` is when its lease ends, in ms."""

    event: str
    by: str
    clone: str
    end: int
    hub: bool

    def is_live(self, *, now: int) -> bool:
        """Whether the lease still counts at `now`, with grace for clocks that differ."""
        return now <= self.end + DRIFT

    def is_of(self, *, actor: str, clone: str) -> bool:
        """Whether this actor on this clone took it: ownership is both."""
        return (self.by, self.clone) == (actor, clone)


class Mark(NamedTuple):
    """Which event did something, and who."""

    event: str
    by: str


_NOTHING: Mapping[str, Never] = {}


class Entity(NamedTuple):
    """The state of one entity, a pure function of its set of events.

    `fields` holds each field's heads in ascending order of event id: the last one shows.
    `sets` holds, for each element, the adds that no remove has taken away.
    `heads` are the newest events, those that no other has seen: what a writer names in `after`.
    """

    key: str
    exists: bool = False
    fields: Mapping[str, tuple[Write, ...]] = _NOTHING
    sets: Mapping[str, Mapping[str, tuple[str, ...]]] = _NOTHING
    comments: tuple[Comment, ...] = ()
    claims: tuple[Claim, ...] = ()
    acknowledged: tuple[str, ...] = ()
    created: Mark | None = None
    updated: Mark | None = None
    heads: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()

    def write(self, name: str) -> Write | None:
        """The write of a field that shows: the head with the highest event id."""
        heads = self.fields.get(name)
        return heads[-1] if heads else None

    def value(self, name: str, default: str = "") -> str:
        """The value of a field that shows; empty counts as absent."""
        shown = self.write(name)
        return shown.value if shown and shown.value else default

    def elements(self, name: str) -> tuple[str, ...]:
        """The elements of a set, sorted."""
        return tuple(sorted(self.sets.get(name, ())))

    @property
    def contested(self) -> tuple[str, ...]:
        """The fields with more than one value among their heads."""
        return tuple(
            sorted(name for name, heads in self.fields.items() if len({h.value for h in heads}) > 1)
        )

    def holder(self, *, now: int) -> Claim | None:
        """Who holds the task at `now`: the hub's word first, then the lowest event id."""
        return next((claim for claim in self.claims if claim.is_live(now=now)), None)
