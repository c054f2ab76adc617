"""A board as text for other programs and for readers: JSON lines, CSV, Markdown.

A pure function of the commit: what depends on a time, as whether a claim is live, is told for the
moment of the board's newest event.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from clare.fleet import Fleet, Task
from clare.state import FIELDS
from clare.views.record import Record, project_record, task_record
from clare.views.safe import one_line

COLUMNS = (
    *("id", *(name for name in FIELDS if name != "close_reason"), "created_at", "created_by"),
    *("updated_at", "updated_by", "closed_at", "close_reason"),
)
"""The columns of a table of tasks: all that a record has but comments and what others follow from."""

_MARKUP = re.compile(r"([\\`*_\[\]<>&~])")


def chosen(fleet: Fleet, projects: Sequence[str]) -> list[Task]:
    """The tasks of these projects, or all of them; by project, oldest first."""
    tasks = [task for task in fleet.tasks.values() if not projects or task.project in projects]
    return sorted(tasks, key=lambda task: (task.project, task.age_rank))


def moment(fleet: Fleet) -> int:
    """The moment of the board's newest event, so that an export has no clock in it."""
    return max((task.updated_at for task in fleet.tasks.values()), default=0)


def project_records(fleet: Fleet, projects: Sequence[str]) -> list[Record]:
    """The records of these projects, or of all of them."""
    return [
        project_record(fleet, entity)
        for slug, entity in sorted(fleet.projects.items())
        if not projects or slug in projects
    ]


def task_records(fleet: Fleet, projects: Sequence[str]) -> list[Record]:
    """The records of the chosen tasks."""
    now = moment(fleet)
    return [task_record(fleet, task, now=now) for task in chosen(fleet, projects)]


def json_lines(records: Iterable[Record]) -> str:
    """A record a line."""
    return "".join(f"{json.dumps(record)}\n" for record in records)


def table(records: Iterable[Record]) -> str:
    """The records as CSV. Labels and needs are separated by commas, links by new lines."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(column, record[column]) for column in COLUMNS] for record in records)
    return text.getvalue()


def _cell(column: str, value: object) -> str:
    if isinstance(value, list):
        return ("\n" if column == "links" else ",").join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def markdown(fleet: Fleet, projects: Sequence[str]) -> str:
    """A list with boxes, a heading for each project; parts of a task are indented below it."""
    tasks = chosen(fleet, projects)
    slugs = list(dict.fromkeys(task.project for task in tasks))
    parts = [f"# {_escaped(fleet.manifest.name)}"]
    for slug in slugs:
        mine = [task for task in tasks if task.project == slug]
        parts += [_heading(fleet, slug), "\n".join(_tree(fleet, mine))]
    return "\n\n".join(parts) + "\n"


def _heading(fleet: Fleet, slug: str) -> str:
    if not slug:
        return "## No project"
    title = fleet.entity(f"projects/{slug}").value("title", slug)
    return f"## {_escaped(title)}" + (f" ({slug})" if title != slug else "")


def _tree(fleet: Fleet, tasks: Sequence[Task]) -> Iterator[str]:
    """Every task once: below its parent, or at the left if that is elsewhere or itself below it."""
    ids = {task.id for task in tasks}
    below: dict[str, list[Task]] = {}
    for task in tasks:
        below.setdefault(task.parent if task.parent in ids else "", []).append(task)
    told: set[str] = set()
    for top in (*below.get("", ()), *tasks):
        waiting = [(top, 0)]
        while waiting:
            task, depth = waiting.pop()
            if task.id not in told:
                told.add(task.id)
                yield "  " * depth + _line(fleet, task)
                parts = below.get(task.id, ())
                waiting += [(part, depth + 1) for part in reversed(parts)]


def _line(fleet: Fleet, task: Task) -> str:
    title = _escaped(task.title)
    box, text = ("x", title) if task.is_closed else (" ", title)
    if task.status == "dropped":
        text = f"~~{title}~~"
    state = () if task.status in ("open", "done") else (task.status,)
    words = (f"`{fleet.short(task.id)}`", task.priority, *state, *map(_escaped, task.labels))
    return f"- [{box}] {text} ({', '.join(words)})"


def _escaped(text: str) -> str:
    """One line that Markdown and HTML show as it is."""
    return _MARKUP.sub(r"\\\1", one_line(text))
