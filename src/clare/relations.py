"""How the tasks of a table hang together: needs, parents, and what follows from them.

What most questions ask is kept with the table. Where rows have changed since, it is worked out again for
the places that the change can have reached.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import cast

from clare.clock import STAMP_LENGTH
from clare.table import CLOSED, Table

_LAST = 1 << 62
Rank = tuple[bool, str, int, int, str, str]


class Relations:
    """What the rows of a table say together."""

    def __init__(self, table: Table) -> None:
        self.table = table

    @cached_property
    def needed_by(self) -> dict[str, tuple[str, ...]]:
        """For each task id, the ids of the tasks that need it, oldest first."""
        needs = zip(self.table.id, self.table.needs, strict=True)
        return self._gathered([(need, task) for task, needed in needs for need in needed])

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """For each task id, the ids of the tasks whose parent it is, oldest first."""
        parents = zip(self.table.id, self.table.parent, strict=True)
        return self._gathered([(parent, task) for task, parent in parents if parent])

    def parts_of(self, task_id: str) -> list[str]:
        """The ids of the tasks whose parent it is, oldest first; for one task, without `children`."""
        parents = enumerate(self.table.parent)
        return self.oldest_first([self.table.id[n] for n, one in parents if one == task_id])

    def needing(self, task_id: str) -> list[str]:
        """The ids of the tasks that need it, oldest first; for one task, without `needed_by`."""
        needs = enumerate(self.table.needs)
        return self.oldest_first([self.table.id[n] for n, needed in needs if task_id in needed])

    def _gathered(self, pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for one, task in pairs:
            found.setdefault(one, []).append(task)
        return {
            one: tuple(tasks if len(tasks) == 1 else self.oldest_first(tasks))
            for one, tasks in found.items()
        }

    def oldest_first(self, ids: Iterable[str]) -> list[str]:
        """The ids in the order in which their tasks were created; those of none come last."""
        return sorted(ids, key=self._age_of)

    def _age_of(self, task_id: str) -> tuple[bool, str, str]:
        place = self.table.places.get(task_id)
        created = "" if place is None else self.table.created[place][:STAMP_LENGTH]
        return place is None, created, task_id

    @cached_property
    def unmet(self) -> dict[str, tuple[str, ...]]:
        """For each unfinished task that waits, what it needs that is neither done nor dropped.

        A need that does not exist does not block.
        """
        table, places = self.table, self.table.places
        open_ = [status not in CLOSED for status in table.status]
        found = {}
        for place, needed in enumerate(table.needs):
            if needed and open_[place]:
                left = tuple(n for n in needed if n in places and open_[places[n]])
                if left:
                    found[table.id[place]] = left
        return found

    def outside(self, task_id: str) -> str:
        """The first unmet need of an unfinished task that is no part of it; empty if there is none.

        What is below a task is a part of it: one that waits for its own parts does not hold them up.
        """
        table, places = self.table, self.table.places
        place = places.get(task_id)
        if place is None or table.status[place] in CLOSED:
            return ""
        for need in table.needs[place]:
            other = places.get(need)
            if other is None or table.status[other] in CLOSED:
                continue
            if not table.parent[other] or task_id not in self.above(need):
                return need
        return ""

    @cached_property
    def held_up(self) -> dict[str, str]:
        """For each unfinished task that waits for something outside itself, the first such need."""
        return {task: need for task in self.unmet if (need := self.outside(task))}

    def above(self, task_id: str) -> Iterator[str]:
        """The id of its parent, of its parent's parent and so on; a circle ends where it began."""
        places, parents = self.table.places, self.table.parent
        seen = {task_id}
        place = places.get(task_id)
        while place is not None and (task_id := parents[place]) not in seen:
            seen.add(task_id)
            place = places.get(task_id)
            if place is not None:
                yield task_id

    @cached_property
    def blocked(self) -> frozenset[int]:
        """The places of the tasks that wait for another, themselves or through what they are part of."""
        known = cast("list[int] | None", self.table.kept("blocked"))
        if known is None or self.stale is None:
            return self._blocked()
        waiting = {place for place in self.stale if self._waits(place)}
        return frozenset(waiting.union(known) - (self.stale - waiting))

    def _blocked(self) -> frozenset[int]:
        below: set[str] = set()
        parents = self.unmet.keys() & set(self.table.parent)
        found = [task for task in parents if self.outside(task)]
        while found:
            parts = set(self.children.get(found.pop(), ())) - below
            below |= parts
            found.extend(parts)
        return frozenset(self.table.places[task] for task in below.union(self.unmet))

    def _waits(self, place: int) -> bool:
        task, places, status = self.table.id[place], self.table.places, self.table.status
        if status[place] not in CLOSED and any(
            need in places and status[places[need]] not in CLOSED
            for need in self.table.needs[place]
        ):
            return True
        return any(self.outside(above) for above in self.above(task))

    @cached_property
    def unblocks(self) -> dict[int, int]:
        """By place of each task that unfinished tasks need, how many of them there are."""
        known = cast("dict[int, int] | None", self.table.kept("unblocks"))
        if known is None or self.stale is None:
            return self._counted(lambda _: True)
        stale = self.stale
        kept = {place: many for place, many in known.items() if place not in stale}
        return kept | self._counted(stale.__contains__) if stale else known

    def _counted(self, wanted: Callable[[int], bool]) -> dict[int, int]:
        found: dict[int, int] = {}
        places = self.table.places
        for needed, status in zip(self.table.needs, self.table.status, strict=True):
            if needed and status not in CLOSED:
                for place in (places[need] for need in needed if need in places):
                    if wanted(place):
                        found[place] = found.get(place, 0) + 1
        return found

    @cached_property
    def usual(self) -> list[int]:
        """The places of all unfinished tasks by priority, then oldest first."""
        return self._ordered("usual", lambda n: self.table.status[n] not in CLOSED, self._usual_key)

    def in_usual_order(self, places: Iterable[int]) -> list[int]:
        """Places by priority, then oldest first."""
        return sorted(places, key=self._usual_key)

    def _usual_key(self, place: int) -> str:
        table = self.table
        stamp = table.created[place][:STAMP_LENGTH]
        return f"{table.priority[place]} {stamp} {table.id[place]}"

    @cached_property
    def queue(self) -> list[int]:
        """The places of the open tasks that wait for nothing, best first.

        By pinned, priority, due date, tasks it unblocks, age, id. What is overdue was due before
        everything that is not, so that the time says nothing about the order.
        """
        words, blocked = self.table.status, self.blocked
        return self._ordered("queue", lambda n: words[n] == "open" and n not in blocked, self._rank)

    def _rank(self, place: int) -> Rank:
        table, due = self.table, self.table.due[place]
        return (
            not table.pinned[place],
            table.priority[place],
            _LAST if due is None else due,
            -self.unblocks.get(place, 0),
            table.created[place][:STAMP_LENGTH],
            table.id[place],
        )

    def _ordered(
        self, name: str, belongs: Callable[[int], bool], key: Callable[[int], str | Rank]
    ) -> list[int]:
        """The places that belong there in order: as it was kept, but for those that may be stale."""
        known, stale = cast("list[int] | None", self.table.kept(name)), self.stale
        if known is None or stale is None:
            return sorted(filter(belongs, range(len(self.table.status))), key=key)
        found = [place for place in known if place not in stale] if stale else known
        for place in filter(belongs, stale):
            insort(found, place, key=key)
        return found

    @cached_property
    def stale(self) -> set[int] | None:
        """The places of which something that was kept may be wrong now; None if it may be all.

        Those that have changed, what they need and needed, who needs them, and all that is below these.
        """
        table, changes = self.table, self.table.changes
        old_parents = cast(list[str], table.load("parent")) if changes.any else []
        if changes.gone or any(row.parent != old_parents[n] for n, row in changes.replaced):
            return None
        changed = {row.id for _, row in changes.replaced} | {row.id for row in changes.added}
        parents = set(table.parent) if changed else set()
        if parents.intersection(row.id for row in changes.added):
            return None
        old_needs = cast(list[tuple[str, ...]], table.load("needs")) if changes.replaced else []
        needed = {need for n, _ in changes.replaced for need in old_needs[n]}
        needed.update(need for task in changed for need in table.needs[table.places[task]])
        needing = {
            table.id[n]
            for n, needs in enumerate(table.needs if changed else ())
            if needs and not changed.isdisjoint(needs)
        }
        reached = changed | needing
        found = [task for task in reached if task in parents]
        while found:
            parts = set(self.children.get(found.pop(), ())) - reached
            reached |= parts
            found.extend(parts)
        return {table.places[task] for task in reached | needed if task in table.places}
