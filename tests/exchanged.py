"""Generated boards, and what of them an export must keep."""

from collections.abc import Sequence

from hypothesis import strategies as st

from clare.clock import Stamp
from clare.events.event import Event
from clare.events.fact import Fact
from clare.events.project import ProjectCreated, ProjectEdited
from clare.events.task import TaskClaimed, TaskCommented, TaskCreated, TaskEdited
from clare.fleet import Fleet
from clare.names import base32, derived
from clare.views.export import project_records, task_records
from clare.views.record import Record
from tests.core import facts
from tests.views.fleets import MORNING, fleet_of

LEFT_OUT = ("active", "claim", "contested", "updated_by")
"""What is not kept: claims, other values of a contested field, and who changed it last."""

_LATER = st.sampled_from([0, 0, 1, 40, 900, 61_000, 3_600_000])


def _about(
    kind: type[Fact], key: str, **parts: st.SearchStrategy[object]
) -> st.SearchStrategy[Fact]:
    given = st.fixed_dictionaries(parts)
    return given.map(lambda body: kind.model_validate({"entity": key, **body}))


def _task_facts(key: str) -> st.SearchStrategy[list[Fact]]:
    edited = _about(
        TaskEdited, key, set=facts.TASK_FIELDS, add=facts.TASK_SETS, remove=facts.TASK_SETS
    )
    said = _about(TaskCommented, key, text=facts.TEXTS)
    claimed = _about(TaskClaimed, key, lease=facts.LEASES)
    created = _about(TaskCreated, key, set=facts.TASK_FIELDS, add=facts.TASK_SETS)
    later = st.lists(st.one_of(edited, edited, said, claimed), max_size=5)
    return st.builds(lambda first, rest: [first, *rest], created, later)


def _project_facts(key: str) -> st.SearchStrategy[list[Fact]]:
    created = _about(ProjectCreated, key, set=facts.ABOUT_PROJECTS)
    edited = _about(ProjectEdited, key, set=facts.ABOUT_PROJECTS)
    return st.builds(lambda first, rest: [first, *rest], created, st.lists(edited, max_size=2))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """What several hosts wrote about tasks and projects, some of it without seeing the rest."""
    keys = draw(st.lists(st.one_of(facts.TASKS, facts.PROJECTS), max_size=5, unique=True))
    events: list[Event] = []
    for key in keys:
        told = draw(_task_facts(key) if key.startswith("tasks/") else _project_facts(key))
        events += _events(draw, told)
    return events


def _events(draw: st.DrawFn, told: Sequence[Fact]) -> list[Event]:
    at, events = MORNING + draw(_LATER), list[Event]()
    for number, fact in enumerate(told):
        host = draw(st.sampled_from(["plum", "apricot"]))
        blind = events and draw(st.integers(0, 3)) == 0
        seen = events[:1] if blind else events[-1:]
        events.append(
            Event(
                id=f"{Stamp(at)}-{host}-{base32(number, 8)}",
                type=fact.type,
                by=draw(facts.ACTORS),
                clone=derived(host, length=8),
                entity=fact.entity,
                after=tuple(event.id for event in seen),
                effect=fact.effect(),
            )
        )
        at += 1 + draw(_LATER)
    return events


def boards() -> st.SearchStrategy[Fleet]:
    return histories().map(lambda events: fleet_of(events))


def kept(fleet: Fleet) -> list[Record]:
    """The records of a board without what an export does not keep."""
    records = [*project_records(fleet, ()), *task_records(fleet, ())]
    return sorted(map(_kept, records), key=lambda record: str(record.get("id", record.get("slug"))))


def _kept(record: Record) -> Record:
    found = {name: value for name, value in record.items() if name not in LEFT_OUT}
    if record.get("closed_at"):
        del found["updated_at"]
    said = found.get("comments")
    if isinstance(said, list):
        found["comments"] = sorted((c["at"], c["by"], c["text"]) for c in said)
    return found
