"""Man pages, made from the commands themselves."""

from pathlib import Path

import click

from clare.cli.manpages import page_of, pages
from clare.cli.options import Session, common
from clare.errors import ClareError
from clare.services import manual

DIR = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where; default ~/.local/share/man/man1.",
)


@common
@click.command(epilog="Example: clare man show add | man -l -")
@click.argument("words", nargs=-1, metavar="[COMMAND...]")
@click.pass_obj
def show(session: Session, words: tuple[str, ...]) -> None:
    """Print the man page of a command, in the language of man pages."""
    text = page_of(_root(), words)
    if text is None:
        raise ClareError(f"no command {' '.join(words)}", hint="`clare --help` lists the commands")
    if session.as_json:
        session.data({"command": " ".join(("clare", *words)), "page": text})
    else:
        click.echo(text, nl=False)


@common
@click.command(epilog="Example: clare man install")
@DIR
@click.pass_obj
def install(session: Session, folder: Path | None) -> None:
    """Write the man pages of all commands, for `man clare` and `man clare-add`."""
    where = folder or manual.default_folder()
    _tell(session, where, "written", manual.install(where, pages(_root())))


@common
@click.command(epilog="Example: clare man remove")
@DIR
@click.pass_obj
def remove(session: Session, folder: Path | None) -> None:
    """Remove the man pages that `clare man install` has written."""
    where = folder or manual.default_folder()
    _tell(session, where, "removed", manual.remove(where))


def _tell(session: Session, where: Path, verb: str, found: list[Path]) -> None:
    if session.as_json:
        session.data([str(path) for path in found])
    else:
        session.say(f"{len(found)} man pages {verb}: {where}")


def _root() -> click.Command:
    return click.get_current_context().find_root().command
