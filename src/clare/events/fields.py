"""The kinds of values that events hold. In a file every one of them is text."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StrictBool

from clare import clock
from clare.events import checks
from clare.events.checks import MAX_LINE as MAX_LINE
from clare.events.checks import MAX_TEXT as MAX_TEXT


def _read_flag(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _read_duration(value: object) -> object:
    return clock.duration(value) if isinstance(value, str) else value


Line = Annotated[str, AfterValidator(checks.line)]
Text = Annotated[str, AfterValidator(checks.text)]
Label = Annotated[str, AfterValidator(checks.label)]
Actor = Annotated[str, AfterValidator(checks.actor)]
TaskId = Annotated[str, AfterValidator(checks.task_id)]
EventId = Annotated[str, AfterValidator(checks.event_id)]
EventIds = Annotated[tuple[EventId, ...], Field(min_length=1)]
CloneId = Annotated[str, AfterValidator(checks.clone)]
EntityKey = Annotated[str, AfterValidator(checks.key)]
OptionalLine = Annotated[str, AfterValidator(checks.optional_line)]
OptionalSlug = Annotated[str, AfterValidator(checks.optional_slug)]
OptionalTaskId = Annotated[str, AfterValidator(checks.optional_task_id)]
OptionalActor = Annotated[str, AfterValidator(checks.optional_actor)]
OptionalDay = Annotated[str, AfterValidator(checks.optional_day)]
OptionalRepeat = Annotated[str, AfterValidator(checks.optional_repeat)]
Priority = Literal["P0", "P1", "P2", "P3", "P4"]
Status = Literal["idea", "open", "review", "done", "dropped"]
Switch = Literal["true", "false"]
Flag = Annotated[
    StrictBool,
    BeforeValidator(_read_flag),
    PlainSerializer(lambda value: "true" if value else "false", return_type=str),
]
Duration = Annotated[
    int,
    BeforeValidator(_read_duration),
    AfterValidator(checks.duration),
    PlainSerializer(clock.show_duration, return_type=str),
]
