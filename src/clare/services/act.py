"""The way every change takes: decide, append, have it published; and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clare.errors import ClareError
from clare.events.said import RETRACTED, Fact, say
from clare.fleet import Fleet, Task
from clare.services.finding import sound, together
from clare.state import Entity
from clare.store import writing
from clare.store.board import Board
from clare.store.writing import Decide, Given, Summary, Written
from clare.views.status import lost

Change = Callable[[Fleet, Task], Sequence[Fact]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: the board afterwards, the tasks it named, and what went wrong."""

    written: Written
    tasks: tuple[str, ...] = ()
    failed: tuple[tuple[str, ClareError], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def fleet(self) -> Fleet:
        return self.written.fleet


def act(board: Board, decide: Decide, *, summary: Summary = "") -> Outcome:
    """Write what `decide` says, and wake the publisher; that it cannot be woken is a note."""
    written = writing.append(board, decide, summary=summary)
    notes = written.notes
    if written.commit:
        try:
            board.wake_publisher(written.fleet.manifest)
        except OSError as error:
            notes += (f"saved here, but not published: {error.filename}: {error.strerror}",)
    return Outcome(written, notes=notes)


def tell_lost(board: Board, before: Fleet, after: Fleet) -> tuple[str, ...]:
    """A line for each task that this clone held before and somebody else holds now."""
    found = lost(before, after, clone=board.clone, now=board.now())
    return tuple(
        f"{holder.by} holds {after.short(task.id)} now; your claim is over"
        for task, holder in found
    )


@dataclass(slots=True)
class Each:
    """Decides for several tasks at once; one that fails does not stop the others.

    Without names it decides for the one task that the actor holds.
    """

    board: Board
    names: Sequence[str]
    change: Change
    tasks: dict[str, None] = field(default_factory=dict)
    failed: list[tuple[str, ClareError]] = field(default_factory=list)

    def __call__(self, fleet: Fleet) -> list[Fact | Given]:
        self.tasks.clear()
        self.failed.clear()
        facts: list[Fact | Given] = []
        for name in self.names or (held_by(self.board, fleet),):
            try:
                task = sound(fleet, name)
                if task.id not in self.tasks:
                    facts.extend(self.change(fleet, task))
                self.tasks[task.id] = None
            except ClareError as error:
                self.failed.append((name, error))
        if self.failed and not self.tasks:
            raise together([error for _, error in self.failed])
        return facts

    def outcome(self, written: Written) -> Outcome:
        """What came of it, once it is written."""
        return Outcome(written, tuple(self.tasks), tuple(self.failed), written.notes)


def change_each(board: Board, names: Sequence[str], change: Change) -> Outcome:
    """Change several tasks in one commit, or without names the one that the actor holds.

    Raises what went wrong if none could be changed.
    """
    each = Each(board, names, change)
    outcome = act(board, each)
    return replace(outcome, tasks=tuple(each.tasks), failed=tuple(each.failed))


def held_by(board: Board, fleet: Fleet) -> str:
    """The one task that this actor holds here. Raises ClareError if it is none or several."""
    now = board.now()
    mine = [
        task.id
        for task in fleet.tasks.values()
        if (claim := task.holder(now=now)) and claim.is_of(actor=board.actor, clone=board.clone)
    ]
    if len(mine) == 1:
        return mine[0]
    some = ", ".join(fleet.short(task_id) for task_id in sorted(mine))
    raise ClareError(
        f"{board.actor} holds {some or 'no task'} here", hint="name the TASK that you mean"
    )


def take_back(fleet: Fleet, key: str) -> list[Fact]:
    """Take away all that was said of an entity so far, so that its name is free."""
    said = [event.id for event in fleet.events[key] if not event.effect.retracts]
    return [make(RETRACTED, key, retracts=said)] if said else []


def changed(entity: Entity, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that are to be written: what is so already, and undisputed, is not written again."""
    return {
        name: value
        for name, value in fields.items()
        if name in entity.contested or entity.value(name) != value
    }


def make(type_: str, key: str, **body: object) -> Fact:
    """A fact about an entity. Raises Usage in the words of the first field that does not fit."""
    given = {name: value for name, value in body.items() if value}
    found = say(type_, key, given)
    if found is None:
        from clare.services.amiss import judged  # the models take long to load

        return judged(type_, key, given)
    return found
