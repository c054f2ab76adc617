"""What `clare export --jsonl` wrote: a record a line, a task by its `id`, a project by its `slug`."""

from collections.abc import Mapping
from pathlib import Path

from clare import names
from clare.services.fitting import Fitting
from clare.services.origin import Origin, Source, Wanted
from clare.services.readers.records import Bad, project_wanted, task_wanted
from clare.services.rows import Rows, json_lines, refused

ORIGIN = Origin("jsonl", adopts=True)


def load(path: Path) -> Source:
    """Read a file, or standard input for `-`. Raises ClareError, naming file and line."""
    rows = Rows(path)
    for number, record in json_lines(path):
        where = f"line {number}"
        if not isinstance(record, Mapping):
            raise refused(path, where, "not a JSON object")
        named = record.get("slug") or record.get("id")
        fit = Fitting(ORIGIN, f"{where}, {named}")
        try:
            rows.add(_wanted(record, number, fit))
        except Bad as error:
            raise refused(path, where, str(error)) from None
        rows.notes.extend(fit.notes)
    found = sorted(rows.found.values(), key=lambda one: one.key)
    return Source(ORIGIN, tuple(found), 0, tuple(rows.notes))


def _wanted(record: Mapping[str, object], number: int, fit: Fitting) -> Wanted:
    slug, task_id = record.get("slug"), record.get("id")
    if isinstance(slug, str) and names.is_slug(slug):
        return project_wanted(record, slug, number, fit)
    if slug is not None:
        raise Bad("slug: must be lower-case letters, digits and dashes, at most 48")
    if not isinstance(task_id, str) or not names.TASK_ID.fullmatch(task_id):
        raise Bad("id: must be a task id of 12 characters")
    if not record.get("title"):
        raise Bad("title: missing")
    return task_wanted(record, task_id, number, fit)
