"""The fleet's hosts: adding them, changing them, and taking them off the board."""

from collections.abc import Mapping, Sequence

from clare import names
from clare.errors import ClareError, Usage
from clare.events.said import HOST_ADDED, HOST_EDITED, Fact
from clare.fleet import Fleet
from clare.services.act import Outcome, act, changed, make, take_back
from clare.services.finding import check_readable
from clare.state import Entity
from clare.store.board import Board

Fields = Mapping[str, str]
Elements = Mapping[str, Sequence[str]]


def add(board: Board, name: str, *, fields: Fields, sets: Elements) -> Outcome:
    """Add a host. Raises ClareError if the name is taken or cannot be one.

    What somebody wrote about a host of that name while it was taken off is not taken up again.
    """
    if not names.is_host(name):
        raise Usage(
            f"{name!r} cannot name a host",
            hint="use lower-case letters, digits and dashes, at most 32, as in plum",
        )

    def decide(fleet: Fleet) -> list[Fact]:
        key = names.host_key(name)
        check_readable(fleet, key)
        if name in fleet.hosts:
            raise ClareError(
                f"there is a host {name} already", hint=f"`clare host edit {name}` changes it"
            )
        added = make(HOST_ADDED, key, set=dict(fields), add=_named(sets))
        left = fleet.entity(key)
        return [added, *take_back(fleet, key)] if left.fields or left.sets else [added]

    return act(board, decide)


def edit(board: Board, name: str, *, fields: Fields, come: Elements, gone: Elements) -> Outcome:
    """Write fields, add and remove elements of sets; of what is so already only elements again."""

    def decide(fleet: Fleet) -> list[Fact]:
        host = fleet.host(name)
        check_readable(fleet, host.key)
        wanted = changed(host, fields)
        add_, remove = _named(come), _named(_present(host, gone))
        if not (wanted or add_ or remove):
            return []
        return [make(HOST_EDITED, host.key, set=wanted, add=add_, remove=remove)]

    return act(board, decide)


def remove(board: Board, name: str) -> Outcome:
    """Take a host off the board by taking back what was said of it, so that the name is free."""

    def decide(fleet: Fleet) -> list[Fact]:
        host = fleet.host(name)
        check_readable(fleet, host.key)
        return take_back(fleet, host.key)

    return act(board, decide)


def _present(host: Entity, sets: Elements) -> dict[str, list[str]]:
    return {
        name: [element for element in elements if element in host.elements(name)]
        for name, elements in sets.items()
    }


def _named(sets: Elements) -> dict[str, list[str]]:
    """The sets of which an element is named."""
    return {name: list(elements) for name, elements in sets.items() if elements}
