"""Commands about the board itself: found, join, where, sync, digest."""

import time
from typing import TYPE_CHECKING

import click

from clare.cli import complete
from clare.cli.options import Session, common
from clare.cli.report import warn
from clare.config import check_host
from clare.errors import ClareError, Exit, Unpublished, Usage
from clare.services import boards, publishing
from clare.services.boards import Founded
from clare.services.publishing import Published
from clare.store.board import Board
from clare.views.story import counted

if TYPE_CHECKING:
    from clare.services.pairs import Paired

HOST = click.option(
    "--host", default="", metavar="HOST", help="This machine's short name in the fleet."
)


@common
@click.command(epilog="Examples: clare init; clare init fleet --host plum --hub git@hub:fleet.git")
@click.argument("path", default=".", metavar="[PATH]")
@HOST
@click.option("--hub", default="", metavar="URL", help="The remote that decides claims.")
@click.option("--branch", default="", metavar="NAME", help="The board's branch; default fleet.")
@click.pass_obj
def init(session: Session, path: str, host: str, hub: str, branch: str) -> None:
    """Found a fleet, or set up the one that is here.

    In a repository that also holds code the board gets a branch of its own, `fleet`, and the
    working tree stays as it is. With --hub the fleet is published there at once.
    """
    _founded(session, boards.init(path, host=host, hub=hub, branch=branch), "is ready")


@common
@click.command(epilog="Example: clare join git@hub:fleet.git --host apricot")
@click.argument("url")
@click.argument("path", default="", metavar="[PATH]")
@HOST
@click.pass_obj
def join(session: Session, url: str, path: str, host: str) -> None:
    """Take part in the fleet at a URL.

    In a new folder PATH, named after the URL unless told; never founds a fleet. Hosts of a fleet are
    also reached as rclaude://HOST/~/fleet.git.
    """
    if host:
        check_host(host)
    with session.progress() as told:
        founded = boards.join(url, path, host=host, progress=told)
    _founded(session, founded, "joined")


def _founded(session: Session, founded: Founded, verb: str) -> None:
    if session.as_json:
        session.data(
            {
                "fleet": founded.manifest.name,
                "path": founded.path,
                "branch": founded.branch,
                "hub": founded.manifest.hub or None,
                "host": founded.host,
                "notes": list(founded.notes),
            }
        )
    else:
        session.say(
            f"fleet {founded.manifest.name} {verb} in {founded.path}, branch {founded.branch}, "
            f"host {founded.host}, {f'hub {founded.manifest.hub}' if founded.manifest.hub else 'no hub'}"
        )
    for note in founded.notes:
        session.talk(f"clare: {note}")
    if founded.unpublished:
        raise ClareError(
            f"founded here, but not published: {founded.unpublished.message}",
            hint=founded.unpublished.hint,
            exit_code=founded.unpublished.exit_code,
        )


@common
@click.command(epilog="Example: clare where --json")
@click.pass_obj
def where(session: Session) -> None:
    """Which board this is, who you are, and why."""
    opened = session.open()
    board, place = opened.board, opened.board.place
    manifest = board.manifest()
    facts = [
        ("fleet", manifest.name, "fleet.yaml"),
        ("repository", place.repository, place.why_repository),
        ("branch", place.branch, place.why_branch),
        ("hub", manifest.hub, "fleet.yaml"),
        ("host", opened.host.value, opened.host.why),
        ("clone", board.clone, "drawn when this clone was first used"),
        ("actor", opened.actor.value, opened.actor.why),
    ]
    if session.as_json:
        session.data({name: {"value": value or None, "why": why} for name, value, why in facts})
    else:
        rows = [(name, value or "none", f"({why})") for name, value, why in facts]
        session.table(rows, whole=True)


