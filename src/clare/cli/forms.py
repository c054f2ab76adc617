"""The forms that a list of tasks is printed in: a table, JSON, CSV, Markdown."""

import sys
from collections.abc import Sequence
from typing import NamedTuple

import click

from clare.cli import complete
from clare.cli.options import Session
from clare.errors import Usage
from clare.fleet import Task
from clare.views import columns as shown
from clare.views.compare import Asked
from clare.views.record import Record, task_record
from clare.views.rows import listed

LIMIT = click.option(
    "-n", "--limit", type=click.IntRange(min=1), metavar="N", help="Only the first so many."
)
COLUMNS = click.option(
    "--columns",
    metavar="NAMES",
    default="",
    shell_complete=complete.columns,
    help=f"Which columns, with commas between them: {', '.join(shown.COLUMNS)}.",
)


STYLES = ("cyan", "", "green")
NONE = "no task fits"


class Form(NamedTuple):
    """How a list is printed: `json`, `csv`, `md` or a table; its columns, none for the usual ones."""

    kind: str = ""
    columns: tuple[str, ...] = ()

    def or_columns(self, columns: tuple[str, ...]) -> "Form":
        """The same; if it has no columns of its own with those. JSON has all fields unless told."""
        return self if self.columns or self.kind == "json" else Form(self.kind, columns)


def form_of(session: Session, columns: str, *, csv: bool, md: bool) -> Form:
    """The form that the options ask for. Raises Usage."""
    told = {"json": session.as_json, "csv": csv, "md": md}
    kinds = [kind for kind, wanted in told.items() if wanted]
    if len(kinds) > 1:
        given = " and ".join(f"--{kind}" for kind in kinds)
        raise Usage(f"{given} exclude each other", hint="leave one of them out")
    return Form("".join(kinds), shown.columns_of(columns))


def show_tasks(session: Session, asked: Asked, tasks: Sequence[Task], form: Form) -> None:
    """Print tasks in a form; that there are none is said beside the data."""
    if form.kind == "json":
        session.data([_record(asked, task, form.columns) for task in tasks])
    elif form.kind == "csv":
        columns = form.columns or tuple(shown.COLUMNS)
        text = shown.as_csv(_table(asked, tasks, columns))
        click.echo(text.replace("\r\n", "\n") if sys.stdout.isatty() else text, nl=False)
    elif form.kind == "md":
        columns = form.columns or shown.USUAL
        click.echo(shown.as_markdown(_table(asked, tasks, columns)), nl=False)
    elif form.columns:
        rows = _table(asked, tasks, form.columns)
        session.table(rows if sys.stdout.isatty() and tasks else rows[1:])
    else:
        session.columns(listed(asked.fleet, tasks, now=asked.now), styles=STYLES)
    if not tasks and form.kind != "json":
        session.talk(NONE)


def _record(asked: Asked, task: Task, columns: Sequence[str]) -> Record:
    if not columns:
        return task_record(asked.fleet, task, now=asked.now)
    found = shown.values(asked, task)
    return {name: found[name] for name in columns}


def _table(asked: Asked, tasks: Sequence[Task], columns: Sequence[str]) -> list[list[str]]:
    """The names of the columns, then a row for each task."""
    return [list(columns), *(shown.row(asked, task, columns) for task in tasks)]


def say_rest(session: Session, number: int, limit: int | None) -> None:
    """Say on stderr how many more there are than were shown."""
    if limit is not None and number > limit:
        session.talk(f"{number - limit} more; a higher --limit shows them")
