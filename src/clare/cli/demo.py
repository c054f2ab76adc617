"""The command that shows Clare at work."""

import shutil
import sys
import tempfile
from pathlib import Path

import click

from clare.cli.options import Session, common
from clare.services.demo import PEOPLE, Ran, tell


@common
@click.command(epilog="Example: clare demo")
@click.pass_obj
def demo(session: Session) -> None:
    """See it work: two hosts and a hub in a temporary folder, with the real commands.

    Nothing outside that folder is touched, and nothing goes over a network.
    """
    folder = Path(tempfile.mkdtemp(prefix="clare-demo-")).resolve()
    for scene in tell(folder):
        if isinstance(scene, Ran):
            _show(session, scene)
        else:
            session.say(f"\n# {scene}")
    session.say("\n# Look around: both clones are ordinary git repositories.")
    for line in _ways(folder):
        session.say(line)
    session.say(f"\n# All of it lies in {folder}; deleting that folder ends the demo.")


def _show(session: Session, ran: Ran) -> None:
    session.say(session.styled(ran.line, bold=True))
    if ran.output:
        session.say(ran.output.rstrip("\n"))
    if ran.code:
        session.say(session.styled(f"(exit {ran.code})", dim=True))


def _ways(folder: Path) -> list[str]:
    clare = "clare" if shutil.which("clare") else f"{sys.executable} -m clare"
    board = folder / next(iter(PEOPLE)) / "orchard"
    return [f"cd {board}", f"{clare} status", "git log --stat", "find fleet -name '*.yaml'"]
