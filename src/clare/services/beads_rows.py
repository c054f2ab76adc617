"""The rows of a file that beads exported, and what they say in Clare's words.

`owner` is not taken over: it holds people's mail addresses.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from clare import names
from clare.clock import Stamp, show_instant
from clare.errors import ClareError
from clare.events.fields import MAX_LINE, MAX_TEXT
from clare.events.problems import first_problem, problem_text
from clare.events.task import TaskCommented, TaskFact
from clare.events.text import MAX_BYTES, dump
from clare.fleet import CLOSED
from clare.state import DEFAULTS
from clare.store.board import Given

SOURCE = "beads"
STDIN = Path("-")
CLONE = names.derived(SOURCE, length=8)
"""The identity under which the source writes, the same on every host."""

_STATUS = {"closed": "done", "tombstone": "dropped"}

_ROOM = MAX_BYTES - 4 * 1024
"""Bytes for what an event says; the rest is for who said it and when."""

_CUT = "\n\n[shortened by the import]"
_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LINE_BREAKS = re.compile(r"[\n\r\x00\x85\u2028\u2029]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(value: object) -> int:
    """Milliseconds of a date with a time and a zone; finer fractions are cut off."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("must be a date such as 2026-12-01T09:30:00Z")
    try:
        moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("there is no such date") from None
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _check_title(text: str) -> str:
    if not _one_line(text).strip():
        raise ValueError("must have something in it")
    return text


_Moment = Annotated[int, BeforeValidator(_moment)]
_Name = Annotated[str, Field(min_length=1)]


class _Model(BaseModel):
    """What is known of a row; a null counts as absent, what is unknown is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, row: object) -> object:
        if not isinstance(row, dict):
            return row
        return {key: value for key, value in row.items() if value is not None}


class _Dependency(_Model):
    depends_on_id: _Name
    issue_id: str = ""
    type: str = "blocks"


class _Comment(_Model):
    text: str
    created_at: _Moment
    author: str = ""


class _Row(_Model):
    id: _Name
    title: Annotated[str, AfterValidator(_check_title)]
    created_at: _Moment
    updated_at: _Moment | None = None
    closed_at: _Moment | None = None
    due_at: _Moment | None = None
    defer_until: _Moment | None = None
    created_by: str = ""
    assignee: str = ""
    status: str = "open"
    priority: int = 2
    issue_type: str = "task"
    pinned: bool = False
    description: str = ""
    design: str = ""
    acceptance_criteria: str = ""
    notes: str = ""
    close_reason: str = ""
    external_ref: str = ""
    labels: tuple[str, ...] = ()
    dependencies: tuple[_Dependency, ...] = ()
    comments: tuple[_Comment, ...] = ()

    @property
    def updated(self) -> int:
        return max(self.created_at, self.updated_at or self.created_at)

    @property
    def closed(self) -> int:
        return self.updated if self.closed_at is None else max(self.created_at, self.closed_at)

    @property
    def newest(self) -> int:
        return max(self.updated, self.closed)


@dataclass(frozen=True)
class Wanted:
    """What a row says, in Clare's words."""

    row_id: str
    line: int
    created_at: int
    updated: int
    closed: int
    newest: int
    by: str
    fields: Mapping[str, str]
    sets: Mapping[str, tuple[str, ...]]
    comments: tuple[Given, ...]

    @property
    def key(self) -> str:
        return names.task_key(task_id(self.row_id))


@dataclass(frozen=True)
class Source:
    """A file that was read."""

    tasks: tuple[Wanted, ...]
    agents: int
    notes: tuple[str, ...]


def given(
    fact: TaskFact, row_id: str, *what: str, ms: int, by: str, after: Sequence[str] = ()
) -> Given:
    """An event whose id follows from its date, its row, who, and what it is and says."""
    part = names.derived(SOURCE, row_id, by, *what, length=8)
    return Given(fact, f"{Stamp(ms)}-{SOURCE}-{part}", by, CLONE, tuple(after))


