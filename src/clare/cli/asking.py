"""How commands take a query: as plain words, with --where, and from the older options."""

import re
from collections.abc import Sequence

import click

from clare.cli import complete
from clare.fleet import Fleet
from clare.names import view_key
from clare.services.finding import check_readable
from clare.services.opening import Opened
from clare.views.compare import Asked
from clare.views.query import Query, parse, where
from clare.views.saved import Resolved, resolve
from clare.views.tasks import checked
from clare.views.terms import KEYS

WHERE = click.option(
    "--where",
    "condition",
    metavar="QUERY",
    default="",
    help="Only what fits this query, such as 'label:parser -label:wip due:<3d' (docs/query.md).",
)
WORDS = click.argument("words", metavar="[QUERY...]", nargs=-1, shell_complete=complete.views)
_NEGATED = rf"-({'|'.join(KEYS)}):"


class QueryCommand(click.Command):
    """A command whose words are a query: `-label:wip` is a term, not the option -l with a value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep negated terms from being read as options."""
        return super().parse_args(ctx, shielded(args))


def shielded(args: Sequence[str]) -> list[str]:
    """The words, negated terms not looking like options: a space in front means nothing in a query."""
    return [
        f" {arg}" if arg.startswith("-") and re.match(_NEGATED, arg, re.IGNORECASE) else arg
        for arg in args
    ]


def query_of(
    words: Sequence[str] = (),
    condition: str = "",
    *,
    projects: Sequence[str] = (),
    labels: Sequence[str] = (),
) -> Query:
    """What words, --where, --project and --label ask for together. Raises Usage."""
    query = parse(" ".join(words)) & parse(condition) & where("project", *projects)
    for label in labels:
        query &= where("label", label)
    return query


def on_board(fleet: Fleet, query: Query) -> Resolved:
    """The query with its saved views written out and its projects checked, `.` the one here.

    Raises ClareError.
    """
    for name in query.views:
        check_readable(fleet, view_key(name))
    found = resolve(fleet, query)
    found = found._replace(query=_located(fleet, found.query))
    checked(fleet, found.query)
    return found


def _located(fleet: Fleet, query: Query) -> Query:
    """The query with `project:.` as the project whose folder or repository this is."""
    if not any(term.key == "project" for term in query.terms):
        return query
    from clare.services import project_here

    terms = (
        term._replace(values=tuple(project_here.meant(fleet, slug) for slug in term.values))
        if term.key == "project"
        else term
        for term in query.terms
    )
    return query._replace(terms=tuple(terms))


def asked_by(opened: Opened, fleet: Fleet) -> Asked:
    """A question about this board, now, by whoever acts."""
    return Asked(fleet, opened.board.now(), opened.board.actor)
