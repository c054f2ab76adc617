"""Repeating tasks at the command line."""

import pytest

from tests.cli.running import Here, files_of


def test_a_task_comes_again_when_it_is_closed(here: Here) -> None:
    task = here.add("Water", "--due", "2026-12-01", "--every", "2 Weeks")
    assert here.record("show", task)["repeat"] == "2 weeks"
    assert "  repeats   every 2 weeks\n" in here.ok("show", task)
    ran = here.run("done", task)
    (found,) = here.records("list")
    assert (ran.out, ran.err) == (
        f"{task[:4]} done: Water\n",
        f"clare: next is {str(found['id'])[:4]}, due 2026-12-15\n",
    )
    assert (found["title"], found["due"], found["repeat"]) == ("Water", "2026-12-15", "2 weeks")
    assert here.git("rev-list", "--count", "refs/heads/fleet") == "3"


def test_a_task_without_a_due_date_repeats_by_when_it_may_begin(here: Here) -> None:
    task = here.add("Water", "--defer", "2026-01-31", "--every", "month")
    assert here.run("edit", task, "--status", "dropped").err.endswith(", not before 2026-02-28\n")
    (found,) = here.records("list")
    assert (found["defer_until"], found["repeat"]) == ("2026-02-28", "month on 31")


def test_repetition_is_set_and_ended_by_an_edit(here: Here) -> None:
    task = here.add("Water", "--due", "2026-12-01")
    assert here.record("edit", task, "--every", "month")["repeat"] == "month"
    assert here.record("edit", task, "--every", "")["repeat"] is None
    assert here.run("done", task).err == ""
    assert here.records("list") == []


@pytest.mark.parametrize("rule", ["a blue moon", "0 days", "week on 31", "\x1b[2J", "week\nweek x"])
def test_a_rule_that_is_none_is_a_usage_error(here: Here, rule: str) -> None:
    ran = here.run("add", "Water", "--due", "2026-12-01", "--every", rule)
    assert (ran.code, ran.out) == (2, "")
    assert "must be day, weekday, week, month, quarter, year, 2 weeks or month on 31" in ran.err
    assert files_of(here) == []


def test_a_repetition_without_a_date_is_a_usage_error(here: Here) -> None:
    ran = here.run("add", "Water", "--every", "week")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(
        "clare: a task that repeats needs a date: due or defer_until\n  --due"
    )
