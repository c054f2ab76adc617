"""The fold once more, as a definition: sets over the relation "has seen", nothing incremental.

It is slow and says what the state is; `clare.fold` says how to get there. Both must agree.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from clare.clock import Stamp
from clare.events.event import Event
from clare.state import Claim, Comment, Entity, Mark, Write


def named(events: Mapping[str, Event]) -> dict[str, set[str]]:
    """What each event names in `after`, `retracts` and `ends`, of what is there; never itself."""
    return {
        key: ({*event.after, *event.effect.retracts, *event.effect.ends} & set(events)) - {key}
        for key, event in events.items()
    }


def ordered(parents: Mapping[str, set[str]]) -> tuple[list[str], tuple[str, ...]]:
    """The causal order, concurrent events by id; and who had to be let through on a cycle."""
    order: list[str] = []
    forged: list[str] = []
    while left := set(parents) - set(order):
        ready = {key for key in left if not parents[key] & left}
        if not ready:
            ready = {on_a_cycle(parents, left)}
            forged += ready
        order.append(min(ready))
    return order, tuple(forged)


def on_a_cycle(parents: Mapping[str, set[str]], left: set[str]) -> str:
    """The lowest id on the cycle reached from the lowest id left by way of lowest parents left."""
    path = [min(left)]
    while len(set(path)) == len(path):
        path.append(min(parents[path[-1]] & left))
    return min(path[path.index(path[-1]) :])


def sight(parents: Mapping[str, set[str]], order: list[str]) -> set[tuple[str, str]]:
    """All pairs (a, b) where a has seen b: named, directly or through others, and placed before."""
    direct = {
        (key, parent)
        for key, names in parents.items()
        for parent in names
        if order.index(parent) < order.index(key)
    }
    seen = direct
    while True:
        further = seen | {(a, d) for a, b in seen for c, d in direct if b == c}
        if further == seen:
            return seen
        seen = further


def declarative(key: str, events: Iterable[Event]) -> Entity:
    """The state of the entity `key`, straight from the definition."""
    ev = {event.id: event for event in events}
    parents = named(ev)
    order, forged = ordered(parents)
    seen = sight(parents, order)

    @cache
    def gone(event: str) -> bool:
        return any(
            event in ev[k].effect.retracts and (k, event) in seen and not gone(k) for k in order
        )

    live = [ev[k] for k in order if not gone(k)]

    def unseen_by(event: Event, others: Iterable[Event]) -> bool:
        return not any((other.id, event.id) in seen for other in others)

    def field_heads(name: str) -> tuple[Write, ...]:
        writers = [k for k in live if name in k.effect.set]
        newest = sorted(k.id for k in writers if unseen_by(k, writers))
        return tuple(Write(k, ev[k].by, ev[k].effect.set[name]) for k in newest)

    def adds(name: str, element: str) -> tuple[str, ...]:
        removers = [k for k in live if element in k.effect.remove.get(name, ())]
        adders = [k for k in live if element in k.effect.add.get(name, ())]
        return tuple(sorted(k.id for k in adders if unseen_by(k, removers)))

    def lease_end(c: Event) -> int:
        length = c.effect.lease or 0
        until = Stamp.of(c.id).ms + length
        for k in (ev[k] for k in order if (k, c.id) in seen):
            stamp = Stamp.of(k.id).ms
            if (k.by, k.clone) == (c.by, c.clone) and stamp <= until:
                until = max(until, stamp + length)
        return until

    def ends(k: Event, c: Event) -> bool:
        closing = k.effect.set.get("status") in ("review", "done", "dropped")
        replaces = k.effect.lease is not None and (k.effect.hub or not c.effect.hub)
        return (k.id, c.id) in seen and (closing or replaces or c.id in k.effect.ends)

    claims = [
        Claim(c.id, c.by, c.clone, lease_end(c), c.effect.hub)
        for c in live
        if c.effect.lease is not None and not any(ends(k, c) for k in live)
    ]
    creations = [k for k in live if k.effect.creates]
    first = min(
        (k.id for k in creations if not any((k.id, c.id) in seen for c in creations)), default=""
    )
    last = max(ev, default="")
    elements = {
        (name, element) for k in live for name, these in k.effect.add.items() for element in these
    }
    present = {(name, x): adds(name, x) for name, x in elements if adds(name, x)}
    return Entity(
        key=key,
        exists=bool(creations),
        fields={name: field_heads(name) for k in live for name in k.effect.set},
        sets={
            name: {x: by for (of, x), by in present.items() if of == name} for name, _ in present
        },
        comments=tuple(
            Comment(k.id, k.by, k.effect.comment) for k in live if k.effect.comment is not None
        ),
        claims=tuple(sorted(claims, key=lambda claim: (not claim.hub, claim.event))),
        acknowledged=tuple(sorted({name for k in live for name in k.effect.acknowledges})),
        created=Mark(first, ev[first].by) if first else None,
        updated=Mark(last, ev[last].by) if last else None,
        heads=tuple(sorted(k for k in ev if unseen_by(ev[k], ev.values()))),
        reports=tuple(f"{k} is on a cycle of events that name each other: forged" for k in forged),
    )
