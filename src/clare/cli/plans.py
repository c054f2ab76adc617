"""Planning in one go: a file of tasks, a task in parts."""

import sys
from pathlib import Path

import click

from clare.cli.arguments import TASK
from clare.cli.options import Session, common
from clare.cli.report import Done, conclude, finish
from clare.fleet import Fleet
from clare.services import apply as plans
from clare.services.apply import ADDED, CHANGED, Applied, Step
from clare.services.plan_entries import STDIN, load
from clare.services.split import split as split_task
from clare.views.record import Record, task_record
from clare.views.safe import one_line
from clare.views.story import changes


@common
@click.command(epilog="Example: clare split 7qk2 Lexer Parser 'Error messages' --chain")
@TASK
@click.argument("titles", metavar="TITLE...", nargs=-1, required=True)
@click.option("--chain", is_flag=True, help="Let each wait for the one before.")
@click.pass_obj
def split(session: Session, name: str, titles: tuple[str, ...], chain: bool) -> None:
    """Make parts of a task; it waits for all of them.

    Each TITLE becomes a task with the project and priority of TASK, all in one commit. Who holds
    TASK keeps it. In a pipe it prints the bare ids.
    """
    opened = session.open()
    outcome = split_task(opened.board, name, titles, chain=chain)
    finish(session, opened, outcome, Done("added", bare_id=True, several=True))


@common
@click.command(epilog="Examples: clare apply week.yaml --dry-run; ./export | clare apply -")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Print what would change, and write nothing.")
@click.pass_obj
def apply(session: Session, file: Path, dry_run: bool) -> None:
    """Add and edit tasks as a file says, all or nothing.

    FILE holds YAML or JSON lines (docs/plan.md), - reads standard input. All of it becomes one
    commit. In a pipe it prints the bare ids in the order of the file.
    """
    entries = load(file)
    opened = session.open()
    done = plans.apply(opened.board, entries, source=_named(file), dry_run=dry_run)
    fleet = done.outcome.fleet
    if session.as_json:
        now = opened.board.now()
        session.data([_record(fleet, step, now) for step in done.steps])
    elif dry_run:
        session.table([_row(fleet, step) for step in done.steps], styles=("green", "cyan"))
    else:
        _tell(session, done)
    conclude(session, done.outcome)


def _named(file: Path) -> str:
    """What a commit calls the plan: the name of its file, if it is one that stays."""
    return "a plan" if file == STDIN or not file.suffix else file.name


def _tell(session: Session, done: Applied) -> None:
    fleet = done.outcome.fleet
    for step in done.steps:
        task = fleet.tasks[step.task]
        if sys.stdout.isatty():
            session.say(f"{fleet.short(task.id)} {step.result}: {one_line(task.title)}")
        else:
            session.say(task.id)


def _row(fleet: Fleet, step: Step) -> tuple[str, str, str]:
    """A line of a dry run; a new task without a key gets another id when it is written."""
    task = fleet.tasks[step.task]
    is_new = step.result == ADDED and not step.entry.key
    shown = step.entry.name or "new" if is_new else fleet.short(task.id)
    told = [word for fact in step.facts for word in changes(fact.effect())]
    extra = f" ({', '.join(told)})" if step.result == CHANGED else ""
    return step.result, shown, task.title + extra


def _record(fleet: Fleet, step: Step, now: int) -> Record:
    about = {"result": step.result, "as": step.entry.name or None, "key": step.entry.key or None}
    return {**about, **task_record(fleet, fleet.tasks[step.task], now=now)}
