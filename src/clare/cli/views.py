"""Commands about saved views."""

import click

from clare.cli import complete
from clare.cli.asking import WHERE, QueryCommand, query_of
from clare.cli.forms import COLUMNS
from clare.cli.options import Session, common
from clare.cli.report import notes, warn
from clare.errors import Usage
from clare.services import views
from clare.services.act import Outcome
from clare.services.finding import check_readable
from clare.views.columns import columns_of
from clare.views.saved import view_record

NAME = click.argument("name", metavar="NAME", shell_complete=complete.view_names)


@common
@click.command(
    cls=QueryCommand,
    epilog="Example: clare view save bugs type:bug -label:wip sort:due --columns short,due,title",
)
@NAME
@click.argument("words", metavar="QUERY...", nargs=-1)
@WHERE
@COLUMNS
@click.pass_obj
def save(session: Session, name: str, words: tuple[str, ...], condition: str, columns: str) -> None:
    """Save a query under a name, for `clare list @NAME`.

    Views are on the board: everybody has them. Saving one again replaces it.
    """
    query, chosen = query_of(words, condition), columns_of(columns)
    if not (str(query) or chosen):
        raise Usage("nothing to save", hint=f"clare view save {name} label:parser sort:due")
    outcome = views.save(session.open().board, name, query, columns=chosen)
    view = outcome.fleet.view(name)
    if session.as_json:
        session.data(view_record(view))
    else:
        nothing = "" if outcome.written.events else "  (nothing to change)"
        session.say(f"{name} saved: {view.value('query')}{nothing}")
    _finish(session, outcome, view.key)


@common
@click.command("list", epilog="Example: clare view list")
@click.pass_obj
def list_views(session: Session) -> None:
    """List saved views."""
    fleet = session.open().board.read()
    found = [view for _, view in sorted(fleet.views.items())]
    if session.as_json:
        session.data([view_record(view) for view in found])
    else:
        rows = [
            (view.key.partition("/")[2], f"{view.value('query')}{' !' * bool(view.contested)}")
            for view in found
        ]
        session.table(rows, styles=("cyan",))
        if not rows:
            session.talk("no views; `clare view save NAME QUERY` saves one")
    warn(session, fleet)


@common
@click.command(epilog="Example: clare view show bugs")
@NAME
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show what a view stands for."""
    fleet = session.open().board.read()
    view = fleet.view(name)
    record = view_record(view)
    if session.as_json:
        session.data(record)
    else:
        session.say(session.styled(name, bold=True))
        rows = [
            ("query", view.value("query")),
            ("columns", view.value("columns")),
            ("saved", f"{record['updated_at']} by {record['updated_by']}"),
            *(("contested", f"{field}; saving it again settles it") for field in view.contested),
        ]
        session.table([("", *row) for row in rows if row[1]], whole=True)
    warn(session, fleet, about=[view.key])
    check_readable(fleet, view.key)


@common
@click.command("rm", epilog="Example: clare view rm bugs")
@NAME
@click.pass_obj
def remove(session: Session, name: str) -> None:
    """Take a view away; its history stays."""
    outcome = views.remove(session.open().board, name)
    if session.as_json:
        session.data({"name": name})
    else:
        session.say(f"{name} removed")
    _finish(session, outcome, f"views/{name}")


def _finish(session: Session, outcome: Outcome, key: str) -> None:
    notes(session, outcome)
    warn(session, outcome.fleet, about=[key])
