"""Exchanging events with one other host of the fleet, with no hub between them."""

from dataclasses import dataclass

from clare import transport
from clare.errors import ClareError, Usage
from clare.fleet import Fleet
from clare.services.act import tell_lost
from clare.store import pairwise
from clare.store.board import Board
from clare.store.pairwise import Exchanged
from clare.transport import HostRow


@dataclass(frozen=True, slots=True)
class Paired:
    """What came of it, the board afterwards, and which claims were lost."""

    host: str
    path: str
    done: Exchanged
    fleet: Fleet
    notes: tuple[str, ...]


def exchange(board: Board, host: str, path: str = "") -> Paired:
    """Exchange events with the board in a repository of another host, the one that is listed for it.

    Raises ClareError if there is no way to it, Unpublished if it cannot be reached.
    """
    row = _listed(host)
    found = path or _only(row)
    if found.rstrip("/") not in (listed.rstrip("/") for listed in row.paths):
        some = ", ".join(row.paths) or "none"
        raise Usage(
            f"{found!r} is not among the repos of {host} in rclaude's hosts.toml",
            hint=f"listed: {some}; add it there, whole or with ~/ in front",
        )
    before = board.read()
    done = pairwise.exchange(board, host, _address(host, found))
    after = board.read() if done.commit != before.commit else before
    if done.received:
        board.wake_publisher(after.manifest)
    return Paired(host, found, done, after, tell_lost(board, before, after))


def reachable() -> list[str]:
    """The other hosts that this machine reaches. Raises ClareError."""
    return [row.name for row in transport.hosts().rows if row.kind == "ssh"]


def _listed(host: str) -> HostRow:
    """What this machine's configuration says of a host. Raises ClareError."""
    known = {row.name: row for row in transport.hosts().rows}
    row = known.get(host)
    if row is None:
        some = ", ".join(name for name, row in known.items() if row.kind == "ssh")
        hint = f"known: {some}" if some else f"write [hosts.{host}] there; `rclaude doctor` looks"
        raise ClareError(f"{host} is not in rclaude's hosts.toml", hint=hint)
    if row.kind == "self":
        raise Usage(f"{host} is this host", hint="name another one: `rclaude hosts` lists them")
    return row


def _only(row: HostRow) -> str:
    if len(row.paths) == 1:
        return row.paths[0]
    if not row.paths:
        raise ClareError(
            f"rclaude's hosts.toml lists no repository of {row.name}",
            hint=f'below [hosts.{row.name}] write repos = ["~/fleet.git"]',
        )
    raise Usage(
        f"{row.name} has several repositories",
        hint="say which: " + ", ".join(f"clare sync '{row.name}:{path}'" for path in row.paths),
    )


def _address(host: str, path: str) -> str:
    return f"rclaude://{host}{'/' if path.startswith('~') else ''}{path}"
