"""Imports as replicas of their source.

Every event follows from the source alone, ids and dates included, and has seen only earlier events
of that source. So two hosts that import the same write the same bytes, a second import adds nothing,
and a local edit stands beside a later change of the source as contested instead of being overwritten.

What is left alone: what a newer source no longer has stays as it is, and what is older than what was
imported before changes nothing. A comment whose text changed becomes another comment.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from clare import names
from clare.clock import Stamp
from clare.events.event import Event
from clare.events.fact import Fact
from clare.events.project import ProjectCreated, ProjectEdited
from clare.events.task import TaskCreated, TaskEdited
from clare.fleet import CLOSED, Fleet
from clare.fold import fold
from clare.services.act import Outcome, act
from clare.services.finding import check_readable
from clare.services.into import Into
from clare.services.origin import Origin, Source, Wanted
from clare.services.spread import Changes, spread
from clare.state import DEFAULTS, Entity
from clare.store.board import Board
from clare.store.events import prefetch
from clare.store.writing import Decision, Given
from clare.views.story import counted

_ANYWHERE = Into()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: tasks by what became of them, rows left out, and what did not fit."""

    created: int
    changed: int
    unchanged: int
    skipped: int
    commit: str
    notes: tuple[str, ...]
    projects: int = 0
    outcome: Outcome | None = field(default=None, compare=False)


@dataclass
class Plan:
    """What is to be written on a projection. Projects are counted when something is written."""

    events: list[Given] = field(default_factory=list)
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    projects: int = 0
    notes: list[str] = field(default_factory=list)


def bring(
    board: Board, source: Source, *, into: Into = _ANYWHERE, dry_run: bool = False
) -> Imported:
    """Bring a board to what a source says, in one commit; a dry run only says what that would be."""
    into.check()
    planned = Plan()

    def decide(fleet: Fleet) -> Decision:
        nonlocal planned
        planned = plan(fleet, into.rows(fleet, source))
        return planned.events

    if dry_run:
        decide(board.read())
        return _imported(source, planned, None)
    outcome = act(board, decide, summary=lambda: _summary(board.actor, planned, source.origin))
    return _imported(source, planned, outcome)


def _imported(source: Source, planned: Plan, outcome: Outcome | None) -> Imported:
    return Imported(
        created=planned.created,
        changed=planned.changed,
        unchanged=planned.unchanged,
        skipped=source.skipped,
        commit=outcome.written.commit if outcome else "",
        notes=(*source.notes, *planned.notes, *(outcome.notes if outcome else ())),
        projects=planned.projects,
        outcome=outcome,
    )


def _summary(actor: str, planned: Plan, origin: Origin) -> str:
    tasks = planned.created + planned.changed
    what = counted(tasks, "task") if tasks else counted(planned.projects, "project")
    return f"{actor} imports {what} from {origin.name}"


