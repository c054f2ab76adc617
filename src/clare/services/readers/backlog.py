"""Folders of Backlog.md: a Markdown file with front matter for each task.

Two such folders both have a task-1, so a task is known by the project's name and its id.
"""

import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from clare import names
from clare.clock import Stamp
from clare.errors import ClareError
from clare.events.read import Node
from clare.services.fitting import Fitting
from clare.services.origin import Origin, Source, Wanted
from clare.services.readers.sections import sections
from clare.services.rows import (
    Name,
    Row,
    Rows,
    Title,
    fitted,
    milliseconds,
    name_of,
    read_bytes,
    refused,
)
from clare.state import DEFAULTS
from clare.store.files import BadFile, parse
from clare.store.writing import Given

ORIGIN = Origin("backlog")

_FOLDERS = ("tasks", "completed", "drafts", "archive/tasks", "archive/drafts")
_STATUSES = {
    "to do": "open",
    "todo": "open",
    "open": "open",
    "in progress": "open",
    "review": "review",
    "in review": "review",
    "done": "done",
    "completed": "done",
    "draft": "idea",
}
_PRIORITIES = {"high": "P1", "medium": "P2", "low": "P3"}
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?", re.ASCII)
_FRONT = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_AT = re.compile(r"^([ \t]*(?:assignee|reporter):[ \t]*)(.*@.*)$", re.MULTILINE)
_BARE = re.compile(r"(?<![\w'\"@])@[^\s,'\"\]]+")


def _moment(value: object) -> int:
    """Milliseconds of a day or a minute, in UTC as Backlog.md writes them."""
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("must be a date such as 2026-12-01 09:30")
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}")
        return milliseconds(moment.replace(tzinfo=UTC))
    except ValueError:
        raise ValueError("there is no such date") from None


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


_Moment = Annotated[int, BeforeValidator(_moment)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]


class _Task(Row):
    id: Name
    title: Title
    status: str = ""
    assignee: _Texts = ()
    reporter: str = ""
    created_date: _Moment | None = None
    updated_date: _Moment | None = None
    due_date: str = ""
    labels: _Texts = ()
    milestone: str = ""
    dependencies: _Texts = ()
    references: _Texts = ()
    documentation: _Texts = ()
    parent_task_id: str = ""
    priority: str = ""
    type: str = ""


def load(path: Path, name: str) -> Source:
    """Read a folder. Raises ClareError, naming the file."""
    root = _root(path)
    project = name_of(path, name) if name else _project_name(root)
    rows = Rows(path)
    skipped = 0
    for where, file in _files(root):
        text = _text(path, where, file)
        front = _FRONT.match(text) if text is not None else None
        if text is None or front is None:
            why = "not a file of its own" if text is None else "no front matter"
            rows.notes.append(f"{where}: {why}, left out")
            skipped += 1
            continue
        task = fitted(_Task, _mapping(path, where, front[1]), path, where)
        translation = _Translation(where, task, project, text[front.end() :])
        rows.add(translation.wanted())
        rows.notes.extend(translation.fit.notes)
    return Source(ORIGIN, tuple(rows.found.values()), skipped, tuple(rows.notes))


def _root(path: Path) -> Path:
    """The folder that holds the folders of tasks: this one, or the one below that is called so."""
    for root in (path, path / "backlog", path / ".backlog"):
        if (root / "tasks").is_dir():
            return root
    raise ClareError(f"{path}: holds no folder tasks", hint="name the folder backlog of a project")


def _project_name(root: Path) -> str:
    config = root / "config.yml"
    if config.is_file():
        for line in read_bytes(config).decode("utf-8", "replace").splitlines():
            key, _, given = line.partition(":")
            if key == "project_name" and given.strip(" \t\"'"):
                return name_of(root, given.strip(" \t\"'"))
    whole = root.resolve()
    return name_of(whole.parent if whole.name in ("backlog", ".backlog") else whole, "")


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for folder in _FOLDERS:
        place = root / folder
        if place.is_dir() and not place.is_symlink():
            for file in sorted(place.iterdir()):
                if file.suffix == ".md":
                    yield f"{folder}/{file.name}", file


def _text(path: Path, where: str, file: Path) -> str | None:
    """The text of a file, or None if it is a link or no file at all."""
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return None
    except OSError as error:
        raise refused(path, where, str(error.strerror)) from None
    try:
        return read_bytes(file).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise refused(path, where, f"not UTF-8 at byte {error.start}") from None


