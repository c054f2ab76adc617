"""From the bytes of a file to its mapping: the short way if Clare wrote it, else by way of YAML."""

from clare.events import canonical
from clare.events.event import Node


class BadFile(ValueError):
    """The bytes are no file of ours; the message says why and, where known, in which line."""


def parse(data: bytes) -> dict[str, Node]:
    """The mapping of text, lists and maps that a file holds. Raises BadFile."""
    mapping = canonical.parse(data)
    if mapping is None:
        from clare.store.libyaml import parse_any  # takes long to load, and is seldom needed

        return parse_any(data)
    return mapping
