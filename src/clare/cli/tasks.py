"""Commands that plan: add, edit, move on, comment, needs, assign."""

import sys
from collections.abc import Mapping, Sequence

import click

from clare import state
from clare.cli import complete, editing
from clare.cli.options import Session, common
from clare.cli.report import Done, finish
from clare.errors import Usage
from clare.events import repeat
from clare.services import tasks
from clare.state import DEFAULTS, PRIORITIES, STATUSES
from clare.views.sheet import Sheet

TASK = click.argument("name", metavar="TASK", shell_complete=complete.tasks)
PROJECT = click.option(
    "-P",
    "--project",
    "projects",
    multiple=True,
    metavar="PROJECT",
    help="Only of this project; . for the one here.",
    shell_complete=complete.projects,
)
LABEL = click.option(
    "-l",
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    help="Only with this label.",
    shell_complete=complete.labels,
)
TASKS = click.argument(
    "names", metavar="TASK...", nargs=-1, required=True, shell_complete=complete.tasks
)
OPTIONAL_TASKS = click.argument(
    "names", metavar="[TASK...]", nargs=-1, shell_complete=complete.tasks
)
PRIORITY = f"{PRIORITIES[0]}…{PRIORITIES[-1]}"


def rule_of(text: str) -> str:
    """How a task repeats, as people type it."""
    try:
        return str(repeat.parse(text)) if text else ""
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


EVERY = click.option(
    "--every",
    type=rule_of,
    metavar="RULE",
    help='Comes again when closed: day, weekday, week, "2 weeks", month …; "" for no more.',
)


