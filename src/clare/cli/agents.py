"""Commands for agents: what one must know, and writing that into a file where agents look."""

from pathlib import Path

import click

from clare.cli.options import Session, common
from clare.services import agents
from clare.services.priming import primed
from clare.views.prime import MANUAL

FILE = click.argument(
    "file", default="AGENTS.md", metavar="[FILE]", type=click.Path(path_type=Path)
)


@common
@click.command(epilog="Example: clare prime")
@click.pass_obj
def prime(session: Session) -> None:
    """What an agent must know to work here.

    Who it is, what it holds, the loop, the commands and the exit codes, in at most 500 tokens.
    """
    told = primed(fleet=session.fleet, actor=session.actor)
    if session.as_json:
        session.data(
            {
                "board": told.board,
                "actor": told.actor,
                "holds": list(told.holds),
                "text": told.text,
            }
        )
    else:
        session.say(told.text.rstrip("\n"))


@common
@click.command(epilog="Examples: clare hooks agents install; clare hooks agents install CLAUDE.md")
@FILE
@click.pass_obj
def install(session: Session, file: Path) -> None:
    """Write a section about Clare into AGENTS.md, or bring it up to date.

    FILE is AGENTS.md here unless told. Everything else in it stays as it is, to the byte.
    """
    _tell(session, file, "installed", changed=agents.install(file, MANUAL))


@common
@click.command(epilog="Example: clare hooks agents remove")
@FILE
@click.pass_obj
def remove(session: Session, file: Path) -> None:
    """Take the section about Clare out of AGENTS.md again.

    The file goes too if it was made for the section and holds nothing else.
    """
    _tell(session, file, "removed", changed=agents.remove(file))


def _tell(session: Session, file: Path, verb: str, *, changed: bool) -> None:
    if session.as_json:
        session.data({"file": str(file), "changed": changed})
    else:
        session.say(f"{file}: {f'section {verb}' if changed else 'nothing to change'}")
