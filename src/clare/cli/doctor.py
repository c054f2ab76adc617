"""The command that looks for everything that can be wrong."""

from collections.abc import Sequence
from itertools import groupby

import click

from clare.cli.options import Session, common
from clare.cli.report import notes
from clare.errors import ClareError, Exit
from clare.services import repair
from clare.services.doctor.examination import Report, examine
from clare.views.record import Record
from clare.views.safe import one_line
from clare.views.story import counted
from clare.views.troubles import Diagnosis

_GRAVEST_FIRST = (Exit.UNREADABLE, Exit.REFUSED, Exit.UNPUBLISHED)


@common
@click.command(
    epilog="Examples: clare doctor; clare doctor --fix; clare doctor --acknowledge notes.yaml"
)
@click.option("--fix", is_flag=True, help="Mend what is safe to mend, and look again.")
@click.option(
    "--acknowledge",
    "files",
    multiple=True,
    metavar="FILE",
    help="Accept this unreadable file as it is; writes an event.",
)
@click.pass_obj
def doctor(session: Session, fix: bool, files: tuple[str, ...]) -> None:
    """Look for everything that can be wrong: machine, git, hub, board and cache.

    Each finding says what it means and what to do. Exits with 5 if the board is against its laws,
    else with 1 if machine or git keep Clare from working, else with 6 if the hub does; 0 if there
    are only notes. The hub is asked, for a few seconds at most; nothing is changed without --fix.
    """
    outcome = repair.acknowledge(session.open().board, files) if files else None
    with session.progress() as told:
        report = examine(fleet=session.fleet, actor=session.actor, fix=fix, told=told)
    _show(session, report)
    if outcome:
        notes(session, outcome)
    for problem in report.unmended:
        session.talk(f"clare: not mended: {problem.message}; {problem.hint}")
    _check_whole(report)


def _show(session: Session, report: Report) -> None:
    broken = len(report.broken)
    if session.as_json and (report.found or not report.stopped):
        session.data(
            {
                "events": report.events,
                "broken": broken,
                "notes": len(report.found) - broken,
                "fixed": [_record(one) for one in report.fixed],
                "findings": [_record(one) for one in report.found],
            }
        )
    elif report.found or not report.stopped:
        for one in report.fixed:
            session.say(f"fixed  {one.where}  {one.problem}")
        _show_areas(session, report.found)
        counts = [f"{broken} broken", counted(len(report.found) - broken, "note")]
        events = [] if report.events is None else [counted(report.events, "event")]
        session.say(", ".join([*events, *counts]))


def _show_areas(session: Session, found: Sequence[Diagnosis]) -> None:
    """By area; what is of one kind has its explanation once, behind the last."""
    for area, inside in groupby(found, key=lambda one: one.trouble.area):
        session.say(session.styled(area, bold=True))
        for (trouble, do), same in groupby(inside, key=lambda one: (one.trouble, one.do)):
            for one in same:
                line = f"{one.level}  {one_line(one.where)}  {one_line(one.problem)}"
                session.say(f"  {line}")
            session.say(f"    means  {trouble.means}")
            session.say(f"    do     {do}")


def _record(one: Diagnosis) -> Record:
    return {
        "level": one.level,
        "area": one.trouble.area,
        "kind": one.trouble.name,
        "where": one.where,
        "problem": one.problem,
        "means": one.trouble.means,
        "do": one.do,
        "fixable": one.trouble.fixable,
    }


def _check_whole(report: Report) -> None:
    """Raise what the doctor exits with: the gravest of what is broken, or what stopped it."""
    codes = {one.trouble.exit_code for one in report.broken}
    if report.stopped:
        raise report.stopped
    for code in _GRAVEST_FIRST:
        if code in codes:
            first = next(one for one in report.broken if one.trouble.exit_code == code)
            told = f"{len(report.broken)} broken, first {first.where}: {first.problem}"
            raise ClareError(told, hint=first.do, exit_code=code)
