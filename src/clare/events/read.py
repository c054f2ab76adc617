"""From the mapping in an event file to an event: strict about who and when, lenient about what.

Unknown fields are carried and reported, values that do not fit are left out and reported, and what is
known acts. Only an envelope that is wrong makes an event unreadable.
"""

from collections.abc import Mapping

from clare.events import wellformed
from clare.events.event import Event
from clare.events.event import Node as Node


class Malformed(ValueError):
    """The mapping is no event: its envelope is wrong."""


def read(mapping: Mapping[str, Node]) -> Event:
    """The event that a file's mapping holds. Raises Malformed."""
    event = wellformed.read(mapping)
    if event is None:
        from clare.events.lenient import read_any  # the models take long to load

        return read_any(mapping)
    return event
