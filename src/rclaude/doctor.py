"""What can be wrong, here and on the way to the hosts."""

import shutil

from rclaude import config, hosts, ssh
from rclaude.rows import Reply, Row
from rclaude.trouble import OK

_PROGRAMS = {"ssh": "openssh-client", "git": "git", "tmux": "tmux"}
DRIFT_MS = 60_000
"""How far two clocks may be apart, in ms, before it is told: far more than under any time server."""


def examined(name: str) -> list[Reply]:
    """The checks of one host, or of this one and every other. Raises Trouble."""
    known = config.load()
    chosen = [known.host(name)] if name else list(known.by_name.values())
    folder = ssh.control_folder()
    here = [_check(known.self, "config", OK, config.path()), *_programs(known.self)]
    here.append(_folder(known.self, folder))
    found = hosts.probed(known, chosen, folder=folder)
    return [
        reply._replace(rows=[*(here if own else []), *_way(reply.rows[0])])
        for reply in found
        for own in [reply.trailer.host == known.self]
    ]


def _check(host: str, check: str, status: str, detail: str, hint: str = "") -> Row:
    return {"host": host, "check": check, "status": status, "detail": detail, "hint": hint}


def _programs(host: str) -> list[Row]:
    return [
        _check(host, name, OK, found)
        if (found := shutil.which(name))
        else _check(host, name, "missing", "not on $PATH", f"install {package}")
        for name, package in _PROGRAMS.items()
    ]


def _folder(host: str, folder: str) -> Row:
    if folder:
        return _check(host, "sockets", OK, folder)
    hint = "set $XDG_RUNTIME_DIR to a short folder of yours alone, or every command connects anew"
    return _check(host, "sockets", "none", "no private folder with a short path", hint)


def _way(row: Row) -> list[Row]:
    """What was found on the way to a host."""
    name = row["name"]
    if row["status"] != OK:
        return [_check(name, "way", row["status"], row["error"], _HINTS.get(row["status"], ""))]
    apart = int(row["clock_skew_ms"])
    told = f"{row['clock_skew_ms']} ms from ours"
    clock = (
        _check(name, "clock", OK, told)
        if abs(apart) < DRIFT_MS
        else _check(name, "clock", "skewed", told, "let both follow a time server")
    )
    return [_check(name, "way", OK, row["versions"]), clock]


_HINTS = {
    "unreachable": "try `ssh ALIAS true`; the alias is the host's `ssh` in hosts.toml",
    "auth": "add your public key to ~/.ssh/authorized_keys there",
    "host-key": "if the host was set up anew, correct ~/.ssh/known_hosts",
    "missing": "install it there, and name its whole path as the host's `rclaude`",
    "contract": "install the same version on both",
    "deadline": "see whether the host is overloaded: ssh HOST uptime",
}
