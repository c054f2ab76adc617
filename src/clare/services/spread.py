"""What an event says, spread over several where one cannot hold it."""

from collections.abc import Iterator, Mapping

from clare.events.text import MAX_BYTES, dump

ROOM = MAX_BYTES - 4 * 1024
"""Bytes for what an event says; the rest is for who said it and when."""

Changes = Mapping[str, Mapping[str, str | tuple[str, ...]]]
"""What an event says: what it sets, adds and removes."""


def spread(changes: Changes) -> list[Changes]:
    """The changes, spread over as many events as they need."""
    if len(dump(changes)) <= ROOM:
        return [{name: part for name, part in changes.items() if part}]
    parts: list[Changes] = []
    part: dict[str, dict[str, str | tuple[str, ...]]] = {}
    room = ROOM
    for verb, name, value in _atoms(changes):
        size = len(dump({verb: {name: value}}))
        if part and size > room:
            parts.append(part)
            part, room = {}, ROOM
        inside = part.setdefault(verb, {})
        present = inside.get(name, ())
        joined = (*present, *value) if isinstance(value, tuple) else value
        inside[name] = joined if isinstance(present, tuple) else value
        room -= size
    return [*parts, part]


def _atoms(changes: Changes) -> Iterator[tuple[str, str, str | tuple[str, ...]]]:
    """What can stand in an event of its own: a field, or one element of a set."""
    for verb, part in changes.items():
        for name, value in part.items():
            if isinstance(value, str):
                yield verb, name, value
            else:
                yield from ((verb, name, (element,)) for element in value)
