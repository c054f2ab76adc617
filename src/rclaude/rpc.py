"""What crosses to another host: one word of base64url, so that nothing a user types meets a shell."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import NamedTuple

from rclaude import CONTRACT
from rclaude.config import Host
from rclaude.trouble import Trouble

LARGEST = 64 * 1024
"""Characters of the longest token that is read."""

LONGEST = 60.0
"""Seconds after which every answer is given up."""

_SENT = ("name", "claude", "tmux_socket", "roots", "repos")


class Request(NamedTuple):
    """What a host is asked: the verb, what it takes, and the host as whoever asks knows it.

    `within` are the seconds after which whoever asks listens no more.
    """

    verb: str
    host: Host
    takes: Mapping[str, str] = {}
    within: float = LONGEST


def token(request: Request) -> str:
    """A request as one word."""
    host = request.host._asdict()
    told = {
        "contract": CONTRACT,
        "verb": request.verb,
        "host": {key: host[key] for key in _SENT},
        "takes": dict(request.takes),
        "within": request.within,
    }
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def read(token: str) -> Request:
    """The request that a word stands for. Raises Trouble."""
    try:
        told = json.loads(base64.b64decode(token[:LARGEST], b"-_", validate=True))
        if told["contract"] != CONTRACT:
            spoken = f"this is rclaude/{CONTRACT}, asked as rclaude/{told['contract']}"
            raise Trouble("contract", f"{spoken}: install the same version on both")
        known = told["host"]
        host = Host(
            name=_text(known["name"]),
            claude=_text(known["claude"]),
            tmux_socket=_text(known["tmux_socket"]),
            roots=tuple(map(_text, known["roots"])),
            repos=tuple(map(_text, known["repos"])),
        )
        takes = {_text(key): _text(value) for key, value in told["takes"].items()}
        return Request(_text(told["verb"]), host, takes, _seconds(told.get("within", LONGEST)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise Trouble("malformed", "what was asked cannot be read") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or not 0 < value <= LONGEST:
        raise TypeError(value)
    return value
