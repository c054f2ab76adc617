"""Saved views: naming a query, and taking the name away."""

from clare import names
from clare.errors import Usage
from clare.events.said import VIEW_SAVED, Fact
from clare.fleet import Fleet
from clare.services.act import Outcome, act, make, take_back
from clare.services.finding import check_readable
from clare.store.board import Board
from clare.views.query import Query
from clare.views.saved import resolve
from clare.views.tasks import checked


def save(board: Board, name: str, query: Query, *, columns: tuple[str, ...] = ()) -> Outcome:
    """Save a query under a name, in place of what had that name. Views in it are written out."""
    if not names.is_slug(name):
        raise Usage(
            f"{name!r} cannot name a view",
            hint="use lower-case letters, digits and dashes, at most 48, as in my-bugs",
        )

    def decide(fleet: Fleet) -> list[Fact]:
        key = names.view_key(name)
        check_readable(fleet, key)
        found = resolve(fleet, query)
        wanted = {
            "query": str(checked(fleet, found.query)),
            "columns": ",".join(columns or found.columns),
        }
        there = fleet.views.get(name)
        same = there and all(there.value(field) == value for field, value in wanted.items())
        if there and same and not there.contested:
            return []
        return [make(VIEW_SAVED, key, set=wanted)]

    return act(board, decide)


def remove(board: Board, name: str) -> Outcome:
    """Take a view away by taking back what saved it, so that the name is free again."""

    def decide(fleet: Fleet) -> list[Fact]:
        view = fleet.view(name)
        check_readable(fleet, view.key)
        return take_back(fleet, view.key)

    return act(board, decide)
