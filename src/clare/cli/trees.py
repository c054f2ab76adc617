"""The board in other shapes than a list: a tree of parents, and columns by state."""

import re
import shutil
import sys
from collections.abc import Sequence
from itertools import zip_longest

import click

from clare.cli import complete
from clare.cli.arguments import LABEL, PROJECT
from clare.cli.asking import WHERE, WORDS, QueryCommand, asked_by, on_board, query_of
from clare.cli.options import Session, SomeFailed, Styled, common
from clare.cli.report import warn
from clare.cli.tables import cut, filled, width
from clare.fleet import Task
from clare.services.finding import check_readable, find_each
from clare.views import board as kanban
from clare.views.compare import Asked
from clare.views.forest import Node, around, branches, forest, nested
from clare.views.record import task_record
from clare.views.rows import listed
from clare.views.safe import one_line
from clare.views.tasks import choose, doing, unfinished, urgency

_TASK = re.compile(r"[0-9A-Za-z]+", re.ASCII)
NARROWEST = 16
"""Columns of the terminal that a column of the board needs."""


@common
@click.command(
    cls=QueryCommand,
    epilog="Examples: clare tree; clare tree 7qk2; clare tree label:parser status:blocked",
)
@click.argument("words", metavar="[TASK...] [QUERY...]", nargs=-1, shell_complete=complete.tasks)
@WHERE
@PROJECT
@LABEL
@click.option("--all", "show_all", is_flag=True, help="Closed tasks too.")
@click.pass_obj
def tree(
    session: Session,
    words: tuple[str, ...],
    condition: str,
    projects: tuple[str, ...],
    labels: tuple[str, ...],
    show_all: bool,
) -> None:
    """Tasks below their parents, and who waits for what.

    `← 9xw4` behind a task means that it waits for 9xw4. With TASK only that task, what is below it,
    and all that these wait for. A word without a key is a TASK; to search, write text:WORD.
    """
    names = tuple(word for word in words if _TASK.fullmatch(word))
    asks = query_of(
        [word for word in words if word not in names], condition, projects=projects, labels=labels
    )
    opened = session.open()
    fleet = opened.board.read()
    asked, query = asked_by(opened, fleet), on_board(fleet, asks).query
    chosen = choose(asked, query if show_all else unfinished(query))
    roots, failed = find_each(fleet, names) if names else ([], [])
    nodes = around(fleet, roots, chosen) if names else forest(fleet, chosen)
    if session.as_json:
        session.data(nested(asked, nodes))
    else:
        _show_tree(session, asked, nodes)
    warn(session, fleet, about=[task.key for task in roots] or None)
    for task in roots:
        check_readable(fleet, task.key)
    if failed:
        raise SomeFailed(failed)


def _show_tree(session: Session, asked: Asked, nodes: Sequence[Node]) -> None:
    drawn = _drawn(nodes)
    arrow = "←" if _has_boxes() else "<-"
    for branch, node in zip(drawn, nodes, strict=True):
        needs = ", ".join(asked.fleet.short(need) for need in node.waits_for)
        session.say(_line(session, asked, branch, node, f"  {arrow} {needs}" if needs else ""))
    if not nodes:
        session.talk("no task fits")


def _line(session: Session, asked: Asked, branch: str, node: Node, ending: str) -> Styled:
    """One task of a tree; on a terminal its title gives way, then what it waits for."""
    fleet, task = asked.fleet, node.task
    short, title = fleet.short(task.id), one_line(task.title)
    between = f"  {urgency(task)}  {one_line(doing(fleet, task, asked.now))}  "
    if sys.stdout.isatty():
        room = shutil.get_terminal_size().columns - width(f"{branch}{short}{between}")
        title = cut(title, max(8, room - width(ending)))
        ending = cut(ending, max(4, room - width(title)))
    if not node.fits:
        return session.styled(f"{branch}{short}{between}{title}{ending}", dim=True)
    return Styled(f"{branch}{session.styled(short, fg='cyan')}{between}{title}{ending}")


def _drawn(nodes: Sequence[Node]) -> list[str]:
    return branches(nodes) if _has_boxes() else ["  " * node.depth for node in nodes]


def _has_boxes() -> bool:
    """Whether lines can be drawn: on a terminal that shows UTF-8; a pipe gets plain text."""
    return sys.stdout.isatty() and "utf" in (sys.stdout.encoding or "").lower()


@common
@click.command(cls=QueryCommand, epilog="Examples: clare board; clare board -P web is:mine")
@WORDS
@WHERE
@PROJECT
@LABEL
@click.pass_obj
def board(
    session: Session,
    words: tuple[str, ...],
    condition: str,
    projects: tuple[str, ...],
    labels: tuple[str, ...],
) -> None:
    """The tasks in columns by state, side by side on a wide terminal.

    Ideas, what is ready, blocked or deferred, active, in review, and done in the last 7 days.
    QUERY is as for `clare list`.
    """
    asks = query_of(words, condition, projects=projects, labels=labels)
    opened = session.open()
    fleet = opened.board.read()
    asked, query = asked_by(opened, fleet), on_board(fleet, asks).query
    found = kanban.columns(asked, query)
    if session.as_json:
        session.data(
            {
                name: [task_record(fleet, task, now=asked.now) for task in tasks]
                for name, tasks in found.items()
            }
        )
    else:
        _show_board(session, asked, found)
    warn(session, fleet)


def _show_board(session: Session, asked: Asked, found: dict[str, list[Task]]) -> None:
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    each = (room + 2) // len(found) - 2
    if each >= NARROWEST:
        _side_by_side(session, asked, found, each)
        return
    for name, tasks in found.items():
        session.say(session.styled(f"{name} ({len(tasks)})", bold=True))
        shown = listed(asked.fleet, tasks, now=asked.now)
        rows = [("", *row) for row in zip(*shown, strict=True)]
        session.table(rows, styles=("", "cyan", "", "green"))


def _side_by_side(session: Session, asked: Asked, found: dict[str, list[Task]], room: int) -> None:
    heads = [filled(f"{name} ({len(tasks)})", room) for name, tasks in found.items()]
    session.say(session.styled("  ".join(heads).rstrip(), bold=True))
    cells = [[_card(asked, task) for task in tasks] for tasks in found.values()]
    for line in zip_longest(*cells, fillvalue=""):
        session.say(Styled("  ".join(filled(cell, room) for cell in line).rstrip()))


def _card(asked: Asked, task: Task) -> str:
    holder = task.holder(now=asked.now)
    who = f"{holder.by}: " if holder and task.status == "open" else ""
    return one_line(f"{asked.fleet.short(task.id)} {task.priority} {who}{task.title}")
