"""Stamps order as numbers and as text, carry, and do not follow a clock that runs ahead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.clock import (
    DAY,
    DRIFT,
    HOUR,
    MINUTE,
    SECOND,
    Stamp,
    duration,
    instant,
    show_age,
    show_duration,
    show_instant,
    tick,
)

YEAR_1 = -62_135_596_800_000
YEAR_9999 = 253_402_300_799_999
NOW = instant("2026-11-20T09:04:12.123Z")
STAMPS = st.builds(Stamp, st.integers(YEAR_1, YEAR_9999), st.integers(0, 0xFFFF))
NEAR = st.builds(Stamp, st.integers(NOW - HOUR, NOW + HOUR), st.integers(0, 0xFFFF))


@given(STAMPS)
def test_a_stamp_reads_back_from_its_text(stamp: Stamp) -> None:
    assert Stamp.of(f"{stamp}-plum-k3f9x2m1") == stamp


@given(STAMPS, STAMPS)
def test_stamps_sort_as_text(one: Stamp, two: Stamp) -> None:
    assert (one < two) == (str(one) < str(two))


def test_a_stamp_looks_like_this() -> None:
    assert str(Stamp(NOW, 0x1A)) == "20261120T090412.123Z-001a"
    assert Stamp.of("20261120T090412.123Z-001a-plum-k3f9x2m1") == Stamp(NOW, 26)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plum",
        "20261120T090412.123Z",
        "20261320T090412.123Z-0000",
        "20260230T090412.123Z-0000",
        "20261120T250412.123Z-0000",
        "20261120T090460.123Z-0000",
        "00000101T000000.000Z-0000",
        "20261120T090412.123Z-00AF",
        "２０２６1120T090412.123Z-0000",
    ],
)
def test_what_is_no_moment_is_no_stamp(text: str) -> None:
    with pytest.raises(ValueError, match=r"stamp|month|day|hour|second|year|range"):
        Stamp.of(text)


def test_a_full_counter_carries_into_the_milliseconds() -> None:
    assert Stamp(NOW, 0xFFFE).next() == Stamp(NOW, 0xFFFF)
    assert Stamp(NOW, 0xFFFF).next() == Stamp(NOW + 1, 0)
    assert Stamp(NOW, 7).last() == Stamp(NOW, 0xFFFF)
    assert tick(now=NOW, seen=[Stamp(NOW, 0xFFFF)]) == Stamp(NOW + 1, 0)


@given(st.integers(NOW - HOUR, NOW + HOUR), st.lists(NEAR, max_size=5))
def test_a_tick_is_above_all_it_follows_and_never_far_ahead(now: int, seen: list[Stamp]) -> None:
    ticked = tick(now=now, seen=seen)
    assert ticked >= Stamp(now)
    assert all(ticked > stamp for stamp in seen if stamp.ms <= now + DRIFT)
    assert ticked <= Stamp(now + DRIFT, 0xFFFF).next()


def test_a_tick_does_not_follow_a_stamp_more_than_five_minutes_ahead() -> None:
    near, far = Stamp(NOW + 5 * MINUTE, 7), Stamp(NOW + 5 * MINUTE + 1)
    assert tick(now=NOW, seen=[near]) == Stamp(NOW + 5 * MINUTE, 8)
    assert tick(now=NOW, seen=[far]) == Stamp(NOW)
    assert tick(now=NOW, seen=[far, Stamp(NOW, 3), Stamp(NOW - 1)]) == Stamp(NOW, 4)


def test_a_tick_starts_from_the_own_clock() -> None:
    assert tick(now=NOW, seen=[]) == Stamp(NOW)
    assert tick(now=NOW, seen=[Stamp(NOW - 1, 9)]) == Stamp(NOW)
    assert tick(now=NOW, seen=[Stamp(NOW)]) == Stamp(NOW, 1)


def test_an_instant_is_a_day_or_a_time_in_utc() -> None:
    assert instant("1970-01-01") == 0
    assert instant("1970-01-01", end_of_day=True) == DAY - 1
    assert instant("1970-01-01T00:00:01Z", end_of_day=True) == SECOND
    assert instant("1970-01-01T00:00:00.5Z") == 500
    assert instant("1970-01-01T00:00:00.123456Z") == 123


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-13-01", "2026-02-30", "2026-1-1", "2026-12-01T09:30", "12:30"]
)
def test_what_is_neither_day_nor_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a day|month|day"):
        instant(text)


@given(st.integers(YEAR_1 // SECOND, YEAR_9999 // SECOND))
def test_a_shown_instant_reads_back(seconds: int) -> None:
    assert instant(show_instant(seconds * SECOND)) == seconds * SECOND


def test_an_instant_after_the_last_year_shows_as_its_end() -> None:
    assert show_instant(NOW) == "2026-11-20T09:04:12Z"
    assert show_instant(YEAR_9999 + 999_999 * DAY) == "9999-12-31T23:59:59Z"


@given(st.integers(1, 999_999), st.sampled_from([SECOND, MINUTE, HOUR, DAY]))
def test_a_shown_duration_reads_back(count: int, unit: int) -> None:
    assert duration(show_duration(count * unit)) == count * unit


def test_a_duration_shows_in_its_largest_exact_unit() -> None:
    shown = {14_400_000: "4h", 5_400_000: "90m", 90_000: "90s", 2 * DAY: "2d", 1: "1s"}
    assert {ms: show_duration(ms) for ms in shown} == shown
    assert [duration("90s"), duration("30m"), duration("4h")] == [90_000, 1_800_000, 4 * HOUR]


@pytest.mark.parametrize("text", ["", "4", "h", "0h", "-4h", "4 h", "4w", "1_0m", "1000000d", "٤h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write a duration"):
        duration(text)


def test_an_age_shows_in_its_largest_unit() -> None:
    ages = {3 * DAY + HOUR: "3 d", 40 * SECOND: "40 s", 61 * MINUTE: "1 h", 999: "0 s", -5: "0 s"}
    assert {ms: show_age(ms) for ms in ages} == ages
