"""Bringing tasks in from other trackers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clare.cli import complete
from clare.cli.options import Session, common
from clare.views.story import counted

if TYPE_CHECKING:
    from clare.services.origin import Source
    from clare.services.replica import Imported

FILE = click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
)
NAME = click.option(
    "--name", default="", metavar="NAME", help="What the list is called; else as the file."
)
PROJECT = click.option(
    "-P",
    "--project",
    default="",
    metavar="PROJECT",
    help="The project of tasks that have none of their own; it must be there.",
    shell_complete=complete.projects,
)
LABELS = click.option(
    "-l",
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    help="A label for every task; repeatable.",
    shell_complete=complete.labels,
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would be imported.")


PLAIN = ("skipped", "skipped")
"""How rows that were left out are told: the key of the record, and the words."""


def _bring(
    session: Session,
    load: "Callable[[], Source]",
    *,
    project: str,
    labels: tuple[str, ...],
    dry_run: bool,
    skipped: tuple[str, str] = PLAIN,
) -> None:
    """Read a source, bring the board to what it says, and tell what that did."""
    from clare.services.into import Into
    from clare.services.replica import bring

    board = session.open().board
    done = bring(board, load(), into=Into(project, labels), dry_run=dry_run)
    _tell(session, done, skipped)
    if dry_run:
        session.talk("clare: a dry run: nothing was imported")


def _tell(session: Session, done: "Imported", skipped: tuple[str, str]) -> None:
    counts = {"created": done.created, "changed": done.changed, "unchanged": done.unchanged}
    key, words = skipped
    if session.as_json:
        told = {**counts, key: done.skipped, "projects": done.projects}
        session.data({**told, "commit": done.commit or None, "notes": list(done.notes)})
    else:
        told_counts = [f"{number} {what}" for what, number in counts.items()]
        projects = [counted(done.projects, "project")] if done.projects else []
        session.say(", ".join([*told_counts, f"{done.skipped} {words}", *projects]))
    for note in done.notes:
        session.talk(f"clare: {note}")


@common
@click.command(epilog="Examples: bd export | clare import beads -; clare import beads issues.jsonl")
@FILE
@PROJECT
@LABELS
@DRY_RUN
@click.pass_obj
def beads(
    session: Session, file: Path, project: str, labels: tuple[str, ...], dry_run: bool
) -> None:
    """Import issues that beads exported as JSON lines.

    FILE - reads standard input. Run again, it brings what changed since.
    """
    from clare.services.readers.beads import load

    skipped = ("skipped_agents", "of type agent skipped")
    _bring(
        session,
        lambda: load(file),
        project=project,
        labels=labels,
        dry_run=dry_run,
        skipped=skipped,
    )


@common
@click.command(
    epilog="Examples: gh api --paginate 'repos/OWNER/REPO/issues?state=all' | clare import github -; "
    "clare import github issues.json"
)
@FILE
@PROJECT
@LABELS
@DRY_RUN
@click.pass_obj
def github(
    session: Session, file: Path, project: str, labels: tuple[str, ...], dry_run: bool
) -> None:
    """Import GitHub's issues, from `gh issue list --json …` or its REST interface.

    FILE - reads standard input. Pull requests are left out. Run again, it brings what changed since.
    """
    from clare.services.readers.github import load

    skipped = ("skipped", "pull requests skipped")
    _bring(
        session,
        lambda: load(file),
        project=project,
        labels=labels,
        dry_run=dry_run,
        skipped=skipped,
    )


@common
@click.command(epilog="Example: clare import backlog ./backlog")
@click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option(
    "--name",
    default="",
    metavar="NAME",
    help="What the project is called; else as in its config.yml.",
)
@PROJECT
@LABELS
@DRY_RUN
@click.pass_obj
def backlog(
    session: Session, folder: Path, name: str, project: str, labels: tuple[str, ...], dry_run: bool
) -> None:
    """Import the tasks of a Backlog.md folder.

    Drafts, completed and archived ones too. Run again, it brings what changed since.
    """
    from clare.services.readers.backlog import load

    _bring(session, lambda: load(folder, name), project=project, labels=labels, dry_run=dry_run)


@common
@click.command(epilog="Example: task export | clare import taskwarrior -")
@FILE
@PROJECT
@LABELS
@DRY_RUN
@click.pass_obj
def taskwarrior(
    session: Session, file: Path, project: str, labels: tuple[str, ...], dry_run: bool
) -> None:
    """Import tasks that taskwarrior exported.

    FILE - reads standard input. Run again, it brings what changed since.
    """
    from clare.services.readers.taskwarrior import load

    _bring(session, lambda: load(file), project=project, labels=labels, dry_run=dry_run)


@common
@click.command(epilog="Example: clare import markdown TODO.md")
@FILE
@NAME
@PROJECT
@LABELS
@DRY_RUN
@click.pass_obj
def markdown(
    session: Session, file: Path, name: str, project: str, labels: tuple[str, ...], dry_run: bool
) -> None:
    """Import a TODO list in Markdown: `- [ ] text`, `- [x] text`.

    What is indented below an item is a part of it. Run again, it brings what
    was added or ticked since.
    """
    from clare.services.readers.markdown import load
    from clare.services.rows import name_of

    _bring(
        session,
        lambda: load(file, name_of(file, name)),
        project=project,
        labels=labels,
        dry_run=dry_run,
    )


@common
@click.command("csv", epilog="Example: clare import csv plan.csv")
@FILE
@NAME
@PROJECT
@LABELS
@DRY_RUN
@click.pass_obj
def table(
    session: Session, file: Path, name: str, project: str, labels: tuple[str, ...], dry_run: bool
) -> None:
    """Import a table of tasks; its columns are called as the fields of a task.

    Only the column title must be there. Run again, it brings what changed since.
    """
    from clare.services.readers.csv import load

    _bring(session, lambda: load(file, name), project=project, labels=labels, dry_run=dry_run)


@common
@click.command(epilog="Example: clare import jsonl board.jsonl")
@FILE
@PROJECT
@LABELS
@DRY_RUN
@click.pass_obj
def jsonl(
    session: Session, file: Path, project: str, labels: tuple[str, ...], dry_run: bool
) -> None:
    """Import what `clare export --jsonl` wrote.

    Tasks keep their ids. What the board has already is left as it is.
    """
    from clare.services.readers.jsonl import load

    _bring(session, lambda: load(file), project=project, labels=labels, dry_run=dry_run)
