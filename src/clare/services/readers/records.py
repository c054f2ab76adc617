"""Clare's own records, as `--json` shows them: read strictly, they become the tasks they came from."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from clare import names
from clare.clock import SECOND, Stamp
from clare.events.fields import Actor, Text
from clare.events.problems import first_problem, problem_text
from clare.events.project import ProjectFields
from clare.events.task import TaskFields, TaskSets
from clare.services.fitting import Fitting
from clare.services.origin import Wanted
from clare.services.rows import Moment, Row
from clare.state import DEFAULTS
from clare.store.writing import Given

M = TypeVar("M", bound=BaseModel)


class Bad(ValueError):
    """A record does not fit; the message says where and why."""


class _Comment(Row):
    text: Text
    at: Moment
    by: Actor
    id: str = ""


class _About(Row):
    """What a record says beside fields and sets."""

    created_at: Moment | None = None
    created_by: Actor | None = None
    updated_at: Moment | None = None
    updated_by: Actor | None = None
    closed_at: Moment | None = None
    comments: tuple[_Comment, ...] = ()


def task_wanted(record: Mapping[str, object], task_id: str, number: int, fit: Fitting) -> Wanted:
    """The task of a record in the row of that number. Raises Bad."""
    about = _checked(_About, record)
    created = number * SECOND if about.created_at is None else about.created_at
    updated = max(created, about.updated_at or created)
    closed = max(created, about.closed_at or updated)
    key = names.task_key(task_id)
    fields = _fields(TaskFields, record, DEFAULTS, fit)
    sets = {name: record[name] for name in TaskSets.model_fields if record.get(name) is not None}
    elements = _checked(TaskSets, sets).model_dump(include=set(sets))
    return Wanted(
        key=key,
        row_id=task_id,
        where=fit.where,
        created_at=created,
        updated=updated,
        closed=closed,
        newest=None if about.updated_at is None else max(updated, closed),
        by=about.created_by or fit.origin.name,
        editor=about.updated_by or "",
        fields=fields,
        sets={name: tuple(sorted(set(inside))) for name, inside in elements.items()},
        comments=tuple(_comments(about.comments, key, task_id, fit)),
    )


def project_wanted(record: Mapping[str, object], slug: str, number: int, fit: Fitting) -> Wanted:
    """The project of a record in the row of that number. Raises Bad."""
    about = _checked(_About, {**record, "comments": ()})
    created = number * SECOND if about.created_at is None else about.created_at
    return Wanted(
        key=names.project_key(slug),
        row_id=slug,
        where=fit.where,
        created_at=created,
        updated=created,
        closed=created,
        newest=None,
        by=about.created_by or fit.origin.name,
        fields=_fields(ProjectFields, record, {"status": "active"}, fit),
    )


def _fields(
    model: type[BaseModel], record: Mapping[str, object], defaults: Mapping[str, str], fit: Fitting
) -> dict[str, str]:
    given = {name: _text(record[name]) for name in model.model_fields if name in record}
    filled = {name: defaults.get(name, "") if v in (None, "") else v for name, v in given.items()}
    written = _checked(model, {name: v for name, v in filled.items() if v != ""})
    found = dict.fromkeys(filled, "") | written.model_dump(exclude_unset=True)
    return {name: fit.text(name, text) for name, text in found.items()}


def _text(value: object) -> object:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _checked(model: type[M], given: Mapping[str, object]) -> M:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Bad(problem_text(first_problem(error))) from None


def _comments(comments: Sequence[_Comment], key: str, row_id: str, fit: Fitting) -> Iterator[Given]:
    """The comments, also those that one person said twice in one moment."""
    times: Counter[tuple[Stamp, str, str]] = Counter()
    for said in comments:
        at = _stamp(said)
        times[at, said.by, said.text] += 1
        what = f"comment {times[at, said.by, said.text]}"
        yield fit.comment(key, row_id, what, said.text, by=said.by, at=at)


def _stamp(said: _Comment) -> Stamp:
    """The very moment, which the id tells, so that comments of one second keep their order."""
    if names.is_event_id(said.id) and Stamp.of(said.id).ms // SECOND == said.at // SECOND:
        return Stamp.of(said.id)
    return Stamp(said.at)
