"""Commands that plan and move tasks, as people read them and as programs do."""

import re

import pytest

from tests.cli.running import TASK_FIELDS, Here, files_of, shorts

ID = re.compile(r"[0-9a-hjkmnp-tv-z]{12}")

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _comments(here: Here, task: str) -> list[dict[str, str]]:
    found = here.record("show", task)["comments"]
    assert isinstance(found, list)
    return found


def test_add_in_a_pipe_prints_the_bare_id(here: Here) -> None:
    printed = here.ok("add", "Parse dates")
    assert ID.fullmatch(printed.strip())
    assert here.record("show", printed.strip())["title"] == "Parse dates"


def test_a_task_has_every_field_of_the_contract(here: Here) -> None:
    here.ok("project", "add", "web")
    parent, need = here.add("Parent"), here.add("Need")
    task = here.record(
        "add", "Parse dates", "-p", "p1", "-l", "parser", "-l", "urgent", "-P", "web", "-m", "Body",
        "-t", "bug", "--parent", parent[:6], "--needs", need[:6], "--for", "ada",
        "--due", "2026-12-01", "--defer", "2020-01-01T09:30:00Z", "--done-when", "It works.", "--pin",
    )  # fmt: skip
    assert list(task) == TASK_FIELDS
    wanted: dict[str, object] = {
        "project": "web", "title": "Parse dates", "body": "Body", "type": "bug", "status": "open",
        "active": False, "priority": "P1", "labels": ["parser", "urgent"], "needs": [need],
        "needed_by": [], "parent": parent, "children": [], "links": [], "assignee": "ada",
        "claim": None, "pinned": True, "due": "2026-12-01", "defer_until": "2020-01-01T09:30:00Z",
        "done_when": "It works.", "comments": [], "created_by": "nat", "updated_by": "nat",
        "closed_at": None, "close_reason": "", "contested": {},
    }  # fmt: skip
    assert {name: task[name] for name in wanted} == wanted
    assert ID.fullmatch(str(task["id"]))
    assert str(task["id"]).startswith(str(task["short"]))
    assert TIME.fullmatch(str(task["created_at"]))
    assert here.record("show", need)["needed_by"] == [task["id"]]
    assert here.record("show", parent)["children"] == [task["id"]]


def test_a_bare_task_has_the_defaults(here: Here) -> None:
    task = here.record("add", "Bare")
    assert (task["priority"], task["type"], task["status"]) == ("P2", "task", "open")
    assert (task["project"], task["parent"], task["assignee"], task["due"]) == (None,) * 4
    assert here.record("add", "Later", "--idea")["status"] == "idea"


def test_a_body_comes_from_standard_input(here: Here) -> None:
    task = here.ok("add", "Long", "-m", "-", given="One.\n\n  two: three\n").strip()
    assert here.record("show", task)["body"] == "One.\n\n  two: three\n"
    here.ok("comment", task, "-m", "-", given="Said.\n")
    assert [c["text"] for c in _comments(here, task)] == ["Said.\n"]


def test_the_folder_within_the_board_does_not_matter(here: Here) -> None:
    task = here.add("From the top")
    for name in ("notes", "fleet/tasks"):
        below = Here(here.folder / name, {})
        below.folder.mkdir(exist_ok=True)
        assert below.record("edit", task, "--title", f"From {name}")["title"] == f"From {name}"
        assert here.git("status", "--porcelain") == ""
        assert files_of(here) == sorted(
            str(path.relative_to(here.folder)) for path in here.folder.glob("fleet/*/*/*/*.yaml")
        )


def test_edit_writes_only_what_changes(here: Here) -> None:
    task = here.add("Old", "-l", "a")
    edited = here.record(
        "edit", task, "--title", "New", "-l", "b", "--unlabel", "a", "--link", "https://example.org",
        "-p", "P0", "--due", "2026-12-01", "--pin", "-t", "bug", "--done-when", "Seen.", "-m", "B",
    )  # fmt: skip
    assert (edited["title"], edited["labels"], edited["priority"]) == ("New", ["b"], "P0")
    assert (edited["links"], edited["due"], edited["pinned"]) == (
        ["https://example.org"],
        "2026-12-01",
        True,
    )
    again = here.ok("edit", task, "--title", "New", "-p", "P0")
    assert again == f"{task[:4]} edited: New  (nothing to change)\n"
    cleared = here.record(
        "edit", task, "--due", "", "--unpin", "--unlink", "https://example.org", "-P", ""
    )
    assert (cleared["due"], cleared["pinned"], cleared["links"]) == (None, False, [])
    assert len(files_of(here)) == 3


