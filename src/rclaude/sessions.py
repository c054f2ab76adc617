"""The sessions of this host."""

import re
import time
from collections.abc import Mapping

from rclaude import known, moments, states, transcripts
from rclaude.config import Host
from rclaude.known import Session
from rclaude.lines import text
from rclaude.panes import Pane
from rclaude.rows import Reply, Row, Trailer
from rclaude.transcripts import Told
from rclaude.trouble import Trouble

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text: str) -> int:
    """The seconds of an age: `90m`, `24h`, `7d`. Raises Trouble."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if not found:
        raise Trouble("usage", f"{text!r} is no age: write 90m, 24h or 7d")
    return int(found[1]) * _UNITS[found[2]]


def reply(host: Host, takes: Mapping[str, str]) -> Reply:
    """What `list` tells of this host: sessions that run, and those of late. Raises Trouble."""
    oldest = _oldest(takes.get("since", ""), now=time.time())
    usage = takes.get("usage") == "yes"
    found = known.known(host)
    told = [row for each in found.sessions.values() if (row := _row(each, oldest, usage=usage))]
    told += [row for pane in found.panes if (row := _pane_row(pane, oldest))]
    told.sort(key=lambda row: (row["activity_at"], row["sid"]), reverse=True)
    silent = "".join(f"tmux -L {socket} does not answer; " for socket in found.silent)
    rows = [{"host": host.name, **row} for row in told]
    return Reply(rows, Trailer(host.name, message=silent.removesuffix("; ")))


def _oldest(since: str, *, now: float) -> float:
    """The oldest activity that counts. Raises Trouble."""
    if not since:
        return 0.0
    if not re.fullmatch(r"[0-9]{1,12}", since, re.ASCII):
        raise Trouble("malformed", f"{since!r} is no number of seconds")
    return now - int(since)


def _row(session: Session, oldest: float, *, usage: bool) -> Row | None:
    """A session as a row, unless it ended before. A file that nobody changed since is not read."""
    transcript = session.transcript
    if transcript and transcript.changed < oldest and not session.alive:
        return None
    told = transcripts.read(transcript.path) if transcript else Told()
    activity = _activity(session, told)
    if not session.alive and (activity or 0.0) < oldest:
        return None
    found = {
        "sid": session.sid,
        "activity_at": moments.told(activity),
        **states.of(session, told)._asdict(),
        **_texts(session, told),
        **(_place(session.pane) if session.pane else {}),
    }
    if usage and transcript:
        from rclaude.usage import spent

        found.update(spent(transcript.path))
    return found


def _activity(session: Session, told: Told) -> float | None:
    if told.activity is not None:
        return told.activity
    if session.transcript:
        return session.transcript.changed
    if session.entry:
        return session.entry.updated
    return session.pane.activity if session.pane else None


def _texts(session: Session, told: Told) -> Row:
    line = session.entry.line if session.entry else {}
    running = session.entry and session.entry.process
    return {
        "cwd": told.cwd or text(line, "cwd") or (session.pane.cwd if session.pane else ""),
        "branch": told.branch,
        "model": told.model,
        "title": told.title or transcripts.short(text(line, "name")),
        "version": told.version or text(line, "version"),
        "ctx": told.ctx,
        "pid": str(session.entry.pid) if session.entry and running else "",
        "kind": text(line, "kind"),
    }


def _place(pane: Pane) -> Row:
    return {
        "tmux": pane.session,
        "pane": pane.id,
        "tmux_id": pane.session_id,
        "attached": "1" if pane.attached else "0",
    }


def _pane_row(pane: Pane, oldest: float) -> Row | None:
    """A pane of the private server that no session is known to be in."""
    if not pane.private or (pane.dead and (pane.activity or 0.0) < oldest):
        return None
    return {
        "sid": "",
        "activity_at": moments.told(pane.activity),
        **states.of_pane(pane)._asdict(),
        "cwd": pane.cwd,
        "pid": "" if pane.dead or pane.in_shell else str(pane.pid),
        **_place(pane),
    }