def task_id(row_id: str) -> str:
    """The id of the task that a row becomes."""
    return names.derived(SOURCE, row_id, length=names.TASK_ID_LENGTH)


def load(path: Path) -> Source:
    """Read a file, or standard input for `-`. Raises ClareError, naming file and line."""
    tasks: dict[str, Wanted] = {}
    notes: list[str] = []
    agents = 0
    rows = list(_rows(path))
    known = frozenset(row.id for _, row in rows if row.issue_type != "agent")
    for line, row in rows:
        if row.issue_type == "agent":
            agents += 1
            continue
        if row.id in tasks:
            first = tasks[row.id].line
            raise _refused(path, line, f"{row.id} is in line {first} already")
        translation = _Translation(path, line, row, known)
        tasks[row.id] = translation.wanted()
        notes.extend(translation.notes)
    return Source(tuple(tasks.values()), agents, tuple(notes))


def _rows(path: Path) -> Iterator[tuple[int, _Row]]:
    try:
        data = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise ClareError(
            f"{path}: {error.strerror}", hint="name a file that beads exported"
        ) from None
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                yield number, _Row.model_validate_json(line)
            except ValidationError as error:
                raise _refused(path, number, _first(error)) from None


def _refused(path: Path, line: int, problem: str) -> ClareError:
    file = "standard input" if path == STDIN else path
    return ClareError(
        f"{file}, line {line}: {problem}", hint="nothing was imported; mend the line, then again"
    )


def _first(error: ValidationError) -> str:
    problem = first_problem(error)
    return problem_text(problem) if problem["loc"] else "not a JSON object"


