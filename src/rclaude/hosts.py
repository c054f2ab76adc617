"""The hosts of the configuration as rows, and how each is doing."""

import time
from collections.abc import Sequence

from rclaude import probe
from rclaude.asking import ask
from rclaude.config import Host, Hosts
from rclaude.fan import ask_all
from rclaude.rows import Reply, Row
from rclaude.rpc import Request
from rclaude.trouble import OK

WITHIN = 10.0
"""Seconds that a host has to answer."""


def listed(hosts: Hosts) -> list[Row]:
    """Every host as it is configured; nobody is asked."""
    return [_row(hosts, host) for host in hosts.by_name.values()]


def probed(hosts: Hosts, chosen: Sequence[Host], *, folder: str) -> list[Reply]:
    """The hosts with their versions, and how far their clocks are from ours."""

    def asked(host: Host) -> Reply:
        sent = time.time()
        reply = _told(hosts, host, folder)
        middle = (sent + time.time()) / 2 * 1000
        (found,) = reply.rows
        skew = {"clock_skew_ms": str(round(int(found["now_ms"]) - middle))}
        told = {"contract": found["contract"], "versions": found["versions"]}
        return reply._replace(rows=[{**_row(hosts, host), **told, **skew}])

    return [_judged(hosts, reply) for reply in ask_all(chosen, asked)]


def _told(hosts: Hosts, host: Host, folder: str) -> Reply:
    if host.name == hosts.self:
        return probe.told(host)
    return ask(host, Request("probe", host), "probe", within=WITHIN, folder=folder)


def _judged(hosts: Hosts, reply: Reply) -> Reply:
    """The row with how asking ended, also where there was no answer."""
    name, status, ms, message = reply.trailer
    row = reply.rows[0] if reply.rows else _row(hosts, hosts.by_name[name])
    latency = str(ms) if status == OK else ""
    return reply._replace(rows=[{**row, "status": status, "latency_ms": latency, "error": message}])


def _row(hosts: Hosts, host: Host) -> Row:
    kind = "self" if host.name == hosts.self else "ssh"
    return {"name": host.name, "kind": kind, "repos": "\n".join(host.repos)}
