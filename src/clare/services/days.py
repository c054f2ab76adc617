"""The day fields of a task, from what people write to what an event holds."""

from collections.abc import Mapping

from clare.dates import day
from clare.errors import Usage
from clare.fleet import Task
from clare.views.story import shorten

DAY_FIELDS = {"due": "due", "defer_until": "defer"}
"""The fields that hold a day, and the word by which `due+7d` names them."""


class BadDay(Usage):
    """A field that holds no day, and what is wrong with it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}", hint=HINT)
        self.field, self.problem = field, problem


def dated(fields: Mapping[str, str], *, now: int, task: Task | None = None) -> dict[str, str]:
    """The fields with their days in canonical form. Raises BadDay.

    `due+7d` counts from the day that is given with it, else from the task's present one.
    """
    present = {name: task.entity.value(name) if task else "" for name in DAY_FIELDS}
    own = {
        word: _fixed(fields.get(name, ""), now) or present[name]
        for name, word in DAY_FIELDS.items()
    }
    return {
        name: _day(name, text, now, own) if name in DAY_FIELDS and text else text
        for name, text in fields.items()
    }


def _day(name: str, text: str, now: int, own: Mapping[str, str]) -> str:
    try:
        return day(text, now=now, own=own)
    except ValueError as error:
        raise BadDay(name, f"{shorten(text)!r} {error}") from None


HINT = "such as 2026-12-01, friday or +3d; from the task's own day due+7d; all are UTC"


def _fixed(text: str, now: int) -> str:
    """The day that is given for one field, so that the other can count from it; else nothing."""
    try:
        return day(text, now=now) if text else ""
    except ValueError:
        return ""
