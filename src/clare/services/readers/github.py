"""GitHub's issues: what `gh issue list --json …` prints, and what the REST interface answers.

An issue is known by its repository and number, taken from its URL, so that repositories do not clash.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field

from clare import names
from clare.clock import Stamp
from clare.services.fitting import Fitting
from clare.services.origin import Origin, Source, Wanted
from clare.services.rows import Moment, Name, Row, Rows, Title, fitted, json_values, refused
from clare.state import DEFAULTS, PRIORITIES
from clare.store.writing import Given

ORIGIN = Origin("github")

_ISSUE = re.compile(
    r"https?://([^/\s]+)/(?:api/v3/)?(?:repos/)?([^/\s]+/[^/\s]+)/(?:issues|pull)/(\d{1,18})",
    re.ASCII,
)
_DROPPED = {"NOT_PLANNED": "not planned", "DUPLICATE": "duplicate"}
"""Why an issue was closed that was not done."""
_FROM = {
    "body": {"body"},
    "type": {"issueType", "type"},
    "priority": {"labels"},
    "pinned": {"isPinned"},
    "parent": {"parent", "parent_issue_url"},
    "assignee": {"assignees"},
    "labels": {"labels"},
    "needs": {"blockedBy"},
}
"""What says something of a field or set: one that the file does not tell of stays as it is."""


def _nodes(value: object) -> object:
    """A list that comes as a page of GraphQL, or bare; a mere count says nothing of them."""
    if isinstance(value, Mapping) and "nodes" in value:
        return value["nodes"]
    return () if isinstance(value, int) else value


class _User(Row):
    login: Name


class _Label(Row):
    name: str


class _Titled(Row):
    title: str


class _Other(Row):
    url: Annotated[str, Field(validation_alias=AliasChoices("html_url", "url"))]


class _Comment(Row):
    body: str = ""
    author: Annotated[_User | None, Field(validation_alias=AliasChoices("author", "user"))] = None
    created_at: Annotated[Moment, Field(validation_alias=AliasChoices("createdAt", "created_at"))]


class _Issue(Row):
    url: Annotated[str, Field(validation_alias=AliasChoices("html_url", "url"))]
    title: Title
    body: str = ""
    state: Annotated[
        Literal["OPEN", "CLOSED"],
        BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
    ]
    state_reason: Annotated[
        str, Field(validation_alias=AliasChoices("stateReason", "state_reason"))
    ] = ""
    author: Annotated[_User | None, Field(validation_alias=AliasChoices("author", "user"))] = None
    assignees: tuple[_User, ...] = ()
    labels: tuple[_Label | str, ...] = ()
    milestone: _Titled | None = None
    issue_type: Annotated[
        _Label | None, Field(validation_alias=AliasChoices("issueType", "type"))
    ] = None
    pinned: Annotated[bool, Field(validation_alias="isPinned")] = False
    created_at: Annotated[Moment, Field(validation_alias=AliasChoices("createdAt", "created_at"))]
    updated_at: Annotated[
        Moment | None, Field(validation_alias=AliasChoices("updatedAt", "updated_at"))
    ] = None
    closed_at: Annotated[
        Moment | None, Field(validation_alias=AliasChoices("closedAt", "closed_at"))
    ] = None
    parent: _Other | None = None
    parent_issue_url: str = ""
    blocked_by: Annotated[
        tuple[_Other, ...], BeforeValidator(_nodes), Field(validation_alias="blockedBy")
    ] = ()
    comments: Annotated[tuple[_Comment, ...], BeforeValidator(_nodes)] = ()


_ADDRESSES = {"url", "html_url"}


def load(path: Path) -> Source:
    """Read a file, or standard input for `-`. Raises ClareError, naming file and issue."""
    rows = Rows(path)
    skipped = silent = 0
    for number, value in enumerate(json_values(path), 1):
        where = f"issue {number}"
        if isinstance(value, Mapping):
            if value.get("pull_request") is not None:
                skipped += 1
                continue
            if not _ADDRESSES & value.keys():
                raise refused(path, where, "this is not GitHub's form: no url")
            silent += _count(value.get("comments"))
        issue = fitted(_Issue, value, path, where)
        told = frozenset(value) if isinstance(value, Mapping) else frozenset()
        _take(rows, where, issue, told)
    if silent:
        rows.notes.append(
            f"{silent} comments are only counted in the file: "
            "`gh issue list --json comments,…` writes them out"
        )
    return Source(ORIGIN, tuple(rows.found.values()), skipped, tuple(rows.notes))


def _count(comments: object) -> int:
    """How many comments the REST interface says there are; what cannot be true counts for none."""
    return comments if isinstance(comments, int) and 0 < comments < 1_000_000 else 0


def _take(rows: Rows, where: str, issue: _Issue, told: frozenset[str]) -> None:
    row_id = issue_id(issue.url)
    if not row_id:
        raise refused(rows.path, where, "url: must be the address of an issue")
    translation = _Translation(where, row_id, issue, told)
    rows.add(translation.wanted())
    rows.notes.extend(translation.fit.notes)


def issue_id(url: str) -> str:
    """`github.com/owner/name#12`; case does not count there. Empty if the text is no such address."""
    found = _ISSUE.fullmatch(url)
    if not found:
        return ""
    host = {"api.github.com": "github.com"}.get(found[1].lower(), found[1].lower())
    return f"{host}/{found[2].lower()}#{int(found[3])}"


class _Translation:
    """One issue on its way to Clare's words."""

    def __init__(self, where: str, row_id: str, issue: _Issue, told: frozenset[str]) -> None:
        self.row_id, self.issue, self.told = row_id, issue, told
        self.fit = Fitting(ORIGIN, f"{where}, {row_id}")
        self.key = names.task_key(ORIGIN.task_id(row_id))

    def wanted(self) -> Wanted:
        issue = self.issue
        updated = max(issue.created_at, issue.updated_at or issue.created_at)
        closed = max(issue.created_at, issue.closed_at or updated)
        return Wanted(
            key=self.key,
            row_id=self.row_id,
            where=self.fit.where,
            created_at=issue.created_at,
            updated=updated,
            closed=closed,
            newest=max(updated, closed),
            by=self._by(issue.author),
            fields={name: v for name, v in self._fields().items() if self._is_told(name)},
            sets={name: v for name, v in self._sets().items() if self._is_told(name)},
            comments=tuple(self._comments()),
        )

    def _is_told(self, name: str) -> bool:
        return name not in _FROM or bool(_FROM[name] & self.told)

    def _fields(self) -> dict[str, str]:
        issue, fit = self.issue, self.fit
        reason = _DROPPED.get(issue.state_reason.upper(), "") if issue.state == "CLOSED" else ""
        closed = "dropped" if reason else "done"
        kind = issue.issue_type.name.lower() if issue.issue_type else DEFAULTS["type"]
        found = (text.upper() for text in self._labels())
        return {
            "title": fit.line("title", issue.title),
            "body": fit.text("body", issue.body),
            "type": fit.label("type", kind) or DEFAULTS["type"],
            "status": closed if issue.state == "CLOSED" else "open",
            "close_reason": reason,
            "priority": min((p for p in found if p in PRIORITIES), default=DEFAULTS["priority"]),
            "pinned": "true" if issue.pinned else "false",
            "parent": self._id_of(issue.parent.url if issue.parent else issue.parent_issue_url),
            "assignee": fit.actor(issue.assignees[0].login) if issue.assignees else "",
        }

    def _labels(self) -> Iterator[str]:
        for label in self.issue.labels:
            yield label if isinstance(label, str) else label.name

    def _id_of(self, url: str) -> str:
        other = issue_id(url)
        return ORIGIN.task_id(other) if other else ""

    def _sets(self) -> dict[str, tuple[str, ...]]:
        issue, fit = self.issue, self.fit
        links = [issue.url]
        if issue.milestone and issue.milestone.title.strip():
            links.append(f"milestone:{issue.milestone.title}")
        links += [f"assignee:{user.login}" for user in issue.assignees[1:]]
        labels = (re.sub(r"[\s,]+", "-", text.strip()) for text in self._labels())
        return {
            "labels": tuple(sorted({fit.label("label", text) for text in labels} - {""})),
            "needs": tuple(sorted({self._id_of(other.url) for other in issue.blocked_by} - {""})),
            "links": tuple(sorted({fit.line("link", text) for text in links})),
        }

    def _comments(self) -> Iterator[Given]:
        for said in self.issue.comments:
            if said.body.strip():
                at = Stamp(said.created_at)
                yield self.fit.comment(
                    self.key, self.row_id, "comment", said.body, by=self._by(said.author), at=at
                )

    def _by(self, user: _User | None) -> str:
        return (self.fit.actor(user.login) if user else "") or ORIGIN.name
