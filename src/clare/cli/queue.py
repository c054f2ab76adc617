"""Commands about the queue: what is ready, what is next, taking it and giving it back."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from clare import clock
from clare.cli.arguments import LABEL, OPTIONAL_TASKS, PROJECT, SAY, TASKS, text_of
from clare.cli.asking import WHERE, WORDS, QueryCommand, asked_by, on_board, query_of
from clare.cli.forms import LIMIT, say_rest
from clare.cli.options import Session, common
from clare.cli.report import Done, finish, warn
from clare.config import agent_here, in_nameless_agent
from clare.errors import ClareError, NothingToDo, Usage
from clare.fleet import Fleet, Task
from clare.services.opening import Opened
from clare.views.query import Query, matcher
from clare.views.ready import Queue, Ranked, rank
from clare.views.record import Record, task_record
from clare.views.rows import excluded, queued
from clare.views.tasks import fitting

if TYPE_CHECKING:
    from clare.services.claims import Taken

LEASE = click.option(
    "--lease",
    metavar="DURATION",
    help="How long the claim holds: 30m, 8h; default the board's, else 4h.",
)


_NONE = "nothing is ready; `clare ready --all` says why for each task"
_NONE_FITS = "nothing that is ready fits; `clare list` with the same words shows what else does"


@common
@click.command(
    cls=QueryCommand, epilog="Examples: clare ready -P web; clare ready -label:wip @mine"
)
@WORDS
@WHERE
@PROJECT
@LABEL
@LIMIT
@click.option("--all", "show_all", is_flag=True, help="Also what is not ready, each with why.")
@click.pass_obj
def ready(
    session: Session,
    words: tuple[str, ...],
    condition: str,
    projects: tuple[str, ...],
    labels: tuple[str, ...],
    limit: int | None,
    show_all: bool,
) -> None:
    """What can be worked on now, best first.

    Each with what speaks for its place; --all adds the others, each with what is in its way.
    QUERY is as for `clare list`.
    """
    asks = query_of(words, condition, projects=projects, labels=labels)
    opened = session.open()
    fleet = opened.board.read()
    asked, query = asked_by(opened, fleet), on_board(fleet, asks).query
    now, queue = asked.now, rank(fleet, now=asked.now)
    if not (query.terms or query.order or show_all or session.as_json):
        _show_all_ready(session, fleet, queue, limit)
        return
    chosen = fitting(queue.ready, query, asked)
    rest = fitting(queue.excluded, query, asked) if show_all else []
    number = len(chosen) + len(rest)
    if limit is not None:
        chosen, rest = chosen[:limit], rest[: max(0, limit - len(chosen))]
    if session.as_json:
        found = [ready_record(fleet, e, now, ready=True) for e in chosen]
        session.data([*found, *(ready_record(fleet, e, now, ready=False) for e in rest)])
    else:
        shown = queued(fleet, [entry.task for entry in chosen], now=now)
        others = excluded(fleet, rest)
        columns = [[*one, *other] for one, other in zip(shown, others, strict=True)]
        session.columns(columns, styles=("cyan", "", "bright_black"))
        if not chosen and not rest:
            session.talk(_NONE_FITS if query.terms else _NONE)
    say_rest(session, number, limit)
    warn(session, fleet)


def _show_all_ready(session: Session, fleet: Fleet, queue: Queue, limit: int | None) -> None:
    """All that is ready as a table: of thousands of tasks no more is made than is shown."""
    tasks = fleet.tasks.at(queue.places[:limit])
    session.columns(queued(fleet, tasks, now=queue.now), styles=("cyan", "", "bright_black"))
    if not tasks:
        session.talk(_NONE)
    say_rest(session, len(queue.places), limit)
    warn(session, fleet)


def ready_record(fleet: Fleet, entry: Ranked, now: int, *, ready: bool) -> Record:
    """A task of the queue as a record: whether it is ready, and what speaks for or against it."""
    record = task_record(fleet, entry.task, now=now)
    return {**record, "ready": ready, "reasons": list(entry.reasons)}


@common
@click.command("next", epilog="Example: clare next --claim --json")
@WHERE
@PROJECT
@LABEL
@click.option("-c", "--claim", "take", is_flag=True, help="Take it.")
@LEASE
@click.pass_obj
def next_task(
    session: Session,
    condition: str,
    projects: tuple[str, ...],
    labels: tuple[str, ...],
    take: bool,
    lease: str | None,
) -> None:
    """The task to take next; --claim takes it.

    Exits with 7 if nothing is ready.
    """
    opened = session.open()
    wanted = query_of((), condition, projects=projects, labels=labels)
    if take:
        _take_next(session, opened, wanted, _lease(lease))
    else:
        _show_next(session, opened, wanted)


def _take_next(session: Session, opened: Opened, wanted: Query, lease: int | None) -> None:
    _check_actor(opened)

    def choose(fleet: Fleet) -> Callable[[Task], bool]:
        return matcher(on_board(fleet, wanted).query, asked_by(opened, fleet))

    from clare.services import claims

    taken = claims.claim_next(opened.board, choose, lease=lease, offline=session.no_sync)
    _taken(session, opened, taken)


def _show_next(session: Session, opened: Opened, wanted: Query) -> None:
    fleet = opened.board.read()
    asked, query = asked_by(opened, fleet), on_board(fleet, wanted).query
    now, queue = asked.now, fitting(rank(fleet, now=asked.now).ready, Query(query.terms), asked)
    first = next((e for e in queue if not fleet.unreadable(e.task.key)), None)
    warn(session, fleet)
    if first is None:
        raise NothingToDo("nothing is ready", hint="`clare ready --all` says why for each task")
    if session.as_json:
        session.data(ready_record(fleet, first, now, ready=True))
        return
    session.say(f"{fleet.short(first.task.id)}  {first.task.title}")
    session.say(f"  {', '.join(first.reasons)}")
    session.talk(f"take it with `clare claim {fleet.short(first.task.id)}`")


@common
@click.command(epilog="Examples: clare claim 7qk2; clare claim 7qk2 9xw4 --lease 8h")
@TASKS
@LEASE
@click.option(
    "-f", "--force", is_flag=True, help="Take it even if somebody holds it or it is not ready."
)
@click.pass_obj
def claim(session: Session, names: tuple[str, ...], lease: str | None, force: bool) -> None:
    """Take tasks for yourself; one actor wins.

    They must be ready. Where there is a hub, the hub decides who wins; the others exit with 4.
    """
    opened = session.open()
    _check_actor(opened)
    length, offline = _lease(lease), session.no_sync
    from clare.services import claims

    taken = claims.claim(opened.board, names, lease=length, force=force, offline=offline)
    _taken(session, opened, taken)


def _lease(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return clock.duration(text)
    except ValueError as error:
        nothing = re.fullmatch(r"0+[smhd]", text)
        problem = "must be at least 1 second" if nothing else error
        raise Usage(f"--lease {text}: {problem}", hint="--lease 4h") from None


def _taken(session: Session, opened: Opened, taken: "Taken") -> None:
    """Print what is held now, then raise what could not be taken."""
    fleet, now = taken.outcome.fleet, opened.board.now()
    tasks = [fleet.task(task) for task in taken.outcome.tasks]
    if not session.as_json:
        for task in tasks:
            verb = "still holds" if task.id in taken.renewed else "holds"
            session.say(_holding(fleet, task, opened.board.actor, verb, now))
    finish(session, opened, taken.outcome, Done("", briefed=True))


def _holding(fleet: Fleet, task: Task, actor: str, verb: str, now: int) -> str:
    holder = task.holder(now=now)
    until = clock.show_instant(holder.end) if holder else "now"
    return f"{actor} {verb} {fleet.short(task.id)} until {until}: {task.title}"


def _check_actor(opened: Opened) -> None:
    """An agent that cannot be told from the others must not take work in a shared name."""
    if in_nameless_agent(opened.actor):
        name = f"{agent_here()}/{opened.board.bits(16):04x}"
        raise ClareError(
            "this is an agent's shell, and nothing tells this agent from the others",
            hint=f"export CLARE_ACTOR={name}",
        )


@common
@click.command(epilog="Example: clare release 7qk2 -m 'The zones are still missing.'")
@OPTIONAL_TASKS
@SAY
@click.option("-f", "--force", is_flag=True, help="Also end claims of others.")
@click.pass_obj
def release(session: Session, names: tuple[str, ...], message: str | None, force: bool) -> None:
    """Give tasks back.

    Without TASK the one you hold.
    """
    opened = session.open()
    from clare.services import claims

    outcome = claims.release(opened.board, names, force=force, say=text_of(message))
    finish(session, opened, outcome, Done("released"))
