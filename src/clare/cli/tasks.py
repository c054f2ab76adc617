"""Commands that plan one task after another: add and edit."""

from collections.abc import Mapping, Sequence

import click

from clare.cli import complete, editing
from clare.cli.arguments import EVERY, PRIORITY, TASKS, given, priority_of, text_of
from clare.cli.options import Session, common
from clare.cli.report import Done, finish
from clare.services import tasks
from clare.state import DEFAULTS, STATUSES
from clare.views.sheet import Sheet


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
@click.option(
    "--template",
    metavar="NAME",
    help="Begin with what a template says.",
    shell_complete=complete.templates,
)
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