def _mapping(path: Path, where: str, front: str) -> Mapping[str, Node | None]:
    """The front matter. Names such as @ada stand there without quotes, which YAML would not have."""
    quoted = _AT.sub(lambda line: line[1] + _BARE.sub(lambda at: f'"{at[0]}"', line[2]), front)
    try:
        found = parse(quoted.encode())
    except BadFile as error:
        raise refused(path, where, f"front matter: {error}") from None
    return {key: None if value in ("", "null", "~") else value for key, value in found.items()}


class _Translation:
    """One file on its way to Clare's words."""

    def __init__(self, where: str, task: _Task, project: str, text: str) -> None:
        self.where, self.task, self.project = where, task, project
        self.fit = Fitting(ORIGIN, where)
        self.row_id = self._row_id(task.id)
        self.parts = sections(text)

    def _row_id(self, text: str) -> str:
        return f"{self.project}\n{text.strip().lower()}"

    def _task_id(self, text: str) -> str:
        return ORIGIN.task_id(self._row_id(text)) if text.strip() else ""

    def wanted(self) -> Wanted:
        task = self.task
        created = task.created_date or 0
        updated = max(created, task.updated_date or created)
        return Wanted(
            key=names.task_key(self._task_id(task.id)),
            row_id=self.row_id,
            where=self.fit.where,
            created_at=created,
            updated=updated,
            closed=updated,
            newest=None if task.updated_date is None else updated,
            by=self._actor(task.reporter) or ORIGIN.name,
            fields=self._fields(),
            sets=self._sets(),
            comments=tuple(self._comments(created)),
        )

    def _actor(self, text: str) -> str:
        return self.fit.actor(text.strip().removeprefix("@"))

    def _status(self) -> str:
        status = self.task.status.strip()
        found = _STATUSES.get(status.lower(), "")
        if self.where.startswith("archive/"):
            return "done" if found == "done" else "dropped"
        if self.where.startswith("drafts/"):
            return "idea"
        if not found and status:
            self.fit.note(f"status {status[:100]!r} became open")
        return found or DEFAULTS["status"]

    def _priority(self) -> str:
        given = self.task.priority
        if given and given.lower() not in _PRIORITIES:
            self.fit.note(f"priority {given[:100]!r} became {DEFAULTS['priority']}")
        return _PRIORITIES.get(given.lower(), DEFAULTS["priority"])

    def _fields(self) -> dict[str, str]:
        task, fit, parts = self.task, self.fit, self.parts
        plan = parts.get("implementation plan", "")
        body = [parts.get("description", ""), f"## Implementation Plan\n\n{plan}" if plan else ""]
        ends = [parts.get("acceptance criteria", ""), parts.get("definition of done", "")]
        return {
            "title": fit.line("title", task.title),
            "body": fit.text("body", "\n\n".join(filter(None, body))),
            "done_when": fit.text("criteria", "\n\n".join(filter(None, ends))),
            "type": (fit.label("type", task.type) if task.type else "") or DEFAULTS["type"],
            "status": self._status(),
            "priority": self._priority(),
            "parent": self._task_id(task.parent_task_id),
            "assignee": self._actor(task.assignee[0]) if task.assignee else "",
            "due": self._due(),
        }

    def _due(self) -> str:
        day = self.task.due_date.strip()
        if not day:
            return ""
        try:
            _moment(day)
        except ValueError:
            self.fit.note(f"due_date {day[:100]!r}: left out")
            return ""
        return day[:10]

    def _sets(self) -> dict[str, tuple[str, ...]]:
        task, fit = self.task, self.fit
        links = [f"{ORIGIN.name}:{task.id}", *task.references, *task.documentation]
        links += [f"assignee:{name.strip().removeprefix('@')}" for name in task.assignee[1:]]
        if task.milestone.strip():
            links.append(f"milestone:{task.milestone}")
        labels = (re.sub(r"[\s,]+", "-", text.strip()) for text in task.labels)
        needs = {self._task_id(text) for text in task.dependencies} - {""}
        return {
            "labels": tuple(sorted({fit.label("label", text) for text in labels} - {""})),
            "needs": tuple(sorted(needs)),
            "links": tuple(sorted({fit.line("link", text) for text in _filled(links)})),
        }

    def _comments(self, ms: int) -> Iterator[Given]:
        """Notes and the summary, under the date of the creation: that one does not change."""
        key = names.task_key(self._task_id(self.task.id))
        for part in ("implementation notes", "final summary"):
            text = self.parts.get(part, "")
            if text:
                yield self.fit.comment(key, self.row_id, part, text, by=ORIGIN.name, at=Stamp(ms))


def _filled(texts: Sequence[str]) -> Iterator[str]:
    return (text for text in texts if text.strip())
