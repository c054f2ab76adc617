"""What a session is doing: the registry tells first, then the transcript, and a pane the rest."""

from typing import NamedTuple

from rclaude import moments
from rclaude.known import Session
from rclaude.lines import text
from rclaude.panes import Pane
from rclaude.registry import Entry
from rclaude.transcripts import Told, short

_WORDS = ("starting", "busy", "waiting", "idle", "shell")
_STOPPED = "T"


class State(NamedTuple):
    """A state, what there is to say of it, since when, and who told."""

    state: str
    detail: str = ""
    state_at: str = ""
    state_src: str = "registry"


def of(session: Session, told: Told) -> State:
    """What a session is doing."""
    entry, pane = session.entry, session.pane
    if entry:
        return _registered(entry, pane, told)
    if pane and not pane.dead:
        return of_pane(pane) if session.registers or not told.state else _written(told)
    return State("ended") if session.registers else _written(told)


def of_pane(pane: Pane) -> State:
    """What is going on in a pane whose agent has told nothing yet."""
    if pane.dead:
        return State("ended", state_src="pane")
    return State("shell" if pane.in_shell else "starting", state_src="pane")


def _registered(entry: Entry, pane: Pane | None, told: Told) -> State:
    if not entry.process:
        return State("unknown" if entry.unsure else "ended")
    if entry.process.state == _STOPPED and pane and pane.in_shell:
        return State("shell", state_src="pane")
    if "status" not in entry.line:
        return _written(told)
    status = text(entry.line, "status")
    return State(
        status if status in _WORDS else "unknown",
        short(text(entry.line, "waitingFor")),
        moments.told(moments.seconds(entry.line.get("statusUpdatedAt"))),
    )


def _written(told: Told) -> State:
    if not told.state:
        return State("unknown", state_src="none")
    return State(told.state, "", told.state_at, "transcript")
