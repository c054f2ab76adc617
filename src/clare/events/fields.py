"""The kinds of values that events hold. In a file every one of them is text."""

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StrictBool

from clare import clock, names
from clare.events import repeat

MAX_LINE = 1_000
MAX_TEXT = 48 * 1024
"""Bytes of UTF-8 in the longest body or comment, so that an event stays below 64 KiB."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LABEL = re.compile(r"[^\s,-][^\s,]{0,99}")


def _check_unicode(text: str) -> str:
    if _SURROGATE.search(text):
        raise ValueError("is not valid Unicode")
    return text


def _check_line(text: str) -> str:
    _check_unicode(text)
    if len(text) > MAX_LINE:
        raise ValueError(f"longer than {MAX_LINE} characters")
    if not text.strip() or re.search(r"[\n\r\x00\x85\u2028\u2029]", text):
        raise ValueError("must be one line with something in it")
    return text


def _check_text(text: str) -> str:
    if len(_check_unicode(text).encode("utf-8")) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT} bytes")
    return text


def _check_label(text: str) -> str:
    if not _LABEL.fullmatch(text) or not names.is_plain(text):
        raise ValueError("must be one word without commas, spaces or a leading dash")
    return text


def _check_actor(text: str) -> str:
    if not names.is_actor(text):
        raise ValueError("must be a name without spaces, such as nat or claude/7f3a")
    return text


def _check_slug(text: str) -> str:
    if not names.is_slug(text):
        raise ValueError("must be lower-case letters, digits and dashes, at most 48")
    return text


def _check_task_id(text: str) -> str:
    if not names.TASK_ID.fullmatch(text):
        raise ValueError("must be a task id of 12 characters")
    return text


def _check_event_id(text: str) -> str:
    if not names.is_event_id(text):
        raise ValueError("must be an event id")
    return text


def _check_clone(text: str) -> str:
    if not names.CLONE.fullmatch(text):
        raise ValueError("must be the identity of a clone: 8 characters of base32")
    return text


def _check_key(text: str) -> str:
    if not names.is_key(text):
        raise ValueError("must be an entity, such as tasks/7qk2m9xw4v0c")
    return text


def _check_due(text: str) -> str:
    clock.instant(text)
    return text


def _check_repeat(text: str) -> str:
    rule = str(repeat.parse(text))
    if rule != text:
        raise ValueError(f"write it as {rule}")
    return text


def _check_duration(length: int) -> int:
    if clock.duration(clock.show_duration(length)) != length:
        raise ValueError("must be whole seconds")
    return length


def _or_empty(check: Callable[[str], str]) -> AfterValidator:
    """Empty text clears a field that may be absent."""
    return AfterValidator(lambda text: check(text) if text else text)


def _read_flag(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _read_duration(value: object) -> object:
    return clock.duration(value) if isinstance(value, str) else value


Line = Annotated[str, AfterValidator(_check_line)]
Text = Annotated[str, AfterValidator(_check_text)]
Label = Annotated[str, AfterValidator(_check_label)]
Actor = Annotated[str, AfterValidator(_check_actor)]
TaskId = Annotated[str, AfterValidator(_check_task_id)]
EventId = Annotated[str, AfterValidator(_check_event_id)]
EventIds = Annotated[tuple[EventId, ...], Field(min_length=1)]
CloneId = Annotated[str, AfterValidator(_check_clone)]
EntityKey = Annotated[str, AfterValidator(_check_key)]
OptionalLine = Annotated[str, _or_empty(_check_line)]
OptionalSlug = Annotated[str, _or_empty(_check_slug)]
OptionalTaskId = Annotated[str, _or_empty(_check_task_id)]
OptionalActor = Annotated[str, _or_empty(_check_actor)]
OptionalDay = Annotated[str, _or_empty(_check_due)]
OptionalRepeat = Annotated[str, _or_empty(_check_repeat)]
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
    AfterValidator(_check_duration),
    PlainSerializer(clock.show_duration, return_type=str),
]
