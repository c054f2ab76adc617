"""What a host tells of itself: its versions and its clock."""

import re
import subprocess
import time
from collections.abc import Sequence

from rclaude import CONTRACT, __version__
from rclaude.config import Host
from rclaude.rows import Reply, Row, Trailer

_WITHIN = 3.0
"""Seconds that a program may take to tell its version."""


def told(host: Host) -> Reply:
    """The versions and the time of the host that we are on."""
    begun = time.time()
    row = _row(host)
    now = round((begun + time.time()) / 2 * 1000)
    return Reply([{**row, "now_ms": str(now)}], Trailer(host.name))


def _row(host: Host) -> Row:
    programs = {"git": ("git", "--version"), "tmux": ("tmux", "-V"), "ssh": ("ssh", "-V")}
    found = {name: _version(words) for name, words in programs.items()}
    found["claude"] = _version((host.claude, "--version"))
    versions = {"rclaude": __version__, **found}
    return {
        "contract": str(CONTRACT),
        "versions": " ".join(f"{name}={version}" for name, version in versions.items() if version),
    }


def _version(words: Sequence[str]) -> str:
    """The first number in what a program says of itself; empty where it is not to be had."""
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_WITHIN,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+(?:\.\w+)+", done.stdout.decode("utf-8", "replace"))
    return found[0] if found and not done.returncode else ""
