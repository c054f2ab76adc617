"""Commands that move tasks on, say something about them, or change one of their relations."""

from dataclasses import replace

import click

from clare.cli import complete, editing
from clare.cli.arguments import OPTIONAL_TASKS, REASON, SAY, TASK, TASKS, text_of
from clare.cli.options import Session, common
from clare.cli.report import Done, finish
from clare.services import tasks
from clare.views.leftover import leftover


def _move(
    session: Session,
    names: tuple[str, ...],
    status: str,
    verb: str,
    say: str | None,
    reason: str = "",
) -> None:
    opened = session.open()
    outcome = tasks.move(opened.board, names, status, reason=reason, say=text_of(say))
    if status == "done":
        left = (leftover(outcome.fleet, outcome.fleet.task(task)) for task in outcome.tasks)
        outcome = replace(outcome, notes=(*outcome.notes, *filter(None, left)))
    finish(session, opened, outcome, Done(verb))


@common
@click.command(epilog="Example: clare review 7qk2 -m 'Look at the zones.'")
@OPTIONAL_TASKS
@SAY
@click.pass_obj
def review(session: Session, names: tuple[str, ...], message: str | None) -> None:
    """Hand tasks over for review; claims on them end.

    Without TASK the one you hold.
    """
    _move(session, names, "review", "in review", message)


@common
@click.command(epilog="Example: clare done 7qk2 9xw4 -r 'merged in 1.4'")
@OPTIONAL_TASKS
@REASON
@SAY
@click.pass_obj
def done(session: Session, names: tuple[str, ...], reason: str, message: str | None) -> None:
    """Close tasks as done; claims on them end.

    Without TASK the one you hold.
    """
    _move(session, names, "done", "done", message, reason)


@common
@click.command(epilog="Example: clare drop 7qk2 -r 'nobody needs it'")
@TASKS
@REASON
@SAY
@click.pass_obj
def drop(session: Session, names: tuple[str, ...], reason: str, message: str | None) -> None:
    """Close tasks that will not be done; claims on them end."""
    _move(session, names, "dropped", "dropped", message, reason)


@common
@click.command(epilog="Example: clare reopen 7qk2 -m 'It came back.'")
@TASKS
@SAY
@click.pass_obj
def reopen(session: Session, names: tuple[str, ...], message: str | None) -> None:
    """Open tasks again."""
    _move(session, names, "open", "reopened", message)


@common
@click.command(epilog="Example: clare comment 7qk2 9xw4 -m 'The header has no zone.'")
@OPTIONAL_TASKS
@click.option("-m", "--message", help="What to say; - reads standard input.")
@click.pass_obj
def comment(session: Session, names: tuple[str, ...], message: str | None) -> None:
    """Say something about tasks.

    Without TASK about the one you hold. Without -m the editor opens on a terminal.
    """
    if message is None:
        editing.check_terminal("what is there to say?", 'say it with -m "…"')
    opened = session.open()
    if message is None:
        outcome = editing.comment(opened.board, names)
    else:
        outcome = tasks.comment(opened.board, names, text_of(message) or "")
    finish(session, opened, outcome, Done("commented"))


@common
@click.command(epilog="Example: clare needs 7qk2 9xw4")
@TASK
@click.argument(
    "others", metavar="OTHER...", nargs=-1, required=True, shell_complete=complete.tasks
)
@click.option("--rm", "remove", is_flag=True, help="Let it no longer wait for them.")
@click.pass_obj
def needs(session: Session, name: str, others: tuple[str, ...], remove: bool) -> None:
    """Let a task wait for others, or no longer.

    TASK is not ready before every OTHER is done or dropped.
    """
    opened = session.open()
    outcome = tasks.need(opened.board, name, others, remove=remove)
    finish(session, opened, outcome, Done("no longer waits" if remove else "waits"))


@common
@click.command(epilog="Example: clare assign 7qk2 --to claude/7f3a")
@TASKS
@click.option(
    "--to",
    "--for",
    "actor",
    metavar="ACTOR",
    required=True,
    help='Who; "" for nobody.',
    shell_complete=complete.actors,
)
@click.pass_obj
def assign(session: Session, names: tuple[str, ...], actor: str) -> None:
    """Say who should do tasks; takes nothing from anybody.

    It is an intention: `claim` is what excludes others.
    """
    opened = session.open()
    fields = {"assignee": actor}
    outcome = tasks.edit(opened.board, names, fields=fields, come={}, gone={})
    finish(
        session, opened, outcome, Done(f"assigned to {actor}" if actor else "assigned to nobody")
    )
