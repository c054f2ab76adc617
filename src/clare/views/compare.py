"""Comparing numbers, priorities and dates with `<`, `<=`, `>`, `>=`, or without a sign for "equal"."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from clare.clock import SECOND, duration, instant
from clare.fleet import Fleet, Task
from clare.state import PRIORITIES, priority_of


class Asked(NamedTuple):
    """What a question is about: a board, by whom, at which moment."""

    fleet: Fleet
    now: int
    actor: str = ""


Test = Callable[[Asked, Task], bool]
Factory = Callable[[str], Test]


_COMPARED = re.compile(r"(<=|>=|<|>|)(.*)", re.DOTALL)


def _signed(value: str) -> tuple[str, str]:
    found = _COMPARED.fullmatch(value)
    return (found[1], found[2]) if found else ("", value)


def _compares(sign: str, found: int, low: int, high: int) -> bool:
    """Whether a number stands so to a span: before it, up to its end, within it."""
    match sign:
        case "<":
            return found < low
        case "<=":
            return found <= high
        case ">":
            return found > high
        case ">=":
            return found >= low
    return low <= found <= high


def number(read: Callable[[Asked, Task], int]) -> Factory:
    def make(value: str) -> Test:
        sign, text = _signed(value)
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise ValueError(f"{text!r} is no number")
        wanted = int(text)
        return lambda asked, task: _compares(sign, read(asked, task), wanted, wanted)

    return make


def priority(value: str) -> Test:
    sign, text = _signed(value)
    wanted = PRIORITIES.index(priority_of(text))
    return lambda _, task: _compares(sign, PRIORITIES.index(task.priority), wanted, wanted)


# Dates. A span of time such as `7d` counts from now, into the past or into the future.

Moment = Callable[[Task], int | None]


def date(read: Moment, *, ahead: bool) -> Factory:
    def make(value: str) -> Test:
        sign, text = _signed(value)
        if re.fullmatch(r"\d+[a-z]", text, re.ASCII):
            return _distant(read, sign or "<", duration(text), ahead=ahead)
        around = _around(text)

        def test(asked: Asked, task: Task) -> bool:
            found = read(task)
            span = around(asked.now)
            return found is not None and span is not None and _compares(sign, found, *span)

        return test

    return make


def _distant(read: Moment, sign: str, length: int, *, ahead: bool) -> Test:
    """`<7d` is less than 7 days away in the field's direction, and so also what lies behind us."""

    def test(asked: Asked, task: Task) -> bool:
        found = read(task)
        if found is None:
            return False
        away = found - asked.now if ahead else asked.now - found
        return _compares(sign, away, length, length)

    return test


Span = tuple[int, int]


def _around(text: str) -> Callable[[int], Span | None]:
    """The first and the last millisecond that a date means, once it is known when now is.

    None if it then lies outside the years.
    """
    from clare import dates  # which most questions do not need

    try:
        dates.day(text, now=_SOME_DAY)
    except ValueError as error:
        raise ValueError(f"{text[:_SHOWN]!r} {error}; a span is 7d") from None

    @lru_cache(maxsize=1)
    def span(now: int) -> Span | None:
        try:
            return _span(dates.day(text, now=now))
        except ValueError:
            return None

    return span


_SOME_DAY = instant("2026-01-01")
_SHOWN = 60


def _span(found: str) -> Span:
    start, end = instant(found), instant(found, end_of_day=True)
    return start, end + SECOND - 1 if start == end and "." not in found else end
