"""Saved views: queries with a name, on the board like everything else."""

from typing import NamedTuple

from clare.clock import Stamp, show_instant
from clare.errors import ClareError, Usage
from clare.fleet import Fleet
from clare.state import Entity
from clare.views.columns import columns_of
from clare.views.query import Query, parse
from clare.views.record import Record, contested


class Resolved(NamedTuple):
    """A query without views, and the columns that the first view with columns asks for."""

    query: Query
    columns: tuple[str, ...] = ()


def resolve(fleet: Fleet, query: Query) -> Resolved:
    """Put the terms of saved views in the place of their names. Raises ClareError.

    A view that this Clare does not understand, because a newer one wrote it, raises as well.
    """
    found = Query(query.terms, query.order)
    columns: tuple[str, ...] = ()
    for name in dict.fromkeys(query.views):
        saved = _understood(name, fleet.view(name))
        found = Query(saved.query.terms) & found & Query(order=saved.query.order)
        columns = columns or saved.columns
    return Resolved(found, columns)


def _understood(name: str, view: Entity) -> Resolved:
    try:
        query = parse(view.value("query"))
        columns = columns_of(view.value("columns"))
    except Usage as error:
        raise ClareError(
            f"the view {name} says what this Clare does not understand: {error.message}",
            hint=f"install a newer Clare, or save it again: `clare view save {name} QUERY`",
        ) from None
    if query.views:
        raise ClareError(
            f"the view {name} names another view, @{query.views[0]}",
            hint=f"save it again: `clare view save {name} QUERY`",
        )
    return Resolved(query, columns)


def view_record(view: Entity) -> Record:
    """Every field of a view."""
    made, changed = view.created, view.updated
    return {
        "name": view.key.partition("/")[2],
        "query": view.value("query"),
        "columns": [name for name in view.value("columns").split(",") if name],
        "created_at": show_instant(Stamp.of(made.event).ms) if made else None,
        "created_by": made.by if made else None,
        "updated_at": show_instant(Stamp.of(changed.event).ms) if changed else None,
        "updated_by": changed.by if changed else None,
        "contested": contested(view),
    }
