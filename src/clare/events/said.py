"""What a command says: facts without their models, for everything in which nothing is amiss.

The models know what an event may hold and why a value does not fit, but take as long to load as
everything else that a write does. Here the parts of a fact are put into the order of its model and then
read as those of a file are. What that is unsure of is for the models to judge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from clare.events import wellformed
from clare.events.event import Effect, Node
from clare.events.wellformed import Values


class Fact(Protocol):
    """What an event says, apart from who said it and when: said here, or an instance of a model."""

    @property
    def type(self) -> str:
        """The type of the event."""

    @property
    def entity(self) -> str:
        """The key of the entity that it is about."""

    def body(self) -> dict[str, object]:
        """Its own part of the event file: plain text, lists and maps."""

    def effect(self) -> Effect:
        """What the fold does with it."""


@dataclass(frozen=True, slots=True)
class Said:
    """A fact in which nothing is amiss: what its model would write of it."""

    type: str
    entity: str
    parts: Mapping[str, Node]

    def body(self) -> dict[str, object]:
        """The parts, in the order of the model."""
        return dict(self.parts)

    def effect(self) -> Effect:
        """What the fold does with it."""
        return wellformed.SHAPES[self.type].effect(self.parts)


TASK_CREATED = "task.created"
TASK_EDITED = "task.edited"
TASK_COMMENTED = "task.commented"
TASK_CLAIMED = "task.claimed"
TASK_RELEASED = "task.released"
PROJECT_CREATED = "project.created"
PROJECT_EDITED = "project.edited"
VIEW_SAVED = "view.saved"
HOST_ADDED = "host.added"
HOST_EDITED = "host.edited"
RETRACTED = "event.retracted"

_PARTS = ("set", "add", "remove", "text", "lease", "hub", "retracts", "ends", "files")
"""In the order in which every model has them."""

_FIELDS: Mapping[str, Values] = {
    "tasks": wellformed.TASK_FIELDS,
    "projects": wellformed.PROJECT_FIELDS,
    "views": wellformed.VIEW_FIELDS,
    "hosts": wellformed.HOST_FIELDS,
}
_SETS: Mapping[str, Values] = {"tasks": wellformed.TASK_SETS, "hosts": wellformed.HOST_SETS}


def say(type_: str, entity: str, given: Mapping[str, object]) -> Said | None:
    """The fact that consists of these parts, or None if the models must judge it."""
    if not given.keys() <= set(_PARTS):
        return None
    try:
        parts = {name: _part(name, entity, given[name]) for name in _PARTS if name in given}
        known = wellformed.is_about(type_, entity, given.keys())
        said = Said(type_, entity, parts)
        return said if known and said.effect() else None
    except ValueError:
        return None


def _part(name: str, entity: str, value: object) -> Node:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        order = (_FIELDS if name == "set" else _SETS).get(entity.partition("/")[0], {})
        known = [key for key in order if key in value]
        rest = [key for key in value if key not in order]
        return {key: _value(value[key]) for key in (*known, *rest)}
    return _value(value)


def _value(value: object) -> Node:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(element, str) for element in value):
        return list(value)
    raise ValueError("neither text nor a list of it")
