"""Man pages, made from the commands themselves."""

from pathlib import Path

import click

from clare.cli.manpages import context_of, page_of, pages
from clare.cli.options import Session, common
from clare.errors import ClareError
from clare.services import manual

DIR = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where; default ~/.local/share/man/man1.",
)


@common
@click.command("help", epilog="Examples: clare help add; clare help project add")
@click.argument("words", nargs=-1, metavar="[COMMAND...]")
@click.pass_obj
def help_(session: Session, words: tuple[str, ...]) -> None:
    """The help of a command, as its --help."""
    context = context_of(_root(), words)
    if context is None:
        raise _unknown(words)
    if session.as_json:
        session.data({"command": context.command_path, "help": context.get_help()})
    else:
        click.echo(context.get_help())


@common
@click.command(epilog="Example: clare man show add | man -l -")
@click.argument("words", nargs=-1, metavar="[COMMAND...]")
@click.pass_obj
def show(session: Session, words: tuple[str, ...]) -> None:
    """Print the man page of a command, in the language of man pages."""
    text = page_of(_root(), words)
    if text is None:
        raise _unknown(words)
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


def _unknown(words: tuple[str, ...]) -> ClareError:
    return ClareError(f"no command {' '.join(words)}", hint="`clare --help` lists the commands")


def _root() -> click.Command:
    return click.get_current_context().find_root().command
