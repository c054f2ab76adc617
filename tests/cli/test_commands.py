"""Every command, as people read it and as programs do."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.running import Here, board, files_of, git, hub_of, plant, two_hosts

TASK_FIELDS = [
    *("id", "short", "project", "title", "body", "type", "status", "active", "priority", "labels"),
    *("needs", "needed_by", "parent", "children", "links", "assignee", "claim", "pinned", "due"),
    *("defer_until", "done_when", "comments", "created_at", "created_by", "updated_at"),
    *("updated_by", "closed_at", "close_reason", "contested"),
]
ID = re.compile(r"[0-9a-hjkmnp-tv-z]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def here(tmp_path: Path, home: Path) -> Here:
    return board(tmp_path)


def shorts(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if line]


def test_init_founds_a_fleet_and_says_where(tmp_path: Path, home: Path) -> None:
    made = Here(tmp_path, {}).run("init", "board", "--host", "plum")
    assert made.code == 0
    assert (
        made.out == f"fleet board is ready in {tmp_path}/board, branch fleet, host plum, no hub\n"
    )
    assert made.err == ""
    assert git(tmp_path / "board", "status", "--porcelain") == ""


def test_init_again_changes_nothing_but_the_local_name(here: Here) -> None:
    before = here.git("rev-parse", "fleet")
    assert here.record("init", ".", "--host", "apricot")["host"] == "apricot"
    assert here.git("rev-parse", "fleet") == before


def test_init_tells_programs_what_it_made(tmp_path: Path, home: Path) -> None:
    hub = hub_of(tmp_path)
    found = Here(tmp_path, {}).record(
        "init", "board", "--host", "plum", "--hub", str(hub), "--branch", "plans"
    )
    assert found == {
        "fleet": "board",
        "path": str(tmp_path / "board"),
        "branch": "plans",
        "hub": str(hub),
        "host": "plum",
        "notes": [],
    }
    assert git(hub, "rev-parse", "plans") == git(tmp_path / "board", "rev-parse", "plans")


def test_beside_code_the_board_has_a_branch_of_its_own(tmp_path: Path, home: Path) -> None:
    git(tmp_path, "init", "-q", "code")
    here = Here(tmp_path / "code", {})
    (here.folder / "main.py").write_text("print()\n")
    here.git("add", ".")
    here.git("commit", "-qm", "code")
    assert "branch fleet" in here.ok("init")
    here.add("A task")
    assert here.git("status", "--porcelain") == ""
    assert here.git("ls-files") == "main.py"
    assert (here.folder / "main.py").exists()


def test_join_takes_part_in_a_fleet(tmp_path: Path, home: Path) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    task = plum.add("Seen everywhere")
    assert apricot.ok("sync") == "received 1 event, published 0 commits\n"
    assert apricot.record("show", task)["title"] == "Seen everywhere"
    third = Here(tmp_path, {}).run("join", str(hub), "--host", "cherry")
    assert third.code == 0
    assert third.out == (
        f"fleet plum joined in {tmp_path}/hub, branch fleet, host cherry, hub {hub}\n"
    )


def test_progress_shows_on_a_terminal_and_leaves_nothing_behind(tmp_path: Path, home: Path) -> None:
    _, _, hub = two_hosts(tmp_path)
    shown = Here(tmp_path, {}).terminal("join", f"file://{hub}", "copy", NO_COLOR="1").out
    assert "\x1b[Kobjects " in shown
    assert "\r\x1b[Kfleet plum joined in " in shown
    quiet = Here(tmp_path, {}).program("join", f"file://{hub}", "other")
    assert "objects" not in quiet.err


def test_where_tells_what_was_chosen_and_why(here: Here) -> None:
    shown = here.ok("where")
    assert shorts(shown) == ["fleet", "repository", "branch", "hub", "host", "clone", "actor"]
    found = here.record("where")
    assert found["repository"] == {
        "value": str(here.folder),
        "why": "the repository around this folder",
    }
    assert found["hub"] == {"value": None, "why": "fleet.yaml"}
    assert found["host"] == {"value": "plum", "why": "given to init or join"}
    assert found["actor"] == {"value": "nat", "why": "git's user.name"}


@pytest.mark.parametrize(
    ("words", "env", "actor", "why"),
    [
        (("--as", "ada"), {"CLARE_ACTOR": "eve"}, "ada", "--as"),
        ((), {"CLARE_ACTOR": "eve"}, "eve", "$CLARE_ACTOR"),
        (
            (),
            {"CLAUDE_CODE_SESSION_ID": "7f3a9c1d-22"},
            "claude/7f3a9c1d",
            "the agent session in the environment",
        ),
        ((), {}, "nat", "git's user.name"),
    ],
)
def test_who_acts_is_chosen_in_order(
    here: Here, words: tuple[str, ...], env: dict[str, str], actor: str, why: str
) -> None:
    found = here.run("where", "--json", *words, **env).record["actor"]
    assert found == {"value": actor, "why": why}


def test_the_board_is_chosen_in_order(tmp_path: Path, here: Here) -> None:
    board(tmp_path, "other")
    elsewhere = Here(tmp_path, {})
    by_option = elsewhere.run("where", "--json", "--fleet", "other", CLARE_FLEET="board").record
    by_environment = elsewhere.run("where", "--json", CLARE_FLEET="board").record
    around = here.record("where")
    assert [found["fleet"] for found in (by_option, by_environment, around)] == [
        {"value": name, "why": "fleet.yaml"} for name in ("other", "board", "board")
    ]
    config = tmp_path / "home/.config/clare/config.toml"
    config.parent.mkdir()
    config.write_text(f'fleet = "{tmp_path}/other"\nactor = "eve"\n')
    configured = elsewhere.record("where")
    assert configured["fleet"] == {"value": "other", "why": "fleet.yaml"}
    assert configured["actor"] == {"value": "eve", "why": str(config)}


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


def _comments(here: Here, task: str) -> list[dict[str, str]]:
    found = here.record("show", task)["comments"]
    assert isinstance(found, list)
    return found


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


@pytest.fixture
def varied(here: Here) -> dict[str, str]:
    """Tasks by the letter of their title."""
    here.ok("project", "add", "web")
    a = here.add("A parser", "-P", "web", "-p", "P1", "-l", "x", "-l", "y", "-t", "bug")
    b = here.add("B", "-l", "x", "--for", "ada", "--needs", a)
    c = here.add("C", "-p", "P0", "--idea", "-m", "about the Parser")
    d = here.add("D", "--for", "nat")
    e = here.add("E")
    here.ok("done", e)
    f = here.add("F")
    here.ok("claim", f)
    here.ok("comment", d, "-m", "A pARser too")
    return {"A": a, "B": b, "C": c, "D": d, "E": e, "F": f}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", "CABDF"),
        ("--all", "CABDEF"),
        ("-P web", "A"),
        ("--project web --project none", "A"),
        ("--status open", "ABDF"),
        ("--status active", "F"),
        ("--status idea --status done", "CE"),
        ("--status dropped", ""),
        ("-l x", "AB"),
        ("-l x --label y", "A"),
        ("--assignee ada", "B"),
        ("--assignee ada --assignee nat", "BD"),
        ("-p P1", "A"),
        ("--priority p0 --priority P1", "CA"),
        ("-t bug", "A"),
        ("--type task -l x", "B"),
        ("--mine", "DF"),
        ("--mine --as ada", "B"),
        ("--blocked", "B"),
        ("--text parser", "CAD"),
        ("--text parser --status open", "AD"),
    ],
)
def test_list_filters(here: Here, varied: dict[str, str], words: str, wanted: str) -> None:
    found = here.records("list", *words.split())
    assert "".join(str(task["title"])[0] for task in found) == wanted
    assert all(list(task) == TASK_FIELDS for task in found)


def test_list_is_a_table_for_people(here: Here, varied: dict[str, str]) -> None:
    lines = here.ok("list", "--all").splitlines()
    a = next(line for line in lines if line.endswith("A parser"))
    assert a == f"{varied['A'][:4]}  P1  open        A parser"
    assert any("active nat  F" in line for line in lines)
    assert any(re.search(r"blocked +B$", line) for line in lines)
    nothing = here.run("list", "--text", "nowhere")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "no task fits\n")
    assert here.records("list", "--text", "nowhere") == []


def test_task_and_its_commands_alone_are_the_same(here: Here) -> None:
    task = here.ok("task", "add", "Same").strip()
    assert here.ok("task", "list") == here.ok("list")
    assert here.ok("task", "show", task) == here.ok("show", task)
    assert here.ok("task", "done", task) == f"{task[:4]} done: Same\n"


def test_bare_clare_is_status(here: Here) -> None:
    here.add("A")
    assert here.ok() == here.ok("status")
    assert here.ok("--json") == here.ok("status", "--json")


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


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        (["review"], "in review"),
        (["done"], "done"),
        (["comment", "-m", "hi"], "commented"),
        (["release"], "released"),
    ],
)
def test_without_task_the_one_is_meant_that_this_actor_holds(
    here: Here, words: list[str], verb: str
) -> None:
    none = here.run(*words)
    assert none.code == 1
    assert none.err == "clare: nat holds no task here\n  name the TASK that you mean\n"
    one, two = here.add("One"), here.add("Two")
    here.ok("claim", one)
    assert here.ok(*words) == f"{one[:4]} {verb}: One\n"
    here.ok("reopen", one)
    here.ok("claim", one)
    here.ok("claim", two)
    several = here.run(*words)
    assert several.code == 1
    assert several.err.startswith("clare: nat holds ")
    assert {one[:4], two[:4]} <= set(re.split(r"[ ,]+", several.err.splitlines()[0]))


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


def test_ready_shows_what_can_be_worked_on_and_why(here: Here, varied: dict[str, str]) -> None:
    found = here.records("ready")
    assert [task["title"] for task in found] == ["A parser", "D"]
    assert list(found[0]) == [*TASK_FIELDS, "ready", "reasons"]
    assert found[0]["ready"] is True
    assert found[0]["reasons"][:2] == ["P1", "unblocks 1"]  # type: ignore[index]
    first = here.ok("ready").splitlines()[0]
    assert re.fullmatch(rf"{varied['A'][:4]}  P1  unblocks 1, \d+ s old  A parser", first)
    everything = here.records("ready", "--all")
    why = {str(task["title"])[0]: task["reasons"] for task in everything if not task["ready"]}
    assert why["B"] == [f"waits for {varied['A'][:4]}"]
    assert (why["C"], why["E"]) == (["idea"], ["done"])
    assert str(why["F"]).startswith("['held by nat until ")
    assert [task["title"] for task in here.records("ready", "-P", "web", "-l", "x")] == ["A parser"]


def test_nothing_ready_is_an_empty_list(here: Here) -> None:
    ran = here.run("ready")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "nothing is ready; `clare ready --all` says why for each task\n"
    assert here.records("ready") == []


def test_next_is_the_best_and_claim_takes_it(here: Here, varied: dict[str, str]) -> None:
    shown = here.run("next")
    assert shown.code == 0
    assert shown.out.startswith(f"{varied['A'][:4]}  A parser\n  P1, unblocks 1, ")
    assert shown.err == f"take it with `clare claim {varied['A'][:4]}`\n"
    assert here.record("next")["id"] == varied["A"]
    taken = here.record("next", "--claim", "--lease", "30m")
    assert (taken["id"], taken["active"]) == (varied["A"], True)
    claim = taken["claim"]
    assert isinstance(claim, dict)
    assert list(claim) == ["id", "by", "clone", "at", "until", "hub"]
    assert (claim["by"], claim["hub"]) == ("nat", False)


@pytest.mark.parametrize("words", [["next"], ["next", "--claim"]])
def test_next_on_an_empty_queue_is_exit_7(here: Here, words: list[str]) -> None:
    ran = here.run(*words)
    assert (ran.code, ran.out) == (7, "")
    assert ran.err == "clare: nothing is ready\n  `clare ready --all` says why for each task\n"


def test_claim_excludes_others_until_release(here: Here) -> None:
    task = here.add("Work")
    assert re.fullmatch(
        rf"nat holds {task[:4]} until {TIME.pattern}: Work\n", here.ok("claim", task)
    )
    assert here.ok("claim", task).startswith(f"nat still holds {task[:4]} until ")
    lost = here.run("claim", task, "--as", "ada")
    assert lost.code == 4
    assert lost.err.startswith(f"clare: nat holds {task[:4]} until ")
    kept = here.run("release", task, "--as", "ada")
    assert kept.code == 4
    assert here.ok("release", task) == f"{task[:4]} released: Work\n"
    assert here.ok("release", task) == f"{task[:4]} released: Work  (nothing to change)\n"
    assert here.record("claim", task, "--as", "ada")["claim"]["by"] == "ada"  # type: ignore[index]
    assert here.ok("release", task, "--force") == f"{task[:4]} released: Work\n"


def test_claim_refuses_what_is_not_ready_unless_forced(here: Here) -> None:
    need = here.add("First")
    task = here.add("Then", "--needs", need)
    refused = here.run("claim", task)
    assert refused.code == 1
    assert refused.err.startswith(f"clare: {task[:4]} is not ready: waits for {need[:4]}\n")
    assert here.record("claim", task, "--force")["active"] is True


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


def test_status_is_the_board_at_a_glance(here: Here, varied: dict[str, str]) -> None:
    here.ok("review", varied["D"])
    found = here.record("status")
    assert list(found) == [
        "fleet",
        "actor",
        "unpublished",
        "fetched_at",
        "held",
        "active",
        "review",
        "ready",
        "blocked",
        "contested",
        "unfinished",
        "closed",
    ]
    assert [task["id"] for task in found["held"]] == [varied["F"]]  # type: ignore[attr-defined]
    assert (found["active"], found["review"]) == ([varied["F"]], [varied["D"]])
    assert (found["ready"], found["blocked"]) == ([varied["A"]], 1)
    assert (found["unfinished"], found["closed"], found["unpublished"]) == (5, 1, None)
    shown = here.ok("status").splitlines()
    assert shown[0] == "no hub"
    assert [line for line in shown if not line.startswith("  ")][1:] == [
        "you hold (1)",
        "in review (1)",
        "ready (1)",
        "5 unfinished, 1 blocked, 1 closed",
    ]


def test_status_says_how_fresh_it_is_and_what_waits(tmp_path: Path, home: Path) -> None:
    plum, _, hub = two_hosts(tmp_path)
    assert re.fullmatch(r"fetched \d+ s ago · 0 unpublished", plum.ok("status").splitlines()[0])
    hub.rename(tmp_path / "gone.git")
    assert plum.run("add", "Saved").code == 6
    assert plum.ok("status").splitlines()[0].endswith(" · 1 unpublished")
    assert plum.record("status")["unpublished"] == 1


def test_contested_fields_are_shown_and_settled_by_writing(tmp_path: Path, home: Path) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    task = plum.add("Title")
    apricot.ok("sync")
    hub.rename(tmp_path / "away")
    assert plum.run("edit", task, "--title", "From plum").code == 6
    assert apricot.run("edit", task, "--title", "From apricot").code == 6
    (tmp_path / "away").rename(hub)
    plum.ok("sync")
    apricot.ok("sync")
    found = apricot.record("show", task)["contested"]
    assert isinstance(found, dict)
    assert [(each["value"], each["by"]) for each in found["title"]] == [
        ("From plum", "nat"),
        ("From apricot", "ada"),
    ]
    assert "  title is contested; the last one shows:\n    From plum  by nat, " in apricot.ok(
        "show", task
    )
    assert "contested (1)" in apricot.ok("status")
    assert apricot.record("edit", task, "--title", "From apricot")["contested"] == {}


def test_log_tells_everything_or_one_story(here: Here) -> None:
    here.ok("project", "add", "web")
    task, other = here.add("Work"), here.add("Other")
    here.ok("done", task)
    lines = here.ok("log").splitlines()
    assert [re.split(" {2,}", line)[2] for line in lines] == [
        f"nat closes {task[:4]} as done: Work",
        f"nat adds {other[:4]}: Other",
        f"nat adds {task[:4]}: Work",
        "nat adds project web: web",
    ]
    assert len(here.ok("log", "-n", "2").splitlines()) == 2
    assert len(here.records("log", task[:6])) == 2
    assert here.ok("log", "web") == here.ok("log", "projects/web")
    assert here.ok("log", f"tasks/{task}") == here.ok("log", task)
    record = here.records("log", task)[0]
    assert list(record) == ["id", "type", "at", "host", "by", "clone", "entity", "after", "text"]
    assert (record["type"], record["host"], record["by"]) == ("task.edited", "plum", "nat")


def test_sync_needs_a_hub(here: Here) -> None:
    ran = here.run("sync")
    assert ran.code == 1
    assert ran.err == (
        "clare: this fleet has no hub to sync with\n  `clare init --hub URL` names one\n"
    )


def test_sync_tells_what_came_and_went(tmp_path: Path, home: Path) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    plum.add("One")
    plum.add("Two")
    found = apricot.record("sync")
    assert (found["received"], found["published"]) == (2, 0)
    assert found["commit"] == apricot.git("rev-parse", "fleet") == plum.git("rev-parse", "fleet")
    assert plum.ok("digest") == apricot.ok("digest")


def test_doctor_counts_and_finds_nothing_wrong(here: Here) -> None:
    here.add("Work")
    assert here.ok("doctor") == "1 event, 0 broken, 0 notes\n"
    assert here.record("doctor") == {"broken": 0, "findings": []}


def test_digest_names_the_set_and_the_state(here: Here) -> None:
    empty = here.record("digest")
    assert list(empty) == ["files", "state", "events", "fold"]
    here.add("Work")
    full = here.record("digest")
    assert full["files"] == here.git("rev-parse", "fleet:fleet")
    assert full["state"] != empty["state"]
    assert shorts(here.ok("digest")) == list(empty)


def test_projects_are_added_edited_archived(here: Here) -> None:
    assert here.ok("project", "add", "web", "--title", "The shop") == "web added: The shop\n"
    taken = here.run("project", "add", "web")
    assert taken.code == 1
    assert taken.err.startswith("clare: there is a project web already\n")
    here.ok("project", "add", "api")
    task = here.add("Work", "-P", "web")
    assert here.ok("project", "edit", "web", "--title", "Shop") == "web edited: Shop\n"
    assert here.ok("project", "edit", "web", "--title", "Shop").endswith("(nothing to change)\n")
    found = here.record("project", "show", "web")
    assert list(found) == (
        [
            "slug",
            "title",
            "body",
            "status",
            "tasks",
            "unfinished",
            "created_at",
            "created_by",
            "contested",
        ]
    )
    assert (found["title"], found["tasks"], found["unfinished"]) == ("Shop", 1, 1)
    assert here.ok("project", "show", "web") == (
        f"web  Shop\n  active, 1 of 1 unfinished\n  {task[:4]}  P2  open  Work\n"
    )
    assert here.ok("project", "archive", "web") == "web archived: Shop\n"
    assert shorts(here.ok("project", "list")) == ["api"]
    assert shorts(here.ok("project", "list", "--all")) == ["api", "web"]
    assert [p["slug"] for p in here.records("project", "list", "--all")] == ["api", "web"]
    assert here.record("show", task)["project"] == "web"


@pytest.mark.parametrize("slug", ["Web", "a b", "con", "-x", "a/b", "..", "x" * 49, ""])
def test_a_slug_must_fit_every_file_system(here: Here, slug: str) -> None:
    ran = here.run("project", "add", "--", slug)
    assert ran.code == 2
    assert ran.err.splitlines()[0] == f"clare: {slug!r} cannot name a project"


def test_import_beads_tells_what_it_did(here: Here, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"id": "x-1", "title": "First", "status": "open", "priority": 1, "issue_type": "bug"},
        {"id": "x-2", "title": "An agent", "status": "open", "issue_type": "agent"},
    ]
    dates: dict[str, object] = {
        "created_at": "2025-01-01T10:00:00Z",
        "updated_at": "2025-01-01T10:00:00Z",
    }
    file = tmp_path / "issues.jsonl"
    file.write_text("".join(json.dumps({**row, **dates}) + "\n" for row in rows))
    ran = here.run("import", "beads", str(file))
    assert ran.code == 0
    assert ran.out == "1 created, 0 changed, 0 unchanged, 1 of type agent skipped\n"
    again = here.record("import", "beads", str(file))
    assert (again["created"], again["unchanged"], again["skipped_agents"]) == (0, 1, 1)
    assert [task["title"] for task in here.records("list")] == ["First"]


def test_on_a_terminal_add_tells_a_person(here: Here) -> None:
    ran = here.terminal("add", "Parse dates", NO_COLOR="1")
    assert ran.code == 0
    assert re.fullmatch(r"\w{4} added: Parse dates\n", ran.out)


def test_a_terminal_gets_colours_unless_told_not_to(here: Here) -> None:
    here.add("Parse dates")
    assert "\x1b[36m" in here.terminal("list").out
    for plain in (
        here.terminal("list", NO_COLOR="1"),
        here.terminal("list", "--no-color"),
        here.terminal("--no-color", "list"),
        here.program("list"),
    ):
        assert plain.code == 0
        assert "\x1b" not in plain.out
        assert "Parse dates" in plain.out


def test_on_a_terminal_our_own_styles_act_and_nobody_else_s(here: Here) -> None:
    task = here.add("\x1b[31mRed", "-m", "\x1b[32mgreen")
    for words in ([], ["show", task], ["log"], ["list"], ["ready"], ["next"], ["where"]):
        shown = here.terminal(*words).out
        plain = _ageless(re.sub(r"\x1b\[\d*m", "", shown))
        assert "\x1b" not in plain
        assert plain == _ageless(here.terminal(*words, NO_COLOR="1").out)
        assert not re.search(r"\\u001b\[(?!31mRed|32mgreen)", plain)
    assert "\x1b[1mready (1)\x1b[0m" in here.terminal().out


def _ageless(text: str) -> str:
    return re.sub(r"\d+ s +old", "0 s old", text)


def test_what_is_to_be_copied_is_never_cut(here: Here) -> None:
    task = here.add("Work")
    path = f"fleet/tasks/{task[:2]}/{task}/half.yaml"
    plant(here, {path: "half"})
    shown = here.terminal("doctor", columns=40).out + here.terminal("digest", columns=40).out
    shown += here.terminal("where", columns=40).out
    assert path in shown
    assert str(here.record("digest")["state"]) in shown
    assert str(here.folder) in shown


@pytest.mark.parametrize("columns", [30, 50, 80, 200])
def test_tables_fit_the_terminal(here: Here, columns: int) -> None:
    title = "漢字 and a very long title that goes on and on " * 6
    need = here.add(title)
    here.add(title, "--needs", need, "--due", "2020-01-01")
    for command in (["list"], ["ready", "--all"], ["status"]):
        shown = here.terminal(*command, columns=columns, NO_COLOR="1")
        assert shown.code == 0
        lines = shown.out.splitlines()
        assert all(_columns(line) <= columns for line in lines if need[:4] in line)
        assert any("…" in line for line in lines)


def _columns(line: str) -> int:
    return sum(2 if char in "漢字" else 1 for char in line)


def test_columns_in_the_environment_set_the_width(here: Here) -> None:
    here.add("x" * 300)
    shown = here.terminal("list", COLUMNS="60").out
    assert len(shown.replace("\x1b[36m", "").replace("\x1b[32m", "").replace("\x1b[0m", "")) <= 61


def test_a_pipe_gets_whole_lines(here: Here) -> None:
    here.add("x" * 300)
    assert "x" * 300 in here.program("list", COLUMNS="40").out
