"""The command that waits."""

import click

from clare import clock
from clare.cli.arguments import LABEL, OPTIONAL_TASKS, PROJECT
from clare.cli.asking import WHERE, asked_by, on_board, query_of
from clare.cli.options import Session, common
from clare.cli.queue import ready_record
from clare.cli.report import warn
from clare.errors import NothingToDo, Usage
from clare.fleet import Fleet
from clare.services import waiting
from clare.services.opening import Opened
from clare.views.query import Query
from clare.views.ready import Ranked, rank
from clare.views.record import task_record
from clare.views.rows import listed, queued
from clare.views.tasks import fitting


@common
@click.command(epilog="Examples: clare wait 7qk2; clare wait --ready -P web --timeout 30m")
@OPTIONAL_TASKS
@click.option("--ready", "until_ready", is_flag=True, help="Until there is something to take.")
@WHERE
@PROJECT
@LABEL
@click.option("--timeout", metavar="DURATION", help="At most so long: 90s, 30m, 4h.")
@click.pass_obj
def wait(
    session: Session,
    names: tuple[str, ...],
    until_ready: bool,
    condition: str,
    projects: tuple[str, ...],
    labels: tuple[str, ...],
    timeout: str | None,
) -> None:
    """Wait until tasks are done or dropped, or something is ready.

    Exits with 7 if time is up before. Meanwhile it asks the hub every ten seconds.
    """
    if bool(names) == until_ready:
        raise Usage("wait for what?", hint="name TASKs, or say --ready")
    seconds = _seconds(timeout)
    opened = session.open()
    if until_ready:
        asks = query_of((), condition, projects=projects, labels=labels)
        _wait_for_ready(session, opened, asks, seconds)
    else:
        _wait_for_closed(session, opened, names, seconds)


def _seconds(timeout: str | None) -> float | None:
    if timeout is None:
        return None
    try:
        return clock.duration(timeout) / clock.SECOND
    except ValueError as error:
        raise Usage(f"--timeout {timeout}: {error}", hint="--timeout 30m") from None


def _wait_for_ready(session: Session, opened: Opened, asks: Query, seconds: float | None) -> None:
    board = opened.board

    def ready(fleet: Fleet) -> list[Ranked]:
        asked, query = asked_by(opened, fleet), on_board(fleet, asks).query
        return fitting(rank(fleet, now=asked.now).ready, query, asked)

    fleet = waiting.wait(board, ready, seconds=seconds, asked=session.hear)
    found = ready(fleet)
    if not found:
        raise NothingToDo("time is up, and nothing is ready", hint="`clare ready --all` says why")
    if session.as_json:
        now = board.now()
        session.data([ready_record(fleet, entry, now, ready=True) for entry in found])
    else:
        session.columns(
            queued(fleet, [entry.task for entry in found], now=board.now()), styles=("cyan",)
        )
    warn(session, fleet)


def _wait_for_closed(
    session: Session, opened: Opened, names: tuple[str, ...], seconds: float | None
) -> None:
    board = opened.board
    first = board.read()
    ids = [first.task(name).id for name in names]  # a prefix may come to name two

    def closed(fleet: Fleet) -> bool:
        return not waiting.unfinished(fleet, ids)

    fleet = waiting.wait(board, closed, seconds=seconds, asked=session.hear)
    left = [fleet.short(task.id) for task in waiting.unfinished(fleet, ids)]
    if left:
        raise NothingToDo(
            f"time is up, and unfinished: {', '.join(left)}",
            hint=f"`clare show {left[0]}` tells how far it is",
        )
    tasks, now = [fleet.task(task) for task in ids], board.now()
    if session.as_json:
        records = [task_record(fleet, task, now=now) for task in tasks]
        session.data(records[0] if len(records) == 1 else records)
    else:
        session.columns(listed(fleet, tasks, now=now), styles=("cyan", "", "green"))
    warn(session, fleet, about=[task.key for task in tasks])
