"""The folder of ssh's control sockets: private, with room for their names, and without stuck ones."""

import os
import re
import select
import socket
import stat
import time
from collections.abc import Iterable
from contextlib import ExitStack, suppress

_LONGEST = 107
"""Bytes of the longest path that a socket may have."""

_NAME = len("/") + 40 + len(".0123456789abcdef")
"""Bytes of a socket's name: `%C`, and what ssh appends while it makes one."""

_HELLO = 4
"""Bytes of the length with which a master's first message begins (OpenSSH's PROTOCOL.mux)."""

_WAIT = 1.0
"""Seconds in which a master that works says hello; it takes less than a millisecond."""


def folder() -> str:
    """A folder of ours alone whose path leaves room for a socket's name; empty if there is none."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    places = (
        [os.path.join(runtime, "rclaude")] if runtime else [],
        [f"/tmp/rclaude-{os.getuid()}"],
    )
    return next((place for each in places for place in each if _is_private(place)), "")


def _is_private(place: str) -> bool:
    """Make the folder if it is not there; whether its path is short and plain, and it is ours alone."""
    if len(place) + _NAME > _LONGEST or not re.fullmatch("[A-Za-z0-9/._-]+", place):
        return False
    try:
        os.mkdir(place, 0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = os.lstat(place)
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.getuid()
        and not stat.S_IMODE(found.st_mode) & 0o077
    )


def forget_stuck(folder: str) -> None:
    """Remove the sockets of masters that do not answer: whoever connects to one would wait for ever."""
    for path in _silent([os.path.join(folder, name) for name in os.listdir(folder) if _made(name)]):
        _remove(path)


def _made(name: str) -> bool:
    """Whether a socket has its name; while ssh makes one, more stands behind it."""
    return re.fullmatch("[0-9a-f]{40}", name) is not None


def _silent(paths: Iterable[str]) -> list[str]:
    """The sockets behind which no master says hello; all are asked at once."""
    with ExitStack() as lines:
        waiting: dict[socket.socket, str] = {}
        silent: list[str] = []
        for path in paths:
            line = lines.enter_context(socket.socket(socket.AF_UNIX))
            line.setblocking(False)
            if line.connect_ex(path):
                silent.append(path)
            else:
                waiting[line] = path
        deadline = time.monotonic() + _WAIT
        while waiting and (left := deadline - time.monotonic()) > 0:
            for line in select.select(list(waiting), [], [], left)[0]:
                path = waiting.pop(line)
                if not _says_hello(line):
                    silent.append(path)
        return [*silent, *waiting.values()]


def _says_hello(line: socket.socket) -> bool:
    try:
        return len(line.recv(_HELLO)) > 0
    except ConnectionError:
        return False


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)
