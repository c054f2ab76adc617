"""What the planning commands take: days, words said on the way, all fields, several tasks."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.running import Here


def today(days: int = 0) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def test_days_are_taken_as_people_write_them_and_kept_as_such(here: Here) -> None:
    before = today(3)
    task = here.add("Work", "-d", "+3d", "--defer", "due-1d")
    found = here.record("show", task)
    if today(3) == before:
        assert (found["due"], found["defer_until"]) == (before, today(2))
    here.ok("edit", task, "--due", "2026-12-01", "--defer", "due-1w")
    found = here.record("show", task)
    assert (found["due"], found["defer_until"]) == ("2026-12-01", "2026-11-24")
    here.ok("edit", task, "--due", "", "--defer", "2026-12-01T09:30:00z")
    found = here.record("show", task)
    assert (found["due"], found["defer_until"]) == (None, "2026-12-01T09:30:00Z")


def test_a_week_s_plan_moves_in_one_command_each_task_from_its_own_day(here: Here) -> None:
    one, two = here.add("A", "-d", "2026-12-01"), here.add("B", "-d", "2026-12-30T17:00:00Z")
    other = here.add("C")
    here.ok("edit", one, two, "-d", "due+7d")
    assert [here.record("show", task)["due"] for task in (one, two)] == [
        "2026-12-08",
        "2027-01-06T17:00:00Z",
    ]
    ran = here.run("edit", one, other, "-d", "due-1w")
    assert ran.code == 3
    assert "due: 'due-1w' counts from a due day, and there is none" in ran.err
    assert here.record("show", one)["due"] == "2026-12-01"
    assert here.record("show", other)["due"] is None


@pytest.mark.parametrize("option", ["--due", "--defer"])
@pytest.mark.parametrize("text", ["soon", "12-01", "2026-02-30", "+99999y", "due+1d", "\x1b[31m"])
def test_what_is_no_day_is_refused_in_one_line(here: Here, option: str, text: str) -> None:
    task = here.add("Work")
    for words in (["add", "x"], ["edit", task]):
        ran = here.run(*words, option, text)
        assert (ran.code, ran.out) == (2, "")
        assert len(ran.err.splitlines()) == 2
    assert len(here.records("list")) == 1


def test_what_is_said_on_the_way_is_one_commit_with_the_move(here: Here) -> None:
    task = here.add("Work")
    for words, status in (
        (["review"], "review"),
        (["reopen"], "open"),
        (["done", "-r", "in 1.4"], "done"),
        (["drop", "-r", "twice"], "dropped"),
    ):
        before = here.git("rev-list", "--count", "refs/heads/fleet")
        found = here.record(words[0], task, *words[1:], "-m", f"now {status}")
        assert found["status"] == status
        said = found["comments"]
        assert isinstance(said, list)
        assert said[-1]["text"] == f"now {status}"
        assert int(here.git("rev-list", "--count", "refs/heads/fleet")) == int(before) + 1
    assert here.record("show", task)["close_reason"] == "twice"


def test_a_task_is_given_back_with_a_word(here: Here) -> None:
    task = here.add("Work")
    here.ok("claim", task)
    found = here.run("release", "-m", "-", "--json", given="The zones\nare missing.").record
    assert found["claim"] is None
    assert isinstance(found["comments"], list)
    assert found["comments"][0]["text"] == "The zones\nare missing."


@pytest.mark.parametrize("command", ["review", "done", "drop", "reopen", "release", "comment"])
def test_an_empty_word_is_refused_and_nothing_moves(here: Here, command: str) -> None:
    task = here.add("Work")
    ran = here.run(command, task, "-m", " \n")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("clare: an empty comment says nothing\n")
    assert here.record("show", task)["status"] == "open"


def test_add_and_edit_take_every_field(here: Here) -> None:
    one, two = here.add("One"), here.add("Two")
    task = here.add("Work", "-n", one, "--link", "http://a", "--link", "b", "-a", "ada")
    found = here.record("show", task)
    assert (found["needs"], found["links"], found["assignee"]) == ([one], ["b", "http://a"], "ada")
    here.ok("edit", task, "-n", two[:6], "--unneed", one[:6], "-a", "bob", "-s", "review")
    found = here.record("show", task)
    assert (found["needs"], found["assignee"], found["status"]) == ([two], "bob", "review")
    assert here.run("edit", task, "--unneed", one).code == 1
    assert here.run("edit", task, "-n", task).code == 1
    circle = here.run("edit", one, two, "-n", task)
    assert circle.code == 3
    assert "they would wait for each other" in circle.err
    assert here.record("show", one)["needs"] == [task]


@pytest.mark.parametrize(
    "words",
    [
        ["show"],
        ["edit", "-p", "P0"],
        ["done"],
        ["review"],
        ["drop"],
        ["reopen"],
        ["comment", "-m", "x"],
        ["release"],
        ["assign", "--to", "ada"],
    ],
)
def test_of_several_tasks_each_result_is_named(here: Here, words: list[str]) -> None:
    one, two = here.add("One"), here.add("Two")
    ran = here.run(words[0], one, "zzzz", two, *words[1:])
    assert ran.code == 3
    assert "no task zzzz" in ran.err
    assert one[:4] in ran.out
    assert two[:4] in ran.out
