"""How the hosts are doing: those of the board, and those that this machine can reach."""

from dataclasses import dataclass

from clare import names, transport
from clare.clock import DRIFT, MINUTE, show_duration
from clare.errors import ClareError
from clare.fleet import Fleet
from clare.state import Entity
from clare.transport import HostRow, Malformed
from clare.views.record import Record, host_record

OK = "ok"


@dataclass(frozen=True, slots=True)
class Probed:
    """A host: as it stands on the board, and as it answered; None where it stands, or was, not."""

    name: str
    host: Entity | None
    row: HostRow | None
    malformed: bool = False

    @property
    def state(self) -> str:
        """`ok`, or why it did not answer."""
        if self.row:
            return self.row.status
        return "malformed" if self.malformed else "not in hosts.toml"

    @property
    def skew(self) -> str:
        """How far its clock is from ours, where that may be more than honest clocks are apart.

        What is measured is uncertain by half of the way there and back.
        """
        apart = self.row.clock_skew_ms if self.row else None
        uncertain = (self.row.latency_ms or 0) / 2 if self.row else 0
        if apart is None or abs(apart) + uncertain < DRIFT:
            return ""
        told = show_duration(round(abs(apart) / MINUTE) * MINUTE)
        return f"the clock of {self.name} is {told} {'ahead of' if apart > 0 else 'behind'} ours"

    @property
    def record(self) -> Record:
        """What `--json` tells of it."""
        known = host_record(self.host or Entity(names.host_key(self.name)))
        row = self.row
        return {
            **known,
            "on_board": self.host is not None,
            "status": row.status if row else None,
            "latency_ms": row.latency_ms if row else None,
            "versions": versions(row) if row else {},
            "clock_skew_ms": row.clock_skew_ms if row else None,
            "error": row.error or None if row else None,
        }


def versions(row: HostRow) -> dict[str, str]:
    """The versions of its programs by their names."""
    found = (each.partition("=") for each in row.versions.split())
    return {name: version for name, _, version in found}


@dataclass(frozen=True, slots=True)
class Outlook:
    """All hosts, and the lines of the transport that fit no model."""

    hosts: tuple[Probed, ...]
    malformed: tuple[Malformed, ...]

    @property
    def failed(self) -> list[tuple[str, ClareError]]:
        """The hosts that were asked and did not answer, or not as they should."""
        silent = [
            (host.name, ClareError(f"{host.name}: {host.row.status}: {host.row.error}"))
            for host in self.hosts
            if host.row and host.row.status != OK
        ]
        odd = [
            (host, ClareError(f"{host}: rclaude's line {line} fits no row: {why}"))
            for host, line, why in self.malformed
        ]
        return [*silent, *odd]


def probe(fleet: Fleet) -> Outlook:
    """Ask every host that this machine can reach. Raises ClareError if that cannot be done at all."""
    told = transport.hosts(probe=True)
    rows = {row.name: row for row in told.rows}
    odd = {host for host, _, _ in told.malformed}
    listed = dict.fromkeys([*sorted(fleet.hosts), *rows])
    found = tuple(
        Probed(name, fleet.hosts.get(name), rows.get(name), name in odd) for name in listed
    )
    return Outlook(found, told.malformed)
