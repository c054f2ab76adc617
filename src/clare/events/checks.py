"""What the values of events must be: each check gives the text back, or raises ValueError.

The models and the short way from a file to an event (`wellformed`) use the same ones.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from clare import clock, names
from clare.events import repeat

Check = Callable[[str], str]

MAX_LINE = 1_000
MAX_TEXT = 48 * 1024
"""Bytes of UTF-8 in the longest body or comment, so that an event stays below 64 KiB."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BREAK = re.compile(r"[\n\r\x00\x85\u2028\u2029]")
_LABEL = re.compile(r"[^\s,-][^\s,]{0,99}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def __call__(self, text: str) -> str:
        if text not in self.words:
            raise ValueError(f"is not one of {', '.join(self.words)}")
        return text


def _unicode(text: str) -> str:
    if not text.isascii() and _SURROGATE.search(text):
        raise ValueError("is not valid Unicode")
    return text


def line(text: str) -> str:
    """One line with something in it."""
    _unicode(text)
    if len(text) > MAX_LINE:
        raise ValueError(f"longer than {MAX_LINE} characters")
    if not text.strip() or _BREAK.search(text):
        raise ValueError("must be one line with something in it")
    return text


def text(text: str) -> str:
    """Any text of a bearable length."""
    _unicode(text)
    if len(text) * 4 > MAX_TEXT and len(text.encode("utf-8")) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT} bytes")
    return text


def label(text: str) -> str:
    """One word: a label, or the type of a task."""
    if not _LABEL.fullmatch(text) or not names.is_plain(text):
        raise ValueError("must be one word without commas, spaces or a leading dash")
    return text


@lru_cache(maxsize=256)
def actor(text: str) -> str:
    """A person or an agent; the same few names on every event."""
    if not names.is_actor(text):
        raise ValueError("must be a name without spaces, such as nat or claude/7f3a")
    return text


def slug(text: str) -> str:
    """The name of a project."""
    if not names.is_slug(text):
        raise ValueError("must be lower-case letters, digits and dashes, at most 48")
    return text


def task_id(text: str) -> str:
    """The whole id of a task."""
    if not names.TASK_ID.fullmatch(text):
        raise ValueError("must be a task id of 12 characters")
    return text


def event_id(text: str) -> str:
    """The id of an event."""
    if not names.is_event_id(text):
        raise ValueError("must be an event id")
    return text


def clone(text: str) -> str:
    """The identity of a clone."""
    if not names.CLONE.fullmatch(text):
        raise ValueError("must be the identity of a clone: 8 characters of base32")
    return text


def key(text: str) -> str:
    """The key of an entity."""
    if not names.is_key(text):
        raise ValueError("must be an entity, such as tasks/7qk2m9xw4v0c")
    return text


def due(text: str) -> str:
    """A day or a time."""
    clock.instant(text)
    return text


def repeats(text: str) -> str:
    """A rule of repetition in its one spelling."""
    rule = str(repeat.parse(text))
    if rule != text:
        raise ValueError(f"write it as {rule}")
    return text


def duration(length: int) -> int:
    """A length of time that has a text."""
    if clock.duration(clock.show_duration(length)) != length:
        raise ValueError("must be whole seconds")
    return length


def optional(check: Check) -> Check:
    """The same, or empty text, which clears a field that may be absent."""

    def checked(text: str) -> str:
        return check(text) if text else text

    return checked


optional_line = optional(line)
optional_slug = optional(slug)
optional_task_id = optional(task_id)
optional_actor = optional(actor)
optional_day = optional(due)
optional_repeat = optional(repeats)
