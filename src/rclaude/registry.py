"""The registry of sessions that run: `sessions/<pid>.json`, which newer versions of the agent keep."""

import os
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rclaude import files, moments, processes
from rclaude.lines import Line, parsed, text

_LARGEST = 64 * 1024
_NAME = re.compile(r"([1-9][0-9]{0,9})\.json", re.ASCII)
SID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A session's id, whole."""


class Entry(NamedTuple):
    """What the registry tells of a session.

    `process` is there if that very process runs; `unsure` says that one of its id does, and nobody
    can tell whether it is the same.
    """

    sid: str
    pid: int
    line: Line
    process: processes.Process | None
    unsure: bool

    @property
    def updated(self) -> float | None:
        """When its status was last told."""
        keys = ("statusUpdatedAt", "updatedAt", "startedAt")
        known = (moments.seconds(self.line.get(key)) for key in keys)
        return next((moment for moment in known if moment is not None), None)


class Registry(NamedTuple):
    """The entries, each session's one that counts, and whether every session that runs has one."""

    entries: Mapping[str, Entry]
    whole: bool


def base() -> str:
    """The folder of the agent."""
    return os.environ.get("CLAUDE_CONFIG_DIR") or os.path.expanduser("~/.claude")


def read() -> Registry:
    """The registry of this host.

    An entry that cannot be read, of a process that runs, may be any session's: it is being written.
    """
    found: list[Entry] = []
    doubtful = False
    pids = _pids(os.path.join(base(), "sessions"))
    for path, pid in pids:
        entry = _entry(path, pid)
        if entry:
            found.append(entry)
        else:
            doubtful = doubtful or processes.process(pid) is not None
    return Registry(_newest(found), bool(pids) and not doubtful)


def _pids(folder: str) -> list[tuple[str, int]]:
    try:
        with os.scandir(folder) as inside:
            return [
                (each.path, int(name[1]))
                for each in inside
                if (name := _NAME.fullmatch(each.name)) and files.changed(each) is not None
            ]
    except OSError:
        return []


def _entry(path: str, pid: int) -> Entry | None:
    with files.opened(path) as file:
        line = parsed(files.piece(file, 0, _LARGEST)) if file else None
    if line is None or not SID.fullmatch(text(line, "sessionId")):
        return None
    runs, noted = processes.process(pid), line.get("procStart")
    same = runs is not None and processes.is_one_started(runs, noted)
    unsure = runs is not None and not processes.is_told(noted)
    return Entry(text(line, "sessionId"), pid, line, runs if same else None, unsure)


def _newest(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    """One entry for each session: one that runs, else the newest."""
    ordered = sorted(entries, key=lambda each: (each.process is not None, each.updated or 0.0))
    return {entry.sid: entry for entry in ordered}
