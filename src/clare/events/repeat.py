"""How a task repeats: the rules, and the date that follows from a date. No clock is asked.

A rule is `day`, `weekday`, `week`, `month`, `quarter` or `year`, or several, as `2 weeks`. Months end
on different days: `month on 31` is the 31st, or the last day of a month that has none. The rule of
the next task says so by itself when a date was cut off, so 31 January leads to 28 February and on to
31 March.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

_RULE = re.compile(
    r"(?:([1-9]\d{0,2}) ?)?(day|weekday|week|month|quarter|year)(s?)(?: on (29|30|31))?", re.ASCII
)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """Every `count` units; `day` is the day of the month that is meant where it has one."""

    unit: str
    count: int = 1
    day: int = 0

    def __str__(self) -> str:
        text = self.unit if self.count == 1 else f"{self.count} {self.unit}s"
        return f"{text} on {self.day}" if self.day else text


def parse(text: str) -> Rule:
    """The rule that a person means: `Week`, `2 weeks`, `2weeks`, `2w`, `weekly`. Raises ValueError."""
    found = _RULE.fullmatch(_spelt_out(" ".join(text.lower().split())))
    if not found:
        raise ValueError(_WRONG)
    count, unit, _, day = found.groups()
    rule = Rule(unit, int(count or 1), int(day or 0))
    if (rule.day and unit not in _MONTHS) or (rule.count > 1 and unit == "weekday"):
        raise ValueError(_WRONG)
    return rule


_ALIASES = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annually": "year",
    "fortnight": "2 weeks",
    "fortnightly": "2 weeks",
}
_LETTERS = {"d": "days", "w": "weeks", "m": "months", "y": "years"}


def _spelt_out(text: str) -> str:
    """The words of a rule for another name of it: `weekly`, `2w`."""
    short = re.fullmatch(r"(\d{1,3}) ?([dwmy])", text, re.ASCII)
    return f"{short[1]} {_LETTERS[short[2]]}" if short else _ALIASES.get(text, text)


_WRONG = "must be day, weekday, week, month, quarter, year, 2 weeks or month on 31"


def following(moment: str, rule: Rule) -> tuple[str, Rule] | None:
    """What comes after a day or time in text, and the rule from there; None after the year 9999."""
    start = date.fromisoformat(moment[:10])
    try:
        then, rule = _after(start, rule)
    except (OverflowError, ValueError):
        return None
    return then.isoformat() + moment[10:], rule


def _after(start: date, rule: Rule) -> tuple[date, Rule]:
    if rule.unit == "weekday":
        return start + timedelta(
            days=7 - start.weekday() if start.weekday() >= _FRIDAY else 1
        ), rule
    if rule.unit in _DAYS:
        return start + timedelta(days=_DAYS[rule.unit] * rule.count), rule
    years, month = divmod(start.month - 1 + _MONTHS[rule.unit] * rule.count, 12)
    year, month = start.year + years, month + 1
    wanted = rule.day or start.day
    day = min(wanted, monthrange(year, month)[1])
    return date(year, month, day), replace(rule, day=wanted if day < wanted else 0)
