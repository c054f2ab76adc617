"""Time as Clare counts it: UTC milliseconds, and a hybrid logical clock.

The clock follows Kulkarni et al., "Logical Physical Clocks" (2014): a stamp is never below one that
the writer has seen, and stays close to physical time. One rule is added: a stamp that runs more than
`DRIFT` ahead of the own clock is not followed, so one wrong clock cannot drag the others along.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

DRIFT = 5 * MINUTE
"""How far two honest clocks may be apart, in milliseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP = r"(\d{8})T([01]\d|2[0-3])([0-5]\d)([0-5]\d)\.(\d{3})Z-([0-9a-f]{4})"
_INSTANT = r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})\d*)?Z)?"
_DURATION = r"([1-9]\d{0,5})([smhd])"
_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
_LAST_COUNTER = 0xFFFF
STAMP_LENGTH = len("20261120T090412.123Z-0000")
"""Characters of the stamp in front of an event id; stamps sort as text."""

_LAST_MS = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)


@cache
def _form(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first needed: many commands need none."""
    return re.compile(pattern, re.ASCII)


class Stamp(NamedTuple):
    """A moment of the hybrid logical clock: UTC milliseconds and a counter within them."""

    ms: int
    counter: int = 0

    def __str__(self) -> str:
        moment = _EPOCH + timedelta(milliseconds=self.ms)
        text = moment.isoformat(timespec="milliseconds")[:23]
        return f"{text.replace('-', '').replace(':', '')}Z-{self.counter:04x}"

    def next(self) -> "Stamp":
        """The smallest stamp after this one; a full counter carries into the milliseconds."""
        if self.counter == _LAST_COUNTER:
            return Stamp(self.ms + 1)
        return Stamp(self.ms, self.counter + 1)

    def last(self) -> "Stamp":
        """The last stamp within the same millisecond."""
        return Stamp(self.ms, _LAST_COUNTER)

    @classmethod
    def of(cls, event_id: str) -> "Stamp":
        """The stamp in front of an event id. Raises ValueError if there is none."""
        found = _form(_STAMP).match(event_id)
        if not found:
            raise ValueError(f"no stamp in front of {event_id!r}")
        day, hour, minute, second, rest, counter = found.groups()
        within = int(hour) * HOUR + int(minute) * MINUTE + int(second) * SECOND + int(rest)
        return cls(_day_ms(day) + within, int(counter, 16))


def tick(*, now: int, seen: Iterable[Stamp]) -> Stamp:
    """The next stamp of a writer whose clock says `now` (ms) and who has seen those stamps."""
    newest = max((stamp for stamp in seen if stamp.ms <= now + DRIFT), default=None)
    fresh = Stamp(now)
    return fresh if newest is None or newest < fresh else newest.next()


def instant(text: str, *, end_of_day: bool = False) -> int:
    """Milliseconds of `2026-12-01` or `2026-12-01T09:30:00Z`; a bare day is its start, or its end.

    Raises ValueError if the text is neither, or no such day exists.
    """
    found = _form(_INSTANT).fullmatch(text)
    if not found:
        raise ValueError("write a day as 2026-12-01 or a time as 2026-12-01T09:30:00Z")
    year, month, day, hour, minute, second, fraction = found.groups()
    if hour is None:
        start = _to_ms(int(year), int(month), int(day))
        return start + DAY - 1 if end_of_day else start
    whole = _to_ms(*map(int, (year, month, day, hour, minute, second)))
    return whole + int((fraction or "0").ljust(3, "0"))


def show_instant(ms: int) -> str:
    """`2026-11-20T09:04:12Z`, UTC, whole seconds; a forged lease may end after the last year."""
    moment = _EPOCH + timedelta(milliseconds=min(ms, _LAST_MS))
    return moment.isoformat(timespec="seconds")[:19] + "Z"


def duration(text: str) -> int:
    """Milliseconds of `90s`, `30m`, `4h` or `2d`. Raises ValueError for anything else."""
    found = _form(_DURATION).fullmatch(text)
    if not found:
        raise ValueError("write a duration as 30m, 4h or 2d")
    return int(found[1]) * _UNITS[found[2]]


def show_duration(ms: int) -> str:
    """The shortest exact form that `duration` reads back: 14,400,000 is `4h`."""
    for unit, length in _UNITS.items():
        if ms >= length and ms % length == 0:
            return f"{ms // length}{unit}"
    return f"{max(1, ms // SECOND)}s"


def show_age(ms: int) -> str:
    """A span for people, in its largest unit: `3 d`, `40 s`."""
    for unit, length in _UNITS.items():
        if ms >= length:
            return f"{ms // length} {unit}"
    return "0 s"


@lru_cache(maxsize=4096)
def is_day(digits: str) -> bool:
    """Whether there is a day such as `20261120`. Many ids share one."""
    try:
        _day_ms(digits)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _day_ms(digits: str) -> int:
    return _to_ms(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _to_ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
