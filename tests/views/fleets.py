"""Small fleets in plain values. A task's name is one letter of the alphabet of ids."""

from collections.abc import Iterable

from clare.clock import HOUR, Stamp, instant
from clare.events.event import Effect, Event
from clare.fleet import Fleet
from clare.fold import fold
from clare.names import base32, task_key

NOW = instant("2026-11-20T12:00:00Z")
MORNING = instant("2026-11-20T09:00:00Z")
CLONE = "4v0c7qk2"


def id_of(name: str) -> str:
    return name * 12


def key_of(name: str) -> str:
    return task_key(id_of(name))


def event(
    key: str,
    effect: Effect,
    *,
    at: int = MORNING,
    number: int = 0,
    by: str = "nat",
    host: str = "plum",
    clone: str = CLONE,
    after: tuple[str, ...] = (),
) -> Event:
    return Event(
        id=f"{Stamp(at)}-{host}-{base32(number, 8)}",
        type="task.edited",
        by=by,
        clone=clone,
        entity=key,
        after=after,
        effect=effect,
    )


def task(
    name: str,
    *,
    at: int = MORNING,
    needs: str = "",
    held_by: str = "",
    parent: str = "",
    **fields: str,
) -> list[Event]:
    """A task created at a time, needing others, held by somebody since an hour before now."""
    written = {"title": name, **fields}
    if parent:
        written["parent"] = id_of(parent)
    add = {"needs": tuple(map(id_of, needs))} if needs else {}
    created = event(key_of(name), Effect(creates=True, set=written, add=add), at=at)
    if not held_by:
        return [created]
    claim = Effect(lease=4 * HOUR)
    return [
        created,
        event(key_of(name), claim, at=NOW - HOUR, by=held_by, after=(created.id,)),
    ]


def fleet_of(*histories: Iterable[Event]) -> Fleet:
    events: dict[str, list[Event]] = {}
    for each in (event for history in histories for event in history):
        events.setdefault(each.entity, []).append(each)
    return Fleet(
        entities={key: fold(key, found) for key, found in events.items()},
        events={key: tuple(found) for key, found in events.items()},
    )
