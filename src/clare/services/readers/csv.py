"""A table of tasks: CSV whose columns are the fields of a task, as `clare export --csv` writes it.

A cell of several labels or needs separates them with commas or spaces, one of several links with new
lines. Without an `id` of Clare's own a task is known by the name of the table and what stands in the
column `id`, or else by its title.
"""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from clare import names
from clare.events.task import TaskFields, TaskSets
from clare.services.fitting import Fitting
from clare.services.origin import Origin, Source, Wanted
from clare.services.readers.records import Bad, task_wanted
from clare.services.rows import Rows, name_of, read_text, refused
from clare.state import priority_of

ORIGIN = Origin("csv", adopts=True)

_DATES = ("created_at", "created_by", "updated_at", "updated_by", "closed_at")
_SHOWN = ("short", "active", "needed_by", "children", "claim", "comments", "contested")
"""Columns that follow from others or belong to one clone: they are known, and not read."""

Cells = dict[str, str]


def load(path: Path, name: str) -> Source:
    """Read a table, or standard input for `-`. Raises ClareError, naming file and row."""
    rows = Rows(path)
    projects: dict[str, Wanted] = {}
    for number, cells in _table(path):
        fit = Fitting(ORIGIN, f"row {number}")
        try:
            wanted = _wanted(cells, number, fit, _Ids(path, name))
        except Bad as error:
            raise refused(path, fit.where, str(error)) from None
        rows.add(wanted)
        rows.notes.extend(fit.notes)
        if wanted.fields.get("project"):
            project = _project(wanted)
            projects.setdefault(project.key, project)
            if project.created_at < projects[project.key].created_at:
                projects[project.key] = project
    found = (*sorted(projects.values(), key=lambda one: one.key), *rows.found.values())
    return Source(ORIGIN, found, 0, tuple(rows.notes))


def _table(path: Path) -> Iterator[tuple[int, Cells]]:
    """The rows by column, with their numbers as a spreadsheet counts them: the header is row 1."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    header: list[str] = []
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            if not header:
                header = _header(path, row)
            elif any(row):
                if len(row) != len(header):
                    problem = f"{len(row)} cells, and the header has {len(header)}"
                    raise refused(path, f"row {number}", problem)
                yield number, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise refused(path, f"row {number + 1}", f"not CSV: {error}") from None
    if not header:
        raise refused(path, "", "an empty file; the first row names the columns")


def _header(path: Path, row: list[str]) -> list[str]:
    known = {"id", *TaskFields.model_fields, *TaskSets.model_fields, *_DATES, *_SHOWN}
    found = [cell.strip() for cell in row]
    for column in found:
        if column not in known:
            raise refused(path, "row 1", f"{column[:100]!r} is no column of a task")
        if found.count(column) > 1:
            raise refused(path, "row 1", f"two columns {column}")
    if "title" not in found:
        raise refused(path, "row 1", "no column title")
    return found


class _Ids:
    """What tasks of the table are called: by ids of Clare's, or of the table's own."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def __call__(self, text: str) -> str:
        if names.TASK_ID.fullmatch(text):
            return text
        return ORIGIN.task_id(f"{name_of(self.path, self.name)}\n{text}")


def _wanted(cells: Cells, number: int, fit: Fitting, ids: _Ids) -> Wanted:
    record: dict[str, object] = {
        column: cell for column, cell in cells.items() if column not in (*_SHOWN, "id")
    }
    for column in (*_DATES, *TaskSets.model_fields):
        if not cells.get(column):
            record.pop(column, None)
    if not cells["title"].strip():
        raise Bad("title: must have something in it")
    for column in ("status", "pinned"):
        if column in cells:
            record[column] = cells[column].lower()
    if cells.get("priority"):
        record["priority"] = _priority(cells["priority"])
    if cells.get("parent"):
        record["parent"] = ids(cells["parent"].strip())
    for column in TaskSets.model_fields:
        if column in cells:
            record[column] = _elements(column, cells[column], ids)
    task_id = ids(cells.get("id", "").strip() or f"\t{cells['title']}")
    return task_wanted(record, task_id, number, fit)


def _priority(cell: str) -> str:
    try:
        return priority_of(cell)
    except ValueError as error:
        raise Bad(f"priority: {error}") from None


def _elements(column: str, cell: str, ids: _Ids) -> tuple[str, ...]:
    if column == "links":
        return tuple(line for line in cell.split("\n") if line.strip())
    found = tuple(filter(None, re.split(r"[,\s]+", cell)))
    return tuple(map(ids, found)) if column == "needs" else found


def _project(wanted: Wanted) -> Wanted:
    """The project that a task belongs to: where there is none, it is made."""
    slug, at = wanted.fields["project"], wanted.created_at
    key = names.project_key(slug)
    return Wanted(key, slug, wanted.where, at, at, at, None, ORIGIN.name, {})
