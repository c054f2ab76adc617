"""The rows of a file that beads exported, and what they say in Clare's words.

`owner` is not taken over: it holds people's mail addresses.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from clare import names
from clare.clock import Stamp
from clare.events.problems import first_problem, problem_text
from clare.events.text import MAX_BYTES, dump
from clare.fleet import CLOSED
from clare.services.fitting import Fitting
from clare.services.origin import Origin, Source, Wanted
from clare.services.rows import Moment, Name, Row, Rows, Title, read_bytes, refused, show_moment
from clare.services.spread import ROOM
from clare.state import DEFAULTS
from clare.store.writing import Given

ORIGIN = Origin("beads")

_STATUS = {"closed": "done", "tombstone": "dropped"}


class _Dependency(Row):
    depends_on_id: Name
    issue_id: str = ""
    type: str = "blocks"


class _Comment(Row):
    text: str
    created_at: Moment
    author: str = ""


class _Row(Row):
    id: Name
    title: Title
    created_at: Moment
    updated_at: Moment | None = None
    closed_at: Moment | None = None
    due_at: Moment | None = None
    defer_until: Moment | None = None
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


def task_id(row_id: str) -> str:
    """The id of the task that a row becomes."""
    return ORIGIN.task_id(row_id)


def load(path: Path) -> Source:
    """Read a file, or standard input for `-`. Raises ClareError, naming file and line."""
    found = Rows(path)
    agents = 0
    rows = list(_rows(path))
    known = frozenset(row.id for _, row in rows if row.issue_type != "agent")
    for line, row in rows:
        if row.issue_type == "agent":
            agents += 1
            continue
        translation = _Translation(path, line, row, known)
        found.add(translation.wanted())
        found.notes.extend(translation.fit.notes)
    return Source(ORIGIN, tuple(found.found.values()), agents, tuple(found.notes))


def _rows(path: Path) -> Iterator[tuple[int, _Row]]:
    for number, line in enumerate(read_bytes(path).split(b"\n"), 1):
        if line.strip():
            try:
                yield number, _Row.model_validate_json(line)
            except ValidationError as error:
                raise refused(path, f"line {number}", _first(error)) from None


def _first(error: ValidationError) -> str:
    problem = first_problem(error)
    return problem_text(problem) if problem["loc"] else "not a JSON object"


class _Translation:
    """One row on its way to Clare's words."""

    def __init__(self, path: Path, line: int, row: _Row, known: frozenset[str]) -> None:
        self.path, self.line, self.row, self.known = path, line, row, known
        self.fit = Fitting(ORIGIN, f"line {line}, {row.id}")
        self.key = names.task_key(task_id(row.id))

    def wanted(self) -> Wanted:
        row, fit = self.row, self.fit
        parent, sets = self._sets()
        short = self._short_fields(parent)
        rest = len(dump({"set": short, "add": sets}))
        if rest > MAX_BYTES // 2:
            problem = "more labels and dependencies than one event holds"
            raise refused(self.path, f"line {self.line}", problem)
        by = fit.actor(row.created_by) or ORIGIN.name
        return Wanted(
            key=self.key,
            row_id=row.id,
            where=fit.where,
            created_at=row.created_at,
            updated=row.updated,
            closed=row.closed,
            newest=max(row.updated, row.closed),
            by=by,
            fields={**short, **fit.texts(self._texts(short["status"]), room=ROOM - rest)},
            sets=sets,
            comments=tuple(self._comments(by)),
        )

    def _short_fields(self, parent: str) -> dict[str, str]:
        row, fit = self.row, self.fit
        return {
            "title": fit.line("title", row.title),
            "type": fit.label("type", row.issue_type) or DEFAULTS["type"],
            "status": self._status(),
            "priority": self._priority(),
            "pinned": "true" if row.pinned or row.status == "pinned" else "false",
            "parent": parent,
            "assignee": fit.actor(row.assignee),
            "due": show_moment(row.due_at),
            "defer_until": show_moment(row.defer_until),
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
            self.fit.note(f"priority {self.row.priority} became P{fitting}")
        return f"P{fitting}"

    def _sets(self) -> tuple[str, dict[str, tuple[str, ...]]]:
        """The parent, and the sets."""
        row, fit = self.row, self.fit
        parent = ""
        needs: set[str] = set()
        links = {fit.line("link", f"{ORIGIN.name}:{row.id}")}
        for dependency in row.dependencies:
            if dependency.issue_id not in ("", row.id):
                fit.note(f"a dependency of {dependency.issue_id} stands in this row: left out")
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
                links.add(fit.line("link", f"{dependency.type}:{target}"))
        if row.external_ref.strip():
            links.add(fit.line("external_ref", row.external_ref))
        labels = {fit.label("label", text) for text in row.labels} - {""}
        found = {"labels": labels, "needs": needs, "links": links}
        return parent, {name: tuple(sorted(inside)) for name, inside in found.items()}

    def _outside(self, what: str, row_id: str) -> Iterator[str]:
        """A link that keeps the source's name of a row which becomes no task here."""
        if row_id not in self.known:
            yield self.fit.line("link", f"{ORIGIN.name}-{what}:{row_id}")

    def _comments(self, created_by: str) -> Iterator[Given]:
        row = self.row
        if row.notes.strip():
            yield self._comment("notes", row.notes, by=created_by, ms=row.created_at)
        for said in row.comments:
            if said.text.strip():
                by = self.fit.actor(said.author) or ORIGIN.name
                yield self._comment("comment", said.text, by=by, ms=said.created_at)

    def _comment(self, what: str, text: str, *, by: str, ms: int) -> Given:
        return self.fit.comment(self.key, self.row.id, what, text, by=by, at=Stamp(ms))
