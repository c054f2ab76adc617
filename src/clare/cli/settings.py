"""Commands about settings."""

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from clare import config_file
from clare.cli import complete
from clare.cli.options import Session, common
from clare.services import settings
from clare.services.settings import Found
from clare.settings import SETTINGS
from clare.store.place import NoBoard
from clare.views.record import Record

if TYPE_CHECKING:
    from clare.services.opening import Opened

KEY = click.argument("key", type=click.STRING, shell_complete=complete.settings)
ON_BOARD = click.option("--shared", is_flag=True, help="On the board, for all its clones.")


def _opened(session: Session) -> "Opened | None":
    """The board, if there is one: what is this machine's can be set without."""
    if session.fleet:
        return session.open()
    with suppress(NoBoard):
        return session.open()
    return None


def _record(found: Found) -> Record:
    return {"key": found.key, "value": found.value or None, "why": found.why}


@common
@click.command(epilog="Example: clare config get lease")
@KEY
@click.pass_obj
def get(session: Session, key: str) -> None:
    """Print one setting as it acts here."""
    found = settings.get(_opened(session), key)
    if session.as_json:
        session.data(_record(found))
    else:
        session.say(found.value)


@common
@click.command("list", epilog="Example: clare config list --json")
@click.pass_obj
def list_(session: Session) -> None:
    """Every setting, its value, and where that comes from."""
    found = settings.everything(_opened(session))
    if session.as_json:
        session.data([_record(one) for one in found])
    else:
        session.table([(one.key, one.value or "none", f"({one.why})") for one in found], whole=True)


@common
@click.command(
    "set", epilog="Examples: clare config set sync manual; clare config set --shared lease 8h"
)
@KEY
@click.argument("value")
@ON_BOARD
@click.pass_obj
def set_(session: Session, key: str, value: str, shared: bool) -> None:
    """Set something on this machine, or for all clones.

    `clare config list` shows the keys. A shared setting is written as a commit of its own.
    """
    if shared:
        _set_shared(session, key, value)
    else:
        settings.set_private(key, value)
    _tell(session, key, value, "fleet.yaml" if shared else str(config_file.path()))


@common
@click.command(epilog="Example: clare config unset sync")
@KEY
@ON_BOARD
@click.pass_obj
def unset(session: Session, key: str, shared: bool) -> None:
    """Take a setting away."""
    was_set = _set_shared(session, key, "") if shared else settings.unset_private(key)
    where = "fleet.yaml" if shared else str(config_file.path())
    _tell(session, key, "" if was_set else None, where)


def _set_shared(session: Session, key: str, value: str) -> bool:
    """Whether it was not so yet."""
    done = settings.set_shared(session.open(), key, value)
    if done.note:
        session.talk(f"clare: {done.note}")
    return bool(done.commit)


def _tell(session: Session, key: str, value: str | None, where: str) -> None:
    if session.as_json:
        session.data({"key": key, "value": value or None, "where": where})
    elif value:
        session.say(f"{key} is {value} in {where}")
    else:
        session.say(
            f"{key} is not set in {where}{'  (nothing to change)' if value is None else ''}"
        )


@common
@click.command(epilog="Example: clare config path")
@click.pass_obj
def path(session: Session) -> None:
    """Where this machine's configuration lies."""
    where = str(config_file.path())
    if session.as_json:
        session.data({"path": where, "exists": config_file.path().exists(), "keys": [*SETTINGS]})
    else:
        session.say(where)
