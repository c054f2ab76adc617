"""The command that takes away what Clare has put on a machine."""

import click

from clare.cli.options import Session, common
from clare.services import leaving


@common
@click.command(epilog="Examples: clare uninstall; clare uninstall --all")
@click.option("--all", "everything", is_flag=True, help="Also settings, bug reports, man pages.")
@click.option(
    "--force", is_flag=True, help="Even if something was never published, or a text not saved."
)
@click.pass_obj
def uninstall(session: Session, everything: bool, force: bool) -> None:
    """Remove what Clare keeps here beside the board.

    The board itself stays: it is a branch like any other. With --all also what Clare keeps for this
    user. Refuses with exit 6 while something waits to be published, with exit 1 while a text from the
    editor is kept here that was not saved. What is left to do by hand, such as uninstalling the
    program, is printed.
    """
    left = leaving.uninstall(fleet=session.fleet, everything=everything, force=force)
    if session.as_json:
        session.data(
            {
                "removed": list(left.removed),
                "stays": list(left.stays),
                "by_hand": list(left.by_hand),
            }
        )
        return
    for verb, lines in (
        ("removed", left.removed),
        ("stays", left.stays),
        ("by hand", left.by_hand),
    ):
        for line in lines:
            session.say(f"{verb}: {line}")
