"""The panes of the two tmux servers: the private one, on which sessions are started, and the default."""

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rclaude.config import Host

if TYPE_CHECKING:
    from rclaude.children import Child

WITHIN = 3.0
"""Seconds that tmux may take."""

_DEFAULT = "default"
_SHELLS = ("ash", "bash", "csh", "dash", "fish", "ksh", "mksh", "nu", "sh", "tcsh", "zsh")
_FORMAT = "\t".join(
    f"#{{{name}}}"
    for name in (
        *("pane_id", "session_id", "session_name", "session_attached", "pane_pid", "pane_dead"),
        *("window_activity", "window_active", "pane_active", "pane_current_command"),
        "pane_current_path",
    )
)
_LINE = re.compile(
    r"(%\d+)\t(\$\d+)\t([^\t]*)\t(\d+)\t(\d*)\t([01]?)\t(\d*)\t([01]*)\t([01]*)\t([^\t]*)\t(.*)"
)


class Pane(NamedTuple):
    """A pane, and the server that it is on; `private` says that it is the one for our sessions."""

    socket: str
    private: bool
    id: str
    session_id: str
    session: str
    attached: bool
    pid: int
    dead: bool
    activity: float | None
    active: bool
    command: str
    cwd: str

    @property
    def in_shell(self) -> bool:
        """Whether a shell is in the foreground."""
        return self.command.lstrip("-").rpartition("/")[2] in _SHELLS


class Panes(NamedTuple):
    """The panes, and the servers that did not answer in time."""

    found: Sequence[Pane]
    silent: Sequence[str]


def found(host: Host) -> Panes:
    """The panes of this host; none where there is no tmux, or no server."""
    sockets = [name for name in dict.fromkeys((host.tmux_socket, _DEFAULT)) if _may_run(name)]
    listing = ("list-panes", "-a", "-F", _FORMAT)
    answers = _run([_command(name, *listing) for name in sockets]) if sockets else []
    told = dict(zip(sockets, answers, strict=True))
    return Panes(
        [
            pane
            for socket, text in told.items()
            for line in (text or "").split("\n")
            if (pane := _pane(line, socket, private=socket == host.tmux_socket))
        ],
        [socket for socket, text in told.items() if text is None],
    )


def text_of(pane: Pane, lines: int) -> str | None:
    """What a pane shows, with so many lines of what it showed before; nothing if tmux does not tell."""
    capture = ("capture-pane", "-p", "-J", "-t", pane.id, "-S", f"-{lines}")
    return _run([_command(pane.socket, *capture)])[0] or None


def _command(socket: str, *words: str) -> list[str]:
    return ["tmux", "-u", "-L", socket, *words]


def _may_run(socket: str) -> bool:
    """Whether a server may listen there: asking tmux, to be told of none, takes longer."""
    told = os.environ.get("TMUX_TMPDIR", "")
    base = told if os.path.isdir(told) else "/tmp"
    return os.path.exists(os.path.join(base, f"tmux-{os.getuid()}", socket))


def _pane(line: str, socket: str, *, private: bool) -> Pane | None:
    cells = _LINE.fullmatch(line)
    if not cells:
        return None
    pane, session, name, attached, pid, dead, activity, window, active, command, cwd = (
        cells.groups()
    )
    return Pane(
        *(socket, private, pane, session, name, attached != "0", int(pid or 0), dead == "1"),
        *(float(activity) if activity else None, window == active == "1", command, cwd),
    )


def _run(commands: Sequence[Sequence[str]]) -> list[str | None]:
    """What each prints, all within one deadline; nothing of one that does not answer."""
    from rclaude.children import all_done

    return [_answer(child) if child else "" for child in all_done(commands, WITHIN)]


def _answer(child: "Child") -> str | None:
    if child.code is None:
        return None
    return child.out.decode("utf-8", "replace") if child.code == 0 else ""
