"""The arguments and options that several commands share, and how their values are read."""

import sys

import click

from clare import state
from clare.cli import complete
from clare.errors import Usage
from clare.state import PRIORITIES

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
    from clare.events import repeat

    try:
        return str(repeat.parse(text)) if text else ""
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


EVERY = click.option(
    "--every",
    type=rule_of,
    metavar="RULE",
    help='Comes again when closed: day, weekday, week or weekly, "2 weeks" or 2w …; "" for no more.',
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


SAY = click.option(
    "-m", "--message", help="Say this too, in the same commit; - reads standard input."
)
REASON = click.option("-r", "--reason", default="", help="Why, in a few words.")
