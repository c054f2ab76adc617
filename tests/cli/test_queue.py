"""Lists, the queue and claims, as people read them and as programs do."""

import re
from pathlib import Path

import pytest

from tests.cli.running import TASK_FIELDS, Here, two_hosts

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", "CABDF"),
        ("--all", "CABDEF"),
        ("-P web", "A"),
        ("--project web -p P1", "A"),
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
        ("--status blocked", "B"),
        ("--status blocked --status idea", "CB"),
        ("--status deferred", ""),
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


def test_bare_clare_is_status(here: Here) -> None:
    here.add("A")
    assert here.ok() == here.ok("status")
    assert here.ok("--json") == here.ok("status", "--json")


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


def test_whoever_takes_a_task_is_given_all_that_it_rests_on(here: Here) -> None:
    here.ok("project", "add", "web", "--title", "The shop", "-m", "Sells apples.")
    lexer = here.add("Lexer", "-P", "web")
    whole = here.add("Parser", "-P", "web", "-m", "The whole story.", "--done-when", "It parses.")
    part = here.ok("split", whole, "Tables").strip()
    here.ok("needs", part, lexer)
    here.ok("done", lexer, "-m", "It lies in lex.py.", "-r", "merged")
    taken = here.record("next", "-c")
    assert list(taken) == [*TASK_FIELDS, "context"]
    assert taken["id"] == part
    context = taken["context"]
    assert isinstance(context, dict)
    assert (context["project"]["title"], context["project"]["body"]) == (
        "The shop",
        "Sells apples.",
    )
    (above,) = context["parents"]
    assert (above["id"], above["body"]) == (whole, "The whole story.")
    assert above["done_when"] == "It parses."
    (need,) = context["needs"]
    assert (need["id"], need["status"], need["close_reason"]) == (lexer, "done", "merged")
    assert [said["text"] for said in need["comments"]] == ["It lies in lex.py."]


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
    plum.ok("add", "Saved")
    assert plum.ok("status").splitlines()[0].endswith(" · 1 unpublished")
    assert plum.record("status")["unpublished"] == 1


def test_contested_fields_are_shown_and_settled_by_writing(tmp_path: Path, home: Path) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    task = plum.add("Title")
    apricot.ok("sync")
    hub.rename(tmp_path / "away")
    plum.ok("edit", task, "--title", "From plum")
    apricot.ok("edit", task, "--title", "From apricot")
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


@pytest.mark.parametrize("command", ["ready", "next", "next --claim", "list"])
def test_an_unknown_project_does_not_look_like_an_empty_queue(
    here: Here, varied: dict[str, str], command: str
) -> None:
    refused = here.run(*command.split(), "-P", "wob")
    assert refused.code == 1
    assert refused.err == "clare: no project wob\n  known: web\n"


def test_who_lost_a_task_is_told_at_the_next_sync(tmp_path: Path, home: Path) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    task = plum.add("Take orders")
    plum.ok("claim", task)
    apricot.ok("sync")
    apricot.ok("claim", task, "--force")
    told = plum.run("sync")
    assert told.code == 0
    assert told.err == f"clare: ada holds {task[:4]} now; your claim is over\n"
    assert plum.run("sync").err == ""


@pytest.mark.parametrize("command", ["comment {} -m Sown", "edit {} -p P0", "project add web"])
def test_who_lost_a_task_is_told_by_the_command_after_the_write_that_brings_it(
    tmp_path: Path, home: Path, command: str
) -> None:
    plum, apricot, _ = two_hosts(tmp_path)
    task, other = plum.add("Take orders"), plum.add("Sow")
    plum.ok("claim", task)
    apricot.ok("sync")
    apricot.ok("claim", task, "--force")
    assert plum.run(*command.format(other).split()).err == ""
    told = plum.run("comment", other, "-m", "Again")
    assert (told.code, told.err) == (0, f"clare: ada holds {task[:4]} now; your claim is over\n")
    assert plum.run("list").err == ""


def test_the_priority_stands_in_a_column_of_its_own(here: Here) -> None:
    task = here.add("Sow", "-p", "P0", "--pin")
    row = rf"{task[:4]}  P0  pinned, \d+ s old  Sow\n"
    assert re.fullmatch(row, here.ok("ready"))
    reasons = here.record("next")["reasons"]
    assert isinstance(reasons, list)
    assert reasons[:2] == ["pinned", "P0"]


