"""What can be wrong, here and on the way to the hosts."""

import os
import shutil
from collections.abc import Sequence

from rclaude import config, git, hosts, ssh
from rclaude.fan import code_of
from rclaude.rows import Reply, Row, Trailer
from rclaude.trouble import OK, Exit, Trouble

DRIFT_MS = 300_000
"""How far two clocks may be apart, in ms, before it is told."""

_HELPER = "git-remote-rclaude"
_NEEDED = ("git", "tmux")
_NEEDED_HERE = (*_NEEDED, "ssh")


def examined(name: str) -> list[Reply]:
    """The checks of one host, or of this one and every other. Raises Trouble."""
    try:
        known = config.load()
    except Trouble as trouble:
        return [_unconfigured(trouble)]
    chosen = [known.host(name)] if name else list(known.by_name.values())
    folder = ssh.control_folder()
    here = [_check(known.self, "config", OK, config.path()), _helper(known.self)]
    here.append(_folder(known.self, folder))
    found = hosts.probed(known, chosen, folder=folder)
    return [
        reply._replace(rows=[*(here if own else []), *_of_host(reply.rows[0])])
        for reply in found
        for own in [reply.trailer.host == known.self]
    ]


def code(replies: Sequence[Reply]) -> Exit:
    """Tell of the hosts that failed; the exit code, which follows the checks where all answered."""
    if failed := code_of(replies):
        return failed
    all_well = all(row["status"] == OK for reply in replies for row in reply.rows)
    return Exit.DONE if all_well else Exit.SOME


def _unconfigured(trouble: Trouble) -> Reply:
    name = os.uname().nodename
    row = _check(name, "config", trouble.slug, trouble.text, _HINTS["config"])
    return Reply([row, _helper(name)], Trailer(name, trouble.slug, 0, trouble.text))


def _check(host: str, check: str, status: str, detail: str, hint: str = "") -> Row:
    return {"host": host, "check": check, "status": status, "detail": detail, "hint": hint}


def _helper(host: str) -> Row:
    """Whether git here finds what it starts for our URLs."""
    if found := shutil.which(_HELPER):
        return _check(host, _HELPER, OK, found)
    return _check(host, _HELPER, "missing", "not on $PATH", "put the folder of rclaude on $PATH")


def _folder(host: str, folder: str) -> Row:
    if folder:
        return _check(host, "sockets", OK, folder)
    hint = "set $XDG_RUNTIME_DIR to a short folder of yours alone, or every command connects anew"
    return _check(host, "sockets", "none", "no private folder with a short path", hint)


def _of_host(row: Row) -> list[Row]:
    """What was found on the way to a host, and there."""
    name, status = row["name"], row["status"]
    if status != OK:
        return [_check(name, "way", status, row["error"], _HINTS.get(status, ""))]
    way = _check(name, "way", OK, f"{row['latency_ms']} ms")
    return [way, _clock(row), *_versions(row), *_repositories(row)]


def _clock(row: Row) -> Row:
    """How far a clock is from ours; what cannot be known, as the answer took its time, counts too."""
    told = f"{row['clock_skew_ms']} ms from ours"
    if abs(int(row["clock_skew_ms"])) + int(row["latency_ms"]) / 2 < DRIFT_MS:
        return _check(row["name"], "clock", OK, told)
    return _check(row["name"], "clock", "skewed", told, "let both follow a time server")


def _versions(row: Row) -> list[Row]:
    told = dict(each.partition("=")[::2] for each in row["versions"].split())
    own = row["kind"] == "self"
    absent = [name for name in (_NEEDED_HERE if own else _NEEDED) if name not in told]
    hint = "install it" if own else "install it there, where the short $PATH of ssh finds it"
    return [
        *(_check(row["name"], name, OK, version) for name, version in told.items()),
        *(_check(row["name"], name, "missing", "tells no version", hint) for name in absent),
    ]


def _repositories(row: Row) -> list[Row]:
    """Whether each repository that is listed here is reached; an older rclaude there does not tell."""
    if "reached" not in row:
        return []
    reached = {git.plain(path) for path in row["reached"].split("\n")}
    hint = "make it with `git init --bare`, or correct `repos`, here or in the hosts.toml there"
    return [
        _check(row["name"], "repository", OK, path)
        if git.plain(path) in reached
        else _check(row["name"], "repository", "no-repository", path, hint)
        for path in row["repos"].split("\n")
        if path
    ]


_HINTS = {
    "unreachable": "try `ssh ALIAS true`; the alias is the host's `ssh` in hosts.toml",
    "auth": "add your public key to ~/.ssh/authorized_keys there",
    "host-key": "if the host was set up anew, correct ~/.ssh/known_hosts",
    "missing": "install it there, and name its whole path as the host's `rclaude`",
    "contract": "install the same version on both",
    "deadline": "see whether the host is overloaded: ssh HOST uptime",
    "config": "correct the hosts.toml that is named",
    "usage": "correct the line of your key in ~/.ssh/authorized_keys there",
    "refused": "the line of your key in ~/.ssh/authorized_keys there says what it may",
}