@common
@click.command(epilog="Examples: clare sync; clare sync --watch; clare sync apricot")
@click.argument("where", default="", metavar="[HOST[:PATH]]", shell_complete=complete.reachable)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something is wrong.")
@click.option("--watch", is_flag=True, help="Go on, every 10 seconds, until interrupted.")
@click.option("--publisher", type=int, hidden=True, help="The publisher's lock, already taken.")
@click.pass_obj
def sync(session: Session, where: str, quiet: bool, watch: bool, publisher: int | None) -> None:
    """Fetch from the hub and publish to it, or exchange events with another host.

    Brings what others published, and publishes what waits here. Every command that writes does so by
    itself in the background, and every other one when the last exchange is over a minute old; this
    one waits for it.

    With HOST it goes to the repository that rclaude's hosts.toml lists for that host, or to PATH there,
    and no hub is asked. Claims that were taken without the hub stand behind those that it gave.
    """
    if session.no_sync:
        raise Usage("--no-sync forbids what `sync` does", hint="leave one of them out")
    if publisher is not None:
        done = publishing.publish(session.open_quietly().board, lock=publisher)
        click.get_current_context().exit(done.problem.exit_code if done.problem else Exit.DONE)
    board = session.open().board
    if where:
        if watch:
            raise Usage("--watch is for the hub", hint=f"clare sync {where}")
        _show_paired(session, _paired(board, where), quiet=quiet)
        return
    if not watch:
        done = publishing.publish(board)
        _show_published(session, done, quiet=quiet)
        return
    publishing.hub_of(board.manifest())
    for done in publishing.watch(board, pause=time.sleep):
        if isinstance(done.problem, Unpublished):
            session.complain(done.problem)
        elif done.problem or done.synced.received or done.synced.published:
            _show_published(session, done, quiet=quiet)


def _paired(board: Board, where: str) -> "Paired":
    from clare.services import pairs  # whose models take long to load

    host, colon, path = where.partition(":")
    if not host or "/" in host or (colon and not path) or path.startswith("//"):
        raise Usage(f"{where!r} is no HOST or HOST:PATH", hint="clare sync apricot:~/fleet.git")
    return pairs.exchange(board, host, path)


def _show_paired(session: Session, paired: "Paired", *, quiet: bool) -> None:
    done = paired.done
    if session.as_json:
        session.data(
            {
                "host": paired.host,
                "path": paired.path,
                "received": done.received,
                "sent": done.sent,
                "commit": done.commit,
                "beside": done.beside,
            }
        )
    elif not quiet:
        session.say(
            f"received {counted(done.received, 'event')} from {paired.host}, "
            f"sent {counted(done.sent, 'commit')}"
        )
    if done.beside and not quiet:
        session.talk(f"{paired.host} has the board checked out: its next command takes yours in")
    for note in paired.notes:
        session.talk(f"clare: {note}")
    warn(session, paired.fleet)


def _show_published(session: Session, outcome: Published, *, quiet: bool) -> None:
    if outcome.problem:
        raise outcome.problem
    done = outcome.synced
    if session.as_json:
        session.data(
            {"received": done.received, "published": done.published, "commit": done.commit}
        )
    elif not quiet:
        session.say(
            f"received {counted(done.received, 'event')}, "
            f"published {counted(done.published, 'commit')}"
        )
    for note in outcome.notes:
        session.talk(f"clare: {note}")
    if outcome.fleet and not quiet:
        warn(session, outcome.fleet)


@common
@click.command(epilog="Example: clare digest")
@click.pass_obj
def digest(session: Session) -> None:
    """Digests: equal where everything was exchanged.

    `files` names the exact set of events, `state` what they fold to.
    """
    board = session.open().board
    fleet = board.read()
    found = board.digest(fleet.commit)
    if session.as_json:
        session.data(
            {"files": found.files, "state": found.state, "events": found.events, "fold": found.fold}
        )
    else:
        session.table(
            [
                ("files", found.files),
                ("state", found.state),
                ("events", str(found.events)),
                ("fold", str(found.fold)),
            ],
            whole=True,
        )
    warn(session, fleet)
