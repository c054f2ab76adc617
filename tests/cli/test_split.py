"""Splitting a task into parts."""

import pytest

from tests.cli.running import Here, files_of, shorts


def test_the_parts_take_after_the_task_which_waits_for_them(here: Here) -> None:
    here.ok("project", "add", "web")
    task = here.add("Parse", "-P", "web", "-p", "P1", "-l", "parser")
    a, b = here.ok("split", task[:4], "Lexer", "Grammar").split()
    parent = here.record("show", task)
    assert parent["children"] == parent["needs"] == [a, b]
    for part in (a, b):
        found = here.record("show", part)
        assert (found["parent"], found["project"], found["priority"]) == (task, "web", "P1")
        assert (found["needs"], found["labels"]) == ([], [])
    assert here.git("rev-list", "--count", "refs/heads/fleet") == "4"
    assert sorted(shorts(here.ok("ready"))) == sorted([a[:4], b[:4]])
    here.ok("done", a, b)
    assert shorts(here.ok("ready")) == [task[:4]]


def test_every_view_says_the_same_of_a_split_task_and_its_parts(here: Here) -> None:
    task = here.add("Parse")
    a, b = here.ok("split", task, "Lexer", "Grammar").split()
    titles = {"Lexer", "Grammar"}
    assert {one["title"] for one in here.records("ready")} == titles
    assert {one["title"] for one in here.records("list", "status:ready")} == titles
    assert [one["title"] for one in here.records("list", "--blocked")] == ["Parse"]
    assert [one["title"] for one in here.records("list", "status:blocked")] == ["Parse"]
    assert here.record("status")["blocked"] == 1
    columns = here.record("board")
    assert {name: len(found) for name, found in columns.items() if found} == {  # type: ignore[arg-type]
        "ready": 2, "blocked": 1
    }  # fmt: skip
    states = {one["id"]: one["state"] for one in here.records("list", "--columns", "id,state")}
    assert states == {task: "blocked", a: "open", b: "open"}


def test_a_chain_is_done_one_after_the_other(here: Here) -> None:
    task = here.add("Parse")
    parts = here.ok("split", task, "One", "Two", "Three", "--chain").split()
    assert [here.record("show", part)["needs"] for part in parts] == [[], [parts[0]], [parts[1]]]
    done = []
    for _ in range(4):
        (ready,) = shorts(here.ok("ready"))
        done.append(ready)
        here.ok("done", ready)
    assert done == [part[:4] for part in (*parts, task)]


def test_who_holds_the_task_keeps_it_and_what_it_needs_stays(here: Here) -> None:
    need = here.add("Before")
    task = here.add("Parse")
    here.ok("claim", task)
    here.ok("needs", task, need)
    part = here.ok("split", task, "Only").strip()
    found = here.record("show", task)
    assert found["claim"]
    assert found["needs"] == [need, part]
    assert shorts(here.ok("ready")) == [need[:4]]


def test_a_terminal_and_json_get_more_than_ids(here: Here) -> None:
    task = here.add("Parse")
    lines = here.terminal("split", task, "Lexer", "Grammar").out.splitlines()
    assert [line.partition(" ")[2] for line in lines] == ["added: Lexer", "added: Grammar"]
    for titles in (["Third"], ["Fourth", "Fifth"]):
        made = here.record("split", task, *titles)["tasks"]
        assert isinstance(made, list)
        assert [each["title"] for each in made] == titles


@pytest.mark.parametrize(
    ("words", "code"), [([], 2), ([""], 2), (["ok", "a\nb"], 2), (["x" * 2_000], 2)]
)
def test_what_is_no_title_splits_nothing(here: Here, words: list[str], code: int) -> None:
    task = here.add("Parse")
    ran = here.run("split", task, "--", *words)
    assert (ran.code, ran.out) == (code, "")
    assert len(files_of(here)) == 1


def test_a_closed_task_has_no_parts_to_come(here: Here) -> None:
    task = here.add("Parse")
    here.ok("done", task)
    ran = here.run("split", task, "Late")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"clare: {task[:4]} is done; its parts would be too late\n"
        f"  `clare reopen {task[:4]}` opens it\n"
    )
    assert here.run("split", "zzzz", "A").code == 1


def test_json_is_a_list_of_tasks_however_many_parts_there_are(here: Here) -> None:
    task = here.add("Parse")
    for titles in (["One"], ["Two", "Three"]):
        found = here.record("split", task, *titles)
        assert list(found) == ["tasks"]
        assert [part["title"] for part in found["tasks"]] == titles  # type: ignore[attr-defined]