def test_deferred_is_what_the_list_calls_so(here: Here) -> None:
    later, review = (here.add(title, "--defer", "2999-01-01") for title in ("Later", "Seen"))
    here.add("Now", "--defer", "2020-01-01")
    here.ok("review", review)
    assert here.ok("list", "--status", "deferred") == f"{later[:4]}  P2  deferred  Later\n"


def test_a_glance_tells_what_it_leaves_out_and_where_that_is(here: Here) -> None:
    tasks = [here.add(f"Task {number}") for number in range(14)]
    for task in tasks[:7]:
        here.ok("claim", task)
    here.ok("review", *tasks[:6])
    cuts = [line for line in here.ok("status").splitlines() if "more: " in line]
    assert cuts == [
        "  … 1 more: `clare list --status review`",
        "  … 2 more: `clare ready`",
    ]
    for task in tasks[7:]:
        here.ok("claim", task)
    held = [line for line in here.ok("status").splitlines() if "more: " in line]
    assert held[0] == "  … 3 more: `clare list --status active --mine`"
    assert "  … 3 more: `clare list --status active`" in here.ok("status", "--as", "ada")


def test_what_is_pinned_is_marked(here: Here) -> None:
    here.add("Urgent", "-p", "P0")
    pinned = here.add("First", "-p", "P3", "--pin")
    assert here.ok("status").splitlines()[2] == f"  {pinned[:4]}  P3 pinned  open  First"


def _apart(plum: Here, apricot: Here, hub: Path, *commands: tuple[Here, list[str]]) -> None:
    """Run commands on hosts that do not hear of each other, then exchange."""
    apricot.ok("sync")
    hub.rename(hub.with_name("away"))
    for host, words in commands:
        host.ok(*words)
    hub.with_name("away").rename(hub)
    for host in (plum, apricot, plum):
        host.ok("sync")


def test_a_closing_without_a_reason_never_shows_another_one_s(tmp_path: Path, home: Path) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    task = plum.add("Work")
    late = ["done", task, "--reason", "too late"]
    _apart(plum, apricot, hub, (apricot, late), (plum, ["done", task]))
    shown = plum.ok("show", task)
    assert re.search(rf"closed +{TIME.pattern} by nat\n", shown)
    assert "  reason " not in shown
    assert f"settle it with `clare done {task[:4]} --reason …`" in shown
    settled = plum.record("done", task, "--reason", "too late")
    assert (settled["close_reason"], settled["contested"]) == ("too late", {})


def test_a_closing_whose_status_was_contested_says_its_reason_again(
    tmp_path: Path, home: Path
) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    task = plum.add("Work")
    late = ["done", task, "--reason", "too late"]
    _apart(plum, apricot, hub, (plum, ["drop", task]), (apricot, late))
    assert "settle it with `clare edit" in plum.ok("show", task)
    settled = plum.record("done", task)
    assert (settled["close_reason"], settled["contested"]) == ("too late", {})
    assert f"nat closes {task[:4]} as done (too late): Work" in plum.ok("log", task)


@pytest.mark.parametrize(
    ("one", "other", "way"),
    [
        ("edit {} -p P0", "edit {} -p P3", "edit {} --priority …"),
        ("edit {} --defer 2020-01-01", "edit {} --defer 2020-01-02", "edit {} --defer …"),
        ("edit {} --done-when A", "edit {} --done-when B", "edit {} --done-when …"),
        ("assign {} --to ada", "assign {} --to nat", "assign {} --to …"),
        ("review {}", "edit {} --status idea", "edit {} --status …"),
    ],
)
def test_a_contested_field_is_shown_with_the_way_to_settle_it(
    tmp_path: Path, home: Path, one: str, other: str, way: str
) -> None:
    plum, apricot, hub = two_hosts(tmp_path)
    task = plum.add("Work")
    commands = [(plum, one.format(task).split()), (apricot, other.format(task).split())]
    _apart(plum, apricot, hub, *commands)
    shown = plum.ok("show", task)
    assert f"    settle it with `clare {way.format(task[:4])}`\n" in shown
