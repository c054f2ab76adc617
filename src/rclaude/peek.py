"""The last lines of a session: of its pane, or of its transcript where it has none."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rclaude import files, known, panes, turns
from rclaude.config import Host
from rclaude.known import Known
from rclaude.lines import Line, text
from rclaude.names import SID_START
from rclaude.panes import Pane
from rclaude.rows import Reply, Trailer
from rclaude.transcripts import REACHES
from rclaude.trouble import Trouble


class _Target(NamedTuple):
    """What a name means: a session, a pane, or a session in a pane."""

    sid: str
    pane: Pane | None
    path: str = ""


def reply(host: Host, takes: Mapping[str, str]) -> Reply:
    """What `peek` tells of a session. Raises Trouble."""
    number = takes.get("lines", "")
    if not re.fullmatch(r"[1-9][0-9]{0,4}", number, re.ASCII):
        raise Trouble("malformed", f"{number!r} is no number of lines", host=host.name)
    target = _target(known.known(host), takes.get("session", ""), host.name)
    shown = _shown(target, int(number), host.name)
    return Reply([{"text": line} for line in shown], Trailer(host.name))


def _target(found: Known, name: str, host: str) -> _Target:
    """The one that a name means. Raises Trouble."""
    meant = {*_by_tmux(found, name), *_by_sid(found, name)}
    if not meant:
        silent = "".join(f"; tmux -L {socket} does not answer" for socket in found.silent)
        raise Trouble("no-session", f"there is no {name}{silent}", host=host)
    if len(meant) > 1:
        ordered = sorted(each.sid or (each.pane.id if each.pane else "") for each in meant)
        raise Trouble("ambiguous", f"{name} may be {', '.join(ordered)}", host=host)
    return meant.pop()


def _by_sid(found: Known, name: str) -> list[_Target]:
    if not re.fullmatch(SID_START, name):
        return []
    return [
        _Target(sid, session.pane, session.transcript.path if session.transcript else "")
        for sid, session in found.sessions.items()
        if sid.startswith(name)
    ]


def _by_tmux(found: Known, name: str) -> list[_Target]:
    """The sessions in the panes of a tmux session; of ours without one, the pane that is looked at."""
    held = [
        target
        for sid in found.sessions
        for target in _by_sid(found, sid)
        if target.pane and target.pane.session == name
    ]
    free = [pane for pane in found.panes if pane.session == name and pane.active and pane.private]
    targets = held or [_Target("", pane) for pane in free]
    private = [each for each in targets if each.pane and each.pane.private]
    return private or targets


def _shown(target: _Target, number: int, host: str) -> Sequence[str]:
    """The last lines of a target. Raises Trouble."""
    shown = panes.text_of(target.pane, number) if target.pane else None
    if shown is not None:
        return _last([line.rstrip() for line in shown.split("\n")], number)
    if target.path:
        return _written(target.path, number)
    if target.pane:
        raise Trouble("no-session", "its tmux does not tell what it shows", host=host)
    return []


def _last(lines: Sequence[str], number: int) -> Sequence[str]:
    """So many last lines, without the empty ones behind them."""
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return lines[max(0, end - number) : end]


def _written(path: str, number: int) -> Sequence[str]:
    with files.opened(path) as file:
        if not file:
            return []
        found: Sequence[str] = []
        for reach in REACHES:
            found = _lines(turns.newest(files.tail(file, reach)), number)
            if len(found) >= number or file.size <= reach:
                break
        return found


def _lines(newest: Iterable[Line], number: int) -> Sequence[str]:
    """The last lines of what was said, from the turns, newest first."""
    found: list[str] = []
    for turn in newest:
        found += reversed(_of_turn(turn))
        if len(found) >= number:
            break
    return found[:number][::-1]


def _of_turn(turn: Line) -> list[str]:
    who = text(turn, "type")
    if who == "user" and not (turns.is_prompt(turn) or turns.is_stop(turn)):
        return []
    found: list[str] = []
    for block in turns.blocks(turn):
        if block.get("type") == "tool_use":
            found.append(f"tool: {text(block, 'name')}")
        elif words := text(block, "text").strip():
            found += f"{who}: {words}".splitlines()
    return found
