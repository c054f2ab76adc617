"""The history in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass

from clare.clock import Stamp, show_instant
from clare.events.event import Event
from clare.fleet import Fleet
from clare.fold import history
from clare.names import host_of
from clare.views.story import sentence


@dataclass(frozen=True, slots=True)
class Line:
    """One event as a line of the log."""

    event: Event
    at: str
    host: str
    text: str


def story(fleet: Fleet, key: str) -> list[Line]:
    """One entity's history in causal order, oldest first."""
    return [_line(fleet, event) for event in history(fleet.events.get(key, ())).events]


def everything(fleet: Fleet, keys: Iterable[str] | None = None) -> list[Line]:
    """All events by stamp, oldest first; unless told of all entities."""
    events = (
        event for key in (fleet.events if keys is None else keys) for event in fleet.events[key]
    )
    return [_line(fleet, event) for event in sorted(events, key=lambda event: event.id)]


def _line(fleet: Fleet, event: Event) -> Line:
    at = show_instant(Stamp.of(event.id).ms)
    return Line(event, at, host_of(event.id), sentence(fleet, event))
