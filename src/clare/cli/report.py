"""What a command that wrote something says about it."""

import sys
from typing import TYPE_CHECKING, NamedTuple

from clare.cli.options import Session, SomeFailed
from clare.fleet import Fleet
from clare.views.safe import one_line
from clare.views.story import counted

if TYPE_CHECKING:
    from clare.services.act import Outcome
    from clare.services.opening import Opened


class Done(NamedTuple):
    """How to tell it: the verb, empty if it was told already; whether a pipe gets only the id.

    `briefed` records say what an agent needs to begin. `several`: the JSON is `{"tasks": […]}` also
    when there is only one.
    """

    verb: str
    bare_id: bool = False
    briefed: bool = False
    several: bool = False


def finish(session: Session, opened: "Opened", outcome: "Outcome", done: Done) -> None:
    """Print the tasks that a command changed, then raise what went wrong with the others."""
    fleet, now = outcome.fleet, opened.board.now()
    if session.as_json:
        from clare.views.briefing import briefing
        from clare.views.record import task_record

        record = briefing if done.briefed else task_record
        records = [record(fleet, fleet.task(task), now=now) for task in outcome.tasks]
        alone = len(records) == 1 and not (outcome.failed or done.several)
        session.data(records[0] if alone else {"tasks": records})
    elif done.verb:
        _tell(session, outcome, done)
    conclude(session, outcome)


def conclude(session: Session, outcome: "Outcome") -> None:
    """What there is to say beside the data; then raise what went wrong with the others."""
    notes(session, outcome)
    warn(session, outcome.fleet, about=[f"tasks/{task}" for task in outcome.tasks])
    _raise(outcome)


def _tell(session: Session, outcome: "Outcome", done: Done) -> None:
    fleet = outcome.fleet
    touched = {event.entity for event in outcome.written.events}
    for task_id in outcome.tasks:
        task = fleet.task(task_id)
        if done.bare_id and not sys.stdout.isatty():
            session.say(task.id)
            continue
        nothing = "" if task.key in touched else "  (nothing to change)"
        session.say(f"{fleet.short(task_id)} {done.verb}: {one_line(task.title)}{nothing}")


def notes(session: Session, outcome: "Outcome") -> None:
    """Say on stderr what came to light beside what was asked for."""
    from clare.views.repeats import minted

    for note in (
        *outcome.notes,
        *minted(outcome.fleet, outcome.written.events, known=outcome.tasks),
    ):
        session.talk(f"clare: {note}")


def _raise(outcome: "Outcome") -> None:
    if outcome.failed:
        raise SomeFailed(outcome.failed)


def warn(session: Session, fleet: Fleet, *, about: list[str] | None = None) -> None:
    """Say on stderr that some files cannot be read, and that the rest went on; a line for each kind.

    Of the entities that it is about, also that a value was left out: what is shown lacks it.
    """
    broken = [f for f in fleet.open_findings if f.level == "unreadable"]
    if about is not None:
        broken = [f for f in broken if f.entity not in about]
    if broken:
        files = counted(len(broken), "file")
        session.talk(f"clare: {files} cannot be read, see `clare doctor`: {broken[0]}")
    unfit = [f for f in fleet.open_findings if f.level == "unfit" and f.entity in (about or ())]
    if unfit:
        values = counted(len(unfit), "value")
        session.talk(f"clare: {values} left out, see `clare doctor`: {unfit[0]}")