def test_show_tells_people_everything(here: Here) -> None:
    need = here.add("First")
    task = here.add("Parse", "--needs", need, "-m", "One.\n\nTwo.", "--done-when", "All parse.")
    here.ok("comment", task, "-m", "Said\nso.")
    shown = here.ok("show", task)
    lines = shown.splitlines()
    assert lines[0] == f"{task[:4]}  Parse"
    assert f"  waits     waits for {need[:4]}" in lines
    assert f"  needs     {need[:4]} First (open)" in lines
    assert "\n\n  One.\n\n  Two.\n\n  Done when:\n  All parse.\n\n  nat, " in shown
    assert lines[-2:] == ["    Said", "    so."]
    assert not any(line != line.rstrip() for line in lines)


def test_show_takes_several_tasks_and_tells_which_it_lacks(here: Here) -> None:
    one, two = here.add("One"), here.add("Two")
    assert [found["id"] for found in here.records("show", one, two)] == [one, two]
    ran = here.run("show", one, "zzzz")
    assert ran.code == 3
    assert ran.out.startswith(f"{one[:4]}  One\n")
    assert ran.err == "clare: no task zzzz\n  `clare list` shows the tasks\n"


def test_task_and_its_commands_alone_are_the_same(here: Here) -> None:
    task = here.ok("task", "add", "Same").strip()
    assert here.ok("task", "list") == here.ok("list")
    assert here.ok("task", "show", task) == here.ok("show", task)
    assert here.ok("task", "done", task) == f"{task[:4]} done: Same\n"


@pytest.mark.parametrize(
    ("command", "status", "told"),
    [("review", "review", "in review"), ("done", "done", "done"), ("drop", "dropped", "dropped")],
)
def test_moving_on_ends_the_claim(here: Here, command: str, status: str, told: str) -> None:
    task = here.add("Work")
    here.ok("claim", task)
    assert here.ok(command, task) == f"{task[:4]} {told}: Work\n"
    found = here.record("show", task)
    assert (found["status"], found["claim"], found["active"]) == (status, None, False)
    assert (found["closed_at"] is None) == (status == "review")
    assert here.ok("reopen", task) == f"{task[:4]} reopened: Work\n"
    assert here.record("show", task)["status"] == "open"


def test_a_reason_is_kept_until_the_task_opens_again(here: Here) -> None:
    task = here.add("Work")
    assert here.record("done", task, "--reason", "merged in 1.4")["close_reason"] == "merged in 1.4"
    assert "  reason    merged in 1.4\n" in here.ok("show", task)
    assert here.record("done", task)["close_reason"] == "merged in 1.4"
    assert here.record("done", task, "--reason", "in 1.5")["close_reason"] == "in 1.5"
    assert "nat edits " in here.ok("log", task).splitlines()[0]
    assert here.record("drop", task)["close_reason"] == ""
    assert here.record("drop", task, "--reason", "twice")["close_reason"] == "twice"
    assert here.record("reopen", task)["close_reason"] == ""


def test_a_status_that_is_edited_leaves_the_old_reason_behind_too(here: Here) -> None:
    task = here.add("Work")
    here.ok("done", task, "--reason", "merged in 1.4")
    assert here.record("edit", task, "--status", "done", "-p", "P0")["close_reason"] == (
        "merged in 1.4"
    )
    assert here.record("edit", task, "--status", "open")["close_reason"] == ""
    assert here.record("edit", task, "--status", "done")["close_reason"] == ""
    assert "close_reason" not in here.ok("log", task)


