"""Import of issues that the tracker beads exported: a file with one JSON object a line.

The import is a replica of its source: every event follows from the file alone, ids and dates
included, and has seen only earlier events of the source. So two hosts that import the same file
write the same bytes, a second import adds nothing, and a local edit stands beside a later change of
the source as contested instead of being overwritten.

What is left alone: a row that a newer file no longer has stays as it is, and a row older than what
was imported before changes nothing. Notes or a comment whose text changed become another comment.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clare import names
from clare.clock import Stamp
from clare.events.event import Event
from clare.events.task import TaskCreated, TaskEdited, TaskFact, TaskFields, TaskSets
from clare.fleet import CLOSED, Fleet
from clare.fold import fold
from clare.services.act import act, check_readable
from clare.services.beads_rows import CLONE, SOURCE, Source, Wanted, given, load
from clare.state import DEFAULTS, Entity
from clare.store.board import Board, Decision, Given
from clare.views.story import counted

_CREATION = (
    "title", "body", "type", "priority", "pinned", "parent", "due", "defer_until", "done_when"
)  # fmt: skip
_COURSE = ("status", "assignee", "close_reason")
"""The fields that say how far a task has come: they are written after its creation."""

_UNWRITTEN = {name: DEFAULTS[name] for name in ("status", "pinned")}
"""The defaults that are left unwritten; a type and a priority stand in every creation."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: tasks by what became of them, rows left out, and what did not fit."""

    created: int
    changed: int
    unchanged: int
    skipped_agents: int
    commit: str
    notes: tuple[str, ...]


@dataclass
class Plan:
    """What is to be written on a projection."""

    events: list[Given] = field(default_factory=list)
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    notes: list[str] = field(default_factory=list)


def import_beads(board: Board, path: Path) -> Imported:
    """Bring a board to what a file says, in one commit.

    Raises ClareError, naming file and line, if a row cannot be read; then nothing is imported.
    """
    source = load(path)
    planned = plan(board.read(), source)
    summary = _summary(board.actor, planned.created + planned.changed)

    def decide(fleet: Fleet) -> Decision:
        nonlocal planned
        planned = plan(fleet, source)
        return planned.events

    outcome = act(board, decide, summary=summary) if planned.events else None
    return Imported(
        created=planned.created,
        changed=planned.changed,
        unchanged=planned.unchanged,
        skipped_agents=source.agents,
        commit=outcome.written.commit if outcome else "",
        notes=(*source.notes, *planned.notes, *(outcome.notes if outcome else ())),
    )


def _summary(actor: str, number: int) -> str:
    return f"{actor} imports {counted(number, 'task')} from beads"


def plan(fleet: Fleet, source: Source) -> Plan:
    """What to write so that the source's events say what the file says.

    Raises Unreadable if an event of a task in the file is: it may be one of the source's.
    """
    planned = Plan()
    taken = {f.path for f in fleet.findings}
    for wanted in source.tasks:
        check_readable(fleet, wanted.key)
        _plan_task(planned, fleet.events.get(wanted.key, ()), wanted, taken)
    return planned


def _plan_task(planned: Plan, events: Sequence[Event], wanted: Wanted, taken: set[str]) -> None:
    chain = [e for e in events if e.clone == CLONE and e.effect.comment is None]
    edits = _edit(chain, wanted, planned.notes) if chain else _creation(wanted)
    known = {e.id for e in events}
    fresh: dict[str, Given] = {}
    for event in (*edits, *wanted.comments):
        if event.id not in known and names.event_path(wanted.key, event.id) not in taken:
            fresh[event.id] = event
    planned.events.extend(fresh.values())
    planned.created += not chain
    planned.changed += bool(chain and fresh)
    planned.unchanged += bool(chain and not fresh)


def _creation(wanted: Wanted) -> list[Given]:
    """The creation with the lasting fields; then the course, unless nothing came after it."""
    written = _written(wanted.fields, _CREATION)
    fact = TaskCreated(
        entity=wanted.key,
        set=TaskFields.model_validate(written),
        add=TaskSets.model_validate({name: s for name, s in wanted.sets.items() if s}),
    )
    created = given(
        fact, wanted.row_id, fact.type, _canonical(fact), ms=wanted.created_at, by=wanted.by
    )
    course = _written(wanted.fields, _COURSE)
    if not course and wanted.updated == wanted.created_at:
        return [created]
    course["status"] = wanted.fields["status"]
    return [created, _edited(wanted, {"set": course}, after=[created.id])]


def _written(fields: Mapping[str, str], chosen: Iterable[str]) -> dict[str, str]:
    """Those of the chosen fields whose value is not what an unwritten one counts as."""
    return {name: fields[name] for name in chosen if fields[name] != _UNWRITTEN.get(name, "")}


def _edit(chain: Sequence[Event], wanted: Wanted, notes: list[str]) -> list[Given]:
    """What differs from what the source said before; nothing if the row is older than that."""
    before = fold(wanted.key, chain)
    changes = _changes(before, wanted)
    if not changes:
        return []
    if wanted.newest < max(Stamp.of(event.id).ms for event in chain):
        notes.append(
            f"line {wanted.line}, {wanted.row_id}: older than what was imported before, left out"
        )
        return []
    return [_edited(wanted, changes, after=before.heads)]


def _changes(before: Entity, wanted: Wanted) -> dict[str, Mapping[str, object]]:
    """What an edit has to say; a field on which the source's own heads differ is written again."""
    values = {
        name: value for name, value in wanted.fields.items() if _heads(before, name) != {value}
    }
    add: dict[str, tuple[str, ...]] = {}
    remove: dict[str, tuple[str, ...]] = {}
    for name, elements in wanted.sets.items():
        present = before.elements(name)
        add[name] = tuple(element for element in elements if element not in present)
        remove[name] = tuple(element for element in present if element not in elements)
    parts: dict[str, Mapping[str, object]] = {
        "set": values,
        "add": {name: found for name, found in add.items() if found},
        "remove": {name: found for name, found in remove.items() if found},
    }
    return {name: part for name, part in parts.items() if part}


def _heads(before: Entity, name: str) -> set[str]:
    return {head.value for head in before.fields.get(name, ())} or {_UNWRITTEN.get(name, "")}


def _edited(
    wanted: Wanted, changes: Mapping[str, Mapping[str, object]], *, after: Sequence[str]
) -> Given:
    """An edit by the source, dated by the row, but not before what it follows."""
    fact = TaskEdited.model_validate({"entity": wanted.key, **changes})
    closes = changes.get("set", {}).get("status") in CLOSED
    dated = wanted.closed if closes else wanted.updated
    ms = max([dated, *(Stamp.of(seen).ms for seen in after)])
    content = _canonical(fact, *after)
    return given(fact, wanted.row_id, fact.type, content, ms=ms, by=SOURCE, after=after)


def _canonical(fact: TaskFact, *after: str) -> str:
    return json.dumps([fact.body(), *after], sort_keys=True)
