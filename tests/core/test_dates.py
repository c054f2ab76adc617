"""Days as people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.clock import DAY, HOUR, instant
from clare.dates import EXAMPLES, WEEKDAYS, day

FRIDAY = instant("2026-11-20T12:00:00Z")
WORDS = ["yesterday", "today", "tomorrow", "next week", "next month", "eow", "eom", *WEEKDAYS]
UNITS = "dwmy"
TOLD = rf"\d{{4}}-.*|.*{re.escape(EXAMPLES)}|is outside the years.*|counts from a .*none"

moments = st.integers(instant("1970-01-01"), instant("2999-12-31"))
counts = st.integers(0, 500)
days = st.dates().map(str)
times = st.builds("{}T{:02}:{:02}:{:02}Z".format, days, *[st.integers(0, 23)] * 3)
own_days = {"due": "2026-01-31", "defer": "2024-02-29T08:00:00Z"}
phrases = st.one_of(
    st.sampled_from(WORDS),
    st.builds("{}{}{}".format, st.sampled_from("+-"), counts, st.sampled_from("hdwmy")),
    st.builds("{}+{}{}".format, st.sampled_from(["due", "defer"]), counts, st.sampled_from(UNITS)),
    days,
    times,
)


@given(phrases, moments)
def test_what_is_understood_is_canonical_and_reads_as_itself(text: str, now: int) -> None:
    found = day(text, now=now, own=own_days)
    instant(found)
    assert day(found, now=0) == found


@given(st.text() | st.from_regex(r"(due|defer)?[+-]?\d+[hdwmy]"), moments)
def test_any_text_is_a_day_or_an_error_that_says_how_to_write_one(text: str, now: int) -> None:
    try:
        told = day(text, now=now)
        instant(told)
    except ValueError as error:
        told = str(error)
    assert re.fullmatch(TOLD, told)


@given(st.sampled_from([*WORDS, "+3d", "-3d", "+1m", "-1m", "+1y", "+6h"]), moments, moments)
def test_a_later_now_never_gives_an_earlier_day(text: str, one: int, other: int) -> None:
    early, late = sorted((one, other))
    assert instant(day(text, now=early)) <= instant(day(text, now=late))


@given(st.sampled_from(UNITS), counts, counts, moments, st.sampled_from(["", "due", "defer"]))
def test_more_steps_never_give_an_earlier_day(
    unit: str, one: int, other: int, now: int, base: str
) -> None:
    few, many = sorted((one, other))
    early, late = (day(f"{base}+{n}{unit}", now=now, own=own_days) for n in (few, many))
    assert instant(early) <= instant(late)


@given(st.sampled_from(WEEKDAYS), moments)
def test_a_weekday_is_one_to_seven_days_ahead(name: str, now: int) -> None:
    ahead = instant(day(name, now=now)) // DAY - now // DAY
    assert 1 <= ahead <= 7
    assert WEEKDAYS[(instant(day(name, now=now)) // DAY + 3) % 7] == name


@given(st.sampled_from(WORDS), moments, st.integers(0, 23))
def test_the_hour_of_the_day_changes_nothing(text: str, now: int, hour: int) -> None:
    midnight = now // DAY * DAY
    assert day(text, now=midnight) == day(text, now=midnight + hour * HOUR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-20"),
        ("tomorrow", "2026-11-21"),
        ("friday", "2026-11-27"),
        ("fri", "2026-11-27"),
        ("sat", "2026-11-21"),
        ("Thursday", "2026-11-26"),
        ("next week", "2026-11-23"),
        ("next  month", "2026-12-01"),
        ("eow", "2026-11-22"),
        ("eom", "2026-11-30"),
        ("+3d", "2026-11-23"),
        ("3d", "2026-11-23"),
        ("-3d", "2026-11-17"),
        ("+0d", "2026-11-20"),
        ("+2w", "2026-12-04"),
        ("+1m", "2026-12-20"),
        ("+1y", "2027-11-20"),
        ("+6h", "2026-11-20T18:00:00Z"),
        (" 2026-12-01 ", "2026-12-01"),
        ("2026-12-01t09:30:00z", "2026-12-01T09:30:00Z"),
    ],
)
def test_on_a_friday_in_november(text: str, expected: str) -> None:
    assert day(text, now=FRIDAY) == expected


@pytest.mark.parametrize(
    ("today", "text", "expected"),
    [
        ("2026-01-31", "+1m", "2026-02-28"),
        ("2028-01-31", "+1m", "2028-02-29"),
        ("2026-03-31", "-1m", "2026-02-28"),
        ("2026-10-31", "+1m", "2026-11-30"),
        ("2026-12-31", "+2m", "2027-02-28"),
        ("2028-02-29", "+1y", "2029-02-28"),
        ("2028-02-29", "+4y", "2032-02-29"),
        ("2028-02-28", "tomorrow", "2028-02-29"),
        ("2026-02-28", "tomorrow", "2026-03-01"),
        ("2026-12-31", "next month", "2027-01-01"),
        ("2028-02-03", "eom", "2028-02-29"),
        ("2026-11-30", "eom", "2026-11-30"),
        ("2026-11-22", "eow", "2026-11-22"),
        ("2026-11-22", "next week", "2026-11-23"),
        ("2026-11-23", "next week", "2026-11-30"),
        ("2026-11-22", "monday", "2026-11-23"),
        ("2026-11-23", "monday", "2026-11-30"),
        ("2026-11-23", "sunday", "2026-11-29"),
    ],
)
def test_at_the_ends_of_weeks_months_and_years(today: str, text: str, expected: str) -> None:
    assert day(text, now=instant(today)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("due+7d", "2026-02-07"),
        ("due+1m", "2026-02-28"),
        ("due-2w", "2026-01-17"),
        ("defer+1y", "2025-02-28T08:00:00Z"),
        ("defer+2h", "2024-02-29T10:00:00Z"),
        ("due+1h", "2026-02-01T00:59:59Z"),
    ],
)
def test_a_step_from_a_day_of_the_task_s_own(text: str, expected: str) -> None:
    assert day(text, now=FRIDAY, own=own_days) == expected


def test_a_step_from_a_day_that_is_not_there_is_refused() -> None:
    for own in ({}, {"due": ""}):
        with pytest.raises(ValueError, match="counts from a due day, and there is none"):
            day("due+7d", now=FRIDAY, own=own)


@pytest.mark.parametrize("text", ["", "soon", "12-01", "due7d", "+d", "d", "3", "1.12.2026", "٣d"])
def test_what_is_no_day_is_told_with_three_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is no day; write it as 2026-12-01, friday or \+3d$"):
        day(text, now=FRIDAY)


def test_a_day_that_no_calendar_has_is_told_as_such() -> None:
    with pytest.raises(ValueError, match=r"is on no calendar .* write it as"):
        day("2026-02-30", now=FRIDAY)


@pytest.mark.parametrize("text", ["+99999y", "-99999m", "+99999m", "due-99999d", "defer-99999w"])
def test_days_before_and_after_all_years_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        day(text, now=FRIDAY, own={"due": "0001-01-01", "defer": "0001-01-01T00:00:00Z"})