def test_several_targets_fail_one_by_one(here: Here) -> None:
    one, two = here.add("One"), here.add("Two")
    ran = here.run("done", one, "zzzz", two, "no!")
    assert ran.code == 3
    assert shorts(ran.out) == [one[:4], two[:4]]
    assert "clare: no task zzzz\n" in ran.err
    assert "clare: 'no!' is no task id\n" in ran.err
    assert {here.record("show", task)["status"] for task in (one, two)} == {"done"}
    told = here.run("reopen", one, "zzzz", "--json")
    assert told.code == 3
    assert told.record["tasks"] == [here.record("show", one)]
    assert told.error["code"] == 3
    assert told.error["failed"] == [
        {
            "name": "zzzz",
            "code": 1,
            "message": "no task zzzz",
            "hint": "`clare list` shows the tasks",
        }
    ]


def test_when_all_targets_fail_each_is_named_and_nothing_is_written(here: Here) -> None:
    ran = here.run("done", "zzzz", "yyyy")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "clare: no task zzzz; no task yyyy\n  `clare list` shows the tasks\n"
    assert files_of(here) == []


def test_several_targets_are_one_commit(here: Here) -> None:
    one, two = here.add("One"), here.add("Two")
    before = here.git("rev-parse", "fleet")
    done = here.record("done", one, two, one)
    assert [task["id"] for task in done["tasks"]] == [one, two]  # type: ignore[attr-defined]
    assert here.git("rev-list", "--count", f"{before}..fleet") == "1"


def test_needs_come_and_go_and_never_form_a_circle(here: Here) -> None:
    one, two, three = here.add("One"), here.add("Two"), here.add("Three")
    assert here.ok("needs", one, two) == f"{one[:4]} waits: One\n"
    here.ok("needs", two, three)
    circle = here.run("needs", three, one)
    assert circle.code == 1
    shown = " → ".join(task[:4] for task in (three, one, two, three))
    assert circle.err.startswith(f"clare: they would wait for each other: {shown}\n")
    itself = here.run("needs", one, one[:5])
    assert itself.err.splitlines()[0] == f"clare: {one[:4]} cannot wait for itself"
    assert here.record("needs", one, two, "--rm")["needs"] == []
    assert here.run("needs", one, two, "--rm").err.startswith(
        f"clare: {one[:4]} has no need {two}\n"
    )


def test_assign_is_an_intention(here: Here) -> None:
    task = here.add("Work")
    assert here.ok("assign", task, "--to", "ada") == f"{task[:4]} assigned to ada: Work\n"
    assert here.record("claim", task)["assignee"] == "ada"
    assert here.ok("assign", task, "--to", "") == f"{task[:4]} assigned to nobody: Work\n"
    assert here.record("show", task)["assignee"] is None


def test_comments_are_kept_in_order_with_who_and_when(here: Here) -> None:
    task = here.add("Work")
    assert here.ok("comment", task, "-m", "one") == f"{task[:4]} commented: Work\n"
    here.ok("comment", task, "-m", "two", "--as", "ada")
    found = _comments(here, task)
    assert [(c["by"], c["text"]) for c in found] == [("nat", "one"), ("ada", "two")]
    assert [list(c) for c in found] == [["id", "by", "at", "text"]] * 2
    empty = here.run("comment", task, "-m", " ")
    assert (empty.code, empty.err.splitlines()[0]) == (1, "clare: an empty comment says nothing")


def test_parents_never_form_a_circle(here: Here) -> None:
    one, two, three = here.add("One"), here.add("Two"), here.add("Three")
    here.ok("edit", two, "--parent", one)
    here.ok("edit", three, "--parent", two)
    circle = here.run("edit", one, "--parent", three[:6])
    assert circle.code == 1
    shown = " → ".join(task[:4] for task in (one, three, two, one))
    assert circle.err.startswith(f"clare: they would be parts of each other: {shown}\n")
    itself = here.run("edit", one, "--parent", one[:5])
    assert itself.code == 1
    assert itself.err.startswith(f"clare: {one[:4]} cannot be a part of itself\n")
    assert here.record("show", one)["parent"] is None
    assert here.record("edit", three, "--parent", one)["parent"] == one
