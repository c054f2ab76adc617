"""The columns that a list can have: what the JSON record says in one value or a list of values."""

import re
from collections.abc import Iterator, Sequence

from clare.errors import Usage
from clare.fleet import Task
from clare.views.compare import Asked
from clare.views.record import FIELDS, Record, task_record
from clare.views.safe import one_line, safe
from clare.views.tasks import doing
from clare.views.terms import holder_of

_RICH = ("claim", "comments", "contested")
"""What of a record is no single value or list of values."""

_MORE = {
    "status": (
        "state",
        "the status, or what Clare says of it instead: active, blocked, deferred",
    ),
    "active": ("holder", "whose live claim is on it"),
}
"""Columns that stand behind others and are in no record."""


def _columns() -> Iterator[tuple[str, str]]:
    for name, (_, meaning) in FIELDS.items():
        if name not in _RICH:
            yield name, meaning
        if name in _MORE:
            yield _MORE[name]


COLUMNS = dict(_columns())
"""Every column with its meaning, in the order of a CSV file that names none."""

USUAL = ("short", "priority", "state", "title")
"""The columns of a Markdown table that names none."""


def columns_of(text: str) -> tuple[str, ...]:
    """The columns that `id,title` names; none for empty text. Raises Usage."""
    columns = tuple(name.strip() for name in text.split(",")) if text.strip() else ()
    for name in columns:
        if name not in COLUMNS:
            raise Usage(f"--columns: there is no column {name!r}", hint=_among(name))
    return columns


def _among(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name[:40], list(COLUMNS), n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}known: {', '.join(COLUMNS)}"


def values(asked: Asked, task: Task) -> Record:
    """The value of every column."""
    return {
        **task_record(asked.fleet, task, now=asked.now),
        "state": doing(asked.fleet, task, asked.now),
        "holder": holder_of(asked, task) or None,
    }


def row(asked: Asked, task: Task, columns: Sequence[str]) -> list[str]:
    """The task's cells as text: lists joined with commas, nothing for what is not there."""
    found = values(asked, task)
    return [_cell(found[name]) for name in columns]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """Rows as RFC 4180 has them: commas, CRLF, quotes where needed. The text is kept, made safe."""
    import csv
    import io

    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe(cell) for cell in line] for line in rows)
    return out.getvalue()


def as_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table, the first one its head."""
    lines = [[_escaped(one_line(cell)) for cell in line] for line in rows]
    head, rest = lines[0], lines[1:]
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *rest))


_MARKS = re.compile(r"[\\`*\[\]<>|~&!]|(?<![^\W_])_|_(?![^\W_])")


def _escaped(text: str) -> str:
    """The text as Markdown shows it: what would be markup has a backslash in front."""
    return _MARKS.sub(lambda found: f"\\{found[0]}", text)
