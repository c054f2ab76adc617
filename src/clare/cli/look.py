"""Commands that only look: status, show, log."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from clare import names
from clare.cli import complete
from clare.cli.arguments import TASKS
from clare.cli.options import Session, SomeFailed, common
from clare.cli.report import warn
from clare.clock import show_age, show_instant
from clare.errors import ClareError
from clare.fleet import Fleet, Task
from clare.services.finding import check_readable, find_each
from clare.services.opening import Opened
from clare.state import FIELDS, Write
from clare.store.freshness import fetched_at, unpublished
from clare.views.ready import hindrances
from clare.views.record import Record, at, task_record
from clare.views.rows import listed
from clare.views.safe import one_line
from clare.views.status import Status, glance
from clare.views.tasks import doing

if TYPE_CHECKING:
    from clare.views.log import Line


@common
@click.command(epilog="Example: clare show 7qk2")
@TASKS
@click.pass_obj
def show(session: Session, names: tuple[str, ...]) -> None:
    """Show tasks with everything known about them."""
    board = session.open().board
    fleet, now = board.read(), board.now()
    found, failed = find_each(fleet, names)
    found = [Task.of(task.entity) for task in found]  # of which all is asked, and of no other task
    if session.as_json:
        records = [task_record(fleet, task, now=now) for task in found]
        session.data(records[0] if len(names) == 1 else records)
    else:
        for number, task in enumerate(found):
            if number:
                session.say()
            show_task(session, fleet, task, now)
    warn(session, fleet, about=[task.key for task in found])
    for task in found:
        check_readable(fleet, task.key)
    if failed:
        raise SomeFailed(failed)


def show_task(session: Session, fleet: Fleet, task: Task, now: int) -> None:
    """One task for people."""
    entity = task.entity
    session.say(session.styled(f"{fleet.short(task.id)}  {one_line(task.title)}", bold=True))
    for name, text in _facts(fleet, task, now):
        session.say(f"  {name:<9} {one_line(text)}")
    _show_text(session, entity.value("body"))
    if entity.value("done_when"):
        _show_text(session, f"Done when:\n{entity.value('done_when')}")
    for name in entity.contested:
        session.say()
        show_contested(session, name, entity.fields[name], _settling(fleet, task, name))
    for comment in task.comments:
        _show_text(session, f"{comment.by}, {at(comment.event)}")
        _show_lines(session, comment.text, "    ")


def _show_text(session: Session, text: str) -> None:
    """A paragraph of its own, if there is one."""
    if text:
        session.say()
        _show_lines(session, text, "  ")


def _show_lines(session: Session, text: str, indent: str) -> None:
    for line in text.splitlines():
        session.say(f"{indent}{line}".rstrip())


def show_contested(session: Session, name: str, heads: Sequence[Write], way: str) -> None:
    """The values of a contested field, and the command that settles it if there is one."""
    session.say(session.styled(f"  {name} is contested; the last one shows:", fg="yellow"))
    for head in heads:
        session.say(f"    {one_line(head.value) or 'none'}  by {head.by}, {at(head.event)}")
    if way:
        session.say(f"    settle it with `{way}`")


_OPTIONS = {
    "defer_until": "--defer …",
    "done_when": "--done-when …",
    "repeat": "--every …",
    "pinned": "--pin` or `--unpin",
}
_CLOSING = {"done": "done {} --reason …", "dropped": "drop {} --reason …"}


def _settling(fleet: Fleet, task: Task, name: str) -> str:
    """The command that decides a contested field; none for one that only a newer Clare knows."""
    short = fleet.short(task.id)
    if name == "close_reason":
        way = _CLOSING.get(task.status, f"edit {{}} --status {task.status}")
    elif name == "assignee":
        way = "assign {} --to …"
    else:
        way = f"edit {{}} {_OPTIONS.get(name, f'--{name} …')}"
    return f"clare {way.format(short)}" if name in FIELDS else ""


def _facts(fleet: Fleet, task: Task, now: int) -> list[tuple[str, str]]:
    entity, holder, closing = task.entity, task.holder(now=now), task.closing
    made = f"{show_instant(task.created_at)} by {entity.created.by if entity.created else '?'}"
    why = entity.value("close_reason")
    facts = [
        ("id", task.id),
        ("status", doing(fleet, task, now)),
        ("held", f"by {holder.by} until {show_instant(holder.end)}" if holder else ""),
        ("waits", _waits(fleet, task, now)),
        ("closed", f"{at(closing.event)} by {closing.by}" if closing else ""),
        ("reason", why if closing else ""),
        ("priority", task.priority + (", pinned" if task.pinned else "")),
        ("type", task.type),
        ("project", task.project),
        ("labels", ", ".join(task.labels)),
        ("assignee", task.assignee),
        ("parent", _named(fleet, task.parent)),
        ("children", "; ".join(_named(fleet, c) for c in fleet.related.parts_of(task.id))),
        ("needs", "; ".join(_named(fleet, n) for n in fleet.related.oldest_first(task.needs))),
        ("needed by", "; ".join(_named(fleet, n) for n in fleet.related.needing(task.id))),
        ("links", ", ".join(task.links)),
        ("due", entity.value("due")),
        ("deferred", entity.value("defer_until")),
        ("repeats", f"every {task.repeat}" if task.repeat else ""),
        ("created", made),
        ("updated", show_instant(task.updated_at)),
    ]
    return [(name, text) for name, text in facts if text]


def _waits(fleet: Fleet, task: Task, now: int) -> str:
    """What it waits for, beside whoever holds it."""
    return "; ".join(hindrances(fleet, task, now=now)) if task.status == "open" else ""


def _named(fleet: Fleet, task_id: str) -> str:
    if not task_id:
        return ""
    task = fleet.tasks.get(task_id)
    if task is None:
        return f"{task_id} (does not exist)"
    return f"{fleet.short(task_id)} {task.title} ({task.status})"


@common
@click.command(epilog="Examples: clare log; clare log 7qk2; clare log projects/web")
@click.argument("name", metavar="[ENTITY]", required=False, shell_complete=complete.entities)
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), metavar="N", help="Only the newest so many."
)
@click.pass_obj
def log(session: Session, name: str | None, limit: int | None) -> None:
    """The history, of everything or of one task or project.

    In sentences, newest first. ENTITY is a TASK, or projects/NAME, views/NAME or hosts/NAME.
    """
    from clare.services.history import newest_lines
    from clare.views import log as history

    board = session.open().board
    fleet = board.read()
    key = entity_key(fleet, name) if name else ""
    lines = history.story(fleet, key) if key else newest_lines(board, fleet, limit)
    lines = lines[::-1][:limit]
    if session.as_json:
        session.data([_event_record(line) for line in lines])
    else:
        session.table([(line.at, line.host, line.text) for line in lines], styles=("bright_black",))
    warn(session, fleet, about=[key] if key else None)
    if key:
        check_readable(fleet, key)


def entity_key(fleet: Fleet, name: str) -> str:
    """The entity that a person means: a project's slug, a key, or the prefix of a task's id."""
    if name in fleet.entities:
        return name
    if name in fleet.projects:
        return names.project_key(name)
    kind, slash, rest = name.partition("/")
    if slash and kind != "tasks":
        raise ClareError(
            f"no entity {name}", hint="write tasks/ID, projects/SLUG or a task's prefix"
        )
    return names.task_key(fleet.task_id(rest if slash else name))


def _event_record(line: "Line") -> Record:
    event = line.event
    return {
        "id": event.id,
        "type": event.type,
        "at": line.at,
        "host": line.host,
        "by": event.by,
        "clone": event.clone,
        "entity": event.entity,
        "after": list(event.after),
        "text": line.text,
    }


@common
@click.command(epilog="Example: clare status --json")
@click.pass_obj
def status(session: Session) -> None:
    """The board at a glance; what bare `clare` shows.

    How fresh it is and how much waits to be published; what you and others hold, what waits for
    review, what is contested, what is ready.
    """
    opened = session.open(again=True)
    board = opened.board
    fleet, now = board.read(), board.now()
    found = glance(fleet, actor=board.actor, now=now)
    waiting, seen = unpublished(board, fleet), fetched_at(board)
    if session.as_json:
        session.data(_status_record(fleet, found, opened, waiting, seen))
    else:
        age = f"fetched {show_age(max(0, now - seen))} ago" if seen else "never fetched"
        hub = "no hub" if waiting is None else f"{age} · {waiting} unpublished"
        session.say(session.styled(hub, dim=True))
        _show_status(session, fleet, found, now)
    warn(session, fleet)


def _status_record(
    fleet: Fleet, found: Status, opened: Opened, waiting: int | None, seen: int | None
) -> Record:
    now = opened.board.now()
    return {
        "fleet": fleet.manifest.name,
        "actor": opened.board.actor,
        "unpublished": waiting,
        "fetched_at": show_instant(seen) if seen else None,
        "held": [task_record(fleet, task, now=now) for task in found.held],
        "active": [task.id for task in found.active],
        "review": [task.id for task in found.review],
        "ready": [task.id for task in found.ready],
        "blocked": found.blocked,
        "contested": list(found.contested),
        "unfinished": found.unfinished,
        "closed": found.closed,
    }


_FEW = 5
"""So many tasks of each part show at a glance."""


def _show_status(session: Session, fleet: Fleet, found: Status, now: int) -> None:
    others = [task for task in found.active if task not in found.held]
    contested_tasks = [fleet.task(key) for key in _tasks_of(fleet, found.contested)]
    parts = (
        ("you hold", found.held, "clare list --status active --mine"),
        ("others hold", others, "clare list --status active"),
        ("in review", found.review, "clare list --status review"),
        ("contested", contested_tasks, "clare list is:contested --all"),
        ("ready", found.ready, "clare ready"),
    )
    for name, tasks, command in parts:
        if tasks:
            session.say(session.styled(f"{name} ({len(tasks)})", bold=True))
            rows = [("", *row) for row in zip(*listed(fleet, tasks[:_FEW], now=now), strict=True)]
            session.table(rows, styles=("", "cyan", "", "green"))
        if len(tasks) > _FEW:
            session.say(f"  … {len(tasks) - _FEW} more: `{command}`")
    session.say(f"{found.unfinished} unfinished, {found.blocked} blocked, {found.closed} closed")
    if not fleet.tasks:
        session.talk('add the first task with `clare add "TITLE"`')


def _tasks_of(fleet: Fleet, keys: tuple[str, ...]) -> list[str]:
    return [key.partition("/")[2] for key in keys if key.partition("/")[2] in fleet.tasks]
