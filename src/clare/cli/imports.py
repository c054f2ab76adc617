"""Bringing tasks in from other trackers."""

from pathlib import Path

import click

from clare.cli.options import Session, common


@common
@click.command(epilog="Examples: bd export | clare import beads -; clare import beads issues.jsonl")
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
)
@click.pass_obj
def beads(session: Session, file: Path) -> None:
    """Import issues that beads exported as JSON lines.

    FILE - reads standard input. Again, for what changed since.
    """
    from clare.services.beads import import_beads

    board = session.open().board
    done = import_beads(board, file)
    if session.as_json:
        session.data(
            {
                "created": done.created,
                "changed": done.changed,
                "unchanged": done.unchanged,
                "skipped_agents": done.skipped_agents,
                "commit": done.commit or None,
                "notes": list(done.notes),
            }
        )
    else:
        session.say(
            f"{done.created} created, {done.changed} changed, {done.unchanged} unchanged, "
            f"{done.skipped_agents} of type agent skipped"
        )
    for note in done.notes:
        session.talk(f"clare: {note}")
