"""The fold once more, as a definition: sets over the relation "has seen", nothing incremental.

It is slow and says what the state is; `clare.fold` says how to get there. Both must agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Definition:
    """All events, those that have an effect (in causal order), and who has seen whom."""

    ev: dict[str, Event]
    order: list[str]
    seen: set[tuple[str, str]]
    live: list[Event]

    def unseen(self, event: Event, others: Iterable[Event]) -> bool:
        return not any((other.id, event.id) in self.seen for other in others)

    def field_heads(self, name: str) -> tuple[Write, ...]:
        writers = [k for k in self.live if name in k.effect.set]
        newest = [k for k in writers if self.unseen(k, writers)]
        heads = [Write(k.id, k.by, k.effect.set[name]) for k in newest]
        return tuple(sorted(heads, key=lambda head: head.event))

    def adds(self, name: str, element: str) -> tuple[str, ...]:
        removers = [k for k in self.live if element in k.effect.remove.get(name, ())]
        adders = [k for k in self.live if element in k.effect.add.get(name, ())]
        return tuple(sorted(k.id for k in adders if self.unseen(k, removers)))

    def sets(self) -> dict[str, dict[str, tuple[str, ...]]]:
        named = {(name, x) for k in self.live for name, xs in k.effect.add.items() for x in xs}
        present = {(name, x): self.adds(name, x) for name, x in named if self.adds(name, x)}
        return {
            name: {x: adds for (of, x), adds in present.items() if of == name}
            for name, _ in present
        }

    def lease_end(self, c: Event) -> int:
        length = c.effect.lease or 0
        end = Stamp.of(c.id).ms + length
        for k in (self.ev[k] for k in self.order if (k, c.id) in self.seen):
            stamp = Stamp.of(k.id).ms
            if (k.by, k.clone) == (c.by, c.clone) and stamp <= end:
                end = max(end, stamp + length)
        return end

    def ends(self, k: Event, c: Event) -> bool:
        closing = k.effect.set.get("status") in ("review", "done", "dropped")
        replaces = k.effect.lease is not None and (k.effect.hub or not c.effect.hub)
        return (k.id, c.id) in self.seen and (closing or replaces or c.id in k.effect.ends)

    def claims(self) -> tuple[Claim, ...]:
        left = [
            Claim(c.id, c.by, c.clone, self.lease_end(c), c.effect.hub)
            for c in self.live
            if c.effect.lease is not None and not any(self.ends(k, c) for k in self.live)
        ]
        return tuple(sorted(left, key=lambda claim: (not claim.hub, claim.event)))

    def created(self) -> Mark | None:
        creations = [k for k in self.live if k.effect.creates]
        first = [k for k in creations if not any((k.id, c.id) in self.seen for c in creations)]
        return min((Mark(k.id, k.by) for k in first), key=lambda m: m.event, default=None)


def defined(events: Iterable[Event]) -> tuple[Definition, tuple[str, ...]]:
    """What stands on the events alone, and which of them had to be let through on a cycle."""
    ev = {event.id: event for event in events}
    parents = named(ev)
    order, forged = ordered(parents)
    seen = sight(parents, order)

    @cache
    def gone(event: str) -> bool:
        return any(
            event in ev[k].effect.retracts and (k, event) in seen and not gone(k) for k in order
        )

    return Definition(ev, order, seen, [ev[k] for k in order if not gone(k)]), forged


def declarative(key: str, events: Iterable[Event]) -> Entity:
    """The state of the entity `key`, straight from the definition."""
    it, forged = defined(events)
    everything, created = it.ev.values(), it.created()
    last = max(it.ev, default="")
    return Entity(
        key=key,
        exists=created is not None,
        fields={name: it.field_heads(name) for k in it.live for name in k.effect.set},
        sets=it.sets(),
        comments=tuple(
            Comment(k.id, k.by, k.effect.comment) for k in it.live if k.effect.comment is not None
        ),
        claims=it.claims(),
        acknowledged=tuple(sorted({name for k in it.live for name in k.effect.acknowledges})),
        created=created,
        updated=Mark(last, it.ev[last].by) if last else None,
        heads=tuple(sorted(k.id for k in everything if it.unseen(k, everything))),
        reports=tuple(f"{k} is on a cycle of events that name each other: forged" for k in forged),
    )
