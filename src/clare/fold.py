"""The fold: from the set of one entity's events to its state, in any order of arrival.

Nothing in here looks at a clock, and nothing raises: what a forged set of events makes impossible is
broken up by a fixed rule and reported.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from heapq import heapify, heappop, heappush

from clare.clock import Stamp
from clare.events.event import Event
from clare.state import Claim, Comment, Entity, Mark, Write

CLOSING = frozenset(["review", "done", "dropped"])
"""The statuses that end the claims which the write had seen."""


@dataclass(frozen=True, slots=True)
class History:
    """One entity's events in causal order, and what each has seen.

    `past[i]` has bit j set when event i has seen event j, directly or through others. It is empty for
    a history in a line, in which each has seen all before it: a long one's masks would be large.
    """

    events: tuple[Event, ...]
    past: tuple[int, ...]
    place: Mapping[str, int]
    reports: tuple[str, ...]

    def saw(self, viewer: int, event_id: str) -> bool:
        """Whether the event at place `viewer` has seen that event."""
        place = self.place.get(event_id)
        if place is None or not self.past:
            return place is not None and place < viewer
        return bool(self.past[viewer] >> place & 1)

    def sight(self, viewer: int) -> Callable[[str], bool]:
        """Whether the event at that place has seen one; to be asked about what lies before it only."""
        if not self.past or self.past[viewer] == (1 << viewer) - 1:
            return _everything
        return partial(self.saw, viewer)


def _everything(_: str) -> bool:
    return True


def history(events: Iterable[Event]) -> History:
    """Order events by what they have seen, concurrent ones by id (Kahn's algorithm with a heap).

    An unknown parent counts as absent. Only a forgery can make a cycle: its lowest id goes first.
    """
    by_id = {event.id: event for event in events}
    line = _in_line(by_id)
    if line is not None:
        place = {event_id: index for index, event_id in enumerate(line)}
        return History(tuple([by_id[key] for key in line]), (), place, ())
    parents = {key: {p for p in e.names() if p in by_id} for key, e in by_id.items()}
    order, reports = _causal_order(parents)
    place = {event_id: index for index, event_id in enumerate(order)}
    past: list[int] = []
    for index, event_id in enumerate(order):
        earlier = [place[p] for p in parents[event_id] if place[p] < index]
        past.append(_union(past, earlier))
    return History(tuple(by_id[key] for key in order), tuple(past), place, reports)


def _in_line(by_id: Mapping[str, Event]) -> list[str] | None:
    """All ids in ascending order if each event has seen the one before it, and names no later one.

    That is how nearly every history is, and then there is nothing to order and nothing unseen.
    """
    line = sorted(by_id)
    before = ""
    for key in line:
        event = by_id[key]
        if event.after != (before,) or event.effect.retracts or event.effect.ends:
            named = set(event.names())
            if before and before not in named:
                return None
            if any(name > key and name in by_id for name in named):
                return None
        before = key
    return line


def _union(past: list[int], places: list[int]) -> int:
    seen = 0
    for place in places:
        seen |= past[place] | 1 << place
    return seen


def _causal_order(parents: Mapping[str, set[str]]) -> tuple[list[str], tuple[str, ...]]:
    waiting = {key: set(named) for key, named in parents.items()}
    children: dict[str, list[str]] = {key: [] for key in parents}
    for key, named in parents.items():
        for parent in named:
            children[parent].append(key)
    ready = [key for key, named in waiting.items() if not named]
    heapify(ready)
    order: list[str] = []
    reports: list[str] = []
    by_id = sorted(parents, reverse=True)
    while waiting:
        if not ready:
            while by_id[-1] not in waiting:
                by_id.pop()
            forged = _lowest_on_a_cycle(waiting, by_id[-1])
            reports.append(f"{forged} is on a cycle of events that name each other: forged")
            ready.append(forged)
        key = heappop(ready)
        del waiting[key]
        order.append(key)
        for child in children[key]:
            if child in waiting:
                waiting[child].discard(key)
                if not waiting[child]:
                    heappush(ready, child)
    return order, tuple(reports)


def _lowest_on_a_cycle(waiting: Mapping[str, set[str]], start: str) -> str:
    """Walk to the lowest unplaced parent until an event repeats: what lies between is a cycle."""
    steps: dict[str, int] = {}
    here = start
    while here not in steps:
        steps[here] = len(steps)
        here = min(waiting[here])
    return min(key for key, step in steps.items() if step >= steps[here])


def _retracted(past: History) -> frozenset[str]:
    """The events whose effect is taken away: retractions act from the last backwards."""
    gone: set[str] = set()
    for place in reversed([p for p, event in enumerate(past.events) if event.effect.retracts]):
        event = past.events[place]
        if event.id not in gone:
            gone.update(target for target in event.effect.retracts if past.saw(place, target))
    return frozenset(gone)


@dataclass(slots=True)
class _Building:
    """The state while the fold walks through the history."""

    creations: list[Mark] = field(default_factory=list)
    fields: dict[str, list[Write]] = field(default_factory=dict)
    sets: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    claims: dict[str, Event] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    leases: dict[str, tuple[Event, int]] = field(default_factory=dict)

    def apply(self, event: Event, saw: Callable[[str], bool]) -> None:
        """Let one event act. Within one event a remove acts before an add."""
        effect = event.effect
        if effect.creates and not any(saw(mark.event) for mark in self.creations):
            self.creations.append(Mark(event.id, event.by))
        for name, value in effect.set.items():
            heads = [head for head in self.fields.get(name, ()) if not saw(head.event)]
            self.fields[name] = [*heads, Write(event.id, event.by, value)]
        for name, elements in effect.remove.items():
            self._remove(name, elements, saw)
        for name, elements in effect.add.items():
            for element in dict.fromkeys(elements):
                self.sets.setdefault(name, {}).setdefault(element, []).append(event.id)
        if effect.comment is not None:
            self.comments.append(Comment(event.id, event.by, effect.comment))
        self.acknowledged.update(effect.acknowledges)
        if self.claims or effect.lease is not None:
            self._end_claims(event, saw)

    def _remove(self, name: str, elements: Iterable[str], saw: Callable[[str], bool]) -> None:
        present = self.sets.get(name, {})
        for element in elements:
            left = [add for add in present.get(element, ()) if not saw(add)]
            present[element] = left

    def _end_claims(self, event: Event, saw: Callable[[str], bool]) -> None:
        effect = event.effect
        if effect.set.get("status") in CLOSING:
            self._drop(claim for claim in self.claims if saw(claim))
        self._drop(claim for claim in effect.ends if saw(claim))
        if effect.lease is not None:
            self._drop(
                claim
                for claim, held in self.claims.items()
                if saw(claim) and (effect.hub or not held.effect.hub)
            )
            self.claims[event.id] = event

    def _drop(self, claims: Iterable[str]) -> None:
        for claim in tuple(claims):
            self.claims.pop(claim, None)

    def renew(self, event: Event, saw: Callable[[str], bool]) -> None:
        """Move the ends of this writer's leases; a retracted event renews all the same."""
        if not self.leases and event.effect.lease is None:
            return
        stamp = Stamp.of(event.id).ms
        for key, (claim, end) in self.leases.items():
            mine = (claim.by, claim.clone) == (event.by, event.clone)
            if mine and stamp <= end and saw(key):
                self.leases[key] = claim, max(end, stamp + (claim.effect.lease or 0))
        if event.effect.lease is not None:
            self.leases[event.id] = event, stamp + event.effect.lease

    def claim_set(self) -> tuple[Claim, ...]:
        """The claims that nothing has ended, the hub's first, then by id."""
        claims = [
            Claim(key, event.by, event.clone, self.leases[key][1], event.effect.hub)
            for key, event in self.claims.items()
        ]
        return tuple(sorted(claims, key=lambda claim: (not claim.hub, claim.event)))


def fold(key: str, events: Iterable[Event]) -> Entity:
    """The state of the entity `key` after its events, whatever their order or number of copies."""
    past = history(events)
    gone = _retracted(past)
    state = _Building()
    for place, event in enumerate(past.events):
        saw = past.sight(place)
        state.renew(event, saw)
        if event.id not in gone:
            state.apply(event, saw)
    return _finish(key, past, state)


def _finish(key: str, past: History, state: _Building) -> Entity:
    newest = past.events[past.place[max(past.place)]] if past.events else None
    return Entity(
        key=key,
        exists=bool(state.creations),
        fields={name: _by_event(heads) for name, heads in sorted(state.fields.items())},
        sets={
            name: {
                element: tuple(sorted(adds)) for element, adds in sorted(present.items()) if adds
            }
            for name, present in sorted(state.sets.items())
            if any(present.values())
        },
        comments=tuple(state.comments),
        claims=state.claim_set() if state.claims else (),
        acknowledged=tuple(sorted(state.acknowledged)),
        created=min(state.creations, key=lambda mark: mark.event, default=None),
        updated=Mark(newest.id, newest.by) if newest else None,
        heads=_heads(past),
        reports=past.reports,
    )


def _by_event(heads: list[Write]) -> tuple[Write, ...]:
    return tuple(heads if len(heads) == 1 else sorted(heads, key=lambda head: head.event))


def _heads(past: History) -> tuple[str, ...]:
    """The events that no other has seen."""
    if not past.past:
        return tuple(event.id for event in past.events[-1:])
    seen = 0
    for mask in past.past:
        seen |= mask
    return tuple(sorted(e.id for place, e in enumerate(past.events) if not seen >> place & 1))
