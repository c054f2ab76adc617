"""The last lines of a session."""

from collections.abc import Mapping

from rclaude.config import Host
from rclaude.rows import Reply
from rclaude.trouble import Trouble


def reply(host: Host, takes: Mapping[str, str]) -> Reply:
    """What `peek` tells of a session. Raises Trouble."""
    raise Trouble("no-session", f"there is no {takes['session']}", host=host.name)
