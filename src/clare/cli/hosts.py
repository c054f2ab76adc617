"""Commands about the fleet's hosts, as they stand on the board."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from clare.cli import complete
from clare.cli.arguments import given
from clare.cli.options import Session, SomeFailed, common
from clare.cli.report import notes, warn
from clare.errors import Usage
from clare.fleet import Fleet
from clare.services.finding import check_readable
from clare.state import Entity
from clare.views.record import host_record
from clare.views.safe import one_line

if TYPE_CHECKING:
    from clare.services.act import Outcome
    from clare.services.probing import Probed

NAME = click.argument("name", metavar="HOST", shell_complete=complete.hosts)
ROLE = click.option(
    "-r",
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE",
    help="What it is there for, in a word; repeatable.",
    shell_complete=complete.host_roles,
)
LABEL = click.option(
    "-l",
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    help="A label; repeatable.",
    shell_complete=complete.host_labels,
)


@common
@click.command(
    epilog="Example: clare host add plum -r builder -r gpu -l loud --about 'under the desk'"
)
@click.argument("name", metavar="HOST")
@ROLE
@LABEL
@click.option("--about", metavar="TEXT", help="What there is to know about it, in one line.")
@click.pass_obj
def add(
    session: Session, name: str, roles: tuple[str, ...], labels: tuple[str, ...], about: str | None
) -> None:
    """Add a host.

    HOST is its short name, as in `clare where`; that stays. Everybody sees it on the board. How to
    reach a host is not there: each machine has that in its own rclaude hosts.toml.
    """
    from clare.services import hosts

    sets = {"roles": roles, "labels": labels}
    outcome = hosts.add(session.open().board, name, fields=given(about=about), sets=sets)
    _finish(session, name, outcome, "added")


@common
@click.command(epilog="Example: clare host edit plum -r gpu --unrole builder --about 'in the rack'")
@NAME
@ROLE
@click.option(
    "--unrole",
    "unroles",
    multiple=True,
    metavar="ROLE",
    help="Remove a role.",
    shell_complete=complete.host_roles,
)
@LABEL
@click.option(
    "--unlabel",
    "unlabels",
    multiple=True,
    metavar="LABEL",
    help="Remove a label.",
    shell_complete=complete.host_labels,
)
@click.option("--about", metavar="TEXT", help='What there is to know about it; "" for nothing.')
@click.pass_obj
def edit(
    session: Session,
    name: str,
    roles: tuple[str, ...],
    unroles: tuple[str, ...],
    labels: tuple[str, ...],
    unlabels: tuple[str, ...],
    about: str | None,
) -> None:
    """Change a host.

    How to reach it is changed in each machine's own rclaude hosts.toml.
    """
    from clare.services import hosts

    fields = given(about=about)
    come, gone = {"roles": roles, "labels": labels}, {"roles": unroles, "labels": unlabels}
    if not (fields or any(come.values()) or any(gone.values())):
        raise Usage("nothing to change", hint="`clare host edit --help` lists what can be")
    outcome = hosts.edit(session.open().board, name, fields=fields, come=come, gone=gone)
    _finish(session, name, outcome, "edited")


@common
@click.command("list", epilog="Examples: clare host list; clare host list --probe")
@click.option("--probe", is_flag=True, help="Ask each that this machine can reach how it is.")
@click.pass_obj
def list_hosts(session: Session, probe: bool) -> None:
    """List hosts.

    With their roles, their labels and what is said about them. How to reach a host is not on the
    board: each machine has that in its own rclaude hosts.toml. With --probe those are listed too,
    each with whether it answers, its versions, and how far its clock is from ours.
    """
    fleet = session.open().board.read()
    if probe:
        _list_probed(session, fleet)
        return
    found = [host for _, host in sorted(fleet.hosts.items())]
    if session.as_json:
        session.data([host_record(host) for host in found])
    else:
        session.table([_row(host) for host in found], styles=("cyan",))
        if not found:
            session.talk("no hosts; `clare host add HOST` adds one")
    warn(session, fleet)


def _list_probed(session: Session, fleet: Fleet) -> None:
    from clare.services import probing

    with session.progress() as told:
        if told:
            told("asking the hosts …")
        outlook = probing.probe(fleet)
    if session.as_json:
        session.data([host.record for host in outlook.hosts])
    else:
        session.table([_probed_row(host) for host in outlook.hosts], styles=("cyan",))
    for host in outlook.hosts:
        if host.skew:
            session.talk(f"clare: {host.skew}; let both follow a time server (NTP)")
    warn(session, fleet)
    if outlook.failed:
        raise SomeFailed(outlook.failed)


def _probed_row(host: "Probed") -> Sequence[str]:
    known = [*(_row(host.host)[1:] if host.host else ("", "", "not on the board"))]
    row = host.row
    if row is None or row.clock_skew_ms is None:
        return host.name, host.state, "", "", *known, row.error if row else ""
    latency, apart = f"{row.latency_ms} ms", f"clock {row.clock_skew_ms:+} ms"
    return host.name, host.state, latency, apart, *known, row.versions


def _row(host: Entity) -> Sequence[str]:
    """A host in a list."""
    return (
        _name(host),
        ", ".join(host.elements("roles")),
        ", ".join(host.elements("labels")),
        f"{host.value('about')}{' !' * bool(host.contested)}",
    )


@common
@click.command(epilog="Example: clare host show apricot")
@NAME
@click.pass_obj
def show(session: Session, name: str) -> None:
    """Show a host."""
    fleet = session.open().board.read()
    host = fleet.host(name)
    if session.as_json:
        session.data(host_record(host))
    else:
        _show(session, host)
    warn(session, fleet, about=[host.key])
    check_readable(fleet, host.key)


def _show(session: Session, host: Entity) -> None:
    record = host_record(host)
    session.say(session.styled(_name(host), bold=True))
    rows = [
        ("about", host.value("about")),
        ("roles", ", ".join(host.elements("roles"))),
        ("labels", ", ".join(host.elements("labels"))),
        ("added", f"{record['created_at']} by {record['created_by']}"),
        ("updated", f"{record['updated_at']} by {record['updated_by']}"),
    ]
    session.table([("", *row) for row in rows if row[1]], whole=True)
    if host.contested:
        _show_contested(session, host)


def _show_contested(session: Session, host: Entity) -> None:
    from clare.cli.look import show_contested  # which loads what only tasks need

    for field in host.contested:
        session.say()
        way = f"clare host edit {_name(host)} --about …" if field == "about" else ""
        show_contested(session, field, host.fields[field], way)


@common
@click.command("rm", epilog="Example: clare host rm apricot")
@NAME
@click.pass_obj
def remove(session: Session, name: str) -> None:
    """Take a host off the board; its history stays.

    Its name is free again. What each machine's rclaude knows of it stays as it is.
    """
    from clare.services import hosts

    outcome = hosts.remove(session.open().board, name)
    if session.as_json:
        session.data({"name": name})
    else:
        session.say(f"{name} removed")
    _conclude(session, outcome, f"hosts/{name}")


def _finish(session: Session, name: str, outcome: "Outcome", verb: str) -> None:
    host = outcome.fleet.host(name)
    if session.as_json:
        session.data(host_record(host))
    else:
        about = f": {one_line(host.value('about'))}" if host.value("about") else ""
        nothing = "" if outcome.written.events else "  (nothing to change)"
        session.say(f"{name} {verb}{about}{nothing}")
    _conclude(session, outcome, host.key)


def _conclude(session: Session, outcome: "Outcome", key: str) -> None:
    notes(session, outcome)
    warn(session, outcome.fleet, about=[key])


def _name(host: Entity) -> str:
    return host.key.partition("/")[2]
