"""Names as they are addressed: hosts, sessions, targets. What is no name never reaches ssh or tmux."""

import re

from rclaude.trouble import Trouble

_LABEL = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_LONGEST_HOST = 253
TMUX = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
"""What names a tmux session, or a tmux server's socket."""

SID_START = r"[0-9a-f]{8}[0-9a-f-]{0,28}"
"""What a session's id begins with: at least 8 of its hexadecimal digits."""


def is_host(text: str) -> bool:
    """Whether a text can name a host."""
    return len(text) <= _LONGEST_HOST and re.fullmatch(_HOST, text) is not None


def check_host(text: str) -> str:
    """The text if it can name a host. Raises Trouble."""
    if not is_host(text):
        raise Trouble("name", f"{text!r} cannot name a host: letters, digits, dots, _ and -")
    return text


def check_session(text: str) -> str:
    """The text if it can name a session. Raises Trouble."""
    if not re.fullmatch(f"{SID_START}|{TMUX}", text):
        raise Trouble("name", f"{text!r} names no session: 8 digits of its id, or its tmux name")
    return text


def target(text: str) -> tuple[str, str]:
    """The host and the session of `HOST:SESSION`. Raises Trouble."""
    host, colon, session = text.partition(":")
    if not colon:
        raise Trouble("usage", f"{text!r} is no HOST:SESSION")
    return check_host(host), check_session(session)
