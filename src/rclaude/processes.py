"""Processes of this host, from /proc: whether one still is the one that somebody noted."""

import os
import re
from typing import NamedTuple

from rclaude import moments

_WITHIN = 2.0
"""Seconds by which a noted start may differ from the real one, where it is told as a time."""

_DEEPEST = 64
_GONE = ("Z", "X")


class Process(NamedTuple):
    """A process: its state's letter, its parent, and its start in ticks since the boot."""

    state: str
    parent: int
    start: int


def process(pid: int) -> Process | None:
    """The process of an id; nothing if it is not there, or ended and only not yet waited for."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        found = Process(fields[0].decode(), int(fields[1]), int(fields[19]))
    except (OSError, ValueError, IndexError):
        return None
    return None if found.state in _GONE else found


def is_one_started(found: Process, noted: object) -> bool:
    """Whether a process is the one whose start was noted: in ticks, or as a time."""
    noted = _number(noted)
    if not isinstance(noted, bool) and noted == found.start:
        return True
    moment, real = moments.seconds(noted), _moment(found)
    return moment is not None and real is not None and abs(moment - real) <= _WITHIN


def is_told(noted: object) -> bool:
    """Whether a noted start has a form that can be held against the real one."""
    return moments.seconds(_number(noted)) is not None


def _number(noted: object) -> object:
    """A number that is written as a text; what is none, as it is."""
    if isinstance(noted, str) and re.fullmatch(r"[0-9]{1,19}", noted, re.ASCII):
        return int(noted)
    return noted


def _moment(found: Process) -> float | None:
    booted = _booted()
    return None if booted is None else booted + found.start / os.sysconf("SC_CLK_TCK")


def _booted() -> float | None:
    try:
        with open("/proc/stat", "rb") as file:
            lines = file.read().split(b"\n")
        return float(next(line for line in lines if line.startswith(b"btime ")).split()[1])
    except (OSError, ValueError, IndexError, StopIteration):
        return None


def line_of(pid: int) -> list[int]:
    """The process and those it descends from, nearest first."""
    found: list[int] = []
    while pid > 0 and len(found) < _DEEPEST and (known := process(pid)):
        found.append(pid)
        pid = known.parent
    return found


def words(pid: int) -> list[str]:
    """The command line of a process; empty if it is not to be had."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read(64 * 1024).decode("utf-8", "replace").split("\0")
    except OSError:
        return []
