"""The dates of what repeats, as functions of the date before."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clare.events.repeat import Rule, following, parse

DATES = st.dates(date(1, 1, 1), date(9900, 12, 31))
ANY_RULE = st.one_of(
    st.just(Rule("weekday")),
    st.builds(
        Rule, st.sampled_from(["day", "week", "month", "quarter", "year"]), st.integers(1, 99)
    ),
    st.builds(
        Rule,
        st.sampled_from(["month", "quarter", "year"]),
        st.integers(1, 99),
        st.sampled_from([29, 30, 31]),
    ),
)


def chain(start: str, rule: str, steps: int) -> list[str]:
    """The dates that follow one another."""
    found, current = [start], parse(rule)
    for _ in range(steps):
        then = following(found[-1], current)
        assert then
        found.append(then[0])
        current = then[1]
    return found[1:]


@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        ("day", ["2026-11-28", "2026-11-29", "2026-11-30"]),
        ("3 days", ["2026-11-30", "2026-12-03", "2026-12-06"]),
        ("weekday", ["2026-11-30", "2026-12-01", "2026-12-02"]),
        ("week", ["2026-12-04", "2026-12-11", "2026-12-18"]),
        ("2 weeks", ["2026-12-11", "2026-12-25", "2027-01-08"]),
        ("month", ["2026-12-27", "2027-01-27", "2027-02-27"]),
        ("quarter", ["2027-02-27", "2027-05-27", "2027-08-27"]),
        ("year", ["2027-11-27", "2028-11-27", "2029-11-27"]),
        ("month on 31", ["2026-12-31", "2027-01-31", "2027-02-28"]),
    ],
)
def test_every_rule_leads_from_a_friday_to_its_dates(rule: str, dates: list[str]) -> None:
    assert chain("2026-11-27", rule, 3) == dates


def test_the_end_of_a_short_month_does_not_stay() -> None:
    assert chain("2027-01-31", "month", 4) == [
        "2027-02-28",
        "2027-03-31",
        "2027-04-30",
        "2027-05-31",
    ]
    assert chain("2024-02-29", "year", 4)[-1] == "2028-02-29"
    assert chain("2026-11-30", "quarter", 2) == ["2027-02-28", "2027-05-30"]
    assert following("2027-01-31", Rule("month")) == ("2027-02-28", Rule("month", day=31))


def test_a_time_of_day_stays() -> None:
    assert chain("2026-12-01T09:30:00Z", "week", 1) == ["2026-12-08T09:30:00Z"]


@pytest.mark.parametrize("rule", ["day", "weekday", "week", "month", "quarter", "year"])
def test_nothing_comes_after_the_last_year(rule: str) -> None:
    assert following("9999-12-31", parse(rule)) is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [("Week", "week"), (" 2  weeks ", "2 weeks"), ("2weeks", "2 weeks"), ("1 month", "month"),
     ("months", "month"), ("MONTH on 31", "month on 31")],
)  # fmt: skip
def test_a_rule_is_read_as_people_write_it(text: str, rule: str) -> None:
    assert str(parse(text)) == rule


@pytest.mark.parametrize(
    "text",
    ["", "0 days", "-1 day", "1000 days", "2 weekdays", "week on 31", "month on 28", "month on 32",
     "8 fortnights", "week;", "٢ weeks", "1.5 weeks", "week\x1b", "every week"],
)  # fmt: skip
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be day"):
        parse(text)


@given(ANY_RULE)
def test_a_rule_reads_back(rule: Rule) -> None:
    assert parse(str(rule)) == rule


@given(DATES, ANY_RULE)
def test_the_next_date_is_later_and_of_the_rule(start: date, rule: Rule) -> None:
    found = following(start.isoformat(), rule)
    assert found
    then = date.fromisoformat(found[0])
    assert then > start
    if rule.unit == "weekday":
        assert then.weekday() < 5
        assert all((start + timedelta(d)).weekday() > 4 for d in range(1, (then - start).days))
    elif rule.unit in ("day", "week"):
        assert (then - start).days == rule.count * (7 if rule.unit == "week" else 1)
    else:
        months = 12 * (then.year - start.year) + then.month - start.month
        assert months == rule.count * {"month": 1, "quarter": 3, "year": 12}[rule.unit]
        last = monthrange(then.year, then.month)[1]
        assert then.day == min(rule.day or start.day, last)


@given(DATES, st.sampled_from(["month", "quarter", "year"]), st.integers(2, 30))
def test_a_month_s_end_never_moves_a_chain_for_good(start: date, unit: str, steps: int) -> None:
    dates = [date.fromisoformat(text) for text in chain(start.isoformat(), unit, steps)]
    ends = [monthrange(day.year, day.month)[1] for day in dates]
    assert [day.day for day in dates] == [min(start.day, end) for end in ends]


@pytest.mark.parametrize(
    ("typed", "rule"),
    [("daily", "day"), ("Weekly", "week"), ("monthly", "month"), ("yearly", "year"),
     ("fortnight", "2 weeks"), ("2w", "2 weeks"), ("3d", "3 days"), ("1m", "month"), ("2 y", "2 years")],
)  # fmt: skip
def test_other_names_mean_the_rule(typed: str, rule: str) -> None:
    assert str(parse(typed)) == rule
