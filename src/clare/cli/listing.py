"""The list of tasks."""

import click

from clare.cli import complete
from clare.cli.arguments import LABEL, PRIORITY, PROJECT, priority_of
from clare.cli.asking import WHERE, WORDS, QueryCommand, asked_by, on_board, query_of
from clare.cli.forms import COLUMNS, LIMIT, NONE, STYLES, Form, form_of, say_rest, show_tasks
from clare.cli.options import Session, common
from clare.cli.report import warn
from clare.views.compare import Asked
from clare.views.query import Query, where
from clare.views.rows import listed_at
from clare.views.saved import Resolved
from clare.views.tasks import choose, unfinished
from clare.views.terms import STATES


@common
@click.command(
    "list",
    cls=QueryCommand,
    epilog="Examples: clare list label:parser -type:bug sort:due; clare list @mine; "
    "clare list 'priority:<=P1' no:assignee --columns short,due,title",
)
@WORDS
@WHERE
@PROJECT
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice(list(STATES)),
    help="Only with this status, or what Clare says of a task instead.",
)
@LABEL
@click.option(
    "--assignee",
    "assignees",
    multiple=True,
    metavar="ACTOR",
    help="Only assigned to this actor.",
    shell_complete=complete.actors,
)
@click.option(
    "-p",
    "--priority",
    "priorities",
    multiple=True,
    type=priority_of,
    metavar=PRIORITY,
    help="Only of this priority.",
    shell_complete=complete.priorities,
)
@click.option(
    "-t",
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    help="Only of this type.",
    shell_complete=complete.types,
)
@click.option("--mine", is_flag=True, help="Only what you hold or is assigned to you.")
@click.option("--blocked", is_flag=True, help="Only what waits for another task.")
@click.option("--text", default="", help="Only with this text in title, body or comments.")
@click.option("--all", "show_all", is_flag=True, help="Closed tasks too.")
@COLUMNS
@LIMIT
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV; all columns unless told.")
@click.option("--md", "as_md", is_flag=True, help="Print a Markdown table.")
@click.pass_obj
def list_tasks(
    session: Session,
    words: tuple[str, ...],
    condition: str,
    projects: tuple[str, ...],
    statuses: tuple[str, ...],
    labels: tuple[str, ...],
    assignees: tuple[str, ...],
    priorities: tuple[str, ...],
    types: tuple[str, ...],
    mine: bool,
    blocked: bool,
    text: str,
    show_all: bool,
    columns: str,
    limit: int | None,
    as_csv: bool,
    as_md: bool,
) -> None:
    """List tasks, filtered.

    QUERY is terms that add up: status:open label:a,b -label:wip "exact words" no:assignee sort:due,
    or a saved view, @NAME. Quote what has < or > in it: 'updated:>7d'. docs/query.md tells all.

    By priority, oldest first; closed ones only when asked for. Values of one option are
    alternatives, except that a task must have every label.
    """
    asks = query_of(words, condition, projects=projects, labels=labels)
    asks &= where("status", *statuses) & where("assignee", *assignees) & where("type", *types)
    asks &= where("priority", *priorities) & where("is", *["mine"] * mine)
    asks &= where("status", *["blocked"] * blocked) & where("text", *[text] * bool(text))
    form = form_of(session, columns, csv=as_csv, md=as_md)
    opened = session.open()
    fleet = opened.board.read()
    asked, found = asked_by(opened, fleet), on_board(fleet, asks)
    if found == Resolved(Query()) and form == Form() and not show_all:
        _list_usual(session, asked, limit)
        return
    tasks = choose(asked, found.query if show_all else unfinished(found.query))
    show_tasks(session, asked, tasks[:limit], form.or_columns(found.columns))
    say_rest(session, len(tasks), limit)
    warn(session, fleet)


def _list_usual(session: Session, asked: Asked, limit: int | None) -> None:
    """All that is unfinished as a table: of thousands of tasks no more is made than is shown."""
    places = asked.fleet.related.usual
    session.columns(listed_at(asked.fleet, places[:limit], now=asked.now), styles=STYLES)
    if not places:
        session.talk(NONE)
    say_rest(session, len(places), limit)
    warn(session, asked.fleet)
