"""What this host knows of each session, joined: its transcript, its entry in the registry, its pane."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from rclaude import panes, processes, registry, transcripts
from rclaude.config import Host
from rclaude.panes import Pane
from rclaude.registry import SID, Entry, Registry
from rclaude.transcripts import Transcript

_NAMING = ("--session-id", "--resume", "-r")
_NEW = "--fork-session"
"""Says that the session gets an id of its own, whatever else is named."""


class Session(NamedTuple):
    """A session; `registers` says that it would be in the registry if it ran."""

    sid: str
    transcript: Transcript | None
    entry: Entry | None
    pane: Pane | None
    registers: bool

    @property
    def alive(self) -> bool:
        """Whether it is known to run."""
        if self.entry and self.entry.process:
            return True
        return self.pane is not None and not self.pane.dead


class Known(NamedTuple):
    """The sessions by id, the panes that belong to none of them, and the servers that kept silent."""

    sessions: Mapping[str, Session]
    panes: Sequence[Pane]
    silent: Sequence[str]


def known(host: Host) -> Known:
    """What is known of the sessions of the host that we are on."""
    registered, written, shown = registry.read(), transcripts.found(), panes.found(host)
    places = _places(registered, shown.found)
    sessions = {
        sid: Session(
            sid, written.get(sid), registered.entries.get(sid), places.get(sid), registered.whole
        )
        for sid in {**registered.entries, **written, **places}
    }
    taken = set(places.values())
    return Known(sessions, [pane for pane in shown.found if pane not in taken], shown.silent)


def _places(registered: Registry, shown: Sequence[Pane]) -> Mapping[str, Pane]:
    """The pane of each session that is in one."""
    by_pid = {pane.pid: pane for pane in shown if pane.pid}
    found = {
        sid: pane for sid, entry in registered.entries.items() if (pane := _place(entry, by_pid))
    }
    for pane in shown:
        sid = "" if pane.dead or not pane.private else _named(processes.words(pane.pid))
        if sid and sid not in found and pane not in found.values():
            found[sid] = pane
    return found


def _place(entry: Entry, by_pid: Mapping[int, Pane]) -> Pane | None:
    """The pane that its process, or one that it descends from, was started in."""
    if entry.process:
        return next((by_pid[pid] for pid in processes.line_of(entry.pid) if pid in by_pid), None)
    pane = by_pid.get(entry.pid)
    return pane if pane and pane.dead else None


def _named(words: Sequence[str]) -> str:
    """The session that a command line names; empty if it names none."""
    named = [word for key, word in pairwise(words) if key in _NAMING and SID.fullmatch(word)]
    return named[0] if named and _NEW not in words else ""
