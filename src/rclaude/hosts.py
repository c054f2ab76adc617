"""The hosts of the configuration as rows, and how each is doing."""

import re
import time
from collections.abc import Sequence

from rclaude.asking import answered
from rclaude.config import Host, Hosts
from rclaude.fan import ask_all
from rclaude.rows import Reply, Row
from rclaude.rpc import Request
from rclaude.trouble import OK, Trouble


def listed(hosts: Hosts) -> list[Row]:
    """Every host as it is configured; nobody is asked."""
    return [_row(hosts, host) for host in hosts.by_name.values()]


def probed(hosts: Hosts, chosen: Sequence[Host], *, folder: str) -> list[Reply]:
    """The hosts with their versions, and how far their clocks are from ours."""

    def asked(host: Host) -> Reply:
        sent = time.time()
        reply = answered(Request("probe", host), "probe", hosts, folder)
        middle = (sent + time.time()) / 2 * 1000
        return reply._replace(rows=[{**_row(hosts, host), **_found(reply, middle)}])

    return [_judged(hosts, reply) for reply in ask_all(chosen, asked)]


def _found(reply: Reply, middle: float) -> Row:
    """What a host told of itself; `middle` is our time when it did, in ms. Raises Trouble."""
    rows = [row for row in reply.rows if row.keys() >= {"contract", "versions", "now_ms"}]
    if len(rows) != 1 or not re.fullmatch(r"[0-9]{1,15}", rows[0]["now_ms"], re.ASCII):
        raise Trouble(
            "malformed", "it does not tell its versions and its time", host=reply.trailer.host
        )
    skew = round(int(rows[0]["now_ms"]) - middle)
    names = ("contract", "versions", "reached")
    told = {name: rows[0][name] for name in names if name in rows[0]}
    return {**told, "clock_skew_ms": str(skew)}


def _judged(hosts: Hosts, reply: Reply) -> Reply:
    """The row with how asking ended, also where there was no answer."""
    name, status, ms, message = reply.trailer
    row = reply.rows[0] if reply.rows else _row(hosts, hosts.by_name[name])
    latency = str(ms) if status == OK else ""
    return reply._replace(rows=[{**row, "status": status, "latency_ms": latency, "error": message}])


def _row(hosts: Hosts, host: Host) -> Row:
    kind = "self" if host.name == hosts.self else "ssh"
    return {"name": host.name, "kind": kind, "repos": "\n".join(host.repos)}
