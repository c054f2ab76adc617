"""What the shell offers after Tab: tasks with their titles, projects, labels, actors and the like.

What is offered ends up on a command line: only words that no shell takes for anything else.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from clare.cli.options import Session
from clare.errors import ClareError
from clare.fleet import Fleet
from clare.settings import SETTINGS
from clare.state import PRIORITIES
from clare.views.columns import COLUMNS
from clare.views.safe import one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Items = list["CompletionItem[str]"]


def _item(value: str, help: str = "") -> "CompletionItem[str]":
    from click.shell_completion import CompletionItem  # which only a shell that completes needs

    return CompletionItem(value, help=help or None)


_TYPES = ("bug", "epic", "feature", "task")
_HARMLESS = "_./:@+-"


def tasks(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Unfinished tasks; once something is typed, closed ones too."""
    fleet = _fleet(ctx)
    return [
        _item(shown, help=_described(task.title))
        for task in sorted(fleet.tasks.values(), key=lambda task: (task.is_closed, task.id))
        if task.id.startswith(incomplete) and (incomplete or not task.is_closed)
        for shown in [max(fleet.short(task.id), task.id[: len(incomplete)], key=len)]
    ]


def projects(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Projects by their slug."""
    return [
        _item(slug, help=_described(entity.value("title", slug)))
        for slug, entity in sorted(_fleet(ctx).projects.items())
        if slug.startswith(incomplete)
    ]


def labels(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Labels that a task has."""
    return _words({label for found in _fleet(ctx).table.labels for label in found}, incomplete)


def types(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Types that a task has, and the common ones."""
    return _words({*_TYPES, *_fleet(ctx).table.type}, incomplete)


def actors(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Whoever has added or last touched a task, claims one or is to do one."""
    return _words(set(_actors(_fleet(ctx))), incomplete)


def _actors(fleet: Fleet) -> Iterator[str]:
    table = fleet.table
    yield from (*table.creator, *table.updater, *table.assignee)
    yield from (by for claims in table.claims for _, by, *_ in claims)


def views(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Saved views, as `@name`."""
    return _words({f"@{name}" for name in _fleet(ctx).views}, incomplete)


def view_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Saved views by their bare name."""
    return _words(_fleet(ctx).views, incomplete)


def reachable(_: click.Context, __: click.Parameter, incomplete: str) -> Items:
    """Hosts that this machine reaches."""
    from clare.services import pairs

    try:
        return _words(set(pairs.reachable()), incomplete)
    except (ClareError, OSError):
        return []


def hosts(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Hosts by their short name, with what is said about them."""
    return [
        _item(name, help=_described(entity.value("about")))
        for name, entity in sorted(_fleet(ctx).hosts.items())
        if name.startswith(incomplete)
    ]


def host_roles(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Roles that a host has."""
    return _words(_of_hosts(ctx, "roles"), incomplete)


def host_labels(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Labels that a host has."""
    return _words(_of_hosts(ctx, "labels"), incomplete)


def _of_hosts(ctx: click.Context, name: str) -> set[str]:
    return {word for host in _fleet(ctx).hosts.values() for word in host.elements(name)}


def priorities(_ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """The priorities, in any case."""
    return _words(PRIORITIES, incomplete.upper())


def templates(ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """The templates of the board."""
    from clare.services import templates as service

    try:
        board = ctx.ensure_object(Session).open_quietly().board
        return _words((each.name for each in service.templates(board)), incomplete)
    except (ClareError, OSError):
        return []


def settings(_ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """The keys of settings."""
    return _words(SETTINGS, incomplete)


def entities(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Tasks, and projects, views and hosts by their keys."""
    fleet = _fleet(ctx)
    named = (*fleet.projects.values(), *fleet.views.values(), *fleet.hosts.values())
    keys = (entity.key for entity in named)
    return tasks(ctx, param, incomplete) + _words(keys, incomplete)


def columns(_ctx: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """The columns of a list, after those that were typed already."""
    before, comma, last = incomplete.rpartition(",")
    taken = before.split(",")
    found = [name for name in COLUMNS if name.startswith(last) and name not in taken]
    return [_item(f"{before}{comma}{name}") for name in found]


def _words(found: Iterable[str], incomplete: str) -> Items:
    return [
        _item(word) for word in sorted(found) if word.startswith(incomplete) and _is_harmless(word)
    ]


def _is_harmless(word: str) -> bool:
    """Whether a word stands for itself in every shell, and is no option."""
    return word[:1] not in ("", "-") and all(c.isalnum() or c in _HARMLESS for c in word)


def _described(title: str) -> str:
    """A title as one line without what zsh would take for an escape."""
    return one_line(title).replace("\\", "/")


def _fleet(ctx: click.Context) -> Fleet:
    """The board as the options so far name it; an empty one where there is none to be read."""
    try:
        return ctx.ensure_object(Session).open_quietly().board.read()
    except (ClareError, OSError):
        return Fleet()
