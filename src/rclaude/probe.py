"""What a host tells of itself: its versions and its clock."""

import re
import time
from collections.abc import Mapping, Sequence

from rclaude import CONTRACT, __version__, git
from rclaude.children import Child, all_done
from rclaude.config import Host
from rclaude.rows import Reply, Row, Trailer

_WITHIN = 3.0
"""Seconds that the programs may take to tell their versions."""


def told(host: Host) -> Reply:
    """The versions and the time of the host that we are on."""
    reached = "\n".join(git.there(host))
    begun = time.time()
    row = _row(host)
    now = round((begun + time.time()) / 2 * 1000)
    return Reply([{**row, "now_ms": str(now), "reached": reached}], Trailer(host.name))


def _row(host: Host) -> Row:
    programs = {
        "git": ("git", "--version"),
        "tmux": ("tmux", "-V"),
        "ssh": ("ssh", "-V"),
        "claude": (host.claude, "--version"),
    }
    versions = {"rclaude": __version__, **_versions(programs)}
    return {
        "contract": str(CONTRACT),
        "versions": " ".join(f"{name}={version}" for name, version in versions.items() if version),
    }


def _versions(programs: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What each program says of itself; all are asked at once."""
    children = all_done([*programs.values()], _WITHIN)
    return {name: _version(child) for name, child in zip(programs, children, strict=True) if child}


def _version(child: Child) -> str:
    """The first number in what a program said; empty where it failed, or said nothing in time."""
    if child.code != 0:
        return ""
    found = re.search(r"\d+(?:\.\w+)+", (child.out + child.err).decode("utf-8", "replace"))
    return found[0] if found else ""
