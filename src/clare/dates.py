"""Days as people write them: `friday`, `+3d`, `eom`, `due+7d`. All of them are UTC days.

The words mean what they do in taskwarrior and todo.txt tools. What comes out is the canonical form of
an event, `2026-12-01` or `2026-12-01T09:30:00Z`, which reads as itself.
"""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from clare.clock import DAY, HOUR, instant, show_instant

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXAMPLES = "2026-12-01, friday or +3d"
"""What an error shows: one of each kind."""

_CLOCK = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?Z?", re.ASCII)
"""A time without seconds, or without the Z: it is UTC all the same."""

_EPOCH = date(1970, 1, 1)
_SOME_DAY = instant("2026-01-01")
_SOME_OWN = {"due": "2026-01-01", "defer": "2026-01-01"}
_STEP = re.compile(r"(due|defer)?([+-]?)(\d{1,5})([hdwmy])", re.ASCII)
_NAMED: Mapping[str, Callable[[date], date]] = {
    "yesterday": lambda today: today - timedelta(days=1),
    "today": lambda today: today,
    "tomorrow": lambda today: today + timedelta(days=1),
    "next week": lambda today: today + timedelta(days=7 - today.weekday()),
    "next month": lambda today: _months(today.replace(day=1), 1),
    "eow": lambda today: today + timedelta(days=6 - today.weekday()),
    "eom": lambda today: today.replace(day=_last(today.year, today.month)),
}


def day(text: str, *, now: int, own: Mapping[str, str] | None = None) -> str:
    """The canonical form of a day or time as people write it. Raises ValueError with the forms.

    `own` are the values, canonical, that `due+7d` and `defer-1w` count from.
    """
    plain = " ".join(text.split())
    word = plain.lower()
    try:
        step = _STEP.fullmatch(word)
        if step and (step[1] is None or step[2]):
            return _stepped(step, now, own or {})
        named = _NAMED.get(word) or _weekday(word)
        return named(_today(now)).isoformat() if named else _written(plain)
    except OverflowError:
        raise ValueError("is outside the years 1 to 9999") from None


def check(text: str) -> None:
    """Raise ValueError for what is a day on no day, whatever it counts from."""
    day(text, now=_SOME_DAY, own=_SOME_OWN)


def _written(text: str) -> str:
    """A day or time in the canonical form already; its letters in any case."""
    found = text.upper()
    clock = _CLOCK.fullmatch(found)
    if clock:
        found = f"{clock[1]}{clock[2] or ':00'}Z"
    try:
        instant(found)
    except ValueError as error:
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", text, re.ASCII):
            raise ValueError(f"is on no calendar ({error}); write it as {EXAMPLES}") from None
        raise ValueError(f"is no day; write it as {EXAMPLES}") from None
    return found


def _weekday(word: str) -> Callable[[date], date] | None:
    """The next day of that name; never today."""
    found = [n for n, name in enumerate(WEEKDAYS) if word in (name, name[:3])]
    if not found:
        return None
    return lambda today: today + timedelta(days=(found[0] - today.weekday() - 1) % 7 + 1)


def _stepped(step: re.Match[str], now: int, own: Mapping[str, str]) -> str:
    """So many hours, days, weeks, months or years from today, or from a day of the task's own."""
    base, sign, digits, unit = step.groups()
    count = int(digits) * (-1 if sign == "-" else 1)
    start = own.get(base, "") if base else _today(now).isoformat()
    if not start:
        raise ValueError(f"counts from a {base} day, and there is none")
    if unit == "h":
        from_ms = instant(start, end_of_day=base == "due") if base else now
        return _at(from_ms + count * HOUR)
    moved = _moved(date.fromisoformat(start[:10]), count, unit)
    return moved.isoformat() + start[10:]


def _moved(start: date, count: int, unit: str) -> date:
    if unit in "my":
        return _months(start, count * (12 if unit == "y" else 1))
    return start + timedelta(days=count * (7 if unit == "w" else 1))


def _months(start: date, count: int) -> date:
    """So many months later; the 31st becomes the last day of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return date(year, month + 1, min(start.day, _last(year, month + 1)))


def _last(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _at(ms: int) -> str:
    if not 0 <= ms - instant("0001-01-01") <= instant("9999-12-31") - instant("0001-01-01"):
        raise OverflowError
    return show_instant(ms)


def _today(now: int) -> date:
    return _EPOCH + timedelta(days=now // DAY)