class _Translation:
    """One row on its way to Clare's words, with notes about what does not fit."""

    def __init__(self, path: Path, line: int, row: _Row, known: frozenset[str]) -> None:
        self.path, self.line, self.row, self.known = path, line, row, known
        self.notes: list[str] = []

    def wanted(self) -> Wanted:
        row = self.row
        parent, sets = self._sets()
        short = self._short_fields(parent)
        rest = len(dump({"set": short, "add": sets}))
        if rest > MAX_BYTES // 2:
            problem = "more labels and dependencies than one event holds"
            raise _refused(self.path, self.line, problem)
        by = self._actor(row.created_by) or SOURCE
        return Wanted(
            row_id=row.id,
            line=self.line,
            created_at=row.created_at,
            updated=row.updated,
            closed=row.closed,
            newest=row.newest,
            by=by,
            fields={**short, **self._fitted(self._texts(short["status"]), room=_ROOM - rest)},
            sets=sets,
            comments=tuple(self._comments(by)),
        )

    def _note(self, text: str) -> None:
        self.notes.append(f"line {self.line}, {self.row.id}: {text}")

    def _short_fields(self, parent: str) -> dict[str, str]:
        row = self.row
        return {
            "title": self._line("title", row.title),
            "type": self._label("type", row.issue_type) or DEFAULTS["type"],
            "status": self._status(),
            "priority": self._priority(),
            "pinned": "true" if row.pinned or row.status == "pinned" else "false",
            "parent": parent,
            "assignee": self._actor(row.assignee),
            "due": _show(row.due_at),
            "defer_until": _show(row.defer_until),
        }

    def _texts(self, status: str) -> dict[str, str]:
        row = self.row
        design = f"## Design\n\n{row.design}" if row.design else ""
        return {
            "body": "\n\n".join(part for part in (row.description, design) if part),
            "done_when": row.acceptance_criteria,
            "close_reason": row.close_reason if status in CLOSED else "",
        }

    def _status(self) -> str:
        if self.row.status == "deferred" and self.row.defer_until is None:
            return "idea"
        return _STATUS.get(self.row.status, DEFAULTS["status"])

    def _priority(self) -> str:
        fitting = min(max(self.row.priority, 0), 4)
        if fitting != self.row.priority:
            self._note(f"priority {self.row.priority} became P{fitting}")
        return f"P{fitting}"

    def _sets(self) -> tuple[str, dict[str, tuple[str, ...]]]:
        """The parent, and the sets."""
        parent = ""
        needs: set[str] = set()
        links = {self._line("link", f"{SOURCE}:{self.row.id}")}
        for dependency in self.row.dependencies:
            if dependency.issue_id not in ("", self.row.id):
                self._note(f"a dependency of {dependency.issue_id} stands in this row: left out")
                continue
            source = dependency.depends_on_id
            target = task_id(source)
            if dependency.type == "blocks":
                needs.add(target)
                links.update(self._outside("needs", source))
            elif dependency.type == "parent-child" and parent in ("", target):
                parent = target
                links.update(self._outside("parent", source))
            else:
                links.add(self._line("link", f"{dependency.type}:{target}"))
        if self.row.external_ref.strip():
            links.add(self._line("external_ref", self.row.external_ref))
        labels = {self._label("label", text) for text in self.row.labels} - {""}
        found = {"labels": labels, "needs": needs, "links": links}
        return parent, {name: tuple(sorted(inside)) for name, inside in found.items()}

    def _outside(self, what: str, row_id: str) -> Iterator[str]:
        """A link that keeps the source's name of a row which becomes no task here."""
        if row_id not in self.known:
            yield self._line("link", f"{SOURCE}-{what}:{row_id}")

    def _comments(self, created_by: str) -> Iterator[Given]:
        row = self.row
        if row.notes.strip():
            yield self._comment("notes", row.notes, by=created_by, ms=row.created_at)
        for said in row.comments:
            if said.text.strip():
                by = self._actor(said.author) or SOURCE
                yield self._comment("comment", said.text, by=by, ms=said.created_at)

    def _comment(self, what: str, text: str, *, by: str, ms: int) -> Given:
        fitted = self._fitted({what: text}, room=_ROOM)[what]
        fact = TaskCommented(entity=names.task_key(task_id(self.row.id)), text=fitted)
        return given(fact, self.row.id, what, text, ms=ms, by=by)

    def _line(self, what: str, text: str) -> str:
        line = _one_line(text)
        if len(line) > MAX_LINE:
            line = line[: MAX_LINE - 1] + "…"
        if line != text:
            self._note(f"{what} was made to fit one line of {MAX_LINE} characters")
        return line

    def _label(self, what: str, text: str) -> str:
        word = re.sub(r"[\s,]+", "-", text.strip())
        word = "".join(char for char in word if names.is_plain(char)).lstrip("-")[:100]
        if word != text:
            self._note(f"{what} {text[:100]!r} became {word!r}" if word else f"{what}: left out")
        return word

    def _actor(self, text: str) -> str:
        """The text as the name of an actor; empty if it is none."""
        name = re.sub(r"\s+", "-", text.strip())
        if name and not names.is_actor(name):
            self._note(f"{name[:100]!r} cannot name anybody: left out")
            return ""
        return name

    def _fitted(self, texts: Mapping[str, str], *, room: int) -> dict[str, str]:
        """Texts that fit into one event together: the longest gives way, an eighth at a time."""
        kept = {name: _cut(text, MAX_TEXT) for name, text in texts.items()}
        while len(dump({"set": kept})) > room:
            longest = max(kept, key=lambda name: len(kept[name]))
            kept[longest] = _cut(kept[longest], len(kept[longest].encode()) * 7 // 8)
        for name in kept:
            if kept[name] != texts[name]:
                self._note(f"{name} was shortened to {len(kept[name].encode())} bytes")
        return kept


def _one_line(text: str) -> str:
    return _LINE_BREAKS.sub(" ", text)


def _cut(text: str, size: int) -> str:
    """The text, cut to so many bytes and marked if it is longer."""
    data = text.removesuffix(_CUT).encode()
    if len(text.encode()) <= size:
        return text
    return data[: size - len(_CUT)].decode("utf-8", "ignore") + _CUT


def _show(ms: int | None) -> str:
    if ms is None:
        return ""
    fraction = f".{ms % 1000:03}Z" if ms % 1000 else "Z"
    return show_instant(ms).removesuffix("Z") + fraction
