"""The sessions of this host."""

import re
from collections.abc import Mapping

from rclaude.config import Host
from rclaude.rows import Reply, Trailer
from rclaude.trouble import Trouble

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text: str) -> int:
    """The seconds of an age: `90m`, `24h`, `7d`. Raises Trouble."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if not found:
        raise Trouble("usage", f"{text!r} is no age: write 90m, 24h or 7d")
    return int(found[1]) * _UNITS[found[2]]


def reply(host: Host, _: Mapping[str, str]) -> Reply:
    """What `list` tells of this host."""
    return Reply([], Trailer(host.name))
