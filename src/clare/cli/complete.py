"""What the shell offers after Tab: tasks with their titles, and projects."""

import click
from click.shell_completion import CompletionItem

from clare.cli.options import Session
from clare.errors import ClareError
from clare.fleet import Fleet
from clare.views.safe import one_line


def tasks(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem[str]]":
    """Unfinished tasks; once something is typed, closed ones too."""
    fleet = _fleet(ctx)
    return [
        CompletionItem(shown, help=one_line(task.title))
        for task in sorted(fleet.tasks.values(), key=lambda task: (task.is_closed, task.id))
        if task.id.startswith(incomplete) and (incomplete or not task.is_closed)
        for shown in [max(fleet.short(task.id), task.id[: len(incomplete)], key=len)]
    ]


def projects(
    ctx: click.Context, _: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Projects by their slug."""
    return [
        CompletionItem(slug, help=one_line(entity.value("title", slug)))
        for slug, entity in sorted(_fleet(ctx).projects.items())
        if slug.startswith(incomplete)
    ]


def _fleet(ctx: click.Context) -> Fleet:
    """The board as the options so far name it; an empty one where there is none."""
    try:
        return ctx.ensure_object(Session).open().board.read()
    except ClareError:
        return Fleet()
