"""The folder of ssh's control sockets: private, with room for their names, and without stuck ones."""

import os
import re
import socket
import stat

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
    with os.scandir(folder) as entries:
        sockets = [entry.path for entry in entries if stat.S_ISSOCK(entry.stat().st_mode)]
    for path in sockets:
        if not _says_hello(path):
            _remove(path)


def _says_hello(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_WAIT)
        try:
            line.connect(path)
            return len(line.recv(_HELLO)) > 0
        except OSError:
            return False


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