def priority_of(text: str) -> str:
    """A priority as people type it: `P1`, `p1` or `1`."""
    try:
        return state.priority_of(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


def text_of(value: str | None) -> str | None:
    """An option's text; `-` reads it from standard input."""
    if value != "-":
        return value
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Usage(
            f"standard input is not UTF-8 at byte {error.start}", hint="convert it with iconv"
        ) from None


def given(**values: str | None) -> dict[str, str]:
    """The fields that were given on the command line, under their names in events."""
    return {name: value for name, value in values.items() if value is not None}


@common
@click.command(
    epilog='Example: clare add "Parse dates" -p P1 -l parser -n 7qk2 -d friday -m "As ISO 8601."'
)
@click.argument("title", required=False)
@click.option(
    "-p",
    "--priority",
    type=priority_of,
    metavar=PRIORITY,
    help=f"P0 is the most urgent; default {DEFAULTS['priority']}.",
    shell_complete=complete.priorities,
)
@click.option(
    "-l",
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    help="A label; repeatable.",
    shell_complete=complete.labels,
)
@click.option(
    "-P",
    "--project",
    metavar="PROJECT",
    help='The slug of its project; default the one here, "" for none.',
    shell_complete=complete.projects,
)
@click.option("-m", "--body", help="What it is about; - reads standard input.")
@click.option(
    "-t",
    "--type",
    "type_",
    metavar="TYPE",
    help=f"bug, feature, epic …; default {DEFAULTS['type']}.",
    shell_complete=complete.types,
)
@click.option(
    "--parent", metavar="TASK", help="The task it is a part of.", shell_complete=complete.tasks
)
@click.option(
    "-n",
    "--needs",
    multiple=True,
    metavar="TASK",
    help="A task it waits for; repeatable.",
    shell_complete=complete.tasks,
)
@click.option(
    "--link", "links", multiple=True, metavar="LINK", help="A link: a URL, or any word; repeatable."
)
@click.option(
    "-a",
    "--for",
    "assignee",
    metavar="ACTOR",
    help="Who should do it.",
    shell_complete=complete.actors,
)
@click.option("-d", "--due", metavar="DAY", help="2026-12-01, friday, +3d, eom …; UTC.")
@click.option("--defer", metavar="DAY", help="Not ready before that; also due-3d.")
@EVERY
@click.option("--done-when", help="How to see that it is done.")
@click.option("--idea", is_flag=True, help="Note it down without opening it.")
@click.option("--pin", is_flag=True, help="Put it before everything else.")
@click.option("--template", metavar="NAME", help="Begin with what a template says.")
@click.pass_obj
def add(
    session: Session,
    title: str | None,
    priority: str | None,
    labels: tuple[str, ...],
    project: str | None,
    body: str | None,
    type_: str | None,
    parent: str | None,
    needs: tuple[str, ...],
    links: tuple[str, ...],
    assignee: str | None,
    due: str | None,
    defer: str | None,
    every: str | None,
    done_when: str | None,
    idea: bool,
    pin: bool,
    template: str | None,
) -> None:
    """Add a task.

    Without TITLE the editor opens on a terminal. In a pipe it prints the bare id.
    """
    fields = given(
        title=title,
        project=project,
        body=text_of(body),
        type=type_,
        status="idea" if idea else None,
        priority=priority,
        pinned="true" if pin else None,
        parent=parent,
        assignee=assignee,
        due=due,
        defer_until=defer,
        repeat=every,
        done_when=done_when,
    )
    elements = {"labels": labels, "needs": needs, "links": links}
    if title is None and template is None:
        editing.check_terminal("a task needs a TITLE", 'clare add "TITLE"')
    opened = session.open()
    if template is not None:
        from clare.services import templates

        outcome = templates.add(opened.board, template, fields=fields, **elements)
    elif title is None:
        outcome = editing.add(opened.board, Sheet(fields, elements))
    else:
        outcome = tasks.add(opened.board, fields=fields, **elements)
    finish(session, opened, outcome, Done("added", bare_id=True))


@common
@click.command(
    epilog="Example: clare edit 7qk2 --title 'Parse all dates' -l urgent --unlabel later"
)
@TASKS
@click.option("--title", help="What is to be done, in one line.")
@click.option(
    "-p",
    "--priority",
    type=priority_of,
    metavar=PRIORITY,
    help="P0 is the most urgent.",
    shell_complete=complete.priorities,
)
@click.option(
    "-l",
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    help="Add a label.",
    shell_complete=complete.labels,
)
@click.option(
    "--unlabel",
    "unlabels",
    multiple=True,
    metavar="LABEL",
    help="Remove a label.",
    shell_complete=complete.labels,
)
@click.option(
    "-P",
    "--project",
    metavar="PROJECT",
    help='The slug of its project; "" for none.',
    shell_complete=complete.projects,
)
@click.option("-m", "--body", help="What it is about; - reads standard input.")
@click.option(
    "-t",
    "--type",
    "type_",
    metavar="TYPE",
    help="bug, feature, epic …",
    shell_complete=complete.types,
)
@click.option("-s", "--status", type=click.Choice(STATUSES), help="Where it stands.")
@click.option(
    "--parent",
    metavar="TASK",
    help='The task it is a part of; "" for none.',
    shell_complete=complete.tasks,
)
@click.option(
    "-n",
    "--needs",
    multiple=True,
    metavar="TASK",
    help="Let it wait for this task too.",
    shell_complete=complete.tasks,
)
@click.option(
    "--unneed",
    "unneeds",
    multiple=True,
    metavar="TASK",
    help="No longer wait for it.",
    shell_complete=complete.tasks,
)
@click.option(
    "--link", "links", multiple=True, metavar="LINK", help="Add a link: a URL, or any word."
)
@click.option("--unlink", "unlinks", multiple=True, metavar="LINK", help="Remove a link.")
@click.option(
    "-a",
    "--for",
    "assignee",
    metavar="ACTOR",
    help='Who should do it; "" for nobody.',
    shell_complete=complete.actors,
)
@click.option("-d", "--due", metavar="DAY", help='friday, +3d …; due+7d moves it; "" for none.')
@click.option(
    "--defer", metavar="DAY", help='Not ready before that; defer+7d moves it; "" for none.'
)
@EVERY
@click.option("--done-when", help="How to see that it is done.")
@click.option("--pin/--unpin", "pinned", default=None, help="Put it before everything else.")
@click.pass_obj
def edit(
    session: Session,
    names: tuple[str, ...],
    title: str | None,
    priority: str | None,
    labels: tuple[str, ...],
    unlabels: tuple[str, ...],
    project: str | None,
    body: str | None,
    type_: str | None,
    status: str | None,
    parent: str | None,
    needs: tuple[str, ...],
    unneeds: tuple[str, ...],
    links: tuple[str, ...],
    unlinks: tuple[str, ...],
    assignee: str | None,
    due: str | None,
    defer: str | None,
    every: str | None,
    done_when: str | None,
    pinned: bool | None,
) -> None:
    """Change the fields, labels, needs or links of tasks.

    Of one TASK without options the editor opens on a terminal.
    """
    fields = given(
        title=title,
        project=project,
        body=text_of(body),
        type=type_,
        status=status,
        priority=priority,
        pinned=None if pinned is None else str(pinned).lower(),
        parent=parent,
        assignee=assignee,
        due=due,
        defer_until=defer,
        repeat=every,
        done_when=done_when,
    )
    come: Mapping[str, Sequence[str]] = {"labels": labels, "links": links, "needs": needs}
    gone: Mapping[str, Sequence[str]] = {"labels": unlabels, "links": unlinks, "needs": unneeds}
    if fields or any(come.values()) or any(gone.values()):
        opened = session.open()
        outcome = tasks.edit(opened.board, names, fields=fields, come=come, gone=gone)
    else:
        editing.check_terminal("nothing to change", "`clare edit --help` lists what can be")
        editing.check_one(names)
        opened = session.open()
        outcome = editing.edit(opened.board, names[0])
    finish(session, opened, outcome, Done("edited"))


SAY = click.option(
    "-m", "--message", help="Say this too, in the same commit; - reads standard input."
)
REASON = click.option("-r", "--reason", default="", help="Why, in a few words.")


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