def plan(fleet: Fleet, source: Source) -> Plan:
    """What to write so that the source's events say what its rows say.

    Raises Unreadable if an event of something in the source is: it may be one of the source's.
    """
    planned = Plan()
    taken = {f.path for f in fleet.findings}
    prefetch(fleet.events, [wanted.key for wanted in source.rows])
    for wanted in source.rows:
        check_readable(fleet, wanted.key)
        _Row(source.origin, wanted).plan(planned, fleet, taken)
    return planned


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of entity is written.

    `course` are the fields that say how far it has come, written after the creation; `unwritten` the
    defaults that are left unwritten; `shown` what an unwritten field counts as, where the name of the
    entity is not what it is `named` by.
    """

    created: type[Fact]
    edited: type[Fact]
    course: tuple[str, ...]
    unwritten: Mapping[str, str]
    shown: Mapping[str, str]
    named: tuple[str, ...] = ()


_ACTIVE = {"status": "active"}
_KINDS = {
    "tasks": _Kind(
        TaskCreated,
        TaskEdited,
        ("status", "assignee", "close_reason"),
        {name: DEFAULTS[name] for name in ("status", "pinned")},
        DEFAULTS,
    ),
    "projects": _Kind(
        ProjectCreated, ProjectEdited, ("status",), _ACTIVE, shown=_ACTIVE, named=("title",)
    ),
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One row on its way to events."""

    origin: Origin
    wanted: Wanted

    @property
    def kind(self) -> _Kind:
        return _KINDS[self.wanted.key.partition("/")[0]]

    def plan(self, planned: Plan, fleet: Fleet, taken: set[str]) -> None:
        wanted = self.wanted
        events = fleet.events.get(wanted.key, ())
        mine = [e for e in events if e.clone == self.origin.clone]
        chain = [e for e in mine if e.effect.comment is None]
        if not chain and self._is_left_to(fleet.entity(wanted.key), planned.notes):
            planned.unchanged += wanted.key.startswith("tasks/")
            return
        edits = self._edit(chain, planned.notes) if chain else list(self._creation())
        known = {e.id for e in events}
        fresh = {
            event.id: event
            for event in (*edits, *wanted.comments)
            if event.id not in known and names.event_path(wanted.key, event.id) not in taken
        }
        planned.events.extend(fresh.values())
        self._count(planned, is_new=not chain, is_changed=bool(fresh))

    def _count(self, planned: Plan, *, is_new: bool, is_changed: bool) -> None:
        if self.wanted.key.startswith("projects/"):
            planned.projects += is_changed
        else:
            planned.created += is_new
            planned.changed += not is_new and is_changed
            planned.unchanged += not is_new and not is_changed

    def _is_left_to(self, entity: Entity, notes: list[str]) -> bool:
        """Whether it is on the board by other means and so is left as it is."""
        if not entity.exists:
            return False
        if not self.origin.adopts:
            return self.wanted.key.startswith("projects/")
        if _changes(self.kind, entity, self.wanted):
            notes.append(f"{self.wanted.where}: is on the board already, left as it is there")
        return True

    def _creation(self) -> Iterator[Given]:
        """The creation with the lasting fields; then the course, unless nothing came after it."""
        wanted, kind = self.wanted, self.kind
        lasting = self._written(name for name in wanted.fields if name not in kind.course)
        added = {name: found for name, found in wanted.sets.items() if found}
        write = partial(self._event, ms=wanted.created_at, by=wanted.by)
        after: tuple[str, ...] = ()
        for part in spread({"set": lasting, "add": added}):
            event = write(kind.edited if after else kind.created, part, after=after)
            yield event
            after = (event.id,)
        course = self._written(kind.course)
        if course or wanted.updated != wanted.created_at:
            course["status"] = wanted.fields.get("status", kind.unwritten["status"])
            yield from self._edited({"set": course}, after=after)

    def _written(self, chosen: Iterable[str]) -> dict[str, str]:
        """Those of the chosen fields whose value is not what an unwritten one counts as."""
        given = {name: self.wanted.fields.get(name, "") for name in chosen}
        unwritten = self.kind.unwritten
        return {name: text for name, text in given.items() if text != unwritten.get(name, "")}

    def _edit(self, chain: Sequence[Event], notes: list[str]) -> list[Given]:
        """What differs from what the source said before; nothing if the row is older than that."""
        wanted = self.wanted
        before = fold(wanted.key, chain)
        changes = _changes(self.kind, before, wanted)
        if not changes:
            return []
        newest = max(Stamp.of(event.id).ms for event in chain)
        if wanted.newest is not None and wanted.newest < newest:
            notes.append(f"{wanted.where}: older than what was imported before, left out")
            return []
        return list(self._edited(changes, after=before.heads))

    def _edited(self, changes: Changes, *, after: Sequence[str]) -> Iterator[Given]:
        """Edits by the source, dated by the row, but not before what they follow."""
        wanted = self.wanted
        closes = changes.get("set", {}).get("status") in CLOSED
        dated = wanted.closed if closes else wanted.updated
        ms = max([dated, *(Stamp.of(seen).ms for seen in after)])
        by = wanted.editor or self.origin.name
        for part in spread(changes):
            event = self._event(self.kind.edited, part, ms=ms, by=by, after=after)
            yield event
            after = (event.id,)

    def _event(
        self, kind: type[Fact], part: Changes, *, ms: int, by: str, after: Sequence[str]
    ) -> Given:
        fact = kind.model_validate({"entity": self.wanted.key, **part})
        said = json.dumps([fact.body(), *after], sort_keys=True)
        row_id = self.wanted.row_id
        return self.origin.given(fact, row_id, fact.type, said, at=Stamp(ms), by=by, after=after)


def _changes(kind: _Kind, before: Entity, wanted: Wanted) -> Changes:
    """What an edit has to say; a field on which the source's own heads differ is written again."""
    values = {
        name: value
        for name, value in wanted.fields.items()
        if _heads(kind, before, name) != {value}
    }
    add: dict[str, tuple[str, ...]] = {}
    remove: dict[str, tuple[str, ...]] = {}
    for name, elements in wanted.sets.items():
        present = before.elements(name)
        add[name] = tuple(element for element in elements if element not in present)
        remove[name] = tuple(element for element in present if element not in elements)
    parts: dict[str, Mapping[str, str | tuple[str, ...]]] = {
        "set": values,
        "add": {name: found for name, found in add.items() if found},
        "remove": {name: found for name, found in remove.items() if found},
    }
    return {name: part for name, part in parts.items() if part}


def _heads(kind: _Kind, before: Entity, name: str) -> set[str]:
    heads = {head.value for head in before.fields.get(name, ())}
    slug = before.key.partition("/")[2]
    return heads or {slug if name in kind.named else kind.shown.get(name, "")}
