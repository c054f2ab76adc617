"""The short way from a mapping to an event, for events of known types in which nothing is amiss.

It loads no models. What does not fit plainly is left to them: the answer is then None, which says
nothing about the event. A type, field or set that is missing in the tables here only takes longer.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeVar

from clare import clock
from clare.events import checks
from clare.events.checks import Check, Choice
from clare.events.event import Effect, Event, Node

Values = Mapping[str, Check]
"""The fields or sets that a map may hold, in the order in which the models have them."""

_SWITCH = Choice(("true", "false"))

TASK_FIELDS: Values = {
    "title": checks.line,
    "project": checks.optional_slug,
    "body": checks.text,
    "type": checks.label,
    "status": Choice(("idea", "open", "review", "done", "dropped")),
    "priority": Choice(("P0", "P1", "P2", "P3", "P4")),
    "pinned": _SWITCH,
    "parent": checks.optional_task_id,
    "assignee": checks.optional_actor,
    "due": checks.optional_day,
    "defer_until": checks.optional_day,
    "repeat": checks.optional_repeat,
    "done_when": checks.text,
    "close_reason": checks.text,
}
TASK_SETS: Values = {"labels": checks.label, "needs": checks.task_id, "links": checks.line}
PROJECT_FIELDS: Values = {
    "title": checks.line,
    "body": checks.text,
    "status": Choice(("active", "archived")),
    "repo": checks.optional_line,
}
VIEW_FIELDS: Values = {"query": checks.text, "columns": checks.optional_line}
HOST_FIELDS: Values = {"about": checks.optional_line}
HOST_SETS: Values = {"roles": checks.label, "labels": checks.label}

_Mapping = Mapping[str, Node]
T = TypeVar("T")


class _Unsure(ValueError):
    """Something is amiss, or new."""


def read(mapping: _Mapping) -> Event | None:
    """The event in a mapping in which everything is as it should be, or None."""
    try:
        return _event(mapping)
    except ValueError:  # a check said no: the models say why, and what of the event remains
        return None


def is_about(type_: str, entity: str, keys: Set[str]) -> bool:
    """Whether the type is known, fits the entity and has these keys. Raises ValueError."""
    shape, kind = SHAPES.get(type_), _kind(entity)
    return shape is not None and shape.kind in ("", kind) and keys <= shape.keys


def _event(mapping: _Mapping) -> Event:
    type_, entity = _text(mapping.get("type")), _text(mapping.get("entity"))
    if not is_about(type_, entity, mapping.keys()):
        raise _Unsure
    return Event(
        checks.event_id(_text(mapping.get("id"))),
        type_,
        checks.actor(_text(mapping.get("by"))),
        _clone(_text(mapping.get("clone"))),
        entity,
        _texts(mapping["after"], checks.event_id) if "after" in mapping else (),
        SHAPES[type_].effect(mapping),
    )


@lru_cache(maxsize=256)
def _kind(entity: str) -> str:
    return checks.key(entity).partition("/")[0]


_clone = lru_cache(maxsize=256)(checks.clone)


def _text(node: Node | None) -> str:
    if type(node) is not str:
        raise _Unsure
    return node


def _texts(node: Node | None, check: Check) -> tuple[str, ...]:
    if type(node) is not list:
        raise _Unsure
    return tuple([check(_text(element)) for element in node])


def _some(node: Node | None, check: Check) -> tuple[str, ...]:
    if not node:
        raise _Unsure
    return _texts(node, check)


def _value(node: Node | None, check: Check) -> str:
    return check(_text(node))


def _map(node: Node | None, known: Values, read: Callable[[Node, Check], T]) -> dict[str, T]:
    """What a map holds, if only what is known, and in the order in which the models have it."""
    if node is None:
        return {}
    if type(node) is not dict:
        raise _Unsure
    following = iter(known)
    inside = {}
    for name, value in node.items():
        if name not in following:
            raise _Unsure
        inside[name] = read(value, known[name])
    return inside


def _edit(mapping: _Mapping, fields: Values, sets: Values, creates: bool = False) -> Effect:
    return Effect(
        creates,
        _map(mapping.get("set"), fields, _value),
        _map(mapping.get("add"), sets, _texts),
        _map(mapping.get("remove"), sets, _texts),
    )


def _comment(mapping: _Mapping) -> Effect:
    return Effect(comment=_value(mapping.get("text"), checks.text))


def _claim(mapping: _Mapping) -> Effect:
    lease = checks.duration(clock.duration(_text(mapping.get("lease"))))
    return Effect(lease=lease, hub=_value(mapping.get("hub", "false"), _SWITCH) == "true")


def _retraction(mapping: _Mapping) -> Effect:
    return Effect(retracts=_some(mapping.get("retracts"), checks.event_id))


def _release(mapping: _Mapping) -> Effect:
    return Effect(ends=_some(mapping.get("ends"), checks.event_id))


def _acknowledgement(mapping: _Mapping) -> Effect:
    return Effect(acknowledges=_some(mapping.get("files"), checks.text))


@dataclass(frozen=True, slots=True)
class Shape:
    """What an event of one type holds, about which kind of entity if not about any, and its effect."""

    kind: str
    keys: Set[str]
    effect: Callable[[_Mapping], Effect]


def _shape(kind: str, effect: Callable[[_Mapping], Effect], *keys: str) -> Shape:
    envelope = ("id", "type", "by", "clone", "entity", "after")
    return Shape(kind, frozenset([*envelope, *keys]), effect)


_task = partial(_edit, fields=TASK_FIELDS, sets=TASK_SETS)
_project = partial(_edit, fields=PROJECT_FIELDS, sets={})
_view = partial(_edit, fields=VIEW_FIELDS, sets={})
_host = partial(_edit, fields=HOST_FIELDS, sets=HOST_SETS)

SHAPES: Mapping[str, Shape] = {
    "event.retracted": _shape("", _retraction, "retracts"),
    "file.acknowledged": _shape("", _acknowledgement, "files"),
    "host.added": _shape("hosts", partial(_host, creates=True), "set", "add"),
    "host.edited": _shape("hosts", _host, "set", "add", "remove"),
    "project.created": _shape("projects", partial(_project, creates=True), "set"),
    "project.edited": _shape("projects", _project, "set"),
    "task.created": _shape("tasks", partial(_task, creates=True), "set", "add"),
    "task.edited": _shape("tasks", _task, "set", "add", "remove"),
    "task.commented": _shape("tasks", _comment, "text"),
    "task.claimed": _shape("tasks", _claim, "lease", "hub"),
    "task.released": _shape("tasks", _release, "ends"),
    "view.saved": _shape("views", partial(_view, creates=True), "set"),
}
"""By type. Each says what the model of that name says; `tests/core/test_wellformed.py` compares."""
