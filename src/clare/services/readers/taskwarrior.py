"""What taskwarrior's `task export` prints: an array, or one object a line.

A recurring task's template is never ready: it becomes an idea, the parent of its instances.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator

from clare import names
from clare.clock import Stamp
from clare.events.fields import MAX_LINE
from clare.services.fitting import Fitting, one_line
from clare.services.origin import Origin, Source, Wanted
from clare.services.rows import (
    Name,
    Row,
    Rows,
    Title,
    fitted,
    json_values,
    milliseconds,
    show_moment,
)
from clare.state import DEFAULTS
from clare.store.writing import Given

ORIGIN = Origin("taskwarrior")

_DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_PRIORITIES = {"H": "P1", "M": "P2", "L": "P3"}
_STATUSES = {
    "pending": "open",
    "waiting": "open",
    "completed": "done",
    "deleted": "dropped",
    "recurring": "idea",
}


def _moment(value: object) -> int:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("must be a date such as 20261201T093000Z")
    try:
        return milliseconds(datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
    except ValueError:
        raise ValueError("there is no such date") from None


def _split(value: object) -> object:
    """Before 2.6 the tasks that one depends on stand in one text, with commas."""
    return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


_Moment = Annotated[int, BeforeValidator(_moment)]


class _Annotation(Row):
    entry: _Moment
    description: str


class _Task(Row):
    uuid: Name
    description: Title
    status: Literal["pending", "waiting", "completed", "deleted", "recurring"]
    entry: _Moment
    modified: _Moment | None = None
    end: _Moment | None = None
    due: _Moment | None = None
    wait: _Moment | None = None
    scheduled: _Moment | None = None
    until: _Moment | None = None
    project: str = ""
    tags: tuple[str, ...] = ()
    priority: str = ""
    depends: Annotated[tuple[str, ...], BeforeValidator(_split)] = ()
    annotations: tuple[_Annotation, ...] = ()
    parent: str = ""
    recur: str = ""


def load(path: Path) -> Source:
    """Read a file, or standard input for `-`. Raises ClareError, naming file and task."""
    rows = Rows(path)
    projects: dict[str, Wanted] = {}
    for number, value in enumerate(json_values(path), 1):
        where = f"task {number}"
        translation = _Translation(where, fitted(_Task, value, path, where))
        wanted = translation.wanted()
        rows.add(wanted)
        rows.notes.extend(translation.fit.notes)
        project = translation.project()
        if project:
            earlier = projects.get(project.key, project)
            projects[project.key] = min(
                earlier, project, key=lambda one: (one.created_at, one.where)
            )
    found = (*sorted(projects.values(), key=lambda one: one.key), *rows.found.values())
    return Source(ORIGIN, found, 0, tuple(rows.notes))


class _Translation:
    """One task on its way to Clare's words."""

    def __init__(self, where: str, task: _Task) -> None:
        self.task = task
        self.fit = Fitting(ORIGIN, f"{where}, {task.uuid}")
        self.key = names.task_key(ORIGIN.task_id(task.uuid))

    def wanted(self) -> Wanted:
        task = self.task
        updated = max(task.entry, task.modified or task.entry)
        closed = max(task.entry, task.end or updated)
        return Wanted(
            key=self.key,
            row_id=task.uuid,
            where=self.fit.where,
            created_at=task.entry,
            updated=updated,
            closed=closed,
            newest=max(updated, closed),
            by=ORIGIN.name,
            fields=self._fields(),
            sets=self._sets(),
            comments=tuple(self._comments()),
        )

    def project(self) -> Wanted | None:
        """The project that the task belongs to; its name may be of any form there."""
        slug = self._slug()
        if not slug:
            return None
        return Wanted(
            key=names.project_key(slug),
            row_id=f"project {slug}",
            where=self.fit.where,
            created_at=self.task.entry,
            updated=self.task.entry,
            closed=self.task.entry,
            newest=None,
            by=ORIGIN.name,
            fields={"title": one_line(self.task.project)[:MAX_LINE]},
        )

    def _slug(self) -> str:
        slug = re.sub(r"[^a-z0-9]+", "-", self.task.project.lower()).strip("-")[:48].strip("-")
        return slug if names.is_slug(slug) else ""

    def _fields(self) -> dict[str, str]:
        task, fit = self.task, self.fit
        if task.project and not self._slug():
            fit.note(f"project {task.project[:100]!r}: left out")
        if task.priority and task.priority not in _PRIORITIES:
            fit.note(f"priority {task.priority[:100]!r} became {DEFAULTS['priority']}")
        begins = max((at for at in (task.wait, task.scheduled) if at is not None), default=None)
        return {
            "title": fit.line("description", task.description),
            "project": self._slug(),
            "status": _STATUSES[task.status],
            "priority": _PRIORITIES.get(task.priority, DEFAULTS["priority"]),
            "type": DEFAULTS["type"],
            "due": show_moment(task.due),
            "defer_until": show_moment(begins),
            "parent": ORIGIN.task_id(task.parent) if task.parent else "",
        }

    def _sets(self) -> dict[str, tuple[str, ...]]:
        task, fit = self.task, self.fit
        links = [f"{ORIGIN.name}:{task.uuid}"]
        if task.recur.strip():
            links.append(f"recur:{task.recur}")
        if task.until is not None:
            links.append(f"until:{show_moment(task.until)}")
        if self._slug() != task.project:
            links.append(f"project:{task.project}")
        return {
            "labels": tuple(sorted({fit.label("tag", text) for text in task.tags} - {""})),
            "needs": tuple(sorted({ORIGIN.task_id(uuid) for uuid in task.depends})),
            "links": tuple(sorted({fit.line("link", text) for text in links})),
        }

    def _comments(self) -> Iterator[Given]:
        for said in self.task.annotations:
            if said.description.strip():
                yield self.fit.comment(
                    self.key,
                    self.task.uuid,
                    "annotation",
                    said.description,
                    by=ORIGIN.name,
                    at=Stamp(said.entry),
                )
