"""Bringing tasks in from other trackers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clare.cli.options import Session, common
from clare.views.story import counted

if TYPE_CHECKING:
    from clare.services.replica import Imported, Source

FILE = click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would be imported.")


PLAIN = ("skipped", "skipped")
"""How rows that were left out are told: the key of the record, and the words."""


def _bring(
    session: Session,
    load: "Callable[[], Source]",
    *,
    dry_run: bool,
    skipped: tuple[str, str] = PLAIN,
) -> None:
    """Read a source, bring the board to what it says, and tell what that did."""
    from clare.services.replica import bring

    board = session.open().board
    done = bring(board, load(), dry_run=dry_run)
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
@DRY_RUN
@click.pass_obj
def beads(session: Session, file: Path, dry_run: bool) -> None:
    """Import issues that beads exported as JSON lines.

    FILE - reads standard input. Again, for what changed since.
    """
    from clare.services.readers.beads import load

    skipped = ("skipped_agents", "of type agent skipped")
    _bring(session, lambda: load(file), dry_run=dry_run, skipped=skipped)
