"""Writing the board for other programs and for readers."""

import sys
from pathlib import Path

import click

from clare.cli.arguments import PROJECT
from clare.cli.options import Session, common
from clare.cli.report import warn
from clare.errors import Usage
from clare.fleet import Fleet
from clare.views import export as views
from clare.views.safe import safe
from clare.views.story import counted


@common
@click.command(
    epilog="Examples: clare export -o board.jsonl; clare export --sqlite board.db -P web"
)
@PROJECT
@click.option("--jsonl", "form", flag_value="jsonl", help="A record a line; the default.")
@click.option("--csv", "form", flag_value="csv", help="A table of the tasks.")
@click.option("--md", "form", flag_value="md", help="A Markdown list to read.")
@click.option(
    "--sqlite",
    "database",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A SQLite database in this file.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file; else standard output.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.pass_obj
def export(
    session: Session,
    projects: tuple[str, ...],
    form: str | None,
    database: Path | None,
    output: Path | None,
    force: bool,
) -> None:
    """Write all tasks and projects as JSON lines, CSV, Markdown or SQLite.

    Closed ones too. A file is written whole or not at all, and never over another one unasked.
    """
    if database and (form or output):
        raise Usage("--sqlite names its own file", hint="leave out -o, --jsonl, --csv and --md")
    fleet = session.open().board.read()
    for slug in projects:
        fleet.project(slug)
    target = database or (None if output == Path("-") else output)
    if target:
        _write(session, fleet, projects, form or "jsonl", target, force=force, is_db=bool(database))
    elif session.as_json:
        session.data(
            [*views.project_records(fleet, projects), *views.task_records(fleet, projects)]
        )
    else:
        text = _text(fleet, projects, form or "jsonl")
        shown = safe(text.replace("\r\n", "\n")) if sys.stdout.isatty() else text
        click.echo(shown.encode(), nl=False)
    warn(session, fleet)


def _text(fleet: Fleet, projects: tuple[str, ...], form: str) -> str:
    if form == "md":
        return views.markdown(fleet, projects)
    tasks = views.task_records(fleet, projects)
    if form == "csv":
        return views.table(tasks)
    return views.json_lines([*views.project_records(fleet, projects), *tasks])


def _write(
    session: Session,
    fleet: Fleet,
    projects: tuple[str, ...],
    form: str,
    target: Path,
    *,
    force: bool,
    is_db: bool,
) -> None:
    from clare.services.export import write_whole

    def write(path: Path) -> None:
        if is_db:
            from clare.services.database import write_database

            write_database(path, fleet, projects)
        else:
            path.write_bytes(_text(fleet, projects, form).encode())

    write_whole(target, write, force=force)
    tasks = len(views.chosen(fleet, projects))
    count = len(views.project_records(fleet, projects))
    if session.as_json:
        session.data({"file": str(target), "tasks": tasks, "projects": count})
    else:
        session.talk(f"wrote {counted(tasks, 'task')}, {counted(count, 'project')} to {target}")
