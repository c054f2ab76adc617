"""Commands about templates."""

import click

from clare.cli import complete
from clare.cli.options import Session, common
from clare.services import templates as service
from clare.services.templates import Template
from clare.store.plan_file import Map, Value
from clare.views.record import Record


@common
@click.command("list", epilog="Example: clare template list")
@click.pass_obj
def list_templates(session: Session) -> None:
    """List the templates of the board.

    They are files that people write: fleet/templates/NAME.yaml, an entry of a plan each.
    """
    board = session.open().board
    found = service.templates(board)
    if session.as_json:
        session.data([_record(each) for each in found])
    else:
        rows = [(each.name, "unreadable" if each.problem else each.title) for each in found]
        session.table(rows, styles=("cyan",))
    if not found:
        session.talk("no templates; a file fleet/templates/NAME.yaml on the board makes one")
    for each in found:
        if each.problem:
            session.talk(f"clare: {each.problem.message}")


@common
@click.command(epilog="Example: clare template show release")
@click.argument("name", metavar="NAME", shell_complete=complete.templates)
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show a template as it is written."""
    board = session.open().board
    found = service.template(board, name)
    if session.as_json:
        session.data({**_record(found), "entry": _plain(found.map)})
    else:
        session.say(found.text.rstrip("\n"))


def _record(found: Template) -> Record:
    problem = found.problem.message if found.problem else None
    return {"name": found.name, "path": found.path, "title": found.title, "problem": problem}


def _plain(value: Value) -> object:
    """A value as JSON has it; the name of an entry is its `as`."""
    if isinstance(value, Map):
        named = {"as": value.name} if value.name else {}
        return {**named, **{key: _plain(each) for key, each in value.fields.items()}}
    return value if isinstance(value, str) else [_plain(each) for each in value]
